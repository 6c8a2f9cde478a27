/** The words for what was handed over: a citizen reads "date of birth", not a pointer. */
import type { Text } from "#kernel";
import type { FieldSpec } from "../pack.ts";

export function labelsOf(pointers: readonly string[], fields: readonly FieldSpec[]): Text[] {
  const covered = (name: string) =>
    pointers.some((pointer) => {
      const tokens = pointer.split("/").slice(3);
      const names = name.split(".");
      return tokens.length <= names.length && tokens.every((token, i) => token === names[i]);
    });
  return fields.filter((f) => covered(f.name)).map((f) => f.label);
}
