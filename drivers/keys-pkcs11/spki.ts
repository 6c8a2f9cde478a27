/** SubjectPublicKeyInfo of an RSA key (RFC 8017, A.1.1; RFC 3279, 2.3.1) from the two numbers a module shows. */
export function rsaSpki(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const key = tlv(0x30, integer(modulus), integer(exponent));
  return new Uint8Array(tlv(0x30, rsaEncryption, tlv(0x03, Buffer.from([0]), key)));
}

/** AlgorithmIdentifier rsaEncryption with its NULL. */
const rsaEncryption = Buffer.from("300d06092a864886f70d0101010500", "hex");

function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  if (first < 0) throw new RangeError("the PKCS#11 module shows an empty number");
  const short = Buffer.from(bytes.subarray(first));
  return tlv(0x02, ...(short[0]! & 0x80 ? [Buffer.from([0])] : []), short);
}

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const size =
    body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
