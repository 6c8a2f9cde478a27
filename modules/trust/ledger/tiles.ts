import { perfectRoot } from "./hash.ts";
import { type Range, rangeRoot, type Subtrees } from "./tree.ts";

// Perfect subtrees are kept in tiles: 256 neighbouring hashes of every eighth level in one row. A million
// leaves are 3,922 rows instead of two million, a batch touches a handful, and a proof reads at most two tiles a level.

const height = 8;
export const width = 2 ** height;
const hashSize = 32;

export interface Tile {
  level: number;
  index: number;
  /** up to 256 hashes, one after another */
  hashes: Uint8Array;
}

const countAt = (size: number, level: number): number => Math.floor(size / width ** level);

/** Where the unfinished tile of each level sits in a tree of this size; levels without one are absent. */
export const edgeTiles = (size: number): { level: number; index: number; count: number }[] => {
  const out: { level: number; index: number; count: number }[] = [];
  for (let level = 0; countAt(size, level) > 0; level++) {
    const count = countAt(size, level) % width;
    if (count > 0) out.push({ level, index: Math.floor(countAt(size, level) / width), count });
  }
  return out;
};

const tileRoot = (hashes: Uint8Array, from: number, count: number): Uint8Array => perfectRoot(hashes.subarray(from * hashSize), count);

/** Adds leaves to a tree of `size`, given its edge (the unfinished tile of each level); hands back every tile that is new or longer. */
export const append = (
  size: number,
  edge: ReadonlyMap<number, Uint8Array>,
  leaves: readonly Uint8Array[],
): { size: number; tiles: Tile[]; root: Uint8Array; edge: Map<number, Uint8Array> } => {
  const tiles: Tile[] = [];
  const open = new Map<number, { index: number; count: number; hashes: Uint8Array; changed: boolean }>();
  const tileOf = (level: number) => {
    const known = open.get(level);
    if (known) return known;
    const count = countAt(size, level) % width;
    const hashes = new Uint8Array(width * hashSize);
    const held = edge.get(level);
    if ((held?.length ?? 0) !== count * hashSize) throw new Error(`the edge of the tree at level ${level} does not fit its size`);
    if (held) hashes.set(held);
    const made = { index: Math.floor(countAt(size, level) / width), count, hashes, changed: false };
    open.set(level, made);
    return made;
  };
  const push = (level: number, hash: Uint8Array): void => {
    const tile = tileOf(level);
    tile.hashes.set(hash, tile.count * hashSize);
    tile.count++;
    tile.changed = true;
    if (tile.count < width) return;
    tiles.push({ level, index: tile.index, hashes: tile.hashes });
    open.set(level, { index: tile.index + 1, count: 0, hashes: new Uint8Array(width * hashSize), changed: false });
    push(level + 1, tileRoot(tile.hashes, 0, width));
  };
  for (const leaf of leaves) push(0, leaf);
  const edges = new Map<string, Uint8Array>();
  const next = new Map<number, Uint8Array>();
  for (let level = 0; countAt(size + leaves.length, level) > 0; level++) {
    const tile = tileOf(level);
    if (tile.count === 0) continue;
    const hashes = tile.hashes.subarray(0, tile.count * hashSize);
    if (tile.changed) tiles.push({ level, index: tile.index, hashes });
    edges.set(key(level, tile.index), hashes);
    next.set(level, hashes);
  }
  const total = size + leaves.length;
  return { size: total, tiles, root: rangeRoot(subtreesIn(edges, total), 0, total), edge: next };
};

const key = (level: number, index: number): string => `${level}/${index}`;

export const tileMap = (tiles: readonly Tile[]): Map<string, Uint8Array> =>
  new Map(tiles.map((tile) => [key(tile.level, tile.index), tile.hashes]));

const place = (level: number, index: number): { level: number; index: number; from: number; count: number } => {
  const within = level % height;
  const first = index * 2 ** within;
  return { level: Math.floor(level / height), index: Math.floor(first / width), from: first % width, count: 2 ** within };
};

/** Reads perfect subtrees of a tree of `size` out of loaded tiles. */
export const subtreesIn =
  (tiles: ReadonlyMap<string, Uint8Array>, size: number): Subtrees =>
  (level, index) => {
    const at = place(level, index);
    const hashes = tiles.get(key(at.level, at.index));
    if (!hashes || hashes.length < (at.from + at.count) * hashSize || (index + 1) * 2 ** level > size)
      throw new Error(`tile ${key(at.level, at.index)} is missing`);
    return tileRoot(hashes, at.from, at.count);
  };

/** The tiles which hold everything the given ranges are made of. */
export const tilesFor = (ranges: readonly Range[]): { level: number; index: number }[] => {
  const needed = new Map<string, { level: number; index: number }>();
  const note: Subtrees = (level, index) => {
    const at = place(level, index);
    needed.set(key(at.level, at.index), { level: at.level, index: at.index });
    return new Uint8Array(hashSize);
  };
  for (const [start, end] of ranges) rangeRoot(note, start, end);
  return [...needed.values()];
};

export const proofFrom = (tiles: readonly Tile[], size: number, ranges: readonly Range[]): Uint8Array[] => {
  const subtrees = subtreesIn(tileMap(tiles), size);
  return ranges.map(([start, end]) => rangeRoot(subtrees, start, end));
};
