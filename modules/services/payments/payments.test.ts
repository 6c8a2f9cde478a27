/** J4: the operator's answer comes late, twice, out of order, or never. The case is never lost, never paid twice. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as api from "../api.ts";
import { house, type House, readyCase } from "../test-world.ts";

let h: House;
before(async () => void (h = await house()));
after(() => h.close());

const money = { operator: "essai", phone: "70000011", otp: "123456" };
const sweep = async (): Promise<void> => {
  await h.w.sweep("services.payments");
  await h.w.settle();
};
async function unpaid(): Promise<string> {
  const { number, version } = await readyCase(h, h.mariam);
  await h.w.call(api.submitCase, { number, version }, { as: h.mariam });
  return number;
}
const pay = (number: string) => h.w.call(api.startPayment, { number, ...money }, { as: h.mariam });
const read = (number: string) => h.w.call(api.readCase, { number }, { as: h.mariam });
const payment = (number: string) => h.w.call(api.readPayment, { number }, { as: h.mariam });
const references = async (number: string): Promise<string[]> =>
  (
    await h.w.owner(
      "select p.reference from services.payment p join services.case_file c on c.id = p.case_id where c.number = $1 order by p.created_at",
      [number],
    )
  ).rows.map((r: { reference: string }) => r.reference);
const callback = (reference: string) =>
  h.w.fetch("/api/services/payments/callbacks/essai", { method: "POST", ...h.operator.callback(reference) });
const ledger = async (): Promise<Record<string, number>> => {
  const { rows } = await h.w.owner("select account, sum(amount)::int as n from services.ledger_entry group by 1");
  return Object.fromEntries(rows.map((r: { account: string; n: number }) => [r.account, r.n]));
};
const balanced = async (): Promise<void> =>
  assert.equal(
    Object.values(await ledger()).reduce((a, b) => a + b, 0),
    0,
  );
const receipts = async (): Promise<number[]> =>
  (await h.w.owner("select serial from services.receipt order by serial")).rows.map((r: { serial: number }) => r.serial);

describe("J4, payments", () => {
  it("late: pending, then a callback", async () => {
    const number = await unpaid();
    h.operator.mood = "later";
    await pay(number);
    await h.w.settle();
    assert.equal((await payment(number)).state, "pending");
    assert.equal((await read(number)).next, "wait-payment");
    await assert.rejects(pay(number), { code: "services.payment-under-way" });
    const [reference] = (await references(number)) as [string];
    h.operator.pay(reference);
    assert.equal((await callback(reference)).status, 204);
    assert.equal((await read(number)).state, "submitted");
  });

  it("twice: the echo changes nothing", async () => {
    const number = await unpaid();
    h.operator.mood = "later";
    await pay(number);
    await h.w.settle();
    const [reference] = (await references(number)) as [string];
    h.operator.pay(reference);
    const before = (await receipts()).length;
    await Promise.all([callback(reference), callback(reference), callback(reference)]);
    await sweep();
    assert.equal((await receipts()).length, before + 1);
    assert.equal((await read(number)).state, "submitted");
    await balanced();
  });

  it("a forged callback is refused, and one about another's operator ignored", async () => {
    const number = await unpaid();
    h.operator.mood = "later";
    await pay(number);
    await h.w.settle();
    const [reference] = (await references(number)) as [string];
    h.operator.pay(reference);
    const { body } = h.operator.callback(reference);
    const forged = await h.w.fetch("/api/services/payments/callbacks/essai", {
      method: "POST",
      headers: { "x-test-signature": "no", "content-type": "application/json" },
      body,
    });
    assert.equal(forged.status, 401);
    assert.equal((await payment(number)).state, "pending");
    const other = await h.w.fetch("/api/services/payments/callbacks/autre", { method: "POST", ...h.operator.callback(reference) });
    assert.equal(other.status, 204);
    assert.equal((await payment(number)).state, "pending");
    await callback(reference);
  });

  it("never: the answer is lost, polling finds it within a minute", async () => {
    const number = await unpaid();
    h.operator.mood = "loses-answer";
    const before = h.operator.charges;
    await pay(number);
    await h.w.settle();
    assert.equal((await payment(number)).state, "outcome-unknown");
    assert.equal((await payment(number)).canPay, false);
    h.w.clock.advance(10);
    await sweep();
    assert.equal((await read(number)).state, "submitted");
    assert.equal(h.operator.charges, before + 1);
  });

  it("the question itself was lost: after a while the person may pay again, once", async () => {
    const number = await unpaid();
    h.operator.mood = "loses-question";
    await pay(number);
    await h.w.settle();
    assert.equal((await payment(number)).state, "outcome-unknown");
    h.w.clock.advance(10);
    await sweep();
    assert.equal((await payment(number)).state, "outcome-unknown", "too soon to believe that it never arrived");
    h.w.clock.advance(120);
    await sweep();
    const failed = await payment(number);
    assert.equal(failed.state, "failed");
    assert.equal(failed.canPay, true);
    assert.ok(failed.reason);
    h.operator.mood = "pays";
    await pay(number);
    await h.w.settle();
    assert.equal((await read(number)).state, "submitted");
  });

  it("out of order: expired, paid again, then the first answer comes after all: given back", async () => {
    const number = await unpaid();
    h.operator.mood = "later";
    await pay(number);
    await h.w.settle();
    h.w.clock.advance(31 * 60);
    await sweep();
    assert.equal((await payment(number)).state, "expired");
    h.operator.mood = "pays";
    await pay(number);
    await h.w.settle();
    assert.equal((await read(number)).state, "submitted");
    const [first, second] = (await references(number)) as [string, string];
    h.operator.pay(first);
    await callback(first);
    assert.equal((await ledger())["refunds-due"], -750);
    const operator = h.w.clerk("bf-anptic", ["services.reconcile-payments"]);
    const list = await h.w.call(api.listReconciliation, { onlyFindings: "yes" }, { as: operator });
    assert.ok(list.lines.some((l) => l.reference === first && l.finding === "refund-waiting"));
    assert.ok(!JSON.stringify(list).includes("70000011"));
    await sweep();
    assert.equal((await ledger())["refunds-due"], 0);
    assert.equal(h.operator.accounts.get(first)?.refunds.size, 1);
    assert.equal(h.operator.accounts.get(second)?.refunds.size, 0);
    assert.equal((await payment(number)).state, "paid");
    await sweep();
    assert.equal(h.operator.accounts.get(first)?.refunds.size, 1);
    await balanced();
  });

  it("an expired attempt nobody repeated is credited when its money comes late", async () => {
    const number = await unpaid();
    h.operator.mood = "later";
    await pay(number);
    await h.w.settle();
    h.w.clock.advance(31 * 60);
    await sweep();
    const [reference] = (await references(number)) as [string];
    h.operator.pay(reference);
    h.w.clock.advance(3700);
    await sweep();
    assert.equal((await read(number)).state, "submitted");
  });

  it("money for a case given up goes back", async () => {
    const number = await unpaid();
    h.operator.mood = "later";
    await pay(number);
    await h.w.settle();
    const { version } = await read(number);
    await h.w.call(api.abandonCase, { number, version }, { as: h.mariam });
    const [reference] = (await references(number)) as [string];
    h.operator.pay(reference);
    await callback(reference);
    await sweep();
    assert.equal(h.operator.accounts.get(reference)?.refunds.size, 1);
    assert.equal((await read(number)).state, "abandoned");
    await balanced();
  });

  it("neither callback nor polling told: the statement does, and shows what matches nothing", async () => {
    const number = await unpaid();
    h.operator.mood = "later";
    await pay(number);
    await h.w.settle();
    const [reference] = (await references(number)) as [string];
    await h.w.owner("update services.payment set next_poll_at = null where reference = $1", [reference]);
    h.operator.pay(reference);
    h.operator.strange.push({ operatorReference: "STRANGE-1", amount: 123, at: new Date("2026-11-23T10:00:00Z") });
    const operator = h.w.clerk("bf-anptic", ["services.reconcile-payments"]);
    await h.w.call(api.importStatement, { operator: "essai", day: "2026-11-23" }, { as: operator });
    await h.w.settle();
    assert.equal((await read(number)).state, "submitted");
    const list = await h.w.call(api.listReconciliation, {}, { as: operator });
    assert.equal(list.counts.unmatched, 1);
    const { sum, accounts } = await h.w.call(api.readBalances, {}, { as: operator });
    assert.equal(sum, 0);
    assert.ok(accounts.some((a) => a.account === "payee:bf-tgi-koudougou" && a.balance < 0));
  });

  it("two clicks at once start one payment", async () => {
    const number = await unpaid();
    h.operator.mood = "later";
    const both = await Promise.allSettled([pay(number), pay(number)]);
    assert.deepEqual(both.map((b) => b.status).sort(), ["fulfilled", "rejected"]);
    assert.equal((await references(number)).length, 1);
  });

  it("asks for what it needs and nothing it must not know", async () => {
    const number = await unpaid();
    const bad = (more: object) => h.w.call(api.startPayment, { number, ...money, ...more }, { as: h.mariam });
    await assert.rejects(bad({ operator: "inconnu" }), { code: "services.operator-unknown" });
    await assert.rejects(bad({ phone: "12" }), { code: "services.answers-wrong" });
    await assert.rejects(bad({ otp: "abc" }), { code: "services.answers-wrong" });
    await h.w.settle();
    const { rows } = await h.w.owner(
      "select count(*)::int as n from services.payment where otp is not null and state not in ('created', 'asked')",
    );
    assert.equal((rows[0] as { n: number }).n, 0, "one-time codes are erased");
  });

  it("receipts are numbered without a gap", async () => {
    const serials = await receipts();
    assert.deepEqual(
      serials,
      serials.map((_, i) => i + 1),
    );
  });
});
