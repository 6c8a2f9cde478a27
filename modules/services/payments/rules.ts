/**
 * One payment, told by answers that come late, twice, out of order or never. Money that came is never forgotten:
 * `paid` wins over anything said before, and what came too much goes back.
 */
import type { PaymentState } from "./schemas.ts";

export interface Payment {
  id: string;
  state: PaymentState;
  amount: number;
  operator: string;
  operatorReference?: string;
}

export type Heard =
  /** About to call the operator: written before the call, so that a crash leaves a trace. */
  | { what: "asking" }
  | { what: "pending"; operatorReference?: string }
  | { what: "no-answer" }
  | { what: "not-sent" }
  | { what: "refused"; reason: string }
  | { what: "expired" }
  /** The operator says it never saw our reference. */
  | { what: "absent" }
  | { what: "paid"; operatorReference: string; amount: number }
  | { what: "given-back" };

export type Effect =
  /** The case is paid: it goes to the office, the receipt is numbered. */
  | { do: "credit"; amount: number }
  /** Money came that nobody owes: it goes back. */
  | { do: "give-back"; amount: number; why: "double" | "amount-differs" | "case-closed" }
  | { do: "booked-back"; amount: number };

export interface Outcome {
  state: PaymentState;
  effects: Effect[];
  reason?: string;
}

/** What the case says of itself at that moment (read under its lock). */
export interface CaseSight {
  /** The payment that paid it, if any. */
  paidBy: string | undefined;
  awaitsPayment: boolean;
}

const settledMoney: ReadonlySet<PaymentState> = new Set<PaymentState>(["paid", "refunded"]);

/** `open`: an answer may still come, so no second attempt may start. */
export const open: ReadonlySet<PaymentState> = new Set<PaymentState>(["created", "asked", "pending", "outcome-unknown"]);

export function hear(payment: Payment, heard: Heard, about: CaseSight): Outcome {
  const same: Outcome = { state: payment.state, effects: [] };
  if (heard.what === "given-back")
    return payment.state === "paid" ? { state: "refunded", effects: [{ do: "booked-back", amount: payment.amount }] } : same;
  // money already came by this payment: whatever arrives now is an echo
  if (settledMoney.has(payment.state)) return same;
  switch (heard.what) {
    case "paid": {
      if (heard.amount !== payment.amount)
        return { state: "paid", effects: [{ do: "give-back", amount: heard.amount, why: "amount-differs" }] };
      if (about.paidBy !== undefined && about.paidBy !== payment.id)
        return { state: "paid", effects: [{ do: "give-back", amount: heard.amount, why: "double" }] };
      if (!about.awaitsPayment) return { state: "paid", effects: [{ do: "give-back", amount: heard.amount, why: "case-closed" }] };
      return { state: "paid", effects: [{ do: "credit", amount: heard.amount }] };
    }
    case "asking":
      return payment.state === "created" ? { state: "asked", effects: [] } : same;
    case "pending":
      return payment.state === "created" || payment.state === "asked" || payment.state === "outcome-unknown"
        ? { state: "pending", effects: [] }
        : same;
    case "no-answer":
      return payment.state === "asked" ? { state: "outcome-unknown", effects: [] } : same;
    case "not-sent":
      return payment.state === "asked" || payment.state === "outcome-unknown" ? { state: "failed", effects: [], reason: "not-sent" } : same;
    case "absent":
      return payment.state === "outcome-unknown" || payment.state === "asked"
        ? { state: "failed", effects: [], reason: "not-received" }
        : same;
    case "refused":
      return open.has(payment.state) ? { state: "failed", effects: [], reason: heard.reason } : same;
    case "expired":
      return open.has(payment.state) ? { state: "expired", effects: [] } : same;
  }
}

export interface Entry {
  account: string;
  amount: number;
}

/** Double entry, in francs: each booking sums to zero. Positive is what an account holds or is owed by. */
export const bookings = {
  received: (operator: string, amount: number, shares: ReadonlyMap<string, number>): Entry[] =>
    balanced([
      { account: `operator:${operator}`, amount },
      ...[...shares].map(([payee, share]) => ({ account: `payee:${payee}`, amount: -share })),
    ]),
  overpaid: (operator: string, amount: number): Entry[] =>
    balanced([
      { account: `operator:${operator}`, amount },
      { account: "refunds-due", amount: -amount },
    ]),
  refunded: (operator: string, amount: number): Entry[] =>
    balanced([
      { account: "refunds-due", amount },
      { account: `operator:${operator}`, amount: -amount },
    ]),
};

function balanced(entries: Entry[]): Entry[] {
  const sum = entries.reduce((s, e) => s + e.amount, 0);
  if (sum !== 0 || entries.some((e) => !Number.isSafeInteger(e.amount))) throw new RangeError(`entries sum to ${sum}`);
  return entries.filter((e) => e.amount !== 0);
}

/** Seconds until the operator is asked again: soon at first, then less and less, for a day. */
export function nextPoll(polls: number): number | undefined {
  const steps = [5, 10, 20, 40, 60, 120, 300, 600, 1200, 3600];
  if (polls < steps.length) return steps[polls];
  return polls < steps.length + 23 ? 3600 : undefined;
}

/** After this long without an answer the attempt counts as expired: another may start; a late answer is still heard. */
export const expiresAfterSeconds = 30 * 60;
/** The operator must have had time to receive an order before its absence means anything. */
export const absentAfterSeconds = 60;

/** +226 70 •• •• 34: enough to recognise one's own number. */
export function maskedPhone(phone: string): string {
  return `${phone.slice(0, 4)} •• •• ${phone.slice(-2)}`;
}
