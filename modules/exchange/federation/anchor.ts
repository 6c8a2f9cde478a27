/**
 * The configuration anchor (X-Road's term): what another instance must know of one before it believes a word of it. A signed file,
 * handed over out of band; its fingerprint is read aloud. Pure.
 */
import { createHash, X509Certificate } from "node:crypto";
import { T, type Static } from "#kernel";
import { fingerprintOf, verifyConfiguration } from "#trust";
import { readAs } from "../configuration/head.ts";

const strict = { additionalProperties: false };
const Instant = T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" });
const Pem = T.String({ maxLength: 20_000, pattern: "^-----BEGIN CERTIFICATE-----" });

const Anchor = T.Object(
  {
    format: T.Literal(1),
    instance: T.String({ pattern: "^[A-Za-z0-9'()+,\\-.=?]{1,100}$" }),
    name: T.Object({ fr: T.String({ maxLength: 200 }), en: T.String({ maxLength: 200 }) }, strict),
    generatedAt: Instant,
    validUntil: Instant,
    /** Where its configuration is asked for; the first that answers. */
    sources: T.Array(T.String({ pattern: "^https?://[^\\s/?#@]+$", maxLength: 300 }), { minItems: 1, maxItems: 5 }),
    /** Certificates of the keys that sign its configuration, PEM. */
    signers: T.Array(Pem, { minItems: 1, maxItems: 8 }),
    /** Roots under which its institutions, servers and signers stand, PEM. */
    authorities: T.Array(Pem, { minItems: 1, maxItems: 20 }),
  },
  strict,
);
export type Anchor = Static<typeof Anchor>;

/** How it travels: the text exactly as signed, under each key of its instance that still counts. */
export const AnchorFile = T.Object(
  {
    anchor: T.String({ maxLength: 200_000 }),
    signatures: T.Array(T.Object({ signature: T.String({ maxLength: 100 }), certificate: T.String({ maxLength: 20_000 }) }, strict), {
      minItems: 1,
      maxItems: 8,
    }),
  },
  strict,
);
export type AnchorFile = Static<typeof AnchorFile>;

/** Bytes of the largest anchor file we read. */
export const largestAnchor = 400_000;

/** What the signatures cover: no other text of ours begins so. */
export const anchorText = (anchor: string): Buffer => Buffer.from(`toguna configuration anchor\n${anchor}`);

/** 128 bits of SHA-256 over the anchor's text, in fours: what both people read to each other. */
export const anchorFingerprint = (file: Pick<AnchorFile, "anchor">): string =>
  createHash("sha256")
    .update(file.anchor)
    .digest("hex")
    .slice(0, 32)
    .replace(/(.{4})(?=.)/g, "$1-");

/** As typed by a person: hyphens, blanks and case do not count. */
export const sameFingerprint = (a: string, b: string): boolean => {
  const plain = (text: string) => text.replace(/[\s-]/g, "").toLowerCase();
  return /^[0-9a-f]{32}$/.test(plain(a)) && plain(a) === plain(b);
};

export type AnchorFault = "unreadable" | "not-signed" | "expired" | "clock";
export type ReadAnchor = { ok: true; anchor: Anchor; file: AnchorFile } | { ok: false; fault: AnchorFault };

/** Clocks of neighbours differ by minutes. */
const skew = 10 * 60_000;
const prints = (pems: readonly string[]): Set<string> => new Set(pems.flatMap((one) => fingerprintOf(one) ?? []));

/** The certificates an anchor names, SHA-256 of their DER. */
export const signersOf = (a: Anchor): Set<string> => prints(a.signers);
export const authoritiesOf = (a: Anchor): Set<string> => prints(a.authorities);

/** Hostile text: good only when one of the signers it names has signed it under one of its own authorities. Proves no identity. */
export function readAnchor(text: string, at: Date): ReadAnchor {
  const file = text.length <= largestAnchor ? readAs(AnchorFile, text) : undefined;
  const anchor = file && readAs(Anchor, file.anchor);
  if (!file || !anchor || ![...anchor.signers, ...anchor.authorities].every(isOne)) return { ok: false, fault: "unreadable" };
  if (new Date(anchor.validUntil) <= at) return { ok: false, fault: "expired" };
  if (new Date(anchor.generatedAt).getTime() > at.getTime() + skew) return { ok: false, fault: "clock" };
  return signedBy(anchor, file, at) ? { ok: true, anchor, file } : { ok: false, fault: "not-signed" };
}

/** Exactly one certificate a text: what is compared by its fingerprint must not carry another one behind it. */
function isOne(text: string): boolean {
  if ((text.match(/BEGIN/g) ?? []).length !== 1) return false;
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}

/** Has a key that `by` names put its name under this file? */
export function signedBy(by: Anchor, file: AnchorFile, at: Date): boolean {
  return file.signatures.some((one) => isSigner(by, { bytes: anchorText(file.anchor), ...one }, at));
}

/** A word of the instance: by a key its anchor names, under one of the anchor's authorities, good today. */
export function isSigner(by: Anchor, said: { bytes: Uint8Array; signature: string; certificate: string }, at: Date): boolean {
  if (!signersOf(by).has(fingerprintOf(said.certificate) ?? "")) return false;
  const signature = Buffer.from(said.signature, "base64");
  return verifyConfiguration({ bytes: said.bytes, signature, certificate: said.certificate, at, anchors: authoritiesOf(by) }).ok;
}

/**
 * The anchor that follows: newer, of the same instance, and signed by a key the one before it names. Then nobody needs the
 * telephone again.
 */
export function follows(before: Anchor, next: Extract<ReadAnchor, { ok: true }>, at: Date): boolean {
  return next.anchor.instance === before.instance && next.anchor.generatedAt > before.generatedAt && signedBy(before, next.file, at);
}
