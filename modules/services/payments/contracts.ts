import { contract, official, permission, person, T } from "#kernel";
import { PaymentView, ReconciliationLine } from "./schemas.ts";

export const reconcilePayments = permission("services.reconcile-payments", {
  fr: "Rapprocher les paiements des relevés des opérateurs",
  en: "Reconcile payments with the operators’ statements",
});

const number = T.String({ minLength: 6, maxLength: 32 });

export const startPayment = contract({
  id: "services.start-payment",
  method: "POST",
  path: "/api/services/cases/{number}/payments",
  summary: "Ask the operator to charge the fee; the answer comes later, read it with read-payment",
  who: person({ level: "substantial" }),
  input: T.Object({
    number,
    operator: T.String({ maxLength: 40 }),
    phone: T.String({ maxLength: 24 }),
    otp: T.Optional(T.String({ maxLength: 12, description: "One-time code made on the handset; never the PIN" })),
  }),
  output: PaymentView,
});

export const readPayment = contract({
  id: "services.read-payment",
  method: "GET",
  path: "/api/services/cases/{number}/payment",
  summary: "What is due, the operators, and where the last attempt stands",
  who: person({ level: "substantial" }),
  input: T.Object({ number }),
  output: PaymentView,
});

export const listReconciliation = contract({
  id: "services.list-reconciliation",
  method: "GET",
  path: "/api/services/operator/payments",
  summary: "Payments that wait, came twice, differ or match nothing; then the latest",
  who: official(reconcilePayments),
  input: T.Object({ onlyFindings: T.Optional(T.Enum(["yes", "no"])) }),
  output: T.Object({
    lines: T.Array(ReconciliationLine),
    counts: T.Object({
      waiting: T.Integer(),
      double: T.Integer(),
      unmatched: T.Integer(),
      refundWaiting: T.Integer(),
    }),
  }),
});

export const readBalances = contract({
  id: "services.read-balances",
  method: "GET",
  path: "/api/services/operator/balances",
  summary: "The double-entry ledger: what each payee is owed, what each operator holds; the sum is zero",
  who: official(reconcilePayments),
  input: T.Object({}),
  output: T.Object({
    currency: T.String(),
    accounts: T.Array(T.Object({ account: T.String(), name: T.String(), balance: T.Integer() })),
    sum: T.Integer(),
  }),
});

export const importStatement = contract({
  id: "services.import-statement",
  method: "POST",
  path: "/api/services/operator/statements",
  summary: "Fetch an operator’s statement of a day and reconcile with it",
  who: official(reconcilePayments),
  input: T.Object({
    operator: T.String({ maxLength: 40 }),
    day: T.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }),
  }),
  output: T.Object({ asked: T.Boolean() }),
});
