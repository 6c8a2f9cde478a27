// A signed head: its three lines, its signature, the certificate that leads to a root you trust, its time stamp.
import { createHash, verify, X509Certificate } from "node:crypto";
import { readTimeStamp } from "./timestamp.mjs";

export const certificates = (pem) =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(([text]) => new X509Certificate(text));

const validAt = (certificate, at) => new Date(certificate.validFrom) <= at && at <= new Date(certificate.validTo);

/** Whether the first certificate leads to one of the anchors at that moment. What is wrong, or undefined. */
export function chainFault([leaf, ...others], anchors, at) {
  if (!leaf) return "no certificate";
  let current = leaf;
  for (let depth = 0; depth < 5; depth++) {
    if (!validAt(current, at)) return `the certificate “${current.subject.replaceAll("\n", ", ")}” is not valid on ${at.toISOString()}`;
    if (anchors.some((anchor) => anchor.raw.equals(current.raw))) return undefined;
    const issuer = [...anchors, ...others].find((c) => c.ca && c !== current && current.checkIssued(c) && current.verify(c.publicKey));
    if (!issuer) return `the certificate “${current.subject.replaceAll("\n", ", ")}” leads to none of your anchors`;
    current = issuer;
  }
  return "the chain of certificates is too long";
}

/** The purpose only the ledger's own certificate has: a head signed by some official's or institution's key is no head. */
const ledgerSigning = "2.25.153415945475305754890032164870236948778.3";

/** Checks a head as the API gives it. `faults` is empty when everything stands. */
export function checkHead(head, anchors) {
  const faults = [];
  const text = `${head.origin}\n${head.size}\n${Buffer.from(head.root, "hex").toString("base64")}\n`;
  if (text !== head.checkpoint) faults.push("the signed text does not say this origin, size and root");
  const chain = certificates(head.certificate);
  const signature = Buffer.from(head.signature, "base64");
  const sound =
    chain.length > 0 &&
    signature.length === 64 &&
    verify("sha256", Buffer.from(text), { key: chain[0].publicKey, dsaEncoding: "ieee-p1363" }, signature);
  if (!sound) faults.push("the signature of the head does not hold");
  else if (!chain[0].keyUsage?.includes(ledgerSigning)) faults.push("the certificate is not one for signing this ledger");
  let stampedAt;
  if (head.timeStamp) {
    const stamp = readTimeStamp(Buffer.from(head.timeStamp, "base64"), createHash("sha256").update(text).digest());
    const fault = stamp.fault ?? chainFault(stamp.chain, anchors, stamp.at);
    if (fault) faults.push(`the time stamp does not hold: ${fault}`);
    else stampedAt = stamp.at;
  }
  const fault = chainFault(chain, anchors, stampedAt ?? new Date(head.at));
  if (fault) faults.push(fault);
  return { faults, stampedAt };
}
