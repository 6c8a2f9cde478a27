import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { linesDue, split, totalDue } from "./fees.ts";
import { bookings, hear, nextPoll, open, type Heard, type Payment } from "./rules.ts";

const fee = 750;
const shares = new Map([
  ["court", 500],
  ["treasury", 250],
]);

/** A town in a test tube: one case, its attempts, an operator that loses, repeats and reorders, and our ledger. */
function town() {
  const payments: Payment[] = [];
  const operator = new Map<string, { state: "pending" | "paid" | "refused"; refunded: boolean }>();
  const notices: { id: string; heard: Heard }[] = [];
  const ledger: { account: string; amount: number }[] = [];
  let paidBy: string | undefined;
  let awaits = true;
  let credits = 0;
  const dueBack = new Set<string>();

  const tell = (id: string, heard: Heard): void => {
    const p = payments.find((one) => one.id === id) as Payment;
    const out = hear(p, heard, { paidBy, awaitsPayment: awaits });
    p.state = out.state;
    for (const effect of out.effects) {
      if (effect.do === "credit") {
        credits += 1;
        paidBy = id;
        awaits = false;
        ledger.push(...bookings.received("om", effect.amount, shares));
      } else if (effect.do === "give-back") {
        dueBack.add(id);
        ledger.push(...bookings.overpaid("om", effect.amount));
      } else ledger.push(...bookings.refunded("om", effect.amount));
    }
  };
  const ask = (answer: "lost-before" | "lost-after" | "pending" | "paid" | "refused"): void => {
    if (!awaits || payments.some((p) => open.has(p.state))) return;
    const id = `p${payments.length}`;
    payments.push({ id, state: "created", amount: fee, operator: "om" });
    tell(id, { what: "asking" });
    if (answer !== "lost-before")
      operator.set(id, { state: answer === "paid" || answer === "refused" ? answer : "pending", refunded: false });
    if (answer === "pending") tell(id, { what: "pending" });
    if (answer === "paid") tell(id, { what: "paid", operatorReference: `o-${id}`, amount: fee });
    if (answer === "refused") tell(id, { what: "refused", reason: "other" });
    if (answer.startsWith("lost")) tell(id, { what: "no-answer" });
  };
  const payer = (index: number, pays: boolean): void => {
    const [id, o] = [...operator][index % Math.max(1, operator.size)] ?? [];
    if (!id || !o || o.state !== "pending") return;
    o.state = pays ? "paid" : "refused";
    notices.push({ id, heard: pays ? { what: "paid", operatorReference: `o-${id}`, amount: fee } : { what: "refused", reason: "other" } });
  };
  const deliver = (index: number, keep: boolean): void => {
    const at = index % Math.max(1, notices.length);
    const notice = notices[at];
    if (!notice) return;
    tell(notice.id, notice.heard);
    if (!keep) notices.splice(at, 1);
  };
  const poll = (p: Payment): void => {
    const o = operator.get(p.id);
    if (!o) tell(p.id, { what: "absent" });
    else if (o.state === "paid") tell(p.id, { what: "paid", operatorReference: `o-${p.id}`, amount: fee });
    else if (o.state === "refused") tell(p.id, { what: "refused", reason: "other" });
    else tell(p.id, { what: "pending" });
  };
  const refund = (): void => {
    for (const id of dueBack) {
      const o = operator.get(id);
      if (o) o.refunded = true;
      tell(id, { what: "given-back" });
    }
  };
  return {
    payments,
    operator,
    ledger,
    ask,
    payer,
    deliver,
    poll,
    refund,
    tell,
    expire: (i: number) => payments[i] && tell((payments[i] as Payment).id, { what: "expired" }),
    close: () => (awaits = false),
    credits: () => credits,
    paidBy: () => paidBy,
  };
}

const step = fc.oneof(
  fc.record({
    do: fc.constant("ask" as const),
    answer: fc.constantFrom("lost-before", "lost-after", "pending", "paid", "refused") as fc.Arbitrary<
      "lost-before" | "lost-after" | "pending" | "paid" | "refused"
    >,
  }),
  fc.record({ do: fc.constant("payer" as const), at: fc.nat(5), pays: fc.boolean() }),
  fc.record({ do: fc.constant("deliver" as const), at: fc.nat(9), keep: fc.boolean() }),
  fc.record({ do: fc.constant("poll" as const), at: fc.nat(5) }),
  fc.record({ do: fc.constant("expire" as const), at: fc.nat(5) }),
  fc.record({ do: fc.constant("refund" as const) }),
  fc.record({ do: fc.constant("close" as const) }),
);

