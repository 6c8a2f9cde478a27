/** A register of the outside world: rows, and the keys by which its owner lets it be searched. */
export type Row = Record<string, unknown>;

export interface Register {
  register: string;
  /** Institution id of whoever keeps it. */
  owner: string;
  /** Dotted names that may be searched. */
  keys: readonly string[];
  rows: readonly Row[];
  title?: { fr: string; en: string };
}

export type Search = { ok: true; rows: Row[]; fault: string | undefined } | { ok: false; why: "no-key" | "unknown-key"; key?: string };

/** People write a name in many ways: case, accents, hyphens and spaces do not count. */
export const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}+]+/gu, " ")
    .trim();

export function valueAt(row: Row, dotted: string): unknown {
  let at: unknown = row;
  for (const name of dotted.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Row)[name];
  }
  return at;
}

function holds(row: Row, key: string, wanted: string): boolean {
  const value = valueAt(row, key);
  const one = (v: unknown) => (typeof v === "string" || typeof v === "number") && fold(String(v)) === wanted;
  return Array.isArray(value) ? value.some(one) : one(value);
}

/** What starts with an underscore steers the simulation and is no data. */
const visible = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith("_")));

/** All the conditions together; never without one, so that nobody walks off with a register. */
export function search(register: Register, conditions: ReadonlyMap<string, string>): Search {
  if (conditions.size === 0) return { ok: false, why: "no-key" };
  for (const key of conditions.keys()) if (!register.keys.includes(key)) return { ok: false, why: "unknown-key", key };
  const wanted = [...conditions].map(([key, value]) => [key, fold(value)] as const);
  if (wanted.every(([, value]) => value === "")) return { ok: false, why: "no-key" };
  const found = register.rows.filter((row) => wanted.every(([key, value]) => holds(row, key, value)));
  const fault = found.map((row) => row["_fault"]).find((f) => typeof f === "string") as string | undefined;
  return { ok: true, rows: found.map(visible), fault };
}
