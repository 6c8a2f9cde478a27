/** Talking with operators: outside any transaction, before and after written down. */
import { type JobContext, localDate, type Static, sweep } from "#kernel";
import * as facts from "../facts.ts";
import type { askPayment, giveBack, pollPayment, readStatement } from "../jobs.ts";
import * as jobs from "../jobs.ts";
import { paymentPort, type PaymentNotice, type PaymentStatus } from "../ports.ts";
import { operatorsOf } from "./operators.ts";
import { absentAfterSeconds, type Heard, nextPoll } from "./rules.ts";
import { tell } from "./settle.ts";
import {
  duePolls,
  dueRefunds,
  forgetUnmatched,
  keepUnmatched,
  lockPayment,
  paymentByOperatorReference,
  paymentByReference,
  type PaymentRow,
  savePayment,
  unasked,
} from "./store.ts";

const patience = 20_000;

/** An answer in time, or the certainty that we do not know. */
function signalOf(j: JobContext): AbortSignal {
  return AbortSignal.any([j.signal, AbortSignal.timeout(patience)]);
}

export async function runAskPayment(j: JobContext, { payment }: Static<(typeof askPayment)["data"]>): Promise<void> {
  const before = await j.transaction((ctx) => lockPayment(ctx, payment));
  if (!before) return;
  // `asked` on arrival: an earlier run died between the call and its answer. The operator is asked about it, not charged again.
  if (before.state !== "created") {
    if (before.state === "asked") await j.transaction((ctx) => tell(ctx, payment, { what: "no-answer" }));
    return;
  }
  const p = await j.transaction((ctx) => tell(ctx, payment, { what: "asking" }));
  if (p?.state !== "asked") return;
  let heard: Heard;
  try {
    const answer = await j.port(paymentPort).charge(
      {
        reference: p.reference,
        operator: p.operator,
        phone: p.phone,
        amount: p.amount,
        currency: j.country.currency.code,
        ...(p.otp ? { otp: p.otp } : {}),
        label: `Toguna ${p.reference}`.slice(0, 50),
        callbackUrl: `${j.config.origin}/api/services/payments/callbacks/${p.operator}`,
      },
      signalOf(j),
    );
    heard = asHeard(answer, p.amount);
  } catch (error) {
    j.log.warn({ payment: p.reference, error: String(error) }, "no answer from the operator: outcome unknown");
    heard = { what: "no-answer" };
  }
  await j.transaction((ctx) => tell(ctx, payment, heard));
}

type Answer = Awaited<ReturnType<import("../ports.ts").PaymentDriver["charge"]>>;

function asHeard(answer: Answer, amount: number): Heard {
  switch (answer.state) {
    case "paid":
      return { what: "paid", operatorReference: answer.operatorReference, amount };
    case "refused":
      return { what: "refused", reason: answer.reason };
    case "not-sent":
      return { what: "not-sent" };
    case "pending":
      return { what: "pending", ...(answer.operatorReference ? { operatorReference: answer.operatorReference } : {}) };
  }
}

/** Callback, status and statement say the same things: heard the same way. */
export function heardOf(n: PaymentNotice): Heard {
  if (n.state === "paid") return { what: "paid", operatorReference: n.operatorReference, amount: n.amount };
  return n.state === "expired" ? { what: "expired" } : { what: "refused", reason: n.reason ?? "other" };
}

export async function runPollPayment(j: JobContext, { payment }: Static<(typeof pollPayment)["data"]>): Promise<void> {
  const p = await j.transaction((ctx) => lockPayment(ctx, payment));
  if (!p || p.state === "paid" || p.state === "failed" || p.state === "refunded" || p.state === "created") return;
  let status: PaymentStatus | undefined;
  try {
    status = await j.port(paymentPort).status(p.reference, p.operator, signalOf(j));
  } catch (error) {
    j.log.warn({ payment: p.reference, error: String(error) }, "the operator does not answer about a payment");
  }
  await j.transaction(async (ctx) => {
    if (status) await hearStatus(ctx, p, status);
    const now = ctx.clock.now();
    if (now >= p.expiresAt) await tell(ctx, payment, { what: "expired" });
    const after = await lockPayment(ctx, payment);
    if (!after || after.nextPollAt === null) return;
    const wait = nextPoll(after.polls + 1);
    await savePayment(ctx, {
      ...after,
      polls: after.polls + 1,
      nextPollAt: wait === undefined ? null : new Date(now.getTime() + wait * 1000),
    });
  });
}

