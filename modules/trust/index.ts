import { defineModule } from "#kernel";
import { auditLedger, manageCertificates, readCertificates } from "./api.ts";
import { ensureAuthorities } from "./certificates/authorities.ts";
import { keyFor } from "./certificates/choice.ts";
import { clockWentBack } from "./problems.ts";
import { anchorAdded, certificateIssued, certificateRequested, certificateRevoked, clockSetBack } from "./facts.ts";
import { anchors, crl, issuer } from "./gates/authorities.ts";
import { ocspGet, ocspPost } from "./gates/ocsp.ts";
import { tsa } from "./gates/tsa.ts";
import { handlers } from "./handlers.ts";
import { jobs, sweeps } from "./jobs.ts";
import { keysPort, timeStampPort } from "./ports.ts";

export { personalKeyFor, sealFor, sealKeyFor, sign, signPdf, timeStamp } from "./signing/sign.ts";
export type { PdfSigning, Seal, SealOwner, Signatory, SignatureOver, SignedPdf, SigningCertificate } from "./signing/sign.ts";
export { anchorsPem } from "./gates/authorities.ts";
export { certificateStatus, signCheckpoint } from "./signing/services.ts";
/** The tree of RFC 9162 in tiles, for a neighbour that keeps one of its own. */
export { checkpoint } from "./ledger/checkpoint.ts";
export { append as growTree, edgeTiles, proofFrom, tilesFor, type Tile } from "./ledger/tiles.ts";
export { consistencyRanges, inclusionRanges, type Range } from "./ledger/tree.ts";
export { leafHash } from "./ledger/hash.ts";
export { checkPdf, legalStatus, verify, vouch } from "./signing/verify.ts";
export type { LegalStatus, Verification, Vouched } from "./signing/verify.ts";
export type { PdfReport, PdfSignature, SignatureFault } from "./pdf/verify.ts";
export { certify, ensureTlsIdentity, makeTlsKey, takeTlsCertificate, tlsIdentities } from "./certificates/tls.ts";
export { retireServerCertificates } from "./certificates/retire.ts";
export type { Certified, TlsIdentity } from "./certificates/tls.ts";
export {
  admitMembers,
  anchorFingerprint,
  fingerprintOf,
  judgeUnder,
  memberCertificates,
  pinAnchor,
  requestSeal,
  serverCertificates,
  signConfiguration,
  signConfigurationByAll,
  takeSeal,
  verifyConfiguration,
} from "./certificates/members.ts";
export { renewConfigurationKey } from "./certificates/authorities.ts";
export type { ConfigurationSignature, MemberCertificates, UnderAuthorities } from "./certificates/members.ts";
export { inclusionProof } from "./ledger/proofs.ts";
export type { FactInclusion, SignedHead } from "./ledger/proofs.ts";
export { verifyLedger } from "./ledger/audit.ts";
export type { LedgerFault, LedgerReport } from "./ledger/audit.ts";
export { sealWaiting } from "./ledger/seal.ts";
export { certificateIssued, certificateRevoked, clockSetBack } from "./facts.ts";

export const trust = defineModule({
  name: "trust",
  floor: 0,
  handlers,
  facts: [certificateIssued, certificateRevoked, certificateRequested, anchorAdded, clockSetBack],
  jobs,
  sweeps,
  gates: [ocspPost, ocspGet, tsa, crl, issuer, anchors],
  ports: [keysPort, timeStampPort],
  permissions: [readCertificates, manageCertificates, auditLedger],
  migrations: new URL("./migrations/", import.meta.url),
  // a clock that went back suspends stamping and signing, not the house
  async start(host) {
    // a setting that cannot be read stops the start, not the first signature
    keyFor(host.config, { kind: "seal", subject: "" });
    await ensureAuthorities(host).catch((error: unknown) => {
      if (!clockWentBack.is(error)) throw error;
      host.log.error({ error: String(error) }, "started with a clock that went back: signing waits until it is right");
    });
  },
});
