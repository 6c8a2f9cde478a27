import type { Config } from "#kernel/config";
import { createHttp } from "#kernel/http";
import { createKernel } from "#kernel/kernel";
import { migrate } from "#kernel/migrate";
import { openapi } from "#kernel/openapi";
import { prepareQueue } from "#kernel/queue";
import { startSandbox } from "../../sandbox/index.ts";
import { prepareDemonstration } from "../demo.ts";
import { apps, drivers, modules } from "../house.ts";
import { openExchangePort } from "../exchange-port.ts";
import { giveBack } from "../give-back.ts";
import { guard } from "../guard.ts";
import { openInstance } from "../instance.ts";
import { startPage } from "../start-page.ts";

/** Everything in one process: database, migrations, the country, in a demonstration its outside world, then the doors open. */
export async function run(config: Config): Promise<void> {
  const began = performance.now();
  const instance = await openInstance(config);
  const stops: (() => Promise<unknown>)[] = [() => instance.stop()];
  const stopAll = async () => {
    for (const stop of stops.reverse()) await stop().catch((error: unknown) => console.error(String(error)));
  };
  try {
    await migrate(instance.ownerUrl, modules, instance.runPassword);
    await prepareQueue(
      instance.ownerUrl,
      modules.flatMap((m) => m.jobs),
    );
    const sandbox = config.demo
      ? await startSandbox({ country: config.country, port: portBeside(config, "sandbox_port", 8090), dataDir: config.dataDir })
      : undefined;
    if (sandbox) stops.push(() => sandbox.stop());
    const kernel = await createKernel({ config, modules, drivers: drivers(config, sandbox), runUrl: instance.runUrl, guard });
    stops.push(() => kernel.close());
    await kernel.start();
    if (sandbox) await prepareDemonstration(kernel, sandbox);
    const http = await createHttp(kernel, apps, { openapi: () => openapi(kernel.modules, config.origin) });
    stops.push(async () => {
      // requests under way may end; a client that never finishes does not keep the house open
      const impatient = setTimeout(() => http.server.closeAllConnections(), 3000);
      await http.close();
      clearTimeout(impatient);
    });
    if (config.role !== "worker") await http.listen({ port: config.port, host: config.host });
    const exchangePort = config.role === "worker" ? undefined : await openExchangePort(kernel, portBeside(config, "exchange_port", 8081));
    if (exchangePort) stops.push(() => exchangePort.stop());
    console.log(await startPage(kernel, sandbox, exchangePort, (performance.now() - began) / 1000));
  } catch (error) {
    await stopAll();
    throw error;
  }
  setTimeout(giveBack, 3000).unref();
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void stopAll().then(() => process.exit(0));
    });
}

/** Its known number beside the usual 8080; beside another one, any free port: two houses on one machine do not meet. */
function portBeside(config: Config, setting: string, usual: number): number {
  return Number(config.setting(setting) ?? (config.port === 8080 ? usual : 0));
}
