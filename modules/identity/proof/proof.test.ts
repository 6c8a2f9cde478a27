import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { factsOf } from "#kernel";
import * as api from "../api.ts";
import { identityWorld, issouf, mariam, problemOf, proven } from "../fixtures.ts";
import { attachRegisterIdentity } from "../index.ts";
import { sendCode } from "../phone/jobs.ts";
import { askRegister } from "./jobs.ts";

const w = await identityWorld();
after(() => w.close());
beforeEach(() => {
  w.outside.register = "answers";
  w.outside.sim = {};
  w.outside.simDefault = { kind: "never" };
  w.outside.people = [mariam, issouf];
  w.clock.advance(86_400 * 8); // every test begins with full buckets
});
const claim = (p = mariam) => ({ identityNumber: p.identityNumber, birthDate: p.birthDate });
const state = async (token: string) => (await w.call(api.readMyAccount, {}, { as: await w.as(token) })).proof.state;

test("the register holds the number for her: the session rises only by a new token", async () => {
  const first = await w.signIn("+22670000011");
  const low = await w.as(first.token);
  assert.deepEqual(await w.call(api.requestRegisterProof, claim(), { as: low }), { state: "waiting" });
  assert.equal(await state(first.token), "waiting");
  await w.settle();
  const seen = await w.call(api.readMyAccount, {}, { as: low });
  assert.equal(seen.proof.state, "matched");
  assert.deepEqual([seen.level, seen.reachable, seen.person, seen.name], ["low", "substantial", null, undefined]);
  const raised = await w.call(api.refreshSession, {}, { as: low });
  assert.equal(raised.level, "substantial");
  assert.deepEqual(await w.as(first.token), { kind: "stranger" }, "the old token died with the privilege it had not");
  const caller = await w.as(raised.token);
  assert.ok(caller.kind === "person" && caller.person !== null);
  assert.equal((await w.call(api.readMyAccount, {}, { as: caller })).name, "Mariam Awa Nikiéma");
  assert.match(w.outside.sms[w.outside.sms.length - 1]?.text ?? "", /identité est vérifiée/);
  const types = (await w.transaction((ctx) => factsOf(ctx, { subject: `person:${caller.person}` }))).map((f) => f.type);
  assert.ok(types.includes("identity.level-raised"));
  // from now on the code alone is enough, until the SIM changes
  assert.equal((await w.signIn("+22670000011")).level, "substantial");
});

test("somebody else's identity number: nothing is looked up about her, nothing opens, she is told", async () => {
  await proven(w, mariam);
  const thief = await w.signIn("+22670000201");
  const asked = w.outside.asked.length;
  const before = w.outside.sms.length;
  await w.call(api.requestRegisterProof, claim(mariam), { as: await w.as(thief.token) });
  await w.settle();
  assert.equal(await state(thief.token), "no-match");
  assert.deepEqual(w.outside.asked.slice(asked), ["+22670000201"], "only the thief's own number was asked about");
  const told = w.outside.sms.slice(before);
  assert.ok(told.some((m) => m.to === "+22670000011" && /saisi depuis un autre/.test(m.text)));
  assert.equal((await w.call(api.refreshSession, {}, { as: await w.as(thief.token) })).level, "low");
});

test("a number held for somebody else, a wrong birth date and an unknown number look the same", async () => {
  const outcomes: string[] = [];
  for (const [phone, input] of [
    ["+22670000012", claim(mariam)],
    ["+22670000011", { ...claim(mariam), birthDate: "1994-03-13" }],
    ["+22670000202", { identityNumber: "00000000000000000", birthDate: "2000-01-01" }],
  ] as const) {
    await w.owner("update identity.account set proof_kind = null, proof_at = null");
    const s = await w.signIn(phone);
    const before = w.outside.sms.length;
    await w.call(api.requestRegisterProof, input, { as: await w.as(s.token) });
    await w.settle();
    const own = w.outside.sms.slice(before).filter((m) => m.to === phone);
    outcomes.push(`${await state(s.token)} ${own.map((m) => m.text).join("|")}`);
  }
  assert.equal(new Set(outcomes).size, 1, outcomes.join("\n"));
});

