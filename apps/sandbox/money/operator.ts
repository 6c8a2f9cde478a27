/**
 * A mobile-money operator whose payer makes a one-time code on the handset and types it on the merchant's page.
 * Pure: a state, commands with their instant, and what follows. Sending and waiting are somebody else's.
 */
export const behaviours = ["prompt", "later", "late", "twice", "reordered", "never", "cut", "payer-refuses"] as const;
/**
 * What the operator does after a valid code: `prompt` answers at once; `later` answers "pending" and calls back soon;
 * `late` a good while after; `twice` calls back two times; `reordered` says first that it is paid, then an older "expired";
 * `never` is paid but no callback comes; `cut` takes the money and drops the connection; `payer-refuses` ends refused.
 */
export type Behaviour = (typeof behaviours)[number];

export interface Code {
  otp: string;
  phone: string;
  amount: number;
  behaviour: Behaviour;
  at: number;
  spent: boolean;
}
export interface Payment {
  reference: string;
  transaction: string;
  phone: string;
  amount: number;
  label: string;
  callback: string;
  behaviour: Behaviour;
  state: "pending" | "paid" | "refused";
  reason?: string;
  askedAt: number;
  settledAt?: number;
}
export interface Refund {
  reference: string;
  payment: string;
  transaction: string;
  amount: number;
  at: number;
}
export interface State {
  codes: Code[];
  payments: Map<string, Payment>;
  refunds: Map<string, Refund>;
  balances: Map<string, number>;
  serial: number;
}
export interface Notice {
  reference: string;
  transaction: string;
  status: "SUCCESS" | "FAILED" | "EXPIRED";
  amount: number;
  at: string;
  reason?: string;
}
/** What follows a charge: the answer, and things to do after so many milliseconds. */
export interface Then {
  status: number;
  body: Record<string, unknown>;
  cut?: boolean;
  after: { ms: number; what: "settle" | "notify"; reference: string; notice?: Notice }[];
}

export const openingBalance = 200_000;
const codeLives = 15 * 60_000;
const tooSoon = 60_000;

export const newState = (): State => ({
  codes: [],
  payments: new Map(),
  refunds: new Map(),
  balances: new Map(),
  serial: 0,
});
export const balanceOf = (state: State, phone: string): number => state.balances.get(phone) ?? openingBalance;

export function makeCode(state: State, wish: Omit<Code, "at" | "spent">, now: number): Code {
  const code = { ...wish, at: now, spent: false };
  state.codes = [...state.codes.filter((one) => now - one.at < codeLives), code];
  return code;
}

const said = (code: number, status: string, message: string, more: object = {}): Omit<Then, "after"> => ({
  status: 200,
  body: { code, status, message, ...more },
});

export const noticeOf = (p: Payment): Notice => ({
  reference: p.reference,
  transaction: p.transaction,
  status: p.state === "paid" ? "SUCCESS" : "FAILED",
  amount: p.amount,
  at: new Date(p.settledAt ?? p.askedAt).toISOString(),
  ...(p.reason === undefined ? {} : { reason: p.reason }),
});

export interface Order {
  reference: string;
  phone: string;
  amount: number;
  currency: string;
  otp: string;
  label: string;
  callback: string;
}

/** Codes as its manual lists them: 200 done, 604 wrong code, 605 not enough money, 606 same again too soon, 623 waiting. */
export function charge(state: State, order: Order, now: number, pace: number): Then {
  const known = state.payments.get(order.reference);
  if (known) return { ...describe(known), after: [] };
  if (order.currency !== "XOF" || !Number.isInteger(order.amount) || order.amount < 1)
    return { ...said(601, "FAILED", "invalid amount or currency"), after: [] };
  const twin = [...state.payments.values()].some(
    (p) => p.phone === order.phone && p.amount === order.amount && p.state !== "refused" && now - p.askedAt < tooSoon,
  );
  if (twin) return { ...said(606, "FAILED", "same number and amount too soon"), after: [] };
  const code = state.codes.find(
    (c) => c.otp === order.otp && c.phone === order.phone && c.amount === order.amount && !c.spent && now - c.at < codeLives,
  );
  if (!code) return { ...said(604, "FAILED", "wrong one-time code"), after: [] };
  if (balanceOf(state, order.phone) < order.amount) return { ...said(605, "FAILED", "not enough money"), after: [] };
  code.spent = true;
  state.serial += 1;
  const { otp: _, currency: __, ...kept } = order;
  const payment: Payment = {
    ...kept,
    transaction: transactionName(state, now),
    behaviour: code.behaviour,
    state: "pending",
    askedAt: now,
  };
  state.payments.set(order.reference, payment);
  return follow(state, payment, now, pace);
}

