import { oids } from "../der/oids.ts";
import type { Der } from "../der/write.ts";
import { buildSignedData, sha256, type SignerCertificate } from "../cms/sign.ts";
import type { Sign } from "../x509/build.ts";
import { schemeOf } from "../x509/scheme.ts";
import { type FieldParts, prepareSignature } from "./append.ts";

export interface PdfSigner extends Omit<FieldParts, "reserve"> {
  certificate: SignerCertificate;
  /** the signer's certificate and the authorities above it, up to but not with the root */
  certificates: readonly Uint8Array[];
  sign: Sign;
  /** RFC 3161 token over a SHA-256 digest */
  stamp: (digest: Uint8Array) => Promise<Der>;
  /** room for the token, the larger part: a foreign authority may send a long chain */
  tokenBytes: number;
}

/** One PAdES-B-T signature appended to the file. */
export const addSignature = async (pdf: Uint8Array, signer: PdfSigner): Promise<Uint8Array> => {
  const certificates = signer.certificates.reduce((sum, der) => sum + der.length, 0);
  const prepared = prepareSignature(pdf, {
    ...signer,
    reserve: certificates + signer.tokenBytes + (schemeOf(signer.certificate.spki).kind === "rsa" ? 1100 : 700),
  });
  const cms = await buildSignedData({
    signer: signer.certificate,
    certificates: signer.certificates,
    sign: signer.sign,
    content: { type: oids.data, digest: prepared.digest },
    stamp: (signature) => signer.stamp(sha256(signature)),
  });
  return prepared.finish(cms);
};
