import type { JobContext } from "#kernel";
import { serviceOf } from "../certificates/authorities.ts";
import { statusAnswer } from "../gates/ocsp.ts";
import { certId } from "../ocsp/request.ts";
import { pem, readCertificates } from "../x509/read.ts";
import type { SignatureOver } from "./sign.ts";

/** Signs the head of a neighbour's tree with the ledger's key; its origin, another than the ledger's, says which tree it is. */
export const signCheckpoint = async (j: JobContext, text: Uint8Array): Promise<SignatureOver> => {
  const ledger = await serviceOf(j, "ledger");
  const certificate = ledger.chain.map((der) => pem("CERTIFICATE", der)).join("");
  return { signature: await ledger.sign(text), serial: ledger.row.serial, certificate };
};

/**
 * What the built-in authority says now of a certificate, as an OCSP response in DER (RFC 6960), to be kept with what it signed.
 * `certificate`: PEM, the signer's first, its issuer next. Undefined when an outside authority issued it.
 */
export const certificateStatus = async (j: JobContext, certificate: string): Promise<Uint8Array | undefined> => {
  const [leaf, issuer] = readCertificates(certificate) ?? [];
  if (!leaf || !issuer) return undefined;
  return statusAnswer(j, { ids: [certId(leaf, issuer)] });
};
