/** The words for what was handed over: a citizen reads "date of birth", not a pointer. */
import type { Text } from "#kernel";
import { parsePointer } from "../access/fields.ts";
import type { FieldSpec } from "../pack.ts";

/** `pointers` are those of the values given (`/rows/.../birth/date`); a field covers all that lies under its name. */
export function labelsOf(pointers: readonly string[], fields: readonly FieldSpec[]): Text[] {
  const given = pointers.map((pointer) => (parsePointer(pointer) ?? []).slice(2).filter((token) => token !== "*"));
  return fields
    .filter((f) => {
      const names = f.name.split(".");
      return given.some((tokens) => names.every((name, i) => tokens[i] === name));
    })
    .map((f) => f.label);
}
