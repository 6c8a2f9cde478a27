import assert from "node:assert/strict";
import { X509Certificate, verify } from "node:crypto";
import { after, before, test } from "node:test";
import { setBase } from "#exchange";
import * as api from "#exchange/api";
import { asks, echo, type House, house, justice, persons, typeOf } from "./port.ts";

let h: House;
let good: string;
before(async () => {
  h = await house();
  good = (await h.world.owner("select url from exchange.base where name = 'sandbox'")).rows[0]!.url as string;
});
after(() => h.close());

const answers = () => h.behave((_, res) => void res.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}'));
const point = (url: string) => h.world.transaction((ctx) => setBase(ctx, "sandbox", url));
const down = () => point("http://127.0.0.1:1");
const up = () => point(good);
const run = async (): Promise<void> => {
  for (const name of ["exchange.outbox", "exchange.inbox", "exchange.outbox"]) await h.world.sweep(name);
};
let count = 0;
const send = (o: { id?: string; body?: string; method?: string; headers?: Record<string, string>; path?: string } = {}) =>
  h.call(`${echo}${o.path ?? "/items"}`, {
    method: o.method ?? "POST",
    headers: { ...asks, Prefer: "respond-async", "X-Road-Id": o.id ?? `m-${++count}`, "Content-Type": "application/json", ...o.headers },
    ...(o.method === "GET" ? {} : { body: o.body ?? "{}" }),
  });
const look = async (address: string, client = justice) => h.call(address, { headers: { "X-Road-Client": client } });
const status = async (address: string) =>
  JSON.parse((await look(address)).text) as {
    status: string;
    type?: string;
    statements: { kind: string; text: string; signature: string; certificate: string }[];
  };

