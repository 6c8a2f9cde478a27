#!/usr/bin/env node
// Checks a person's copy of her consent without Toguna: Node 20 or newer and these few files, no network.
import { verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { certificates, chainFault } from "./head.mjs";

const help = `Usage: node consent-receipt.mjs --anchors anchors.pem receipt.json

  The file is what the page “My consents” gives (RFC 7515, flattened JSON). Printed: the record (ISO/IEC TS 27560:2023).
  --anchors  root certificates you trust (PEM). Fetch them from /trust/anchors.pem and compare their fingerprints elsewhere.
  Exit code: 0 it holds, 1 it does not, 2 usage. Whether it was taken back since only the page can tell.`;

/** The purpose only the certificate of the exchange's centre has. */
const centre = "2.25.153415945475305754890032164870236948778.4";

/** `faults` is empty when everything stands; `record` is what was signed. */
export function checkReceipt(receipt, anchorsPem, at = new Date()) {
  const faults = [];
  const anchors = certificates(anchorsPem);
  const chain = receipt.header.x5c.map((one) => new X509Certificate(Buffer.from(one, "base64")));
  const protectedHeader = JSON.parse(Buffer.from(receipt.protected, "base64url").toString());
  if (protectedHeader.alg !== "ES256" || protectedHeader.typ !== "consent-receipt+json") faults.push("this is no consent receipt");
  const signature = Buffer.from(receipt.signature, "base64url");
  const sound =
    chain.length > 0 &&
    signature.length === 64 &&
    verify(
      "sha256",
      Buffer.from(`${receipt.protected}.${receipt.payload}`),
      { key: chain[0].publicKey, dsaEncoding: "ieee-p1363" },
      signature,
    );
  if (!sound) faults.push("the signature does not hold");
  else if (!chain[0].keyUsage?.includes(centre)) faults.push("the certificate is not the one of the exchange’s centre");
  const record = sound ? JSON.parse(Buffer.from(receipt.payload, "base64url").toString()) : undefined;
  // signed when it was issued; a certificate that has ended since signed it all the same
  const issued = new Date(record?.receipt_metadata?.issued_at ?? at);
  const fault = issued > at ? "it says it was issued later than now" : chainFault(chain, anchors, issued);
  if (fault) faults.push(fault);
  return { faults, record };
}

if (process.argv[1]?.endsWith("consent-receipt.mjs")) {
  const { values, positionals } = parseArgs({
    options: { anchors: { type: "string" }, help: { type: "boolean" } },
    allowPositionals: true,
  });
  if (values.help || !values.anchors || positionals.length !== 1) {
    console.error(help);
    process.exit(2);
  }
  const { faults, record } = checkReceipt(JSON.parse(readFileSync(positionals[0], "utf8")), readFileSync(values.anchors, "utf8"));
  if (record) console.log(JSON.stringify(record, null, 2));
  for (const fault of faults) console.error(`✗ ${fault}`);
  if (faults.length === 0) console.error("✓ signed by the exchange’s centre, and unchanged");
  process.exit(faults.length > 0 ? 1 : 0);
}
