// The signed 2D code printed on an act: few enough bytes to print at 25 mm, complete enough to be checked without a network.
// The wire format is set out byte by byte in docs/guides/code2d.md; verify/code2d.mjs reads it without this file.
import { createHash } from "node:crypto";

export interface Code2dFields {
  /** Kind of act, a code of the procedure: 'criminal-record-3'. */
  type: string;
  /** Number of the act as printed. */
  number: string;
  /** Issue date, YYYY-MM-DD. */
  issued: string;
  /** Person concerned; cut with an ellipsis when too long for the code. */
  name?: string;
  /** YYYY-MM-DD; '00' for a month or day nobody knows. */
  birth?: string;
  /** Outcome as a code: 'none', 'entries', 'granted'. */
  conclusion?: string;
  /** Last day of validity, YYYY-MM-DD. */
  validUntil?: string;
  /** The short number typed at the verification page. */
  check?: string;
}

export interface ParsedCode2d {
  fields: Code2dFields;
  /** 16 hexadecimal digits naming the issuer's key. */
  keyId: string;
  /** What the signature covers. */
  signedBytes: Uint8Array;
  /** r || s, 64 bytes. */
  signature: Uint8Array;
}

export const CODE2D_MAX_BYTES = 350;
const MAGIC = [0x54, 0x31]; // 'T1'
const HEADER = 12;
const SIGNATURE = 64;
// A key may also seal PDF files: the prefix keeps a signature made for one use from serving the other.
const DOMAIN = new TextEncoder().encode("Toguna 2D code v1\0");
const EPOCH = Date.UTC(2000, 0, 1);
const DAY = 86_400_000;
const NAME_BYTES = 96;

const FIELD = {
  type: 1,
  number: 2,
  name: 3,
  birth: 4,
  conclusion: 5,
  validUntil: 6,
  check: 7,
} as const;
const CODE = /^[a-z0-9-]{1,32}$/;
const PRINTABLE = /^[!-~]{1,40}$/;
const CHECK = /^[0-9A-Z]{4,16}$/;

export class Code2dError extends Error {}
const refuse = (why: string): never => {
  throw new Code2dError(why);
};
const ascii = (pattern: RegExp, value: string, what: string): Uint8Array =>
  pattern.test(value) ? new TextEncoder().encode(value) : refuse(`${what} does not fit the code`);

/** Days since 2000-01-01 in two bytes: enough until 2179. */
const daysOf = (date: string): Uint8Array => {
  const at = Date.parse(`${date}T00:00:00Z`);
  const days = (at - EPOCH) / DAY;
  if (!Number.isInteger(days) || days < 0 || days > 0xffff || dateOf(days) !== date) refuse(`date ${date} does not fit the code`);
  return Uint8Array.of(days >> 8, days & 0xff);
};
const dateOf = (days: number): string => new Date(EPOCH + days * DAY).toISOString().slice(0, 10);

const birthBytes = (birth: string): Uint8Array => {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(birth) ?? refuse("birth date does not fit the code");
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year === 0 || month > 12 || day > 31 || (month === 0 && day !== 0)) refuse("birth date does not fit the code");
  return Uint8Array.of(year >> 8, year & 0xff, month, day);
};

/** The name as the code holds it: NFC, cut between characters, the cut shown by an ellipsis. */
export const code2dName = (name: string): string => {
  const whole = name.normalize("NFC").replace(/\s+/gu, " ").trim();
  const encoder = new TextEncoder();
  if (encoder.encode(whole).length <= NAME_BYTES) return whole;
  let kept = "";
  for (const { segment } of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(whole)) {
    if (encoder.encode(`${kept}${segment}…`).length > NAME_BYTES) break;
    kept += segment;
  }
  return `${kept}…`.normalize("NFC");
};

/** Names a key by its public point: the first 8 bytes of SHA-256(0x04 || x || y). */
export const code2dKeyId = (point: { x: Uint8Array; y: Uint8Array }): string =>
  createHash("sha256").update(Uint8Array.of(4)).update(point.x).update(point.y).digest("hex").slice(0, 16);

/** The body of the code, before its signature. */
export const code2dPayload = (keyId: string, fields: Code2dFields): Uint8Array => {
  if (!/^[0-9a-f]{16}$/.test(keyId)) refuse("key id is 16 hexadecimal digits");
  const parts: [number, Uint8Array][] = [
    [FIELD.type, ascii(CODE, fields.type, "type")],
    [FIELD.number, ascii(PRINTABLE, fields.number, "number")],
  ];
  const name = fields.name === undefined ? "" : code2dName(fields.name);
  if (name !== "") parts.push([FIELD.name, new TextEncoder().encode(name)]);
  if (fields.birth !== undefined) parts.push([FIELD.birth, birthBytes(fields.birth)]);
  if (fields.conclusion !== undefined) parts.push([FIELD.conclusion, ascii(CODE, fields.conclusion, "conclusion")]);
  if (fields.validUntil !== undefined) parts.push([FIELD.validUntil, daysOf(fields.validUntil)]);
  if (fields.check !== undefined) parts.push([FIELD.check, ascii(CHECK, fields.check, "check number")]);
  return Uint8Array.from([
    ...MAGIC,
    ...Buffer.from(keyId, "hex"),
    ...daysOf(fields.issued),
    ...parts.flatMap(([id, value]) => [id, value.length, ...value]),
  ]);
};