const transactionName = (state: State, now: number): string =>
  `MP${new Date(now).toISOString().slice(2, 10).replaceAll("-", "")}.${String(state.serial).padStart(6, "0")}`;

function follow(state: State, p: Payment, now: number, pace: number): Then {
  const settle = (ms: number) => ({ ms, what: "settle" as const, reference: p.reference });
  const notify = (ms: number, notice?: Notice) => ({
    ms,
    what: "notify" as const,
    reference: p.reference,
    ...(notice ? { notice } : {}),
  });
  if (p.behaviour === "prompt" || p.behaviour === "cut") {
    settleNow(state, p.reference, now);
    return {
      ...describe(p),
      cut: p.behaviour === "cut",
      after: p.behaviour === "cut" ? [] : [notify(pace)],
    };
  }
  const after = {
    later: [settle(pace), notify(pace)],
    "payer-refuses": [settle(pace), notify(pace)],
    late: [settle(pace), notify(pace * 15)],
    twice: [settle(pace), notify(pace), notify(pace * 2)],
    reordered: [
      settle(pace),
      notify(pace),
      // The operator gave up, then the money did move: the older word arrives last.
      notify(pace * 3, { ...noticeOf(p), status: "EXPIRED" }),
    ],
    never: [settle(pace)],
  }[p.behaviour];
  return { ...describe(p), after };
}

function describe(p: Payment): Omit<Then, "after"> {
  const more = {
    reference: p.reference,
    transaction: p.transaction,
    amount: p.amount,
    at: new Date(p.settledAt ?? p.askedAt).toISOString(),
  };
  if (p.state === "paid") return said(200, "SUCCESS", "paid", more);
  if (p.state === "refused") return said(610, "FAILED", p.reason ?? "refused", { ...more, reason: p.reason });
  return said(623, "PENDING", "waiting", more);
}

/** The money moves, or the payer says no. Twice is once. */
export function settleNow(state: State, reference: string, now: number): void {
  const p = state.payments.get(reference);
  if (!p || p.state !== "pending") return;
  p.settledAt = now;
  if (p.behaviour === "payer-refuses") {
    p.state = "refused";
    p.reason = "payer-refused";
    return;
  }
  p.state = "paid";
  state.balances.set(p.phone, balanceOf(state, p.phone) - p.amount);
}

export function refund(state: State, wish: { reference: string; payment: string; amount: number }, now: number): Omit<Then, "after"> {
  const known = state.refunds.get(wish.reference);
  if (known)
    return said(200, "SUCCESS", "refunded", {
      reference: known.reference,
      transaction: known.transaction,
      at: new Date(known.at).toISOString(),
    });
  const p = state.payments.get(wish.payment);
  const back = [...state.refunds.values()].filter((r) => r.payment === wish.payment).reduce((sum, r) => sum + r.amount, 0);
  if (!p || p.state !== "paid" || !Number.isInteger(wish.amount) || wish.amount < 1 || back + wish.amount > p.amount)
    return said(611, "FAILED", "cannot be refunded");
  state.serial += 1;
  const made: Refund = { ...wish, transaction: transactionName(state, now), at: now };
  state.refunds.set(made.reference, made);
  state.balances.set(p.phone, balanceOf(state, p.phone) + wish.amount);
  return said(200, "SUCCESS", "refunded", {
    reference: made.reference,
    transaction: made.transaction,
    at: new Date(now).toISOString(),
  });
}

export interface Line {
  transaction: string;
  reference: string;
  amount: number;
  at: string;
}

/** Everything that moved on a day; `dayOf` reads an instant in the operator's time zone. */
export function statement(state: State, day: string, dayOf: (at: Date) => string): Line[] {
  const came = [...state.payments.values()]
    .filter((p) => p.state === "paid" && p.settledAt !== undefined)
    .map((p) => ({
      transaction: p.transaction,
      reference: p.reference,
      amount: p.amount,
      at: new Date(p.settledAt!).toISOString(),
    }));
  const went = [...state.refunds.values()].map((r) => ({
    transaction: r.transaction,
    reference: r.payment,
    amount: -r.amount,
    at: new Date(r.at).toISOString(),
  }));
  return [...came, ...went].filter((line) => dayOf(new Date(line.at)) === day).sort((a, b) => a.at.localeCompare(b.at));
}

export const csv = (lines: readonly Line[]): string =>
  ["transaction;reference;amount;at", ...lines.map((l) => `${l.transaction};${l.reference};${l.amount};${l.at}`)].join("\r\n") + "\r\n";
