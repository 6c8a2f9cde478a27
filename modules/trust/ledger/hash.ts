import { createHash } from "node:crypto";

// RFC 9162, 2.1: leaves and nodes are hashed under different first bytes, so that a node can never be shown as a leaf.

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

export const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const leafHash = (entry: Uint8Array): Buffer => sha256(leafPrefix, entry);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(nodePrefix, left, right);

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
