/** Cases, their evidence and their messages: the only SQL on these tables. Row-level security stands behind each query. */
import { sql, type Context } from "#kernel";
import type { Span } from "./clock.ts";
import type { CaseState, EvidenceState } from "./schemas.ts";

export type Answers = Record<string, unknown>;

export interface Correction {
  at: string;
  note?: string;
  fields: { path: string; message: string }[];
}
export interface Decision {
  outcome: "granted" | "refused";
  at: string;
  by: string;
  /** Account that signs. */
  signer?: string;
  signerRole?: string;
  conclusion?: "none" | "mentions";
  /** Entries of the register that stand on the act, as rows in French and English. */
  mentions?: { id: string; row: Record<string, unknown> }[];
  grounds?: string[];
  explanation?: string;
}

export interface CaseRow {
  id: string;
  number: string;
  version: number;
  state: CaseState;
  person: string;
  account: string;
  lang: string;
  procedure: string;
  procedureVersion: number;
  known: Answers;
  answers: Answers;
  createdAt: Date;
  authorisedAt: Date | null;
  institution: string | null;
  submittedAt: Date | null;
  spans: { from: string; to?: string }[];
  dueAt: Date | null;
  endedAt: Date | null;
  usedMinutes: number | null;
  withinDelay: boolean | null;
  corrections: number;
  assignee: string | null;
  fee: number | null;
  paidBy: string | null;
  correction: Correction | null;
  decision: Decision | null;
  signingProblem: string | null;
}

export const caseColumns = sql`
  c.id, c.number, c.version, c.state, c.person, c.account, c.lang, c.procedure, c.procedure_version as "procedureVersion",
  c.known, c.answers, c.created_at as "createdAt", c.authorised_at as "authorisedAt", c.institution, c.submitted_at as "submittedAt",
  c.spans, c.due_at as "dueAt", c.ended_at as "endedAt", c.used_minutes as "usedMinutes", c.within_delay as "withinDelay",
  c.corrections, c.assignee, c.fee, c.paid_by as "paidBy", c.correction, c.decision, c.signing_problem as "signingProblem"`;

export function spansOf(row: Pick<CaseRow, "spans">): Span[] {
  return row.spans.map((s) => ({ from: new Date(s.from), ...(s.to === undefined ? {} : { to: new Date(s.to) }) }));
}

/** False when the number is already taken. */
export async function insertCase(
  ctx: Context,
  c: Pick<CaseRow, "id" | "number" | "person" | "account" | "lang" | "procedure" | "procedureVersion" | "createdAt">,
): Promise<boolean> {
  const rows = await ctx.db.run(sql`
    insert into services.case_file (id, number, version, state, person, account, lang, procedure, procedure_version, created_at, moved_at)
    values (${c.id}, ${c.number}, 1, 'draft', ${c.person}, ${c.account}, ${c.lang}, ${c.procedure}, ${c.procedureVersion}, ${c.createdAt}, ${c.createdAt})
    on conflict (number) do nothing`);
  return rows === 1;
}

/** Counted no further than two hundred: the answer is only compared with a limit. */
export function countDrafts(ctx: Context, person: string): Promise<{ drafts: number }> {
  return ctx.db.one(sql`
    select count(*)::int as drafts from (
      select 1 from services.case_file where person = ${person} and state in ('draft', 'evidence') limit 200) d`);
}

/** A person's own case. The person is part of the question: an official's own cases are not her institution's. */
export function ownCase(ctx: Context, number: string, person: string): Promise<CaseRow | undefined> {
  return ctx.db.maybe<CaseRow>(sql`select ${caseColumns} from services.case_file c where c.number = ${number} and c.person = ${person}`);
}

export function officeCase(ctx: Context, number: string, institution: string): Promise<CaseRow | undefined> {
  return ctx.db.maybe<CaseRow>(sql`
    select ${caseColumns} from services.case_file c
    where c.number = ${number} and c.institution = ${institution} and c.submitted_at is not null`);
}

