/** Thinking for connectors: what a cell says, what a question asks, whether a definition fits its service. No I/O. */
import type { FieldSpec } from "../pack.ts";
import type { Column, DateFormat, Definition, Parameter } from "./definition.ts";

// ---- values

const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
};
const order: Record<DateFormat, RegExp> = {
  "DD/MM/YYYY": /^(?<d>\d\d)\/(?<m>\d\d)\/(?<y>\d{4})$/,
  "DD-MM-YYYY": /^(?<d>\d\d)-(?<m>\d\d)-(?<y>\d{4})$/,
  "DD.MM.YYYY": /^(?<d>\d\d)\.(?<m>\d\d)\.(?<y>\d{4})$/,
  "MM/DD/YYYY": /^(?<m>\d\d)\/(?<d>\d\d)\/(?<y>\d{4})$/,
  "YYYY/MM/DD": /^(?<y>\d{4})\/(?<m>\d\d)\/(?<d>\d\d)$/,
  YYYYMMDD: /^(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)$/,
};

/** YYYY-MM-DD; a time of day is let go only where it is midnight. */
export function dayOf(text: string, format?: DateFormat): string | undefined {
  const iso = /^(\d{4}-\d\d-\d\d)(?:[ T]00:00(?::00(?:\.0+)?)?(?:Z|[+]00(?::?00)?)?)?$/.exec(text)?.[1];
  const parts = iso === undefined && format !== undefined ? order[format].exec(text)?.groups : undefined;
  const day = iso ?? (parts && `${parts.y}-${parts.m}-${parts.d}`);
  return day !== undefined && isDay(day) ? day : undefined;
}
const written = (day: string, format: DateFormat): string =>
  format.replace("YYYY", day.slice(0, 4)).replace("MM", day.slice(5, 7)).replace("DD", day.slice(8, 10));

/** One spelling a number: no sign of zero, no zeros in front or behind; at most 30 digits, 10 of them behind the point. */
export function decimalOf(text: string, sign: "," | "." = "."): string | undefined {
  const plain = sign === "," ? text.replace(/^([^,.]*),([^,.]*)$/, "$1.$2") : text;
  const [, minus, whole, fraction = ""] = /^(-?)(\d{1,20})(?:\.(\d{1,10}))?$/.exec(plain) ?? [];
  if (whole === undefined) return undefined;
  const digits = whole.replace(/^0+(?=\d)/, "");
  const rest = fraction.replace(/0+$/, "");
  const value = rest ? `${digits}.${rest}` : digits;
  return minus && value !== "0" ? `-${value}` : value;
}

const truths: Record<string, boolean> = { true: true, t: true, "1": true, false: false, f: false, "0": false };
const truthOf = (text: string): boolean | undefined => (Object.hasOwn(truths, text.toLowerCase()) ? truths[text.toLowerCase()] : undefined);

export type Value = string | number | boolean;

/** What a cell says as a value of the service's field; undefined when it does not fit. Empty cells are the caller's. */
export function cellValue(field: Pick<FieldSpec, "type" | "options">, column: Column, cell: string): Value | undefined {
  const text = column.values ? (Object.hasOwn(column.values, cell) ? column.values[cell]! : undefined) : cell;
  if (text === undefined) return undefined;
  switch (field.type ?? "text") {
    case "date":
      return dayOf(text, column.date);
    case "boolean":
      return truthOf(text);
    case "number": {
      const number = decimalOf(text, column.decimal);
      // JSON's readers hold 15 digits exactly; a longer number is text, and its field must say so.
      return number === undefined || number.replace(/\D/g, "").length > 15 ? undefined : Number(number);
    }
    case "choice":
      return field.options?.some((o) => o.value === text) ? text : undefined;
    default:
      return /(?![\t\n\r])\p{Cc}/u.test(text) || !text.isWellFormed() ? undefined : text;
  }
}

/** What is asked, in the one spelling it is compared in; undefined: not a value of that type. */
export function askedValue(p: Pick<Parameter, "type">, text: string): string | undefined {
  switch (p.type ?? "text") {
    case "date":
      return /^\d{4}-\d\d-\d\d$/.test(text) ? dayOf(text) : undefined;
    case "number":
      return decimalOf(text);
    case "boolean":
      return text === "true" || text === "false" ? text : undefined;
    default:
      return text !== "" && text.length <= 500 && !/\p{Cc}/u.test(text) && text.isWellFormed() && text === text.trim() ? text : undefined;
  }
}

/** What a cell of a parameter's column says, in the same spelling; undefined: nothing that can be asked for. */
export function comparedValue(p: Parameter, cell: string): string | undefined {
  const text = cell.trim();
  switch (p.type ?? "text") {
    case "date":
      return dayOf(text, p.date);
    case "number":
      return decimalOf(text);
    case "boolean":
      return truthOf(text)?.toString();
    default:
      return text === "" ? undefined : text;
  }
}

