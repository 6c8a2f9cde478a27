import { readFileSync } from "node:fs";
import { connectLocally } from "#exchange";
import type { Config } from "#kernel/config";
import { createKernel, type Kernel } from "#kernel/kernel";
import { gatewayConfig } from "../gateway-config.ts";
import { gatewayDrivers, gatewayModules } from "../gateway-house.ts";
import { openInstance } from "../instance.ts";
import { withProgram } from "../program.ts";

const usage = "usage: connect <file.json> [--gateway], see docs/guides/connect-a-view.md";

/** `connect`: a service that a view of the institution's database or a nightly file answers; tried at once. */
export async function run(config: Config, args: string[]): Promise<void> {
  const files = args.filter((one) => one !== "--gateway");
  if (files.length !== 1) throw new Error(usage);
  const text = readFileSync(files[0]!, "utf8");
  const connect = async (kernel: Kernel) => {
    const { service, kind, faults } = await connectLocally(kernel.host, text);
    const works = faults.length === 0;
    console.log(
      `${service} is a service of kind ${kind}. ${works ? "It was tried, and its source is there." : "Its source does not answer yet:"}`,
    );
    for (const { fault, name } of faults) console.log(`  ${fault}${name === undefined ? "" : `: ${name}`}`);
    console.log("Nobody may ask it until a right is given: console, exchanges, rights.");
  };
  await (args.includes("--gateway") ? withGateway(connect) : withProgram(config, connect));
}

async function withGateway(fn: (kernel: Kernel) => Promise<void>): Promise<void> {
  const { config } = gatewayConfig(process.env, []);
  const instance = await openInstance(config, { beside: true });
  try {
    const kernel = await createKernel({
      config,
      modules: gatewayModules,
      drivers: gatewayDrivers(config),
      runUrl: instance.runUrl,
      guard: { identify: async () => ({ kind: "stranger" }) },
    });
    try {
      await fn(kernel);
    } finally {
      await kernel.close();
    }
  } finally {
    await instance.stop();
  }
}