/** For jobs, locked: two jobs on one case take turns. */
export function lockCase(ctx: Context, number: string): Promise<CaseRow | undefined> {
  return ctx.db.maybe<CaseRow>(sql`select ${caseColumns} from services.case_file c where c.number = ${number} for update`);
}

export function lockCaseById(ctx: Context, id: string): Promise<CaseRow | undefined> {
  return ctx.db.maybe<CaseRow>(sql`select ${caseColumns} from services.case_file c where c.id = ${id} for update`);
}

export function ownCases(ctx: Context, person: string): Promise<CaseRow[]> {
  return ctx.db.rows<CaseRow>(sql`
    select ${caseColumns} from services.case_file c where c.person = ${person} order by c.created_at desc limit 200`);
}

/** The whole moving part of a case in one statement. False when somebody else was faster. `known` belongs to the evidence jobs. */
export async function saveCase(ctx: Context, c: CaseRow, before: number): Promise<boolean> {
  const rows = await ctx.db.run(sql`
    update services.case_file set
      version = ${c.version}, state = ${c.state}, moved_at = ${ctx.clock.now()}, idle_told_at = null, answers = ${JSON.stringify(c.answers)}::jsonb, authorised_at = ${c.authorisedAt},
      institution = ${c.institution}, submitted_at = ${c.submittedAt}, spans = ${JSON.stringify(c.spans)}::jsonb, due_at = ${c.dueAt},
      ended_at = ${c.endedAt}, used_minutes = ${c.usedMinutes}, within_delay = ${c.withinDelay}, corrections = ${c.corrections},
      assignee = ${c.assignee}, fee = ${c.fee}, paid_by = ${c.paidBy}, correction = ${c.correction === null ? null : JSON.stringify(c.correction)}::jsonb,
      decision = ${c.decision === null ? null : JSON.stringify(c.decision)}::jsonb, signing_problem = ${c.signingProblem}
    where id = ${c.id} and version = ${before}`);
  return rows === 1;
}

export async function saveKnown(ctx: Context, id: string, known: Answers): Promise<void> {
  await ctx.db.run(sql`update services.case_file set known = ${JSON.stringify(known)}::jsonb where id = ${id}`);
}

/** Cases whose due date passed and whose office was not yet told; each is told once. */
export function takeOverdue(ctx: Context, now: Date): Promise<{ number: string; institution: string; dueAt: Date }[]> {
  return ctx.db.rows(sql`
    update services.case_file set overdue_told = true
    where id in (select id from services.case_file where due_at is not null and not overdue_told and due_at < ${now} limit 200)
    returning number, institution, due_at as "dueAt"`);
}

/** Drafts nobody touched for long and whose owner was not yet told; each is told once a sleep. */
export function takeIdle(ctx: Context, before: Date): Promise<{ number: string }[]> {
  return ctx.db.rows(sql`
    update services.case_file set idle_told_at = ${ctx.clock.now()}
    where id in (select id from services.case_file where state in ('draft', 'evidence') and idle_told_at is null and moved_at < ${before} limit 200)
    returning number`);
}

/** Drafts whose owner was told and who did not come back. */
export function takeForgotten(ctx: Context, before: Date): Promise<{ number: string }[]> {
  return ctx.db.rows(sql`
    select number from services.case_file where state in ('draft', 'evidence') and idle_told_at < ${before} limit 200`);
}

/** What registers and the person said is erased; that there was a draft stays. */
export async function eraseCase(ctx: Context, id: string): Promise<void> {
  await ctx.db.run(sql`update services.case_file set known = '{}'::jsonb, answers = '{}'::jsonb where id = ${id}`);
  await ctx.db.run(sql`delete from services.evidence where case_id = ${id}`);
}

