import { createHash } from "node:crypto";

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The leaf of an entry: H(0x00 || header || data hash). Written anew here, so that the page checks and does not repeat. */
export function leafOf(header: string, dataHash: string): string {
  return sha256(Uint8Array.of(0), Buffer.from(header, "utf8"), Buffer.from(dataHash, "hex")).toString("hex");
}

/** The fingerprint of what was written: H(salt || data); the salt keeps short contents from being guessed. */
export function dataHashOf(salt: string, data: string): string {
  return sha256(Buffer.from(salt, "hex"), Buffer.from(data, "utf8")).toString("hex");
}

/** Root of a tree from a leaf and its audit path (RFC 9162, 2.1.3.2); undefined when the path cannot belong there. */
export function rootFrom(leaf: string, index: number, size: number, path: readonly string[]): string | undefined {
  if (index >= size) return undefined;
  // Numbers above 2^32 leave the range of bit operators: halve by arithmetic.
  let position = index;
  let last = size - 1;
  let root = Buffer.from(leaf, "hex");
  for (const step of path) {
    if (last === 0) return undefined;
    const sibling = Buffer.from(step, "hex");
    if (position % 2 === 1 || position === last) {
      root = sha256(Uint8Array.of(1), sibling, root) as typeof root;
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else root = sha256(Uint8Array.of(1), root, sibling) as typeof root;
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? root.toString("hex") : undefined;
}
