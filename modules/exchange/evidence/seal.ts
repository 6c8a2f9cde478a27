/** The message log's tree: waiting rows get their leaves, the new head is signed. One sealer at a time; traffic never waits for it. */
import type { Context, JobContext } from "#kernel";
import { checkpoint, edgeTiles, growTree, signCheckpoint } from "#trust";
import { putCertificate } from "../log/store.ts";
import { mayNotSeal, originOf } from "./epoch.ts";
import { leafOf } from "./leaf.ts";
import { backlog, latestHead, putHead, putLeaves, putTiles, signHead, takeWaiting, tilesAt } from "./store.ts";

const batch = 5_000;
const roundsAtOnce = 50;
/** Two machines' clocks differ by milliseconds; a head dated before the last one would bear a false time, so rows wait. */
const behindMost = 1000;

/** Rows to leaves, tree and head in one transaction each round; the head is signed after it. Resolves with the leaves added. */
export async function sealWaiting(j: JobContext): Promise<number> {
  let sealed = 0;
  for (let round = 0; round < roundsAtOnce && !j.signal.aborted; round++) {
    const added = await j.transaction(sealBatch);
    sealed += added;
    if (added < batch) break;
  }
  await signLatest(j);
  return sealed;
}

/** One batch, in the caller’s transaction. */
export async function sealBatch(ctx: Context): Promise<number> {
  const latest = await latestHead(ctx.db);
  const at = ctx.clock.now();
  if (latest && latest.at.getTime() - at.getTime() > behindMost) return 0;
  const rows = await takeWaiting(ctx.db, batch);
  if (!rows || rows.length === 0) return 0;
  // read again now that nobody else seals
  const before = await latestHead(ctx.db);
  const size = before?.size ?? 0;
  const leaves = rows.map(leafOf);
  const edge = new Map((await tilesAt(ctx.db, edgeTiles(size))).map((tile) => [tile.level, tile.hashes]));
  const grown = growTree(size, edge, leaves);
  await putLeaves(ctx.db, size, rows, leaves);
  await putTiles(ctx.db, grown.tiles);
  await putHead(ctx.db, { size: grown.size, root: Buffer.from(grown.root), origin: await originOf(ctx), at });
  ctx.metric.count("exchange_sealed_total", {}, rows.length);
  return rows.length;
}

/** Signs the newest head if it is not yet; older unsigned ones are covered by it. */
async function signLatest(j: JobContext): Promise<void> {
  const head = await j.transaction((ctx) => latestHead(ctx.db), { readOnly: true });
  if (!head || head.signature) return;
  const signed = await signCheckpoint(j, checkpoint(head));
  await j.transaction(async ({ db }) => {
    await putCertificate(db, signed.serial, signed.certificate);
    await signHead(db, head.size, signed.serial, signed.signature);
  });
}

/** The sweep. A quiet round is one short look. */
export async function sealSweep(j: JobContext): Promise<void> {
  const { waiting, oldest, head } = await j.transaction(async ({ db }) => ({ ...(await backlog(db)), head: await latestHead(db) }), {
    readOnly: true,
  });
  const lag = oldest ? Math.max(0, (j.clock.now().getTime() - oldest.getTime()) / 1000) : 0;
  j.metric.gauge("exchange_seal_lag_seconds", lag);
  if (lag > 10) j.log.warn({ waiting, lag }, "the sealer of the message log is late");
  if ((waiting > 0 || (head && !head.signature)) && (await mayNotSeal(j))) return;
  // A head without signature is what a crash between tree and signature leaves.
  if (waiting > 0 || (head && !head.signature)) await sealWaiting(j);
}
