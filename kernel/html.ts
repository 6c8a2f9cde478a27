/**
 * Server-side HTML as tagged templates. Everything interpolated is escaped unless it is `Html` already,
 * so a script in a name stays text. Arrays are joined; null, undefined and false print nothing.
 */
export type Html = { readonly html: string };
export type HtmlValue = Html | string | number | bigint | null | undefined | boolean | readonly HtmlValue[];

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const special = /[&<>"']/;

/** The five characters that matter in text and in quoted attributes (HTML Living Standard, 13.3). */
export function escapeHtml(text: string): string {
  return special.test(text) ? text.replace(/[&<>"']/g, (c) => escapes[c] as string) : text;
}

export function raw(trusted: string): Html {
  return { html: trusted };
}

function print(value: HtmlValue): string {
  if (value === null || value === undefined || value === false || value === true) return "";
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (Array.isArray(value)) {
    let out = "";
    for (const item of value) out += print(item as HtmlValue);
    return out;
  }
  return (value as Html).html;
}

export function html(parts: TemplateStringsArray, ...values: HtmlValue[]): Html {
  let out = parts[0] as string;
  for (let i = 0; i < values.length; i++) out += print(values[i]) + (parts[i + 1] as string);
  return { html: out };
}
