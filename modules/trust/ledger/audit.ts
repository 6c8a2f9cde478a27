import { createHash } from "node:crypto";
import { canonical, type Context, dataHash, ledgerData, ledgerRows, strayFacts } from "#kernel";
import { byId } from "../certificates/store.ts";
import { trusted, type Trusted } from "../certificates/trusted.ts";
import { oids } from "../der/oids.ts";
import { ecdsaSignature } from "../der/write.ts";
import { checkStampDigest, readToken } from "../tsp/read.ts";
import { chainOf } from "../x509/chain.ts";
import { readCertificate, same, verified } from "../x509/read.ts";
import { checkpoint } from "./checkpoint.ts";
import { factLeaf } from "./hash.ts";
import { type HeadRow, heads, latestHead, tilesAt } from "./store.ts";
import { append, width } from "./tiles.ts";

// The whole ledger computed again from the facts themselves, against what was signed. It trusts no stored hash: tiles are
// only used to name the leaf that was changed.

export type LedgerFaultKind =
  | "leaf-missing" // a fact or its place in the order is gone
  | "leaf-changed" // header, data hash or order differ from what was sealed
  | "data-changed" // the data no longer fit their hash
  | "root" // a signed root is not the root of these facts
  | "head-signature"
  | "head-time-stamp"
  | "head-missing" // facts were sealed beyond the newest head, or the newest head is gone
  | "hidden"; // facts that no leaf holds and no sealer will see

export interface LedgerFault {
  kind: LedgerFaultKind;
  /** leaf index, or size of the head concerned */
  at: number;
}

export interface LedgerReport {
  ok: boolean;
  size: number;
  headsChecked: number;
  faults: LedgerFault[];
}

const step = 4096;
const mostFaults = 100;

export const verifyLedger = async (ctx: Context): Promise<LedgerReport> => {
  const trust = await trusted(ctx);
  const size = (await latestHead(ctx))?.size ?? 0;
  const faults: LedgerFault[] = [];
  const note = (kind: LedgerFaultKind, at: number): void => {
    if (faults.length < mostFaults) faults.push({ kind, at });
  };
  const tree = { size: 0, edge: new Map<number, Uint8Array>() };
  let headsChecked = 0;
  for (let after = 0; ;) {
    const some = await heads(ctx, { after, limit: 1000 });
    for (const head of some) {
      const root = await grow(ctx, tree, head.size, note);
      if (!root || !same(root, head.root)) note("root", head.size);
      await checkHead(ctx, head, trust, note);
      headsChecked++;
    }
    const last = some[some.length - 1];
    if (!last) break;
    after = last.size;
  }
  if ((await ledgerRows(ctx, size, size + 1)).length > 0) note("head-missing", size);
  const strays = await strayFacts(ctx);
  if (strays > 0) note("hidden", strays);
  return { ok: faults.length === 0, size, headsChecked, faults };
};

/** Adds the leaves up to `to`; undefined once a leaf is missing, as no root can be right after that. */
const grow = async (
  ctx: Context,
  tree: { size: number; edge: Map<number, Uint8Array>; broken?: boolean },
  to: number,
  note: (kind: LedgerFaultKind, at: number) => void,
): Promise<Uint8Array | undefined> => {
  let root: Uint8Array | undefined;
  while (tree.size < to && !tree.broken) {
    const from = tree.size;
    const end = Math.min(to, (Math.floor(from / step) + 1) * step);
    const leaves = await leavesOf(ctx, from, end, note);
    if (!leaves) {
      tree.broken = true;
      return undefined;
    }
    const grown = append(from, tree.edge, leaves);
    tree.size = grown.size;
    tree.edge = grown.edge;
    root = grown.root;
  }
  return tree.broken ? undefined : root;
};

const leavesOf = async (
  ctx: Context,
  from: number,
  to: number,
  note: (kind: LedgerFaultKind, at: number) => void,
): Promise<Uint8Array[] | undefined> => {
  const rows = await ledgerRows(ctx, from, to);
  const places = [];
  for (let tile = Math.floor(from / width); tile * width < to; tile++) places.push({ level: 0, index: tile });
  const tiles = new Map((await tilesAt(ctx, places)).map((tile) => [tile.index, tile.hashes]));
  const data = new Map((await ledgerData(ctx, from, to)).map((d) => [Number(d.index), d]));
  const byIndex = new Map(rows.map((row) => [Number(row.index), row]));
  const leaves: Uint8Array[] = [];
  for (let index = from; index < to; index++) {
    const row = byIndex.get(index);
    if (!row) {
      note("leaf-missing", index);
      continue;
    }
    const leaf = factLeaf(row.header, row.dataHash);
    const at = (index % width) * 32;
    const sealed = tiles.get(Math.floor(index / width))?.subarray(at, at + 32);
    if (!sealed || !same(sealed, leaf)) note("leaf-changed", index);
    const kept = data.get(index);
    // Erased data leave their hash behind: that is no fault.
    if (kept && !same(dataHash(kept.salt, canonical(kept.data)), row.dataHash)) note("data-changed", index);
    leaves.push(leaf);
  }
  return leaves.length === to - from ? leaves : undefined;
};

const checkHead = async (ctx: Context, head: HeadRow, trust: Trusted, note: (kind: LedgerFaultKind, at: number) => void): Promise<void> => {
  const text = checkpoint(head);
  if (head.signature) {
    const row = head.certificate ? await byId(ctx, head.certificate) : undefined;
    const certificate = row && readCertificate(row.der);
    const chain = certificate && chainOf(certificate, { pool: trust.helpers, ...trust, at: head.at });
    const sound = certificate && verified(certificate.spki, oids.ecdsaWithSha256, text, ecdsaSignature(head.signature));
    if (!chain?.ok || !sound) note("head-signature", head.size);
  }
  if (!head.token) return;
  const stamp = readToken(head.token);
  if (!stamp || !checkStampDigest(stamp, createHash("sha256").update(text).digest(), trust).ok) note("head-time-stamp", head.size);
};