/** Work that should be under way and whose job is gone (a machine died in the last attempt): which job takes it up again. */
export function stuck(ctx: Context, before: Date): Promise<{ number: string; what: "evidence" | "search" | "signing" | "receipt" }[]> {
  return ctx.db.rows(sql`
    select c.number, 'evidence' as what from services.case_file c join services.evidence e on e.case_id = c.id
      where c.state = 'evidence' and e.state = 'asked' and e.asked_at < ${before}
    union select c.number, 'search' from services.case_file c join services.register_search s on s.case_id = c.id
      where s.state = 'asked' and s.asked_at < ${before} and cardinality(s.requests) = 0
    union select c.number, 'signing' from services.case_file c where c.state = 'signing' and c.moved_at < ${before}
    union select c.number, 'receipt' from services.case_file c join services.receipt r on r.case_id = c.id
      where r.file is null and r.at < ${before}
    limit 100`);
}

// ---- evidence
export interface EvidenceRow {
  requirement: string;
  state: EvidenceState;
  round: number;
  holder: string | null;
  askedAt: Date | null;
  expectedBy: Date | null;
  answeredAt: Date | null;
  answeredBy: "register" | "person" | null;
  exchange: string | null;
  request: string | null;
  row: Record<string, unknown> | null;
  note: string | null;
}

const evidenceColumns = sql`
  e.requirement, e.state, e.round, e.holder, e.asked_at as "askedAt", e.expected_by as "expectedBy", e.answered_at as "answeredAt",
  e.answered_by as "answeredBy", e.exchange, e.request, e.row, e.note`;

export function evidenceOf(ctx: Context, id: string): Promise<EvidenceRow[]> {
  return ctx.db.rows<EvidenceRow>(sql`select ${evidenceColumns} from services.evidence e where e.case_id = ${id}`);
}

export async function saveEvidence(ctx: Context, id: string, e: EvidenceRow): Promise<void> {
  await ctx.db.run(sql`
    insert into services.evidence (case_id, requirement, state, round, holder, asked_at, expected_by, answered_at, answered_by, exchange, request, row, note)
    values (${id}, ${e.requirement}, ${e.state}, ${e.round}, ${e.holder}, ${e.askedAt}, ${e.expectedBy}, ${e.answeredAt}, ${e.answeredBy},
      ${e.exchange}, ${e.request}, ${e.row === null ? null : JSON.stringify(e.row)}::jsonb, ${e.note})
    on conflict (case_id, requirement) do update set state = excluded.state, round = excluded.round, holder = excluded.holder,
      asked_at = excluded.asked_at, expected_by = excluded.expected_by, answered_at = excluded.answered_at, answered_by = excluded.answered_by,
      exchange = excluded.exchange, request = excluded.request, row = excluded.row, note = excluded.note`);
}

export function evidenceByRequest(ctx: Context, request: string): Promise<{ number: string; requirement: string } | undefined> {
  return ctx.db.maybe(sql`
    select c.number, e.requirement from services.evidence e join services.case_file c on c.id = e.case_id where e.request = ${request}`);
}

// ---- messages
export interface MessageRow {
  id: string;
  at: Date;
  side: "applicant" | "office";
  account: string;
  body: string;
}

export function messagesOf(ctx: Context, id: string): Promise<MessageRow[]> {
  return ctx.db.rows<MessageRow>(
    sql`select id, at, side, account, body from services.message where case_id = ${id} order by seq limit 500`,
  );
}

export async function insertMessage(ctx: Context, id: string, m: MessageRow): Promise<void> {
  await ctx.db.run(sql`
    insert into services.message (id, case_id, at, side, account, body) values (${m.id}, ${id}, ${m.at}, ${m.side}, ${m.account}, ${m.body})`);
}

export async function markSeen(ctx: Context, id: string, from: "applicant" | "office", at: Date): Promise<void> {
  await ctx.db.run(sql`update services.message set seen_at = ${at} where case_id = ${id} and side = ${from} and seen_at is null`);
}

export function unseen(ctx: Context, id: string, from: "applicant" | "office"): Promise<{ n: number }> {
  return ctx.db.one(sql`select count(*)::int as n from services.message where case_id = ${id} and side = ${from} and seen_at is null`);
}
