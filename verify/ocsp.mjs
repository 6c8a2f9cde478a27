// An OCSP response (RFC 6960) that lies beside a signature: about which certificate, what it says, who signed it.
import { createHash, verify, X509Certificate } from "node:crypto";
import { chainFault } from "./head.mjs";
import { hashNames, oidOf, parts, read, signatureHashes, timeOf } from "./der.mjs";

const basic = "1.3.6.1.5.5.7.48.1.1";
const ocspSigning = "1.3.6.1.5.5.7.3.9";

/** { status: "good"|"revoked"|"unknown", producedAt, thisUpdate, revokedAt? } for that certificate, or { fault }. */
export function readStatus(bytes, certificate, issuers, anchors) {
  try {
    return readResponse(bytes, certificate, issuers, anchors);
  } catch {
    return { fault: "it cannot be read" };
  }
}

function readResponse(bytes, certificate, issuers, anchors) {
  const [code, wrapped] = parts(read(bytes));
  if (code.body[0] !== 0 || !wrapped) return { fault: "the responder refused to answer" };
  const [type, octets] = parts(parts(wrapped)[0]);
  if (oidOf(type) !== basic) return { fault: "it is of an unknown kind" };
  const [tbs, algorithm, bits, bag] = parts(read(octets.body));
  const sent = bag ? parts(parts(bag)[0]).map((item) => new X509Certificate(item.raw)) : [];
  const issuer = [...anchors, ...issuers].find((c) => certificate.checkIssued(c) && certificate.verify(c.publicKey));
  if (!issuer) return { fault: "the issuer of the certificate is unknown" };
  const hash = signatureHashes[oidOf(parts(algorithm)[0])];
  const signer = hash && [...sent, issuer].find((c) => verify(hash, tbs.raw, c.publicKey, bits.body.subarray(1)));
  if (!signer) return { fault: "its signature does not hold" };
  const fields = parts(tbs).filter((item) => item.tag !== 0xa0);
  const producedAt = timeOf(fields[1]);
  if (!signer.raw.equals(issuer.raw)) {
    if (!signer.keyUsage?.includes(ocspSigning) || !signer.checkIssued(issuer) || !signer.verify(issuer.publicKey))
      return { fault: "its signer may not speak for the issuer" };
    const fault = chainFault([signer, ...sent, ...issuers], anchors, producedAt);
    if (fault) return { fault };
  }
  for (const one of parts(fields[2])) {
    const [id, status, thisUpdate] = parts(one);
    if (!names(id, certificate, issuer)) continue;
    const kind = { 0x80: "good", 0xa1: "revoked", 0x82: "unknown" }[status.tag];
    if (!kind) return { fault: "it says nothing that is known" };
    const revokedAt = kind === "revoked" ? { revokedAt: timeOf(parts(status)[0]) } : {};
    return { status: kind, producedAt, thisUpdate: timeOf(thisUpdate), ...revokedAt };
  }
  return { fault: "it is about another certificate" };
}

function names(id, certificate, issuer) {
  const [algorithm, name, key, serial] = parts(id);
  const hash = hashNames[oidOf(parts(algorithm)[0])];
  if (!hash) return false;
  const digest = (bytes) => createHash(hash).update(bytes).digest();
  const subject = subjectOf(issuer.raw);
  const spki = parts(read(issuer.publicKey.export({ type: "spki", format: "der" })))[1].body.subarray(1);
  const number = BigInt(`0x${serial.body.toString("hex") || "0"}`);
  return name.body.equals(digest(subject)) && key.body.equals(digest(spki)) && number === BigInt(`0x${certificate.serialNumber}`);
}

/** The subject's name in DER: fifth of a certificate's fields after the version. */
function subjectOf(raw) {
  const fields = parts(parts(read(raw))[0]).filter((item) => item.tag !== 0xa0);
  return fields[4].raw;
}
