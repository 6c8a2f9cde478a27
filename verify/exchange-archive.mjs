#!/usr/bin/env node
// Checks archive files of an exchange's message log, the oldest first: manifest, signature, time stamp, every file, every container,
// and that each names the one before.   node verify/exchange-archive.mjs --anchors anchors.pem exchange-log-*.zip
import { createHash, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { checkContainer } from "./asic-e.mjs";
import { certificates, chainFault } from "./head.mjs";
import { readTimeStamp } from "./timestamp.mjs";
import { unzip } from "./zip.mjs";

const sha512 = (bytes) => createHash("sha512").update(bytes).digest("hex");

/** { faults, stampedAt, exchanges, containers, sha512 }. `previous`: SHA-512 of the file before, in hexadecimal. */
export function checkArchive(file, anchorsPem, previous) {
  const result = { faults: [], containers: 0, sha512: sha512(file) };
  try {
    examine(unzip(file), anchorsPem, previous, result);
  } catch (error) {
    result.faults.push(error instanceof Error ? error.message : String(error));
  }
  return result;
}

function examine(files, anchorsPem, previous, result) {
  const fail = (text) => void result.faults.push(text);
  const anchors = certificates(anchorsPem);
  const own = (name) => files.get(name) ?? Buffer.alloc(0);
  const text = own("manifest.json");
  const manifest = JSON.parse(text.toString("utf8"));
  const stamp = readTimeStamp(own("manifest.tst"), { data: text });
  const stampFault = stamp.fault ?? chainFault(stamp.chain, anchors, stamp.at);
  if (stampFault) fail(`the time stamp does not hold: ${stampFault}`);
  else result.stampedAt = stamp.at;
  const chain = certificates(own("manifest.pem").toString("utf8"));
  const signature = Buffer.from(own("manifest.sig").toString("utf8"), "base64");
  const sound = chain[0] && verify("sha256", text, { key: chain[0].publicKey, dsaEncoding: "ieee-p1363" }, signature);
  if (!sound) fail("the signature of the manifest does not hold");
  const fault = chainFault(chain, anchors, stamp.at ?? new Date(manifest.at));
  if (fault) fail(fault);
  if (manifest.previous !== previous) fail("the file named before this one is another");
  const listed = new Set(["manifest.json", "manifest.sig", "manifest.pem", "manifest.tst"]);
  for (const { name, sha512: hash } of manifest.files) {
    listed.add(name);
    const bytes = files.get(name);
    if (!bytes) fail(`${name} is missing`);
    else if (sha512(bytes) !== hash) fail(`${name} is not the file that was archived`);
    else if (name.endsWith(".asice")) {
      result.containers += 1;
      for (const one of checkContainer(bytes, anchorsPem).faults) fail(`${name}: ${one}`);
    }
  }
  for (const name of files.keys()) if (!listed.has(name)) fail(`${name} is not in the manifest`);
  const rows = own("rows.jsonl").toString("utf8").trimEnd().split("\n");
  if (rows.length !== manifest.rows) fail("rows are missing");
  result.exchanges = manifest.exchanges;
}

function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { anchors: { type: "string" } } });
  if (!values.anchors || positionals.length === 0) {
    console.error("usage: node verify/exchange-archive.mjs --anchors anchors.pem exchange-log-….zip …   (the oldest first, all of them)");
    return 2;
  }
  const anchors = readFileSync(values.anchors, "utf8");
  let previous;
  let refused = 0;
  for (const name of positionals) {
    const r = checkArchive(readFileSync(name), anchors, previous);
    previous = r.sha512;
    console.log(
      `${basename(name)}: ${r.exchanges ?? "?"} exchanges, ${r.containers} containers, time stamp ${r.stampedAt?.toISOString() ?? "none"}`,
    );
    for (const fault of r.faults) console.log(`FAULT ${fault}`);
    refused += r.faults.length > 0 ? 1 : 0;
  }
  console.log(refused === 0 ? "GENUINE" : "REFUSED");
  return refused === 0 ? 0 : 1;
}

if (process.argv[1] && import.meta.url === new URL(`file://${process.argv[1]}`).href) {
  try {
    process.exitCode = main();
  } catch (error) {
    console.error(`The files cannot be read: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  }
}
