/** The operators the driver knows; asked once at start, since a handler talks to nobody outside. */
import type { Context, Host } from "#kernel";
import { paymentPort, type PaymentOperator } from "../ports.ts";

const known = new WeakMap<object, PaymentOperator[]>();

export function learnOperators(host: Host): void {
  known.set(host.country, host.port(paymentPort).operators());
}

export function operatorsOf(ctx: Pick<Context, "country">): readonly PaymentOperator[] {
  return known.get(ctx.country) ?? [];
}
