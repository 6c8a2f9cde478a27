import { sql, type Context } from "#kernel";
import type { Entry } from "./rules.ts";
import type { PaymentState } from "./schemas.ts";

export interface StoredLine {
  id: string;
  label: { fr: string; en: string };
  /** Institution id. */
  payee: string;
  payeeName?: { fr: string; en: string };
  amount: number;
}

export interface PaymentRow {
  id: string;
  reference: string;
  caseId: string;
  state: PaymentState;
  operator: string;
  phone: string;
  otp: string | null;
  amount: number;
  lines: StoredLine[];
  reason: string | null;
  operatorReference: string | null;
  createdAt: Date;
  askedAt: Date | null;
  settledAt: Date | null;
  received: number | null;
  polls: number;
  nextPollAt: Date | null;
  expiresAt: Date;
  refundWhy: string | null;
  refundReference: string | null;
  refundedAt: Date | null;
  refundTries: number;
  nextRefundAt: Date | null;
}

const columns = sql`
  p.id, p.reference, p.case_id as "caseId", p.state, p.operator, p.phone, p.otp, p.amount, p.lines, p.reason,
  p.operator_reference as "operatorReference", p.created_at as "createdAt", p.asked_at as "askedAt", p.settled_at as "settledAt",
  p.received, p.polls, p.next_poll_at as "nextPollAt", p.expires_at as "expiresAt", p.refund_why as "refundWhy",
  p.refund_reference as "refundReference", p.refunded_at as "refundedAt", p.refund_tries as "refundTries", p.next_refund_at as "nextRefundAt"`;

export async function insertPayment(ctx: Context, p: PaymentRow): Promise<void> {
  await ctx.db.run(sql`
    insert into services.payment (id, reference, case_id, state, operator, phone, otp, amount, lines, created_at, expires_at)
    values (${p.id}, ${p.reference}, ${p.caseId}, ${p.state}, ${p.operator}, ${p.phone}, ${p.otp}, ${p.amount},
      ${JSON.stringify(p.lines)}::jsonb, ${p.createdAt}, ${p.expiresAt})`);
}

export async function savePayment(ctx: Context, p: PaymentRow): Promise<void> {
  await ctx.db.run(sql`
    update services.payment set state = ${p.state}, otp = ${p.otp}, reason = ${p.reason}, operator_reference = ${p.operatorReference},
      asked_at = ${p.askedAt}, settled_at = ${p.settledAt}, received = ${p.received}, polls = ${p.polls}, next_poll_at = ${p.nextPollAt},
      refund_why = ${p.refundWhy}, refund_reference = ${p.refundReference}, refunded_at = ${p.refundedAt}, refund_tries = ${p.refundTries},
      next_refund_at = ${p.nextRefundAt}
    where id = ${p.id}`);
}

export function paymentsOf(ctx: Context, caseId: string): Promise<PaymentRow[]> {
  return ctx.db.rows<PaymentRow>(sql`select ${columns} from services.payment p where p.case_id = ${caseId} order by p.created_at`);
}

export function paymentByReference(ctx: Context, reference: string): Promise<PaymentRow | undefined> {
  return ctx.db.maybe<PaymentRow>(sql`select ${columns} from services.payment p where p.reference = ${reference}`);
}

/** The case is locked first by whoever calls: one order of locks everywhere. */
export function lockPayment(ctx: Context, id: string): Promise<PaymentRow | undefined> {
  return ctx.db.maybe<PaymentRow>(sql`select ${columns} from services.payment p where p.id = ${id} for update`);
}

export function caseOfPayment(ctx: Context, id: string): Promise<{ caseId: string } | undefined> {
  return ctx.db.maybe(sql`select case_id as "caseId" from services.payment where id = ${id}`);
}

export function duePolls(ctx: Context, now: Date): Promise<{ id: string }[]> {
  return ctx.db.rows(sql`select id from services.payment where next_poll_at <= ${now} order by next_poll_at limit 100`);
}

/** Payments that were never asked: their job is gone. */
export function unasked(ctx: Context, before: Date): Promise<{ id: string }[]> {
  return ctx.db.rows(sql`select id from services.payment where state = 'created' and created_at < ${before} limit 100`);
}

export function dueRefunds(ctx: Context, now: Date): Promise<{ id: string }[]> {
  return ctx.db.rows(sql`select id from services.payment where next_refund_at <= ${now} order by next_refund_at limit 50`);
}

