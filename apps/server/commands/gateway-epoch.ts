import { beginEpoch } from "#exchange";
import type { Config } from "#kernel/config";
import { withGateway } from "../gateway-program.ts";

/** A restored gateway whose centre stays out of reach: its log goes on at once, under another name. */
export async function run(config: Config, args: string[]): Promise<void> {
  if (config.role !== "gateway") throw new Error("gateway-epoch is for the folder of a gateway: set TOGUNA_DATA");
  if (args[0] !== "--begin")
    throw new Error("gateway-epoch --begin: the log of a restored gateway goes on under another name, without asking the centre");
  const origin = await withGateway(config, (kernel) => beginEpoch(kernel.jobContext("exchange.epoch")));
  console.log(`The log goes on as ${origin}.`);
}
