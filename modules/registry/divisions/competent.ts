import type { Context } from "#kernel";
import { common, dayWithin, nearest } from "./rules.ts";
import { chain, competencesOf, divisionById } from "./store.ts";

/**
 * The institution competent for a division: its own, else its nearest parent's. A division that ended is looked up in
 * the territory of its last day, under the competences of today; failing that, its successors answer if they agree.
 */
export async function competentInstitution(ctx: Context, kind: string, division: string, day: string): Promise<string | undefined> {
  const start = await divisionById(ctx, division);
  if (!start) return undefined;
  const up = (await chain(ctx, division, dayWithin(start, day))).map((d) => d.id);
  const found = nearest(up, await competencesOf(ctx, kind, up), day);
  if (found || start.successors.length === 0) return found;
  const heirs: (string | undefined)[] = [];
  for (const heir of start.successors) heirs.push(await competentInstitution(ctx, kind, heir, day));
  return common(heirs);
}