/** Payments of an operator that a statement of that time may speak of. */
export function paymentByOperatorReference(ctx: Context, operator: string, operatorReference: string): Promise<{ id: string } | undefined> {
  return ctx.db.maybe(sql`
    select id from services.payment where operator = ${operator} and operator_reference = ${operatorReference} limit 1`);
}

export async function book(ctx: Context, b: { booking: string; payment: string; kind: string; entries: readonly Entry[] }): Promise<void> {
  await ctx.db.run(sql`
    insert into services.ledger_entry (booking, payment, kind, account, amount, at)
    select ${b.booking}, ${b.payment}, ${b.kind}, account, amount, ${ctx.clock.now()}
    from unnest(${b.entries.map((e) => e.account)}::text[], ${b.entries.map((e) => e.amount)}::bigint[]) as line (account, amount)`);
}

export function balances(ctx: Context): Promise<{ account: string; balance: number }[]> {
  return ctx.db.rows(sql`
    select account, sum(amount)::int as balance from services.ledger_entry group by account order by account`);
}

/** The next number of an institution's year. The row stays locked until the receipt is committed: no gap, no double. */
export async function nextReceipt(ctx: Context, institution: string, year: number): Promise<number> {
  const row = await ctx.db.one<{ last: number }>(sql`
    insert into services.receipt_counter (institution, year, last) values (${institution}, ${year}, 1)
    on conflict (institution, year) do update set last = services.receipt_counter.last + 1 returning last`);
  return row.last;
}

export interface ReceiptRow {
  institution: string;
  year: number;
  serial: number;
  caseId: string;
  payment: string;
  at: Date;
  total: number;
  lines: StoredLine[];
  file: string | null;
}

export async function insertReceipt(ctx: Context, r: ReceiptRow): Promise<void> {
  await ctx.db.run(sql`
    insert into services.receipt (institution, year, serial, case_id, payment, at, total, lines)
    values (${r.institution}, ${r.year}, ${r.serial}, ${r.caseId}, ${r.payment}, ${r.at}, ${r.total}, ${JSON.stringify(r.lines)}::jsonb)`);
}

export function receiptOf(ctx: Context, caseId: string): Promise<ReceiptRow | undefined> {
  return ctx.db.maybe<ReceiptRow>(sql`
    select institution, year, serial, case_id as "caseId", payment, at, total, lines, file from services.receipt where case_id = ${caseId}`);
}

export async function keepReceiptFile(ctx: Context, caseId: string, file: string): Promise<boolean> {
  return (await ctx.db.run(sql`update services.receipt set file = ${file} where case_id = ${caseId} and file is null`)) === 1;
}

export interface UnmatchedLine {
  operator: string;
  operatorReference: string;
  reference: string | null;
  amount: number;
  at: Date;
}

export async function keepUnmatched(ctx: Context, l: UnmatchedLine): Promise<void> {
  await ctx.db.run(sql`
    insert into services.unmatched (operator, operator_reference, reference, amount, at, seen_at)
    values (${l.operator}, ${l.operatorReference}, ${l.reference}, ${l.amount}, ${l.at}, ${ctx.clock.now()}) on conflict do nothing`);
}

export async function forgetUnmatched(ctx: Context, operator: string, operatorReference: string): Promise<void> {
  await ctx.db.run(sql`delete from services.unmatched where operator = ${operator} and operator_reference = ${operatorReference}`);
}

export function unmatchedLines(ctx: Context): Promise<UnmatchedLine[]> {
  return ctx.db.rows(sql`
    select operator, operator_reference as "operatorReference", reference, amount, at from services.unmatched order by at desc limit 200`);
}

/**
 * The operator's list past row-level security: no phone, no person. A function of the tables' owner gives these columns
 * and no others.
 */
export function reconciliation(ctx: Context, onlyFindings: boolean): Promise<ReconciliationRow[]> {
  return ctx.db.rows(sql`
    select reference, number, state, operator, amount, created_at as "createdAt", settled_at as "settledAt",
      operator_reference as "operatorReference", refund_why as "refundWhy", refunded_at as "refundedAt"
    from services.payments_to_reconcile(${onlyFindings})`);
}
export interface ReconciliationRow {
  reference: string;
  number: string;
  state: PaymentState;
  operator: string;
  amount: number;
  createdAt: Date;
  settledAt: Date | null;
  operatorReference: string | null;
  refundWhy: string | null;
  refundedAt: Date | null;
}
