/** The words for what was handed over: a citizen reads "date of birth", not a pointer. */
import type { Text } from "#kernel";
import { parsePointer } from "../access/fields.ts";
import type { FieldSpec } from "../pack.ts";

const names = (pointer: string): string[] => (parsePointer(pointer) ?? []).filter((token) => token !== "*");

/** `pointers` are those of the values given (`/rows/.../birth/date`); a field covers all that lies under it, "" is the whole answer. */
export function labelsOf(pointers: readonly string[], fields: readonly FieldSpec[]): Text[] {
  if (pointers.includes("")) return fields.map((f) => f.label);
  const given = pointers.map(names);
  return fields
    .filter((f) => {
      const own = f.pointer === undefined ? ["rows", ...f.name.split(".")] : names(f.pointer);
      return given.some((tokens) => own.every((name, i) => tokens[i] === name));
    })
    .map((f) => f.label);
}
