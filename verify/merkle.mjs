// RFC 9162: hashes, inclusion and consistency, as its sections 2.1.3.2 and 2.1.4.2 tell a verifier to compute them.
// Written apart from the program that makes the proofs: two writings of one standard that agree are worth more than one.
import { createHash } from "node:crypto";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

export const leafHash = (header, dataHash) => sha256(Buffer.of(0), Buffer.from(header, "utf8"), dataHash);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

/** Root a proof leads to from a leaf; undefined when the proof does not fit index and size. */
export function rootFromInclusion(leaf, index, size, proof) {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return undefined;
  let [fn, sn, hash] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const step of proof) {
    if (sn === 0n) return undefined;
    if (fn & 1n || fn === sn) {
      hash = nodeHash(step, hash);
      if (!(fn & 1n))
        while (!(fn & 1n) && fn !== 0n) {
          fn >>= 1n;
          sn >>= 1n;
        }
    } else hash = nodeHash(hash, step);
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n ? hash : undefined;
}

export function isConsistent(first, second, proof, firstRoot, secondRoot) {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first < 1 || first > second) return false;
  if (first === second) return proof.length === 0 && firstRoot.equals(secondRoot);
  const size = BigInt(first);
  const path = (size & (size - 1n)) === 0n ? [firstRoot, ...proof] : [...proof];
  if (path.length === 0) return false;
  let [fn, sn] = [size - 1n, BigInt(second) - 1n];
  while (fn & 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let [fr, sr] = [path[0], path[0]];
  for (const step of path.slice(1)) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      fr = nodeHash(step, fr);
      sr = nodeHash(step, sr);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else sr = nodeHash(sr, step);
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && fr.equals(firstRoot) && sr.equals(secondRoot);
}

/** The root of leaves in order, keeping one hash a level: a tree of any size in little memory. */
export function treeBuilder() {
  const stack = [];
  let size = 0;
  return {
    add(leaf) {
      let hash = leaf;
      for (let n = size; n % 2 === 1; n = Math.floor(n / 2)) hash = nodeHash(stack.pop(), hash);
      stack.push(hash);
      size++;
    },
    size: () => size,
    root: () => (size === 0 ? sha256() : stack.reduceRight((right, left) => nodeHash(left, right))),
  };
}
