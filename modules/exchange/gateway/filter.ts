/** What may leave of an institution's answer. */
import { keepFields, released } from "../access/fields.ts";
import { type Header, headerValue } from "../protocol/header.ts";
import { isJson } from "./signed.ts";

export interface Fit {
  status: number;
  reason: string;
  headers: readonly Header[];
  body: Buffer;
  /** Pointers that released something. */
  fields: string[];
}

/** Of an answer with restricted fields, nothing passes but those: no other header, no text, no error page. */
export function filtered(
  r: { status: number; reason: string; headers: readonly Header[]; body: Buffer },
  pointers: string[] | null,
): Fit | undefined {
  const { status, reason } = r;
  const coding = headerValue(r.headers, "content-encoding");
  if (coding !== undefined && coding !== "identity") return undefined;
  if (pointers === null) return { status, reason, headers: r.headers, body: r.body, fields: r.body.length > 0 ? [""] : [] };
  const type: Header = ["Content-Type", "application/json"];
  if (status < 200 || status > 299) return { status, reason, headers: [], body: Buffer.alloc(0), fields: [] };
  if (r.body.length === 0) return { status, reason, headers: [], body: r.body, fields: [] };
  if (!isJson(headerValue(r.headers, "content-type"))) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(r.body));
  } catch {
    return undefined;
  }
  return {
    status,
    reason,
    headers: [type],
    body: Buffer.from(JSON.stringify(keepFields(value, pointers))),
    fields: released(value, pointers),
  };
}
