/** One move of a case: the rule, the clock, one statement, and the caller records the one fact. */
import type { Context } from "#kernel";
import type { Procedure } from "../catalogue/procedure.ts";
import { caseMoved, notNow } from "../problems.ts";
import { calendarOf } from "./calendar.ts";
import { clockAt, resume, stop, type Span } from "./clock.ts";
import { type Command, ended, move } from "./rules.ts";
import { type CaseRow, saveCase, spansOf } from "./store.ts";

export type Change = Partial<Omit<CaseRow, "id" | "number" | "version" | "state" | "known" | "spans" | "dueAt">>;

/** The caller read this version; somebody who read an older one must read again. */
export function sameVersion(row: CaseRow, version: number): void {
  if (row.version !== version) throw caseMoved();
}

export async function advance(ctx: Context, row: CaseRow, procedure: Procedure, command: Command, change: Change = {}): Promise<CaseRow> {
  const fee = change.fee ?? row.fee ?? 0;
  const outcome = (change.decision ?? row.decision)?.outcome;
  const next = move(row.state, command, { fee, ...(outcome ? { outcome } : {}) });
  if (!next) throw notNow();
  const now = ctx.clock.now();
  let spans: Span[] = spansOf(row);
  if (next.clock === "start" || next.clock === "resume") spans = resume(spans, now);
  if (next.clock === "stop") spans = stop(spans, now);
  const after: CaseRow = { ...row, ...change, version: row.version + 1, state: next.to, spans: written(spans) };
  if (next.clock === "start") after.submittedAt ??= now;
  if (next.clock) {
    const clock = spans.length > 0 ? clockAt(procedure.delay, spans, now, calendarOf(ctx.country)) : undefined;
    after.dueAt = clock?.dueAt ?? null;
    if (ended.has(next.to)) {
      after.endedAt = now;
      if (clock) {
        after.usedMinutes = Math.round((clock.total - clock.remaining) / 60_000);
        after.withinDelay = clock.remaining >= 0;
      }
    }
  }
  if (!(await saveCase(ctx, after, row.version))) throw caseMoved();
  return after;
}

/** A change that moves no state (a review, a saved draft): the version still counts it. */
export async function touch(ctx: Context, row: CaseRow, change: Change = {}): Promise<CaseRow> {
  const after: CaseRow = { ...row, ...change, version: row.version + 1 };
  if (!(await saveCase(ctx, after, row.version))) throw caseMoved();
  return after;
}

function written(spans: readonly Span[]): CaseRow["spans"] {
  return spans.map((s) => ({ from: s.from.toISOString(), ...(s.to ? { to: s.to.toISOString() } : {}) }));
}

export const moved = (row: CaseRow) => ({ number: row.number, version: row.version, state: row.state });
