/**
 * `npm run soak -- large-body [GiB]`: one question and one answer of 10 GiB through two exchange servers, neither of them put
 * down anywhere. Exit status 1 when a byte is missing or a server holds too much.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "#kernel/postgres";
import { ourPair, put, start, stop, watch } from "../bench/exchange.ts";

const GiB = 2 ** 30;
/** MB of PSS. */
const most = 250;

export async function largeBody(gibibytes: number, said: (text: string) => void): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "toguna-large-body-"));
  chmodSync(dir, 0o711);
  const cluster = await startPostgres(join(dir, "postgres"));
  process.env.TOGUNA_TEST_CLUSTER = cluster.url;
  try {
    const system = await start("./exchange-system.ts", []);
    const pair = await ourPair(Number(system.said.port), cluster.pid);
    try {
      const memory = watch(pair.pids);
      const r = await put({ ...pair, load: { clients: 1 }, sizes: [{ bytes: gibibytes * GiB, share: 1 }], seconds: 0.001, warm: 0 });
      const held = Math.round(memory());
      said(`${gibibytes} GiB each way in ${Math.round(r.p50 / 1000)} s, ${r.errors} errors, at most ${held} MB in a server`);
      if (r.errors > 0) throw new Error(`the body did not come through whole: ${r.first}`);
      if (held > most) throw new Error(`a server held ${held} MB, ${most} allowed`);
    } finally {
      await pair.stop();
      await stop(system);
    }
  } finally {
    await cluster.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
