/** What may leave of an institution's answer. */
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { keepFields, released } from "../access/fields.ts";
import { type Header, headerValue } from "../protocol/header.ts";
import { isJson } from "./signed.ts";

export interface Fit {
  status: number;
  reason: string;
  headers: readonly Header[];
  body: Buffer;
  /** Pointers of the values that leave. */
  fields: string[];
}

interface Raw {
  status: number;
  reason: string;
  headers: readonly Header[];
  body: Buffer;
}

/** Of an answer with restricted fields, nothing passes but those: no other header, no text, no error page. Undefined: unfit to pass. */
export function filtered(r: Raw, pointers: string[] | null, verbatim = false): Fit | undefined {
  const { status, reason } = r;
  const type = headerValue(r.headers, "content-type");
  const plain = decoded(r);
  if (!plain && !(verbatim && pointers === null)) return undefined;
  if (pointers === null) {
    if (!verbatim && plain !== r.body) return undefined;
    const value = plain && isJson(type) ? read(plain) : undefined;
    return { status, reason, headers: r.headers, body: r.body, fields: value === undefined ? [] : released(value) };
  }
  const nothing = { status, reason, headers: [], body: Buffer.alloc(0), fields: [] };
  if (status < 200 || status > 299 || !plain || plain.length === 0) return nothing;
  const value = isJson(type) ? read(plain) : undefined;
  if (value === undefined) return undefined;
  try {
    const kept = keepFields(value, pointers);
    return { ...nothing, headers: [["Content-Type", "application/json"]], body: Buffer.from(JSON.stringify(kept)), fields: released(kept) };
  } catch {
    // Nested so deep that walking it fails: nobody's honest answer.
    return undefined;
  }
}

/** A successful answer as a value, unpacked; undefined when it is not JSON. */
export function jsonOf(r: Raw): unknown {
  if (r.status < 200 || r.status > 299 || !isJson(headerValue(r.headers, "content-type"))) return undefined;
  const plain = decoded(r);
  return plain && plain.length > 0 ? read(plain) : undefined;
}

const longest = { maxOutputLength: 8 * 1024 * 1024 };
const decoders: Record<string, (body: Buffer) => Buffer> = {
  identity: (body) => body,
  gzip: (body) => gunzipSync(body, longest),
  deflate: (body) => inflateSync(body, longest),
  br: (body) => brotliDecompressSync(body, longest),
};

/** Fields can be told apart only in what is unpacked; undefined when it cannot be, or swells beyond what we hold. */
function decoded(r: Raw): Buffer | undefined {
  const coding = (headerValue(r.headers, "content-encoding") ?? "identity").trim().toLowerCase();
  if (r.body.length === 0) return r.body;
  try {
    return Object.hasOwn(decoders, coding) ? decoders[coding]!(r.body) : undefined;
  } catch {
    return undefined;
  }
}

function read(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch {
    return undefined;
  }
}
