import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { factsOf } from "#kernel";
import * as api from "../api.ts";
import { identityWorld, makeOfficial, officialPassword as password, problemOf } from "../fixtures.ts";
import { accountForOfficial, createOfficial, officialNames } from "../index.ts";
import { fromBase32, totpAt, totpStep } from "../totp/rules.ts";

const w = await identityWorld();
after(() => w.close());
beforeEach(() => w.clock.advance(86_400));
const clerk = await makeOfficial(w, "boureima.sawadogo");
const signIn = (input: Partial<{ username: string; password: string; code: string; device: string }> = {}, ip = "192.0.2.9") =>
  w.call(api.signInOfficial, { username: "boureima.sawadogo", password, code: clerk.code(), ...input }, { ip });

test("user name, password and code, all three", async () => {
  const s = await signIn({ username: "Boureima.Sawadogo " });
  assert.deepEqual([s.kind, s.level, s.first], ["official", "substantial", false]);
  const caller = await w.as(s.token);
  assert.ok(caller.kind === "official" && caller.account === clerk.account && caller.person === null);
  const view = await w.call(api.readMyAccount, {}, { as: caller });
  assert.deepEqual([view.username, view.name, view.totp, view.phones.length], ["boureima.sawadogo", "Nom de boureima.sawadogo", true, 0]);
});

test("every failure is the same failure", async () => {
  const wrong = clerk.code() === "000000" ? "111111" : "000000";
  const zeros = totpAt(new Uint8Array(20), totpStep(w.clock.now()));
  const problems = [];
  for (const input of [
    { password: "x" },
    { code: wrong },
    { username: "personne" },
    { username: "personne", code: zeros },
    { code: "abc123" },
    { code: "     " },
  ])
    problems.push(await problemOf(signIn(input, `203.0.${problems.length}.1`)));
  for (const p of problems) assert.deepEqual(p, { code: "identity.sign-in-refused", status: 401, retryAfter: undefined });
});

test("unknown and known user names cost the same work", async () => {
  // processor time of this process, hashing threads included: it does not depend on how busy the machine is
  const work = async (input: object) => {
    const before = process.cpuUsage();
    for (let i = 0; i < 6; i++) {
      await problemOf(signIn({ password: "faux mot de passe", ...input }, `198.18.${i}.${Object.keys(input).length}`));
      w.clock.advance(600);
    }
    const spent = process.cpuUsage(before);
    return spent.user + spent.system;
  };
  await work({});
  const [known, unknown] = [await work({}), await work({ username: "inconnue" })];
  // the side without its Argon2 would cost a tenth of the other
  assert.ok(Math.max(known, unknown) / Math.min(known, unknown) < 3, `${known} µs, ${unknown} µs`);
});

test("a TOTP step works once, even sent twice at the same instant, and a clock set back revives none", async () => {
  const code = clerk.code();
  const both = await Promise.allSettled([signIn({ code }), signIn({ code }, "203.0.113.77")]);
  assert.deepEqual(both.map((r) => r.status).sort(), ["fulfilled", "rejected"]);
  assert.equal((await problemOf(signIn({ code }))).code, "identity.sign-in-refused");
  const old = totpAt(new Uint8Array(20), 1);
  w.clock.advance(-90);
  assert.equal((await problemOf(signIn({ code: clerk.code() }))).code, "identity.sign-in-refused");
  w.clock.advance(120);
  assert.ok(old.length === 6 && (await signIn()).token);
});

test("a storm of wrong passwords from everywhere leaves the official's own handset and a quiet address free", async () => {
  const device = (await signIn()).device as string;
  let refusedByLimit = 0;
  for (let i = 0; i < 40; i++) {
    const p = await problemOf(signIn({ password: "faux mot de passe" }, `203.0.113.${i}`));
    if (p.code === "kernel.too-many-requests") refusedByLimit++;
  }
  assert.ok(refusedByLimit >= 34, "one network has five tries");
  w.clock.advance(31);
  assert.ok((await signIn({ device }, "203.0.113.40")).token, "the known device passes even from the attacker's network");
  w.clock.advance(31);
  assert.ok((await signIn({}, "192.0.2.10")).token, "so does a new device from elsewhere");
});

test("who knows the password still cannot try codes without end, and does not stop the owner's device", async () => {
  const device = (await signIn()).device as string;
  w.clock.advance(31);
  const wrong = () => (clerk.code() === "000000" ? "111111" : "000000");
  for (let i = 0; i < 5; i++) await problemOf(signIn({ code: wrong() }, `198.51.${i}.1`));
  // the bucket is empty: even the right code from an unknown device is refused, in the same words
  assert.equal((await problemOf(signIn({}, "198.51.77.1"))).code, "identity.sign-in-refused");
  assert.ok((await signIn({ device }, "198.51.78.1")).token);
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: `account:${clerk.account}`, types: ["identity.sign-in-failed"] }));
  assert.ok(
    facts.some((f) => f.data?.factor === "code"),
    "the official can see that somebody had the password",
  );
});

