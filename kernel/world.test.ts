import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  T,
  anyone,
  contract,
  defineModule,
  fact,
  factsOf,
  implement,
  job,
  permission,
  person,
  problem,
  sql,
  work,
  ledgerBatch,
  official,
} from "#kernel";
import { world } from "#kernel/testing";

// a module of the test's own: it writes facts, enqueues a job, reads personally, counts attempts
const noted = fact("demo.noted", T.Object({ text: T.String() }), { fr: "Noté", en: "Noted" });
const ran: string[] = [];
const later = job("demo.later", T.Object({ text: T.String() }));
const wrong = problem("demo.wrong", 403, { fr: "Faux", en: "Wrong" });
const may = permission("demo.may", { fr: "Peut", en: "May" });
const api = {
  note: contract({
    id: "demo.note",
    method: "POST",
    path: "/api/demo/notes",
    summary: "Note",
    who: person(),
    input: T.Object({ text: T.String({ maxLength: 20 }) }),
    output: T.Object({ id: T.String() }),
  }),
  look: contract({
    id: "demo.look",
    method: "GET",
    path: "/api/demo/{who}",
    summary: "Look",
    who: official(may),
    input: T.Object({ who: T.String(), n: T.Optional(T.Integer()) }),
    output: T.Object({ who: T.String(), n: T.Integer() }),
    personal: { purpose: "demo.look", subjects: (o) => [o.who] },
  }),
  attempt: contract({
    id: "demo.attempt",
    method: "POST",
    path: "/api/demo/attempt",
    summary: "Attempt",
    who: anyone(),
    once: false,
    input: T.Object({ keep: T.Boolean() }),
    output: T.Object({}),
  }),
};
const demo = defineModule({
  name: "demo",
  floor: 0,
  facts: [noted],
  permissions: [may],
  jobs: [work(later, async (_j, d) => void ran.push(d.text))],
  handlers: implement(api, {
    note: async (ctx, input) => {
      await ctx.enqueue(later, { text: input.text });
      await ctx.db
        .savepoint(async () => {
          await ctx.record(noted, "note:lost", { text: "lost" });
          throw new Error("undone");
        })
        .catch(() => undefined);
      return { id: await ctx.record(noted, "note:kept", { text: input.text }) };
    },
    look: async (_ctx, input) => ({ who: input.who, n: input.n ?? 0 }),
    attempt: async (ctx, input) => {
      await ctx.record(noted, "note:attempt", { text: String(input.keep) });
      throw wrong({ keep: input.keep });
    },
  }),
});

const w = await world({
  modules: [demo],
  guard: { identify: async (_ctx, s) => (s === "s".repeat(32) ? w.clerk("x", ["demo.may"]) : { kind: "stranger" }) },
});
after(() => w.close());
const facts = (subject: string) => w.transaction((ctx) => factsOf(ctx, { subject }));

test("a command under one key happens once and answers the same", async () => {
  const as = w.citizen();
  const [a, b] = await Promise.all([
    w.call(api.note, { text: "one" }, { as, key: "k".repeat(20) }),
    w.call(api.note, { text: "one" }, { as, key: "k".repeat(20) }),
  ]);
  assert.deepEqual(a, b);
  assert.equal((await facts("note:kept")).length, 1);
  await assert.rejects(w.call(api.note, { text: "two" }, { as, key: "k".repeat(20) }), { code: "kernel.idempotency-key-reused" });
  await w.settle();
  assert.deepEqual(ran, ["one"]);
});

test("answers kept for repeats are forgotten after two days", async () => {
  const kept = async () => Number((await w.owner("select count(*) n from kernel.answer")).rows[0].n);
  assert.ok((await kept()) > 0);
  await w.sweep("kernel.forget-answers");
  assert.ok((await kept()) > 0);
  w.clock.advance(2 * 86_400 + 60);
  await w.sweep("kernel.forget-answers");
  assert.equal(await kept(), 0);
});

test("what a failed savepoint recorded falls with it", async () => {
  assert.equal((await facts("note:lost")).length, 0);
});

test("an SQL error swallowed without a savepoint does not pass for a commit", async () => {
  await assert.rejects(
    w.transaction(async (ctx) => {
      await ctx.db.run(sql`select 1/0`).catch(() => undefined);
    }),
    /ROLLBACK/,
  );
});

test("a kept problem commits its count, another does not", async () => {
  await assert.rejects(w.call(api.attempt, { keep: true }), { code: "demo.wrong" });
  await assert.rejects(w.call(api.attempt, { keep: false }), { code: "demo.wrong" });
  assert.deepEqual(
    (await facts("note:attempt")).map((f) => f.data?.text),
    ["true"],
  );
});

test("over HTTP: strangers, wrong types, unknown fields, oversize, NUL, personal reads", async () => {
  assert.equal((await w.fetch("/api/demo/p1")).status, 401);
  const session = { authorization: `Bearer ${"s".repeat(32)}` };
  const ok = await w.fetch("/api/demo/p1?n=3", { headers: session });
  assert.deepEqual(JSON.parse(ok.text), { who: "p1", n: 3 });
  const [read] = await facts("person:p1");
  assert.equal(read?.data?.purpose, "demo.look");
  assert.equal((await w.fetch("/api/demo/p1?n=x", { headers: session })).status, 422);
  assert.equal((await w.fetch("/api/demo/p1?zz=1", { headers: session })).status, 422);
  const post = (body: string, type = "application/json") =>
    w.fetch("/api/demo/attempt", { method: "POST", headers: { "content-type": type }, body });
  assert.equal((await post("{")).status, 400);
  assert.equal((await post('{"keep":"true"}')).status, 422);
  assert.equal((await post('{"keep":true,"x":"\\u0000"}')).status, 400);
  assert.equal((await post(JSON.stringify({ keep: true, x: "y".repeat(70_000) }))).status, 413);
  assert.equal((await post("<a/>", "text/xml")).status, 415);
  assert.equal((await w.fetch("/api/demo/attempt")).status, 401, "GET /api/demo/{who} takes it, and refuses a stranger");
  const en = await w.fetch("/api/none", { headers: { "accept-language": "en" } });
  assert.deepEqual([en.status, JSON.parse(en.text).code], [404, "kernel.not-found"]);
});

test("the ledger gives committed facts consecutive indexes, once", async () => {
  const first = await w.transaction((ctx) => ledgerBatch(ctx, 2));
  const rest = await w.transaction((ctx) => ledgerBatch(ctx, 1000));
  const all = [...(first ?? []), ...(rest ?? [])].map((r) => Number(r.index));
  assert.deepEqual(
    all,
    all.map((_, i) => i),
  );
  assert.ok(all.length >= 3);
  assert.deepEqual(await w.transaction((ctx) => ledgerBatch(ctx, 10)), []);
});

test("the run-time role cannot rewrite facts", async () => {
  await assert.rejects(
    w.transaction((ctx) => ctx.db.run(sql`update kernel.fact set type = 'x'`)),
    /permission denied/,
  );
  await assert.rejects(
    w.transaction((ctx) => ctx.db.run(sql`delete from kernel.leaf`)),
    /permission denied/,
  );
});
