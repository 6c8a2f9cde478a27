import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import {
  attempt,
  children,
  expect,
  first,
  type Item,
  malformed,
  readBits,
  readBool,
  readOid,
  readSmall,
  readText,
  readTime,
  readUnsigned,
  sequence,
  whole,
} from "../der/read.ts";
import { oids } from "../der/oids.ts";

export interface Certificate {
  der: Uint8Array;
  tbs: Uint8Array;
  serial: Uint8Array;
  issuer: Uint8Array;
  subject: Uint8Array;
  /** the most specific readable name: common name, else organisation */
  subjectName: string;
  organization?: string;
  /** attributes of the subject by object identifier */
  names: ReadonlyMap<string, string>;
  notBefore: Date;
  notAfter: Date;
  spki: Uint8Array;
  signatureAlgorithm: string;
  signature: Uint8Array;
  extensions: ReadonlyMap<string, { critical: boolean; value: Uint8Array }>;
  ca: boolean;
  pathLength?: number;
  keyUsage?: ReadonlySet<number>;
  extendedKeyUsage?: readonly string[];
}

const nameParts = (name: Item): Map<string, string> => {
  const parts = new Map<string, string>();
  for (const set of sequence(name, "name")) {
    for (const pair of children(expect(set, 0x31, "name"))) {
      const [type, value] = sequence(pair, "name");
      if (value) parts.set(readOid(type), readText(value));
    }
  }
  return parts;
};

export const readExtensions = (item: Item | undefined): Map<string, { critical: boolean; value: Uint8Array }> => {
  const found = new Map<string, { critical: boolean; value: Uint8Array }>();
  for (const entry of sequence(item, "extensions")) {
    const parts = sequence(entry, "extension");
    const id = readOid(parts[0]);
    if (found.has(id)) throw malformed("extension twice");
    const critical = parts.length === 3 && readBool(parts[1]);
    found.set(id, { critical, value: expect(parts[parts.length - 1], 0x04, "extension").body });
  }
  return found;
};

/** Throws `malformed` for anything but one X.509 v3 certificate. */
export const readCertificate = (der: Uint8Array): Certificate => {
  const [tbs, algorithm, signature] = sequence(first(der), "certificate");
  const parts = sequence(tbs, "certificate");
  if (parts[0]?.tag !== 0xa0) throw malformed("certificate version");
  const [, serial, inner, issuer, validity, subject, spki, ...rest] = parts;
  const [notBefore, notAfter] = sequence(validity, "validity");
  const signatureAlgorithm = readOid(sequence(algorithm, "algorithm")[0]);
  // RFC 5280, 4.1.1.2: the unsigned outer algorithm must repeat the signed one.
  if (readOid(sequence(inner, "algorithm")[0]) !== signatureAlgorithm) throw malformed("two algorithms");
  const last = rest.find((item) => item.tag === 0xa3);
  const extensions = last ? readExtensions(children(last)[0]) : new Map<string, { critical: boolean; value: Uint8Array }>();
  const constraints = extensions.get(oids.basicConstraints);
  const [ca, pathLength] = constraints ? sequence(whole(constraints.value), "basic constraints") : [];
  const usage = extensions.get(oids.keyUsage);
  const purposes = extensions.get(oids.extendedKeyUsage);
  const names = nameParts(expect(subject, 0x30, "subject"));
  return {
    der: first(der).bytes,
    tbs: tbs!.bytes,
    serial: readUnsigned(serial, "serial number"),
    issuer: expect(issuer, 0x30, "issuer").bytes,
    subject: subject!.bytes,
    subjectName: names.get(oids.commonName) ?? names.get(oids.organization) ?? "",
    organization: names.get(oids.organization),
    names,
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    spki: expect(spki, 0x30, "public key").bytes,
    signatureAlgorithm,
    signature: readBits(signature),
    extensions,
    ca: ca?.tag === 0x01 && readBool(ca),
    pathLength: pathLength ? readSmall(pathLength) : undefined,
    keyUsage: usage && new Set(bitPositions(readBits(whole(usage.value)))),
    extendedKeyUsage: purposes && sequence(whole(purposes.value), "extended key usage").map(readOid),
  };
};

const bitPositions = (bytes: Uint8Array): number[] => {
  const out: number[] = [];
  for (let i = 0; i < bytes.length * 8; i++) if (bytes[i >> 3]! & (0x80 >> (i & 7))) out.push(i);
  return out;
};

const digests: Readonly<Record<string, string>> = {
  [oids.ecdsaWithSha256]: "sha256",
  [oids.ecdsaWithSha384]: "sha384",
  [oids.ecdsaWithSha512]: "sha512",
  [oids.rsaWithSha256]: "sha256",
  [oids.rsaWithSha384]: "sha384",
  [oids.rsaWithSha512]: "sha512",
};

// Parsing a public key costs more than verifying with it; a process meets few keys again and again.
const keys = new Map<string, KeyObject>();

const publicKey = (spki: Uint8Array): KeyObject => {
  const name = createHash("sha256").update(spki).digest("base64");
  const known = keys.get(name);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  if (keys.size >= 1000) keys.clear();
  keys.set(name, key);
  return key;
};

/** Whether the DER signature over the message was made by the key; false too for keys or algorithms we do not take. */
export const verified = (spki: Uint8Array, algorithm: string, message: Uint8Array, signature: Uint8Array, digest?: string): boolean => {
  // CMS may name plain RSA and leave the hash to the digest algorithm beside it.
  const hash = digests[algorithm] ?? (algorithm === oids.rsa ? digest : undefined);
  if (!hash) return false;
  try {
    const key = publicKey(spki);
    const wanted = algorithm.startsWith("1.2.840.113549.1.1.") ? "rsa" : "ec";
    return key.asymmetricKeyType === wanted && verify(hash, message, key, signature);
  } catch {
    // OpenSSL throws for keys it cannot read: a stranger's key is data, not a failure of ours.
    return false;
  }
};

/** Bits of an RSA modulus; 0 for other keys and for what is none. */
export const keyBits = (spki: Uint8Array): number => {
  try {
    return publicKey(spki).asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    return 0;
  }
};

export const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Certificates of a PEM file, or one DER; `undefined` when it holds anything else. */
export const readCertificates = (text: string | Uint8Array): Certificate[] | undefined =>
  attempt(() => {
    if (typeof text !== "string") return [readCertificate(whole(text).bytes)];
    const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)];
    if (blocks.length === 0) throw malformed("no certificate");
    return blocks.map((block) => readCertificate(whole(Buffer.from(block[1]!, "base64")).bytes));
  });

export const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString("base64")
    .replace(/.{64}(?=.)/g, "$&\n")}\n-----END ${label}-----\n`;
