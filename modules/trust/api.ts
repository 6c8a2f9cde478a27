import { anyone, contract, official, permission, person, T } from "#kernel";

export const readCertificates = permission("trust.read-certificates", {
  fr: "Consulter les certificats",
  en: "Read certificates",
});
export const manageCertificates = permission(
  "trust.manage-certificates",
  { fr: "Délivrer, importer et révoquer des certificats", en: "Issue, import and revoke certificates" },
  { sensitive: true },
);
export const auditLedger = permission("trust.audit-ledger", {
  fr: "Exporter le journal scellé",
  en: "Export the sealed ledger",
});

const Serial = T.String({ pattern: "^[0-9a-f]{2,40}$" });
const Uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const Hash = T.String({ pattern: "^[0-9a-f]{64}$" });
const Pem = T.String({ maxLength: 60_000 });
const Size = T.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Kind = T.Enum(["root", "issuing", "seal", "person", "tsa", "ocsp", "ledger", "anchor", "intermediate", "tls", "configuration"]);
const Reason = T.Enum(["unspecified", "keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation"]);

export const CertificateView = T.Object({
  serial: Serial,
  kind: Kind,
  subject: T.String(),
  institution: T.Optional(T.String()),
  name: T.String(),
  notBefore: T.String(),
  notAfter: T.String(),
  external: T.Boolean(),
  /** signs no more, because a newer one does */
  retired: T.Boolean(),
  revokedAt: T.Optional(T.String()),
  reason: T.Optional(T.String()),
});

export const listCertificates = contract({
  id: "trust.list-certificates",
  method: "GET",
  path: "/api/trust/certificates",
  summary: "Certificates of seals, persons and services, oldest first, a hundred at a time",
  who: official(readCertificates),
  input: T.Object({
    kind: T.Optional(Kind),
    institution: T.Optional(T.String({ maxLength: 200 })),
    after: T.Optional(Uuid),
  }),
  output: T.Object({ certificates: T.Array(CertificateView), next: T.Optional(T.String()) }),
});

export const readCertificate = contract({
  id: "trust.read-certificate",
  method: "GET",
  path: "/api/trust/certificates/{serial}",
  summary: "One certificate with its PEM",
  who: official(readCertificates),
  input: T.Object({ serial: Serial }),
  output: T.Object({ certificate: CertificateView, pem: T.String() }),
});

export const revokeCertificate = contract({
  id: "trust.revoke-certificate",
  method: "POST",
  path: "/api/trust/certificates/{serial}/revocation",
  summary: "Revoke a certificate: it signs nothing more, and what it signed before stays valid",
  who: official(manageCertificates),
  input: T.Object({ serial: Serial, reason: Reason }),
  output: T.Object({ certificate: CertificateView }),
});

export const issueCertificate = contract({
  id: "trust.issue-certificate",
  method: "POST",
  path: "/api/trust/certificates",
  summary: "Make a key and a certificate of the built-in authority for a seal or a person",
  who: official(manageCertificates),
  input: T.Object({
    kind: T.Enum(["seal", "person"]),
    /** institution id for a seal, account for a person */
    subject: T.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9-]+$" }),
    institution: T.String({ minLength: 1, maxLength: 200 }),
    institutionName: T.String({ minLength: 1, maxLength: 200 }),
    name: T.String({ minLength: 1, maxLength: 200 }),
  }),
  output: T.Object({ serial: Serial, pem: T.String() }),
});

export const requestCertificate = contract({
  id: "trust.request-certificate",
  method: "POST",
  path: "/api/trust/certificate-requests",
  summary: "Make a key here and a PKCS#10 request for an outside authority",
  who: official(manageCertificates),
  input: T.Object({
    kind: T.Enum(["seal", "person", "tsa"]),
    subject: T.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9-]+$" }),
    institution: T.Optional(T.String({ minLength: 1, maxLength: 200 })),
    institutionName: T.Optional(T.String({ minLength: 1, maxLength: 200 })),
    name: T.String({ minLength: 1, maxLength: 200 }),
  }),
  output: T.Object({ request: T.String(), pem: T.String() }),
});

export const importCertificate = contract({
  id: "trust.import-certificate",
  method: "POST",
  path: "/api/trust/certificate-requests/{request}/certificate",
  summary: "Bring in the certificate an outside authority made for a request of ours, its chain behind it",
  who: official(manageCertificates),
  input: T.Object({ request: Uuid, pem: Pem }),
  output: T.Object({ certificate: CertificateView }),
});

