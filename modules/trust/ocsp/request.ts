import { createHash } from "node:crypto";
import { attempt, children, expect, malformed, readOid, readUnsigned, sequence, whole } from "../der/read.ts";
import { oids } from "../der/oids.ts";
import { int, nil, octets, oid, seq } from "../der/write.ts";
import { publicBits } from "../x509/profiles.ts";
import { readExtensions, same } from "../x509/read.ts";

export interface CertId {
  /** the identifier as asked: echoed unchanged in the answer */
  bytes: Uint8Array;
  hash: "sha1" | "sha256";
  issuerName: Uint8Array;
  issuerKey: Uint8Array;
  serial: Uint8Array;
}

export interface OcspRequest {
  ids: CertId[];
  nonce?: Uint8Array;
}

/** Readers still name certificates by SHA-1 (RFC 6960 makes it the common ground): a name, not a proof. */
const idHashes: Readonly<Record<string, "sha1" | "sha256">> = { "1.3.14.3.2.26": "sha1", [oids.sha256]: "sha256" };

const most = 20;
export const largestOcspRequest = 8192;

export const readOcspRequest = (bytes: Uint8Array): OcspRequest | undefined =>
  bytes.length > largestOcspRequest
    ? undefined
    : attempt(() => {
        const [tbs] = sequence(whole(bytes), "OCSP request");
        const parts = sequence(tbs, "OCSP request");
        const list = parts.find((item) => item.tag === 0x30);
        const requests = sequence(list, "request list");
        if (requests.length === 0 || requests.length > most) throw malformed("request list");
        const extra = parts.find((item) => item.tag === 0xa2);
        const extensions = extra && readExtensions(children(extra)[0]);
        const nonce = extensions?.get(oids.ocspNonce)?.value;
        const value = nonce && expect(whole(nonce), 0x04, "nonce").body;
        // RFC 9654: a nonce has 1 to 128 bytes; a longer one makes us sign what strangers choose.
        if (value && (value.length < 1 || value.length > 128)) throw malformed("nonce");
        if (extensions && [...extensions].some(([id, e]) => e.critical && id !== oids.ocspNonce)) throw malformed("critical extension");
        return { ids: requests.map((item) => readId(sequence(item, "request")[0])), nonce: value };
      });

const readId = (item: Parameters<typeof sequence>[0]): CertId => {
  const [algorithm, name, key, serial] = sequence(item, "certificate id");
  const hash = idHashes[readOid(sequence(algorithm, "algorithm")[0])];
  if (!hash) throw malformed("hash algorithm");
  return {
    bytes: item!.bytes,
    hash,
    issuerName: expect(name, 0x04, "name").body,
    issuerKey: expect(key, 0x04, "key").body,
    serial: readUnsigned(serial),
  };
};

/** How a requester names a certificate: by SHA-1, which every verifier understands (RFC 6960, 4.1.1). */
export const certId = (certificate: { serial: Uint8Array }, issuer: { subject: Uint8Array; spki: Uint8Array }): CertId => {
  const hashed = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest();
  const parts = { hash: "sha1" as const, issuerName: hashed(issuer.subject), issuerKey: hashed(publicBits(issuer.spki)) };
  const algorithm = seq(oid("1.3.14.3.2.26"), nil);
  return {
    ...parts,
    serial: certificate.serial,
    bytes: seq(algorithm, octets(parts.issuerName), octets(parts.issuerKey), int(certificate.serial)),
  };
};

/** Whether the identifier names this authority as issuer: both its name and its key. */
export const namesIssuer = (id: CertId, issuer: { subject: Uint8Array; spki: Uint8Array }): boolean =>
  same(id.issuerName, createHash(id.hash).update(issuer.subject).digest()) &&
  same(id.issuerKey, createHash(id.hash).update(publicBits(issuer.spki)).digest());
