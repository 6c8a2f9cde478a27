// A strict DER reader: definite minimal lengths only, bounded depth by construction (each caller walks
// a known structure). What it meets comes from strangers: OCSP and time-stamp requests, uploaded PDFs.

export interface Item {
  tag: number;
  /** the whole encoding, header included: what gets hashed or compared */
  bytes: Uint8Array;
  body: Uint8Array;
}

/** Thrown for bytes which are not the structure expected; a parser's caller turns it into its protocol's refusal. */
export const malformed = (what: string): Error => Object.assign(new Error(`malformed: ${what}`), { code: "MALFORMED" });

export const isMalformed = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "MALFORMED";

/** Runs a parser of hostile bytes: `undefined` when malformed; every other error is a bug and goes up. */
export const attempt = <T>(parse: () => T): T | undefined => {
  try {
    return parse();
  } catch (error) {
    if (isMalformed(error)) return undefined;
    throw error;
  }
};

/** The first value of the bytes; what follows it is not looked at (a PDF pads its signatures with zeros). */
export const first = (bytes: Uint8Array): Item => {
  const tag = bytes[0];
  const short = bytes[1];
  if (tag === undefined || short === undefined) throw malformed("no value");
  if ((tag & 0x1f) === 0x1f) throw malformed("long tag");
  let length = short;
  let start = 2;
  if (short >= 0x80) {
    const width = short & 0x7f;
    if (width === 0 || width > 4) throw malformed("length");
    if (bytes.length < 2 + width) throw malformed("length");
    length = 0;
    for (let i = 0; i < width; i++) length = length * 256 + bytes[2 + i]!;
    if (length < 0x80 || length < 256 ** (width - 1)) throw malformed("length not minimal");
    start = 2 + width;
  }
  if (start + length > bytes.length) throw malformed("value cut short");
  return { tag, bytes: bytes.subarray(0, start + length), body: bytes.subarray(start, start + length) };
};

/** One value and nothing after it. */
export const whole = (bytes: Uint8Array): Item => {
  const item = first(bytes);
  if (item.bytes.length !== bytes.length) throw malformed("bytes after the value");
  return item;
};

export const children = (parent: Item): Item[] => {
  const out: Item[] = [];
  for (let rest = parent.body; rest.length > 0;) {
    const item = first(rest);
    out.push(item);
    rest = rest.subarray(item.bytes.length);
  }
  return out;
};

export const expect = (item: Item | undefined, tag: number, what: string): Item => {
  if (!item || item.tag !== tag) throw malformed(what);
  return item;
};

export const sequence = (item: Item | undefined, what: string): Item[] => children(expect(item, 0x30, what));

export const readOid = (item: Item | undefined): string => {
  const { body } = expect(item, 0x06, "object identifier");
  if (body.length === 0 || body.length > 64 || body[body.length - 1]! & 0x80) throw malformed("object identifier");
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of body) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if (byte & 0x80) continue;
    if (arcs.length === 0) {
      const top = arc < 40n ? 0n : arc < 80n ? 1n : 2n;
      arcs.push(top, arc - top * 40n);
    } else arcs.push(arc);
    arc = 0n;
  }
  return arcs.join(".");
};

/** An unsigned INTEGER's bytes without the sign byte. */
export const readUnsigned = (item: Item | undefined, what = "integer"): Uint8Array => {
  const { body } = expect(item, 0x02, what);
  const [top, next] = body;
  if (top === undefined || top & 0x80) throw malformed(what);
  if (top === 0 && next !== undefined) {
    if (!(next & 0x80)) throw malformed(what);
    return body.subarray(1);
  }
  return body;
};

export const readSmall = (item: Item | undefined, what = "integer"): number => {
  const bytes = readUnsigned(item, what);
  if (bytes.length > 4) throw malformed(what);
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
};

export const readBool = (item: Item | undefined): boolean => {
  const { body } = expect(item, 0x01, "boolean");
  if (body.length !== 1 || (body[0] !== 0 && body[0] !== 0xff)) throw malformed("boolean");
  return body[0] === 0xff;
};

export const readBits = (item: Item | undefined): Uint8Array => {
  const { body } = expect(item, 0x03, "bit string");
  if (body.length === 0 || body[0]! > 7) throw malformed("bit string");
  return body.subarray(1);
};

const ascii = new TextDecoder("latin1");

export const readText = (item: Item): string => new TextDecoder("utf-8").decode(item.body);

/** UTCTime or GeneralizedTime, in Z; fractions of a second are read (others write them) and kept. */
export const readTime = (item: Item | undefined): Date => {
  const value = item && ascii.decode(item.body);
  const match = value && /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\.\d{1,6})?Z$/.exec(value);
  if (!item || !match || (match[1]!.length === 2) !== (item.tag === 0x17) || (item.tag !== 0x17 && item.tag !== 0x18))
    throw malformed("time");
  const [, y, mo, d, h, mi, s, fraction] = match;
  const year = item.tag === 0x18 ? y! : Number(y) < 50 ? `20${y}` : `19${y}`;
  const at = new Date(`${year}-${mo}-${d}T${h}:${mi}:${s}${fraction ? fraction.slice(0, 4).padEnd(4, "0") : ""}Z`);
  // A February 30th would silently become March 1st or 2nd: compare the day back.
  if (Number.isNaN(at.getTime()) || at.getUTCDate() !== Number(d)) throw malformed("time");
  return at;
};

/** r || s of fixed width from an ECDSA-Sig-Value. */
export const readEcdsa = (der: Uint8Array, width = 32): Uint8Array => {
  const [r, s, more] = sequence(whole(der), "signature");
  if (more) throw malformed("signature");
  const out = new Uint8Array(width * 2);
  for (const [i, part] of [readUnsigned(r), readUnsigned(s)].entries()) {
    if (part.length > width) throw malformed("signature");
    out.set(part, width * (i + 1) - part.length);
  }
  return out;
};

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