async function hearStatus(ctx: Parameters<typeof tell>[0], p: PaymentRow, status: PaymentStatus): Promise<void> {
  if (status.state === "pending") await tell(ctx, p.id, { what: "pending" });
  else if (status.state !== "absent") await tell(ctx, p.id, heardOf(status));
  else if (ctx.clock.now().getTime() - (p.askedAt ?? p.createdAt).getTime() >= absentAfterSeconds * 1000)
    await tell(ctx, p.id, { what: "absent" });
}

export async function runGiveBack(j: JobContext, { payment }: Static<(typeof giveBack)["data"]>): Promise<void> {
  const p = await j.transaction((ctx) => lockPayment(ctx, payment));
  if (!p || !p.refundReference || p.refundedAt || !p.operatorReference) return;
  let done = false;
  try {
    const answer = await j.port(paymentPort).refund(
      {
        reference: p.refundReference,
        charge: p.reference,
        operatorReference: p.operatorReference,
        operator: p.operator,
        amount: p.received ?? p.amount,
        currency: j.country.currency.code,
      },
      signalOf(j),
    );
    done = answer.state === "refunded";
  } catch (error) {
    j.log.warn({ payment: p.reference, error: String(error) }, "a refund has no answer yet");
  }
  await j.transaction(async (ctx) => {
    if (done) return void (await tell(ctx, payment, { what: "given-back" }));
    const after = await lockPayment(ctx, payment);
    if (!after || after.refundedAt) return;
    const wait = Math.min(3600, 30 * 2 ** Math.min(after.refundTries, 7));
    await savePayment(ctx, {
      ...after,
      refundTries: after.refundTries + 1,
      nextRefundAt: new Date(ctx.clock.now().getTime() + wait * 1000),
    });
  });
}

/** An operator's statement of a day: what neither callback nor polling told. */
export async function runReadStatement(j: JobContext, { operator, day }: Static<(typeof readStatement)["data"]>): Promise<void> {
  const lines = await j.port(paymentPort).statement(operator, day, signalOf(j));
  let settled = 0;
  let unmatched = 0;
  for (const line of lines) {
    if (line.amount <= 0) continue;
    await j.transaction(async (ctx) => {
      const p = line.reference ? await paymentByReference(ctx, line.reference) : undefined;
      const id = p?.id ?? (await paymentByOperatorReference(ctx, operator, line.operatorReference))?.id;
      if (!id) {
        unmatched += 1;
        return keepUnmatched(ctx, {
          operator,
          operatorReference: line.operatorReference,
          reference: line.reference ?? null,
          amount: line.amount,
          at: line.at,
        });
      }
      // charged twice under one reference: the second charge is nobody's yet, an operator of ours looks at it
      if (p?.settledAt && p.operatorReference !== null && p.operatorReference !== line.operatorReference) {
        unmatched += 1;
        return keepUnmatched(ctx, {
          operator,
          operatorReference: line.operatorReference,
          reference: p.reference,
          amount: line.amount,
          at: line.at,
        });
      }
      const before = p?.state;
      const after = await tell(ctx, id, { what: "paid", operatorReference: line.operatorReference, amount: line.amount });
      if (before !== undefined && after?.state === "paid" && before !== "paid") settled += 1;
      await forgetUnmatched(ctx, operator, line.operatorReference);
    });
  }
  await j.transaction((ctx) =>
    ctx.record(facts.statementMatched, `operator:${operator}`, { operator, day, lines: lines.length, settled, unmatched }),
  );
}

/** First poll well under a minute, then less and less; refunds until they are done. */
export const pollSweep = sweep("services.payments", { seconds: 5 }, async (j) => {
  await j.transaction(async (ctx) => {
    for (const { id } of await duePolls(ctx, ctx.clock.now())) await ctx.enqueue(jobs.pollPayment, { payment: id });
    const minuteAgo = new Date(ctx.clock.now().getTime() - 60_000);
    for (const { id } of await unasked(ctx, minuteAgo)) await ctx.enqueue(jobs.askPayment, { payment: id });
    for (const { id } of await dueRefunds(ctx, ctx.clock.now())) await ctx.enqueue(jobs.giveBack, { payment: id });
  });
});

/** Yesterday's statement of every operator, four times a day: reading it again changes nothing. */
export const statementSweep = sweep("services.statements", { seconds: 21_600 }, async (j) => {
  await j.transaction(async (ctx) => {
    const yesterday = localDate(new Date(ctx.clock.now().getTime() - 86_400_000), ctx.country.timeZone);
    for (const o of operatorsOf(ctx)) await ctx.enqueue(jobs.readStatement, { operator: o.code, day: yesterday });
  });
});
