/**
 * X-Road's hash chain: many signature files under one time stamp. A step is the SHA-512 of a DER list of digests, each with its
 * algorithm; leaves pair left to right, level by level, and one without a partner passes up unchanged. Pure.
 */
import { createHash } from "node:crypto";

const sha512Name = "http://www.w3.org/2001/04/xmlenc#sha512";
const single = Buffer.concat([
  Buffer.from("306d0440", "hex"),
  Buffer.alloc(64),
  Buffer.from([0x0c, sha512Name.length]),
  Buffer.from(sha512Name),
  Buffer.from("3000", "hex"),
]);
// One buffer for every step: a batch makes thousands, and nothing here waits in between.
const pair = Buffer.concat([Buffer.from("3081de", "hex"), single, single]);

export const sha512 = (bytes: Uint8Array | string): Buffer => createHash("sha512").update(bytes).digest();

/** SHA-512 of the DER list of two SHA-512 digests. */
export function step(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== 64 || right.length !== 64) throw new RangeError("a step joins two SHA-512 digests");
  pair.set(left, 7);
  pair.set(right, 7 + single.length);
  return sha512(pair);
}

/** The same over one digest alone. */
export function stepOver(digest: Uint8Array): Buffer {
  const one = Buffer.concat([Buffer.from("306f", "hex"), single]);
  one.set(digest, 6);
  return sha512(one);
}

/** Digests one after another, 64 bytes each; at least one. */
export function chainRoot(digests: Uint8Array): Buffer {
  let row = split(digests);
  while (row.length > 1) row = level(row);
  return row[0]!;
}

/** What a step joins to the digest that comes from below; without a digest the step stands over it alone. */
export type Sibling = { digest: Uint8Array; side: "left" | "right" };

/** What leads from one digest to the root, nearest first. */
export function pathOf(digests: Uint8Array, index: number): Sibling[] {
  const path: Sibling[] = [];
  let row = split(digests);
  if (!(index >= 0 && index < row.length)) throw new RangeError("no such digest");
  for (let at = index; row.length > 1; at = Math.floor(at / 2), row = level(row)) {
    const other = row[at % 2 === 0 ? at + 1 : at - 1];
    if (other) path.push({ digest: other, side: at % 2 === 0 ? "right" : "left" });
  }
  return path;
}

function split(digests: Uint8Array): Buffer[] {
  if (digests.length === 0 || digests.length % 64 !== 0) throw new RangeError("SHA-512 digests have 64 bytes");
  return Array.from({ length: digests.length / 64 }, (_, i) => Buffer.from(digests.subarray(i * 64, i * 64 + 64)));
}

const level = (row: readonly Buffer[]): Buffer[] =>
  Array.from({ length: Math.ceil(row.length / 2) }, (_, i) => (row[2 * i + 1] ? step(row[2 * i]!, row[2 * i + 1]!) : row[2 * i]!));

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const names = 'xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ns2="http://cyber.ee/hashchain"';
const value = (digest: Uint8Array) => `<DigestValue>${Buffer.from(digest).toString("base64")}</DigestValue>`;

/** `ts-hashchainresult.xml`: the very bytes a time stamp covers. */
export const resultXml = (digest: Uint8Array): string =>
  `${head}<ns2:HashChainResult URI="/ts-hashchain.xml#STEP0" ${names}><DigestMethod Algorithm="${sha512Name}"/>${value(digest)}</ns2:HashChainResult>`;

/** `ts-hashchain.xml`: from the result down to the signature file. */
export function chainXml(signatureDigest: Uint8Array, path: readonly Sibling[]): string {
  const steps = path.toReversed().map(({ digest, side }, i) => {
    const below =
      i === path.length - 1
        ? `<ns2:DataRef URI="/META-INF/signatures.xml">${value(signatureDigest)}</ns2:DataRef>`
        : `<ns2:StepRef URI="#STEP${i + 1}"/>`;
    const beside = `<ns2:HashValue>${value(digest)}</ns2:HashValue>`;
    return `<ns2:HashStep id="STEP${i}">${side === "left" ? beside + below : below + beside}</ns2:HashStep>`;
  });
  return `${head}<ns2:HashChain ${names}><ns2:DefaultDigestMethod Algorithm="${sha512Name}"/>${steps.join("")}</ns2:HashChain>`;
}
