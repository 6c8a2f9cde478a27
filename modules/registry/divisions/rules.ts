/** Territory, pure: validity by day, and who is competent, the nearest division first. */

export interface Span {
  from?: string | null | undefined;
  until?: string | null | undefined;
}

/** Days compare as text; `until` is the last day. */
export function validOn(span: Span, day: string): boolean {
  return (!span.from || span.from <= day) && (!span.until || day <= span.until);
}

/** The day to climb from: an ended division is climbed on its last day, one not yet born on its first. */
export function dayWithin(span: Span, day: string): string {
  if (span.until && day > span.until) return span.until;
  if (span.from && day < span.from) return span.from;
  return day;
}

export interface Competence extends Span {
  division: string;
  institution: string;
}

/** The chain goes from the division itself up to the country; the first level with a valid competence decides. */
export function nearest(chain: readonly string[], competences: readonly Competence[], day: string): string | undefined {
  for (const division of chain) {
    const found = competences.filter((c) => c.division === division && validOn(c, day)).map((c) => c.institution);
    if (found.length) return found.toSorted()[0];
  }
  return undefined;
}

/** A divided territory is answered for by its successors, if they all name the same institution. */
export function common(found: readonly (string | undefined)[]): string | undefined {
  const [first] = found;
  return first !== undefined && found.every((one) => one === first) ? first : undefined;
}
