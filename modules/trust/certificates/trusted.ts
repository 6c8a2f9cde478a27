import type { Context } from "#kernel";
import { hex } from "../der/read.ts";
import { type Certificate, readCertificate, same } from "../x509/read.ts";
import { authorities, revoked } from "./store.ts";

/** What a verifier here relies on: roots, the authorities it knows, and what was revoked. */
export interface Trusted {
  anchors: Certificate[];
  helpers: Certificate[];
  revokedAt: (certificate: Certificate, issuer: Certificate) => Date | undefined;
}

export const trusted = async (ctx: Context): Promise<Trusted> => {
  const rows = await authorities(ctx);
  const known = rows.map((row) => ({ row, certificate: readCertificate(row.der) }));
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
