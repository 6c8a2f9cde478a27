import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, test } from "node:test";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import * as api from "../api.ts";
import type { Answer, Question } from "../door.ts";
import { ask, exchange, setBase } from "../index.ts";

const persons = "BF/GOV/ONI/IDENTITE/persons";
const question: Question = {
  client: "BF/GOV/MIN-JUSTICE/SERVICES",
  service: persons,
  query: { nip: "1" },
  purpose: "criminal-record-extract",
};
const proper: RequestListener = (_, res) =>
  res.writeHead(200, { "content-type": "application/json" }).end('{"rows":[{"nip":"1","phone":"2"}]}');

let w: World;
let visits = 0;
let reply: RequestListener = proper;
const system = createServer((req, res) => {
  visits += 1;
  reply(req, res);
});
const home = () => `http://127.0.0.1:${(system.address() as AddressInfo).port}`;
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf" });
  await new Promise<void>((done) => system.listen(0, "127.0.0.1", done));
  await w.transaction((ctx) => setBase(ctx, "sandbox", home()));
  await w.owner("update exchange.service set timeout_seconds = 1 where id = $1", [persons]);
  // A writing service, which no country pack has yet.
  await w.owner("update exchange.access_right set methods = '{GET,POST}' where service = $1 and id = 'extract-identity'", [persons]);
});
after(async () => {
  system.closeAllConnections();
  system.close();
  await w.close();
});
afterEach(() => {
  reply = proper;
  visits = 0;
});

const put = (more: Partial<Question> = {}): Promise<Answer> => ask(w.kernel.jobContext("exchange.test"), { ...question, ...more });
const outcomes = async (exchangeId: string) =>
  (await w.owner("select side || ' ' || outcome as line from exchange.outcome where exchange = $1 order by side", [exchangeId])).rows.map(
    (r: { line: string }) => r.line,
  );
const type = (answer: Answer) => ("type" in answer ? answer.type : answer.outcome);

test("an institution that answers badly: said so, logged on both sides, nothing handed over", async () => {
  const cases: [string, RequestListener][] = [
    ["server.serverproxy.service_failed.timeout", () => undefined],
    ["server.serverproxy.io_error", (_, res) => (res.writeHead(200, { "content-length": 90 }), res.write("{", () => res.destroy()))],
    ["server.serverproxy.io_error", (_, res) => void res.destroy()],
    [
      "server.serverproxy.io_error",
      (_, res) => void res.socket!.end("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{}"),
    ],
    ["server.serverproxy.service_failed.too_large", (_, res) => void res.writeHead(200, { "content-length": 9 << 20 }).write("x")],
    ["server.serverproxy.service_failed.http_error", (_, res) => void res.writeHead(500).end("<h1>stack trace with names</h1>")],
  ];
  for (const [expected, listener] of cases) {
    reply = listener;
    const answer = await put();
    assert.ok(answer.outcome === "unavailable" && answer.retryAfter > 0, `${expected}: ${JSON.stringify(answer)}`);
    assert.equal(answer.type, expected);
    assert.deepEqual(await outcomes(answer.exchangeId), ["client failed", "provider failed"]);
  }
});

test("an answer whose fields cannot be told apart is not passed on", async () => {
  const json = { "content-type": "application/json" };
  const cases: RequestListener[] = [
    (_, res) => res.writeHead(200, json).end('{"rows":[{"phone":"2"}'),
    (_, res) => res.writeHead(200, { "content-type": "text/plain" }).end('{"rows":[]}'),
    (_, res) => res.writeHead(200, json).end(Buffer.from([0x22, 0xff, 0x22])),
    (_, res) => res.writeHead(200, { ...json, "content-encoding": "gzip" }).end("x"),
    (_, res) => res.writeHead(200, json).end(`{"rows":[{"nip":${"[".repeat(200_000)}${"]".repeat(200_000)}}]}`),
  ];
  for (const listener of cases) {
    reply = listener;
    const answer = await put();
    assert.equal(type(answer), "server.serverproxy.service_failed.invalid_content");
    assert.deepEqual(await outcomes(answer.exchangeId), ["client refused", "provider refused"]);
  }
});

test("a redirect or an error page is passed back empty and not followed", async () => {
  reply = (_, res) => res.writeHead(302, { location: `${home()}/secret?phone=2` }).end("go there");
  const moved = await put();
  assert.ok(moved.outcome === "answered" && moved.status === 302 && moved.body === undefined);
  assert.ok(!("location" in moved.headers));
  reply = (_, res) => res.writeHead(404, { "content-type": "application/json" }).end('{"phone":"2"}');
  const absent = await put();
  assert.ok(absent.outcome === "answered" && absent.status === 404 && absent.body === undefined);
  assert.equal(visits, 2);
});

test("nobody listens: unavailable, and certain that nothing was sent", async () => {
  await w.transaction((ctx) => setBase(ctx, "sandbox", "http://127.0.0.1:1"));
  const answer = await put({ method: "POST", body: { a: 1 } });
  assert.ok(answer.outcome === "unavailable" && answer.type === "server.serverproxy.network_error");
  assert.deepEqual(await outcomes(answer.exchangeId), ["client failed", "provider failed"]);
  await w.transaction((ctx) => setBase(ctx, "sandbox", home()));
});

test("a writing call that may have happened is unknown, and asking again never repeats it", async () => {
  reply = () => undefined;
  const write = { method: "POST" as const, body: { a: 1 }, idempotencyKey: "write-1" };
  const first = await put(write);
  assert.equal(first.outcome, "unknown");
  assert.deepEqual(await outcomes(first.exchangeId), ["client unknown", "provider unknown"]);
  reply = proper;
  const again = await put(write);
  assert.deepEqual([again.outcome, again.exchangeId], ["unknown", first.exchangeId]);
  assert.equal(visits, 1);
});

