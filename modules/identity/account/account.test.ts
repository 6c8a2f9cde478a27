import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import * as api from "../api.ts";
import { identityWorld, issouf, mariam, problemOf, proven } from "../fixtures.ts";
import { personAttributes, personContact, personName, tellPerson } from "../index.ts";
import { factsOf, sql } from "#kernel";

const w = await identityWorld();
after(() => w.close());
beforeEach(() => {
  w.outside.sim = {};
  w.clock.advance(86_400 * 8);
});

test("a session ends by idleness, by age, by hand, and never lives longer for a clock set back", async () => {
  const a = (await proven(w, mariam)).session;
  for (let i = 0; i < 14; i++) {
    w.clock.advance(3300);
    if ((await w.as(a.token)).kind === "stranger") break;
  }
  assert.equal((await w.as(a.token)).kind, "stranger", "twelve hours are the end however often it is seen");
  const b = await w.signIn("+22670000011");
  w.clock.advance(3599);
  assert.equal((await w.as(b.token)).kind, "person");
  w.clock.advance(3601);
  assert.equal((await w.as(b.token)).kind, "stranger");
  const c = await w.signIn("+22670000011");
  w.clock.advance(-3600);
  assert.equal((await w.as(c.token)).kind, "stranger");
  w.clock.advance(3600);
  await w.call(api.signOut, {}, { as: await w.as(c.token) });
  assert.equal((await w.as(c.token)).kind, "stranger");
});

test("forged and foreign tokens are nobody", async () => {
  const { token } = await w.signIn("+22670000301");
  for (const forged of [
    "",
    "x",
    token.slice(0, 42),
    `${token}x`,
    token.replace(/.$/, (c) => (c === "A" ? "B" : "A")),
    "' or true --",
    "A".repeat(43),
  ])
    assert.deepEqual(await w.as(forged), { kind: "stranger" }, forged);
  const stored = await w.owner("select encode(token, 'hex') as hex, id from identity.session limit 1");
  for (const leaked of [stored.rows[0].hex, stored.rows[0].id]) assert.deepEqual(await w.as(leaked), { kind: "stranger" });
});

test("fixation: a sign-in never takes over the token the browser had, and ends it", async () => {
  const attacker = await w.signIn("+22670000302");
  const asAttacker = await w.as(attacker.token); // planted in the victim's browser
  const from = { ip: "192.0.2.1", as: asAttacker };
  const sent = await w.call(api.startPhoneSignIn, { phone: "+22670000303" }, from);
  await w.settle();
  const victim = await w.call(api.verifyPhoneCode, { challenge: sent.challenge, code: w.lastCode("+22670000303") }, from);
  assert.notEqual(victim.token, attacker.token);
  assert.deepEqual(await w.as(attacker.token), { kind: "stranger" });
});

test("my account: everything of mine, nothing of others", async () => {
  const { caller, session } = await proven(w, mariam);
  const view = await w.call(api.readMyAccount, {}, { as: caller });
  assert.deepEqual(
    view.phones.map((p) => p.shown),
    ["+226 70 00 00 11"],
  );
  assert.equal(view.proof.kind, "register");
  assert.equal(view.sessions.filter((s) => s.current).length, 1);
  assert.ok(session.expiresAt > w.clock.now().toISOString());
  const low = await w.as((await w.signIn("+22670000304")).token);
  const poor = await w.call(api.readMyAccount, {}, { as: low });
  assert.deepEqual([poor.person, poor.name, poor.proof.state], [null, undefined, "none"]);
});

test("another session can be ended by its owner, not by somebody else, nor by one worth less", async () => {
  const first = await w.signIn("+22670000011");
  const second = await w.signIn("+22670000011");
  const me = await w.as(second.token);
  const victim = (await w.as(first.token)) as { session: string };
  const other = await w.as((await w.signIn("+22670000305")).token);
  assert.equal((await problemOf(w.call(api.endSession, { session: victim.session }, { as: other }))).code, "identity.session-unknown");
  const sameAccountLow = { ...(me as object), level: "low", session: (me as { session: string }).session } as typeof me;
  await w.owner("update identity.session set level = 'low' where id = $1", [(me as { session: string }).session]);
  assert.equal((await problemOf(w.call(api.endSession, { session: victim.session }, { as: sameAccountLow }))).code, "kernel.level-too-low");
  assert.equal((await w.call(api.endOtherSessions, {}, { as: sameAccountLow })).ended, 0);
  await w.owner("update identity.session set level = 'substantial' where id = $1", [(me as { session: string }).session]);
  await w.call(api.endSession, { session: victim.session }, { as: me });
  assert.deepEqual(await w.as(first.token), { kind: "stranger" });
  assert.equal((await problemOf(w.call(api.endSession, { session: victim.session }, { as: me }))).code, "identity.session-unknown");
});

test("refreshing rotates the token and never moves the end outward", async () => {
  const s = await w.signIn("+22670000011");
  w.clock.advance(1800);
  const fresh = await w.call(api.refreshSession, {}, { as: await w.as(s.token) });
  assert.equal(fresh.expiresAt, s.expiresAt);
  assert.deepEqual(await w.as(s.token), { kind: "stranger" });
});

