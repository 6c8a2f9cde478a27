import { createHash } from "node:crypto";
import type { Context } from "#kernel";
import { hex } from "../der/read.ts";
import { oids } from "../der/oids.ts";
import { anchorAdded } from "../facts.ts";
import { certificateRefused, requestUnknown } from "../problems.ts";
import { type Certificate, readCertificates, same, verified } from "../x509/read.ts";
import { chainOf, type ChainFault } from "../x509/chain.ts";
import { keepIssued } from "./issue.ts";
import { byDer, type CertificateRow, claim, closeRequest, keep, type NewCertificate, openRequest, usable } from "./store.ts";
import { trusted } from "./trusted.ts";

export const texts: Readonly<Record<ChainFault | "unreadable" | "another-key" | "fingerprint" | "not-a-root", { fr: string; en: string }>> =
  {
    unreadable: { fr: "Le fichier PEM n’est pas lisible.", en: "The PEM file is not readable." },
    "another-key": { fr: "Ce certificat n’est pas celui de la clé demandée.", en: "This certificate is not for the key of the request." },
    "unknown-issuer": {
      fr: "Ce certificat ne mène à aucune autorité racine admise ici.",
      en: "This certificate leads to no root authority admitted here.",
    },
    "not-yet-valid": { fr: "Ce certificat n’est pas encore valable.", en: "This certificate is not valid yet." },
    expired: { fr: "Ce certificat a expiré.", en: "This certificate has expired." },
    revoked: { fr: "Ce certificat est révoqué.", en: "This certificate is revoked." },
    "not-an-authority": {
      fr: "Un certificat de la chaîne n’est pas celui d’une autorité.",
      en: "A certificate of the chain is not an authority’s.",
    },
    "unread-extension": {
      fr: "Ce certificat porte une condition critique inconnue.",
      en: "This certificate has an unknown critical condition.",
    },
    "wrong-use": { fr: "Ce certificat n’est pas fait pour cet usage.", en: "This certificate is not made for this use." },
    fingerprint: { fr: "L’empreinte ne correspond pas au certificat.", en: "The fingerprint does not match the certificate." },
    "not-a-root": { fr: "Ce certificat n’est pas celui d’une autorité racine.", en: "This certificate is not a root authority’s." },
  };

const refuse = (why: keyof typeof texts) => certificateRefused({ detail: texts[why] });

const fits = (certificate: Certificate, kind: "seal" | "person" | "tsa" | "issuing"): boolean => {
  if (certificate.ca !== (kind === "issuing")) return false;
  if (kind === "issuing") return certificate.keyUsage?.has(5) ?? false;
  if (kind === "tsa") return certificate.extendedKeyUsage?.join() === oids.timeStamping;
  // The hash and curve of our keys are fixed; what the authority allows them to do is not.
  return certificate.keyUsage?.has(0) || certificate.keyUsage?.has(1) || false;
};

/** The certificate an outside authority made for a key of ours becomes the one its subject signs with. */
export const importCertificate = async (ctx: Context, request: string, text: string): Promise<CertificateRow> => {
  const asked = await openRequest(ctx, request);
  if (!asked) throw requestUnknown();
  const [certificate, ...sent] = readCertificates(text) ?? [];
  if (!certificate) throw refuse("unreadable");
  if (!same(certificate.spki, asked.spki)) throw refuse("another-key");
  const trust = await trusted(ctx);
  const chain = chainOf(certificate, {
    pool: [...sent, ...trust.helpers],
    anchors: trust.anchors,
    at: ctx.clock.now(),
    revokedAt: trust.revokedAt,
  });
  if (!chain.ok) throw refuse(chain.fault);
  if (!fits(certificate, asked.kind)) throw refuse("wrong-use");
  const above = chain.path.slice(1);
  for (const between of above.slice(0, -1)) await keep(ctx, { ...outside(ctx, between), kind: "intermediate" });
  const issuer = above[0] && (await byDer(ctx, above[0].der));
  const [current] = await usable(ctx, [{ kind: asked.kind, subject: asked.subject }]);
  const made: NewCertificate = {
    ...outside(ctx, certificate),
    kind: asked.kind,
    subject: asked.subject,
    institution: asked.institution,
    name: asked.name,
    issuer: issuer?.id ?? null,
    key: asked.key,
    chain: above.slice(0, -1).map((c) => c.der),
  };
  // The exchange's configuration may have brought it before: then only our key is put to it.
  const known = await byDer(ctx, certificate.der);
  const kept = known ? await claim(ctx, known.id, asked.key, current?.id) : await keepIssued(ctx, made, current?.id);
  if (!kept) throw refuse("another-key");
  await closeRequest(ctx, asked.id, known?.id ?? made.id);
  return (await byDer(ctx, certificate.der))!;
};

/** Admits an outside root. What follows rests on a person's comparison, so the fingerprint is asked for and must fit. */
export const addAnchor = async (ctx: Context, text: string, fingerprint: string): Promise<CertificateRow> => {
  const [root, more] = readCertificates(text) ?? [];
  if (!root || more) throw refuse("unreadable");
  const actual = createHash("sha256").update(root.der).digest("hex");
  if (fingerprint.replace(/[: ]/g, "").toLowerCase() !== actual) throw refuse("fingerprint");
  if (!root.ca || !same(root.issuer, root.subject) || !verified(root.spki, root.signatureAlgorithm, root.tbs, root.signature))
    throw refuse("not-a-root");
  const alone = chainOf(root, { pool: [], anchors: [root], at: ctx.clock.now() });
  if (!alone.ok) throw refuse(alone.fault);
  const made = { ...outside(ctx, root), kind: "anchor" as const };
  if (await keep(ctx, made)) await ctx.record(anchorAdded, "authority:anchor", { serial: made.serial, fingerprint: actual });
  return (await byDer(ctx, root.der))!;
};

export const outside = (ctx: Context, c: Certificate): Omit<NewCertificate, "kind"> => ({
  id: ctx.ids.uuid(),
  subject: hex(c.serial),
  institution: null,
  name: c.subjectName,
  serial: hex(c.serial),
  issuer: null,
  key: null,
  der: c.der,
  chain: [],
  notBefore: c.notBefore,
  notAfter: c.notAfter,
  external: true,
});
