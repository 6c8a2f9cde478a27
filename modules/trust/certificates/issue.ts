import type { Context, JobContext, PublicConfig } from "#kernel";
import { certificateIssued } from "../facts.ts";
import { keysPort } from "../ports.ts";
import { certificateMissing, clockImplausible } from "../problems.ts";
import { hex } from "../der/read.ts";
import type { SignerCertificate } from "../cms/sign.ts";
import { buildCertificate, type Name, nameDer, serialFrom, type Sign } from "../x509/build.ts";
import { extensions, type Profile, years } from "../x509/profiles.ts";
import { readCertificate, type Certificate } from "../x509/read.ts";
import { keyFor } from "./choice.ts";
import { type CertificateRow, keep, type NewCertificate, usable } from "./store.ts";

/** A certificate we can sign with: the row, what it says, and its key behind the port. */
export interface Held {
  row: CertificateRow;
  certificate: Certificate & SignerCertificate;
  /** its own certificate and those above it, without the root */
  chain: Uint8Array[];
  sign: Sign;
}

export interface Subject {
  kind: Profile;
  subject: string;
  institution?: string;
  /** name of the institution a person decides for */
  organization?: string;
  name: string;
  /** for a server: the host its certificate names */
  host?: string;
}

type Signing = Pick<JobContext, "port">;
type Making = Pick<JobContext, "port" | "clock" | "ids" | "config" | "country">;

export const held = (j: Signing, row: CertificateRow): Held => {
  const certificate = readCertificate(row.der);
  const key = row.key;
  if (!key) throw certificateMissing();
  return { row, certificate, chain: [row.der, ...row.chain], sign: (message) => j.port(keysPort).sign(key, message) };
};

export const usableOne = async (j: JobContext, kind: Profile, subject: string): Promise<Held | undefined> => {
  const [row] = await j.transaction((ctx) => usable(ctx, [{ kind, subject }]), { readOnly: true });
  return row && held(j, row);
};

/** The names certificates carry. Institutions and persons are named by their registry id and account, never by a civil number. */
export const subjectName = (j: Pick<JobContext, "country">, s: Subject): Name => {
  const country = j.country.code.toUpperCase();
  const state = j.country.name.fr;
  if (s.kind === "seal") return { country, organization: s.name, organizationIdentifier: `GOV${country}-${s.subject}`, commonName: s.name };
  if (s.kind === "person") return { country, organization: s.organization, serialNumber: s.subject, commonName: s.name };
  if (s.kind === "tls") return { country, organization: s.organization ?? s.name, commonName: s.subject };
  return { country, organization: state, unit: "Toguna", commonName: s.name };
};

/** No machine of ours ran before this program was written: a clock before it lost its battery. */
const earliest = Date.UTC(2026, 0, 1);

/** Clocks of neighbours differ: a certificate is already valid for a machine a few minutes behind. */
const backdated = 5 * 60_000;

/** A gateway's certificates come from the centre, never from an authority of its own. */
export const onDemand = (config: PublicConfig): boolean =>
  config.role !== "gateway" && (config.demo || config.setting("trust_on_demand") === "1");

/** Makes a key and, signed by the issuer (or by itself), its certificate. Nothing is kept yet: this happens outside any transaction. */
export const buildIssued = async (o: Making, s: Subject, issuer: Held | undefined): Promise<NewCertificate> => {
  if (o.clock.now().getTime() < earliest) throw clockImplausible();
  const keys = o.port(keysPort);
  const key = await keys.generate(`${s.kind} ${s.subject}`, keyFor(o.config, s));
  return { ...(await certified(o, s, key.spki, issuer ?? ((message) => keys.sign(key.id, message)))), key: key.id };
};

/** The certificate alone, for a key that may be somebody else's; an issuer, or what signs a root by itself. */
export const certified = async (o: Making, s: Subject, spki: Uint8Array, by: Held | Sign): Promise<NewCertificate> => {
  const now = new Date(Math.floor(o.clock.now().getTime() / 1000) * 1000);
  if (now.getTime() < earliest) throw clockImplausible();
  const issuer = typeof by === "function" ? undefined : by;
  const name = nameDer(subjectName(o, s));
  const serial = serialFrom(o.ids.bytes(16));
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + years[s.kind]);
  const notAfter = issuer && issuer.certificate.notAfter < end ? issuer.certificate.notAfter : end;
  const notBefore = new Date(now.getTime() - backdated);
  const { origin } = o.config;
  const above = issuer && hex(issuer.certificate.serial);
  const der = await buildCertificate(
    {
      serial,
      issuer: issuer?.certificate.subject ?? name,
      subject: name,
      notBefore,
      notAfter,
      spki,
      extensions: extensions(
        s.kind,
        spki,
        issuer?.certificate.spki ?? spki,
        {
          ocsp: `${origin}/ocsp`,
          issuer: `${origin}/trust/issuers/${above}.cer`,
          crl: `${origin}/crl/${above}.crl`,
        },
        s.host,
      ),
    },
    typeof by === "function" ? by : by.sign,
  );
  return {
    id: o.ids.uuid(),
    kind: s.kind,
    subject: s.subject,
    institution: s.institution ?? null,
    name: s.name,
    serial: hex(serial),
    issuer: issuer?.row.id ?? null,
    key: null,
    der: Buffer.from(der),
    chain: issuer && issuer.row.kind !== "root" ? issuer.chain.map((d) => Buffer.from(d)) : [],
    notBefore,
    notAfter,
    external: false,
  };
};

/** Keeps it and records the fact; false when another process was faster. */
export const keepIssued = async (ctx: Context, made: NewCertificate, replaces?: string): Promise<boolean> => {
  if (!(await keep(ctx, made, replaces))) return false;
  await ctx.record(certificateIssued, factSubject(made), {
    serial: made.serial,
    kind: made.kind,
    external: made.external,
    notAfter: made.notAfter.toISOString(),
  });
  return true;
};

/**
 * The two together. If the program dies in between, a key without certificate stays behind and signs nothing; if another
 * process was faster, its certificate is the one and our key goes.
 */
export const issueCertificate = async (j: JobContext, subject: Subject, issuer: Held | undefined, replaces?: string): Promise<Held> => {
  const made = await buildIssued(j, subject, issuer);
  const destroy = () => j.port(keysPort).destroy(made.key!);
  const kept = await j
    .transaction((ctx) => keepIssued(ctx, made, replaces))
    .catch(async (error: unknown) => {
      await destroy();
      throw error;
    });
  if (kept)
    return held(j, {
      ...made,
      der: Buffer.from(made.der),
      chain: made.chain.map((d) => Buffer.from(d)),
      place: made.place ?? "",
      retiredAt: null,
      revokedAt: null,
      reason: null,
    });
  await destroy();
  const other = await usableOne(j, subject.kind, subject.subject);
  if (!other) throw certificateMissing();
  return other;
};

export const factSubject = (s: { kind: string; subject: string }): string =>
  s.kind === "seal"
    ? `institution:${s.subject}`
    : s.kind === "tls"
      ? `exchange-server:${s.subject}`
      : s.kind === "person"
        ? `account:${s.subject}`
        : `authority:${s.kind}`;
