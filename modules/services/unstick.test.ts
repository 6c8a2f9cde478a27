/** A machine that dies in the middle: the work is taken up again, and done once. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as api from "./api.ts";
import { house, type House, instructedCase, readyCase } from "./test-world.ts";

let h: House;
before(async () => void (h = await house()));
after(() => h.close());

/** Every waiting job is gone, as after the last attempt died with its machine. */
const loseJobs = () => h.w.owner("delete from pgboss.job where state in ('created', 'retry', 'active')");
const unstick = async (): Promise<void> => {
  h.w.clock.advance(700);
  await h.w.sweep("services.unstick");
  await h.w.sweep("services.payments");
  await h.w.settle();
};

describe("work whose job is gone", () => {
  it("evidence, payment, search and signature are each taken up again", async () => {
    const as = h.mariam;
    const { number, version } = await readyCase(h, as);
    await h.w.owner("update services.evidence set state = 'asked', asked_at = $1 where requirement = 'birth'", [h.w.clock.now()]);
    assert.equal((await h.w.call(api.readCase, { number }, { as })).next, "wait-evidence");
    await unstick();
    assert.equal((await h.w.call(api.readCase, { number }, { as })).next, "submit");

    await h.w.call(api.submitCase, { number, version }, { as });
    const charges = h.operator.charges;
    await h.w.call(api.startPayment, { number, operator: "essai", phone: "70000011", otp: "123456" }, { as });
    await loseJobs();
    await unstick();
    assert.equal((await h.w.call(api.readCase, { number }, { as })).state, "submitted");
    assert.equal(h.operator.charges, charges + 1);

    const at = await h.w.call(api.readCase, { number }, { as });
    const claimed = await h.w.call(api.claimCase, { number, version: at.version }, { as: h.clerk });
    await h.w.call(api.searchRegister, { number, version: claimed.version }, { as: h.clerk });
    await loseJobs();
    await unstick();
    assert.equal((await h.w.call(api.readDeskCase, { number }, { as: h.clerk })).search.state, "done");
  });

  it("an act asked for twice is made once", async () => {
    const { number, version } = await instructedCase(h, h.mariam, () => "other-person");
    const { version: decided } = await h.w.call(api.concludeCase, { number, version, outcome: "none" }, { as: h.clerk });
    await h.w.call(api.signAct, { number, version: decided }, { as: h.clerk });
    await loseJobs();
    await unstick();
    const first = await h.w.call(api.readCase, { number }, { as: h.mariam });
    assert.equal(first.state, "issued");
    await unstick();
    const { rows } = await h.w.owner("select count(*)::int as n from services.public_act where number = $1", [first.act?.number]);
    assert.equal((rows[0] as { n: number }).n, 1);
    assert.equal(h.sent.filter((m) => m.text.includes(first.act?.number ?? "-")).length, 1);
  });

  it("tells once that a legal delay has passed", async () => {
    h.w.clock.advance(30 * 86_400);
    const { number } = await instructedCase(h, h.adama, () => "other-person");
    h.w.clock.advance(10 * 86_400);
    await h.w.sweep("services.overdue");
    await h.w.sweep("services.overdue");
    const { rows } = await h.w.owner("select count(*)::int as n from kernel.fact where type = 'services.case-overdue' and subject = $1", [
      `case:${number}`,
    ]);
    assert.equal((rows[0] as { n: number }).n, 1);
    const figures = await h.w.call(api.readOfficeStatistics, {});
    const office = figures.offices.find((o) => o.institution === "bf-tgi-koudougou");
    assert.equal(office?.received, 3);
    assert.equal(office?.medianHours, undefined, "too few to speak of");
    const queue = await h.w.call(api.readQueue, { view: "late" }, { as: h.clerk });
    assert.ok(queue.items.some((i) => i.number === number && i.clock?.late === true));
  });

  it("forgets a draft nobody touches, two weeks after saying so", async () => {
    const started = await h.w.call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as: h.issouf });
    await h.w.call(api.authoriseEvidence, { number: started.number, version: 1 }, { as: h.issouf });
    await h.w.settle();
    const sweep = async (days: number): Promise<void> => {
      h.w.clock.advance(days * 86_400);
      await h.w.sweep("services.drafts");
      await h.w.settle();
    };
    const told = () => h.sent.filter((m) => m.text.includes(started.number) && m.text.includes("brouillon")).length;
    await sweep(77);
    await sweep(1);
    assert.equal(told(), 1);
    assert.equal((await h.w.call(api.readCase, { number: started.number }, { as: h.issouf })).state, "evidence");
    await sweep(12);
    assert.equal((await h.w.call(api.readCase, { number: started.number }, { as: h.issouf })).state, "evidence");
    await sweep(2);
    const gone = await h.w.call(api.readCase, { number: started.number }, { as: h.issouf });
    assert.equal(gone.state, "abandoned");
    const { rows } = await h.w.owner("select known, answers from services.case_file where number = $1", [started.number]);
    assert.deepEqual(rows[0], { known: {}, answers: {} });
  });
});
