import type { Context, PublicConfig, Text } from "#kernel";
import { byDer, usable } from "../certificates/store.ts";
import { trusted } from "../certificates/trusted.ts";
import { verifyPdf, type PdfReport } from "../pdf/verify.ts";
import { chainOf } from "../x509/chain.ts";
import { readCertificates } from "../x509/read.ts";
import { fitsRaw } from "../x509/scheme.ts";

export type Verification = { ok: true; institution: string; serial: string; subject: string } | { ok: false; fault: string };

/** What is known of the certificate a signature came with; true for the moments between `from` and `until`, unless revoked since. */
export type Vouched =
  | {
      ok: true;
      institution: string;
      serial: string;
      subject: string;
      from: Date;
      until: Date;
      fits(bytes: Uint8Array, signature: Uint8Array): boolean;
    }
  | { ok: false; fault: string };

/** Everything but the arithmetic: chain, dates, revocation, whose seal it is. For who verifies many signatures of few signers. */
export const vouch = async (ctx: Context, o: { certificate: string; at?: Date }): Promise<Vouched> => {
  const [certificate, ...sent] = readCertificates(o.certificate) ?? [];
  if (!certificate) return { ok: false, fault: "certificate-unreadable" };
  const trust = await trusted(ctx);
  const chain = chainOf(certificate, {
    pool: [...sent, ...trust.helpers],
    anchors: trust.anchors,
    at: o.at ?? ctx.clock.now(),
    revokedAt: trust.revokedAt,
  });
  if (!chain.ok) return { ok: false, fault: chain.fault };
  const row = await byDer(ctx, certificate.der);
  // A certificate we did not issue or import proves a name, not which of our institutions it is.
  if (!row || row.kind !== "seal") return { ok: false, fault: "not-a-seal" };
  const { path } = chain;
  const times = (of: (c: (typeof path)[number]) => Date) => path.map((c) => of(c).getTime());
  return {
    ok: true,
    institution: row.subject,
    serial: row.serial,
    subject: certificate.subjectName,
    from: new Date(Math.max(...times((c) => c.notBefore))),
    until: new Date(Math.min(...times((c) => c.notAfter))),
    fits: (bytes, signature) => fitsRaw(certificate.spki, bytes, signature),
  };
};

/** An institution's signature over bytes, by the certificate that came with it: chain, dates, revocation, owner, arithmetic. */
export const verify = async (
  ctx: Context,
  o: { bytes: Uint8Array; signature: Uint8Array; certificate: string; at?: Date; institution?: string },
): Promise<Verification> => {
  const known = await vouch(ctx, o);
  if (!known.ok) return known;
  const { institution, serial, subject } = known;
  if (o.institution !== undefined && institution !== o.institution) return { ok: false, fault: "another-institution" };
  return known.fits(o.bytes, o.signature) ? { ok: true, institution, serial, subject } : { ok: false, fault: "signature" };
};

export const checkPdf = async (ctx: Context, bytes: Uint8Array): Promise<PdfReport> => verifyPdf(bytes, await trusted(ctx));

export interface LegalStatus {
  authority: "built-in" | "external";
  timeStamp: "built-in" | "external";
  /** common name of who issued the certificate, for an institution's seal */
  issuer?: string;
  text: Text;
}

const builtIn: Text = {
  fr: "Certificats de l’autorité intégrée à la plateforme\u202f: démonstration ou usage fermé, sans accréditation.",
  en: "Certificates of the platform’s built-in authority: demonstration or closed use, without accreditation.",
};
const builtInTime: Text = {
  fr: "Horodatage par l’autorité intégrée, sans accréditation.",
  en: "Time stamp by the built-in authority, without accreditation.",
};
const outsideTime: Text = { fr: "Horodatage par une autorité extérieure.", en: "Time stamp by an outside authority." };

/** What an act must say of the signatures it bears. */
export const legalStatus = async (ctx: Context, institution?: string): Promise<LegalStatus> => {
  const [seal] = institution === undefined ? [] : await usable(ctx, [{ kind: "seal", subject: institution }]);
  const time = outsideStamps(ctx.config);
  const issuer = seal?.external ? readCertificates(seal.chain[0] ?? seal.der)?.[0]?.subjectName : undefined;
  const authority: Text = seal?.external
    ? {
        fr: `Certificat délivré par l’autorité extérieure «\u202f${issuer}\u202f».`,
        en: `Certificate issued by the outside authority “${issuer}”.`,
      }
    : builtIn;
  const moment = time ? outsideTime : builtInTime;
  return {
    authority: seal?.external ? "external" : "built-in",
    timeStamp: time ? "external" : "built-in",
    ...(issuer ? { issuer } : {}),
    text: { fr: `${authority.fr} ${moment.fr}`, en: `${authority.en} ${moment.en}` },
  };
};

const outsideStamps = (config: PublicConfig): boolean => config.setting("tsa_url") !== undefined;
