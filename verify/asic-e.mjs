#!/usr/bin/env node
// Checks a signed message in its ASiC-E container, Toguna's or X-Road's: nothing but Node 20 or newer and the files beside this one.
//   node verify/asic-e.mjs message.asice --anchors anchors.pem [--body file] [--unstamped]
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkHashChain, hashBy } from "./hashchain.mjs";
import { certificates, chainFault } from "./head.mjs";
import { readStatus } from "./ocsp.mjs";
import { readTimeStamp } from "./timestamp.mjs";
import { checkTree } from "./tree.mjs";
import { readSignature } from "./xades.mjs";
import { unzip } from "./zip.mjs";

const type = "application/vnd.etsi.asic-e+zip";
const help = `Usage: node asic-e.mjs message.asice --anchors anchors.pem [--body file] [--unstamped]

  --anchors    root certificates you trust (PEM), of signers and of time-stamp authorities
  --body       the body, where you hold it and the container does not
  --unstamped  take a container without time stamp, at the time its signer names

Exit code: 0 genuine, 1 refused, 2 usage or unreadable.`;

/** { faults, notes, signer, at, stampedAt, message, body }. Genuine when `faults` is empty. */
export function checkContainer(file, anchorsPem, o = {}) {
  const result = { faults: [], notes: [] };
  try {
    examine(unzip(file), certificates(anchorsPem), o, result);
  } catch (error) {
    result.faults.push(error instanceof Error ? error.message : String(error));
  }
  return result;
}

