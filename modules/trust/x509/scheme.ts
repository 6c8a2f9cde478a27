/** How a key signs, told by its public half: what standards call it, and how its raw signature is written in ASN.1. */
import { type Der, ecdsaSignature, nil, oid, seq } from "../der/write.ts";
import { readOid, sequence, whole } from "../der/read.ts";
import { oids } from "../der/oids.ts";
import { keyBits, verified } from "./read.ts";

export interface Scheme {
  kind: "p256" | "rsa";
  /** AlgorithmIdentifier of the signature */
  identifier: Der;
  /** what stands in certificates, requests and CMS for the raw signature that keys hand out */
  encoded(raw: Uint8Array): Uint8Array;
}

const es256: Scheme = { kind: "p256", identifier: seq(oid(oids.ecdsaWithSha256)), encoded: ecdsaSignature };
// RFC 4055, 5: the parameters are NULL, not absent
const rs256: Scheme = { kind: "rsa", identifier: seq(oid(oids.rsaWithSha256), nil), encoded: (raw) => raw };

/** Throws `malformed` for what is no SubjectPublicKeyInfo; whatever is not RSA is held to be P-256, and fails where it is not. */
export const schemeOf = (spki: Uint8Array): Scheme =>
  readOid(sequence(sequence(whole(spki), "public key")[0], "algorithm")[0]) === oids.rsa ? rs256 : es256;

/** Bits below which an RSA signature proves nothing today (SP 800-131A). */
const leastRsa = 2048;

/** Did that key make this raw signature: r || s of P-256, or RSASSA-PKCS1-v1_5, both with SHA-256? False for any other key. */
export const fitsRaw = (spki: Uint8Array, bytes: Uint8Array, raw: Uint8Array): boolean => {
  if (schemeOf(spki).kind === "p256") return raw.length === 64 && verified(spki, oids.ecdsaWithSha256, bytes, ecdsaSignature(raw));
  const bits = keyBits(spki);
  return bits >= leastRsa && raw.length === Math.ceil(bits / 8) && verified(spki, oids.rsaWithSha256, bytes, raw);
};
