import { malformed } from "./problem.ts";
import type { Form } from "./page.ts";

/** application/x-www-form-urlencoded, at most 2,000 fields; a repeated name becomes a list. */
export function parseUrlEncoded(text: string): Form {
  const form: Form = Object.create(null);
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    if (++count > 2000) throw malformed();
    add(form, name, value);
  }
  return form;
}

export function add(form: Form, name: string, value: string): void {
  if (name === "__proto__" || name.length > 200) throw malformed();
  if (value.includes("\u0000"))
    throw malformed({ detail: { fr: "Un caractère interdit a été envoyé.", en: "A forbidden character was sent." } });
  const before = form[name];
  if (before === undefined) form[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else if (typeof before === "string") form[name] = [before, value];
}

/** What PostgreSQL cannot keep never reaches it: NUL, half a surrogate pair; nor what is nested deeper than anything of ours. */
export function refuseNul(value: unknown, depth = 0): void {
  if (depth > 64) throw malformed();
  if (typeof value === "string") {
    if (value.includes("\u0000") || !value.isWellFormed())
      throw malformed({ detail: { fr: "Un caractère interdit a été envoyé.", en: "A forbidden character was sent." } });
  } else if (value !== null && typeof value === "object") {
    for (const [k, v] of Object.entries(value)) {
      refuseNul(k, depth + 1);
      refuseNul(v, depth + 1);
    }
  }
}
