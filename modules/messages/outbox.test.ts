import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Caller } from "#kernel";
import { Problem, provide } from "#kernel";
import { world } from "#kernel/testing";
import * as api from "./api.ts";
import { type Sms, messages, sendEmail, sendSms } from "./index.ts";
import { takeReceipt } from "./jobs.ts";
import { type OutgoingEmail, type OutgoingSms, type Receipt, emailPort, smsPort } from "./ports.ts";

// A carrier of the test's own: it says what it is told to say.
const carried: OutgoingSms[] = [];
const mails: OutgoingEmail[] = [];
let mood: "fine" | "away" | "refuses" = "fine";
let receive: (receipt: Receipt) => Promise<void> = async () => {};
const early: Receipt["status"][] = [];
let racing: ((providerId: string, i: number) => void) | undefined;
const sms = provide(smsPort, () => ({
  name: "test-carrier",
  send: async (message) => {
    if (mood === "away") throw new Error("away");
    if (mood === "refuses") return { kind: "refused" as const, why: "address" as const, detail: "no such number" };
    carried.push(message);
    racing?.(`p-${message.key}`, carried.length);
    for (const status of early) await receive({ providerId: `p-${message.key}`, status, at: new Date(0) });
    return { kind: "accepted" as const, providerId: `p-${message.key}` };
  },
  listen: (onReceipt) => {
    receive = onReceipt;
    return () => {};
  },
}));
const email = provide(emailPort, () => ({
  name: "test-mail",
  send: async (message) => {
    mails.push(message);
    return { kind: "accepted" as const, providerId: message.key };
  },
}));
const w = await world({ modules: [messages], drivers: [sms, email] });
after(() => w.close());

const text = { fr: "Votre extrait est prêt", en: "Your extract is ready" };
const to = "70 00 00 11";
const send = (o: Partial<Sms> = {}, caller?: Caller): Promise<{ id: string; parts: number }> =>
  w.transaction((ctx) => sendSms(ctx, { to, text, lang: "fr", ...o }), caller === undefined ? {} : { caller });
const row = async (id: string): Promise<Record<string, unknown>> =>
  (await w.owner("select * from messages.message where id = $1", [id])).rows[0];
const facts = async (id: string): Promise<string[]> =>
  (await w.owner("select type from kernel.fact where subject = $1 order by seq", [`message:${id}`])).rows.map(
    (r: { type: string }) => r.type,
  );
const problem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

test("a message commits with its sender, then travels, then is delivered", async () => {
  const { id, parts } = await send({ person: "p1" });
  assert.equal(parts, 1);
  assert.equal((await row(id))["state"], "created");
  await w.settle();
  assert.deepEqual(carried.at(-1), { key: id, to: "+22670000011", text: text.fr, encoding: "ucs2", expiresAt: carried.at(-1)?.expiresAt });
  await receive({ providerId: `p-${id}`, status: "delivered", at: w.clock.now() });
  assert.equal((await row(id))["state"], "delivered");
  assert.deepEqual(await facts(id), ["messages.sent", "messages.delivered"]);
});

test("a transaction that fails sends nothing", async () => {
  const before = carried.length;
  await assert.rejects(
    w.transaction(async (ctx) => {
      await sendSms(ctx, { to, text, lang: "fr" });
      throw new Error("after all, no");
    }),
  );
  await w.settle();
  assert.equal(carried.length, before);
});

test("the same ref is one message, whoever repeats it", async () => {
  const before = carried.length;
  const one = await send({ ref: "case-1 decided" }, w.stranger);
  const two = await send({ ref: "case-1 decided" }, w.citizen());
  assert.equal(one.id, two.id);
  await w.settle();
  assert.equal(carried.length, before + 1);
});

test("receipts twice, late, contradicting, and before we know the carrier's id", async () => {
  early.push("temporary-failure");
  const { id } = await send();
  await w.settle();
  early.pop();
  assert.equal((await row(id))["state"], "temporary-failure");
  for (const status of ["delivered", "delivered", "permanent-failure", "temporary-failure"] as const)
    await receive({ providerId: `p-${id}`, status, at: w.clock.now() });
  assert.equal((await row(id))["state"], "delivered");
  assert.deepEqual(await facts(id), ["messages.sent", "messages.failed", "messages.delivered"]);
  await receive({ providerId: "nobody's", status: "delivered", at: w.clock.now() });
});

test("receipts that race with our own note of the carrier's id are never lost", async () => {
  const received: Promise<void>[] = [];
  racing = (providerId, i) => {
    received.push(
      new Promise((resolve) => setTimeout(resolve, i % 12)).then(() => receive({ providerId, status: "delivered", at: w.clock.now() })),
    );
  };
  const sent = await Promise.all(Array.from({ length: 120 }, () => send()));
  await w.settle();
  await Promise.all(received);
  racing = undefined;
  assert.equal(received.length, 120);
  const lost = await w.owner("select id from messages.message where id = any($1) and state <> 'delivered'", [sent.map(({ id }) => id)]);
  assert.equal(lost.rowCount, 0);
});

test("two receipts at the same moment settle once", async () => {
  const { id } = await send();
  await w.settle();
  await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      w.transaction((ctx) =>
        takeReceipt(ctx, "test-carrier", {
          providerId: `p-${id}`,
          status: i % 2 === 0 ? "delivered" : "temporary-failure",
          at: w.clock.now(),
        }),
      ),
    ),
  );
  assert.equal((await row(id))["state"], "delivered");
  assert.equal((await facts(id)).filter((type) => type === "messages.delivered").length, 1);
});

