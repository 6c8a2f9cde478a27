import { attempt, children, expect, malformed, readBool, readOid, readSmall, readUnsigned, sequence, whole } from "../der/read.ts";
import { hashes, oids } from "../der/oids.ts";
import { int, octets, oid, seq, yes } from "../der/write.ts";

export interface StampRequest {
  hash: string;
  imprint: Uint8Array;
  policy?: string;
  nonce?: Uint8Array;
  certificates: boolean;
}

/** failInfo of RFC 3161, 2.4.2 */
export const failures = {
  badAlg: 0,
  badRequest: 2,
  badDataFormat: 5,
  timeNotAvailable: 14,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
  systemFailure: 25,
} as const;
export type StampFailure = keyof typeof failures;

/** A request is under 100 bytes; extensions could grow it, and we take none. */
export const largestRequest = 4096;

export const readStampRequest = (bytes: Uint8Array, ourPolicy: string): StampRequest | { failure: StampFailure } => {
  if (bytes.length > largestRequest) return { failure: "badDataFormat" };
  return attempt(() => read(bytes, ourPolicy)) ?? { failure: "badDataFormat" };
};

const read = (bytes: Uint8Array, ourPolicy: string): StampRequest | { failure: StampFailure } => {
  const [version, imprint, ...rest] = sequence(whole(bytes), "time-stamp request");
  if (readSmall(version, "version") !== 1) return { failure: "badRequest" };
  const [algorithm, digest] = sequence(imprint, "message imprint");
  const hash = readOid(sequence(algorithm, "hash algorithm")[0]);
  const { body } = expect(digest, 0x04, "hashed message");
  const known = hashes[hash];
  if (!known) return { failure: "badAlg" };
  if (body.length !== known.size) return { failure: "badDataFormat" };
  const request: StampRequest = { hash, imprint: body, certificates: false };
  let stage = 0;
  for (const item of rest) {
    // Optional parts come in one order, each at most once.
    const place = item.tag === 0x06 ? 1 : item.tag === 0x02 ? 2 : item.tag === 0x01 ? 3 : item.tag === 0xa0 ? 4 : 0;
    if (place <= stage) throw malformed("time-stamp request");
    stage = place;
    if (place === 1) request.policy = readOid(item);
    if (place === 2) {
      request.nonce = readUnsigned(item, "nonce");
      if (request.nonce.length > 32) throw malformed("nonce");
    }
    if (place === 3) request.certificates = readBool(item);
    if (place === 4) return children(item).length > 0 ? { failure: "unacceptedExtension" } : { failure: "badDataFormat" };
  }
  if (request.policy !== undefined && request.policy !== ourPolicy) return { failure: "unacceptedPolicy" };
  return request;
};

/** Which hash made a digest of this length: SHA-256 or SHA-512. */
export const hashOfDigest = (digest: Uint8Array): string => {
  if (digest.length === 32) return oids.sha256;
  if (digest.length === 64) return oids.sha512;
  throw new RangeError("a digest to stamp has 32 bytes (SHA-256) or 64 (SHA-512)");
};

/** What we send to an outside authority. */
export const buildStampRequest = (digest: Uint8Array, nonce: Uint8Array): Uint8Array =>
  seq(int(1), seq(seq(oid(hashOfDigest(digest))), octets(digest)), int(nonce), yes);
