/** The operator at work: its state on disk, its timers, its signed callbacks. */
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "#kernel";
import { charge, type Notice, newState, noticeOf, type Order, refund, settleNow, type State, type Then } from "./operator.ts";

export interface Sent {
  url: string;
  headers: Record<string, string>;
  body: Uint8Array;
}
export interface MoneyDesk {
  state: State;
  charge(order: Order): Then;
  refund(wish: { reference: string; payment: string; amount: number }): Omit<Then, "after">;
  save(): void;
  /** Callbacks that left, oldest first: tests and the handset page look at them. */
  sent: Sent[];
  idle(): Promise<void>;
  stop(): void;
}

export const signatureHeader = "x-operator-signature";
export const sign = (secret: string, body: Uint8Array | string): string => createHmac("sha256", secret).update(body).digest("hex");

export function openDesk(o: { clock: Clock; secret: string; pace: number; file: string | undefined }): MoneyDesk {
  const state = o.file && existsSync(o.file) ? thaw(readFileSync(o.file, "utf8")) : newState();
  const now = () => o.clock.now().getTime();
  const timers = new Set<NodeJS.Timeout>();
  const flying = new Set<Promise<void>>();
  const sent: Sent[] = [];

  const save = (): void => {
    if (!o.file) return;
    mkdirSync(dirname(o.file), { recursive: true });
    writeFileSync(`${o.file}.new`, freeze(state));
    // A rename is whole or not at all: a cut of power leaves the old book or the new one.
    renameSync(`${o.file}.new`, o.file);
  };
  const later = (ms: number, fn: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      fn();
    }, ms);
    timers.add(timer);
  };
  const notify = (url: string, notice: Notice): void => {
    const body = Buffer.from(JSON.stringify(notice));
    const headers = { "content-type": "application/json", [signatureHeader]: sign(o.secret, body) };
    sent.push({ url, headers, body });
    // Said once, like the real one: whether it arrived is the merchant's worry.
    const flight = fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(10_000),
    })
      .then((res) => res.body?.cancel())
      .then(
        () => undefined,
        () => undefined,
      );
    flying.add(flight);
    void flight.finally(() => flying.delete(flight));
  };
  const follow = (then: Then): void => {
    for (const step of then.after)
      later(step.ms, () => {
        const payment = state.payments.get(step.reference);
        if (!payment) return;
        if (step.what === "settle") {
          settleNow(state, step.reference, now());
          save();
        } else notify(payment.callback, step.notice ?? noticeOf(payment));
      });
  };
  // What was under way when the operator's machine stopped settles after it starts again; its callbacks are lost.
  for (const payment of state.payments.values())
    if (payment.state === "pending")
      follow({
        status: 0,
        body: {},
        after: [{ ms: o.pace, what: "settle", reference: payment.reference }],
      });

  return {
    state,
    sent,
    save,
    charge(order) {
      const then = charge(state, order, now(), o.pace);
      save();
      follow(then);
      return then;
    },
    refund(wish) {
      const answer = refund(state, wish, now());
      save();
      return answer;
    },
    async idle() {
      while (timers.size > 0 || flying.size > 0) {
        await Promise.all(flying);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

function freeze(state: State): string {
  const { payments, refunds, balances, ...rest } = state;
  return JSON.stringify({
    ...rest,
    payments: [...payments],
    refunds: [...refunds],
    balances: [...balances],
  });
}
function thaw(text: string): State {
  const read = JSON.parse(text) as Omit<State, "payments" | "refunds" | "balances"> &
    Record<"payments" | "refunds" | "balances", [string, never][]>;
  return {
    ...read,
    payments: new Map(read.payments),
    refunds: new Map(read.refunds),
    balances: new Map(read.balances),
  };
}