test("questions to the register are limited by account", async () => {
  const s = await w.signIn("+22670000203");
  for (let i = 0; i < 4; i++) {
    await w.call(api.requestRegisterProof, claim(mariam), { as: await w.as(s.token) });
    await w.settle();
  }
  const p = await problemOf(w.call(api.requestRegisterProof, claim(mariam), { as: await w.as(s.token) }));
  assert.equal(p.code, "kernel.too-many-requests");
  // she herself, from her own number, is not hindered by it
  assert.ok((await proven(w, mariam)).session.level === "substantial");
});

test("a register that is away or breaks is never a register that says no", async () => {
  for (const how of ["away", "throws"] as const) {
    w.outside.register = how;
    const s = await w.signIn("+22670000204");
    w.clock.advance(86_400 * 8);
    const again = await w.signIn("+22670000204");
    await w.call(api.requestRegisterProof, claim(), { as: await w.as(again.token) });
    await w.settle();
    assert.equal(await state(again.token), "unavailable");
    assert.notEqual(s.token, again.token);
  }
  w.outside.register = "answers";
  w.outside.simDefault = { kind: "unavailable" };
  const s = await w.signIn("+22670000205");
  await w.call(api.requestRegisterProof, claim(), { as: await w.as(s.token) });
  await w.settle();
  assert.equal(await state(s.token), "unavailable", "nobody could say whether the SIM is still hers");
});

test("a stolen SIM: the level is gone before the code can be typed, and the register cannot bring it back", async () => {
  const { session, caller } = await proven(w, mariam);
  assert.equal(session.level, "substantial");
  w.outside.sim["+22670000011"] = { kind: "changed", at: w.clock.now() };
  w.clock.advance(60);
  const thief = await w.signIn("+22670000011", { ip: "203.0.113.4" });
  assert.equal(thief.level, "low");
  const view = await w.as(thief.token);
  assert.ok(view.kind === "person" && view.person === null);
  const own = await w.as(session.token);
  assert.ok(own.kind === "person" && own.level === "low" && own.person === null, "her open session lost it too");
  await w.call(api.requestRegisterProof, claim(), { as: view });
  await w.settle();
  assert.equal(await state(thief.token), "sim-recent");
  assert.equal((await w.call(api.refreshSession, {}, { as: view })).level, "low");
  assert.ok(caller.kind === "person");
  const types = (await w.transaction((ctx) => factsOf(ctx, { subject: `person:${caller.person}` }))).map((f) => f.type);
  assert.ok(types.includes("identity.sim-changed") && types.includes("identity.level-dropped"));
  // after the quiet time the register's word counts again
  w.clock.advance(31 * 86_400);
  assert.equal((await proven(w, mariam)).session.level, "substantial");
});

test("an owner who reports her SIM drops at once; reporting twice is one drop", async () => {
  const { caller } = await proven(w, issouf);
  assert.deepEqual(await w.call(api.reportSimChange, {}, { as: caller }), { level: "low" });
  assert.deepEqual(await w.call(api.reportSimChange, {}, { as: caller }), { level: "low" });
  assert.ok(caller.kind === "person");
  const dropped = (await w.transaction((ctx) => factsOf(ctx, { subject: `person:${caller.person}` }))).filter(
    (f) => f.type === "identity.level-dropped",
  );
  assert.equal(dropped.length, 1);
});

test("operators that do not answer: an unknown handset stays low, the owner's own does not", async () => {
  w.clock.advance(31 * 86_400);
  const { session } = await proven(w, mariam);
  w.outside.simDefault = { kind: "unavailable" };
  assert.equal((await w.signIn("+22670000011", { ip: "203.0.113.5" })).level, "low");
  assert.equal((await w.signIn("+22670000011", { device: session.device as string, ip: "203.0.113.5" })).level, "substantial");
});

