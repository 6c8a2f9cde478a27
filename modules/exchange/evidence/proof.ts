/** That a row of the message log is in the gateway's tree, and since when at the latest. */
import type { Db } from "#kernel";
import { checkpoint, consistencyRanges, inclusionRanges, proofFrom, tilesFor, type Range } from "#trust";
import { certificateOf } from "../log/store.ts";
import { leafEntry } from "./leaf.ts";
import type { TreeHead, TreeProof } from "./shapes.ts";
import { batchRoots } from "./stamp.ts";
import { chainRoot } from "./chain.ts";
import { type Head, headAt, type Leaf, latestHead, rowOf, tilesAt } from "./store.ts";
import { batchesUnder, stampOver } from "./store-stamps.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export const showHead = async (db: Db, h: Head): Promise<TreeHead> => ({
  origin: h.origin,
  size: h.size,
  root: hex(h.root),
  at: h.at.toISOString(),
  checkpoint: Buffer.from(checkpoint(h)).toString("utf8"),
  signature: h.signature!.toString("base64"),
  certificate: await certificateOf(db, h.serial!),
});

const hashesOf = async (db: Db, ranges: readonly Range[], size: number): Promise<string[]> =>
  proofFrom(ranges.length > 0 ? await tilesAt(db, tilesFor(ranges)) : [], size, ranges).map(hex);

/** Under the first time-stamped head that has the leaf, else under the newest signed one; undefined while it waits for the sealer. */
export async function treeProof(db: Db, exchange: string, leaf: Leaf): Promise<TreeProof | undefined> {
  const stamp = await stampOver(db, leaf.index);
  const head = stamp ? await headAt(db, stamp.size) : await latestHead(db, { signed: true });
  if (!head?.signature || head.size <= leaf.index) return undefined;
  const row = await rowOf(db, exchange, leaf.side, leaf.kind);
  const roots = stamp && batchRoots(await batchesUnder(db, stamp.size));
  return {
    ...(row ? { entry: leafEntry(row) } : {}),
    leaf: hex(leaf.hash),
    index: leaf.index,
    proof: await hashesOf(db, inclusionRanges(leaf.index, head.size), head.size),
    head: await showHead(db, head),
    ...(stamp
      ? {
          stamp: {
            token: stamp.token.toString("base64"),
            at: stamp.at.toISOString(),
            ...(roots!.length > 0 ? { beside: chainRoot(roots!).toString("base64") } : {}),
          },
        }
      : {}),
  };
}

/** That the tree of `to` leaves only adds to the tree of `from` leaves; undefined when there are no such trees. */
export async function consistency(db: Db, from: number, to: number): Promise<string[] | undefined> {
  const size = (await latestHead(db))?.size ?? 0;
  if (!(from >= 1 && from <= to && to <= size)) return undefined;
  return hashesOf(db, consistencyRanges(from, to), to);
}
