import type { Config } from "#kernel/config";
import { createKernel } from "#kernel/kernel";
import { migrate } from "#kernel/migrate";
import { prepareQueue } from "#kernel/queue";
import { countsByBasis } from "#registry";
import { guard } from "../guard.ts";
import { drivers, modules } from "../house.ts";
import { openInstance } from "../instance.ts";

/**
 * `load-country`: the schemas, then everything the country's folder says, without opening the doors: to prepare an
 * installation, or to see that a changed pack is accepted before the program is restarted on it.
 */
export async function run(config: Config): Promise<void> {
  const instance = await openInstance(config);
  try {
    await migrate(instance.ownerUrl, modules, instance.runPassword);
    await prepareQueue(
      instance.ownerUrl,
      modules.flatMap((m) => m.jobs),
    );
    const kernel = await createKernel({
      config: { ...config, role: "command" },
      modules,
      drivers: drivers(config, undefined),
      runUrl: instance.runUrl,
      guard,
    });
    try {
      await kernel.start();
      const n = await kernel.transaction((ctx) => countsByBasis(ctx), { readOnly: true });
      console.log(
        `${kernel.country.name.fr} is loaded: ${n.sourced} establishments sourced, ${n.derived} derived by a stated rule, ${n.illustrative} illustrative.`,
      );
    } finally {
      await kernel.close();
    }
  } finally {
    await instance.stop();
  }
}
