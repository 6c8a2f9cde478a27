import type { Context } from "#kernel";
import { hex } from "../der/read.ts";
import { type Certificate, readCertificate, same } from "../x509/read.ts";
import { authorities, type CertificateRow, revoked } from "./store.ts";

/** What a verifier here relies on: roots, the authorities it knows, and what was revoked. */
export interface Trusted {
  anchors: Certificate[];
  helpers: Certificate[];
  revokedAt: (certificate: Certificate, issuer: Certificate) => Date | undefined;
}

// Authorities' certificates never change and every verification reads them: parsed once a process.
const parsed = new Map<string, Certificate>();

const parse = (row: CertificateRow): Certificate => {
  const known = parsed.get(row.id);
  if (known) return known;
  const made = readCertificate(row.der);
  if (parsed.size >= 200) parsed.clear();
  parsed.set(row.id, made);
  return made;
};

export const trusted = async (ctx: Context): Promise<Trusted> => {
  const rows = await authorities(ctx);
  const known = rows.map((row) => ({ row, certificate: parse(row) }));
  const revocations = new Map((await revoked(ctx)).map((r) => [`${r.issuer}/${r.serial}`, r.revokedAt]));
  return {
    anchors: known.filter((k) => k.row.kind === "root" || k.row.kind === "anchor").map((k) => k.certificate),
    helpers: known.filter((k) => k.row.kind === "issuing" || k.row.kind === "intermediate").map((k) => k.certificate),
    revokedAt: (certificate, issuer) => {
      const id = known.find((k) => same(k.certificate.der, issuer.der))?.row.id ?? null;
      return revocations.get(`${id}/${hex(certificate.serial)}`);
    },
  };
};
