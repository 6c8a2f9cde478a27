import type { JobContext } from "#kernel";
import { held, type Held, issueCertificate, onDemand } from "../certificates/issue.ts";
import { serviceOf, signerFor } from "../certificates/authorities.ts";
import { usable } from "../certificates/store.ts";
import { hex, isMalformed } from "../der/read.ts";
import { addSignature } from "../pdf/sign.ts";
import { certificateMissing, pdfRefused } from "../problems.ts";
import { external, stamp } from "../stamps/stamp.ts";
import { pem } from "../x509/read.ts";
import { schemeOf } from "../x509/scheme.ts";

/** An institution as its certificate names it. */
export interface SealOwner {
  id: string;
  name: string;
}

/** The official who decides. */
export interface Signatory {
  account: string;
  name: string;
}

export interface PdfSigning {
  pdf: Uint8Array;
  institution: SealOwner;
  person?: Signatory;
  reason: string;
  location?: string;
}

export interface SignedPdf {
  pdf: Uint8Array;
  /** of the last time stamp */
  at: Date;
  signatures: { kind: "person" | "seal"; subject: string; serial: string; at: Date }[];
}

const sealOf = (owner: SealOwner) => ({ kind: "seal" as const, subject: owner.id, institution: owner.id, name: owner.name });
const personOf = (person: Signatory, institution: SealOwner) => ({
  kind: "person" as const,
  subject: person.account,
  institution: institution.id,
  organization: institution.name,
  name: person.name,
});

/** Seal, person's certificate and time-stamp authority in one round trip; what is missing is made where the policy allows. */
const signers = async (j: JobContext, o: PdfSigning): Promise<{ seal: Held; person?: Held; tsa?: Held }> => {
  const wanted = [
    { kind: "seal" as const, subject: o.institution.id },
    { kind: "tsa" as const, subject: "tsa" },
    ...(o.person ? [{ kind: "person" as const, subject: o.person.account }] : []),
  ];
  const rows = await j.transaction((ctx) => usable(ctx, wanted), { readOnly: true });
  const found = (kind: string) => rows.filter((row) => row.kind === kind).map((row) => held(j, row))[0];
  return {
    seal: found("seal") ?? (await signerFor(j, sealOf(o.institution))),
    person: o.person && (await ownPerson(j, found("person"), o.person, o.institution)),
    tsa: found("tsa"),
  };
};

/** A certificate names the institution its holder decides for: after a transfer it is made anew. */
const ownPerson = async (j: JobContext, found: Held | undefined, person: Signatory, institution: SealOwner): Promise<Held> => {
  const subject = personOf(person, institution);
  const now = found ?? (await signerFor(j, subject));
  if (now.row.institution === institution.id) return now;
  if (!onDemand(j.config)) throw certificateMissing({ cause: new Error("the certificate is for another institution") });
  return issueCertificate(j, subject, await serviceOf(j, "issuing"), now.row.id);
};

/** PAdES-B-T: the person who decides signs first, then the institution seals the whole. */
export const signPdf = async (j: JobContext, o: PdfSigning): Promise<SignedPdf> => {
  const { seal, person, tsa } = await signers(j, o);
  // Every byte kept costs two in the file a citizen downloads: our own token's size is known, a foreign one's is not.
  const tokenBytes = tsa && !external(j) ? tsa.chain.reduce((sum, der) => sum + der.length, 900) : 16_384;
  const signatures: SignedPdf["signatures"] = [];
  let pdf = o.pdf;
  for (const [kind, signer] of [["person", person] as const, ["seal", seal] as const]) {
    if (!signer) continue;
    let at = j.clock.now();
    const signing = addSignature(pdf, {
      field: `${kind}-${j.ids.uuid()}`,
      signer: signer.certificate.subjectName,
      reason: o.reason,
      location: o.location,
      at,
      certificate: signer.certificate,
      certificates: signer.chain,
      sign: signer.sign,
      stamp: async (digest) => {
        const made = await stamp(j, digest, tsa);
        at = made.at;
        return made.token;
      },
      tokenBytes,
    });
    pdf = await signing.catch((error: unknown) => {
      throw isMalformed(error) ? pdfRefused({ cause: error }) : error;
    });
    signatures.push({ kind, subject: signer.certificate.subjectName, serial: hex(signer.certificate.serial), at });
  }
  return { pdf, at: signatures[signatures.length - 1]!.at, signatures };
};

export interface SignatureOver {
  /** r || s of P-256, or PKCS #1 v1.5 of RSA: as the certificate's key signs */
  signature: Uint8Array;
  serial: string;
  /** PEM: the seal's certificate and those above it, without the root */
  certificate: string;
}

/** What is signed: bytes, or (where they name the certificate, as XAdES does) what makes them from its PEM. */
export type ToSign = Uint8Array | ((certificate: string) => Uint8Array);

/** The institution signs bytes: exchange messages, evidence, 2D codes. */
export const sign = async (j: JobContext, o: { institution: SealOwner; bytes: ToSign }): Promise<SignatureOver> => {
  const seal = await signerFor(j, sealOf(o.institution));
  const named = shown(seal);
  return { signature: await seal.sign(typeof o.bytes === "function" ? o.bytes(named.certificate) : o.bytes), ...named };
};

const shown = (h: Held) => ({ serial: h.row.serial, certificate: h.chain.map((der) => pem("CERTIFICATE", der)).join("") });

export interface SigningCertificate {
  serial: string;
  certificate: string;
  /** what its key is; 2D codes take P-256 only */
  key: "p256" | "rsa";
  notAfter: Date;
}

export const sealKeyFor = async (j: JobContext, institution: SealOwner): Promise<SigningCertificate> => {
  const seal = await signerFor(j, sealOf(institution));
  return { ...shown(seal), key: schemeOf(seal.certificate.spki).kind, notAfter: seal.certificate.notAfter };
};

/** A seal to sign with many times: whoever holds it asks again within seconds, so that a revocation or renewal tells. */
export interface Seal extends SigningCertificate {
  /** r || s of P-256, or PKCS #1 v1.5 of RSA */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

export const sealFor = async (j: JobContext, institution: SealOwner): Promise<Seal> => {
  const seal = await signerFor(j, sealOf(institution));
  const key = schemeOf(seal.certificate.spki).kind;
  return { ...shown(seal), key, notAfter: seal.certificate.notAfter, sign: seal.sign };
};

export const personalKeyFor = async (j: JobContext, person: Signatory, institution: SealOwner): Promise<SigningCertificate> => {
  const own = await ownPerson(j, undefined, person, institution);
  return { ...shown(own), key: schemeOf(own.certificate.spki).kind, notAfter: own.certificate.notAfter };
};

export const timeStamp = (j: JobContext, digest: Uint8Array): Promise<{ token: Uint8Array; at: Date }> => stamp(j, digest);
