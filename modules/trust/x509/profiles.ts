import { createHash } from "node:crypto";
import { type Der, int, namedBits, nil, octets, oid, seq, tagged, taggedValue, yes } from "../der/write.ts";
import { readBits, sequence, whole } from "../der/read.ts";
import { oids } from "../der/oids.ts";
import type { Extension } from "./build.ts";

// What each kind of certificate is allowed to do, in the terms of RFC 5280, 3161, 6960 and EN 319 412.

export type Profile = "root" | "issuing" | "seal" | "person" | "tsa" | "ocsp" | "ledger" | "tls" | "configuration";

/** Our arc: a UUID under 2.25 needs no registration (ITU-T X.667). */
const arc = "2.25.153415945475305754890032164870236948778";
export const policies = { certificates: `${arc}.1`, timeStamps: `${arc}.2` } as const;

/** Purpose of the ledger's key: a head signed with any other certificate of ours, however valid, is no head. */
export const ledgerSigning = `${arc}.3`;
/** Purpose of the key that signs the exchange's configuration: no seal, however valid, speaks for the directory. */
export const configurationSigning = `${arc}.4`;

const use = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5, crlSign: 6 } as const;

const keyUsages: Readonly<Record<Profile, readonly (keyof typeof use)[]>> = {
  root: ["keyCertSign", "crlSign"],
  issuing: ["keyCertSign", "crlSign"],
  // EN 319 412-3: a seal or a signature that binds asserts nonRepudiation; digitalSignature serves exchange messages.
  seal: ["digitalSignature", "nonRepudiation"],
  person: ["nonRepudiation"],
  tsa: ["digitalSignature"],
  ocsp: ["digitalSignature"],
  ledger: ["digitalSignature"],
  tls: ["digitalSignature"],
  configuration: ["digitalSignature"],
};

/** Years a certificate of this kind lasts, never beyond its issuer. */
export const years: Readonly<Record<Profile, number>> = {
  root: 20,
  issuing: 12,
  seal: 3,
  person: 2,
  tsa: 5,
  ocsp: 1,
  ledger: 10,
  tls: 1,
  configuration: 5,
};

/** The bits of the public key alone, which key identifiers and OCSP name by hash. */
export const publicBits = (spki: Uint8Array): Uint8Array => readBits(sequence(whole(spki), "public key")[1]);

/** RFC 7093 method 1: the leftmost 160 bits of SHA-256, as nobody should start with SHA-1 today. */
export const keyId = (spki: Uint8Array): Uint8Array => createHash("sha256").update(publicBits(spki)).digest().subarray(0, 20);

export interface Addresses {
  ocsp: string;
  issuer: string;
  crl: string;
}

/** RFC 5280, 4.2.1.6: an address as a name of the certificate. */
const hostName = (host: string): Der => {
  const v4 = /^\d+\.\d+\.\d+\.\d+$/.test(host) ? Uint8Array.from(host.split(".").map(Number)) : undefined;
  return v4 ? taggedValue(7, v4) : taggedValue(2, new TextEncoder().encode(host));
};

const uri = (value: string): Der => taggedValue(6, new TextEncoder().encode(value));

export const extensions = (
  profile: Profile,
  subjectSpki: Uint8Array,
  issuerSpki: Uint8Array,
  at?: Addresses,
  host?: string,
): Extension[] => {
  const ca = profile === "root" || profile === "issuing";
  const list: Extension[] = [
    { id: oids.basicConstraints, critical: true, value: ca ? seq(yes, ...(profile === "issuing" ? [int(0)] : [])) : seq() },
    { id: oids.keyUsage, critical: true, value: namedBits(keyUsages[profile].map((name) => use[name])) },
    { id: oids.subjectKeyId, value: octets(keyId(subjectSpki)) },
  ];
  if (profile !== "root") list.push({ id: oids.authorityKeyId, value: seq(taggedValue(0, keyId(issuerSpki))) });
  // RFC 3161, 2.3: exactly this one purpose, critical.
  if (profile === "tsa") list.push({ id: oids.extendedKeyUsage, critical: true, value: seq(oid(oids.timeStamping)) });
  if (profile === "ledger") list.push({ id: oids.extendedKeyUsage, critical: true, value: seq(oid(ledgerSigning)) });
  if (profile === "configuration") list.push({ id: oids.extendedKeyUsage, critical: true, value: seq(oid(configurationSigning)) });
  if (profile === "tls") {
    // Exchange servers call each other: each is server and client.
    list.push({ id: oids.extendedKeyUsage, value: seq(oid(oids.serverAuth), oid(oids.clientAuth)) });
    if (host !== undefined) list.push({ id: oids.subjectAltName, value: seq(hostName(host)) });
  }
  if (profile === "ocsp") {
    // RFC 6960, 4.2.2.2.1: nobody asks about the responder's own certificate; it is short-lived instead.
    list.push({ id: oids.extendedKeyUsage, value: seq(oid(oids.ocspSigning)) }, { id: oids.ocspNoCheck, value: nil });
  }
  if (profile !== "root") list.push({ id: oids.certificatePolicies, value: seq(seq(oid(policies.certificates))) });
  if (at && profile !== "root") {
    list.push({
      id: oids.authorityInfoAccess,
      value: seq(...(profile === "ocsp" ? [] : [seq(oid(oids.ocsp), uri(at.ocsp))]), seq(oid(oids.caIssuers), uri(at.issuer))),
    });
    if (profile !== "ocsp") list.push({ id: oids.crlDistributionPoints, value: seq(seq(tagged(0, tagged(0, uri(at.crl))))) });
  }
  return list;
};
