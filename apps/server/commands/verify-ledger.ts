import type { Config } from "#kernel/config";
import { verifyLedger } from "#trust";
import { withProgram } from "../program.ts";

/** `verify-ledger`: every sealed fact recomputed and compared with the signed heads. Exit status 1 when anything differs. */
export async function run(config: Config): Promise<void> {
  await withProgram(config, async (kernel) => {
    const report = await kernel.transaction((ctx) => verifyLedger(ctx), { readOnly: true });
    console.log(JSON.stringify(report, null, 1));
    if (!report.ok) process.exitCode = 1;
  });
}