export const addAnchor = contract({
  id: "trust.add-anchor",
  method: "POST",
  path: "/api/trust/anchors",
  summary: "Admit an outside root authority; whoever adds it compared its SHA-256 fingerprint by another way",
  who: official(manageCertificates),
  input: T.Object({ pem: Pem, fingerprint: T.String({ pattern: "^[0-9a-fA-F: ]{64,100}$" }) }),
  output: T.Object({ certificate: CertificateView }),
});

export const readLegalStatus = contract({
  id: "trust.read-legal-status",
  method: "GET",
  path: "/api/trust/legal-status",
  summary: "What the signatures of this installation are worth, in words",
  who: anyone(),
  input: T.Object({ institution: T.Optional(T.String({ maxLength: 200 })) }),
  output: T.Object({
    authority: T.Enum(["built-in", "external"]),
    timeStamp: T.Enum(["built-in", "external"]),
    issuer: T.Optional(T.String()),
    text: T.String(),
  }),
});

export const SignedHead = T.Object({
  origin: T.String(),
  size: Size,
  root: Hash,
  at: T.String(),
  /** origin, size and root in three lines: the text that is signed */
  checkpoint: T.String(),
  /** ES256 over the checkpoint, r || s, base64 */
  signature: T.String(),
  /** PEM: the ledger's certificate and its authority */
  certificate: T.String(),
  /** RFC 3161 token over the checkpoint's SHA-256, base64 */
  timeStamp: T.Optional(T.String()),
  stampedAt: T.Optional(T.String()),
});

export const readHead = contract({
  id: "trust.read-head",
  method: "GET",
  path: "/api/trust/ledger/head",
  summary: "The newest signed head of the ledger",
  who: anyone(),
  input: T.Object({}),
  output: SignedHead,
});

export const listHeads = contract({
  id: "trust.list-heads",
  method: "GET",
  path: "/api/trust/ledger/heads",
  summary: "Time-stamped heads of trees larger than a size, for whoever watches the ledger",
  who: anyone(),
  input: T.Object({ after: T.Optional(Size) }),
  output: T.Object({ heads: T.Array(SignedHead) }),
});

export const readInclusion = contract({
  id: "trust.read-inclusion",
  method: "GET",
  path: "/api/trust/ledger/inclusion",
  summary: "Proof that a fact is in the signed ledger: hashes only, nothing of the fact itself",
  who: anyone(),
  input: T.Object({ fact: T.Optional(Uuid), index: T.Optional(Size), size: T.Optional(Size) }),
  output: T.Object({ index: Size, size: Size, leaf: Hash, proof: T.Array(Hash), head: SignedHead }),
});

export const readMyEntry = contract({
  id: "trust.read-my-entry",
  method: "GET",
  path: "/api/trust/ledger/my-entries/{fact}",
  summary: "The sealed entry of a fact about the caller, with all that is needed to check it elsewhere",
  who: person({ level: "substantial" }),
  input: T.Object({ fact: Uuid }),
  output: T.Object({
    index: Size,
    size: Size,
    leaf: Hash,
    proof: T.Array(Hash),
    head: SignedHead,
    /** canonical JSON of who, when, what */
    header: T.String(),
    dataHash: Hash,
    /** canonical JSON of the particulars and the salt hashed before it; absent once erased */
    data: T.Optional(T.String()),
    salt: T.Optional(T.String({ pattern: "^[0-9a-f]*$" })),
  }),
});

export const readConsistency = contract({
  id: "trust.read-consistency",
  method: "GET",
  path: "/api/trust/ledger/consistency",
  summary: "Proof that a later ledger only adds to an earlier one",
  who: anyone(),
  input: T.Object({ from: Size, to: Size }),
  output: T.Object({ from: Size, to: Size, proof: T.Array(Hash) }),
});

export const exportEntries = contract({
  id: "trust.export-entries",
  method: "GET",
  path: "/api/trust/ledger/entries",
  summary: "Entries of the ledger in order, at most a thousand: pseudonymous headers and data hashes, for an auditor's own tree",
  who: official(auditLedger),
  input: T.Object({ from: Size, to: Size }),
  output: T.Object({
    from: Size,
    entries: T.Array(T.Object({ index: Size, header: T.String(), dataHash: Hash })),
  }),
});