test("a new number: proven owners need a substantial session, the old number is told, the level waits for proof", async () => {
  const { caller } = await proven(w, issouf);
  w.clock.advance(60);
  const low = { ...caller, level: "low" } as typeof caller;
  assert.equal((await problemOf(w.call(api.startPhoneChange, { phone: "+22670000312" }, { as: low }))).code, "kernel.level-too-low");
  const sent = await w.call(api.startPhoneChange, { phone: "+22670000312" }, { as: caller });
  await w.settle();
  const code = w.lastCode("+22670000312");
  const other = await w.as((await w.signIn("+22670000306")).token);
  assert.equal(
    (await problemOf(w.call(api.confirmPhoneChange, { challenge: sent.challenge, code }, { as: other }))).code,
    "identity.code-expired",
  );
  assert.deepEqual(await w.call(api.confirmPhoneChange, { challenge: sent.challenge, code }, { as: caller }), { level: "low" });
  await w.settle();
  assert.ok(w.outside.sms.some((m) => m.to === "+22670000012" && /n'ouvre plus votre compte/.test(m.text)));
  assert.equal((await w.signIn("+22670000312")).level, "low");
  const old = await w.signIn("+22670000012");
  assert.equal(old.first, true, "the old number opens another, empty account");
  // a number that serves somebody is not taken away from her
  const again = await w.call(api.startPhoneChange, { phone: "+22670000011" }, { as: other });
  await w.settle();
  const taken = w.call(api.confirmPhoneChange, { challenge: again.challenge, code: w.lastCode("+22670000011") }, { as: other });
  assert.equal((await problemOf(taken)).code, "identity.number-taken");
});

test("doors record each read of a person for a reason, and messages reach her without showing her number", async () => {
  const { caller } = await proven(w, mariam);
  assert.ok(caller.kind === "person" && caller.person);
  const person = caller.person;
  const clerk = w.clerk("bf-tgi-koudougou", []);
  assert.equal(await w.transaction((ctx) => personName(ctx, person, "services.handle-case"), { caller: clerk }), "Mariam Awa Nikiéma");
  const attributes = await w.transaction((ctx) => personAttributes(ctx, person, "services.handle-case"), { caller: clerk });
  assert.equal(attributes?.birthDate, "1994-03-12");
  assert.ok(attributes && !("phones" in attributes) && !("documents" in attributes));
  const reads = (await w.transaction((ctx) => factsOf(ctx, { subject: `person:${person}` }))).filter(
    (f) => f.type === "kernel.personal-read",
  );
  assert.equal(reads.length, 2);
  assert.ok(reads.every((f) => f.institution === "bf-tgi-koudougou" && f.data?.purpose === "services.handle-case"));
  assert.equal((await w.transaction((ctx) => personContact(ctx, person), { caller: clerk })).phone, "+22670000011");
  assert.equal(await w.transaction((ctx) => tellPerson(ctx, person, { fr: "Votre acte est prêt", en: "Your act is ready" })), 1);
  assert.equal(await w.transaction((ctx) => personName(ctx, "00000000-0000-7000-8000-000000000000", "x"), { caller: clerk }), undefined);
});

test("row-level security: no institution, official or other person reads entries or foreign proofings", async () => {
  const { caller } = await proven(w, mariam);
  assert.ok(caller.kind === "person");
  const count = (by: Parameters<typeof w.transaction>[1], table: "person" | "proofing") =>
    w.transaction(
      async (ctx) =>
        (
          await ctx.db.one<{ n: number }>(
            table === "person"
              ? sql`select count(*)::int as n from identity.person`
              : sql`select count(*)::int as n from identity.proofing`,
          )
        ).n,
      by,
    );
  assert.equal(await count({ caller: w.clerk("bf-tgi-koudougou") }, "person"), 0);
  assert.equal(await count({ caller: w.stranger }, "person"), 0);
  assert.equal(await count({ caller: w.citizen() }, "person"), 0);
  assert.equal(await count({ caller }, "person"), 1);
  await w.owner(
    "insert into identity.proofing (id, institution, official, challenge, phone_token, phone, state, started_at, expires_at) values (gen_random_uuid(), 'bf-oni', gen_random_uuid(), '', '', '', 'waiting', '2026-01-01', '2026-01-01')",
  );
  assert.equal(await count({ caller: w.clerk("bf-tgi-koudougou") }, "proofing"), 0);
  assert.equal(await count({ caller: w.clerk("bf-oni") }, "proofing"), 1);
  // nor write into another institution's
  await assert.rejects(
    w.transaction((ctx) => ctx.db.run(sql`update identity.proofing set institution = 'bf-tgi-koudougou'`), { caller: w.clerk("bf-oni") }),
  );
});

test("tidying forgets what has done its work and leaves what lives", async () => {
  const { session } = await proven(w, mariam);
  await w.sweep("identity.tidy");
  assert.equal((await w.as(session.token)).kind, "person");
  w.clock.advance(86_400 * 45);
  await w.sweep("identity.tidy");
  const left = await w.owner(
    "select (select count(*) from identity.challenge)::int as c, (select count(*) from identity.bucket)::int as b, (select count(*) from identity.session)::int as s",
  );
  assert.deepEqual(left.rows[0], { c: 0, b: 0, s: 0 });
});
