/** Evidence as others read it: hashes in hexadecimal, what is signed and stamped in base64. */
import { type Static, T } from "#kernel";

export const TreeHead = T.Object({
  origin: T.String(),
  size: T.Integer(),
  root: T.String(),
  at: T.String(),
  /** The text that is signed. */
  checkpoint: T.String(),
  /** ES256, r || s. */
  signature: T.String(),
  /** PEM: the ledger's certificate and its authority. */
  certificate: T.String(),
});
export type TreeHead = Static<typeof TreeHead>;

export const TreeProof = T.Object({
  /** Canonical JSON of what the leaf stands for; absent once the row was archived. */
  entry: T.Optional(T.String()),
  leaf: T.String(),
  index: T.Integer(),
  /** RFC 9162, 2.1.3.1, nearest first. */
  proof: T.Array(T.String()),
  head: TreeHead,
  /** RFC 3161 token over X-Road's hash chain result; `beside` is the root of the batches it joins to the head's SHA-512. */
  stamp: T.Optional(T.Object({ token: T.String(), at: T.String(), beside: T.Optional(T.String()) })),
});
export type TreeProof = Static<typeof TreeProof>;
