import { createHash } from "node:crypto";
import type { Context, JobContext } from "#kernel";
import { oids } from "../der/oids.ts";
import { hex } from "../der/read.ts";
import { ecdsaSignature } from "../der/write.ts";
import { keysPort } from "../ports.ts";
import { buildRequest } from "../x509/build.ts";
import { chainOf } from "../x509/chain.ts";
import { configurationSigning } from "../x509/profiles.ts";
import { type Certificate, pem, readCertificates, verified } from "../x509/read.ts";
import type { Reason } from "../x509/revocations.ts";
import { fitsRaw } from "../x509/scheme.ts";
import { configurationKey, configurationKeys } from "./authorities.ts";
import { keyFor } from "./choice.ts";
import { addAnchor, importCertificate } from "./external.ts";
import { keepForeign } from "./foreign.ts";
import { subjectName } from "./issue.ts";
import { authorities, keepRequest } from "./store.ts";
import { adoptRevocation, memberRows, nameRequest, tlsRows } from "./store-tls.ts";

/** Certificates as the exchange's configuration carries them, PEM. */
export interface MemberCertificates {
  anchors: string[];
  seals: { institution: string; certificate: string }[];
  servers: { server: string; certificate: string }[];
  revoked: { certificate: string; at: string; reason: Reason }[];
}

const chainPem = (row: { der: Uint8Array; chain: readonly Uint8Array[] }) =>
  [row.der, ...row.chain].map((der) => pem("CERTIFICATE", der)).join("");

/** The centre's side: every anchor, seal and server certificate that has not ended, and which of them were revoked. */
export const memberCertificates = async (ctx: Context): Promise<MemberCertificates> => {
  const rows = await memberRows(ctx);
  const good = (kind: string) => rows.filter((row) => row.kind === kind && row.revokedAt === null);
  return {
    anchors: [...good("root"), ...good("anchor")].map((row) => pem("CERTIFICATE", row.der)),
    seals: good("seal").map((row) => ({ institution: row.subject, certificate: chainPem(row) })),
    servers: good("tls").map((row) => ({ server: row.subject, certificate: chainPem(row) })),
    revoked: rows
      .filter((row) => row.revokedAt !== null && (row.kind === "seal" || row.kind === "tls"))
      .map((row) => ({ certificate: pem("CERTIFICATE", row.der), at: row.revokedAt!.toISOString(), reason: row.reason as Reason })),
  };
};

/** Certificates of exchange servers that are good or will be, by our clock and our revocations. */
export const serverCertificates = async (
  ctx: Context,
): Promise<{ server: string; serial: string; fingerprint: string; certificate: string; notBefore: Date; notAfter: Date }[]> =>
  (await tlsRows(ctx)).map((row) => ({
    server: row.subject,
    serial: row.serial,
    fingerprint: createHash("sha256").update(row.der).digest("hex"),
    certificate: chainPem(row),
    notBefore: row.notBefore,
    notAfter: row.notAfter,
  }));

/** The gateway's side: takes over what a configuration it has verified says of certificates. */
export const admitMembers = async (ctx: Context, m: MemberCertificates): Promise<void> => {
  for (const anchor of m.anchors) await addAnchor(ctx, anchor, fingerprintOf(anchor)!);
  for (const { institution, certificate } of m.seals)
    await keepForeign(ctx, certificate, { kind: "seal", subject: institution, institution });
  for (const { server, certificate } of m.servers) await keepForeign(ctx, certificate, { kind: "tls", subject: server, institution: null });
  for (const { certificate, at, reason } of m.revoked) {
    const [read] = readCertificates(certificate) ?? [];
    if (read) await adoptRevocation(ctx, read.der, new Date(at), reason);
  }
};

/** SHA-256 of the first certificate in a PEM text, hexadecimal. */
export const fingerprintOf = (text: string): string | undefined => {
  const [certificate] = readCertificates(text) ?? [];
  return certificate && createHash("sha256").update(certificate.der).digest("hex");
};

/** What a joining server pins before it knows anything else: SHA-256 of the root above our own issuing authority. */
export const anchorFingerprint = async (ctx: Context): Promise<string | undefined> => {
  const root = (await authorities(ctx)).find((row) => row.kind === "root");
  return root && createHash("sha256").update(root.der).digest("hex");
};

export interface ConfigurationSignature {
  /** ES256, r || s */
  signature: Uint8Array;
  /** PEM: the configuration's certificate, those above it, the root last. */
  certificate: string;
}

/** The centre speaks for the directory. */
export const signConfiguration = async (j: JobContext, bytes: Uint8Array): Promise<ConfigurationSignature> => {
  const key = await configurationKey(j);
  const roots = (await j.transaction((ctx) => authorities(ctx), { readOnly: true })).filter((row) => row.kind === "root");
  const certificate = [...key.chain, ...roots.map((row) => row.der)].map((der) => pem("CERTIFICATE", der)).join("");
  return { signature: await key.sign(bytes), certificate };
};

