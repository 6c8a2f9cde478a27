/** What a piece of news does to a payment and its case, in one transaction, whoever brought it. */
import type { Context } from "#kernel";
import { recordSubmitted } from "../cases/handlers.ts";
import { advance } from "../cases/moves.ts";
import { type CaseRow, lockCaseById } from "../cases/store.ts";
import { definitionOf } from "../catalogue/definitions.ts";
import * as facts from "../facts.ts";
import { notify, printReceipt } from "../jobs.ts";
import { receiptNumber, split } from "./fees.ts";
import { bookings, type Effect, hear, type Heard, nextPoll, open } from "./rules.ts";
import { book, caseOfPayment, insertReceipt, lockPayment, nextReceipt, type PaymentRow, savePayment } from "./store.ts";

/** Case first, payment second: the same order of locks everywhere, so that two answers at once take turns. */
export async function tell(ctx: Context, payment: string, heard: Heard): Promise<PaymentRow | undefined> {
  const of = await caseOfPayment(ctx, payment);
  const row = of && (await lockCaseById(ctx, of.caseId));
  const p = row && (await lockPayment(ctx, payment));
  if (!row || !p) return undefined;
  const before = p.state;
  const out = hear({ id: p.id, state: p.state, amount: p.amount, operator: p.operator }, heard, {
    paidBy: row.paidBy ?? undefined,
    awaitsPayment: row.state === "payment-pending",
  });
  if (out.state === before && out.effects.length === 0) return p;
  const now = ctx.clock.now();
  const after: PaymentRow = { ...p, state: out.state, reason: out.reason ?? (out.state === "paid" ? null : p.reason) };
  if (heard.what === "asking") Object.assign(after, { askedAt: now, nextPollAt: seconds(now, 30) });
  if (heard.what === "pending") Object.assign(after, { otp: null, operatorReference: heard.operatorReference ?? p.operatorReference });
  if (heard.what === "no-answer") after.nextPollAt = seconds(now, nextPoll(0) ?? 5);
  if (heard.what === "paid") Object.assign(after, { operatorReference: heard.operatorReference, settledAt: now, received: heard.amount });
  if (!open.has(out.state)) after.otp = null;
  // an expired attempt is still asked about, for a day: its money may come late. A settled one is not.
  if (out.state === "paid" || out.state === "failed" || out.state === "refunded") after.nextPollAt = null;
  for (const effect of out.effects) await carryOut(ctx, row, after, effect);
  await savePayment(ctx, after);
  if (out.state !== before)
    await ctx.record(facts.paymentMoved, `case:${row.number}`, {
      payment: p.reference,
      from: before,
      to: out.state,
      ...(out.reason ? { reason: out.reason } : {}),
    });
  return after;
}

const seconds = (from: Date, n: number): Date => new Date(from.getTime() + n * 1000);

async function carryOut(ctx: Context, row: CaseRow, p: PaymentRow, effect: Effect): Promise<void> {
  const now = ctx.clock.now();
  if (effect.do === "credit") return credit(ctx, row, p, effect.amount);
  if (effect.do === "give-back") {
    await book(ctx, { booking: ctx.ids.uuid(), payment: p.id, kind: "overpaid", entries: bookings.overpaid(p.operator, effect.amount) });
    Object.assign(p, { refundWhy: effect.why, refundReference: `R${p.reference}`.slice(0, 36), nextRefundAt: now });
    return;
  }
  await book(ctx, {
    booking: ctx.ids.uuid(),
    payment: p.id,
    kind: "refunded",
    entries: bookings.refunded(p.operator, p.received ?? effect.amount),
  });
  Object.assign(p, { refundedAt: now, nextRefundAt: null });
  await ctx.record(facts.moneyGivenBack, `case:${row.number}`, {
    payment: p.reference,
    operator: p.operator,
    amount: p.received ?? effect.amount,
    why: p.refundWhy ?? "",
  });
  await ctx.enqueue(notify, { number: row.number, what: "given-back" });
}

/** The fee is in: booked to each payee, receipt numbered without a gap, and the case goes to the office. */
async function credit(ctx: Context, row: CaseRow, p: PaymentRow, amount: number): Promise<void> {
  const institution = row.institution ?? "";
  await book(ctx, {
    booking: ctx.ids.uuid(),
    payment: p.id,
    kind: "received",
    entries: bookings.received(p.operator, amount, split(p.lines)),
  });
  const year = Number(ctx.clock.today().slice(0, 4));
  const serial = await nextReceipt(ctx, institution, year);
  await insertReceipt(ctx, {
    institution,
    year,
    serial,
    caseId: row.id,
    payment: p.id,
    at: ctx.clock.now(),
    total: amount,
    lines: p.lines,
    file: null,
  });
  const after = await advance(ctx, row, await definitionOf(ctx, row), "pay", { paidBy: p.id });
  await ctx.record(facts.feePaid, `case:${row.number}`, {
    payment: p.reference,
    operator: p.operator,
    amount,
    receipt: receiptNumber(year, serial),
    institution,
  });
  await recordSubmitted(ctx, after);
  await ctx.enqueue(printReceipt, { number: row.number });
}
