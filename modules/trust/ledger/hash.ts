import { createHash, hash as digest } from "node:crypto";

// RFC 9162, 2.1: leaves and nodes are hashed under different first bytes, so that a node can never be shown as a leaf.

const leafPrefix = Uint8Array.of(0);
export const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const leafHash = (entry: Uint8Array): Buffer => sha256(leafPrefix, entry);

// One buffer for every node: a proof hashes hundreds, a batch thousands, and nothing here waits in between.
const node = Buffer.alloc(65);
node[0] = 1;

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => {
  if (left.length !== 32 || right.length !== 32) throw new RangeError("a node hashes two hashes");
  node.set(left, 1);
  node.set(right, 33);
  return digest("sha256", node, "buffer");
};

/** Root of a perfect subtree over `count` (a power of two) hashes that lie one after another. */
export const perfectRoot = (hashes: Uint8Array, count: number): Uint8Array => {
  const row = Buffer.from(hashes.subarray(0, count * 32));
  for (let n = count; n > 1; n /= 2)
    for (let i = 0; i < n / 2; i++) {
      node.set(row.subarray(i * 64, i * 64 + 64), 1);
      row.set(digest("sha256", node, "buffer"), i * 32);
    }
  return row.subarray(0, 32);
};

/** Root of no leaf at all. */
export const emptyRoot = sha256();

/**
 * The leaf of a fact: H(0x00 || canonical header || H(salt || data)). The header is public and pseudonymous;
 * data and salt can be erased later without touching the tree, and the salt keeps short data from being guessed.
 */
export const factLeaf = (header: string, dataHash: Uint8Array): Buffer => {
  if (dataHash.length !== 32) throw new RangeError("a data hash has 32 bytes");
  return sha256(leafPrefix, Buffer.from(header, "utf8"), dataHash);
};

export const dataHash = (salt: Uint8Array, data: Uint8Array): Buffer => sha256(salt, data);