test("changing the password needs the old one, ends every other session, refuses weak ones", async () => {
  const other = await signIn();
  w.clock.advance(31);
  const mine = await signIn({}, "192.0.2.200");
  const me = await w.as(mine.token);
  const change = (current: string, next: string) => problemOf(w.call(api.changePassword, { current, next }, { as: me }));
  assert.equal((await change("faux", "un autre mot de passe")).code, "identity.password-wrong");
  assert.equal((await change(password, "boureima.sawadogo 1")).code, "identity.password-weak");
  assert.equal((await change(password, "court")).code, "kernel.invalid-input");
  await w.call(api.changePassword, { current: password, next: "trois tambours au marché" }, { as: me });
  assert.equal((await w.as(other.token)).kind, "stranger");
  assert.equal((await w.as(mine.token)).kind, "official");
  w.clock.advance(31);
  assert.equal((await problemOf(signIn())).code, "identity.sign-in-refused");
  assert.ok((await signIn({ password: "trois tambours au marché" })).token);
  await w.call(api.changePassword, { current: "trois tambours au marché", next: password }, { as: me });
});

test("a new authenticator is in force once confirmed; before that the old one is", async () => {
  const me = await w.as((await signIn()).token);
  const enrolled = await w.call(api.enrolTotp, {}, { as: me });
  assert.match(enrolled.uri, /^otpauth:\/\/totp\/Toguna:boureima\.sawadogo\?secret=/);
  w.clock.advance(31);
  assert.ok((await signIn()).token, "the old one still works");
  const secret = fromBase32(enrolled.secret);
  const now = () => totpAt(secret, totpStep(w.clock.now()));
  assert.equal(
    (await problemOf(w.call(api.confirmTotp, { code: now() === "000000" ? "111111" : "000000" }, { as: me }))).code,
    "identity.code-wrong",
  );
  await w.call(api.confirmTotp, { code: now() }, { as: me });
  assert.equal((await problemOf(signIn({ code: now() }))).code, "identity.sign-in-refused", "the confirming code is used up");
  w.clock.advance(31);
  assert.ok((await signIn({ code: now() })).token);
  assert.equal((await problemOf(signIn({ code: clerk.code() }))).code, "identity.sign-in-refused", "the old one is dead");
  const citizen = await w.as((await w.signIn("+22670000401")).token);
  assert.equal((await problemOf(w.call(api.enrolTotp, {}, { as: citizen }))).code, "kernel.level-too-low");
});

test("creating twice is creating once; names are looked up for acts", async () => {
  const again = await w.transaction((ctx) => createOfficial(ctx, { username: "BOUREIMA.sawadogo", name: "Autre", password }));
  assert.deepEqual(again, { account: clerk.account, created: false });
  await assert.rejects(w.transaction((ctx) => createOfficial(ctx, { username: "x.y", name: "X", password: "aaaaaaaaaaaaaa" })));
  const found = await w.transaction((ctx) => accountForOfficial(ctx, "boureima.SAWADOGO"));
  assert.equal(found?.name, "Nom de boureima.sawadogo");
  const citizen = (await w.as((await w.signIn("+22670000402")).token)) as { account: string };
  const names = await w.transaction((ctx) => officialNames(ctx, [clerk.account, citizen.account]));
  assert.deepEqual(names, { [clerk.account]: "Nom de boureima.sawadogo" });
});

test("an administrator finds an account by its exact user name, others do not", async () => {
  const admin = w.clerk("bf-tgi-koudougou", [api.findOfficials.id]);
  const found = await w.call(api.findOfficial, { username: "Boureima.Sawadogo" }, { as: admin });
  assert.deepEqual(found, { account: clerk.account, name: "Nom de boureima.sawadogo" });
  assert.equal((await problemOf(w.call(api.findOfficial, { username: "boureima%" }, { as: admin }))).code, "identity.official-unknown");
  assert.equal(
    (await problemOf(w.call(api.findOfficial, { username: "boureima.sawadogo" }, { as: w.clerk("bf-oni") }))).code,
    "kernel.forbidden",
  );
});

test("the demonstration's codes work; a production never shows them", async () => {
  const demo = await makeOfficial(w, "salimata.ilboudo");
  const shown = (await w.call(api.readDemoCodes, {})).officials.find((o) => o.username === "salimata.ilboudo");
  assert.equal(shown?.code, demo.code());
  const input = { username: "salimata.ilboudo", password, code: shown?.code as string };
  await w.call(api.signInOfficial, input, { ip: "192.0.2.30" });
  const next = (await w.call(api.readDemoCodes, {})).officials.find((o) => o.username === "salimata.ilboudo")?.code as string;
  assert.notEqual(next, input.code);
  assert.ok((await w.call(api.signInOfficial, { ...input, code: next }, { ip: "192.0.2.30" })).token);
  (w.kernel.config as { demo: boolean }).demo = false;
  assert.equal((await problemOf(w.call(api.readDemoCodes, {}))).code, "kernel.not-found");
  (w.kernel.config as { demo: boolean }).demo = true;
});
