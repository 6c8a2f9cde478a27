import { malformed } from "../der/read.ts";

// Just enough of PDF's syntax (ISO 32000-1, 7.2 and 7.3) to find a value's extent: values stay the text
// they were, so that a rewritten dictionary repeats every byte we did not mean to change.

const blank = /[\0\t\n\f\r ]/;
const delimiter = /[()<>[\]{}/%]/;

export const skipBlanks = (text: string, at: number): number => {
  for (;;) {
    while (at < text.length && blank.test(text[at]!)) at++;
    if (text[at] !== "%") return at;
    while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
  }
};

const skipWord = (text: string, at: number): number => {
  const start = at;
  while (at < text.length && !blank.test(text[at]!) && !delimiter.test(text[at]!)) at++;
  if (at === start) throw malformed("PDF value");
  return at;
};

const skipString = (text: string, at: number): number => {
  for (let depth = 0; at < text.length; at++) {
    const c = text[at];
    if (c === "\\") at++;
    else if (c === "(") depth++;
    else if (c === ")" && --depth === 0) return at + 1;
  }
  throw malformed("PDF string");
};

const reference = /^\d{1,10}[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+R(?![A-Za-z0-9])/;

const deepest = 40;

/** The end of the value which starts at `at` (blanks already skipped). */
export const skipValue = (text: string, at: number, depth = 0): number => {
  if (depth > deepest) throw malformed("PDF nesting");
  const c = text[at];
  if (c === "(") return skipString(text, at);
  if (c === "/")
    return at + 1 < text.length && !blank.test(text[at + 1]!) && !delimiter.test(text[at + 1]!) ? skipWord(text, at + 1) : at + 1;
  if (c === "<" && text[at + 1] === "<") return readDict(text, at, depth).end;
  if (c === "<") {
    const end = text.indexOf(">", at);
    if (end < 0) throw malformed("PDF hexadecimal string");
    return end + 1;
  }
  if (c === "[") {
    at = skipBlanks(text, at + 1);
    while (text[at] !== "]") at = skipBlanks(text, skipValue(text, at, depth + 1));
    return at + 1;
  }
  const ref = reference.exec(text.slice(at, at + 24));
  return ref ? at + ref[0].length : skipWord(text, at);
};

export interface Dict {
  /** raw text of each value, by key without its slash */
  entries: Map<string, string>;
  /** where each value starts in the text */
  places: Map<string, number>;
  end: number;
}

export const readDict = (text: string, at: number, depth = 0): Dict => {
  if (text.slice(at, at + 2) !== "<<") throw malformed("PDF dictionary");
  const entries = new Map<string, string>();
  const places = new Map<string, number>();
  at = skipBlanks(text, at + 2);
  while (text[at] === "/") {
    const afterKey = skipWord(text, at + 1);
    const key = text.slice(at + 1, afterKey);
    // A key twice lets two readers see two documents.
    if (entries.has(key)) throw malformed("PDF key twice");
    const start = skipBlanks(text, afterKey);
    const end = skipValue(text, start, depth + 1);
    entries.set(key, text.slice(start, end));
    places.set(key, start);
    at = skipBlanks(text, end);
  }
  if (text.slice(at, at + 2) !== ">>") throw malformed("PDF dictionary");
  return { entries, places, end: at + 2 };
};

export const writeDict = (entries: ReadonlyMap<string, string>): string =>
  `<<\n${[...entries].map(([key, value]) => `/${key} ${value}\n`).join("")}>>`;

/** Members of an array, as raw text. */
export const readArray = (raw: string): string[] => {
  if (raw[0] !== "[") throw malformed("PDF array");
  const out: string[] = [];
  let at = skipBlanks(raw, 1);
  while (raw[at] !== "]") {
    const end = skipValue(raw, at);
    out.push(raw.slice(at, end));
    at = skipBlanks(raw, end);
  }
  return out;
};

/** The object number of `n 0 R`, or undefined for a direct value. */
export const refOf = (raw: string | undefined): number | undefined => {
  const match = raw && /^(\d{1,10})\s+0\s+R$/.exec(raw);
  return match ? Number(match[1]) : undefined;
};

/** A text string: ASCII as it is, anything else as UTF-16 (PDF 1.7 readers know no other way). */
export const textString = (value: string): string =>
  /^[\x20-\x7e]*$/.test(value)
    ? `(${value.replace(/[\\()]/g, "\\$&")})`
    : `<FEFF${[...Array(value.length).keys()]
        .map((i) => value.charCodeAt(i).toString(16).padStart(4, "0"))
        .join("")
        .toUpperCase()}>`;

export const readTextString = (raw: string | undefined): string | undefined => {
  if (raw?.startsWith("(")) {
    const bytes = Buffer.from(raw.slice(1, -1).replace(/\\([()\\])/g, "$1"), "latin1");
    return bytes[0] === 0xfe && bytes[1] === 0xff ? bytes.subarray(2).swap16().toString("utf16le") : bytes.toString("latin1");
  }
  if (!raw?.startsWith("<") || raw.startsWith("<<")) return undefined;
  const bytes = Buffer.from(raw.slice(1, -1), "hex");
  if (bytes[0] !== 0xfe || bytes[1] !== 0xff) return bytes.toString("latin1");
  return bytes.length % 2 === 0 ? Buffer.from(bytes.subarray(2)).swap16().toString("utf16le") : undefined;
};
