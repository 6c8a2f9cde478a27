/**
 * The small language in which a procedure says "only if": data, never code, evaluated here and nowhere else.
 * A field that has no value makes every test on it false, so a condition never shows more than was answered.
 */
import { T, type Static } from "#kernel";

const Scalar = T.Union([T.String(), T.Number(), T.Boolean()]);
const field = T.String({ minLength: 1, maxLength: 80 });
const strict = { additionalProperties: false };

export const Condition = T.Cyclic(
  {
    Condition: T.Union([
      T.Object({ field, equals: Scalar }, strict),
      T.Object({ field, in: T.Array(Scalar, { minItems: 1 }) }, strict),
      T.Object({ field, includes: Scalar }, strict),
      T.Object({ field, present: T.Boolean() }, strict),
      T.Object({ field, atLeast: T.Union([T.Number(), T.String()]) }, strict),
      T.Object({ field, below: T.Union([T.Number(), T.String()]) }, strict),
      T.Object({ all: T.Array(T.Ref("Condition")) }, strict),
      T.Object({ any: T.Array(T.Ref("Condition")) }, strict),
      T.Object({ not: T.Ref("Condition") }, strict),
    ]),
  },
  "Condition",
);
export type Condition = Static<typeof Condition>;

/** What a computed field is made of; the result is a number, or nothing when a part is missing. */
export const Computation = T.Union([
  T.Object({ sum: T.Array(T.Union([field, T.Number()]), { minItems: 1 }) }, strict),
  T.Object({ product: T.Array(T.Union([field, T.Number()]), { minItems: 1 }) }, strict),
  T.Object({ count: field }, strict),
  /** Whole years between a date field and today. */
  T.Object({ age: field }, strict),
]);
export type Computation = Static<typeof Computation>;

export type Values = Readonly<Record<string, unknown>>;

/** The value at a dotted path (`birth.date`), own properties only. */
export function valueAt(values: Values, path: string): unknown {
  let at: unknown = Object.hasOwn(values, path) ? values[path] : undefined;
  if (at !== undefined) return at;
  at = values;
  for (const step of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}

export function holds(condition: Condition | undefined, values: Values): boolean {
  if (condition === undefined) return true;
  if ("all" in condition) return condition.all.every((one) => holds(one as Condition, values));
  if ("any" in condition) return condition.any.some((one) => holds(one as Condition, values));
  if ("not" in condition) return !holds(condition.not as Condition, values);
  const value = valueAt(values, condition.field);
  if ("present" in condition) return isPresent(value) === condition.present;
  if (!isPresent(value)) return false;
  if ("equals" in condition) return value === condition.equals;
  if ("in" in condition) return (condition.in as unknown[]).includes(value);
  if ("includes" in condition) return Array.isArray(value) && value.includes(condition.includes);
  if ("atLeast" in condition) return comparable(value, condition.atLeast) && value >= condition.atLeast;
  return comparable(value, condition.below) && value < condition.below;
}

export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}

function comparable(value: unknown, limit: string | number): value is string | number {
  return typeof value === typeof limit;
}

/** Every field a condition speaks of: the linter checks that they exist. */
export function fieldsOf(condition: Condition | undefined): string[] {
  if (condition === undefined) return [];
  if ("all" in condition) return condition.all.flatMap((one) => fieldsOf(one as Condition));
  if ("any" in condition) return condition.any.flatMap((one) => fieldsOf(one as Condition));
  if ("not" in condition) return fieldsOf(condition.not as Condition);
  return [condition.field];
}

export function compute(of: Computation, values: Values, today: string): number | undefined {
  if ("count" in of) {
    const list = valueAt(values, of.count);
    return Array.isArray(list) ? list.length : 0;
  }
  if ("age" in of) {
    const born = valueAt(values, of.age);
    return typeof born === "string" && /^\d{4}-\d\d-\d\d$/.test(born) ? wholeYears(born, today) : undefined;
  }
  const parts = "sum" in of ? of.sum : of.product;
  const numbers = parts.map((part) => (typeof part === "number" ? part : valueAt(values, part)));
  if (!numbers.every((n): n is number => typeof n === "number" && Number.isFinite(n))) return undefined;
  return "sum" in of ? numbers.reduce((a, b) => a + b, 0) : numbers.reduce((a, b) => a * b, 1);
}

/** Full years from one calendar day to another. Somebody born on 29 February is a year older on 1 March of common years. */
export function wholeYears(from: string, to: string): number {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  return to.slice(5) < from.slice(5) ? years - 1 : years;
}
