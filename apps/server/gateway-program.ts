import type { Config } from "#kernel/config";
import { createKernel, type Kernel } from "#kernel/kernel";
import { migrate } from "#kernel/migrate";
import { gatewayDrivers, gatewayModules } from "./gateway-house.ts";
import { type Instance, openInstance } from "./instance.ts";

/** A gateway without its doors and workers: for its local commands, beside the running one or alone. */
export async function withGateway<T>(
  config: Config,
  fn: (kernel: Kernel, instance: Instance) => Promise<T>,
  o: { migrate?: boolean } = {},
): Promise<T> {
  const instance = await openInstance(config, { beside: true });
  try {
    if (o.migrate) await migrate(instance.ownerUrl, gatewayModules, instance.runPassword);
    const kernel = await createKernel({
      config,
      modules: gatewayModules,
      drivers: gatewayDrivers(config),
      runUrl: instance.runUrl,
      guard: { identify: async () => ({ kind: "stranger" as const }) },
    });
    try {
      return await fn(kernel, instance);
    } finally {
      await kernel.close();
    }
  } finally {
    await instance.stop();
  }
}
