/** Whose a name is. Members of other instances are known here by their identifier, which no institution of the registry can have. Pure. */
import { formatIdentifier, parseIdentifier } from "../protocol/identifier.ts";

/** `INSTANCE/CLASS/MEMBER` in the place of an institution: another instance's. */
export const isForeign = (institution: string): boolean => institution.includes("/");

/** The instance in an identifier of any length. */
export const instanceOf = (identifier: string): string => identifier.split("/", 1)[0]!;

/** Our one spelling, of that many parts, in that instance. */
export function isOf(instance: string, identifier: string, parts: 3 | 4 | 5): boolean {
  const read = parseIdentifier(identifier);
  return (
    read !== undefined && read.instance === instance && identifier.split("/").length === parts && formatIdentifier(read) === identifier
  );
}
