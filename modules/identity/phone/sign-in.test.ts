import assert from "node:assert/strict";
import { after, test } from "node:test";
import { factsOf } from "#kernel";
import * as api from "../api.ts";
import { identityWorld, mariam, problemOf, proven } from "../fixtures.ts";

const w = await identityWorld();
after(() => w.close());
const one = { ip: "192.0.2.1" };

test("a number and its code open a low account, the second time the same one", async () => {
  const first = await w.signIn("+22670000101");
  assert.equal(first.first, true);
  assert.equal(first.level, "low");
  assert.match(first.token, /^[\w-]{43}$/);
  const sent = await w.call(api.startPhoneSignIn, { phone: "+22670000111" }, one);
  await w.settle();
  assert.ok(w.outside.sms.some((m) => m.to === "+22670000111" && m.text.includes(`(réf. ${sent.reference})`)));
  const caller = await w.as(first.token);
  assert.equal(caller.kind, "person");
  const again = await w.signIn("70 00 01 01");
  assert.equal(again.first, false);
  const other = await w.as(again.token);
  assert.ok("account" in caller && "account" in other && caller.account === other.account && other.person === null);
  assert.notEqual(again.token, first.token);
});

test("what the tables hold is neither code, token, nor number", async () => {
  const session = await w.signIn("+22670000102");
  const dump = JSON.stringify(
    (
      await w.owner(`select (select json_agg(s)::text from identity.session s) || (select json_agg(p)::text from identity.phone p)
        || (select json_agg(c)::text from identity.challenge c) || (select json_agg(d)::text from identity.device d)
        || (select json_agg(f)::text from kernel.fact_data f) || coalesce((select json_agg(a)::text from kernel.answer a), '') as all`)
    ).rows,
  );
  for (const secret of [session.token, session.device as string, "70000102", w.lastCode("+22670000102")])
    assert.ok(!dump.includes(secret), `found ${secret}`);
  const plain = await w.owner("select token from identity.phone");
  const { createHash } = await import("node:crypto");
  for (const hash of ["sha256", "sha1", "md5"])
    for (const form of ["+22670000102", "22670000102", "70000102"])
      assert.ok(!plain.rows.some((r) => (r.token as Buffer).equals(createHash(hash).update(form).digest())));
});

test("known and unknown numbers get the same answer, the same rows and the same SMS", async () => {
  await w.signIn("+22670000103");
  const [known, unknown] = [
    await w.call(api.startPhoneSignIn, { phone: "+22670000103" }, { ip: "198.51.100.7" }),
    await w.call(api.startPhoneSignIn, { phone: "+22670000104" }, { ip: "203.0.113.9" }),
  ];
  const shape = (o: object) => JSON.stringify(Object.entries(o).map(([k, v]) => [k, typeof v, typeof v === "string" ? v.length : v]));
  assert.equal(shape(known), shape(unknown));
  const before = w.outside.sms.length;
  await w.settle();
  const texts = w.outside.sms.slice(before).map((m) => m.text.replace(/\d{6}/g, "######").replace(/f\. \d\d/, "f. ##"));
  assert.equal(texts.length, 2);
  assert.equal(texts[0], texts[1]);
  const rows = await w.owner(
    "select kind, account, known, tries, length(phone) as n from identity.challenge order by created_at desc limit 2",
  );
  assert.deepEqual(rows.rows[0], rows.rows[1]);
});

test("five wrong codes spend the challenge, not the owner's next one", async () => {
  const { challenge } = await w.call(api.startPhoneSignIn, { phone: "+22670000105" }, one);
  await w.settle();
  const code = w.lastCode("+22670000105");
  const wrong = code === "000000" ? "111111" : "000000";
  for (let i = 0; i < 5; i++)
    assert.equal((await problemOf(w.call(api.verifyPhoneCode, { challenge, code: wrong }, one))).code, "identity.code-wrong");
  assert.equal((await problemOf(w.call(api.verifyPhoneCode, { challenge, code }, one))).code, "identity.code-expired");
  assert.equal((await w.signIn("+22670000105")).level, "low");
});

test("a code works once, in its five minutes, for its own challenge, and dies when the clock goes back", async () => {
  const from = { ip: "192.0.2.77" };
  const begin = () => w.call(api.startPhoneSignIn, { phone: "+22670000106" }, from);
  const a = await begin();
  await w.settle();
  const codeA = w.lastCode("+22670000106");
  w.clock.advance(600);
  assert.equal((await problemOf(w.call(api.verifyPhoneCode, { challenge: a.challenge, code: codeA }, from))).code, "identity.code-expired");
  const b = await begin();
  await w.settle();
  const codeB = w.lastCode("+22670000106");
  if (codeA !== codeB)
    assert.equal((await problemOf(w.call(api.verifyPhoneCode, { challenge: b.challenge, code: codeA }, from))).code, "identity.code-wrong");
  w.clock.advance(-7200);
  assert.equal((await problemOf(w.call(api.verifyPhoneCode, { challenge: b.challenge, code: codeB }, from))).code, "identity.code-expired");
  w.clock.advance(7200);
  await w.call(api.verifyPhoneCode, { challenge: b.challenge, code: codeB }, from);
  assert.equal((await problemOf(w.call(api.verifyPhoneCode, { challenge: b.challenge, code: codeB }, from))).code, "identity.code-expired");
});

