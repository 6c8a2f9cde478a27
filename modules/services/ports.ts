/** What a mobile-money operator (or an aggregator of several) must be able to do for us. */
import { port, type Text } from "#kernel";

/**
 * How the payer consents:
 * `otp`: makes a one-time code on the handset, then types it on our page (never the PIN);
 * `push`: the operator asks on the handset; `ussd-code`: the payer dials a merchant code with our reference.
 */
export type PaymentStyle = "otp" | "push" | "ussd-code";

export interface PaymentOperator {
  /** Stable code, stored with each payment. */
  code: string;
  name: Text;
  style: PaymentStyle;
  /** What the payer does on the handset, in one or two sentences. */
  instruction: Text;
}

export interface ChargeOrder {
  /** Ours, at most 36 characters. Two orders with one reference are one order: the driver must not charge twice. */
  reference: string;
  operator: string;
  /** E.164, e.g. +22670000000. */
  phone: string;
  /** Whole francs (XOF has no decimals). */
  amount: number;
  currency: string;
  otp?: string;
  /** Shown on the payer's handset; at most 50 characters. */
  label: string;
  /** Where the operator may send its answer; it may also never do so. */
  callbackUrl: string;
}

export type RefusalReason =
  | "otp-wrong"
  | "funds-insufficient"
  | "payer-refused"
  | "payer-unknown"
  | "limit-exceeded"
  | "repeated-too-soon"
  | "other";

/**
 * The operator's answer to an order.
 * A thrown error, or no answer before the signal aborts, means the outcome is unknown: we then ask `status`, and never
 * charge again under another reference. `not-sent` is for the case where the driver is certain that nothing left.
 */
export type ChargeAnswer =
  | { state: "pending"; operatorReference?: string }
  | { state: "paid"; operatorReference: string; at: Date }
  | { state: "refused"; reason: RefusalReason }
  | { state: "not-sent" };

/** What the operator says later, by callback, by status or by statement. It may come late, twice and out of order. */
export interface PaymentNotice {
  reference: string;
  operatorReference: string;
  state: "paid" | "refused" | "expired";
  amount: number;
  at: Date;
  reason?: RefusalReason;
}

export type PaymentStatus =
  | PaymentNotice
  | { reference: string; state: "pending" }
  /** The operator never received this reference. */
  | { reference: string; state: "absent" };

export interface RefundOrder {
  /** Ours; two orders with one reference are one refund. */
  reference: string;
  /** The payment given back. */
  charge: string;
  operatorReference: string;
  operator: string;
  amount: number;
  currency: string;
}

export type RefundAnswer = { state: "refunded"; operatorReference: string; at: Date } | { state: "pending" } | { state: "refused" };

/** A line of the operator's daily statement. `amount` is positive when money came in, negative when it went back. */
export interface StatementLine {
  operatorReference: string;
  /** Our reference, when the operator kept it. */
  reference?: string;
  amount: number;
  at: Date;
}

export interface CallbackRequest {
  operator: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface PaymentDriver {
  operators(): PaymentOperator[];
  charge(order: ChargeOrder, signal: AbortSignal): Promise<ChargeAnswer>;
  status(reference: string, operator: string, signal: AbortSignal): Promise<PaymentStatus>;
  refund(order: RefundOrder, signal: AbortSignal): Promise<RefundAnswer>;
  /** Everything that moved on that day (YYYY-MM-DD in the country's time zone). */
  statement(operator: string, day: string, signal: AbortSignal): Promise<StatementLine[]>;
  /** Reads a callback after checking that it is the operator's; undefined when it is not authentic. */
  readCallback(request: CallbackRequest): Promise<PaymentNotice[] | undefined>;
}

export const paymentPort = port<PaymentDriver>("services.payment");
