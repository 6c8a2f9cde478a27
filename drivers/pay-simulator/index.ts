/**
 * Fills the payment port by talking HTTP to the sandbox's mobile-money operators. It sends once and reports what it saw:
 * a cut or silent connection is an error (outcome unknown), for services to settle with `status`, never a "refused".
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { provide, type Provided, type Text } from "#kernel";
import {
  type ChargeAnswer,
  type PaymentDriver,
  type PaymentNotice,
  paymentPort,
  type PaymentStatus,
  type RefusalReason,
} from "#services/ports";
import { call, notSent, parse } from "./wire.ts";

export interface SimulatorOptions {
  /** Where the sandbox listens. */
  url: string;
  operators: readonly { code: string; name: Text; instruction: Text }[];
  merchantKey?: string;
}

const reasons: Record<number, RefusalReason> = {
  601: "limit-exceeded",
  604: "otp-wrong",
  605: "funds-insufficient",
  606: "repeated-too-soon",
};
const reasonOf = (code: unknown, said: unknown): RefusalReason =>
  said === "payer-refused" ? "payer-refused" : (reasons[Number(code)] ?? "other");

export function createSimulator(o: SimulatorOptions): PaymentDriver {
  const key = o.merchantKey ?? "toguna-demonstration-merchant";
  const at = (operator: string, path: string) => `${o.url}/money/${encodeURIComponent(operator)}/${path}`;
  const known = (operator: string) => o.operators.some((one) => one.code === operator);

  return {
    operators: () => o.operators.map(({ code, name, instruction }) => ({ code, name, instruction, style: "otp" })),

    async charge(order, signal): Promise<ChargeAnswer> {
      if (!known(order.operator)) return { state: "not-sent" };
      const { operator, otp = "", phone, amount, currency, reference, label, callbackUrl: callback } = order;
      const answer = await call(at(operator, "payments"), key, signal, { reference, phone, amount, currency, otp, label, callback });
      if (answer === notSent) return { state: "not-sent" };
      const body = answer.body;
      if (body.status === "SUCCESS") return { state: "paid", operatorReference: String(body.transaction), at: new Date(String(body.at)) };
      if (body.status === "PENDING") return { state: "pending", operatorReference: String(body.transaction) };
      if (body.status === "FAILED") return { state: "refused", reason: reasonOf(body.code, body.reason) };
      throw new Error(`operator answered ${answer.status} without a status`);
    },

    async status(reference, operator, signal): Promise<PaymentStatus> {
      const answer = await call(at(operator, `payments/${encodeURIComponent(reference)}`), key, signal);
      if (answer === notSent) throw new Error("operator cannot be reached");
      if (answer.status === 404 && answer.body.code === 404) return { reference, state: "absent" };
      const notice = readNotice(answer.body);
      if (notice) return notice;
      if (answer.body.status === "PENDING") return { reference, state: "pending" };
      throw new Error(`operator answered ${answer.status} without a status`);
    },

    async refund(order, signal) {
      const { reference, charge: payment, amount, operator } = order;
      const answer = await call(at(operator, "refunds"), key, signal, { reference, payment, amount });
      if (answer === notSent) return { state: "pending" };
      const { status, transaction, at: when } = answer.body;
      if (status === "SUCCESS") return { state: "refunded", operatorReference: String(transaction), at: new Date(String(when)) };
      if (status === "FAILED") return { state: "refused" };
      throw new Error(`operator answered ${answer.status} to a refund`);
    },

    async statement(operator, day, signal) {
      const answer = await call(at(operator, `statements/${day}.csv`), key, signal);
      if (answer === notSent || answer.status !== 200) throw new Error("the statement cannot be had");
      const [head, ...lines] = answer.text.trim().split(/\r?\n/);
      if (head !== "transaction;reference;amount;at") throw new Error("the statement has other columns");
      return lines.map((line) => {
        const [operatorReference = "", reference = "", amount = "", when = ""] = line.split(";");
        return { operatorReference, reference, amount: Number(amount), at: new Date(when) };
      });
    },

    async readCallback({ headers, body }): Promise<PaymentNotice[] | undefined> {
      const claimed = Buffer.from(headers["x-operator-signature"] ?? "", "hex");
      const right = createHmac("sha256", key).update(body).digest();
      if (claimed.length !== right.length || !timingSafeEqual(claimed, right)) return undefined;
      const notice = readNotice(parse(Buffer.from(body).toString("utf8")));
      return notice ? [notice] : [];
    },
  };
}

const states = { SUCCESS: "paid", FAILED: "refused", EXPIRED: "expired" } as const;

function readNotice(body: Record<string, unknown>): PaymentNotice | undefined {
  const state = states[body["status"] as keyof typeof states];
  const { reference, transaction, amount, at, reason } = body;
  if (!state || typeof reference !== "string" || typeof transaction !== "string" || typeof amount !== "number") return undefined;
  return {
    reference,
    operatorReference: transaction,
    state,
    amount,
    at: new Date(String(at)),
    ...(state === "refused" ? { reason: reasonOf(undefined, reason) } : {}),
  };
}

export const paySimulator = (o: SimulatorOptions): Provided =>
  provide(paymentPort, (host) => {
    // Money that nobody pays must never open a public service's door.
    if (host.config.production) throw new Error("the payment simulator is for demonstrations: configure a real operator");
    return createSimulator(o);
  });