function examine(files, anchors, o, result) {
  const { faults } = result;
  const fail = (text) => void faults.push(text);
  const attempt = (run) => {
    try {
      return run();
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  if (files.get("mimetype")?.toString("latin1").trim() !== type) fail("the file does not say that it is an ASiC-E container");
  const xml = files.get("META-INF/signatures.xml");
  if (!xml) throw new Error("the container has no signature");
  if (o.body) files.set("attachment1", o.body);
  const s = readSignature(xml);
  result.signer = s.signer.subject.replaceAll("\n", ", ");
  result.at = s.at;
  result.message = files.get("message.xml");
  checkFiles(files, s, attempt, result);
  const stamp = attempt(() => timeOf(files, s, anchors));
  if (stamp) {
    result.stampedAt = stamp;
    if (stamp < s.at && s.at - stamp > 60_000) fail("the signer names a time after the time stamp");
  } else if (!o.unstamped && stamp !== undefined) fail("the container has no time stamp");
  const at = stamp || s.at;
  const chain = chainFault([s.signer, ...s.others], anchors, at);
  if (chain) fail(chain);
  checkStatuses(s, anchors, at, result);
  const tree = files.get("META-INF/tree-proof.json");
  if (tree) attempt(() => checkTree(JSON.parse(tree.toString("utf8")), { files, signature: s, anchors }, result));
}

/** Every file the signature names is that file; the message is among them. */
function checkFiles(files, s, attempt, result) {
  const missing = new Map();
  for (const [name, { method, digest }] of s.references) {
    const bytes = files.get(name);
    if (!bytes) missing.set(name, digest);
    else if (!hashBy(method, bytes).equals(digest)) result.faults.push(`${name} is not the file that was signed`);
  }
  const covered = new Set(s.references.keys());
  const chained = files.get("sig-hashchainresult.xml");
  if (s.references.has("sig-hashchainresult.xml") && chained) {
    const bodies = [...files.keys()].filter((name) => /^attachment\d+$/.test(name)).map((name) => `/${name}`);
    const found = attempt(() => checkHashChain(files, chained, ["/message.xml", ...bodies]));
    for (const [name, digest] of found?.missing ?? []) missing.set(name, digest);
    for (const name of ["message.xml", ...bodies.map((uri) => uri.slice(1))]) covered.add(name);
  }
  if (!covered.has("message.xml") || missing.has("message.xml")) result.faults.push("the signature does not cover the message");
  for (const name of files.keys())
    if (/^attachment\d+$/.test(name) && !covered.has(name)) result.faults.push(`${name} is not covered by the signature`);
  result.body = files.has("attachment1") ? "included" : "none";
  for (const [name, digest] of missing)
    if (/^attachment\d+$/.test(name)) {
      result.body = "hash proven";
      result.notes.push(`body not included, hash proven: ${name} has the hash ${digest.toString("hex")}`);
    } else if (name !== "message.xml") result.faults.push(`${name} was signed and is missing`);
}

/** When at the latest the signature existed; null without time stamp. Throws when the time stamp does not hold. */
function timeOf(files, s, anchors) {
  const batch = files.get("META-INF/timestamp.tst");
  const result = files.get("ts-hashchainresult.xml");
  const [token, covers] = batch ? [binary(batch), result ? { data: result } : { data: s.value }] : [s.stamps[0], { data: s.value }];
  if (!token) return null;
  if (batch && result) {
    const { missing } = checkHashChain(files, result, ["/META-INF/signatures.xml"]);
    if (missing.size > 0) throw new Error("the hash chain of the time stamp covers files that are not here");
  }
  const stamp = readTimeStamp(token, covers);
  const fault = stamp.fault ?? chainFault(stamp.chain, anchors, stamp.at);
  if (fault) throw new Error(`the time stamp does not hold: ${fault}`);
  return stamp.at;
}

/** Older containers hold the token as base64 text. */
const binary = (bytes) => (bytes[0] === 0x30 ? bytes : Buffer.from(bytes.toString("latin1"), "base64"));

function checkStatuses(s, anchors, at, result) {
  let told = false;
  for (const bytes of s.statuses) {
    const status = readStatus(bytes, s.signer, s.others, anchors);
    if (status.fault === "it is about another certificate") continue;
    told = true;
    if (status.fault) result.faults.push(`the certificate’s status does not hold: ${status.fault}`);
    else if (status.status === "revoked" && status.revokedAt <= at)
      result.faults.push(`the certificate was revoked on ${status.revokedAt.toISOString()}`);
    else if (status.status === "unknown") result.faults.push("the authority does not know the certificate");
    else result.notes.push(`certificate good on ${status.thisUpdate.toISOString()}, says its authority`);
  }
  if (!told) result.notes.push("no certificate status inside: ask the authority’s revocation list for the day of signature");
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { anchors: { type: "string" }, body: { type: "string" }, unstamped: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help || !values.anchors || positionals.length !== 1) {
    console.error(help);
    return 2;
  }
  const pem = readFileSync(values.anchors, "utf8");
  for (const anchor of certificates(pem))
    console.log(`anchor ${anchor.subject.replaceAll("\n", ", ")}\n  SHA-256 ${createHash("sha256").update(anchor.raw).digest("hex")}`);
  const body = values.body === undefined ? {} : { body: readFileSync(values.body) };
  const r = checkContainer(readFileSync(positionals[0]), pem, { ...body, unstamped: values.unstamped ?? false });
  if (r.signer) console.log(`signed by ${r.signer}\n  at ${r.at.toISOString()}, by its own clock`);
  if (r.stampedAt) console.log(`time stamp: ${r.stampedAt.toISOString()}`);
  if (r.message) console.log(`message:\n${r.message.toString("utf8").replace(/\r/g, "").replace(/^/gm, "  ").trimEnd()}`);
  for (const note of r.notes) console.log(note);
  for (const fault of r.faults) console.log(`FAULT ${fault}`);
  console.log(r.faults.length === 0 ? "GENUINE" : "REFUSED");
  return r.faults.length === 0 ? 0 : 1;
}

if (process.argv[1] && import.meta.url === new URL(`file://${process.argv[1]}`).href) {
  try {
    process.exitCode = main();
  } catch (error) {
    console.error(`The files cannot be read: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  }
}
