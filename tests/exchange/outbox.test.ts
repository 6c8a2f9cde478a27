import assert from "node:assert/strict";
import { X509Certificate, verify } from "node:crypto";
import { after, before, test } from "node:test";
import * as api from "#exchange/api";
import { asks, echo, typeOf } from "./port.ts";
import { waiting, type Waiting } from "./waiting.ts";

let h: Waiting["h"];
let w: Waiting;
before(async () => {
  w = await waiting();
  h = w.h;
});
after(() => h.close());

test("a message is accepted, followed, and its signed answer fetched once or again, by its client alone", async () => {
  w.answers();
  const accepted = await w.send({ id: "first", body: '{"a":1}' });
  assert.equal(accepted.status, 202, accepted.text);
  assert.equal(accepted.head["preference-applied"], "respond-async");
  assert.match(accepted.head["retry-after"]!, /^\d+$/);
  const address = accepted.head.location!;
  assert.match(address, /^\/async\/[0-9a-f-]{36}$/);
  assert.equal((await w.status(address)).status, "queued");
  assert.equal(h.visits.length, 0);
  assert.equal((await w.look(`${address}/answer`)).status, 409);
  await w.run();
  const done = await w.status(address);
  assert.equal(done.status, "answered");
  assert.deepEqual(
    h.visits.map((v) => [v.method, v.url, v.body.toString()]),
    [["POST", "/echo/items", '{"a":1}']],
  );
  const first = await w.look(`${address}/answer`);
  assert.equal(first.status, 200);
  assert.equal(first.text, '{"ok":true}');
  assert.equal(first.head["x-road-id"], "first");
  assert.match(first.head["x-road-request-hash"]!, /^[A-Za-z0-9+/]{86}==$/);
  assert.deepEqual(
    (await w.look(`${address}/answer`)).headers.filter(([n]) => n !== "Date"),
    first.headers.filter(([n]) => n !== "Date"),
  );
  for (const path of [address, `${address}/answer`]) {
    assert.equal((await w.look(path, "BF/GOV/ONI/IDENTITE")).status, 404, "another client");
    assert.equal((await h.call(path, { headers: {} })).status, 404, "nobody");
    assert.equal((await h.call(path, { method: "DELETE" })).status, 400);
  }
  assert.equal((await w.look("/async/00000000-0000-4000-8000-000000000000")).status, 404);
  assert.equal((await w.look("/async/../x")).status, 400);
  // the same evidence as a call that was waited for: two rows a side, and the institution's signed word that the message arrived
  const exchange = address.slice("/async/".length);
  assert.deepEqual(await w.outcomes(address), [
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
  w.answers();
  const same = await Promise.all([1, 2, 3, 4].map(() => w.send({ id: "twice", body: '{"n":1}' })));
  assert.deepEqual(new Set(same.map((r) => r.status)), new Set([202]));
  assert.equal(new Set(same.map((r) => r.head.location)).size, 1);
  const other = await w.send({ id: "twice", body: '{"n":2}' });
  assert.equal(typeOf(other), "client.clientproxy.invalid_request");
  await w.run();
  assert.equal((await w.send({ id: "twice", body: '{"n":1}' })).head.location, same[0]!.head.location, "and once it was answered");
  await w.run();
  assert.equal(h.visits.length, 1);
});

test("malformed wishes and bodies too large are refused before anything is kept", async () => {
  const kept = async () => (await h.world.owner("select count(*)::int as n from exchange.outbox")).rows;
  const before = await kept();
  const bad: Record<string, string>[] = [
    { "Exchange-Priority": "first" },
    { "Exchange-Time-To-Live": "never" },
    { "Exchange-Order-Key": "x".repeat(700) },
  ];
  for (const headers of bad) assert.equal((await w.send({ headers })).status, 400, JSON.stringify(headers));
  assert.equal((await w.send({ body: "x".repeat(8 * 1024 * 1024 + 1) })).status, 400);
  assert.equal((await w.send({ headers: { "X-Road-Client": "BF/GOV/NOBODY/X" } })).status, 500);
  assert.deepEqual(await kept(), before);
});

test("a system that is down is waited for; each key keeps its order, none stops another, the urgent go first", async () => {
  w.answers();
  await w.down();
  const messages = ["bulk", "normal", "urgent"].flatMap((priority) =>
    ["a", "b"].flatMap((key) => [1, 2].map((n) => ({ priority, key: `${priority}-${key}`, body: `{"k":"${priority}-${key}","n":${n}}` }))),
  );
  for (const m of messages) await w.send({ body: m.body, headers: { "Exchange-Order-Key": m.key, "Exchange-Priority": m.priority } });
  await w.run();
  const { rows } = await h.world.owner("select failures, next_try > $1 as later from exchange.way where name like 'service:%echo'", [
    h.world.clock.now(),
  ]);
  assert.deepEqual(rows, [{ failures: 1, later: true }], "one tried, all wait");
  await w.run();
  assert.equal(h.visits.length, 0, "not before its time");
  await w.up();
  h.world.clock.advance(10);
  await w.run();
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
  const bad = (await w.send({ method: "GET", path: "/items/bad", headers: { "Exchange-Order-Key": "k1" } })).head.location!;
  const behind = (await w.send({ method: "GET", path: "/items/x", headers: { "Exchange-Order-Key": "k1" } })).head.location!;
  const beside = (await w.send({ method: "GET", path: "/items/y", headers: { "Exchange-Order-Key": "k2" } })).head.location!;
  await w.run();
  assert.deepEqual(
    [(await w.status(bad)).status, (await w.status(behind)).status, (await w.status(beside)).status],
    ["under-way", "under-way", "answered"],
  );
  w.answers();
  h.world.clock.advance(10);
  await w.run();
  assert.deepEqual(
    [(await w.status(bad)).status, (await w.status(behind)).status],
    ["answered", "answered"],
    "a reading call is made again",
  );
});

test("a writing call that may have happened is told as unknown and never made again", async () => {
  h.behave((req) => req.socket.destroy());
  const address = (await w.send()).head.location!;
  await w.run();
  const told = await w.status(address);
  assert.equal(told.status, "unknown");
  assert.equal(h.visits.length, 1);
  w.answers();
  h.world.clock.advance(3600);
  await w.run();
  assert.equal(h.visits.length, 0);
  const unknown = { outcome: "unknown", format: "hashes", status: null };
  assert.deepEqual(await w.outcomes(address), [
    { side: "client", ...unknown },
    { side: "provider", ...unknown },
  ]);
  assert.deepEqual(told.statements.map((s) => s.kind).sort(), ["received", "unknown"]);
  assert.equal((await w.look(`${address}/answer`)).status, 410);
});

test("what cannot be delivered in its time is told as expired, and never delivered after", async () => {
  w.answers();
  await w.down();
  const address = (await w.send({ headers: { "Exchange-Time-To-Live": "60" } })).head.location!;
  await w.run();
  h.world.clock.advance(61);
  await w.up();
  await w.run();
  const told = await w.status(address);
  assert.equal(told.status, "expired");
  assert.equal(h.visits.length, 0);
  const { rows } = await h.world.owner(
    "select count(*)::int as n from kernel.fact where type = 'exchange.message-expired' and subject = $1",
    [`exchange:${address.slice(7)}`],
  );
  assert.deepEqual(rows, [{ n: 1 }]);
});

test("refused by the provider's side: told with its type; closed for the moment: it waits", async () => {
  w.answers();
  const denied = (await w.send({ headers: { "Exchange-Purpose": "curiosity" } })).head.location!;
  await w.run();
  assert.deepEqual(
    [(await w.status(denied)).status, (await w.status(denied)).type],
    ["refused", "server.serverproxy.access_denied.purpose"],
  );
  const official = h.world.clerk("bf-oni", ["exchange.manage-services"]);
  const state = (enabled: boolean) => h.world.call(api.setServiceState, { id: echo.slice(4), enabled }, { as: official });
  await state(false);
  const waits = (await w.send()).head.location!;
  await w.run();
  assert.equal((await w.status(waits)).status, "under-way");
  await state(true);
  h.world.clock.advance(400);
  await w.run();
  assert.equal((await w.status(waits)).status, "answered");
});

test("a service may always answer later; one answered by an official answers when she has", async () => {
  w.answers();
  assert.equal((await h.call(`${echo}/items/1`, { headers: { ...asks, Prefer: "wait=5" } })).status, 200, "a call that waits is as before");
  await h.world.owner("update exchange.service set stored = true where id = $1", [echo.slice(4)]);
  await new Promise((done) => setTimeout(done, 1100)); // the directory in memory may be a second old
  const plain = await h.call(`${echo}/items`, { method: "POST", headers: asks, body: "{}" });
  assert.equal(plain.status, 202);
  await h.world.owner("update exchange.service set stored = false where id = $1", [echo.slice(4)]);
  const births = "/r1/BF/GOV/EC-SOURGOU/ETAT-CIVIL/births?family=Kabor%C3%A9";
  assert.equal(typeOf(await h.call(births)), "server.clientproxy.service_type", "not while the caller waits");
  const address = (await h.call(births, { headers: { ...asks, Prefer: "respond-async" } })).head.location!;
  await w.run();
  assert.equal((await w.status(address)).status, "under-way");
  const as = h.world.clerk("bf-ec-sourgou", ["exchange.answer-by-hand"]);
  const { requests } = await h.world.call(api.listHandRequests, { state: "waiting" }, { as });
  const values = { act: "1", family: "Kaboré", sex: "M", "birth.date": "1988-11-02", "birth.place": "Sourgou" };
  await h.world.call(api.answerHandRequest, { id: requests[0]!.id, values }, { as });
  await h.world.settle();
  await w.run();
  assert.equal((await w.status(address)).status, "answered");
  assert.match((await w.look(`${address}/answer`)).text, /Kaboré/);
});
