import { type Context, type Text } from "#kernel";
import { officeName } from "../offices.ts";
import { receiptNumber } from "./fees.ts";
import { maskedPhone, open } from "./rules.ts";
import type { PaymentOperator } from "../ports.ts";
import type { PaymentState, PaymentView, ReceiptView } from "./schemas.ts";
import type { PaymentRow, ReceiptRow, StoredLine } from "./store.ts";

const labels: Record<PaymentState | "none", Text> = {
  none: { fr: "Aucun paiement n’a été tenté.", en: "No payment was attempted." },
  created: { fr: "Votre demande de paiement est enregistrée.", en: "Your payment request is recorded." },
  asked: { fr: "Nous interrogeons l’opérateur.", en: "We are asking the operator." },
  pending: { fr: "L’opérateur traite le paiement.", en: "The operator is processing the payment." },
  "outcome-unknown": {
    fr: "L’opérateur n’a pas encore répondu. Nous continuons de l’interroger : ne payez pas une deuxième fois.",
    en: "The operator has not answered yet. We keep asking: do not pay a second time.",
  },
  paid: { fr: "Le paiement est reçu.", en: "The payment is received." },
  failed: { fr: "Le paiement n’a pas abouti. Rien n’a été débité.", en: "The payment did not succeed. Nothing was debited." },
  expired: {
    fr: "L’opérateur n’a pas répondu à temps. Si de l’argent a été débité, il sera pris en compte ou rendu.",
    en: "The operator did not answer in time. If money was debited, it will be counted or given back.",
  },
  refunded: { fr: "Le montant a été rendu.", en: "The amount was given back." },
};

const reasons: Record<string, Text> = {
  "otp-wrong": { fr: "Le code n’est pas le bon ou a expiré.", en: "The code is wrong or has expired." },
  "funds-insufficient": { fr: "Le solde du compte est insuffisant.", en: "The account’s balance is too low." },
  "payer-refused": { fr: "Le paiement a été refusé sur le téléphone.", en: "The payment was refused on the handset." },
  "payer-unknown": { fr: "Ce numéro n’a pas de compte chez cet opérateur.", en: "This number has no account with this operator." },
  "limit-exceeded": { fr: "Le plafond du compte est atteint.", en: "The account’s limit is reached." },
  "repeated-too-soon": {
    fr: "Le même paiement vient d’être demandé. Attendez une minute avant de recommencer.",
    en: "The same payment was just requested. Wait a minute before trying again.",
  },
  "not-sent": { fr: "L’opérateur n’était pas joignable.", en: "The operator could not be reached." },
  "not-received": { fr: "L’opérateur n’a pas reçu la demande.", en: "The operator did not receive the request." },
  other: { fr: "L’opérateur a refusé sans dire pourquoi.", en: "The operator refused without saying why." },
};

async function linesView(ctx: Context, lines: readonly StoredLine[]) {
  const shown = [];
  for (const l of lines)
    shown.push({ label: ctx.say(l.label), payee: l.payeeName ? ctx.say(l.payeeName) : await officeName(ctx, l.payee), amount: l.amount });
  return shown;
}

export interface Due {
  number: string;
  lines: StoredLine[];
  total: number;
  awaitsPayment: boolean;
}

export async function paymentView(
  ctx: Context,
  due: Due,
  payments: readonly PaymentRow[],
  operators: readonly PaymentOperator[],
): Promise<PaymentView> {
  // what counts is what paid; else the last attempt
  const last = payments.find((p) => p.state === "paid" && p.refundWhy === null) ?? payments.at(-1);
  const state = last?.state ?? "none";
  const waiting = last !== undefined && open.has(last.state);
  return {
    case: due.number,
    state,
    label: ctx.say(labels[state]),
    amount: due.total,
    currency: ctx.country.currency.code,
    lines: await linesView(ctx, due.lines),
    operators: operators.map((o) => ({ code: o.code, name: ctx.say(o.name), style: o.style, instruction: ctx.say(o.instruction) })),
    canPay: due.awaitsPayment && !waiting,
    ...(last
      ? {
          reference: last.reference,
          operator: last.operator,
          phone: maskedPhone(last.phone),
          since: last.createdAt.toISOString(),
          ...(last.reason ? { reason: ctx.say(reasons[last.reason] ?? (reasons.other as Text)) } : {}),
        }
      : {}),
    ...(waiting ? { pollAfterSeconds: 3 } : {}),
  };
}

export async function receiptView(ctx: Context, r: ReceiptRow, p: PaymentRow | undefined): Promise<ReceiptView> {
  return {
    number: receiptNumber(r.year, r.serial),
    at: r.at.toISOString(),
    institution: await officeName(ctx, r.institution),
    total: r.total,
    currency: ctx.country.currency.code,
    operator: p?.operator ?? "",
    operatorReference: p?.operatorReference ?? "",
    lines: await linesView(ctx, r.lines),
  };
}
