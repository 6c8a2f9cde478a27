/** Evidence: by a register, by a hand, by nobody; and what a register says wrongly. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { answerHandRequest, listHandRequests } from "#exchange/api";
import * as api from "../api.ts";
import { answers, house, type House } from "../test-world.ts";

let h: House;
before(async () => void (h = await house()));
after(() => h.close());

async function authorised(as: House["mariam"]): Promise<string> {
  const { number, version } = await h.w.call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as });
  await h.w.call(api.authoriseEvidence, { number, version }, { as });
  await h.w.settle();
  return number;
}
const states = async (number: string, as: House["mariam"]) =>
  (await h.w.call(api.readEvidencePlan, { number }, { as })).evidence.map((e) => e.state);

describe("evidence", () => {
  it("on paper: a registrar answers by hand, the delay is shown, the applicant is told", async () => {
    const number = await authorised(h.issouf);
    const plan = await h.w.call(api.readEvidencePlan, { number }, { as: h.issouf });
    assert.deepEqual(
      plan.evidence.map((e) => e.state),
      ["received", "waiting-person"],
    );
    assert.ok(plan.evidence[1]?.expectedBy);
    assert.match(plan.evidence[1]?.holder ?? "", /Sourgou/);
    assert.equal((await h.w.call(api.readCase, { number }, { as: h.issouf })).next, "wait-evidence");
    const registrar = h.w.clerk("bf-ec-sourgou", ["exchange.answer-by-hand"]);
    const { requests } = await h.w.call(listHandRequests, {}, { as: registrar });
    const request = requests[0];
    assert.ok(request);
    const row = {
      act: "1988/0010",
      family: "Kaboré",
      given: "Issouf",
      sex: "M",
      "birth.date": "1988-11-02",
      "birth.place": "Sourgou",
      "father.family": "Kaboré",
      "father.given": "Noufou",
      "mother.family": "Zongo",
      "mother.given": "Bibata",
    };
    await h.w.call(answerHandRequest, { id: request.id, values: row }, { as: registrar });
    await h.w.settle();
    const after = await h.w.call(api.readEvidencePlan, { number }, { as: h.issouf });
    assert.deepEqual(
      after.evidence.map((e) => [e.state, e.answeredBy]),
      [
        ["received", "register"],
        ["received", "person"],
      ],
    );
    assert.ok(after.evidence[1]?.data.some((d) => d.value === "Zongo"));
    assert.ok(h.sent.some((m) => m.to === "+22670000012" && m.text.includes(number)));
  });

  it("a register that does not answer fails openly, and may be asked again", async () => {
    h.silent.on = true;
    const number = await authorised(h.mariam);
    assert.deepEqual(await states(number, h.mariam), ["failed", "to-ask"]);
    h.silent.on = false;
    const { version, next } = await h.w.call(api.readCase, { number }, { as: h.mariam });
    assert.equal(next, "authorise-evidence");
    await h.w.call(api.authoriseEvidence, { number, version }, { as: h.mariam });
    await h.w.settle();
    assert.deepEqual(await states(number, h.mariam), ["received", "received"]);
    const again = await h.w.call(api.readCase, { number }, { as: h.mariam });
    await assert.rejects(h.w.call(api.authoriseEvidence, { number, version: again.version }, { as: h.mariam }), {
      code: "services.not-now",
    });
  });

  it("homonyms under one number are never guessed at; an unknown person is said to be unknown", async () => {
    const persons = h.registers.get("/registers/bf-oni/persons") as Record<string, unknown>[];
    const mine = persons.find((p) => p.phone === "+22670000011") as Record<string, unknown>;
    persons.push({ ...mine });
    assert.deepEqual((await states(await authorised(h.mariam), h.mariam))[0], "not-found");
    persons.splice(persons.indexOf(mine), 1);
    persons.pop();
    assert.deepEqual((await states(await authorised(h.mariam), h.mariam))[0], "not-found");
    persons.push(mine);
  });

  it("a value that does not fit its field is asked of the person instead", async () => {
    const births = h.registers.get("/registers/bf-ec-koudougou/births") as Record<string, unknown>[];
    const at = births.findIndex((b) => b.nip === "99199400000169139");
    const before = births[at] as Record<string, unknown>;
    births[at] = { ...before, mother: { family: "<b>?</b>", given: "Pauline" } };
    const number = await authorised(h.mariam);
    births[at] = before;
    const form = await h.w.call(api.readForm, { number }, { as: h.mariam });
    const mother = form.sections.flatMap((s) => s.fields).find((f) => f.path === "motherFamily");
    assert.equal(mother?.locked, false);
    assert.equal(mother?.value, undefined);
    const saved = await h.w.call(
      api.saveAnswers,
      { number, version: form.version, answers: { ...answers, motherFamily: "Kantiono" } },
      { as: h.mariam },
    );
    assert.equal(saved.complete, true);
    // what came from a register stays the register's
    const locked = await h.w.call(api.saveAnswers, { number, version: saved.version, answers: { familyName: "Autre" } }, { as: h.mariam });
    assert.deepEqual(
      locked.problems.map((p) => p.path),
      ["familyName"],
    );
  });

  it("born abroad: no commune is asked, and the court the law names decides", async () => {
    const persons = h.registers.get("/registers/bf-oni/persons") as Record<string, unknown>[];
    const at = persons.findIndex((p) => p.phone === "+22670000013");
    const before = persons[at] as Record<string, unknown>;
    persons[at] = { ...before, birth: { date: "1985-06-20", place: "Abidjan", country: "CI" } };
    const number = await authorised(h.adama);
    persons[at] = before;
    assert.deepEqual(await states(number, h.adama), ["received"]);
    const { version } = await h.w.call(api.readCase, { number }, { as: h.adama });
    const parents = { motherFamily: "Yaméogo", motherGiven: "Rasmata", fatherFamily: "Zongo", fatherGiven: "Salif" };
    const saved = await h.w.call(api.saveAnswers, { number, version, answers: { ...answers, ...parents } }, { as: h.adama });
    await h.w.call(api.submitCase, { number, version: saved.version }, { as: h.adama });
    assert.equal((await h.w.call(api.readCase, { number }, { as: h.adama })).office?.id, "bf-ca-ouagadougou");
  });
});
