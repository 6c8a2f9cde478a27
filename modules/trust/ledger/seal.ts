import { createHash } from "node:crypto";
import { type JobContext, ledgerBacklog, ledgerBatch, type Context } from "#kernel";
import { serviceOf } from "../certificates/authorities.ts";
import { accuracySeconds } from "../stamps/clock.ts";
import { stamp } from "../stamps/stamp.ts";
import { checkpoint } from "./checkpoint.ts";
import { factLeaf } from "./hash.ts";
import { dropOldHeads, keepHead, keepTiles, latestHead, signHead, stampHead, tilesAt } from "./store.ts";
import { append, edgeTiles } from "./tiles.ts";

const batch = 10_000;
const roundsAtOnce = 50;

/** The log's name, given once: a later change of address does not make it another log. */
export const originOf = (j: Pick<Context, "config" | "country">): string =>
  `${new URL(j.config.origin).host}/${j.country.code}/ledger`.replace(/[\s+]/g, "-");

/**
 * Gives waiting facts their leaves. Leaves, tree and head are one transaction, so a crash loses none and doubles none; the
 * head is signed right after, outside it. Resolves with the number of leaves added.
 */
export const sealWaiting = async (j: JobContext): Promise<number> => {
  let sealed = 0;
  for (let round = 0; round < roundsAtOnce && !j.signal.aborted; round++) {
    const added = await j.transaction(sealBatch);
    sealed += added;
    if (added < batch) break;
  }
  await signLatest(j);
  return sealed;
};

/** One batch, in the caller's transaction. */
export const sealBatch = async (ctx: Context): Promise<number> => {
  const latest = await latestHead(ctx);
  // a head dated before the last one would bear a false time, and a signature from before its certificate: facts wait
  const behind = latest ? latest.at.getTime() - ctx.clock.now().getTime() : 0;
  ctx.metric.gauge("ledger_clock_behind_seconds", Math.max(0, behind / 1000));
  if (behind > accuracySeconds * 1000) return 0;
  const rows = await ledgerBatch(ctx, batch);
  if (!rows || rows.length === 0) return 0;
  const size = latest?.size ?? 0;
  if (Number(rows[0]!.index) !== size)
    throw new Error(`the next leaf is ${rows[0]!.index}, the tree has ${size}: the ledger needs an operator`);
  const edge = new Map((await tilesAt(ctx, edgeTiles(size))).map((tile) => [tile.level, tile.hashes]));
  const grown = append(
    size,
    edge,
    rows.map((row) => factLeaf(row.header, row.dataHash)),
  );
  await keepTiles(ctx, grown.tiles);
  await keepHead(ctx, { size: grown.size, root: grown.root, origin: latest?.origin ?? originOf(ctx), at: ctx.clock.now() });
  ctx.metric.count("ledger_sealed_total", {}, rows.length);
  return rows.length;
};

/** Signs the newest head if it is not yet; older unsigned ones are covered by it. */
export const signLatest = async (j: JobContext): Promise<void> => {
  const head = await j.transaction((ctx) => latestHead(ctx), { readOnly: true });
  if (!head || head.signature) return;
  const ledger = await serviceOf(j, "ledger");
  const signature = await ledger.sign(checkpoint(head));
  await j.transaction((ctx) => signHead(ctx, head.size, ledger.row.id, signature));
};

/** The sweep. A quiet round is one short look; the lag allowed is one second. */
export const sealSweep = async (j: JobContext): Promise<void> => {
  const { waiting, oldest, head } = await j.transaction(async (ctx) => ({ ...(await ledgerBacklog(ctx)), head: await latestHead(ctx) }), {
    readOnly: true,
  });
  const lag = oldest ? Math.max(0, (j.clock.now().getTime() - oldest.getTime()) / 1000) : 0;
  j.metric.gauge("ledger_waiting", waiting);
  j.metric.gauge("ledger_lag_seconds", lag);
  if (lag > 1) j.log.warn({ waiting, lag }, "the ledger's sealer is late");
  // A head without signature is what a crash between tree and signature leaves.
  if (waiting > 0 || (head && !head.signature)) await sealWaiting(j);
};

const day = 86_400_000;

/** Once a minute the newest signed head gets a time stamp: from then on nobody can date it back, the operator included. */
export const stampSweep = async (j: JobContext): Promise<void> => {
  const head = await j.transaction((ctx) => latestHead(ctx, { signed: true }), { readOnly: true });
  if (!head) return;
  if (!head.token) {
    const { token, at } = await stamp(j, createHash("sha256").update(checkpoint(head)).digest());
    await j.transaction((ctx) => stampHead(ctx, head.size, token, at));
  }
  await j.transaction((ctx) => dropOldHeads(ctx, new Date(ctx.clock.now().getTime() - day)));
};
