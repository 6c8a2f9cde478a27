import assert from "node:assert/strict";
import { test } from "node:test";
import { type Behaviour, balanceOf, charge, csv, makeCode, newState, openingBalance, refund, settleNow, statement } from "./operator.ts";

const t0 = Date.UTC(2026, 10, 21, 10);
const day = (at: Date) => at.toISOString().slice(0, 10);
const phone = "+22670000001";
function scene(behaviour: Behaviour = "prompt", amount = 750) {
  const state = newState();
  makeCode(state, { otp: "123456", phone, amount, behaviour }, t0);
  const order = (reference: string, more: object = {}) => ({
    reference,
    phone,
    amount,
    currency: "XOF",
    otp: "123456",
    label: "x",
    callback: "http://h/c",
    ...more,
  });
  return {
    state,
    order,
    pay: (reference: string, more: object = {}, at = t0) => charge(state, order(reference, more), at, 1000),
  };
}

test("a right code pays, once", () => {
  const { state, pay } = scene();
  assert.equal(pay("a").body["code"], 200);
  assert.equal(balanceOf(state, phone), openingBalance - 750);
  assert.equal(pay("a").body["code"], 200, "the same reference is the same payment");
  assert.equal(balanceOf(state, phone), openingBalance - 750);
});

test("a wrong, spent or old code is 604; the same again too soon is 606; no money is 605", () => {
  const { state, pay } = scene();
  assert.equal(pay("a", { otp: "000000" }).body["code"], 604);
  assert.equal(pay("a", { phone: "+22670000002" }).body["code"], 604);
  assert.equal(pay("old", {}, t0 + 15 * 60_000).body["code"], 604);
  assert.equal(pay("a").body["code"], 200);
  assert.equal(pay("b").body["code"], 606);
  assert.equal(pay("b", {}, t0 + 61_000).body["code"], 604, "a code serves once");
  state.balances.set(phone, 10);
  makeCode(state, { otp: "222222", phone, amount: 750, behaviour: "prompt" }, t0 + 62_000);
  assert.equal(pay("c", { otp: "222222" }, t0 + 62_000).body["code"], 605);
});

test("a refused try leaves the reference free to be tried with the right code", () => {
  const { pay } = scene();
  assert.equal(pay("a", { otp: "000000" }).body["code"], 604);
  assert.equal(pay("a").body["code"], 200);
});

test("how each behaviour announces itself", () => {
  const plan = (behaviour: Behaviour) => scene(behaviour).pay("a");
  assert.deepEqual(
    plan("later").after.map((x) => [x.what, x.ms]),
    [
      ["settle", 1000],
      ["notify", 1000],
    ],
  );
  assert.deepEqual(
    plan("twice").after.map((x) => x.what),
    ["settle", "notify", "notify"],
  );
  assert.deepEqual(
    plan("never").after.map((x) => x.what),
    ["settle"],
  );
  assert.equal(plan("reordered").after.at(-1)?.notice?.status, "EXPIRED");
  assert.equal(plan("cut").cut, true);
  assert.ok(plan("late").after[1]!.ms > plan("late").after[0]!.ms);
});

test("settling twice moves money once; a payer who refuses keeps it", () => {
  const { state, pay } = scene("later");
  pay("a");
  settleNow(state, "a", t0 + 1);
  settleNow(state, "a", t0 + 2);
  assert.equal(balanceOf(state, phone), openingBalance - 750);
  const no = scene("payer-refuses");
  no.pay("a");
  settleNow(no.state, "a", t0);
  assert.equal(no.state.payments.get("a")?.state, "refused");
  assert.equal(balanceOf(no.state, phone), openingBalance);
});

test("a refund is once per reference and never more than was paid", () => {
  const { state, pay } = scene();
  pay("a");
  const first = refund(state, { reference: "r", payment: "a", amount: 500 }, t0);
  assert.equal(first.body["code"], 200);
  assert.deepEqual(refund(state, { reference: "r", payment: "a", amount: 500 }, t0 + 5), first);
  assert.equal(refund(state, { reference: "r2", payment: "a", amount: 251 }, t0).body["code"], 611);
  assert.equal(refund(state, { reference: "r3", payment: "unknown", amount: 1 }, t0).body["code"], 611);
  assert.equal(balanceOf(state, phone), openingBalance - 250);
});

test("the statement holds what moved that day, in and out", () => {
  const { state, pay } = scene();
  pay("a");
  refund(state, { reference: "r", payment: "a", amount: 750 }, t0 + 86_400_000);
  assert.deepEqual(
    statement(state, "2026-11-21", day).map((l) => l.amount),
    [750],
  );
  assert.deepEqual(
    statement(state, "2026-11-22", day).map((l) => [l.amount, l.reference]),
    [[-750, "a"]],
  );
  assert.match(csv(statement(state, "2026-11-21", day)), /^transaction;reference;amount;at\r\nMP261121\.000001;a;750;/);
});

test("odd amounts and other currencies are refused", () => {
  const { pay } = scene();
  for (const more of [{ amount: 0 }, { amount: -5 }, { amount: 1.5 }, { currency: "EUR" }]) assert.equal(pay("a", more).body["code"], 601);
});
