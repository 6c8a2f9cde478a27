/** The statement: names quoted, values never in it. */
import type { Condition, RowsQuestion } from "#exchange/ports";

/** A name with a blank at its end is not one of MySQL's. */
export function quoted(name: string): string {
  if (name === "" || name.includes("\0") || name.endsWith(" ") || [...name].length > 64) throw new RangeError("not a name of MySQL");
  return `\`${name.replaceAll("`", "``")}\``;
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
  const cell = (name: string) => `left(convert(${quoted(name)} using utf8mb4), ${whole(q.cellLimit + 1)})`;
  const table = q.schema === undefined ? quoted(q.table) : `${quoted(q.schema)}.${quoted(q.table)}`;
  const asked = q.where.map(condition);
  const text = `select ${q.columns.map(cell).join(", ")} from ${table} where ${asked.map((c) => c.text).join(" and ")} limit ${whole(q.limit)}`;
  return { text, values: asked.flatMap((c) => c.values) };
}

/** MySQL's collations take `a`, `A` and `á` for one: the index narrows by theirs, the second half compares to the letter. */
function condition(c: Condition): { text: string; values: string[] } {
  const name = quoted(c.column);
  switch (c.type) {
    case "number":
      return { text: `${name} = cast(? as decimal(30, 10))`, values: [c.value] };
    case "date":
      return { text: `${name} = cast(? as date)`, values: [c.value] };
    case "boolean":
      return { text: `${name} = cast(? as unsigned)`, values: [c.value === "true" ? "1" : "0"] };
    case "text":
      return {
        text: `(${name} = ? and convert(${name} using utf8mb4) collate utf8mb4_bin = ?)`,
        values: [c.value, c.value],
      };
  }
}
