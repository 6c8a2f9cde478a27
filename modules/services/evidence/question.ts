/** What a question says, and what rows an answer holds. */
import type { Context } from "#kernel";
import { identityNumber } from "#identity";
import type { CaseRow } from "../cases/store.ts";
import type { Asked } from "../catalogue/procedure.ts";
import type { Answers } from "../forms/validate.ts";

/** The words of a question. The applicant's number leaves identity with a recorded read. */
export async function queryOf(
  ctx: Context,
  row: CaseRow,
  asked: readonly Asked[],
  purpose: string,
  values: Answers,
): Promise<Record<string, string> | undefined> {
  const query: Record<string, string> = {};
  for (const a of asked) {
    const value = a.from === "person" ? await identityNumber(ctx, row.person, purpose) : values[a.from.field];
    if (typeof value !== "string" || value === "") return undefined;
    query[a.name] = value;
  }
  return query;
}

/** Registers answer { rows: [...] }: none is unknown, several are homonyms a register must not confuse. */
export function rowsIn(body: unknown): Record<string, unknown>[] | undefined {
  const rows = typeof body === "object" && body !== null ? (body as { rows?: unknown }).rows : undefined;
  if (!Array.isArray(rows) || !rows.every((r) => typeof r === "object" && r !== null && !Array.isArray(r))) return undefined;
  return rows as Record<string, unknown>[];
}