/**
 * The same word under every key of ours that still counts, the newest first: who knows only the one before the last renewal
 * believes the new one by it.
 */
export const signConfigurationByAll = async (j: JobContext, bytes: Uint8Array): Promise<ConfigurationSignature[]> => {
  const keys = await configurationKeys(j);
  return Promise.all(
    keys.map(async (key) => ({
      signature: await key.sign(bytes),
      certificate: [...key.chain, ...key.roots].map((der) => pem("CERTIFICATE", der)).join(""),
    })),
  );
};

/** Whether the directory of a pinned anchor says so: chain, dates, purpose of the key, arithmetic. Pure. */
export const verifyConfiguration = (
  o: ConfigurationSignature & { bytes: Uint8Array; at: Date; anchors: ReadonlySet<string> },
): { ok: true } | { ok: false; fault: string } => {
  const [leaf, ...sent] = readCertificates(o.certificate) ?? [];
  if (!leaf) return { ok: false, fault: "certificate-unreadable" };
  const anchors = sent.filter((c) => o.anchors.has(createHash("sha256").update(c.der).digest("hex")));
  const chain = chainOf(leaf, { pool: sent, anchors, at: o.at });
  if (!chain.ok) return { ok: false, fault: chain.fault };
  if (leaf.extendedKeyUsage?.join() !== configurationSigning) return { ok: false, fault: "wrong-use" };
  const sound = o.signature.length === 64 && verified(leaf.spki, oids.ecdsaWithSha256, o.bytes, ecdsaSignature(o.signature));
  return sound ? { ok: true } : { ok: false, fault: "signature" };
};

/** A certificate of another instance, judged under that instance's authorities and no other. `from`, `until`: of the whole chain. */
export interface UnderAuthorities {
  serial: string;
  /** SHA-256 of the DER, hexadecimal. */
  fingerprint: string;
  /** For servers that call each other; else for an institution's seal. */
  tls: boolean;
  from: Date;
  until: Date;
  fits(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * Name constraints (RFC 5280, 4.2.1.10) by separation: these anchors (PEM) are looked at for this certificate alone, and none of them
 * ever joins the house's own. Undefined: no good chain at that moment. Pure.
 */
export const judgeUnder = (anchors: readonly string[], text: string, at: Date): UnderAuthorities | undefined => {
  const [leaf, ...sent] = readCertificates(text) ?? [];
  const roots = anchors.flatMap((one) => readCertificates(one) ?? []);
  if (!leaf || leaf.ca) return undefined;
  const chain = chainOf(leaf, { pool: sent, anchors: roots, at });
  if (!chain.ok || chain.path.length < 2) return undefined;
  const times = (of: (c: Certificate) => Date) => chain.path.map((c) => of(c).getTime());
  return {
    serial: hex(leaf.serial),
    fingerprint: createHash("sha256").update(leaf.der).digest("hex"),
    tls: leaf.extendedKeyUsage !== undefined,
    from: new Date(Math.max(...times((c) => c.notBefore))),
    until: new Date(Math.min(...times((c) => c.notAfter))),
    fits: (bytes, signature) => fitsRaw(leaf.spki, bytes, signature),
  };
};

/** Makes an institution's seal key here and the request for its certificate. */
export const requestSeal = async (j: JobContext, owner: { id: string; name: string }): Promise<{ id: string; csr: string }> => {
  const keys = j.port(keysPort);
  const key = await keys.generate(`seal ${owner.id}`, keyFor(j.config, { kind: "seal", subject: owner.id }));
  const subject = { kind: "seal" as const, subject: owner.id, institution: owner.id, name: owner.name };
  const csr = await buildRequest(subjectName(j, subject), key.spki, (message) => keys.sign(key.id, message));
  const id = j.ids.uuid();
  await j.transaction((ctx) =>
    keepRequest(ctx, { id, kind: "seal", subject: owner.id, institution: owner.id, name: owner.name, key: key.id, spki: key.spki, csr }),
  );
  return { id, csr: pem("CERTIFICATE REQUEST", csr) };
};

/** `owner`: whose seal it turned out to be, for a server that learns it with its admission. */
export const takeSeal = async (
  ctx: Context,
  request: string,
  text: string,
  owner?: { id: string; name: string },
): Promise<{ serial: string; notAfter: Date }> => {
  if (owner) await nameRequest(ctx, request, owner);
  const row = await importCertificate(ctx, request, text);
  return { serial: row.serial, notAfter: row.notAfter };
};

/** Admits the anchor whose fingerprint the joining token carries. */
export const pinAnchor = async (ctx: Context, text: string, fingerprint: string): Promise<void> => {
  await addAnchor(ctx, text, fingerprint);
};
