import type { Config } from "#kernel/config";
import { createKernel, type Kernel } from "#kernel/kernel";
import { drivers, modules } from "./house.ts";
import { guard } from "./guard.ts";
import { openInstance, type Instance } from "./instance.ts";

/** The program without its doors and workers: for local commands, beside a running one or alone. */
export async function withProgram<T>(config: Config, fn: (kernel: Kernel, instance: Instance) => Promise<T>): Promise<T> {
  const instance = await openInstance(config, { beside: true });
  try {
    const kernel = await createKernel({
      config: { ...config, role: "command" },
      modules,
      drivers: drivers(config, undefined),
      runUrl: instance.runUrl,
      guard,
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
