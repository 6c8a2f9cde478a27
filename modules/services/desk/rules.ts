/** Comparing a person found in a register with the applicant, and what the law lets stand on an extract. Pure. */
import { holds, valueAt } from "../forms/expression.ts";
import { folded } from "../forms/plain.ts";
import type { Search } from "../catalogue/procedure.ts";
import { trigramLikeness } from "../catalogue/search.ts";

type Row = Readonly<Record<string, unknown>>;
export type Alike = "same" | "near" | "different" | "unknown";

const textOf = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

/** Names: word order, accents and hyphens do not matter; a missing given name is near, not different. */
export function likeNames(a: string, b: string): Alike {
  const [x, y] = [folded(a), folded(b)];
  if (x === "" || y === "") return "unknown";
  const [p, q] = [new Set(x.split(" ")), new Set(y.split(" "))];
  const shared = [...p].filter((w) => q.has(w)).length;
  if (shared === p.size && shared === q.size) return "same";
  if (shared === Math.min(p.size, q.size)) return "near";
  return trigramLikeness(x, y) >= 0.5 ? "near" : "different";
}

/** Dates: one part wrong, or day and month exchanged, is near; a year alone is compared as a year. */
export function likeDates(a: string, b: string): Alike {
  if (a === "" || b === "") return "unknown";
  if (a === b) return "same";
  const [x, y] = [a.split("-"), b.split("-")];
  const length = Math.min(x.length, y.length);
  if (x.slice(0, length).join() === y.slice(0, length).join()) return "near";
  if (x.length < 3 || y.length < 3) return "different";
  if (x[0] === y[0] && x[1] === y[2] && x[2] === y[1]) return "near";
  const wrong = x.filter((part, i) => part !== y[i]).length;
  return wrong === 1 && Math.abs(Number(x[0]) - Number(y[0])) <= 1 ? "near" : "different";
}

export function likeCodes(a: string, b: string): Alike {
  if (a === "" || b === "") return "unknown";
  return a === b ? "same" : "different";
}

export interface Comparison {
  field: string;
  asked: string;
  found: string;
  alike: Alike;
}

/** Each trait the procedure compares, then one figure from 0 to 100 for sorting; a person decides, never the figure. */
export function compare(search: Pick<Search, "compare">, applicant: Row, found: Row): { score: number; matches: Comparison[] } {
  let got = 0;
  let most = 0;
  const matches = search.compare.map((c) => {
    const [asked, there] = [textOf(valueAt(applicant, c.field)), textOf(valueAt(found, c.from))];
    const alike = c.as === "name" ? likeNames(asked, there) : c.as === "date" ? likeDates(asked, there) : likeCodes(asked, there);
    if (alike !== "unknown") {
      most += c.weight;
      got += alike === "same" ? c.weight : alike === "near" ? c.weight * 0.5 : 0;
    }
    return { field: c.field, asked, found: there, alike };
  });
  return { score: most === 0 ? 0 : Math.round((got / most) * 100), matches };
}

export interface Entry {
  id: string;
  row: Row;
  /** Index of the rule that keeps it off the act; undefined when it stands. */
  withheldBy: number | undefined;
}

/** The entries of a person's record, each with the rule that withholds it, if any. */
export function entriesOf(search: Pick<Search, "entries">, found: Row): Entry[] {
  const list = valueAt(found, search.entries.from);
  if (!Array.isArray(list)) {
    // a sheet copied by hand: its words stand as they are, and only a person can say what the law withholds
    const { from, to } = search.entries.words;
    const words = textOf(valueAt(found, from)).trim();
    return words === "" ? [] : [{ id: words, row: { [to]: words }, withheldBy: undefined }];
  }
  return list.flatMap((one: unknown, i) => {
    if (typeof one !== "object" || one === null) return [];
    const row = one as Row;
    const by = search.entries.withheld.findIndex((rule) => holds(rule.when, row));
    return [{ id: textOf(valueAt(row, search.entries.id)) || String(i), row, withheldBy: by < 0 ? undefined : by }];
  });
}

export interface Judged {
  verdict: "same-person" | "other-person" | null;
  row: Row;
}

/** What would stand on the act, from those recognised as the applicant. */
export function mentionsOf(search: Pick<Search, "entries"> | undefined, candidates: readonly Judged[]): Entry[] {
  if (!search) return [];
  const all = candidates.filter((c) => c.verdict === "same-person").flatMap((c) => entriesOf(search, c.row));
  // one judgment may stand in two rows of a register: it is mentioned once
  return all.filter((e, i) => e.withheldBy === undefined && all.findIndex((o) => o.id === e.id) === i);
}
