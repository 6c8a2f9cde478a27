import type { Context, InputOf, OutputOf } from "#kernel";
import { ownFolder, subjectOf } from "../cases/access.ts";
import * as facts from "../facts.ts";
import { readers } from "../forms/readers.ts";
import { askPayment, readStatement } from "../jobs.ts";
import { officeName } from "../offices.ts";
import { answersWrong, nothingToPay, operatorUnknown, paymentUnderWay } from "../problems.ts";
import type * as api from "./contracts.ts";
import { dueOf } from "./due.ts";
import { operatorsOf } from "./operators.ts";
import { expiresAfterSeconds, open } from "./rules.ts";
import type { ReconciliationLine } from "./schemas.ts";
import { balances, insertPayment, type PaymentRow, paymentsOf, reconciliation, type ReconciliationRow, unmatchedLines } from "./store.ts";
import { paymentView } from "./view.ts";

export async function startPayment(ctx: Context, input: InputOf<typeof api.startPayment>): Promise<OutputOf<typeof api.startPayment>> {
  const { row, procedure } = await ownFolder(ctx, input.number);
  const due = dueOf(procedure, row);
  if (!due.awaitsPayment || due.total <= 0) throw nothingToPay();
  const operator = operatorsOf(ctx).find((o) => o.code === input.operator);
  if (!operator) throw operatorUnknown();
  const phone = readers.phone(
    input.phone,
    { id: "phone", type: "phone", label: { fr: "", en: "" } },
    {
      today: ctx.clock.today(),
      phone: ctx.country.phone,
      division: () => undefined,
      institution: () => undefined,
    },
    {},
  );
  const fields = [];
  if ("problem" in phone) fields.push({ path: "phone", message: phone.problem });
  if (operator.style === "otp" && !/^\d{4,10}$/.test(input.otp?.trim() ?? ""))
    fields.push({
      path: "otp",
      message: { fr: "Écrivez le code reçu sur votre téléphone.", en: "Write the code received on your phone." },
    });
  if ("problem" in phone || fields.length > 0) throw answersWrong({ fields });
  const payments = await paymentsOf(ctx, row.id);
  if (payments.some((p) => open.has(p.state))) throw paymentUnderWay();
  const now = ctx.clock.now();
  const id = ctx.ids.uuid();
  const payment: PaymentRow = {
    id,
    reference: `${row.number.replaceAll("-", "")}P${payments.length + 1}${ctx.ids.digits(4)}`,
    caseId: row.id,
    state: "created",
    operator: operator.code,
    phone: phone.value as string,
    otp: operator.style === "otp" ? (input.otp?.trim() ?? null) : null,
    amount: due.total,
    lines: due.lines,
    reason: null,
    operatorReference: null,
    createdAt: now,
    askedAt: null,
    settledAt: null,
    received: null,
    polls: 0,
    nextPollAt: null,
    expiresAt: new Date(now.getTime() + expiresAfterSeconds * 1000),
    refundWhy: null,
    refundReference: null,
    refundedAt: null,
    refundTries: 0,
    nextRefundAt: null,
  };
  // two clicks at once: the index lets one in, the other is told to wait
  await ctx.db
    .savepoint(() => insertPayment(ctx, payment))
    .catch((error: { code?: string }) => {
      throw error.code === "23505" ? paymentUnderWay() : error;
    });
  await ctx.record(facts.paymentStarted, subjectOf(row), { payment: payment.reference, operator: operator.code, amount: payment.amount });
  await ctx.enqueue(askPayment, { payment: id });
  return paymentView(ctx, due, [...payments, payment], operatorsOf(ctx));
}

export async function readPayment(ctx: Context, { number }: InputOf<typeof api.readPayment>): Promise<OutputOf<typeof api.readPayment>> {
  const { row, procedure } = await ownFolder(ctx, number);
  return paymentView(ctx, dueOf(procedure, row), await paymentsOf(ctx, row.id), operatorsOf(ctx));
}

const waiting = new Set(["created", "asked", "pending", "outcome-unknown"]);

function findingOf(r: ReconciliationRow): ReconciliationLine["finding"] {
  if (r.refundWhy !== null && r.refundedAt === null) return "refund-waiting";
  if (r.refundWhy === "amount-differs") return "amount-differs";
  if (r.refundWhy !== null) return "double";
  return waiting.has(r.state) ? "waiting" : undefined;
}

export async function listReconciliation(
  ctx: Context,
  input: InputOf<typeof api.listReconciliation>,
): Promise<OutputOf<typeof api.listReconciliation>> {
  const rows = await reconciliation(ctx, input.onlyFindings === "yes");
  const lines = rows.map((r): ReconciliationLine => {
    const finding = findingOf(r);
    return {
      reference: r.reference,
      case: r.number,
      state: r.state,
      operator: r.operator,
      amount: r.amount,
      createdAt: r.createdAt.toISOString(),
      ...(r.settledAt ? { settledAt: r.settledAt.toISOString() } : {}),
      ...(r.operatorReference ? { operatorReference: r.operatorReference } : {}),
      ...(finding ? { finding } : {}),
    };
  });
  for (const u of await unmatchedLines(ctx))
    lines.push({
      reference: u.reference ?? "",
      case: "",
      state: "paid",
      operator: u.operator,
      amount: u.amount,
      createdAt: u.at.toISOString(),
      operatorReference: u.operatorReference,
      finding: "unmatched",
    });
  const count = (finding: ReconciliationLine["finding"]): number => lines.filter((l) => l.finding === finding).length;
  return {
    lines,
    counts: { waiting: count("waiting"), double: count("double"), unmatched: count("unmatched"), refundWaiting: count("refund-waiting") },
  };
}

export async function readBalances(ctx: Context): Promise<OutputOf<typeof api.readBalances>> {
  const rows = await balances(ctx);
  const accounts = [];
  for (const r of rows) {
    const [kind, id] = r.account.split(/:(.*)/s);
    const operator = kind === "operator" ? operatorsOf(ctx).find((o) => o.code === id) : undefined;
    const name = operator
      ? ctx.say(operator.name)
      : kind === "payee" && id
        ? await officeName(ctx, id)
        : ctx.say({ fr: "Sommes à rendre", en: "Amounts to give back" });
    accounts.push({ account: r.account, name, balance: r.balance });
  }
  return { currency: ctx.country.currency.code, accounts, sum: rows.reduce((sum, r) => sum + r.balance, 0) };
}

export async function importStatement(
  ctx: Context,
  input: InputOf<typeof api.importStatement>,
): Promise<OutputOf<typeof api.importStatement>> {
  if (!operatorsOf(ctx).some((o) => o.code === input.operator)) throw operatorUnknown();
  await ctx.enqueue(readStatement, { operator: input.operator, day: input.day });
  return { asked: true };
}
