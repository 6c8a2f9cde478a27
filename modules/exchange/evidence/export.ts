/** Containers of the messages of one exchange, from one side's rows. */
import type { Context } from "#kernel";
import { keptBody as readBody } from "../log/bodies.ts";
import { certificateOf, type Side } from "../log/store.ts";
import { pathOf, sha512, type Sibling } from "./chain.ts";
import { container } from "./container.ts";
import { treeProof } from "./proof.ts";
import { batchRoots, signatureFile, stampedDigest } from "./stamp.ts";
import { headAt, leavesOf, type Leaf } from "./store.ts";
import { batchesUnder, batchOf, type LeafMessage, statusIn, stampOver } from "./store-stamps.ts";
import { checkpoint } from "#trust";
import { messageOf } from "./store-export.ts";

export type Direction = "request" | "response";
const kindOf = { request: "request", response: "outcome" } as const;

export interface Exported {
  direction: Direction;
  bytes: Buffer;
  /** Under a time stamp. */
  stamped: boolean;
  /** `none`: the message had no body. */
  body: "included" | "hash-only" | "none";
}

/** The container of one message of that side; undefined: no such message here, or one signed before containers were. */
export async function exportMessage(
  ctx: Context,
  o: { exchange: string; side: Side; direction: Direction; hashOnly?: boolean },
): Promise<Exported | undefined> {
  const { db } = ctx;
  const m = await messageOf(db, o.exchange, o.side, kindOf[o.direction]);
  if (!m) return undefined;
  const leaf = (await leavesOf(db, o.exchange)).find((l) => l.side === o.side && l.kind === kindOf[o.direction]);
  const certificate = await certificateOf(db, m.serial);
  if (certificate === "") return undefined;
  const body = m.bodyHash && !o.hashOnly ? await keptBody(ctx, o.exchange, o.direction, m.bodyHash) : undefined;
  const stamped = leaf && (await stampedFile(ctx, leaf, m, certificate));
  const tree = leaf && (await treeProof(db, o.exchange, leaf));
  const bytes = container({
    part: m.part,
    body,
    signatures: stamped?.file ?? signatureFile(m, certificate, undefined),
    ...(stamped ? { time: stamped.time } : {}),
    ...(tree ? { tree } : {}),
    at: ctx.clock.now(),
  });
  return { direction: o.direction, bytes, stamped: stamped !== undefined, body: !m.bodyHash ? "none" : body ? "included" : "hash-only" };
}

/** What was kept is shown only while it is what was signed. */
async function keptBody(ctx: Context, exchange: string, direction: Direction, hash: Uint8Array): Promise<Buffer | undefined> {
  const bytes = await readBody(ctx, exchange, direction).catch((error: unknown) => {
    ctx.log.error({ exchange, direction, error: String(error) }, "a body of the message log cannot be unsealed");
    return undefined;
  });
  return bytes && sha512(bytes).equals(hash) ? bytes : undefined;
}

/** The signature file as it was hashed into its batch, and the way from there to what the time stamp covers. */
async function stampedFile(
  ctx: Context,
  leaf: Leaf,
  m: LeafMessage,
  certificate: string,
): Promise<{ file: string; time: { path: Sibling[]; digest: Buffer; token: Buffer } } | undefined> {
  const { db } = ctx;
  const batch = await batchOf(db, leaf.index);
  if (!batch || batch.stamp === null) return undefined;
  const file = signatureFile(m, certificate, await statusIn(db, batch.first, m.serial));
  const at = positionOf(batch.hashes, sha512(file));
  const head = await headAt(db, batch.stamp);
  const stamp = await stampOver(db, batch.stamp - 1);
  if (at === undefined || !head || stamp?.size !== batch.stamp) {
    ctx.log.error({ leaf: leaf.index }, "a message of the log is not the one that was time-stamped");
    return undefined;
  }
  const batches = (await batchesUnder(db, batch.stamp)).filter((b) => b.hashes.length > 0);
  const roots = batchRoots(batches);
  const place = batches.findIndex((b) => b.first === batch.first);
  const tree: Sibling = { digest: sha512(checkpoint(head)), side: "right" };
  const path = [...pathOf(batch.hashes, at), ...pathOf(roots, place), tree];
  return { file, time: { path, digest: stampedDigest(roots, head), token: stamp.token } };
}

function positionOf(hashes: Buffer, hash: Buffer): number | undefined {
  for (let at = hashes.indexOf(hash); at >= 0; at = hashes.indexOf(hash, at + 1)) if (at % 64 === 0) return at / 64;
  return undefined;
}
