import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { exportBundle, importBundle } from "#exchange";
import type { JobContext } from "#kernel";
import type { Config } from "#kernel/config";
import { withGateway } from "../gateway-program.ts";
import { withProgram } from "../program.ts";

const usage =
  "exchange-bundle export <server or institution> <file>: what waits for it, sealed to its certificate, for a courier\n" +
  "exchange-bundle import <file>: what a courier brought; export again afterwards: receipts and answers go back the same way";

/** Beside the running program or alone; in the folder of a gateway it acts as that gateway. */
export async function run(config: Config, args: string[]): Promise<void> {
  const [what, ...rest] = args;
  if (what === "export" && rest.length === 2) {
    const [to, file] = [rest[0]!, resolve(rest[1]!)];
    if (existsSync(file)) throw new Error(`${file} exists already`);
    const done = await within(config, (j) => exportBundle(j, to, file));
    console.log(
      `Bundle ${done.id} for ${done.to}: ${done.messages} messages, ${done.answers} answers, ${done.statements} receipts in ${file}`,
    );
    if (done.more) console.log("More waits than one file holds: export again once this one has arrived.");
    return;
  }
  if (what === "import" && rest.length === 1) {
    const done = await within(config, (j) => importBundle(j, resolve(rest[0]!)));
    if (done.before) console.log(`Bundle ${done.id} of ${done.from} was imported on ${done.before.toISOString()}: nothing was done again.`);
    else
      console.log(`Bundle ${done.id} of ${done.from}: ${done.taken} messages taken, ${done.answers} answers, ${done.statements} receipts.`);
    if (done.doubted) console.log(`${done.doubted} receipts were not believed: nobody of the directory signed them.`);
    return;
  }
  throw new Error(usage);
}

async function within<T>(config: Config, fn: (j: JobContext) => Promise<T>): Promise<T> {
  try {
    if (config.role !== "gateway") return await withProgram(config, (kernel) => fn(kernel.jobContext("exchange.bundle")));
    return await withGateway(config, (kernel) => fn(kernel.jobContext("exchange.bundle")));
  } catch (error) {
    // the operator reads why, not only that
    const cause = (error as { cause?: unknown }).cause;
    throw cause instanceof Error && (error as { code?: string }).code === "exchange.bundle-refused" ? cause : error;
  }
}
