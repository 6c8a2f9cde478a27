import { sql, type Context } from "#kernel";
import { caseColumns, type CaseRow } from "../cases/store.ts";
import type { deskViews } from "./schemas.ts";

export type DeskView = (typeof deskViews)[number];
export const pageSize = 50;

const conditions = (view: DeskView, account: string, now: Date) =>
  ({
    "to-take": sql`c.state = 'submitted'`,
    mine: sql`c.assignee = ${account} and c.state = 'in-instruction'`,
    "in-hand": sql`c.state = 'in-instruction'`,
    correction: sql`c.state = 'correction-requested'`,
    late: sql`c.due_at < ${now}`,
    "to-sign": sql`c.state in ('decided', 'signing')`,
    done: sql`c.ended_at is not null`,
    all: sql`true`,
  })[view];

export interface QueueAsk {
  institution: string;
  account: string;
  view: DeskView;
  procedure?: string | undefined;
  number?: string | undefined;
  page: number;
}

/** What presses comes first; what is over, or everything, newest first. Each order has its index. */
const orderOf = (view: DeskView) =>
  view === "done" ? sql`c.ended_at desc` : view === "all" ? sql`c.submitted_at desc` : sql`c.due_at nulls last, c.submitted_at, c.number`;

/** One more row than a page holds, to know whether there is more. */
export function queue(ctx: Context, q: QueueAsk): Promise<CaseRow[]> {
  return ctx.db.rows<CaseRow>(sql`
    select ${caseColumns} from services.case_file c
    where c.institution = ${q.institution} and c.submitted_at is not null and ${conditions(q.view, q.account, ctx.clock.now())}
      ${q.procedure ? sql`and c.procedure = ${q.procedure}` : sql``}
      ${q.number ? sql`and c.number = ${q.number}` : sql``}
    order by ${orderOf(q.view)}
    offset ${(q.page - 1) * pageSize} limit 51`);
}

export type Counts = Record<Exclude<DeskView, "all">, number>;

export function counts(ctx: Context, institution: string, account: string): Promise<Counts> {
  const now = ctx.clock.now();
  const month = new Date(now.getTime() - 30 * 86_400_000);
  const n = (view: DeskView) => sql`count(*) filter (where ${conditions(view, account, now)})::int`;
  return ctx.db.one<Counts>(sql`
    select ${n("to-take")} as "to-take", ${n("mine")} as mine, ${n("in-hand")} as "in-hand", ${n("correction")} as correction,
      ${n("late")} as late, ${n("to-sign")} as "to-sign",
      (select count(*)::int from services.case_file d
        where d.institution = ${institution} and d.ended_at > ${month} and d.submitted_at is not null) as done
    from services.case_file c
    where c.institution = ${institution} and c.submitted_at is not null
      and c.state in ('submitted', 'in-instruction', 'correction-requested', 'decided', 'signing')`);
}

// ---- the search of a register
export interface SearchRow {
  state: "asked" | "done" | "failed";
  round: number;
  askedAt: Date;
  askedBy: string;
  answeredAt: Date | null;
  exchanges: string[];
  requests: string[];
  expectedBy: Date | null;
}

export function searchOf(ctx: Context, caseId: string): Promise<SearchRow | undefined> {
  return ctx.db.maybe<SearchRow>(sql`
    select state, round, asked_at as "askedAt", asked_by as "askedBy", answered_at as "answeredAt", exchanges, requests,
      expected_by as "expectedBy"
    from services.register_search where case_id = ${caseId}`);
}

export async function saveSearch(ctx: Context, caseId: string, s: SearchRow): Promise<void> {
  await ctx.db.run(sql`
    insert into services.register_search (case_id, state, round, asked_at, asked_by, answered_at, exchanges, requests, expected_by)
    values (${caseId}, ${s.state}, ${s.round}, ${s.askedAt}, ${s.askedBy}, ${s.answeredAt}, ${s.exchanges}, ${s.requests}, ${s.expectedBy})
    on conflict (case_id) do update set state = excluded.state, round = excluded.round, asked_at = excluded.asked_at,
      asked_by = excluded.asked_by, answered_at = excluded.answered_at, exchanges = excluded.exchanges,
      requests = excluded.requests, expected_by = excluded.expected_by`);
}

export function caseBySearchRequest(ctx: Context, request: string): Promise<{ number: string } | undefined> {
  return ctx.db.maybe(sql`
    select c.number from services.register_search s join services.case_file c on c.id = s.case_id
    where s.requests @> ${[request]} and s.state = 'asked'`);
}

export interface CandidateRow {
  id: string;
  reference: string;
  score: number;
  row: Record<string, unknown>;
  verdict: "same-person" | "other-person" | null;
  reason: string | null;
  reviewedAt: Date | null;
}

/** Those of the latest search; earlier rounds stay as they were judged. */
export function candidatesOf(ctx: Context, caseId: string, round: number): Promise<CandidateRow[]> {
  return ctx.db.rows<CandidateRow>(sql`
    select id, reference, score, row, verdict, reason, reviewed_at as "reviewedAt"
    from services.candidate where case_id = ${caseId} and round = ${round} order by score desc, reference`);
}

export async function insertCandidate(
  ctx: Context,
  caseId: string,
  round: number,
  c: Pick<CandidateRow, "id" | "reference" | "score" | "row">,
): Promise<void> {
  await ctx.db.run(sql`
    insert into services.candidate (id, case_id, round, reference, score, row)
    values (${c.id}, ${caseId}, ${round}, ${c.reference}, ${c.score}, ${JSON.stringify(c.row)}::jsonb)
    on conflict (case_id, round, reference) do nothing`);
}

export async function judge(
  ctx: Context,
  caseId: string,
  v: { candidate: string; round: number; verdict: "same-person" | "other-person"; reason: string; by: string },
): Promise<boolean> {
  const rows = await ctx.db.run(sql`
    update services.candidate set verdict = ${v.verdict}, reason = ${v.reason}, reviewed_at = ${ctx.clock.now()}, reviewed_by = ${v.by}
    where id::text = ${v.candidate} and case_id = ${caseId} and round = ${v.round}`);
  return rows === 1;
}

/** Once a case is over, other people's records are forgotten; that they were compared, and why they were set aside, stays. */
export async function forgetOthers(ctx: Context, caseId: string): Promise<void> {
  await ctx.db.run(sql`
    update services.candidate set row = '{}'::jsonb where case_id = ${caseId} and verdict is distinct from 'same-person'`);
}
