import { createHash } from "node:crypto";

/** One SQL statement with its values apart. The name lets PostgreSQL keep its plan. */
export interface Sql {
  readonly kind: "sql";
  readonly parts: readonly string[];
  readonly values: readonly unknown[];
}

/** `sql` composes: an interpolated Sql is spliced in, anything else becomes a bound value. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  const parts: string[] = [strings[0] as string];
  const bound: unknown[] = [];
  values.forEach((value, i) => {
    const next = strings[i + 1] as string;
    if (isSql(value)) {
      parts[parts.length - 1] += value.parts[0] as string;
      parts.push(...value.parts.slice(1));
      bound.push(...value.values);
      parts[parts.length - 1] += next;
    } else {
      bound.push(value);
      parts.push(next);
    }
  });
  return { kind: "sql", parts, values: bound };
}

/** Text that is SQL already: an identifier or keyword chosen by our own code, never by a caller. */
export function rawSql(trusted: string): Sql {
  return { kind: "sql", parts: [trusted], values: [] };
}

export function joinSql(list: readonly Sql[], separator = ", "): Sql {
  return list.reduce((all, one, i) => (i === 0 ? one : sql`${all}${rawSql(separator)}${one}`), rawSql(""));
}

function isSql(value: unknown): value is Sql {
  return typeof value === "object" && value !== null && (value as Sql).kind === "sql";
}

const names = new Map<string, string>();

/** What `pg` takes: text with $1…, values, and a name by hash of the text (statements are planned once). */
export function compile(q: Sql): { text: string; values: unknown[]; name: string } {
  let text = q.parts[0] as string;
  for (let i = 1; i < q.parts.length; i++) text += `$${i}${q.parts[i] as string}`;
  let name = names.get(text);
  if (!name) {
    name = createHash("sha256").update(text).digest("base64url").slice(0, 22);
    if (names.size < 5000) names.set(text, name);
  }
  return { text, values: [...q.values], name };
}
