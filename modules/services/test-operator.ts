/** A mobile-money operator of the tests' own: it loses, repeats and delays as it is told to. */
import { provide } from "#kernel";
import { paymentPort, type ChargeOrder, type PaymentDriver, type PaymentNotice, type PaymentStatus, type StatementLine } from "./ports.ts";

interface Account {
  order: ChargeOrder;
  state: "pending" | "paid" | "refused";
  operatorReference: string;
  at: Date;
  refunds: Set<string>;
}

export type Mood = "pays" | "later" | "refuses" | "loses-answer" | "loses-question" | "away";

export interface TestOperator {
  mood: Mood;
  accounts: Map<string, Account>;
  /** How often a new charge was really made. */
  charges: number;
  pay(reference: string): void;
  refuse(reference: string): void;
  notice(reference: string): PaymentNotice;
  /** A callback as it would reach our gate. */
  callback(reference: string): { headers: Record<string, string>; body: string };
  strange: StatementLine[];
}

const signature = (body: string): string => `test-${body.length}-${[...body].reduce((n, c) => (n * 31 + c.charCodeAt(0)) >>> 0, 7)}`;

export function testOperator() {
  const operator: TestOperator = {
    mood: "pays",
    accounts: new Map(),
    charges: 0,
    strange: [],
    pay: (reference) => void ((operator.accounts.get(reference) as Account).state = "paid"),
    refuse: (reference) => void ((operator.accounts.get(reference) as Account).state = "refused"),
    notice(reference) {
      const a = operator.accounts.get(reference) as Account;
      return {
        reference,
        operatorReference: a.operatorReference,
        state: a.state === "paid" ? "paid" : "refused",
        amount: a.order.amount,
        at: a.at,
        ...(a.state === "refused" ? { reason: "funds-insufficient" as const } : {}),
      };
    },
    callback(reference) {
      const body = JSON.stringify(operator.notice(reference));
      return { headers: { "x-test-signature": signature(body), "content-type": "application/json" }, body };
    },
  };
  const driver: PaymentDriver = {
    operators: () => [
      {
        code: "essai",
        name: { fr: "Argent d’essai", en: "Test money" },
        style: "otp",
        instruction: { fr: "Composez *144# pour obtenir un code.", en: "Dial *144# to get a code." },
      },
    ],
    async charge(order) {
      if (operator.mood === "away" || operator.mood === "loses-question") throw new Error("no route to the operator");
      const before = operator.accounts.get(order.reference);
      if (!before) {
        operator.charges += 1;
        const state =
          operator.mood === "pays" || operator.mood === "loses-answer" ? "paid" : operator.mood === "refuses" ? "refused" : "pending";
        operator.accounts.set(order.reference, {
          order,
          state,
          operatorReference: `OP${operator.charges}`,
          at: new Date("2026-11-23T09:00:00Z"),
          refunds: new Set(),
        });
      }
      if (operator.mood === "loses-answer") throw new Error("connection cut");
      const a = operator.accounts.get(order.reference) as Account;
      if (a.state === "paid") return { state: "paid", operatorReference: a.operatorReference, at: a.at };
      return a.state === "refused"
        ? { state: "refused", reason: "funds-insufficient" }
        : { state: "pending", operatorReference: a.operatorReference };
    },
    async status(reference): Promise<PaymentStatus> {
      if (operator.mood === "away") throw new Error("no route to the operator");
      const a = operator.accounts.get(reference);
      if (!a) return { reference, state: "absent" };
      return a.state === "pending" ? { reference, state: "pending" } : operator.notice(reference);
    },
    async refund(order) {
      const a = operator.accounts.get(order.charge) as Account;
      a.refunds.add(order.reference);
      return { state: "refunded", operatorReference: `R${a.operatorReference}`, at: a.at };
    },
    async statement() {
      const paid = [...operator.accounts].filter(([, a]) => a.state === "paid");
      return [
        ...paid.map(([reference, a]) => ({ operatorReference: a.operatorReference, reference, amount: a.order.amount, at: a.at })),
        ...operator.strange,
      ];
    },
    async readCallback({ headers, body }) {
      const text = Buffer.from(body).toString("utf8");
      if (headers["x-test-signature"] !== signature(text)) return undefined;
      const n = JSON.parse(text) as PaymentNotice;
      return [{ ...n, at: new Date(n.at) }];
    },
  };
  return { operator, driver: provide(paymentPort, () => driver) };
}
