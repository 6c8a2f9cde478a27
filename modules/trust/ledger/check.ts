import { nodeHash } from "./hash.ts";
import { same } from "../x509/read.ts";

// The two verification algorithms of RFC 9162 (2.1.3.2 and 2.1.4.2), as a stranger would run them.

export const checkInclusion = (leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): boolean => {
  if (!(index >= 0 && index < size)) return false;
  let fn = index;
  let sn = size - 1;
  let r = leaf;
  for (const p of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = nodeHash(p, r);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else r = nodeHash(r, p);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && same(r, root);
};

const powerOfTwo = (n: number): boolean => {
  while (n % 2 === 0) n /= 2;
  return n === 1;
};

export const checkConsistency = (
  from: number,
  to: number,
  proof: readonly Uint8Array[],
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
): boolean => {
  if (!(from > 0 && from <= to)) return false;
  if (from === to) return proof.length === 0 && same(oldRoot, newRoot);
  // The proof leaves the old root out when the old tree is one perfect subtree.
  const path = powerOfTwo(from) ? [oldRoot, ...proof] : [...proof];
  const start = path.shift();
  if (!start) return false;
  let fn = from - 1;
  let sn = to - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  let fr = start;
  let sr = start;
  for (const c of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(c, fr);
      sr = nodeHash(c, sr);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else sr = nodeHash(sr, c);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && same(fr, oldRoot) && same(sr, newRoot);
};
