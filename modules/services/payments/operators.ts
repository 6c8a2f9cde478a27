/** The operators the driver knows; asked once at start, since a handler talks to nobody outside. */
import type { Context, Host } from "#kernel";
import { paymentPort, type PaymentOperator } from "../ports.ts";

const known = new WeakMap<object, PaymentOperator[]>();

/** A house without a payment driver runs: its procedures with a fee say that there is no means of payment. */
export function learnOperators(host: Host): void {
  try {
    known.set(host.country, host.port(paymentPort).operators());
  } catch (error) {
    host.log.warn({ error: String(error) }, "no payment driver: fees cannot be paid");
    known.set(host.country, []);
  }
}

export function operatorsOf(ctx: Pick<Context, "country">): readonly PaymentOperator[] {
  return known.get(ctx.country) ?? [];
}
