import { bits, type Der, int, oid, octets, printable, seq, setOf, tagged, time, utf8, yes, ecdsaSignature } from "../der/write.ts";
import { oids } from "../der/oids.ts";
import { schemeOf } from "./scheme.ts";

/** Signs a message as its key does (ports.ts) and hands back the raw signature; the key itself stays behind the keys port. */
export type Sign = (message: Uint8Array) => Promise<Uint8Array>;

export interface Name {
  country?: string;
  organization?: string;
  /** ETSI EN 319 412-1 identifier of an institution, e.g. "GOV<CC>-<code>" */
  organizationIdentifier?: string;
  unit?: string;
  /** a person's pseudonymous number in the certificate, never a civil identity number */
  serialNumber?: string;
  commonName: string;
}

const order = [
  ["country", oids.country],
  ["organization", oids.organization],
  ["organizationIdentifier", oids.organizationIdentifier],
  ["unit", oids.organizationalUnit],
  ["serialNumber", oids.serialNumber],
  ["commonName", oids.commonName],
] as const;

export const nameDer = (name: Name): Der =>
  seq(
    ...order.flatMap(([part, type]) => {
      const value = name[part];
      if (!value) return [];
      // RFC 5280: countryName and serialNumber are PrintableString, the rest UTF8String.
      return [setOf(seq(oid(type), part === "country" || part === "serialNumber" ? printable(value) : utf8(value)))];
    }),
  );

export interface Extension {
  id: string;
  critical?: boolean;
  value: Der;
}

export interface CertificateParts {
  serial: Uint8Array;
  issuer: Der;
  subject: Der;
  notBefore: Date;
  notAfter: Date;
  /** SubjectPublicKeyInfo */
  spki: Uint8Array;
  extensions: Extension[];
}

export const ecdsaWithSha256: Der = seq(oid(oids.ecdsaWithSha256));
export const sha256Algorithm: Der = seq(oid(oids.sha256));

/** SIGNED{} by a key of ours, which are P-256: certificates, CRLs and OCSP answers share this outer shape. */
export const signed = async (tbs: Der, sign: Sign, ...after: Der[]): Promise<Der> =>
  seq(tbs, ecdsaWithSha256, bits(ecdsaSignature(await sign(tbs))), ...after);

export const extensionsDer = (extensions: readonly Extension[]): Der =>
  seq(...extensions.map((e) => seq(oid(e.id), ...(e.critical ? [yes] : []), octets(e.value))));

export const buildCertificate = (parts: CertificateParts, sign: Sign): Promise<Der> =>
  signed(
    seq(
      tagged(0, int(2)),
      int(parts.serial),
      ecdsaWithSha256,
      parts.issuer,
      seq(time(parts.notBefore), time(parts.notAfter)),
      parts.subject,
      parts.spki,
      tagged(3, extensionsDer(parts.extensions)),
    ),
    sign,
  );

/** A request that an outside authority certify a key of ours (PKCS#10), signed as that key signs. */
export const buildRequest = async (subject: Name, spki: Uint8Array, sign: Sign): Promise<Der> => {
  const tbs = seq(int(0), nameDer(subject), spki, tagged(0));
  const { identifier, encoded } = schemeOf(spki);
  return seq(tbs, identifier, bits(encoded(await sign(tbs))));
};

/** 128 random bits as a positive serial number of constant length (RFC 5280 wants at most 20 bytes). */
export const serialFrom = (random: Uint8Array): Uint8Array => {
  const serial = Uint8Array.from(random.subarray(0, 16));
  if (serial.length !== 16) throw new RangeError("a serial number needs 16 random bytes");
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
};
