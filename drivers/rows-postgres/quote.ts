/** The statement: names quoted, values never in it. */
import type { Condition, RowsQuestion } from "#exchange/ports";

/** PostgreSQL cuts longer names silently: another column could answer. */
export function quoted(name: string): string {
  if (name === "" || name.includes("\0") || Buffer.byteLength(name) > 63) throw new RangeError("not a name of PostgreSQL");
  return `"${name.replaceAll('"', '""')}"`;
}

/** One character more than allowed is read, so that a longer cell is seen and not cut. */
export function statement(q: Pick<RowsQuestion, "schema" | "table" | "columns" | "where" | "limit" | "cellLimit">): {
  text: string;
  values: string[];
} {
  if (q.where.length === 0) throw new RangeError("a question without a condition asks for everything");
  const whole = (n: number): number => {
    if (!Number.isSafeInteger(n) || n < 0) throw new RangeError("not a whole number");
    return n;
  };
  const cell = (name: string) => `pg_catalog.left(${quoted(name)}::pg_catalog.text, ${whole(q.cellLimit + 1)})`;
  const text =
    `select ${q.columns.map(cell).join(", ")} from ${quoted(q.schema ?? "public")}.${quoted(q.table)}` +
    ` where ${q.where.map(condition).join(" and ")} limit ${whole(q.limit)}`;
  return { text, values: q.where.map((c) => c.value) };
}

/** Text keeps the column's own type, so that its index serves; the others are said, so that a text column does not match by accident. */
const condition = (c: Condition, i: number): string => {
  const type = { text: "", number: "::pg_catalog.numeric", date: "::pg_catalog.date", boolean: "::pg_catalog.bool" }[c.type];
  return `${quoted(c.column)} = $${i + 1}${type}`;
};
