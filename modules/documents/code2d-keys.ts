// The public key list that lets anyone check codes without a network, and the check itself.
import { X509Certificate, createPublicKey, verify } from "node:crypto";
import { type Code2dFields, Code2dError, code2dKeyId, parseCode2d } from "./code2d.ts";

export interface Code2dKey {
  id: string;
  /** Affine coordinates of the P-256 point, base64url. */
  x: string;
  y: string;
  /** Who speaks with this key, in each language. */
  issuer: { fr: string; en: string };
  /** First and last issue dates this key may bear, YYYY-MM-DD. */
  from: string;
  until: string;
  /** A key that leaked: none of its codes is accepted any more, whatever date they bear. */
  revoked?: boolean;
}

export interface Code2dKeyList {
  format: "toguna-code2d-keys";
  version: 1;
  /** When the list was made, so that an old copy shows its age. */
  made: string;
  keys: Code2dKey[];
}

export type Code2dCheck =
  | { ok: true; fields: Code2dFields; issuer: { fr: string; en: string }; keyId: string }
  | {
      ok: false;
      reason: "malformed" | "unknown-key" | "bad-signature" | "key-not-valid-then" | "key-revoked";
    };

/** One entry of the list from a public key (SPKI, DER), with the id computed rather than trusted. */
export const code2dKey = (spki: Uint8Array, rest: Omit<Code2dKey, "id" | "x" | "y">): Code2dKey => {
  const jwk = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }).export({
    format: "jwk",
  });
  if (jwk.crv !== "P-256" || jwk.x === undefined || jwk.y === undefined) throw new Code2dError("2D codes are signed with P-256");
  const point = { x: Buffer.from(jwk.x, "base64url"), y: Buffer.from(jwk.y, "base64url") };
  return { ...rest, id: code2dKeyId(point), x: jwk.x, y: jwk.y };
};

export const code2dKeyList = (made: string, keys: Code2dKey[]): Code2dKeyList => ({
  format: "toguna-code2d-keys",
  version: 1,
  made,
  keys: keys.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
});

/** Reads and checks a scanned text against the list. */
export const verifyCode2d = (scanned: string, list: Code2dKeyList): Code2dCheck => {
  let parsed;
  try {
    parsed = parseCode2d(scanned);
  } catch (error) {
    if (error instanceof Code2dError) return { ok: false, reason: "malformed" };
    throw error;
  }
  const { keyId, fields, signedBytes, signature } = parsed;
  const key = list.keys.find((candidate) => candidate.id === keyId);
  if (key === undefined) return { ok: false, reason: "unknown-key" };
  const point = { x: Buffer.from(key.x, "base64url"), y: Buffer.from(key.y, "base64url") };
  // The id is a digest of the point: a list that pairs them wrongly is not believed.
  if (code2dKeyId(point) !== keyId) return { ok: false, reason: "unknown-key" };
  const publicKey = createPublicKey({
    key: { kty: "EC", crv: "P-256", x: key.x, y: key.y },
    format: "jwk",
  });
  if (!verify("sha256", signedBytes, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature))
    return { ok: false, reason: "bad-signature" };
  if (key.revoked === true) return { ok: false, reason: "key-revoked" };
  if (fields.issued < key.from || fields.issued > key.until) return { ok: false, reason: "key-not-valid-then" };
  return { ok: true, fields, issuer: key.issuer, keyId };
};

/** PEM of a certificate (or a chain: the first counts) or of a public key, as DER of its public key. */
const spkiOf = (pem: string): Buffer =>
  createPublicKey(
    pem.includes("BEGIN CERTIFICATE") ? new X509Certificate(pem).publicKey.export({ format: "pem", type: "spki" }) : pem,
  ).export({
    format: "der",
    type: "spki",
  });

export const code2dKeyOf = (pem: string, rest: Omit<Code2dKey, "id" | "x" | "y">): Code2dKey => code2dKey(spkiOf(pem), rest);

/** Names the key a certificate certifies. */
export const code2dKeyIdOf = (pem: string): string => code2dKeyOf(pem, { issuer: { fr: "", en: "" }, from: "", until: "" }).id;
