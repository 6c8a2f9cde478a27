import { T, type Static } from "#kernel";

export const paymentStates = ["created", "asked", "pending", "outcome-unknown", "paid", "failed", "expired", "refunded"] as const;
export type PaymentState = (typeof paymentStates)[number];

export const OperatorView = T.Object({
  code: T.String(),
  name: T.String(),
  style: T.Enum(["otp", "push", "ussd-code"]),
  instruction: T.String(),
});

export const PaymentLine = T.Object({ label: T.String(), payee: T.String(), amount: T.Integer() });

export const PaymentView = T.Object({
  case: T.String(),
  /** `none`: nothing was tried yet. */
  state: T.Enum(["none", ...paymentStates]),
  label: T.String({ description: "The state in one sentence" }),
  amount: T.Integer(),
  currency: T.String(),
  lines: T.Array(PaymentLine),
  operators: T.Array(OperatorView),
  canPay: T.Boolean({ description: "A new attempt may start now" }),
  reference: T.Optional(T.String()),
  operator: T.Optional(T.String()),
  phone: T.Optional(T.String({ description: "Masked" })),
  reason: T.Optional(T.String({ description: "Why the last attempt failed" })),
  since: T.Optional(T.String()),
  pollAfterSeconds: T.Optional(T.Integer({ description: "Read again after this time" })),
});

export const ReceiptView = T.Object({
  number: T.String({ description: "Without gaps, per institution and year" }),
  at: T.String(),
  institution: T.String(),
  total: T.Integer(),
  currency: T.String(),
  operator: T.String(),
  operatorReference: T.String(),
  lines: T.Array(PaymentLine),
});

export const ReconciliationLine = T.Object({
  reference: T.String(),
  case: T.String(),
  state: T.Enum([...paymentStates]),
  operator: T.String(),
  amount: T.Integer(),
  createdAt: T.String(),
  settledAt: T.Optional(T.String()),
  operatorReference: T.Optional(T.String()),
  /** `double`: money came twice for one case; `unmatched`: money came and no payment of ours asks for it. */
  finding: T.Optional(T.Enum(["waiting", "double", "unmatched", "amount-differs", "refund-waiting"])),
});

export type PaymentView = Static<typeof PaymentView>;
export type ReceiptView = Static<typeof ReceiptView>;
export type ReconciliationLine = Static<typeof ReconciliationLine>;
