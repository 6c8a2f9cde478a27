// A DER writer of the few types X.509, CMS, RFC 3161 and RFC 6960 need. Written by hand because a
// sealed act needs four of these structures and generic ASN.1 object models cost more than the signature.

export type Der = Uint8Array;

export const concat = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  let size = 0;
  for (const part of parts) size += part.length;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

export const tlv = (tag: number, ...parts: Uint8Array[]): Der => {
  let size = 0;
  for (const part of parts) size += part.length;
  const width = size < 0x80 ? 0 : size < 0x100 ? 1 : size < 0x10000 ? 2 : size < 0x1000000 ? 3 : 4;
  const out = new Uint8Array(2 + width + size);
  out[0] = tag;
  if (width === 0) out[1] = size;
  else {
    out[1] = 0x80 | width;
    for (let i = 0, left = size; i < width; i++, left = Math.floor(left / 256)) out[1 + width - i] = left % 256;
  }
  let at = 2 + width;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

export const seq = (...parts: Der[]): Der => tlv(0x30, ...parts);

export const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

/** SET OF: DER sorts the members by their encoding; a signature over unsorted attributes does not verify elsewhere. */
export const setOf = (...parts: Der[]): Der => tlv(0x31, ...[...parts].sort(compareBytes));

/** An INTEGER from a number or from big-endian unsigned bytes (serial numbers, nonces, r and s). */
export const int = (value: number | Uint8Array): Der => {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError("only unsigned integers are written");
    const bytes: number[] = [];
    for (let left = value; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
    return int(Uint8Array.from(bytes.length > 0 ? bytes : [0]));
  }
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start++;
  const digits = value.subarray(start);
  return (digits[0] ?? 0) & 0x80 ? tlv(0x02, Uint8Array.of(0), digits) : tlv(0x02, digits.length > 0 ? digits : Uint8Array.of(0));
};

const oidCache = new Map<string, Der>();

export const oid = (dotted: string): Der => {
  const known = oidCache.get(dotted);
  if (known) return known;
  // BigInt, because arcs under 2.25 are 128-bit UUIDs.
  const [first = 0n, second = 0n, ...rest] = dotted.split(".").map(BigInt);
  const body: number[] = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const digits = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) digits.unshift(Number(left & 0x7fn) | 0x80);
    body.push(...digits);
  }
  const made = tlv(0x06, Uint8Array.from(body));
  oidCache.set(dotted, made);
  return made;
};

export const octets = (...parts: Uint8Array[]): Der => tlv(0x04, ...parts);
export const bits = (bytes: Uint8Array, unused = 0): Der => tlv(0x03, Uint8Array.of(unused), bytes);
export const yes: Der = tlv(0x01, Uint8Array.of(0xff));
export const nil: Der = tlv(0x05);
export const enumerated = (value: number): Der => tlv(0x0a, Uint8Array.of(value));

const text = new TextEncoder();
export const utf8 = (value: string): Der => tlv(0x0c, text.encode(value));
export const printable = (value: string): Der => tlv(0x13, text.encode(value));
export const ia5 = (value: string): Der => tlv(0x16, text.encode(value));

/** BIT STRING of named bits: DER drops trailing zero bits. */
export const namedBits = (positions: readonly number[]): Der => {
  const last = Math.max(...positions);
  const bytes = new Uint8Array(Math.floor(last / 8) + 1);
  for (const position of positions) bytes[position >> 3]! |= 0x80 >> (position & 7);
  return bits(bytes, 7 - (last & 7));
};

const stamp = (at: Date): string => at.toISOString().replace(/[-:T]|\.\d+/g, "");

/** GeneralizedTime in whole seconds: fractions are legal but several readers refuse them. */
export const generalTime = (at: Date): Der => tlv(0x18, text.encode(stamp(at)));

/** X.509 Time: UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
export const time = (at: Date): Der => (at.getUTCFullYear() < 2050 ? tlv(0x17, text.encode(stamp(at).slice(2))) : generalTime(at));

/** Context tag around whole values (EXPLICIT, or IMPLICIT over a constructed type). */
export const tagged = (n: number, ...parts: Der[]): Der => tlv(0xa0 | n, ...parts);
/** Context tag over a primitive type (IMPLICIT). */
export const taggedValue = (n: number, value: Uint8Array): Der => tlv(0x80 | n, value);

/** ECDSA-Sig-Value from the fixed r || s which keys hand out. */
export const ecdsaSignature = (raw: Uint8Array): Der => {
  const half = raw.length / 2;
  return seq(int(raw.subarray(0, half)), int(raw.subarray(half)));
};
