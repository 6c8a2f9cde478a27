/**
 * What two gateways hand each other at once, over a link or in a courier's file: signed messages, signed answers, signed
 * statements. Certificates travel once a parcel; what can be compressed is (zstd), what is packed already is not touched.
 * Nothing in a parcel is believed for having come in it: every part bears its institution's own signature.
 */
import { brotliDecompressSync, constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { headerValue, readPart } from "../protocol/header.ts";

export interface Part {
  part: string;
  signature: Buffer;
  serial: string;
  signedAt: Date;
  body: Buffer;
}
export interface Letter extends Part {
  exchange: string;
}
export interface AnswerLetter extends Part {
  exchange: string;
  by: "system" | "person";
  /** When the provider's side logged it. */
  at: Date;
}
export interface StatementLetter {
  id: string;
  clientInstitution: string;
  text: string;
  signature: Buffer;
  serial: string;
}
export interface Parcel {
  /** Serial number -> PEM, leaf first. */
  certificates: Record<string, string>;
  messages: Letter[];
  answers: AnswerLetter[];
  statements: StatementLetter[];
}

const magic = Buffer.from("EXP1");
/** Bytes of one parcel once unpacked: the largest message, and what goes with it. */
export const largestParcel = 10 * 1024 * 1024;
const most = 5000;
const codings = { none: 0, gzip: 1, br: 2, zstd: 3 } as const;

/** Already small: compressing it again costs time on both sides and gains nothing. */
export function isPacked(part: string): boolean {
  const headers = readPart(part)?.headers ?? [];
  const type = (headerValue(headers, "content-type") ?? "").toLowerCase();
  if (/^(image\/(?!svg|bmp)|audio\/|video\/)/.test(type) || /zip|compressed|7z|x-xz|bzip|zstd|officedocument|opendocument|pdf/.test(type))
    return true;
  const coding = headerValue(headers, "content-encoding");
  return coding !== undefined && coding.toLowerCase() !== "identity";
}

export const emptyParcel = (): Parcel => ({ certificates: {}, messages: [], answers: [], statements: [] });
export const isEmpty = (p: Parcel): boolean => p.messages.length + p.answers.length + p.statements.length === 0;

/** magic, coding, length of the packed section, packed section (length of the index, index, bodies), bodies that are packed already. */
export function writeParcel(p: Parcel, coding: "none" | "gzip" | "zstd" = "zstd"): Buffer {
  const plain: Buffer[] = [];
  const packed: Buffer[] = [];
  const part = (one: Part) => {
    const apart = isPacked(one.part);
    (apart ? packed : plain).push(one.body);
    return [one.part, one.signature.toString("base64"), one.serial, one.signedAt.toISOString(), one.body.length, apart ? 1 : 0];
  };
  const index = Buffer.from(
    JSON.stringify({
      certificates: p.certificates,
      messages: p.messages.map((m) => [m.exchange, ...part(m)]),
      answers: p.answers.map((a) => [a.exchange, a.by, a.at.toISOString(), ...part(a)]),
      statements: p.statements.map((s) => [s.id, s.clientInstitution, s.text, s.signature.toString("base64"), s.serial]),
    }),
  );
  const section = Buffer.concat([number(index.length), index, ...plain]);
  const pressed = coding === "zstd" ? zstdCompressSync(section) : coding === "gzip" ? gzipSync(section) : section;
  return Buffer.concat([magic, Buffer.of(codings[coding]), number(pressed.length), pressed, ...packed]);
}
function number(n: number): Buffer {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(n);
  return b;
}

/** Undefined for what no gateway of ours writes: cut short, too large, of another form, or a bomb. */
export function readParcel(bytes: Buffer): Parcel | undefined {
  try {
    if (bytes.length > largestParcel || bytes.length < 9 || !bytes.subarray(0, 4).equals(magic)) return undefined;
    const length = bytes.readUInt32BE(5);
    if (9 + length > bytes.length) return undefined;
    const section = unpack(bytes[4]!, bytes.subarray(9, 9 + length));
    if (!section || section.length < 4) return undefined;
    const end = 4 + section.readUInt32BE(0);
    if (end > section.length) return undefined;
    const bodies = [section.subarray(end), bytes.subarray(9 + length)] as const;
    const at = [0, 0];
    const index = record(JSON.parse(section.toString("utf8", 4, end)));
    const part = (fields: unknown[]): Part => {
      const [text, signature, serial, signedAt, size, apart] = fields;
      if (apart !== 0 && apart !== 1) throw unfit();
      const from = at[apart]!;
      at[apart] = from + whole(size);
      if (at[apart]! > bodies[apart].length) throw unfit();
      return {
        part: word(text, 64 * 1024),
        signature: base64(signature),
        serial: word(serial, 100),
        signedAt: date(signedAt),
        body: Buffer.from(bodies[apart].subarray(from, at[apart])),
      };
    };
    const parcel: Parcel = {
      certificates: certificates(index.certificates),
      messages: rows(index.messages, 7).map(([exchange, ...rest]) => ({ exchange: uuid(exchange), ...part(rest) })),
      answers: rows(index.answers, 9).map(([exchange, by, when, ...rest]) => ({
        exchange: uuid(exchange),
        by: by === "person" ? "person" : "system",
        at: date(when),
        ...part(rest),
      })),
      statements: rows(index.statements, 5).map(([id, client, text, signature, serial]) => ({
        id: uuid(id),
        clientInstitution: word(client, 200),
        text: word(text, 1024 * 1024),
        signature: base64(signature),
        serial: word(serial, 100),
      })),
    };
    // Bytes nobody accounts for could carry anything.
    return at[0] === bodies[0].length && at[1] === bodies[1].length ? parcel : undefined;
  } catch {
    return undefined;
  }
}

function unpack(coding: number, bytes: Buffer): Buffer | undefined {
  const o = { maxOutputLength: largestParcel };
  if (coding === codings.none) return bytes;
  if (coding === codings.gzip) return gunzipSync(bytes, o);
  if (coding === codings.br) return brotliDecompressSync(bytes, o);
  return coding === codings.zstd ? zstdDecompressSync(bytes, { ...o, params: { [constants.ZSTD_d_windowLogMax]: 27 } }) : undefined;
}

const unfit = (): Error => new Error("not a parcel of ours");
const check = <V>(value: unknown, fits: (v: V) => boolean): V => {
  if (!fits(value as V)) throw unfit();
  return value as V;
};
const word = (value: unknown, longest: number): string =>
  check<string>(value, (v) => typeof v === "string" && v.length > 0 && v.length <= longest && v.isWellFormed() && !v.includes("\0"));
const whole = (value: unknown): number => check<number>(value, (v) => Number.isSafeInteger(v) && v >= 0 && v <= largestParcel);
const uuid = (value: unknown): string =>
  check<string>(value, (v) => typeof v === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(v));
const base64 = (value: unknown): Buffer =>
  Buffer.from(
    check<string>(value, (v) => typeof v === "string" && /^[A-Za-z0-9+/]{20,2000}={0,2}$/.test(v)),
    "base64",
  );
const date = (value: unknown): Date =>
  new Date(
    check<string>(
      value,
      (v) => typeof v === "string" && /^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(v) && !Number.isNaN(Date.parse(v)),
    ),
  );

const record = (value: unknown): Record<string, unknown> =>
  check<Record<string, unknown>>(value, (v) => typeof v === "object" && v !== null && !Array.isArray(v));
const rows = (value: unknown, width: number): unknown[][] =>
  check<unknown[][]>(value, (v) => Array.isArray(v) && v.length <= most && v.every((row) => Array.isArray(row) && row.length === width));
const certificates = (value: unknown): Record<string, string> => {
  const pairs = check<[string, unknown][]>(Object.entries(record(value)), (v) => v.length <= 1000);
  return Object.fromEntries(pairs.map(([serial, pem]) => [word(serial, 100), word(pem, 20_000)]));
};
