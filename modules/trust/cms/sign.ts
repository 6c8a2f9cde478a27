import { createHash } from "node:crypto";
import { type Der, int, octets, oid, seq, setOf, tagged, tlv } from "../der/write.ts";
import { oids } from "../der/oids.ts";
import { sha256Algorithm, type Sign } from "../x509/build.ts";
import { schemeOf } from "../x509/scheme.ts";

export const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The signer's certificate as CMS names and binds it. */
export interface SignerCertificate {
  der: Uint8Array;
  issuer: Uint8Array;
  serial: Uint8Array;
  spki: Uint8Array;
}

export interface CmsParts {
  signer: SignerCertificate;
  /** certificates to carry, signer's first */
  certificates: readonly Uint8Array[];
  sign: Sign;
  /** id-data signatures are detached; a time-stamp token carries its content */
  content: { type: string; digest: Uint8Array; inside?: Uint8Array };
  /** called with the signature value: what goes into unsigned attributes (the signature time stamp) */
  stamp?: (signature: Uint8Array) => Promise<Der>;
}

const attribute = (type: string, value: Der): Der => seq(oid(type), setOf(value));

/** CMS SignedData with one signer, the attributes of CAdES-B and, when stamped, of CAdES-T. */
export const buildSignedData = async (parts: CmsParts): Promise<Der> => {
  // ESSCertIDv2 with its default SHA-256 omitted, as DER demands; it nails the signature to one certificate (RFC 5035).
  const binding = seq(seq(seq(octets(sha256(parts.signer.der)))));
  const attributes = setOf(
    attribute(oids.contentType, oid(parts.content.type)),
    attribute(oids.messageDigest, octets(parts.content.digest)),
    attribute(oids.signingCertificateV2, binding),
  );
  const scheme = schemeOf(parts.signer.spki);
  const signature = scheme.encoded(await parts.sign(attributes));
  const token = await parts.stamp?.(signature);
  // Signed as SET OF, stored under [0]: same bytes but for the tag (RFC 5652, 5.4).
  const stored = Uint8Array.from(attributes);
  stored[0] = 0xa0;
  return seq(
    oid(oids.signedData),
    tagged(
      0,
      seq(
        int(parts.content.type === oids.data ? 1 : 3),
        tlv(0x31, sha256Algorithm),
        seq(oid(parts.content.type), ...(parts.content.inside ? [tagged(0, octets(parts.content.inside))] : [])),
        ...(parts.certificates.length > 0 ? [retag(setOf(...parts.certificates), 0xa0)] : []),
        tlv(
          0x31,
          seq(
            int(1),
            seq(parts.signer.issuer, int(parts.signer.serial)),
            sha256Algorithm,
            stored,
            scheme.identifier,
            octets(signature),
            ...(token ? [tagged(1, attribute(oids.signatureTimeStamp, token))] : []),
          ),
        ),
      ),
    ),
  );
};

const retag = (der: Der, tag: number): Der => {
  der[0] = tag;
  return der;
};
