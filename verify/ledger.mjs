#!/usr/bin/env node
// Checks a Toguna ledger without Toguna: Node 20 or newer and these few files are all it needs, no database, no network.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { certificates, checkHead } from "./head.mjs";
import { isConsistent, leafHash, rootFromInclusion, treeBuilder } from "./merkle.mjs";

const help = `Usage: node ledger.mjs <what> --anchors anchors.pem <files…>

  inclusion    proof.json                     an entry is in the signed ledger
  consistency  older.json newer.json proof.json   a later ledger only adds to an earlier one
  entries      head.json entries.json…        exported entries, all of them in order, are the signed ledger
  head         head.json                      a head's signature, certificate and time stamp

  --anchors  root certificates you trust (PEM). Fetch them from /trust/anchors.pem and compare their
             SHA-256 fingerprints, printed below, with those published elsewhere.

The JSON files are the answers of /api/trust/ledger/… as they came. Exit code: 0 it holds, 1 it does not, 2 usage.`;

const hex = (text) => {
  if (typeof text !== "string" || !/^[0-9a-f]{64}$/.test(text)) throw new Error("a hash is not 64 hexadecimal digits");
  return Buffer.from(text, "hex");
};

export function checkInclusion(answer, anchors) {
  const { faults, stampedAt } = checkHead(answer.head, anchors);
  const leaf = hex(answer.leaf);
  if (answer.header !== undefined && !leafHash(answer.header, hex(answer.dataHash)).equals(leaf))
    faults.push("the entry shown is not the entry sealed");
  if (answer.data !== undefined) {
    const hash = createHash("sha256").update(Buffer.from(answer.salt, "hex")).update(answer.data).digest();
    if (!hash.equals(hex(answer.dataHash))) faults.push("the particulars shown are not those sealed");
  }
  const root = rootFromInclusion(leaf, answer.index, answer.head.size, answer.proof.map(hex));
  if (!root?.equals(hex(answer.head.root))) faults.push("the proof does not lead to the signed root");
  return { faults, stampedAt };
}

export function checkConsistency(older, newer, answer, anchors) {
  const faults = [...checkHead(older, anchors).faults, ...checkHead(newer, anchors).faults];
  if (older.origin !== newer.origin) faults.push("the two heads are of two ledgers");
  if (older.size !== answer.from || newer.size !== answer.to) faults.push("the proof is for other sizes");
  if (!isConsistent(older.size, newer.size, answer.proof.map(hex), hex(older.root), hex(newer.root)))
    faults.push("the later ledger does not continue the earlier one: something sealed was changed or removed");
  return { faults };
}

export function checkEntries(head, segments, anchors) {
  const { faults, stampedAt } = checkHead(head, anchors);
  const tree = treeBuilder();
  for (const { entries } of segments) {
    for (const entry of entries) {
      if (entry.index !== tree.size()) {
        faults.push(`entry ${tree.size()} is missing or out of order`);
        return { faults, stampedAt };
      }
      if (tree.size() < head.size) tree.add(leafHash(entry.header, hex(entry.dataHash)));
    }
  }
  if (tree.size() !== head.size) faults.push(`${head.size} entries were signed, ${tree.size()} are here`);
  else if (!tree.root().equals(hex(head.root))) faults.push("these entries are not the signed ones");
  return { faults, stampedAt };
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { anchors: { type: "string" }, help: { type: "boolean" } },
  });
  const [what, ...files] = positionals;
  const wanted = { inclusion: [1, 1], consistency: [3, 3], entries: [2, Infinity], head: [1, 1] }[what];
  if (values.help || !wanted || !values.anchors || files.length < wanted[0] || files.length > wanted[1]) {
    console.error(help);
    return 2;
  }
  const anchors = certificates(readFileSync(values.anchors, "utf8"));
  for (const anchor of anchors)
    console.log(`anchor ${anchor.subject.replaceAll("\n", ", ")}\n  SHA-256 ${createHash("sha256").update(anchor.raw).digest("hex")}`);
  const json = files.map((file) => JSON.parse(readFileSync(file, "utf8")));
  const result = {
    inclusion: () => checkInclusion(json[0], anchors),
    consistency: () => checkConsistency(json[0], json[1], json[2], anchors),
    entries: () => checkEntries(json[0], json.slice(1), anchors),
    head: () => checkHead(json[0], anchors),
  }[what]();
  for (const fault of result.faults) console.log(`NO: ${fault}`);
  if (result.faults.length > 0) return 1;
  console.log(`It holds.${result.stampedAt ? ` Time stamp: ${result.stampedAt.toISOString()}.` : " No time stamp covers this head yet."}`);
  return 0;
}

if (process.argv[1] && import.meta.url === new URL(`file://${process.argv[1]}`).href) {
  try {
    process.exitCode = main();
  } catch (error) {
    console.error(`The files cannot be read: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  }
}
