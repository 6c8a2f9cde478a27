import { type Context, leafIndexOf, ledgerRows } from "#kernel";
import { byId } from "../certificates/store.ts";
import { hex } from "../der/read.ts";
import { pem } from "../x509/read.ts";
import { rangeUnknown } from "../problems.ts";
import { checkpoint } from "./checkpoint.ts";
import { factLeaf } from "./hash.ts";
import { headAt, type HeadRow, latestHead, tilesAt } from "./store.ts";
import { proofFrom, tilesFor } from "./tiles.ts";
import { consistencyRanges, inclusionRanges, type Range } from "./tree.ts";

/** A signed head as others read it; hexadecimal hashes, base64 for what is signed and stamped. */
export interface SignedHead {
  origin: string;
  size: number;
  root: string;
  at: string;
  /** the text that is signed */
  checkpoint: string;
  /** ES256, r || s, base64 */
  signature: string;
  /** PEM of the ledger's certificate and the authority above it */
  certificate: string;
  /** RFC 3161 token over the checkpoint's SHA-256, base64 */
  timeStamp?: string;
  stampedAt?: string;
}

// A certificate never changes, and every proof shows the same one: asked once a process.
const shown = new Map<string, string>();

const certificateOf = async (ctx: Context, id: string): Promise<string> => {
  const known = shown.get(id);
  if (known) return known;
  const row = (await byId(ctx, id))!;
  const text = [row.der, ...row.chain].map((der) => pem("CERTIFICATE", der)).join("");
  if (shown.size >= 100) shown.clear();
  shown.set(id, text);
  return text;
};

export const showHead = async (ctx: Context, head: HeadRow): Promise<SignedHead | undefined> => {
  if (!head.signature || !head.certificate) return undefined;
  return {
    origin: head.origin,
    size: head.size,
    root: hex(head.root),
    at: head.at.toISOString(),
    checkpoint: new TextDecoder().decode(checkpoint(head)),
    signature: head.signature.toString("base64"),
    certificate: await certificateOf(ctx, head.certificate),
    ...(head.token && head.stampedAt ? { timeStamp: head.token.toString("base64"), stampedAt: head.stampedAt.toISOString() } : {}),
  };
};

const proofOf = async (ctx: Context, ranges: readonly Range[], size: number): Promise<string[]> => {
  const tiles = ranges.length > 0 ? await tilesAt(ctx, tilesFor(ranges)) : [];
  return proofFrom(tiles, size, ranges).map(hex);
};

export interface Inclusion {
  index: number;
  size: number;
  leaf: string;
  proof: string[];
  head: SignedHead;
}

export interface FactInclusion extends Inclusion {
  /** canonical JSON of who, when, what, for whom (pseudonymous) */
  header: string;
  dataHash: string;
}

/** Undefined while the fact waits for the sealer. */
export const inclusionProof = async (ctx: Context, fact: string): Promise<FactInclusion | undefined> => {
  const index = await leafIndexOf(ctx, fact);
  return index === undefined ? undefined : inclusionAt(ctx, index);
};

/** Proof that leaf `index` is in the newest signed tree, or in the signed tree of `size`. */
export const inclusionAt = async (ctx: Context, index: number, size?: number): Promise<FactInclusion | undefined> => {
  const row = size === undefined ? await latestHead(ctx, { signed: true }) : await headAt(ctx, size);
  const head = row && (await showHead(ctx, row));
  if (!head || index < 0 || index >= head.size) return undefined;
  const [leaf] = await ledgerRows(ctx, index, index + 1);
  if (!leaf) return undefined;
  return {
    index,
    size: head.size,
    leaf: hex(factLeaf(leaf.header, leaf.dataHash)),
    header: leaf.header,
    dataHash: hex(leaf.dataHash),
    proof: await proofOf(ctx, inclusionRanges(index, head.size), head.size),
    head,
  };
};

export interface Consistency {
  from: number;
  to: number;
  proof: string[];
}

/** Proof that the tree of `to` leaves only adds to the tree of `from` leaves. */
export const consistencyProof = async (ctx: Context, from: number, to: number): Promise<Consistency> => {
  const size = (await latestHead(ctx))?.size ?? 0;
  if (from < 1 || from > to || to > size) throw rangeUnknown();
  return { from, to, proof: await proofOf(ctx, consistencyRanges(from, to), to) };
};
