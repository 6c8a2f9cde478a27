import { createHash } from "node:crypto";
import { canonical, type Context, dataHash, ledgerData, ledgerRows, strayFacts } from "#kernel";
import { byId } from "../certificates/store.ts";
import { trusted, type Trusted } from "../certificates/trusted.ts";
import { oids } from "../der/oids.ts";
import { ecdsaSignature } from "../der/write.ts";
import { checkStampDigest, readToken } from "../tsp/read.ts";
import { chainOf } from "../x509/chain.ts";
import { ledgerSigning } from "../x509/profiles.ts";
import { type Certificate, readCertificate, same, verified } from "../x509/read.ts";
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

type Note = (kind: LedgerFaultKind, at: number) => void;

export const verifyLedger = async (ctx: Context): Promise<LedgerReport> => {
  const trust = await trusted(ctx);
  const size = (await latestHead(ctx))?.size ?? 0;
  const faults: LedgerFault[] = [];
  const note: Note = (kind, at) => {
    if (faults.length < mostFaults) faults.push({ kind, at });
  };
  const signers = new Map<string, Certificate | undefined>();
  let tree: Tree | undefined = { size: 0, edge: new Map() };
  let headsChecked = 0;
  for (let from = 0; from < size; from += step) {
    const to = Math.min(size, from + step);
    const leaves = await leavesOf(ctx, from, to, note);
    // Once a leaf is missing no later root can be right: the rest is still read, to name every fault.
    if (!leaves) tree = undefined;
    for (const head of await heads(ctx, { after: from, upTo: to, limit: "all" })) {
      const grown = tree && leaves && grow(tree, leaves.slice(tree.size - from, head.size - from));
      tree = grown;
      if (!grown || !same(grown.root, head.root)) note("root", head.size);
      await checkHead(ctx, head, trust, signers, note);
      headsChecked++;
    }
    if (tree && leaves) tree = grow(tree, leaves.slice(tree.size - from));
  }
  if ((await ledgerRows(ctx, size, size + 1)).length > 0) note("head-missing", size);
  const strays = await strayFacts(ctx);
  if (strays > 0) note("hidden", strays);
  return { ok: faults.length === 0, size, headsChecked, faults };
};

interface Tree {
  size: number;
  edge: Map<number, Uint8Array>;
}

const grow = (tree: Tree, leaves: readonly Uint8Array[]): Tree & { root: Uint8Array } => append(tree.size, tree.edge, leaves);

const leavesOf = async (ctx: Context, from: number, to: number, note: Note): Promise<Uint8Array[] | undefined> => {
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

const checkHead = async (
  ctx: Context,
  head: HeadRow,
  trust: Trusted,
  signers: Map<string, Certificate | undefined>,
  note: Note,
): Promise<void> => {
  const text = checkpoint(head);
  if (head.signature && head.certificate) {
    const known = signers.has(head.certificate) ? signers.get(head.certificate) : await signerOf(ctx, head.certificate);
    signers.set(head.certificate, known);
    const chain = known && chainOf(known, { pool: trust.helpers, ...trust, at: head.at });
    const sound = known && verified(known.spki, oids.ecdsaWithSha256, text, ecdsaSignature(head.signature));
    if (!chain?.ok || !sound) note("head-signature", head.size);
  }
  if (!head.token) return;
  const stamp = readToken(head.token);
  if (!stamp || !checkStampDigest(stamp, createHash("sha256").update(text).digest(), trust).ok) note("head-time-stamp", head.size);
};

const signerOf = async (ctx: Context, id: string): Promise<Certificate | undefined> => {
  const row = await byId(ctx, id);
  const certificate = row && readCertificate(row.der);
  return certificate?.extendedKeyUsage?.includes(ledgerSigning) ? certificate : undefined;
};
