import { createHash } from "node:crypto";
import { attempt, children, expect, malformed, readOid, readSmall, readTime, readUnsigned, sequence, whole } from "../der/read.ts";
import { hashes, oids } from "../der/oids.ts";
import { checkSigner, readSignedData, type SignedData } from "../cms/read.ts";
import { chainOf } from "../x509/chain.ts";
import { hashOfDigest } from "./request.ts";
import { type Certificate, same } from "../x509/read.ts";

export interface Stamp {
  at: Date;
  /** seconds, rounded up */
  accuracy: number;
  policy: string;
  hash: string;
  imprint: Uint8Array;
  nonce?: Uint8Array;
  serial: Uint8Array;
  cms: SignedData;
  token: Uint8Array;
}

export const readToken = (bytes: Uint8Array): Stamp | undefined =>
  attempt(() => {
    const cms = readSignedData(whole(bytes).bytes);
    const [version, policy, imprint, serial, at, ...rest] = sequence(whole(expectContent(cms)), "time-stamp content");
    if (readSmall(version) !== 1) throw malformed("version");
    const [algorithm, digest] = sequence(imprint, "imprint");
    const accuracy = rest.find((item) => item.tag === 0x30);
    const nonce = rest.find((item) => item.tag === 0x02);
    return {
      at: readTime(at),
      accuracy: accuracy ? seconds(children(accuracy)) : 0,
      policy: readOid(policy),
      hash: readOid(sequence(algorithm, "algorithm")[0]),
      imprint: expect(digest, 0x04, "imprint").body,
      nonce: nonce && readUnsigned(nonce),
      serial: readUnsigned(serial),
      cms,
      token: bytes,
    };
  });

const expectContent = (cms: SignedData): Uint8Array => (cms.contentType === oids.tstInfo && cms.content ? cms.content : new Uint8Array());

const seconds = (parts: ReturnType<typeof children>): number => {
  const whole = parts.find((item) => item.tag === 0x02);
  const fraction = parts.some((item) => item.tag !== 0x02);
  return (whole ? readSmall(whole) : 0) + (fraction ? 1 : 0);
};

export type StampFault = "imprint" | "signature" | "untrusted" | "not-a-time-stamp-authority";

export interface StampTrust {
  anchors: readonly Certificate[];
  helpers?: readonly Certificate[];
  revokedAt?: (certificate: Certificate, issuer: Certificate) => Date | undefined;
}

export type StampCheck = { ok: true; authority: Certificate } | { ok: false; fault: StampFault };

/** A time stamp counts when it covers these bytes and its authority leads to an anchor at the time it names. */
export const checkStamp = (stamp: Stamp, covered: Uint8Array, trust: StampTrust): StampCheck => {
  const hash = hashes[stamp.hash];
  return hash ? check(stamp, createHash(hash.name).update(covered).digest(), trust) : { ok: false, fault: "imprint" };
};

/** The same where only the digest is at hand, SHA-256 or SHA-512. */
export const checkStampDigest = (stamp: Stamp, digest: Uint8Array, trust: StampTrust): StampCheck =>
  stamp.hash === hashOfDigest(digest) ? check(stamp, digest, trust) : { ok: false, fault: "imprint" };

const check = (stamp: Stamp, digest: Uint8Array, trust: StampTrust): StampCheck => {
  const helpers = trust.helpers ?? [];
  if (!same(stamp.imprint, digest)) return { ok: false, fault: "imprint" };
  const content = stamp.cms.content!;
  const checked = attempt(() => checkSigner(stamp.cms, (name) => createHash(name).update(content).digest(), helpers));
  if (!checked || "fault" in checked) return { ok: false, fault: "signature" };
  const { certificate } = checked;
  const purposes = certificate.extensions.get(oids.extendedKeyUsage);
  if (!purposes?.critical || certificate.extendedKeyUsage?.join() !== oids.timeStamping)
    return { ok: false, fault: "not-a-time-stamp-authority" };
  const pool = [...stamp.cms.certificates, ...helpers];
  const chain = chainOf(certificate, { pool, anchors: trust.anchors, at: stamp.at, revokedAt: trust.revokedAt });
  return chain.ok ? { ok: true, authority: certificate } : { ok: false, fault: "untrusted" };
};

/** An outside authority's answer to our request: the token, or the sentence it refused with. */
export const readStampResponse = (bytes: Uint8Array): { token: Uint8Array } | { refused: string } | undefined =>
  attempt(() => {
    const [status, token] = sequence(whole(bytes), "time-stamp response");
    const [code, texts] = sequence(status, "status");
    if (readSmall(code) <= 1 && token) return { token: token.bytes };
    const words =
      texts?.tag === 0x30
        ? children(texts)
            .map((item) => new TextDecoder().decode(item.body))
            .join(" ")
        : "";
    return { refused: words || `status ${readSmall(code)}` };
  });
