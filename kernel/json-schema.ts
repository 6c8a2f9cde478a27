import { Check } from "typebox/schema";

/** Words of JSON Schema (2020-12) that can run away in time or lead elsewhere: not taken from strangers. */
const refused = [
  "$ref",
  "$dynamicRef",
  "$recursiveRef",
  "pattern",
  "patternProperties",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
];
const types = new Set(["null", "boolean", "object", "array", "number", "integer", "string"]);
const deepest = 16;

/** Why a JSON Schema somebody wrote cannot be used here: an English half-sentence; undefined when it can. */
export function schemaFault(schema: unknown, depth = 0): string | undefined {
  if (typeof schema === "boolean") return undefined;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return "a schema is an object";
  if (depth > deepest) return `it is nested deeper than ${deepest}`;
  const one = schema as Record<string, unknown>;
  for (const word of refused) if (Object.hasOwn(one, word)) return `${word} is not accepted here`;
  const named = one.type === undefined ? [] : Array.isArray(one.type) ? one.type : [one.type];
  for (const type of named) if (typeof type !== "string" || !types.has(type)) return "an unknown type is named";
  if (one.required !== undefined && !(Array.isArray(one.required) && one.required.every((name) => typeof name === "string")))
    return "required is a list of names";
  if (one.enum !== undefined && !Array.isArray(one.enum)) return "enum is a list";
  if (one.properties !== undefined && (typeof one.properties !== "object" || one.properties === null || Array.isArray(one.properties)))
    return "properties is an object";
  const below: unknown[] = Object.values((one.properties ?? {}) as object);
  for (const word of ["items", "additionalProperties", "not", "if", "then", "else", "contains"])
    if (one[word] !== undefined) below.push(one[word]);
  for (const word of ["allOf", "anyOf", "oneOf", "prefixItems"]) {
    if (one[word] === undefined) continue;
    if (!Array.isArray(one[word])) return `${word} is a list`;
    below.push(...(one[word] as unknown[]));
  }
  for (const next of below) {
    const fault = schemaFault(next, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

/** Does a value fit a schema in which `schemaFault` found nothing? */
export const fitsSchema = (schema: unknown, value: unknown): boolean => Check(schema as never, value);
