/**
 * The console's own check of what trust answers: RFC 9162, 2.1.3.2 and 2.1.4.2, over hexadecimal hashes, and the head's
 * ES256 signature. Kept apart from trust's code on purpose: a checker that shares the code it checks proves nothing.
 */
import { createHash, verify, X509Certificate } from "node:crypto";

const bytes = (hex: string) => Buffer.from(hex, "hex");
const parent = (left: Buffer, right: Buffer) =>
  createHash("sha256")
    .update(Buffer.concat([Buffer.from([1]), left, right]))
    .digest();

/** From the leaf up along the proof: the root it leads to, or undefined when the proof has the wrong length. */
export function rootOf(leaf: string, index: number, size: number, proof: readonly string[]): string | undefined {
  if (index < 0 || index >= size) return undefined;
  let [at, last] = [index, size - 1];
  let hash = bytes(leaf);
  for (const step of proof) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      hash = parent(bytes(step), hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else hash = parent(hash, bytes(step));
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash.toString("hex") : undefined;
}

/** Does the tree of `to` leaves only add to the tree of `from` leaves? */
export function onlyAdds(from: number, to: number, proof: readonly string[], oldRoot: string, newRoot: string): boolean {
  if (from <= 0 || from > to) return false;
  if (from === to) return proof.length === 0 && oldRoot === newRoot;
  const perfect = Number.isInteger(Math.log2(from));
  const [start, ...path] = perfect ? [oldRoot, ...proof] : proof;
  if (start === undefined) return false;
  let [at, last] = [from - 1, to - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  let [before, after] = [bytes(start), bytes(start)];
  for (const step of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = parent(bytes(step), before);
      after = parent(bytes(step), after);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else after = parent(after, bytes(step));
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && before.toString("hex") === oldRoot && after.toString("hex") === newRoot;
}

export interface Head {
  origin: string;
  size: number;
  root: string;
  checkpoint: string;
  signature: string;
  certificate: string;
}

/** The signed text must say what the head says, and the first certificate's key must have signed it. */
export function headHolds(head: Head): boolean {
  const [, size, root] = head.checkpoint.split("\n");
  const said = Number(size) === head.size && (root === head.root || root === bytes(head.root).toString("base64"));
  try {
    const { publicKey } = new X509Certificate(head.certificate);
    return (
      said &&
      verify("sha256", Buffer.from(head.checkpoint), { key: publicKey, dsaEncoding: "ieee-p1363" }, Buffer.from(head.signature, "base64"))
    );
  } catch {
    return false;
  }
}
