/** The whole log against itself: every leaf counted, the tree grown anew from them, every head that is kept compared. */
import type { JobContext } from "#kernel";
import { edgeTiles, growTree, type Tile } from "#trust";
import { headsBetween, leafHashes } from "./store-epochs.ts";
import { latestHead } from "./store.ts";

export type LogVerdict = { ok: true; leaves: number; heads: number; origin: string | undefined } | { ok: false; fault: string };

const atOnce = 20_000;

export async function verifyLog(j: JobContext): Promise<LogVerdict> {
  const last = await j.transaction(({ db }) => latestHead(db), { readOnly: true });
  const tiles = new Map<string, Tile>();
  const name = (t: { level: number; index: number }): string => `${t.level}/${t.index}`;
  let size = 0;
  let heads = 0;
  while (size < (last?.size ?? 0)) {
    const { leaves, kept } = await j.transaction(
      async ({ db }) => {
        const found = await leafHashes(db, size, atOnce);
        return { leaves: found, kept: await headsBetween(db, size, size + found.length) };
      },
      { readOnly: true },
    );
    if (leaves.length === 0) return { ok: false, fault: `the head says ${last!.size} leaves, ${size} are here` };
    const gap = leaves.findIndex((leaf, i) => leaf.index !== size + i);
    if (gap >= 0) return { ok: false, fault: `leaf ${size + gap} is missing` };
    const hashes = leaves.map((leaf) => leaf.hash);
    let from = 0;
    // grown to each head that is kept, so that each is compared
    for (const to of [...new Set([...kept.map((head) => head.size - size), hashes.length])]) {
      const edge = new Map(edgeTiles(size + from).map(({ level, index }) => [level, tiles.get(name({ level, index }))!.hashes]));
      const grown = growTree(size + from, edge, hashes.slice(from, to));
      for (const tile of grown.tiles) tiles.set(name(tile), tile);
      const head = kept.find((one) => one.size === size + to);
      if (head) {
        heads += 1;
        if (!head.root.equals(Buffer.from(grown.root))) return { ok: false, fault: `the head at ${head.size} is of other leaves` };
      }
      from = to;
    }
    size += hashes.length;
    const edge = new Set(edgeTiles(size).map(name));
    for (const one of tiles.keys()) if (!edge.has(one)) tiles.delete(one);
  }
  return { ok: true, leaves: size, heads, origin: last?.origin };
}
