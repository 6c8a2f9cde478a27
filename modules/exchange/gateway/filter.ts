/** What may leave of an institution's answer. */
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
export function filtered(r: Raw, pointers: string[] | null): Fit | undefined {
  const { status, reason } = r;
  const coding = headerValue(r.headers, "content-encoding");
  if (coding !== undefined && coding !== "identity") return undefined;
  const type = headerValue(r.headers, "content-type");
  if (pointers === null) {
    const value = isJson(type) ? read(r.body) : undefined;
    return { status, reason, headers: r.headers, body: r.body, fields: value === undefined ? [] : released(value) };
  }
  const nothing = { status, reason, headers: [], body: Buffer.alloc(0), fields: [] };
  if (status < 200 || status > 299 || r.body.length === 0) return nothing;
  const value = isJson(type) ? read(r.body) : undefined;
  if (value === undefined) return undefined;
  try {
    const kept = keepFields(value, pointers);
    return { ...nothing, headers: [["Content-Type", "application/json"]], body: Buffer.from(JSON.stringify(kept)), fields: released(kept) };
  } catch {
    // Nested so deep that walking it fails: nobody's honest answer.
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
