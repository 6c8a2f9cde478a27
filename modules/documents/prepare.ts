// From the caller's data to what a template reads: text made printable, the 2D code drawn, tables checked.
import { type Coverage, printable } from "./printable.ts";
import { qrSvg } from "./qr.ts";
import type { Table, TemplateName, Templates } from "./shapes.ts";

export interface Prepared {
  json: string;
  /** Characters that paper could not show. */
  replaced: string[];
}

/** Without the arms: a 10,000-character name is far below it, and even this sets in seconds. */
const MAX_TEXT = 250_000;

const walk = (value: unknown, covers: Coverage, replaced: Set<string>): unknown => {
  if (typeof value === "string") return printable(value, covers, replaced);
  if (Array.isArray(value)) return value.map((item) => walk(item, covers, replaced));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, walk(inner, covers, replaced)]),
  );
};

const tablesOf = (data: Templates[TemplateName]): (Table | undefined)[] => {
  if ("conclusion" in data) return [data.conclusion.table];
  if ("sections" in data) return data.sections.map((s) => s.table);
  return "table" in data ? [data.table] : [];
};

/** One short row would shift every cell after it into the wrong column. */
const checkTable = (table: Table | undefined): void => {
  if (table === undefined) return;
  const width = table.columns.length;
  const wrong = table.rows.some((row) => row.length !== width) || (table.widths ?? table.columns).length !== width;
  if (wrong || width === 0) throw new TypeError(`each row of the table needs ${width} cells`);
};

export const prepare = <N extends TemplateName>(data: Templates[N], covers: Coverage): Prepared => {
  for (const table of tablesOf(data)) checkTable(table);
  const replaced = new Set<string>();
  const { arms, ...head } = data.letterhead;
  const { code, ...verification } = data.verification;
  const clean = walk({ ...data, letterhead: head, verification }, covers, replaced) as Templates[N];
  const ready = {
    ...clean,
    // Typst knows languages by two or three letters and nothing else.
    lang: /^[a-z]{2,3}$/.test(data.lang) ? data.lang : "fr",
    letterhead: { ...clean.letterhead, ...(arms ? { arms } : {}) },
    verification: { ...clean.verification, ...(code ? { code: qrSvg(code) } : {}) },
  };
  const json = JSON.stringify(ready);
  // Nothing anyone prints is this long: a thread busy with it for minutes could not be stopped.
  if (json.length - (arms?.length ?? 0) > MAX_TEXT) throw new RangeError(`the data of a paper hold at most ${MAX_TEXT} characters`);
  return { json, replaced: [...replaced] };
};
