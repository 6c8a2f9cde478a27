import type { JobContext, Text } from "#kernel";
import type { Profile } from "../x509/profiles.ts";
import { certificateMissing } from "../problems.ts";
import { held, type Held, issueCertificate, onDemand, type Subject, usableOne } from "./issue.ts";
import { authorities, signersSoFar } from "./store.ts";

/** What certificates call our own services; the subject of each is its kind. */
const own: Readonly<Record<"root" | "issuing" | "tsa" | "ocsp" | "ledger" | "configuration", Text>> = {
  root: { fr: "Autorité racine intégrée", en: "Built-in root authority" },
  issuing: { fr: "Autorité émettrice intégrée", en: "Built-in issuing authority" },
  tsa: { fr: "Autorité d’horodatage intégrée", en: "Built-in time-stamp authority" },
  ocsp: { fr: "Réponses sur l’état des certificats", en: "Certificate status responses" },
  ledger: { fr: "Scellement du journal", en: "Ledger sealing" },
  configuration: { fr: "Configuration des échanges", en: "Exchange configuration" },
};

export type OwnKind = keyof typeof own;

const subjectOf = (j: JobContext, kind: OwnKind): Subject => ({
  kind,
  subject: kind,
  name: `${own[kind].fr} (${j.country.code.toUpperCase()})`,
});

/** A service's certificate is replaced when less than a fifth of its life is left. */
const worn = (held: Held, now: Date): boolean => {
  const { notBefore, notAfter } = held.certificate;
  return notAfter.getTime() - now.getTime() < (notAfter.getTime() - notBefore.getTime()) / 5;
};

const ensure = async (j: JobContext, kind: OwnKind, issuer?: Held): Promise<Held> => {
  const found = await usableOne(j, kind, kind);
  if (!found) return issueCertificate(j, subjectOf(j, kind), issuer);
  // Authorities themselves are replaced by a person, with a plan: everything hangs on them.
  if (kind === "root" || kind === "issuing" || found.row.external || !worn(found, j.clock.now())) return found;
  return issueCertificate(j, subjectOf(j, kind), issuer, found.row.id);
};

/** The whole chain of the built-in authority; does nothing where it stands, so each start and each sweep may run it. */
export const ensureAuthorities = async (j: JobContext): Promise<void> => {
  const issuing = await ensureIssuing(j);
  for (const kind of ["tsa", "ocsp", "ledger"] as const) await ensure(j, kind, issuing);
};

const ensureIssuing = async (j: JobContext): Promise<Held> => {
  const found = await usableOne(j, "issuing", "issuing");
  return found ?? ensure(j, "issuing", await ensure(j, "root"));
};

export const serviceOf = async (j: JobContext, kind: OwnKind): Promise<Held> => {
  const found = await usableOne(j, kind, kind);
  if (!found) throw certificateMissing();
  return found;
};

/** The key that signs the exchange's configuration: made when first needed, so that an installation without gateways has none. */
export const configurationKey = async (j: JobContext): Promise<Held> => ensure(j, "configuration", await serviceOf(j, "issuing"));

/** All of that kind that still count, retired ones too, the newest first; each with the root above it. */
export const configurationKeys = async (j: JobContext): Promise<(Held & { roots: Uint8Array[] })[]> => {
  await configurationKey(j);
  const { rows, roots } = await j.transaction(
    async (ctx) => ({
      rows: await signersSoFar(ctx, "configuration"),
      roots: (await authorities(ctx)).filter((row) => row.kind === "root").map((row) => row.der),
    }),
    { readOnly: true },
  );
  return rows.map((row) => ({ ...held(j, row), roots }));
};

/** A new key from now on; the one before goes on counting until its certificate ends. */
export const renewConfigurationKey = async (j: JobContext): Promise<void> => {
  const found = await configurationKey(j);
  await issueCertificate(j, subjectOf(j, "configuration"), await serviceOf(j, "issuing"), found.row.id);
};

/** The certificate a subject signs with, made on demand where the installation's policy allows it. */
export const signerFor = async (j: JobContext, subject: Subject & { kind: Extract<Profile, "seal" | "person"> }): Promise<Held> => {
  const found = await usableOne(j, subject.kind, subject.subject);
  if (found) return found;
  if (!onDemand(j.config)) throw certificateMissing();
  return issueCertificate(j, subject, await serviceOf(j, "issuing"));
};