/** What the issuer's key signs (ECDSA P-256, SHA-256): the payload under its own prefix. */
export const code2dSignedBytes = (payload: Uint8Array): Uint8Array => Uint8Array.from([...DOMAIN, ...payload]);

/** Payload and signature joined as the text a QR code carries: `<origin>/v#<base64url>`. The part after # never reaches a server's log. */
export const code2dAttach = (origin: string, payload: Uint8Array, signature: Uint8Array): string => {
  if (signature.length !== SIGNATURE) refuse("the signature is r || s, 64 bytes");
  const whole = Buffer.concat([payload, signature]);
  if (whole.length > CODE2D_MAX_BYTES) refuse(`the code holds at most ${CODE2D_MAX_BYTES} bytes`);
  return `${origin.replace(/\/$/, "")}/v#${whole.toString("base64url")}`;
};

/** Payload, signature and text in one step; `sign` belongs to whoever holds the key. */
export const code2d = async (
  origin: string,
  keyId: string,
  fields: Code2dFields,
  sign: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<string> => {
  const payload = code2dPayload(keyId, fields);
  return code2dAttach(origin, payload, await sign(code2dSignedBytes(payload)));
};

const textOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("text is not UTF-8");
  }
};

/** Reads a scanned text. The signature is NOT checked here: see verifyCode2d. */
export const parseCode2d = (scanned: string): ParsedCode2d => {
  const text = scanned.trim().split("#").at(-1) ?? "";
  const bytes = new Uint8Array(Buffer.from(text, "base64url"));
  // One code has one spelling: a stray letter that decodes to the same bytes is refused too.
  if (Buffer.from(bytes).toString("base64url") !== text) refuse("not a code");
  if (bytes.length < HEADER + SIGNATURE || bytes.length > CODE2D_MAX_BYTES) refuse("not a code");
  if (bytes[0] !== MAGIC[0] || bytes[1] !== MAGIC[1]) refuse("unknown version");
  const payload = bytes.subarray(0, bytes.length - SIGNATURE);
  const values = new Map<number, Uint8Array>();
  let at = HEADER;
  let last = 0;
  while (at < payload.length) {
    const id = payload[at] ?? 0;
    const size = payload[at + 1] ?? 0;
    const value = payload.subarray(at + 2, at + 2 + size);
    if (id <= last || id > FIELD.check || size === 0 || value.length !== size) refuse("fields are malformed");
    values.set(id, value);
    last = id;
    at += 2 + size;
  }
  const keyId = Buffer.from(payload.subarray(2, 10)).toString("hex");
  const fields = fieldsOf(values, payload);
  // Whatever reads must write the same bytes: no second spelling of the same content.
  if (Buffer.compare(code2dPayload(keyId, fields), payload) !== 0) refuse("fields are malformed");
  return {
    fields,
    keyId,
    signedBytes: code2dSignedBytes(payload),
    signature: bytes.subarray(bytes.length - SIGNATURE),
  };
};

const two = (bytes: Uint8Array | undefined): number =>
  bytes?.length === 2 ? (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0) : refuse("fields are malformed");

const fieldsOf = (values: Map<number, Uint8Array>, payload: Uint8Array): Code2dFields => {
  const string = (id: number): string | undefined => {
    const value = values.get(id);
    return value === undefined ? undefined : textOf(value);
  };
  const fields: Code2dFields = {
    type: string(FIELD.type) ?? refuse("no type"),
    number: string(FIELD.number) ?? refuse("no number"),
    issued: dateOf(two(payload.subarray(10, 12))),
  };
  const birth = values.get(FIELD.birth);
  const validUntil = values.get(FIELD.validUntil);
  const [name, conclusion, check] = [string(FIELD.name), string(FIELD.conclusion), string(FIELD.check)];
  if (name !== undefined) fields.name = name;
  if (birth !== undefined) {
    if (birth.length !== 4) refuse("fields are malformed");
    const pad = (n: number | undefined, size: number): string => String(n ?? 0).padStart(size, "0");
    fields.birth = `${pad(two(birth.subarray(0, 2)), 4)}-${pad(birth[2], 2)}-${pad(birth[3], 2)}`;
  }
  if (conclusion !== undefined) fields.conclusion = conclusion;
  if (validUntil !== undefined) fields.validUntil = dateOf(two(validUntil));
  if (check !== undefined) fields.check = check;
  return fields;
};