/** What is bound: a date as the column writes it. */
export const boundValue = (p: Parameter, asked: string): { type: "text" | "number" | "date" | "boolean"; value: string } =>
  p.type === "date" && p.date !== undefined ? { type: "text", value: written(asked, p.date) } : { type: p.type ?? "text", value: asked };

// ---- rows

export interface Plan {
  /** Each once; the first `columns.length` cells of a row in their order are found by `at`. */
  names: string[];
  columns: { column: Column; field: FieldSpec; at: number }[];
  parameters: { parameter: Parameter; at: number }[];
}

export function planOf(d: Definition, fields: readonly FieldSpec[]): Plan {
  const names = [...new Set([...d.columns.map((c) => c.column), ...d.parameters.map((p) => p.column)])];
  const byName = new Map(fields.map((f) => [f.name, f]));
  return {
    names,
    columns: d.columns.map((column) => ({ column, field: byName.get(column.field)!, at: names.indexOf(column.column) })),
    parameters: d.parameters.map((parameter) => ({ parameter, at: names.indexOf(parameter.column) })),
  };
}

export type CellFault = { column: string; fault: "missing" | "type" };

/** One line as the service answers it, or every cell that is not what the service promises. */
export function rowOf(plan: Plan, cells: readonly (string | null)[]): { row: Record<string, unknown> } | { faults: CellFault[] } {
  const faults: CellFault[] = [];
  const row: Record<string, unknown> = {};
  for (const { column, field, at } of plan.columns) {
    const cell = (cells[at] ?? "").normalize("NFC").trim();
    if (cell === "") {
      if (field.required) faults.push({ column: column.column, fault: "missing" });
      continue;
    }
    const value = cellValue(field, column, cell);
    if (value === undefined) faults.push({ column: column.column, fault: "type" });
    else place(row, field.name.split("."), value);
  }
  return faults.length > 0 ? { faults } : { row };
}

function place(row: Record<string, unknown>, names: readonly string[], value: Value): void {
  const [first, ...rest] = names as [string, ...string[]];
  if (rest.length === 0) row[first] = value;
  else place((row[first] ??= {}) as Record<string, unknown>, rest, value);
}

/** The parameters of a question, each in its one spelling; or why it is none. */
export function questionOf(
  d: Pick<Definition, "parameters">,
  query: Readonly<Record<string, string>>,
): { asked: Map<Parameter, string> } | { wrong: string } {
  const asked = new Map<Parameter, string>();
  const known = new Map(d.parameters.map((p) => [p.name, p]));
  for (const [name, text] of Object.entries(query)) {
    const parameter = known.get(name);
    const value = parameter && askedValue(parameter, text);
    if (!parameter || value === undefined) return { wrong: name.slice(0, 80) };
    asked.set(parameter, value);
  }
  const missing = d.parameters.find((p) => p.required && !asked.has(p));
  return missing ? { wrong: missing.name } : { asked };
}

/** A database may fold case, accents or blanks when it compares; what leaves is what was asked about, to the letter. */
export const isAsked = (plan: Plan, asked: ReadonlyMap<Parameter, string>, cells: readonly (string | null)[]): boolean =>
  plan.parameters.every(({ parameter, at }) => !asked.has(parameter) || comparedValue(parameter, cells[at] ?? "") === asked.get(parameter));

// ---- definitions

/** What is wrong with a definition for this service, in words for who writes it; empty when it fits. */
export function misfits(d: Definition, service: { fields: readonly FieldSpec[]; query: readonly { name: string }[] }): string[] {
  const fields = new Map(service.fields.map((f) => [f.name, f]));
  const twice = (names: readonly string[]) => [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  const published = new Set(service.query.map((q) => q.name));
  const named = d.columns.map((c) => c.field);
  const inner = named.filter((name) => named.some((other) => other.startsWith(`${name}.`)));
  return [
    ...named.filter((name) => !fields.has(name)).map((name) => `column for ${name}: the service has no such field`),
    ...twice(named).map((name) => `field ${name} is named twice`),
    ...inner.map((name) => `field ${name} cannot hold a value and other fields`),
    ...service.fields
      .filter((f) => f.required && !named.includes(f.name))
      .map((f) => `field ${f.name} is always answered, but no column holds it`),
    ...twice(d.parameters.map((p) => p.name)).map((name) => `parameter ${name} is named twice`),
    ...d.parameters.filter((p) => !published.has(p.name)).map((p) => `parameter ${p.name}: the service publishes no such parameter`),
    ...[...published]
      .filter((name) => !d.parameters.some((p) => p.name === name))
      .map((name) => `parameter ${name} of the service has no column`),
    ...(d.parameters.some((p) => p.required) ? [] : ["no parameter is required: anybody could ask for everything"]),
    ...d.columns.filter((c) => c.date && fields.get(c.field)?.type !== "date").map((c) => `field ${c.field} is not a date`),
    ...d.columns.filter((c) => c.decimal && fields.get(c.field)?.type !== "number").map((c) => `field ${c.field} is not a number`),
    ...d.parameters.filter((p) => p.date && p.type !== "date").map((p) => `parameter ${p.name} is not a date`),
  ];
}