test("the same right code sent twice at once opens one session", async () => {
  const { challenge } = await w.call(api.startPhoneSignIn, { phone: "+22670000107" }, one);
  await w.settle();
  const input = { challenge, code: w.lastCode("+22670000107") };
  const both = await Promise.allSettled([w.call(api.verifyPhoneCode, input, one), w.call(api.verifyPhoneCode, input, one)]);
  assert.deepEqual(both.map((r) => r.status).sort(), ["fulfilled", "rejected"]);
});

test("two first sign-ins of one number at once open one account", async () => {
  const codes = [];
  for (let i = 0; i < 2; i++) {
    const { challenge } = await w.call(api.startPhoneSignIn, { phone: "+22670000108" }, { ip: `192.0.2.${i}` });
    await w.settle();
    codes.push({ challenge, code: w.lastCode("+22670000108") });
  }
  const sessions = await Promise.all(codes.map((input) => w.call(api.verifyPhoneCode, input, one)));
  const accounts = new Set(await Promise.all(sessions.map(async (s) => ((await w.as(s.token)) as { account: string }).account)));
  assert.equal(accounts.size, 1);
});

test("an attacker can tire the number from elsewhere; the owner's own handset passes at once", async () => {
  const { session } = await proven(w, mariam);
  const phone = mariam.phones[0] as string;
  let refused = 0;
  let delayed = 0;
  for (let i = 0; i < 60; i++) {
    const out = await w.call(api.startPhoneSignIn, { phone }, { ip: `198.51.${i % 30}.${i}` }).catch(() => undefined);
    if (!out) refused++;
    else if (out.sendsIn > 0) delayed++;
  }
  assert.ok(refused > 20 && delayed >= 3, `${refused} refused, ${delayed} delayed`);
  await w.settle();
  w.outside.sms.length = 0;
  const own = await w.call(api.startPhoneSignIn, { phone, device: session.device as string }, { ip: "198.51.3.3" });
  assert.equal(own.sendsIn, 0);
  await w.settle();
  const back = await w.call(
    api.verifyPhoneCode,
    { challenge: own.challenge, code: w.lastCode(phone), device: session.device as string },
    { ip: "198.51.3.3" },
  );
  assert.equal(back.level, "substantial");
  // somebody else's device, or an invented one, opens no such way
  const stranger = await problemOf(w.call(api.startPhoneSignIn, { phone, device: "A".repeat(43) }, { ip: "203.0.113.200" }));
  assert.equal(stranger.code, "kernel.too-many-requests");
  assert.ok((stranger.retryAfter ?? 0) > 0);
  w.clock.advance(6 * 3600);
  assert.equal((await w.call(api.startPhoneSignIn, { phone }, { ip: "203.0.113.200" })).sendsIn, 0);
});

test("one address cannot make us send to the whole numbering plan", async () => {
  let sent = 0;
  for (let i = 0; i < 140; i++) {
    const phone = `+2267010${String(i).padStart(4, "0")}`;
    if (await w.call(api.startPhoneSignIn, { phone }, { ip: "100.64.7.50" }).catch(() => undefined)) sent++;
  }
  assert.equal(sent, 120);
});

test("malformed, foreign and oversize input is refused by name", async () => {
  const code = async (input: object, contract: typeof api.startPhoneSignIn | typeof api.verifyPhoneCode = api.startPhoneSignIn) =>
    (await problemOf(w.call(contract, input as never, one))).code;
  assert.equal(await code({ phone: "+22890112233" }), "identity.phone-refused");
  assert.equal(await code({ phone: "25306070" }), "identity.phone-refused");
  assert.equal(await code({ phone: "7".repeat(10_000) }), "kernel.invalid-input");
  assert.equal(await code({ phone: "70000101", admin: true }), "kernel.invalid-input");
  assert.equal(await code({ phone: 70000101 }), "kernel.invalid-input");
  assert.equal(await code({ phone: "70000101", device: "' or 1=1 --" }), "kernel.invalid-input");
  assert.equal(await code({ challenge: "x".repeat(43), code: "123456" }, api.verifyPhoneCode), "identity.code-expired");
  assert.equal(await code({ challenge: "x".repeat(43), code: "1e5" }, api.verifyPhoneCode), "kernel.invalid-input");
  const big = await w.fetch("/api/identity/sign-in/phone", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ phone: "7".repeat(70_000) })),
  });
  assert.equal(big.status, 413);
});

test("neighbours on one address who guess at challenges do not stop whoever holds one", async () => {
  const from = { ip: "100.64.8.1" };
  const sent = await w.call(api.startPhoneSignIn, { phone: "+22670000110" }, from);
  await w.settle();
  let limited = 0;
  for (let i = 0; i < 125; i++)
    if (
      (await problemOf(w.call(api.verifyPhoneCode, { challenge: "B".repeat(43), code: "123456" }, from))).code ===
      "kernel.too-many-requests"
    )
      limited++;
  assert.ok(limited > 0);
  assert.ok((await w.call(api.verifyPhoneCode, { challenge: sent.challenge, code: w.lastCode("+22670000110") }, from)).token);
});

test("facts tell what happened without telling to whom", async () => {
  const session = await w.signIn("+22670000109");
  const { account } = (await w.as(session.token)) as { account: string };
  const types = (await w.transaction((ctx) => factsOf(ctx, { subject: `account:${account}` }))).map((f) => f.type);
  assert.deepEqual(types.sort(), ["identity.account-opened", "identity.signed-in"]);
});
