import { createCipheriv, createDecipheriv, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { Context, JobContext } from "#kernel";
import { same } from "../x509/read.ts";
import { buildRequest } from "../x509/build.ts";
import { pem, readCertificates } from "../x509/read.ts";
import { certificateMissing, requestUnknown } from "../problems.ts";
import { serviceOf } from "./authorities.ts";
import { certified, keepIssued } from "./issue.ts";
import { readRequest } from "../x509/request.ts";
import { byDer } from "./store.ts";
import { keepForeign, refuseForeign } from "./foreign.ts";
import { closeTlsKey, openTlsKey, putTlsKey, tlsIdentityRows } from "./store-tls.ts";

const cipher = "aes-256-gcm";
const secretName = "trust.tls-keys";

/** What a TLS library needs to be somebody; the key in PEM, for this process's memory only. */
export interface TlsIdentity {
  /** The server's certificate and those above it without the root, PEM. */
  certificate: string;
  key: string;
  serial: string;
  /** When its certificate came here. */
  since: Date;
  notBefore: Date;
  notAfter: Date;
}

interface Requested {
  id: string;
  /** PKCS#10, PEM */
  csr: string;
}

/** Makes a server's TLS key (P-256) and the request for its certificate. The key rests sealed under the installation's secret. */
export const makeTlsKey = async (j: JobContext, subject: string): Promise<Requested> => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
  const csr = await buildRequest({ commonName: subject }, spki, async (message) => rawSignature(privateKey, message));
  const id = j.ids.uuid();
  const nonce = Buffer.from(j.ids.bytes(12));
  const seal = createCipheriv(cipher, j.secret(secretName), nonce).setAAD(Buffer.from(id));
  const sealed = Buffer.concat([seal.update(privateKey.export({ format: "der", type: "pkcs8" })), seal.final(), seal.getAuthTag()]);
  await j.transaction((ctx) => putTlsKey(ctx, { id, subject, csr: Buffer.from(csr), nonce, sealed }));
  return { id, csr: pem("CERTIFICATE REQUEST", csr) };
};

const rawSignature = (key: KeyObject, message: Uint8Array): Uint8Array => sign("sha256", message, { key, dsaEncoding: "ieee-p1363" });

/** The certificate an authority made for a TLS key of ours, its chain behind it; a joining server learns its name with it. */
export const takeTlsCertificate = async (ctx: Context, id: string, text: string, subject?: string): Promise<void> => {
  const asked = await openTlsKey(ctx, id);
  if (!asked) throw requestUnknown();
  const [certificate] = readCertificates(text) ?? [];
  const wanted = readRequest(pem("CERTIFICATE REQUEST", asked.csr));
  if (!certificate || !wanted || !same(certificate.spki, wanted.spki)) throw refuseForeign("another-key");
  await keepForeign(ctx, text, { kind: "tls", subject: subject ?? asked.subject, institution: null });
  await closeTlsKey(ctx, id, subject ?? asked.subject, (await byDer(ctx, certificate.der))!.id);
};

/** The server's identities that are still good, newest first. */
export const tlsIdentities = async (j: JobContext, subject: string): Promise<TlsIdentity[]> => {
  const rows = await j.transaction((ctx) => tlsIdentityRows(ctx, subject), { readOnly: true });
  return rows.map((row) => {
    const open = createDecipheriv(cipher, j.secret(secretName), row.nonce, { authTagLength: 16 }).setAAD(Buffer.from(row.id));
    open.setAuthTag(row.sealed.subarray(-16));
    const secret = Buffer.concat([open.update(row.sealed.subarray(0, -16)), open.final()]);
    const key = createPrivateKey({ key: secret, format: "der", type: "pkcs8" }).export({ format: "pem", type: "pkcs8" }) as string;
    return {
      certificate: [row.der, ...row.chain].map((der) => pem("CERTIFICATE", der)).join(""),
      key,
      serial: row.serial,
      since: row.certifiedAt,
      notBefore: row.notBefore,
      notAfter: row.notAfter,
    };
  });
};

/** The house certifies a server of its own: key and certificate in one step. */
export const ensureTlsIdentity = async (j: JobContext, s: { subject: string; organization: string; host: string }): Promise<void> => {
  const newest = (await tlsIdentities(j, s.subject))[0];
  const now = j.clock.now().getTime();
  if (newest && newest.notAfter.getTime() - now > (newest.notAfter.getTime() - newest.notBefore.getTime()) / 3) return;
  const { id, csr } = await makeTlsKey(j, s.subject);
  const made = await certify(j, { kind: "tls", subject: s.subject, name: s.subject, organization: s.organization, host: s.host, csr });
  await j.transaction((ctx) => takeTlsCertificate(ctx, id, made.certificate));
};

export interface ToCertify {
  kind: "seal" | "tls";
  /** An institution's id for a seal, the server's identifier for TLS. */
  subject: string;
  name: string;
  organization?: string;
  /** For TLS: host name or IPv4 address the certificate names. */
  host?: string;
  /** The server that holds the key. */
  place?: string;
  /** PKCS#10, PEM: only its key is taken, the names are the registry's. */
  csr: string;
}

export interface Certified {
  serial: string;
  /** The certificate and those above it without the root, PEM. */
  certificate: string;
  notAfter: Date;
}

/** The built-in authority certifies a key that lives elsewhere: an exchange server's, or its institution's seal. */
export const certify = async (j: JobContext, o: ToCertify): Promise<Certified> => {
  const request = readRequest(o.csr);
  if (!request) throw refuseForeign("unreadable");
  const subject = { ...o, ...(o.kind === "seal" ? { institution: o.subject } : {}) };
  const made = await certified(j, subject, request.spki, await serviceOf(j, "issuing"));
  const placed = o.place === undefined ? made : { ...made, place: o.place };
  if (!(await j.transaction((ctx) => keepIssued(ctx, placed)))) throw certificateMissing();
  return {
    serial: made.serial,
    certificate: [made.der, ...made.chain].map((der) => pem("CERTIFICATE", der)).join(""),
    notAfter: made.notAfter,
  };
};
