/** Evidence: by a register, by a hand, by nobody; and what a register says wrongly. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { answerHandRequest, listHandRequests, readHandRequest } from "#exchange/api";
import * as api from "../api.ts";
import { answers, house, type House, submittedCase } from "../test-world.ts";

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
    // a registrar finds a name in a book, not a number
    const shown = JSON.stringify(await h.w.call(readHandRequest, { id: request.id }, { as: registrar }));
    assert.ok(shown.includes("Kaboré") && shown.includes("1988"), shown);
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

  it("nobody answers by hand in time: said openly, and asked anew", async () => {
    const number = await authorised(h.issouf);
    assert.deepEqual(await states(number, h.issouf), ["received", "waiting-person"]);
    h.w.clock.advance(60 * 86_400);
    await h.w.sweep("exchange.hand-requests");
    await h.w.settle();
    assert.deepEqual(await states(number, h.issouf), ["received", "failed"]);
    const { version } = await h.w.call(api.readCase, { number }, { as: h.issouf });
    await h.w.call(api.authoriseEvidence, { number, version }, { as: h.issouf });
    await h.w.settle();
    assert.deepEqual(await states(number, h.issouf), ["received", "waiting-person"]);
    h.w.clock.advance(-60 * 86_400);
  });

  it("a register that hiccups is asked again by itself", async () => {
    h.silent.times = 3;
    assert.deepEqual(await states(await authorised(h.mariam), h.mariam), ["received", "received"]);
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

  it("convictions on paper sheets: a colleague searches by hand, and his words are never taken for nothing", async () => {
    const persons = h.registers.get("/registers/bf-oni/persons") as Record<string, unknown>[];
    const at = persons.findIndex((p) => p.phone === "+22670000013");
    const before = persons[at] as Record<string, unknown>;
    // a commune whose court keeps its sheets on paper
    persons[at] = { ...before, birth: { date: "1985-06-20", place: "Boromo", commune: "bf-com-boromo", country: "BF" } };
    const births = h.registers.get("/registers/bf-ec-koudougou/births") as Record<string, unknown>[];
    await h.w.owner(
      "update exchange.service set kind = 'http', base_url = 'sandbox:/registers/bf-ec-koudougou/births', answers_in_days = null where institution = 'bf-ec-boromo'",
    );
    assert.ok(births.length > 0);
    const { number, version } = await submittedCase(h, h.adama);
    persons[at] = before;
    const court = (await h.w.call(api.readCase, { number }, { as: h.adama })).office?.id ?? "";
    const rights = ["services.handle-cases", "services.decide-cases", "exchange.answer-by-hand"];
    const clerk = h.w.clerk(court, rights);
    const claimed = await h.w.call(api.claimCase, { number, version }, { as: clerk });
    await h.w.call(api.searchRegister, { number, version: claimed.version }, { as: clerk });
    await h.w.settle();
    const waiting = await h.w.call(api.readDeskCase, { number }, { as: clerk });
    assert.equal(waiting.search.state, "asked");
    assert.ok(waiting.search.expectedBy);
    assert.ok(!waiting.actions.includes("conclude"));
    const { requests } = await h.w.call(listHandRequests, {}, { as: clerk });
    const values = {
      reference: "FICHE-12",
      family: "Zongo",
      given: "Adama",
      "birth.date": "1985-06-20",
      "birth.place": "Boromo",
      mentions: "Vol, deux ans fermes, 2010",
    };
    await h.w.call(answerHandRequest, { id: requests[0]?.id ?? "", values }, { as: clerk });
    await h.w.settle();
    const found = await h.w.call(api.readDeskCase, { number }, { as: clerk });
    assert.equal(found.search.state, "done");
    const [candidate] = found.search.candidates;
    assert.ok(candidate && candidate.convictions.length === 1);
    const judged = {
      number,
      version: found.version,
      candidate: candidate.id,
      verdict: "same-person" as const,
      reason: "Même date, même lieu",
    };
    await h.w.call(api.reviewCandidate, judged, { as: clerk });
    const ready = await h.w.call(api.readDeskCase, { number }, { as: clerk });
    assert.equal(ready.proposal?.outcome, "mentions");
    assert.ok(ready.proposal?.mentions[0]?.rows.some((r) => r.value.includes("deux ans fermes")));
  });
});