describe("payments", () => {
  it("whatever comes in whatever order: the case is credited at most once and no franc is lost or kept", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const t = town();
        for (const s of steps) {
          if (s.do === "ask") t.ask(s.answer);
          else if (s.do === "payer") t.payer(s.at, s.pays);
          else if (s.do === "deliver") t.deliver(s.at, s.keep);
          else if (s.do === "expire") t.expire(s.at);
          else if (s.do === "refund") t.refund();
          else if (s.do === "close") t.close();
          else if (t.payments[s.at]) t.poll(t.payments[s.at] as Payment);
          assert.equal(
            t.ledger.reduce((sum, e) => sum + e.amount, 0),
            0,
          );
          assert.ok(t.credits() <= 1);
        }
        // the end of the day: the statement tells everything, refunds are carried out
        for (const p of t.payments) t.poll(p);
        t.refund();
        const held = [...t.operator].filter(([, o]) => o.state === "paid" && !o.refunded).length * fee;
        assert.equal(held, t.credits() * fee);
        assert.equal(
          t.ledger.filter((e) => e.account === "operator:om").reduce((sum, e) => sum + e.amount, 0),
          held,
        );
        assert.equal(
          t.ledger.filter((e) => e.account === "refunds-due").reduce((sum, e) => sum + e.amount, 0),
          0,
        );
        for (const p of t.payments) assert.ok(!["created", "asked", "outcome-unknown"].includes(p.state), p.state);
      }),
      { numRuns: 2000 },
    );
  });
  it("a late yes wins over an earlier no, and an echo changes nothing", () => {
    const p: Payment = { id: "a", state: "expired", amount: fee, operator: "om" };
    const yes: Heard = { what: "paid", operatorReference: "x", amount: fee };
    assert.deepEqual(hear(p, yes, { paidBy: undefined, awaitsPayment: true }), { state: "paid", effects: [{ do: "credit", amount: fee }] });
    assert.deepEqual(hear({ ...p, state: "paid" }, yes, { paidBy: "a", awaitsPayment: false }).effects, []);
    assert.equal(hear({ ...p, state: "paid" }, { what: "refused", reason: "other" }, { paidBy: "a", awaitsPayment: false }).state, "paid");
  });
  it("another amount than the fee never pays the case and goes back", () => {
    const out = hear(
      { id: "a", state: "pending", amount: fee, operator: "om" },
      { what: "paid", operatorReference: "x", amount: 75 },
      { paidBy: undefined, awaitsPayment: true },
    );
    assert.deepEqual(out.effects, [{ do: "give-back", amount: 75, why: "amount-differs" }]);
  });
  it("polls soon, and for a day", () => {
    let total = 0;
    let polls = 0;
    for (let wait = nextPoll(polls); wait !== undefined; wait = nextPoll(++polls)) total += wait;
    assert.ok((nextPoll(0) ?? 99) < 60);
    assert.ok(total >= 24 * 3600);
  });
});

describe("fees", () => {
  const source = { text: "test", reliability: "illustrative" as const, confirmed: false };
  it("the split sums to the total, in whole francs", () => {
    const line = fc.record({
      payee: fc.constantFrom("competent", "a", "b"),
      amount: fc.integer({ min: 0, max: 1_000_000 }),
      copies: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), (lines, wants) => {
        const fees = lines.map((l, i) => ({
          id: `l${i}`,
          label: { fr: "x", en: "x" },
          payee: l.payee === "competent" ? ("competent" as const) : { institution: l.payee },
          amount: l.amount,
          source,
          ...(l.copies ? { when: { field: "copies", equals: true } } : {}),
        }));
        const due = linesDue({ fees }, { copies: wants }, "court");
        assert.equal(
          [...split(due).values()].reduce((a, b) => a + b, 0),
          totalDue(due),
        );
        assert.ok(Number.isSafeInteger(totalDue(due)));
        assert.ok(!split(due).has("competent"));
        if (!wants) assert.ok(due.every((d) => d.line.when === undefined));
      }),
    );
  });
  it("refuses a fraction of a franc", () => {
    assert.throws(() => totalDue([{ amount: 0.5 }]), RangeError);
  });
});