test("a number given to another person does not open the first person's account to the second", async () => {
  const { caller: first } = await proven(w, mariam);
  assert.ok(first.kind === "person");
  w.outside.people = [
    issouf,
    { ...mariam, identityNumber: "99200000000000001", familyName: "Sana", givenNames: "Awa", birthDate: "2000-01-01" },
  ];
  w.outside.sim["+22670000011"] = { kind: "changed", at: new Date(w.clock.now().getTime() + 1000) };
  w.clock.advance(60 * 86_400);
  const second = await w.signIn("+22670000011");
  assert.equal(second.level, "low");
  await w.call(
    api.requestRegisterProof,
    { identityNumber: "99200000000000001", birthDate: "2000-01-01" },
    { as: await w.as(second.token) },
  );
  await w.settle();
  const raised = await w.call(api.refreshSession, {}, { as: await w.as(second.token) });
  const now = await w.as(raised.token);
  assert.ok(now.kind === "person" && now.level === "substantial");
  assert.notEqual(now.account, first.account);
  assert.notEqual(now.person, first.person);
  assert.equal((await w.call(api.readMyAccount, {}, { as: now })).name, "Awa Sana");
});

test("a second number of the same person is tied to the same person, and the first is told", async () => {
  w.outside.people = [{ ...issouf, phones: ["+22670000012", "+22670000212"] }];
  w.clock.advance(60 * 86_400);
  const one = await proven(w, issouf);
  const before = w.outside.sms.length;
  const two = await proven(w, { ...issouf, phones: ["+22670000212"] });
  assert.ok(one.caller.kind === "person" && two.caller.kind === "person");
  assert.notEqual(one.caller.account, two.caller.account);
  assert.equal(one.caller.person, two.caller.person);
  assert.ok(w.outside.sms.slice(before).some((m) => m.to === "+22670000012" && /autre numéro/.test(m.text)));
});

test("jobs that run twice do their work once", async () => {
  const s = await w.signIn("+22670000207");
  const { account } = (await w.as(s.token)) as { account: string };
  w.outside.people.push({ ...mariam, identityNumber: "99000000000000207", phones: ["+22670000207"] });
  await w.call(api.requestRegisterProof, { identityNumber: "99000000000000207", birthDate: mariam.birthDate }, { as: await w.as(s.token) });
  await w.transaction((ctx) => ctx.enqueue(askRegister, { account }));
  await w.settle();
  await w.transaction((ctx) => ctx.enqueue(askRegister, { account }));
  const before = w.outside.sms.length;
  await w.settle();
  assert.equal(w.outside.sms.length, before);
  const answers = await w.transaction((ctx) => factsOf(ctx, { subject: `account:${account}`, types: ["identity.proof-answered"] }));
  assert.equal(answers.length, 1);
  const { rows } = await w.owner("select encode(id, 'base64') as id from identity.challenge order by created_at desc limit 1");
  const ref = Buffer.from(rows[0].id, "base64").toString("base64url");
  await w.transaction((ctx) => ctx.enqueue(sendCode, { challenge: ref }));
  await w.settle();
  assert.equal(w.outside.sms.length, before, "a code is made and sent once");
});

test("a question whose job died is given back after ten minutes, and can be asked again", async () => {
  const s = await w.signIn("+22670000208");
  await w.call(api.requestRegisterProof, claim(), { as: await w.as(s.token) });
  await w.owner("delete from pgboss.job where name like 'identity%'");
  await w.sweep("identity.give-back");
  assert.equal(await state(s.token), "waiting");
  w.clock.advance(601);
  await w.sweep("identity.give-back");
  assert.equal(await state(s.token), "unavailable");
  assert.deepEqual(await w.call(api.requestRegisterProof, claim(), { as: await w.as(s.token) }), { state: "waiting" });
});

test("the door attaches a person once; her entry is sealed and hers alone under the policy", async () => {
  const s = await w.signIn("+22670000206");
  const { account } = (await w.as(s.token)) as { account: string };
  const entry = { ...mariam, identityNumber: "99000000000000777", phones: [] };
  const a = await w.transaction((ctx) => attachRegisterIdentity(ctx, { account, entry }));
  const b = await w.transaction((ctx) => attachRegisterIdentity(ctx, { account, entry }));
  assert.deepEqual(a, b);
  const rows = await w.owner("select entry from identity.person where id = $1", [a.person]);
  assert.ok(!(rows.rows[0].entry as Buffer).toString("latin1").includes("Mariam"));
});
