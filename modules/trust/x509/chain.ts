import { oids } from "../der/oids.ts";
import { type Certificate, same, verified } from "./read.ts";

// Path validation (RFC 5280, section 6, the part our profiles use): names, signatures, validity at one
// moment, the right to issue, path lengths, no critical extension left unread. Policies and name
// constraints are not evaluated, so a certificate that marks them critical is refused.

const understood = new Set<string>([
  oids.basicConstraints,
  oids.keyUsage,
  oids.extendedKeyUsage,
  oids.subjectKeyId,
  oids.authorityKeyId,
  oids.certificatePolicies,
]);

export type ChainFault = "unknown-issuer" | "not-yet-valid" | "expired" | "revoked" | "not-an-authority" | "unread-extension" | "wrong-use";

export type Chain = { ok: true; path: Certificate[] } | { ok: false; fault: ChainFault; at: Certificate };

export interface ChainQuestion {
  /** certificates which came with the signature: helpers, never trusted by themselves */
  pool: readonly Certificate[];
  anchors: readonly Certificate[];
  at: Date;
  /** moment from which a certificate counts as revoked; absent when not revoked */
  revokedAt?: (certificate: Certificate, issuer: Certificate) => Date | undefined;
}

const longest = 5;

const fault = (certificate: Certificate, at: Date): ChainFault | undefined => {
  if (at < certificate.notBefore) return "not-yet-valid";
  if (at > certificate.notAfter) return "expired";
  for (const [id, extension] of certificate.extensions) if (extension.critical && !understood.has(id)) return "unread-extension";
  return undefined;
};

const keyCertSign = 5;

export const chainOf = (leaf: Certificate, question: ChainQuestion): Chain => {
  const bad = fault(leaf, question.at);
  if (bad) return { ok: false, fault: bad, at: leaf };
  return climb([leaf], question);
};

const climb = (path: Certificate[], question: ChainQuestion): Chain => {
  const top = path[path.length - 1]!;
  if (question.anchors.some((anchor) => same(anchor.der, top.der))) return { ok: true, path };
  let failure: Chain = { ok: false, fault: "unknown-issuer", at: top };
  if (path.length > longest) return failure;
  for (const issuer of [...question.anchors, ...question.pool]) {
    if (!same(issuer.subject, top.issuer) || path.includes(issuer)) continue;
    if (!verified(issuer.spki, top.signatureAlgorithm, top.tbs, top.signature)) continue;
    const bad = fault(issuer, question.at);
    const below = path.length - 1;
    if (bad) failure = { ok: false, fault: bad, at: issuer };
    else if (!issuer.ca || (issuer.keyUsage && !issuer.keyUsage.has(keyCertSign)))
      failure = { ok: false, fault: "not-an-authority", at: issuer };
    else if (issuer.pathLength !== undefined && issuer.pathLength < below) failure = { ok: false, fault: "not-an-authority", at: issuer };
    else {
      const revoked = question.revokedAt?.(top, issuer);
      if (revoked && revoked <= question.at) failure = { ok: false, fault: "revoked", at: top };
      else {
        const higher = climb([...path, issuer], question);
        if (higher.ok) return higher;
        failure = higher;
      }
    }
  }
  return failure;
};