test("a carrier that is away gets the message later; past its time it is a technical failure", async () => {
  mood = "away";
  const kept = await send();
  const lost = await send({ expireSeconds: 60 });
  await w.settle();
  assert.equal((await row(kept.id))["state"], "created");
  mood = "fine";
  w.clock.advance(1000);
  await w.sweep("messages.clock");
  await w.settle();
  assert.equal((await row(kept.id))["state"], "sending");
  assert.equal((await row(lost.id))["state"], "technical-failure");
});

test("a refused number is a permanent failure; a silent carrier a temporary one", async () => {
  mood = "refuses";
  const refused = await send();
  await w.settle();
  mood = "fine";
  const silent = await send({ expireSeconds: 60 });
  await w.settle();
  w.clock.advance(700);
  await w.sweep("messages.clock");
  assert.equal((await row(refused.id))["state"], "permanent-failure");
  assert.equal((await row(silent.id))["state"], "temporary-failure");
});

test("a code's text is gone once the carrier has it, or its time is over", async () => {
  const sent = await send({ secret: true });
  await w.settle();
  assert.equal(carried.at(-1)?.text, text.fr);
  assert.equal((await row(sent.id))["body"], null);
  mood = "away";
  const stuck = await send({ secret: true });
  await w.settle();
  mood = "fine";
  assert.notEqual((await row(stuck.id))["body"], null);
  w.clock.advance(601);
  await w.sweep("messages.clock");
  assert.equal((await row(stuck.id))["body"], null);
});

test("ordinary texts and numbers are erased after thirty days", async () => {
  const { id } = await send();
  await w.settle();
  await receive({ providerId: `p-${id}`, status: "delivered", at: w.clock.now() });
  w.clock.advance(31 * 86_400);
  await w.sweep("messages.clock");
  const { body, address, state } = await row(id);
  assert.deepEqual([body, address, state], [null, null, "delivered"]);
});

test("what cannot be sent is refused at once", async () => {
  await assert.rejects(send({ to: "12" }), problem("messages.invalid-number"));
  await assert.rejects(send({ text: { fr: " ", en: "" } }), problem("messages.empty"));
  await assert.rejects(send({ text: { fr: "a".repeat(10_000), en: "" } }), problem("messages.too-long"));
  for (const address of ["awa", "awa@x", "a@b.c\r\nBcc: d@e.fr", "<a@b.fr>", "a@b.fr,c@d.fr"])
    await assert.rejects(
      w.transaction((ctx) => sendEmail(ctx, { to: address, subject: text, text, lang: "fr" })),
      problem("messages.invalid-email"),
    );
});

test("an e-mail accepted by the relay counts as delivered", async () => {
  const { id } = await w.transaction((ctx) => sendEmail(ctx, { to: "awa@exemple.org", subject: text, text, lang: "en" }));
  await w.settle();
  assert.equal(mails.at(-1)?.subject, text.en);
  assert.equal((await row(id))["state"], "delivered");
});

test("row-level security: one's own messages, one's institution's, no other", async () => {
  const [mine, other] = [w.citizen(), w.citizen()];
  const { id } = await send({ person: mine.person ?? "", institution: "court-a" }, w.stranger);
  const count = (caller: Caller): Promise<number> =>
    w.transaction(async (ctx) => (await import("./store.ts")).visible(ctx.db, id).then((m) => (m === undefined ? 0 : 1)), { caller });
  assert.deepEqual(await Promise.all([mine, other, w.stranger, w.clerk("court-a"), w.clerk("court-b")].map(count)), [1, 0, 0, 1, 0]);
});

test("officials follow and resend their institution's messages only, numbers masked", async () => {
  const clerk = w.clerk("court-c", ["messages.handle", "messages.read-statistics"]);
  const { id } = await send({ institution: "court-c", person: "11111111-1111-4111-8111-111111111111" });
  await assert.rejects(w.call(api.resendMessage, { id }, { as: clerk }), problem("messages.nothing-to-resend"));
  await w.settle();
  await receive({ providerId: `p-${id}`, status: "permanent-failure", at: w.clock.now() });
  const list = await w.call(api.listMessages, {}, { as: clerk });
  assert.deepEqual(
    list.messages.map(({ id: one, to: masked, state }) => [one, masked, state]),
    [[id, "+226••••••11", "permanent-failure"]],
  );
  const before = carried.length;
  const again = await w.call(api.resendMessage, { id }, { as: clerk });
  await w.settle();
  assert.equal(carried.length, before + 1);
  assert.equal(carried.at(-1)?.key, again.id);
  await assert.rejects(w.call(api.resendMessage, { id }, { as: w.clerk("court-d", ["messages.handle"]) }), problem("messages.unknown"));
});

test("statistics count everyone's messages and show none", async () => {
  const operator = w.clerk("agency", ["messages.read-statistics"]);
  const out = await w.call(api.readStatistics, { days: 31 }, { as: operator });
  const line = out.channels.find((one) => one.driver === "test-carrier");
  assert.ok(line !== undefined && line.failed >= 1 && line.parts >= 1);
  assert.ok(out.failures.some((failure) => failure.state === "permanent-failure"));
  assert.ok(!JSON.stringify(out).includes("7000"));
});

test("a text's cost can be seen before it is sent", async () => {
  const out = await w.call(api.previewSms, { text: `${"Votre demande est prête. ".repeat(5)}`, lang: "fr" }, { as: w.clerk("court-a") });
  assert.deepEqual([out.asWritten.parts, out.asWritten.outside, out.sent.parts], [2, ["ê"], 1]);
});

test("without a simulator there is no telephone to look at", async () => {
  await assert.rejects(w.call(api.readDemoPhone, { number: to }), problem("messages.no-demo-phone"));
});
