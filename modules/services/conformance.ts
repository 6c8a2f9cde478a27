/** The suite each payment driver's test calls: what every operator must keep, whatever its dialogue. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ChargeOrder, PaymentDriver, PaymentStatus } from "./ports.ts";

export interface PaymentBench {
  driver: PaymentDriver;
  /** An operator code and a phone (with its code, for OTP operators) that pays when asked. */
  payer: { operator: string; phone: string; otp?: string };
  /** Lets the outside world finish what it has begun (time passes, the payer confirms). */
  settle: () => Promise<void>;
  /** YYYY-MM-DD of the driver's clock. */
  today: () => string;
  /** Callbacks the operator sent so far, as they would reach our gate. */
  callbacks: () => { headers: Record<string, string>; body: Uint8Array }[];
}

let serial = 0;
const fresh = (): string => `conf-${process.pid}-${(serial += 1)}`;

export function paymentConformance(name: string, open: () => Promise<PaymentBench>): void {
  const signal = AbortSignal.timeout(120_000);
  const order = (bench: PaymentBench, extra: Partial<ChargeOrder> = {}): ChargeOrder => ({
    reference: fresh(),
    operator: bench.payer.operator,
    phone: bench.payer.phone,
    ...(bench.payer.otp === undefined ? {} : { otp: bench.payer.otp }),
    amount: 750,
    currency: "XOF",
    label: "conformance",
    callbackUrl: "http://127.0.0.1:9/none",
    ...extra,
  });
  const paid = async (bench: PaymentBench, reference: string): Promise<PaymentStatus> => {
    await bench.settle();
    return bench.driver.status(reference, bench.payer.operator, signal);
  };

  describe(`payment driver ${name}`, () => {
    it("names its operators, each once, in both languages", async () => {
      const { driver } = await open();
      const operators = driver.operators();
      assert.ok(operators.length > 0);
      assert.equal(new Set(operators.map((o) => o.code)).size, operators.length);
      for (const o of operators) {
        assert.match(o.code, /^[a-z][a-z0-9-]*$/);
        assert.ok(o.name.fr && o.name.en && o.instruction.fr && o.instruction.en);
        assert.doesNotMatch(`${o.instruction.fr}`, /votre (code )?PIN sur cette page/i);
      }
    });
    it("charges a willing payer, and says so when asked", async () => {
      const bench = await open();
      const o = order(bench);
      const answer = await bench.driver.charge(o, signal);
      assert.ok(answer.state === "pending" || answer.state === "paid");
      const status = await paid(bench, o.reference);
      assert.equal(status.state, "paid");
      assert.ok(status.state === "paid" && status.amount === o.amount && status.reference === o.reference);
    });
    it("takes one reference for one charge", async () => {
      const bench = await open();
      const o = order(bench);
      await bench.driver.charge(o, signal);
      await bench.driver.charge(o, signal);
      await paid(bench, o.reference);
      const lines = await bench.driver.statement(o.operator, bench.today(), signal);
      const mine = lines.filter((l) => l.reference === o.reference);
      assert.equal(mine.length, 1);
      assert.equal(mine[0]?.amount, o.amount);
    });
    it("says absent of a reference it never saw", async () => {
      const bench = await open();
      assert.equal((await bench.driver.status(fresh(), bench.payer.operator, signal)).state, "absent");
    });
    it("gives money back once for one refund reference", async () => {
      const bench = await open();
      const o = order(bench);
      await bench.driver.charge(o, signal);
      const status = await paid(bench, o.reference);
      assert.ok(status.state === "paid");
      const refund = {
        reference: fresh(),
        charge: o.reference,
        operatorReference: status.operatorReference,
        operator: o.operator,
        amount: o.amount,
        currency: o.currency,
      };
      await bench.driver.refund(refund, signal);
      await bench.settle();
      const again = await bench.driver.refund(refund, signal);
      assert.equal(again.state, "refunded");
      const lines = await bench.driver.statement(o.operator, bench.today(), signal);
      const back = lines.filter((l) => l.amount < 0 && l.reference === o.reference);
      assert.equal(back.length, 1);
      assert.equal(back[0]?.amount, -o.amount);
    });
    it("refuses a callback that is not its own, and reads its own", async () => {
      const bench = await open();
      const forged = new TextEncoder().encode('{"state":"paid"}');
      const operator = bench.payer.operator;
      assert.equal(await bench.driver.readCallback({ operator, headers: {}, body: forged }), undefined);
      const o = order(bench);
      await bench.driver.charge(o, signal);
      await bench.settle();
      for (const sent of bench.callbacks()) {
        const notices = await bench.driver.readCallback({ operator, ...sent });
        assert.ok(notices && notices.length > 0);
        const tampered = Uint8Array.from(sent.body);
        tampered[tampered.length - 2] = (tampered[tampered.length - 2] ?? 0) ^ 1;
        assert.equal(await bench.driver.readCallback({ operator, headers: sent.headers, body: tampered }), undefined);
      }
    });
  });
}