test("a message is accepted, followed, and its signed answer fetched once or again, by its client alone", async () => {
  answers();
  const accepted = await send({ id: "first", body: '{"a":1}' });
  assert.equal(accepted.status, 202, accepted.text);
  assert.equal(accepted.head["preference-applied"], "respond-async");
  assert.match(accepted.head["retry-after"]!, /^\d+$/);
  const address = accepted.head.location!;
  assert.match(address, /^\/async\/[0-9a-f-]{36}$/);
  assert.equal((await status(address)).status, "queued");
  assert.equal(h.visits.length, 0);
  assert.equal((await look(`${address}/answer`)).status, 409);
  await run();
  const done = await status(address);
  assert.equal(done.status, "answered");
  assert.deepEqual(
    h.visits.map((v) => [v.method, v.url, v.body.toString()]),
    [["POST", "/echo/items", '{"a":1}']],
  );
  const first = await look(`${address}/answer`);
  assert.equal(first.status, 200);
  assert.equal(first.text, '{"ok":true}');
  assert.equal(first.head["x-road-id"], "first");
  assert.match(first.head["x-road-request-hash"]!, /^[A-Za-z0-9+/]{86}==$/);
  assert.deepEqual(
    (await look(`${address}/answer`)).headers.filter(([n]) => n !== "Date"),
    first.headers.filter(([n]) => n !== "Date"),
  );
  for (const path of [address, `${address}/answer`]) {
    assert.equal((await look(path, "BF/GOV/ONI/IDENTITE")).status, 404, "another client");
    assert.equal((await h.call(path, { headers: {} })).status, 404, "nobody");
    assert.equal((await h.call(path, { method: "DELETE" })).status, 400);
  }
  assert.equal((await look("/async/00000000-0000-4000-8000-000000000000")).status, 404);
  assert.equal((await look("/async/../x")).status, 400);
  // the same evidence as a call that was waited for: two rows a side, and the institution's signed word that the message arrived
  const exchange = address.slice("/async/".length);
  const { rows } = await h.world.owner("select side, outcome, format, status from exchange.outcome where exchange = $1 order by side", [
    exchange,
  ]);
  assert.deepEqual(rows, [
    { side: "client", outcome: "answered", format: "xades", status: 200 },
    { side: "provider", outcome: "answered", format: "xades", status: 200 },
  ]);
  const [receipt] = done.statements;
  assert.equal(receipt!.kind, "received");
  assert.ok(receipt!.text.includes(`message:${exchange} ${first.head["x-road-request-hash"]}`));
  const key = new X509Certificate(receipt!.certificate).publicKey;
  const fits = (text: string) =>
    verify("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(receipt!.signature, "base64"));
  assert.ok(fits(receipt!.text) && !fits(`${receipt!.text} `), "anybody can check it");
});

test("the same id is the same message: one address, one call; another message under it is refused", async () => {
  answers();
  const same = await Promise.all([1, 2, 3, 4].map(() => send({ id: "twice", body: '{"n":1}' })));
  assert.deepEqual(new Set(same.map((r) => r.status)), new Set([202]));
  assert.equal(new Set(same.map((r) => r.head.location)).size, 1);
  const other = await send({ id: "twice", body: '{"n":2}' });
  assert.equal(typeOf(other), "client.clientproxy.invalid_request");
  await run();
  assert.equal((await send({ id: "twice", body: '{"n":1}' })).head.location, same[0]!.head.location, "and once it was answered");
  await run();
  assert.equal(h.visits.length, 1);
});

test("malformed wishes and bodies too large are refused before anything is kept", async () => {
  const before = await h.world.owner("select count(*)::int as n from exchange.outbox");
  const bad: Record<string, string>[] = [
    { "Exchange-Priority": "first" },
    { "Exchange-Time-To-Live": "never" },
    { "Exchange-Order-Key": "x".repeat(700) },
  ];
  for (const headers of bad) assert.equal((await send({ headers })).status, 400, JSON.stringify(headers));
  assert.equal((await send({ body: "x".repeat(8 * 1024 * 1024 + 1) })).status, 400);
  assert.equal((await send({ headers: { "X-Road-Client": "BF/GOV/NOBODY/X" } })).status, 500);
  assert.deepEqual((await h.world.owner("select count(*)::int as n from exchange.outbox")).rows, before.rows);
});

test("a system that is down is waited for; each key keeps its order, none stops another, the urgent go first", async () => {
  answers();
  await down();
  const messages = ["bulk", "normal", "urgent"].flatMap((priority) =>
    ["a", "b"].flatMap((key) => [1, 2].map((n) => ({ priority, key: `${priority}-${key}`, body: `{"k":"${priority}-${key}","n":${n}}` }))),
  );
  for (const m of messages) await send({ body: m.body, headers: { "Exchange-Order-Key": m.key, "Exchange-Priority": m.priority } });
  await run();
  const { rows } = await h.world.owner("select failures, next_try > $1 as later from exchange.way where name like 'service:%echo'", [
    h.world.clock.now(),
  ]);
  assert.deepEqual(rows, [{ failures: 1, later: true }], "one tried, all wait");
  await run();
  assert.equal(h.visits.length, 0, "not before its time");
  await up();
  h.world.clock.advance(10);
  await run();
  const seen = h.visits.map((v) => JSON.parse(v.body.toString()) as { k: string; n: number });
  assert.equal(seen.length, messages.length);
  for (const key of new Set(messages.map((m) => m.key)))
    assert.deepEqual(
      seen.filter((v) => v.k === key).map((v) => v.n),
      [1, 2],
      key,
    );
  const ranks = seen.filter((v) => v.n === 1).map((v) => ["urgent", "normal", "bulk"].indexOf(v.k.split("-")[0]!));
  assert.equal(ranks.indexOf(2) > ranks.lastIndexOf(0), true, `urgent before bulk: ${ranks.join()}`);
});

test("a slow or failing message of one key does not hold up the others of that service", async () => {
  h.behave((req, res) => (req.url!.endsWith("/bad") ? req.socket.destroy() : void res.end("ok")));
  const bad = (await send({ method: "GET", path: "/items/bad", headers: { "Exchange-Order-Key": "k1" } })).head.location!;
  const behind = (await send({ method: "GET", path: "/items/x", headers: { "Exchange-Order-Key": "k1" } })).head.location!;
  const beside = (await send({ method: "GET", path: "/items/y", headers: { "Exchange-Order-Key": "k2" } })).head.location!;
  await run();
  assert.deepEqual(
    [(await status(bad)).status, (await status(behind)).status, (await status(beside)).status],
    ["under-way", "under-way", "answered"],
  );
  answers();
  h.world.clock.advance(10);
  await run();
  assert.deepEqual([(await status(bad)).status, (await status(behind)).status], ["answered", "answered"], "a reading call is made again");
});

test("a writing call that may have happened is told as unknown and never made again", async () => {
  h.behave((req) => req.socket.destroy());
  const address = (await send()).head.location!;
  await run();
  const told = await status(address);
  assert.equal(told.status, "unknown");
  assert.equal(h.visits.length, 1);
  answers();
  h.world.clock.advance(3600);
  await run();
  assert.equal(h.visits.length, 0);
  const { rows } = await h.world.owner("select side, outcome from exchange.outcome where exchange = $1 order by side", [address.slice(7)]);
  assert.deepEqual(rows, [
    { side: "client", outcome: "unknown" },
    { side: "provider", outcome: "unknown" },
  ]);
  assert.deepEqual(told.statements.map((s) => s.kind).sort(), ["received", "unknown"]);
  assert.equal((await look(`${address}/answer`)).status, 410);
});

test("what cannot be delivered in its time is told as expired, and never delivered after", async () => {
  answers();
  await down();
  const address = (await send({ headers: { "Exchange-Time-To-Live": "60" } })).head.location!;
  await run();
  h.world.clock.advance(61);
  await up();
  await run();
  const told = await status(address);
  assert.equal(told.status, "expired");
  assert.equal(h.visits.length, 0);
  const { rows } = await h.world.owner(
    "select count(*)::int as n from kernel.fact where type = 'exchange.message-expired' and subject = $1",
    [`exchange:${address.slice(7)}`],
  );
  assert.deepEqual(rows, [{ n: 1 }]);
});

test("refused by the provider's side: told with its type; closed for the moment: it waits", async () => {
  answers();
  const denied = (await send({ headers: { "Exchange-Purpose": "curiosity" } })).head.location!;
  await run();
  assert.deepEqual([(await status(denied)).status, (await status(denied)).type], ["refused", "server.serverproxy.access_denied.purpose"]);
  const official = h.world.clerk("bf-oni", ["exchange.manage-services"]);
  await h.world.call(api.setServiceState, { id: echo.slice(4), enabled: false, notice: "maintenance" }, { as: official });
  const waits = (await send()).head.location!;
  await run();
  assert.equal((await status(waits)).status, "under-way");
  await h.world.call(api.setServiceState, { id: echo.slice(4), enabled: true }, { as: official });
  h.world.clock.advance(400);
  await run();
  assert.equal((await status(waits)).status, "answered");
});

test("a service may always answer later; one answered by an official answers when she has", async () => {
  answers();
  await h.world.owner("update exchange.service set stored = true where id = $1", [echo.slice(4)]);
  await new Promise((done) => setTimeout(done, 1100)); // the directory in memory may be a second old
  const plain = await h.call(`${echo}/items`, { method: "POST", headers: asks, body: "{}" });
  assert.equal(plain.status, 202);
  await h.world.owner("update exchange.service set stored = false where id = $1", [echo.slice(4)]);
  const births = "/r1/BF/GOV/EC-SOURGOU/ETAT-CIVIL/births?family=Kabor%C3%A9";
  assert.equal(typeOf(await h.call(births)), "server.clientproxy.service_type", "not while the caller waits");
  const address = (await h.call(births, { headers: { ...asks, Prefer: "respond-async" } })).head.location!;
  await run();
  assert.equal((await status(address)).status, "under-way");
  const as = h.world.clerk("bf-ec-sourgou", ["exchange.answer-by-hand"]);
  const { requests } = await h.world.call(api.listHandRequests, { state: "waiting" }, { as });
  const values = { act: "1", family: "Kaboré", sex: "M", "birth.date": "1988-11-02", "birth.place": "Sourgou" };
  await h.world.call(api.answerHandRequest, { id: requests[0]!.id, values }, { as });
  await h.world.settle();
  await run();
  assert.equal((await status(address)).status, "answered");
  assert.match((await look(`${address}/answer`)).text, /Kaboré/);
});

test("a synchronous call is as before, whatever waits", async () => {
  h.behave((_, res) => void res.writeHead(200, { "content-type": "application/json" }).end('{"rows":[]}'));
  assert.equal((await h.call(`${persons}?nip=1`, { headers: { ...asks, Prefer: "wait=5" } })).status, 200);
});

test("officials follow what waits and withdraw what has not left; never another institution's", async () => {
  answers();
  await down();
  const address = (await send({ id: "to-withdraw" })).head.location!;
  const left = (await send({ id: "left" })).head.location!;
  const as = h.world.clerk("bf-min-justice", ["exchange.read-outbox", "exchange.cancel-message"]);
  const other = h.world.clerk("bf-min-sante", ["exchange.read-outbox", "exchange.cancel-message"]);
  const exchange = address.slice(7);
  const { destinations } = await h.world.call(api.listDestinations, {}, { as });
  const oni = destinations.find((d) => d.provider.institution === "bf-oni")!;
  assert.ok(oni.depth >= 2 && oni.urgent === 0);
  assert.deepEqual((await h.world.call(api.listDestinations, {}, { as: other })).destinations, []);
  assert.deepEqual((await h.world.call(api.listOutbox, {}, { as: other })).messages, []);
  await assert.rejects(h.world.call(api.cancelMessage, { exchange }, { as: other }), { code: "exchange.waiting-message-unknown" });
  await assert.rejects(h.world.call(api.cancelMessage, { exchange: "none" }, { as }), { code: "exchange.waiting-message-unknown" });
  await assert.rejects(h.world.call(api.cancelMessage, { exchange }, { as: h.world.clerk("bf-min-justice", ["exchange.read-outbox"]) }));
  const gone = await h.world.call(api.cancelMessage, { exchange }, { as });
  assert.equal(gone.state, "cancelled");
  await run();
  await assert.rejects(h.world.call(api.cancelMessage, { exchange: left.slice(7) }, { as }), { code: "exchange.message-left" });
  await assert.rejects(h.world.call(api.cancelMessage, { exchange }, { as }), { code: "exchange.message-left" });
  const held = (await h.world.call(api.listDestinations, {}, { as })).destinations.find((d) => d.provider.institution === "bf-oni")!;
  assert.deepEqual([held.why, Boolean(held.nextTry), Boolean(held.since)], ["server.serverproxy.network_error", true, true]);
  const theirs = await h.world.call(api.listDestinations, {}, { as: h.world.clerk("bf-oni", ["exchange.read-outbox"]) });
  assert.equal(theirs.systems.find((s) => s.service === echo.slice(4))!.why, "server.serverproxy.network_error");
  await up();
  h.world.clock.advance(400);
  await run();
  assert.deepEqual([(await status(address)).status, (await status(left)).status], ["cancelled", "answered"]);
  assert.equal(h.visits.length, 1);
  const first = await h.world.call(api.listOutbox, { limit: 2 }, { as });
  const second = await h.world.call(api.listOutbox, { limit: 2, after: first.next! }, { as });
  assert.equal(new Set([...first.messages, ...second.messages].map((m) => m.exchange)).size, 4);
  const cancelled = await h.world.call(api.listOutbox, { state: "cancelled" }, { as });
  assert.deepEqual(
    cancelled.messages.map((m) => [m.messageId, m.type]),
    [["to-withdraw", "client.clientproxy.message_cancelled"]],
  );
});
