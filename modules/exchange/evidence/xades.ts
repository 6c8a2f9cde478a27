/**
 * The signature of one message as XAdES writes it (ETSI EN 319 132-1, baseline B), made by joining strings: what is signed is the
 * exclusive canonical form of SignedInfo, so the signature made when the message passes is the one a container shows years later.
 * Every text put in is base64, a date or a constant: nothing needs escaping. Elements stand as exclusive canonicalization would
 * write them (empty ones with an end tag, namespaces where they are first used).
 */
import { createHash, X509Certificate } from "node:crypto";

/** What a message's signature covers. `certificate`: PEM, the signer's first. No body: no `bodyHash`. */
export interface Signable {
  part: string;
  /** SHA-512 of the body. */
  bodyHash: Uint8Array | undefined;
  certificate: string;
  signedAt: Date;
}

const ds = "http://www.w3.org/2000/09/xmldsig#";
const xades = "http://uri.etsi.org/01903/v1.3.2#";
const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
const sha512Name = "http://www.w3.org/2001/04/xmlenc#sha512";
/** RFC 9231, 2.3.2 and 2.3.6: what the signer's key makes. */
const methods: Readonly<Record<string, string>> = {
  ec: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
  rsa: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
};

const sha512 = (bytes: Uint8Array | string): Buffer => createHash("sha512").update(bytes).digest();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
const digested = (hash: Uint8Array, declare = ""): string =>
  `<ds:DigestMethod${declare} Algorithm="${sha512Name}"></ds:DigestMethod>` + `<ds:DigestValue${declare}>${base64(hash)}</ds:DigestValue>`;

const encapsulated = (name: string, ders: readonly Uint8Array[]): string => ders.map((der) => `<${name}>${base64(der)}</${name}>`).join("");

interface Chain {
  ders: Buffer[];
  /** SHA-512 of the signer's certificate. */
  digest: Buffer;
  keyInfo: string;
  issuers: string;
  method: string;
}
// A process meets few signers, each thousands of times.
const read = new Map<string, Chain>();

/** Certificates of a PEM text in DER, the signer's first, and what signature files say of them. Throws when there is none. */
export function certificatesOf(pem: string): Chain {
  const known = read.get(pem);
  if (known) return known;
  const blocks = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)];
  const ders = blocks.map((block) => Buffer.from(block[1]!, "base64"));
  if (!ders[0]) throw new RangeError("no certificate");
  const kind = new X509Certificate(ders[0]).publicKey.asymmetricKeyType ?? "";
  const made = {
    ders,
    // of another kind no signature of ours fits, whatever is written here
    method: methods[kind] ?? methods.ec!,
    digest: sha512(ders[0]),
    keyInfo: `<ds:KeyInfo><ds:X509Data>${encapsulated("ds:X509Certificate", ders)}</ds:X509Data></ds:KeyInfo>`,
    issuers: encapsulated("xades:EncapsulatedX509Certificate", ders.slice(1)),
  };
  if (read.size >= 1000) read.clear();
  read.set(pem, made);
  return made;
}

/** The signed properties in exclusive canonical form: when, by which certificate, what kind of data. */
export function signedProperties(s: Signable): string {
  const own = ` xmlns:ds="${ds}"`;
  const format = (id: string, type: string) =>
    `<xades:DataObjectFormat ObjectReference="#${id}"><xades:MimeType>${type}</xades:MimeType></xades:DataObjectFormat>`;
  return (
    `<xades:SignedProperties xmlns:xades="${xades}" Id="signed-properties"><xades:SignedSignatureProperties>` +
    `<xades:SigningTime>${s.signedAt.toISOString()}</xades:SigningTime>` +
    `<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>${digested(certificatesOf(s.certificate).digest, own)}` +
    `</xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>` +
    `<xades:SignedDataObjectProperties>${format("message", "text/plain")}` +
    `${s.bodyHash ? format("attachment", "application/octet-stream") : ""}</xades:SignedDataObjectProperties></xades:SignedProperties>`
  );
}

function signedInfo(s: Signable, properties: string): string {
  const reference = (attributes: string, transforms: string, hash: Uint8Array) =>
    `<ds:Reference ${attributes}>${transforms}${digested(hash)}</ds:Reference>`;
  return (
    `<ds:SignedInfo xmlns:ds="${ds}"><ds:CanonicalizationMethod Algorithm="${exclusive}"></ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="${certificatesOf(s.certificate).method}"></ds:SignatureMethod>` +
    reference('Id="message" URI="/message.xml"', "", sha512(s.part)) +
    (s.bodyHash ? reference('Id="attachment" URI="/attachment1"', "", s.bodyHash) : "") +
    reference(
      'Type="http://uri.etsi.org/01903#SignedProperties" URI="#signed-properties"',
      `<ds:Transforms><ds:Transform Algorithm="${exclusive}"></ds:Transform></ds:Transforms>`,
      sha512(properties),
    ) +
    "</ds:SignedInfo>"
  );
}

/** The bytes the institution's key signs, with SHA-256: ECDSA P-256 handed out as r || s, or RSASSA-PKCS1-v1_5. */
export const toBeSigned = (s: Signable): Buffer => Buffer.from(signedInfo(s, signedProperties(s)), "utf8");

export interface Signed extends Signable {
  /** r || s of P-256, 64 bytes; or PKCS #1 v1.5 of RSA. */
  signature: Uint8Array;
  /** OCSP responses in DER on the signer's certificate. */
  ocsp: readonly Uint8Array[];
}

/** META-INF/signatures.xml of a container (ETSI EN 319 162-1, 4.3.3): the same signature with what a verifier needs beside it. */
export function signaturesXml(s: Signed): string {
  const { keyInfo, issuers } = certificatesOf(s.certificate);
  const properties = signedProperties(s);
  const statuses = encapsulated("xades:EncapsulatedOCSPValue", s.ocsp);
  const unsigned =
    (issuers && `<xades:CertificateValues>${issuers}</xades:CertificateValues>`) +
    (statuses && `<xades:RevocationValues><xades:OCSPValues>${statuses}</xades:OCSPValues></xades:RevocationValues>`);
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>' +
    `<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"><ds:Signature xmlns:ds="${ds}" Id="signature">` +
    `${signedInfo(s, properties)}<ds:SignatureValue Id="signature-value">${base64(s.signature)}</ds:SignatureValue>` +
    `${keyInfo}<ds:Object><xades:QualifyingProperties xmlns:xades="${xades}" Target="#signature">${properties}` +
    (unsigned &&
      `<xades:UnsignedProperties><xades:UnsignedSignatureProperties>${unsigned}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>`) +
    "</xades:QualifyingProperties></ds:Object></ds:Signature></asic:XAdESSignatures>"
  );
}
