/** Text as people and machines send it, brought to one form before anything looks at it. */
import type { Text } from "#kernel";
import { told, tooLong } from "./texts.ts";

export type Read<V = unknown> = { value: V } | { problem: Text };
export const wrong = (problem: Text): Read<never> => ({ problem });

// C0/C1 controls, bidirectional overrides and isolates, zero-width marks other than the joiners some scripts need
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]/u;
const loneSurrogate = /\p{Cs}/u;
/** More than four marks on one letter is decoration, not a language. */
const stacked = /\p{M}{5,}/u;

/** One line: NFC, one space between words, none at the ends, typographic apostrophe. */
export function oneLine(raw: unknown, max: number): Read<string> {
  return plain(raw, max, (s) => s.replace(/\s+/gu, " ").trim().replaceAll("'", "’"));
}

/** Several lines: NFC, line ends as \n, at most one empty line in a row. */
export function manyLines(raw: unknown, max: number): Read<string> {
  return plain(raw, max, (s) =>
    s
      .replace(/\r\n?/g, "\n")
      .replace(/[^\S\n]+/gu, " ")
      .replace(/ ?\n ?/g, "\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
  );
}

function plain(raw: unknown, max: number, tidy: (s: string) => string): Read<string> {
  const text = typeof raw === "number" && Number.isFinite(raw) ? String(raw) : raw;
  if (typeof text !== "string") return wrong(told.shape);
  // before normalising: NFC of a hostile megabyte is work we need not do (one character has at most a few code units)
  if (text.length > max * 4 + 200) return wrong(tooLong(max));
  // each step may uncover work for the other (a space before a combining mark): both are stable after the second round
  let tidied = tidy(text.normalize("NFC")).normalize("NFC");
  tidied = tidy(tidied);
  if (forbidden.test(tidied) || loneSurrogate.test(tidied)) return wrong(told.control);
  if (stacked.test(tidied)) return wrong(told.stacked);
  if ([...tidied].length > max) return wrong(tooLong(max));
  return { value: tidied };
}

/** Letters only, without case, accents, apostrophes or hyphens: how two spellings of a name are compared. */
export function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/œ/g, "oe")
    .replace(/æ/g, "ae")
    .replace(/ɛ/g, "e")
    .replace(/ɔ/g, "o")
    .replace(/ŋ/g, "n")
    .replace(/ɩ/g, "i")
    .replace(/ʋ/g, "u")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day of the Gregorian calendar between 1850 and 2199. */
export function isDay(text: string): boolean {
  const m = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!m) return false;
  const [year, month, day] = m.slice(1).map(Number) as [number, number, number];
  if (year < 1850 || year > 2199 || month < 1 || month > 12) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return day >= 1 && day <= (days[month - 1] as number) + leap;
}

/** `31/12/1990`, `31.12.1990`, `1990-12-31` or { day, month, year } to YYYY-MM-DD, YYYY-MM or YYYY. */
export function dateParts(raw: unknown): string | undefined {
  if (typeof raw === "object" && raw !== null && !Array.isArray(raw)) {
    const o = raw as Record<string, unknown>;
    if (Object.keys(o).some((k) => !["day", "month", "year"].includes(k))) return undefined;
    const part = (k: string): string => (typeof o[k] === "string" || typeof o[k] === "number" ? String(o[k]).trim() : "");
    const [d, m, y] = [part("day"), part("month"), part("year")];
    return y === "" ? undefined : dateParts(d !== "" ? `${d}/${m}/${y}` : m !== "" ? `${m}/${y}` : y);
  }
  if (typeof raw !== "string" || raw.length > 20) return undefined;
  const text = raw.trim();
  const iso = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text);
  if (iso) return text;
  const local = /^(?:(\d{1,2})[/. -])?(\d{1,2})[/. -](\d{4})$/.exec(text);
  if (!local) return undefined;
  const [, d, m, y] = local;
  const two = (s: string): string => s.padStart(2, "0");
  return d === undefined ? `${y}-${two(m as string)}` : `${y}-${two(m as string)}-${two(d)}`;
}
