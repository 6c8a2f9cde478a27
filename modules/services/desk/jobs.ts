/** The search of a register on behalf of the office: every question through the exchange, every person found kept for review. */
import { type Context, type JobContext, type Static, sweep, unavailable } from "#kernel";
import { ask, offer, type Question, subsystemOf } from "#exchange";
import { subjectOf } from "../cases/access.ts";
import { type CaseRow, lockCase, stuck, takeOverdue } from "../cases/store.ts";
import { definitionOf } from "../catalogue/definitions.ts";
import type { Procedure, Search } from "../catalogue/procedure.ts";
import { queryOf, rowsIn } from "../evidence/question.ts";
import { valueAt } from "../forms/expression.ts";
import * as facts from "../facts.ts";
import { fetchEvidence, forgetCase, issueAct, printReceipt, searchRegisterJob } from "../jobs.ts";
import { providerOf } from "../offices.ts";
import { compare } from "./rules.ts";
import { forgetOthers, insertCandidate, saveSearch, searchOf } from "./store.ts";

interface Open {
  round: number;
  questions: Question[];
}

interface Found {
  rows: Record<string, unknown>[];
  exchanges: string[];
  /** A person is searching the sheets. */
  requests: string[];
  expectedBy: Date | null;
}

export async function runSearchRegister(j: JobContext, { number }: Static<(typeof searchRegisterJob)["data"]>): Promise<void> {
  const open = await j.transaction((ctx) => begin(ctx, number));
  if (!open) return;
  const found: Found = { rows: [], exchanges: [], requests: [], expectedBy: null };
  let failed = open.questions.length === 0;
  for (const question of open.questions) {
    const answer = await ask(j, question);
    found.exchanges.push(answer.exchangeId);
    if (answer.outcome === "unavailable" && !j.lastAttempt) throw unavailable({ retryAfter: answer.retryAfter });
    if (answer.outcome === "pending-person") {
      found.requests.push(answer.requestId);
      found.expectedBy = answer.expectedBy;
      continue;
    }
    const rows = answer.outcome === "answered" && answer.status === 200 ? rowsIn(answer.body) : undefined;
    // half a search is no search: a person must not be cleared by a register that did not answer
    if (rows) found.rows.push(...rows);
    else failed = true;
  }
  await j.transaction((ctx) => settle(ctx, number, open.round, found, failed));
}

async function begin(ctx: Context, number: string): Promise<Open | undefined> {
  const row = await lockCase(ctx, number);
  const s = row && (await searchOf(ctx, row.id));
  if (!row || s?.state !== "asked") return undefined;
  const procedure = await definitionOf(ctx, row);
  if (!procedure.search) return undefined;
  return { round: s.round, questions: await questionsOf(ctx, row, procedure, procedure.search, s.round, s.askedBy) };
}

async function questionsOf(
  ctx: Context,
  row: CaseRow,
  procedure: Procedure,
  search: Search,
  round: number,
  by: string,
): Promise<Question[]> {
  const values = { ...row.answers, ...row.known };
  const holder = await providerOf(ctx, search.provider, values, row.institution ?? undefined);
  const offered = holder ? await offer(ctx, { institution: holder, service: search.service }) : undefined;
  const service = offered?.service;
  const client = await subsystemOf(ctx, { institution: row.institution ?? procedure.asksFor });
  if (!service || !client) {
    ctx.log.warn({ case: row.number, holder, service, client }, "the register cannot be searched");
    return [];
  }
  const questions: Question[] = [];
  for (const [i, asked] of (offered?.kind === "person" ? [search.queryByHand] : search.queries).entries()) {
    const query = await queryOf(ctx, row, asked, search.purpose, values);
    if (!query) return [];
    questions.push({
      client,
      service,
      query,
      purpose: search.purpose,
      person: row.person,
      userId: by,
      issue: row.number,
      idempotencyKey: `${row.number}:search:${round}:${i}`,
    });
  }
  return questions;
}

async function settle(ctx: Context, number: string, round: number, found: Found, failed: boolean): Promise<void> {
  const row = await lockCase(ctx, number);
  const s = row && (await searchOf(ctx, row.id));
  if (!row || s?.state !== "asked" || s.round !== round) return;
  const { search } = await definitionOf(ctx, row);
  if (!search) return;
  if (found.requests.length > 0 && !failed) {
    await saveSearch(ctx, row.id, { ...s, exchanges: found.exchanges, requests: found.requests, expectedBy: found.expectedBy });
    return;
  }
  const applicant = { ...row.answers, ...row.known };
  // the same person found by two questions is one candidate
  const byReference = new Map(found.rows.map((r, i) => [String(valueAt(r, search.reference) ?? `row-${i}`), r]));
  let kept = 0;
  if (!failed)
    for (const [reference, person] of byReference) {
      const { score } = compare(search, applicant, person);
      if (score < search.least) continue;
      kept += 1;
      await insertCandidate(ctx, row.id, round, { id: ctx.ids.uuid(), reference, score, row: person });
    }
  await saveSearch(ctx, row.id, {
    ...s,
    state: failed ? "failed" : "done",
    answeredAt: ctx.clock.now(),
    exchanges: found.exchanges,
    requests: [],
  });
  await ctx.record(facts.registerSearched, subjectOf(row), {
    round,
    found: kept,
    exchanges: found.exchanges,
    failed,
  });
}

/** The applicant may not touch the office's table of candidates: a job forgets for her. */
export async function runForgetCase(j: JobContext, { number }: Static<(typeof forgetCase)["data"]>): Promise<void> {
  await j.transaction(async (ctx) => {
    const row = await lockCase(ctx, number);
    if (row?.state === "abandoned") await forgetOthers(ctx, row.id);
  });
}

/** Nobody answered by hand in time: the search failed and may be asked again. */
export async function lapseSearch(ctx: Context, number: string): Promise<void> {
  const row = await lockCase(ctx, number);
  const s = row && (await searchOf(ctx, row.id));
  if (!row || s?.state !== "asked") return;
  await saveSearch(ctx, row.id, { ...s, state: "failed", answeredAt: ctx.clock.now(), requests: [] });
  await ctx.record(facts.registerSearched, subjectOf(row), { round: s.round, found: 0, exchanges: s.exchanges, failed: true });
}

const takeUp = { evidence: fetchEvidence, search: searchRegisterJob, signing: issueAct, receipt: printReceipt } as const;

/** Nothing waits for ever: every job below is harmless when it runs once too often. */
export const unstickSweep = sweep("services.unstick", { seconds: 60 }, (j) =>
  j.transaction(async (ctx) => {
    const tenMinutesAgo = new Date(ctx.clock.now().getTime() - 600_000);
    for (const s of await stuck(ctx, tenMinutesAgo)) await ctx.enqueue(takeUp[s.what], { number: s.number });
  }),
);

/** The legal delay of a case has passed: the record says so once, and the queue shows it. */
export const overdueSweep = sweep("services.overdue", { seconds: 30 }, (j) =>
  j.transaction(async (ctx) => {
    for (const c of await takeOverdue(ctx, ctx.clock.now()))
      await ctx.record(facts.caseOverdue, `case:${c.number}`, { institution: c.institution, due: c.dueAt.toISOString() });
  }),
);
