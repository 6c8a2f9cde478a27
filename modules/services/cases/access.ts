/** Who is asking, and which case may be hers. */
import type { Context, OfficialCaller, PersonCaller } from "#kernel";
import type { Procedure } from "../catalogue/procedure.ts";
import { definitionOf } from "../catalogue/definitions.ts";
import { caseUnknown, personUnproven } from "../problems.ts";
import { readCaseNumber } from "./number.ts";
import { type CaseRow, officeCase, ownCase } from "./store.ts";

export interface Folder {
  row: CaseRow;
  procedure: Procedure;
}

export function personOf(ctx: Context): PersonCaller & { person: string } {
  const { caller } = ctx;
  if (caller.kind !== "person" || caller.person === null) throw personUnproven();
  return { ...caller, person: caller.person };
}

export function officialOf(ctx: Context): OfficialCaller {
  const { caller } = ctx;
  if (caller.kind !== "official") throw caseUnknown();
  return caller;
}

/** One's own case. Another's number and a number that does not exist get the same answer. */
export async function ownFolder(ctx: Context, number: string): Promise<Folder> {
  const { person } = personOf(ctx);
  const known = readCaseNumber(number);
  const row = known && (await ownCase(ctx, known, person));
  if (!row) throw caseUnknown();
  return { row, procedure: await definitionOf(ctx, row) };
}

/** A case of the official's institution. */
export async function officeFolder(ctx: Context, number: string): Promise<Folder> {
  const { institution } = officialOf(ctx);
  const known = readCaseNumber(number);
  const row = known && (await officeCase(ctx, known, institution));
  if (!row) throw caseUnknown();
  return { row, procedure: await definitionOf(ctx, row) };
}

export const subjectOf = (row: Pick<CaseRow, "number">): string => `case:${row.number}`;
