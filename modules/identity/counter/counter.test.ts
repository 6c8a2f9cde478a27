import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { factsOf } from "#kernel";
import * as api from "../api.ts";
import { counterAgent, identityWorld, issouf, makeOfficial, mariam, problemOf } from "../fixtures.ts";

const w = await identityWorld();
after(() => w.close());
const agent = counterAgent(w, (await makeOfficial(w, "seydou.konate")).account);
beforeEach(() => {
  w.outside.register = "answers";
  w.clock.advance(86_400 * 2);
});
const document = { kind: "CNIB", number: "B 10000037", birthDate: "1994-03-12" };
const begin = async (phone = "+22670000501", identityNumber = mariam.identityNumber) => {
  const { proofing } = await w.call(api.startProofing, { phone, identityNumber }, { as: agent });
  await w.settle();
  return proofing;
};

test("document, face and phone together make a number hers, substantial from then on", async () => {
  const proofing = await begin();
  const view = await w.call(api.readProofing, { proofing }, { as: agent });
  assert.deepEqual([view.state, view.entry?.familyName, view.phone], ["found", "Nikiéma", "+226 70 00 05 01"]);
  const reads = await w.transaction((ctx) => factsOf(ctx, { subject: `person:${view.person}`, types: ["kernel.personal-read"] }));
  assert.deepEqual([reads.length, reads[0]?.data?.purpose, reads[0]?.institution], [1, "identity.prove-at-counter", "bf-oni-koudougou"]);
  const code = w.lastCode("+22670000501");
  const out = await w.call(api.concludeProofing, { proofing, code, document, samePerson: true }, { as: agent });
  assert.deepEqual(out, { state: "proven", level: "substantial" });
  const s = await w.signIn("+22670000501");
  assert.equal(s.level, "substantial");
  const caller = await w.as(s.token);
  assert.ok(caller.kind === "person" && caller.person === view.person);
  assert.equal(
    (await problemOf(w.call(api.concludeProofing, { proofing, code, document, samePerson: true }, { as: agent }))).code,
    "identity.proofing-not-ready",
  );
});

test("a stolen SIM proven away at the counter: the number is hers again at once", async () => {
  await w.call(api.reportSimChangeFor, { phone: "+22670000501" }, { as: agent });
  assert.equal((await w.signIn("+22670000501")).level, "low");
  w.clock.advance(600);
  const proofing = await begin();
  await w.call(api.concludeProofing, { proofing, code: w.lastCode("+22670000501"), document, samePerson: true }, { as: agent });
  assert.equal((await w.signIn("+22670000501")).level, "substantial");
  assert.deepEqual(await w.call(api.reportSimChangeFor, { phone: "+22670009999" }, { as: agent }), {}, "an unknown number answers alike");
});

test("wrong document: counted, the third time refused; an expired one, another birth date, another kind too", async () => {
  const proofing = await begin("+22670000502");
  const code = w.lastCode("+22670000502");
  const conclude = (d: typeof document) => w.call(api.concludeProofing, { proofing, code, document: d, samePerson: true }, { as: agent });
  assert.equal((await problemOf(conclude({ ...document, number: "B10000038" }))).code, "identity.document-mismatch");
  assert.equal((await problemOf(conclude({ ...document, kind: "passport" }))).code, "identity.document-mismatch");
  assert.deepEqual(await conclude({ ...document, birthDate: "1994-03-13" }), { state: "refused", level: "low" });
  assert.equal((await problemOf(conclude(document))).code, "identity.proofing-not-ready");
  assert.equal((await w.signIn("+22670000502")).level, "low");
});

test("wrong code, another face, an unknown number, a register that is away", async () => {
  const a = await begin("+22670000503");
  const code = w.lastCode("+22670000503");
  const wrong = code === "000000" ? "111111" : "000000";
  assert.equal(
    (await problemOf(w.call(api.concludeProofing, { proofing: a, code: wrong, document, samePerson: true }, { as: agent }))).code,
    "identity.code-wrong",
  );
  assert.equal((await w.call(api.concludeProofing, { proofing: a, code, document, samePerson: false }, { as: agent })).state, "refused");
  const b = await begin("+22670000503", "00000000000000000");
  assert.equal((await w.call(api.readProofing, { proofing: b }, { as: agent })).state, "unknown");
  w.outside.register = "away";
  const c = await begin("+22670000503");
  assert.equal((await w.call(api.readProofing, { proofing: c }, { as: agent })).state, "unavailable");
});

test("half an hour, then it is over", async () => {
  const proofing = await begin("+22670000504");
  w.clock.advance(1800);
  const view = await w.call(api.readProofing, { proofing }, { as: agent });
  assert.deepEqual([view.state, view.entry, view.person], ["expired", undefined, undefined]);
  const late = w.call(api.concludeProofing, { proofing, code: "123456", document, samePerson: true }, { as: agent });
  assert.equal((await problemOf(late)).code, "identity.proofing-not-ready");
});

test("a proofing is its official's: a colleague and another institution do not even see it", async () => {
  const proofing = await begin("+22670000505");
  const colleague = counterAgent(w, "00000000-0000-7000-8000-000000000001");
  const elsewhere = counterAgent(w, agent.account, "bf-tgi-koudougou");
  for (const as of [colleague, elsewhere])
    for (const call of [
      () => w.call(api.readProofing, { proofing }, { as }),
      () => w.call(api.concludeProofing, { proofing, code: "123456", document, samePerson: true }, { as }),
    ])
      assert.equal((await problemOf(call())).code, "identity.proofing-unknown");
  assert.equal(
    (await problemOf(w.call(api.startProofing, { phone: "70000505", identityNumber: "1234" }, { as: w.clerk("bf-oni", []) }))).code,
    "kernel.forbidden",
  );
});

test("nobody proves herself", async () => {
  const proofing = await begin("+22670000506");
  const { person } = await w.call(api.readProofing, { proofing }, { as: agent });
  const self = { ...agent, person: person as string };
  const own = w.call(api.concludeProofing, { proofing, code: w.lastCode("+22670000506"), document, samePerson: true }, { as: self });
  assert.equal((await problemOf(own)).code, "identity.not-oneself");
});

test("looking people up at counters is limited, by official and by person", async () => {
  let passed = 0;
  for (let i = 0; i < 8; i++)
    if (
      await w
        .call(api.startProofing, { phone: "+22670000507", identityNumber: issouf.identityNumber }, { as: agent })
        .catch(() => undefined)
    )
      passed++;
  assert.equal(passed, 6);
  let all = 0;
  for (let i = 0; i < 40; i++)
    if (await w.call(api.startProofing, { phone: "+22670000507", identityNumber: `5550000${i}` }, { as: agent }).catch(() => undefined))
      all++;
  assert.ok(passed + all <= 31, `${passed + all}`);
});
