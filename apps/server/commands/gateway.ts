import { bookOf, gatewayHealth, join, keepUp, openPort, ownLog, whereOpened } from "#exchange";
import { createKernel, type Kernel } from "#kernel/kernel";
import { migrate } from "#kernel/migrate";
import { prepareQueue } from "#kernel/queue";
import { openExchangePort } from "../exchange-port.ts";
import { openAdmin } from "../gateway-admin.ts";
import { gatewayConfig, type GatewayOptions } from "../gateway-config.ts";
import { gatewayDrivers, gatewayModules } from "../gateway-house.ts";
import { giveBack } from "../give-back.ts";
import { openInstance } from "../instance.ts";

const again = 3000;
const noOne = { identify: async () => ({ kind: "stranger" as const }) };

/** One institution's exchange server: its own database and keys, the centre's signed directory, two ports. */
export async function run(args: string[]): Promise<void> {
  const began = performance.now();
  const { config, options } = gatewayConfig(process.env, args);
  const stops: (() => Promise<unknown>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.reverse()) await stop().catch((error: unknown) => console.error(String(error)));
  };
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void stopAll().then(() => process.exit(0));
    });
  try {
    const instance = await openInstance(config);
    stops.push(() => instance.stop());
    await migrate(instance.ownerUrl, gatewayModules, instance.runPassword);
    await prepareQueue(
      instance.ownerUrl,
      gatewayModules.flatMap((m) => m.jobs),
    );
    const kernel = await createKernel({
      config,
      modules: gatewayModules,
      drivers: gatewayDrivers(config),
      runUrl: instance.runUrl,
      guard: noOne,
    });
    stops.push(() => kernel.close());
    await ownLog(kernel.host);
    await kernel.start();
    const admin = await openAdmin(kernel, options.adminPort);
    stops.push(() => admin.stop());
    await joined(kernel, options, () => stopping);
    if (stopping) return;
    await keepUp(kernel.host);
    const client = await openExchangePort(kernel, options.clientPort);
    if (client) stops.push(() => client.stop());
    setTimeout(giveBack, 3000).unref();
    console.log(await page(kernel, { client: client?.url, admin: admin.url, seconds: (performance.now() - began) / 1000 }));
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Waits for the centre as long as it takes, and says for what. */
async function joined(kernel: Kernel, o: GatewayOptions, stopping: () => boolean): Promise<void> {
  const { address } = whereOpened(kernel.host);
  let told = "";
  while (!stopping()) {
    const progress = await join(kernel.host, { token: o.token, address, centre: o.centre });
    if (!progress) throw new Error("This gateway has not joined an exchange: start it once with --join <token>.");
    if (progress.state === "joined") return;
    if (progress.state === "refused") throw new Error(`The centre does not admit this server: ${progress.why}`);
    const line = `Waiting: ${progress.why}. Fingerprint of this server’s request, to be read to whoever decides: ${progress.fingerprint}`;
    if (line !== told) console.log((told = line));
    await new Promise((go) => setTimeout(go, again));
  }
}

async function page(kernel: Kernel, o: { client: string | undefined; admin: string; seconds: number }): Promise<string> {
  const health = await gatewayHealth(kernel.host);
  const row = (name: string, text: string) => `  ${name.padEnd(12)}${text}`;
  const book = bookOf(kernel.host);
  return [
    "",
    `Toguna gateway · ${health.server} · ready in ${o.seconds.toFixed(1)} s${kernel.config.demo ? " · DEMONSTRATION" : ""}`,
    "",
    row(
      "Clients",
      o.client ? `${o.client}/r1/…   (this institution’s own systems)` : "closed: TOGUNA_EXCHANGE_CLIENTS and a TLS certificate are needed",
    ),
    row("Servers", `port ${openPort(kernel.host)}, mutual TLS 1.3   (${[...(book?.servers.keys() ?? [])].join(", ")})`),
    row("Directory", `version ${health.configuration?.version ?? "none"}, ${health.configuration?.age ?? "?"} s old`),
    row("Health", `${o.admin}/healthz  /metrics`),
    "",
  ].join("\n");
}
