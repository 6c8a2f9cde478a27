import { emptyRoot, nodeHash } from "./hash.ts";

// Proofs over any source of perfect subtrees. The tree of n leaves splits at the largest power of two
// below n (RFC 9162, 2.1.1), so every hash a proof needs is made of perfect subtrees, which never change
// once complete: only they are stored.

/** Hash of the perfect subtree of 2^level leaves which starts at leaf index * 2^level. */
export type Subtrees = (level: number, index: number) => Uint8Array;

/** The perfect subtrees, largest first, that cover leaves [start, end) when start is aligned as RFC 9162 splits are. */
const cover = (start: number, end: number): [number, number][] => {
  const out: [number, number][] = [];
  for (let at = start; at < end;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level++;
    out.push([level, at / 2 ** level]);
    at += 2 ** level;
  }
  return out;
};

/** MTH(D[start:end]) for the ranges that occur in RFC 9162's recursions. */
export const rangeRoot = (subtrees: Subtrees, start: number, end: number): Uint8Array => {
  const parts = cover(start, end).map(([level, index]) => subtrees(level, index));
  const last = parts.pop();
  return last ? parts.reduceRight((right, left) => nodeHash(left, right), last) : emptyRoot;
};

export const treeRoot = (subtrees: Subtrees, size: number): Uint8Array => rangeRoot(subtrees, 0, size);

const split = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

export type Range = readonly [start: number, end: number];

/** Ranges whose roots make PATH(index, D[0:size]), nearest first (RFC 9162, 2.1.3.1). */
export const inclusionRanges = (index: number, size: number): Range[] => {
  if (!(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size))
    throw new RangeError("no such leaf in this tree");
  const out: Range[] = [];
  for (let start = 0, end = size; end - start > 1;) {
    const middle = start + split(end - start);
    if (index < middle) {
      out.unshift([middle, end]);
      end = middle;
    } else {
      out.unshift([start, middle]);
      start = middle;
    }
  }
  return out;
};

/** Ranges whose roots make PROOF(from, D[0:to]) (RFC 9162, 2.1.4.1). */
export const consistencyRanges = (from: number, to: number): Range[] => {
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from > 0 && from <= to)) throw new RangeError("no such pair of trees");
  const out: Range[] = [];
  let start = 0;
  let end = to;
  while (end !== from) {
    const middle = start + split(end - start);
    if (from <= middle) {
      out.unshift([middle, end]);
      end = middle;
    } else {
      out.unshift([start, middle]);
      start = middle;
    }
  }
  // The old root itself is left out when it stands alone: whoever checks already holds it.
  if (start > 0) out.unshift([start, from]);
  return out;
};