test("one key is one question: answered once, given again, and never another one", async () => {
  const keyed = { idempotencyKey: "read-1" };
  const first = await put(keyed);
  const again = await put(keyed);
  assert.ok(first.outcome === "answered");
  assert.deepEqual(again, first);
  assert.equal(visits, 1);
  assert.equal(type(await put({ ...keyed, query: { nip: "2" } })), "client.clientproxy.invalid_request");
  assert.equal(type(await put({ ...keyed, purpose: "passport" })), "client.clientproxy.invalid_request");
  assert.equal(visits, 1);
  reply = (_, res) => void res.writeHead(503).end();
  assert.equal((await put({ idempotencyKey: "read-2" })).outcome, "unavailable");
  reply = proper;
  assert.equal((await put({ idempotencyKey: "read-2" })).outcome, "answered", "a reading call that failed is asked anew");
});

test("two runs of one question at once make one call", async () => {
  reply = (req, res) => setTimeout(() => proper(req, res), 100);
  const both = await Promise.all([put({ idempotencyKey: "twice" }), put({ idempotencyKey: "twice" })]);
  assert.deepEqual(both.map((a) => a.outcome).sort(), ["answered", "unavailable"]);
  assert.equal(visits, 1);
  assert.equal((await put({ idempotencyKey: "twice" })).outcome, "answered");
  assert.equal(visits, 1);
});

test("killed between the two rows: said unknown in its time; a reading call is then asked anew", async () => {
  const answer = await put({ idempotencyKey: "killed" });
  await w.owner("delete from exchange.outcome where exchange = $1", [answer.exchangeId]);
  await w.owner("delete from exchange.body where exchange = $1", [answer.exchangeId]);
  assert.equal((await put({ idempotencyKey: "killed" })).outcome, "unavailable", "perhaps still under way");
  await w.sweep("exchange.orphans");
  assert.deepEqual(await outcomes(answer.exchangeId), []);
  w.clock.advance(120);
  await w.sweep("exchange.orphans");
  assert.deepEqual(await outcomes(answer.exchangeId), ["client unknown", "provider unknown"]);
  const anew = await put({ idempotencyKey: "killed" });
  assert.ok(anew.outcome === "answered" && anew.exchangeId !== answer.exchangeId);
});

test("bodies go when their time has come; the proof stays", async () => {
  const answer = await put({ idempotencyKey: "kept" });
  const as = w.clerk("bf-oni", ["exchange.prove-message"]);
  const proof = () => w.call(api.readProof, { exchange: answer.exchangeId }, { as });
  assert.equal((await proof()).messages[1]!.bodyKept, true);
  w.clock.advance(31 * 86_400);
  await w.sweep("exchange.erase-bodies");
  const after = await proof();
  assert.equal(after.messages[1]!.bodyKept, false);
  assert.ok(after.messages[1]!.bodyHash && after.messages[1]!.signature);
  const again = await put({ idempotencyKey: "kept" });
  assert.ok(again.outcome === "answered" && again.exchangeId !== answer.exchangeId, "an erased answer is asked anew");
});

test("auditors follow what passed between all institutions, and learn of nobody", async () => {
  const as = w.clerk("bf-cil", ["exchange.read-traffic"]);
  const before = await w.call(api.readTraffic, { institution: "bf-oni" }, { as });
  w.clock.advance(1);
  await put({ person: w.citizen().person!, issue: "BF-2026-1" });
  w.clock.advance(1);
  await put({ purpose: "passport" });
  const after = await w.call(api.readTraffic, { institution: "bf-oni", limit: 2 }, { as });
  assert.deepEqual(
    after.entries.map((e) => [e.outcome, e.errorType ?? e.status]),
    [
      ["refused", "server.serverproxy.access_denied.purpose"],
      ["answered", 200],
    ],
  );
  const count = (t: typeof after) => t.totals.reduce((sum, one) => sum + one.count, 0);
  assert.equal(count(after), count(before) + 2);
  assert.ok(!/BF-2026-1|nip|person/.test(JSON.stringify(after.entries).replaceAll(persons, "")));
  const rest = await w.call(api.readTraffic, { institution: "bf-oni", after: after.next!, limit: 200 }, { as });
  assert.equal(rest.entries.length, before.entries.length);
  assert.deepEqual((await w.call(api.readTraffic, { institution: "bf-cnss" }, { as })).entries, []);
  await assert.rejects(w.call(api.readTraffic, {}, { as: w.clerk("bf-cil", ["exchange.search-log"]) }), /forbidden/);
});

test("rows of one institution are nobody else’s, even inside the database", async () => {
  const citizen = w.citizen();
  await put({ person: citizen.person!, idempotencyKey: "rls" });
  const count = (table: string, o: object) =>
    w.transaction(async (ctx) => (await ctx.db.rows({ kind: "sql", parts: [`select 1 from exchange.${table}`], values: [] })).length, o);
  for (const table of ["request", "outcome", "body", "question"]) {
    assert.ok((await count(table, { institution: "bf-min-justice" })) > 0, table);
    assert.equal(await count(table, { caller: w.clerk("bf-cnss") }), 0, table);
    assert.equal(await count(table, { caller: w.stranger }), 0, table);
  }
  assert.equal(await count("question", { caller: w.clerk("bf-oni") }), 0);
  assert.equal(await count("request", { caller: citizen }), 2, "her own exchange, on both sides");
  assert.equal(await count("body", { caller: citizen }), 0);
  await assert.rejects(
    w.transaction((ctx) => ctx.db.run({ kind: "sql", parts: ["update exchange.outcome set outcome = 'answered'"], values: [] })),
    /permission denied/,
  );
});
