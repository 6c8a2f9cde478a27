import { createHash } from "node:crypto";
import { children, expect, first, type Item, malformed, readOid, readSmall, readUnsigned, sequence } from "../der/read.ts";
import { hashes, oids } from "../der/oids.ts";
import { type Certificate, readCertificate, same, verified } from "../x509/read.ts";

export interface SignedData {
  contentType: string;
  content?: Uint8Array;
  certificates: Certificate[];
  signer: Signer;
}

export interface Signer {
  issuer: Uint8Array;
  serial: Uint8Array;
  digest: { name: "sha256" | "sha384" | "sha512"; size: number };
  /** the attributes as they were signed: under the SET tag */
  signedAttributes: Uint8Array;
  attributes: ReadonlyMap<string, Item>;
  algorithm: string;
  signature: Uint8Array;
  unsigned: ReadonlyMap<string, Item>;
}

const readAttributes = (item: Item): Map<string, Item> => {
  const found = new Map<string, Item>();
  for (const attribute of children(item)) {
    const [type, values] = sequence(attribute, "attribute");
    const id = readOid(type);
    const [value, second] = children(expect(values, 0x31, "attribute"));
    // One value each: two message digests would let a reader pick the one it likes.
    if (!value || second || found.has(id)) throw malformed("attribute");
    found.set(id, value);
  }
  return found;
};

const readSigner = (item: Item | undefined): Signer => {
  const [version, sid, digest, attributes, algorithm, signature, unsigned] = sequence(item, "signer");
  if (readSmall(version) !== 1) throw malformed("signer version");
  const [issuer, serial] = sequence(sid, "signer");
  const hash = hashes[readOid(sequence(digest, "digest")[0])];
  if (!hash) throw malformed("digest algorithm");
  const stored = expect(attributes, 0xa0, "signed attributes");
  const signedAttributes = Uint8Array.from(stored.bytes);
  signedAttributes[0] = 0x31;
  return {
    issuer: expect(issuer, 0x30, "issuer").bytes,
    serial: readUnsigned(serial),
    digest: hash,
    signedAttributes,
    attributes: readAttributes(stored),
    algorithm: readOid(sequence(algorithm, "algorithm")[0]),
    signature: expect(signature, 0x04, "signature").body,
    unsigned: unsigned ? readAttributes(expect(unsigned, 0xa1, "unsigned attributes")) : new Map<string, Item>(),
  };
};

/** Reads SignedData with exactly one signer and signed attributes (all that PAdES and RFC 3161 allow). */
export const readSignedData = (der: Uint8Array): SignedData => {
  const [type, wrapped] = sequence(first(der), "CMS");
  if (readOid(type) !== oids.signedData) throw malformed("not signed data");
  const [version, algorithms, content, ...rest] = sequence(children(expect(wrapped, 0xa0, "CMS"))[0], "signed data");
  if (![1, 3, 4, 5].includes(readSmall(version))) throw malformed("version");
  for (const algorithm of children(expect(algorithms, 0x31, "digest algorithms"))) {
    if (!hashes[readOid(sequence(algorithm, "digest algorithm")[0])]) throw malformed("digest algorithm");
  }
  const [contentType, inside] = sequence(content, "content");
  const bag = rest.find((item) => item.tag === 0xa0);
  const signers = rest[rest.length - 1];
  const [signer, another] = children(expect(signers, 0x31, "signers"));
  if (another) throw malformed("several signers");
  return {
    contentType: readOid(contentType),
    content: inside && expect(children(expect(inside, 0xa0, "content"))[0], 0x04, "content").body,
    certificates: bag
      ? children(bag)
          .filter((item) => item.tag === 0x30)
          .map((item) => readCertificate(item.bytes))
      : [],
    signer: readSigner(signer),
  };
};

export type CmsFault = "signer-certificate-missing" | "digest" | "signature" | "certificate-binding";

/** Checks one signer against the digest of the content; the chain is judged apart. */
export const checkSigner = (
  data: SignedData,
  contentDigest: (hash: "sha256" | "sha384" | "sha512") => Uint8Array,
  helpers: readonly Certificate[] = [],
): { certificate: Certificate } | { fault: CmsFault } => {
  const { signer } = data;
  const certificate = [...data.certificates, ...helpers].find((c) => same(c.issuer, signer.issuer) && same(c.serial, signer.serial));
  if (!certificate) return { fault: "signer-certificate-missing" };
  const type = signer.attributes.get(oids.contentType);
  const digest = signer.attributes.get(oids.messageDigest);
  if (!type || readOid(type) !== data.contentType || !digest) return { fault: "digest" };
  if (!same(expect(digest, 0x04, "digest").body, contentDigest(signer.digest.name))) return { fault: "digest" };
  if (!bindsCertificate(signer.attributes.get(oids.signingCertificateV2), certificate)) return { fault: "certificate-binding" };
  if (!verified(certificate.spki, signer.algorithm, signer.signedAttributes, signer.signature, signer.digest.name))
    return { fault: "signature" };
  return { certificate };
};

const bindsCertificate = (attribute: Item | undefined, certificate: Certificate): boolean => {
  if (!attribute) return false;
  const parts = sequence(sequence(sequence(attribute, "certificate binding")[0], "certificate binding")[0], "certificate binding");
  const named = parts[0]?.tag === 0x30 ? hashes[readOid(sequence(parts[0], "algorithm")[0])]?.name : "sha256";
  const hash = parts.find((item) => item.tag === 0x04);
  return named !== undefined && hash !== undefined && same(hash.body, createHash(named).update(certificate.der).digest());
};
