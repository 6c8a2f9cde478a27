import type { Config } from "#kernel/config";
import { migrate } from "#kernel/migrate";
import { prepareQueue } from "#kernel/queue";
import { modules } from "../house.ts";
import { openInstance } from "../instance.ts";

export async function run(config: Config): Promise<void> {
  const instance = await openInstance(config);
  try {
    const applied = await migrate(instance.ownerUrl, modules, instance.runPassword);
    await prepareQueue(
      instance.ownerUrl,
      modules.flatMap((m) => m.jobs),
    );
    console.log(applied.length ? `Applied: ${applied.join(", ")}` : "Nothing to apply.");
  } finally {
    await instance.stop();
  }
}
