/** Rooms through the r1 port, as a program of GovStack's PubSub 2.0 speaks: publish, subscribe, pull, push, and what goes wrong. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listDeliveries, listRooms } from "#exchange/api";
import { type House, house, loadCountryAgain } from "./port.ts";

const room = "/r1/BF/GOV/MIN-TERRITOIRE/FAITS-ETAT-CIVIL";
const registry = "BF/GOV/EC-OUAGADOUGOU/ETAT-CIVIL";
const statistics = "BF/GOV/INSD/NOMENCLATURES";
const health = "BF/GOV/MIN-SANTE/SANTE";
const manager = "BF/GOV/MIN-TERRITOIRE/ELECTIONS";
const birth = { registry: "bf-ec-ouagadougou", year: 2026, number: 12, day: "2026-11-20" };

let h: House;
before(async () => {
  h = await house();
  const { rows } = await h.world.owner("select u.id from exchange.subsystem u where u.id = any($1)", [
    [registry, statistics, health, manager],
  ]);
  assert.equal(rows.length, 4, JSON.stringify(rows));
});
after(() => h.close());

let count = 0;
async function say(client: string, method: string, path: string, json?: unknown, more: Record<string, string> = {}) {
  const body = json === undefined ? undefined : typeof json === "string" ? json : JSON.stringify(json);
  const r = await h.call(`${room}/${path}`, {
    method,
    headers: { "X-GovStack-Client": client, ...more },
    ...(body === undefined ? {} : { body }),
  });
  return { status: r.status, json: r.text === "" ? undefined : (JSON.parse(r.text) as Record<string, unknown>), head: r.head };
}
const publish = (event: object = birth, id = `pub-${++count}`, type = "birth-registered") =>
  say(registry, "POST", `pub/v1/${type}`, { eventType: type, event }, { "X-Road-Id": id });
const next = (client = statistics) => say(client, "GET", "pull/v1/birth-registered");
const bodies = async () => (await h.world.owner("select id from exchange.event where body is not null")).rows.length;

test("types of the pack are listed; a manager adds and retires one, others may not", async () => {
  const types = await say(statistics, "GET", "api/v1/eventType");
  assert.equal(types.status, 200);
  assert.deepEqual(
    (types.json as never as { eventType: string }[]).map((t) => t.eventType),
    ["birth-registered", "death-registered"],
  );
  const marriage = { eventType: "marriage-registered", version: "1.0", schema: { type: "object", required: ["number"] } };
  assert.equal((await say(statistics, "POST", "api/v1/eventType", marriage)).head["x-road-error"], "server.serverproxy.access_denied");
  assert.equal((await say(manager, "POST", "api/v1/eventType", marriage)).status, 200);
  assert.equal((await say(manager, "POST", "api/v1/eventType", marriage)).status, 409);
  for (const bad of [
    "{",
    { eventType: "../x" },
    { eventType: "a", schema: { pattern: "(a+)+$" } },
    { eventType: "a", schema: { $ref: "http://x" } },
  ])
    assert.equal((await say(manager, "POST", "api/v1/eventType", bad)).status, 400, JSON.stringify(bad));
  assert.equal((await say(registry, "GET", "api/v1/eventType/marriage-registered")).json?.version, "1.0");
  assert.equal((await say(manager, "DELETE", "api/v1/eventType/marriage-registered")).status, 204);
  assert.equal((await say(manager, "DELETE", "api/v1/eventType/marriage-registered")).status, 404);
  assert.equal((await say(registry, "GET", "api/v1/eventType/marriage-registered")).status, 204);
  // what the managers added or retired survives the next reading of the country's folder
  await loadCountryAgain(h);
  assert.equal((await say(registry, "GET", "api/v1/eventType/marriage-registered")).status, 204);
});

test("pull: in order, once acknowledged gone, its body forgotten; the call is a signed exchange like any other", async () => {
  assert.equal((await next()).status, 404, "not subscribed");
  const wanted = { delivery: "PULL", options: { TTL: 600, FIFO: true } };
  assert.equal((await say(statistics, "POST", "api/v1/subs/birth-registered", wanted)).status, 200);
  assert.equal((await say(statistics, "POST", "api/v1/subs/birth-registered", wanted)).status, 409);
  assert.equal((await say(statistics, "POST", "api/v1/subs/nothing", wanted)).status, 404);
  const first = await publish();
  assert.equal(first.status, 201);
  const second = await publish({ ...birth, number: 13 });
  for (let i = 0; i < 2; i++) {
    const shown = await next();
    assert.equal(shown.status, 200);
    assert.deepEqual([shown.json?.id, shown.json?.event], [first.json?.id, birth], "the head of the line until it is acknowledged");
    assert.deepEqual(shown.json?.publisherId, {
      instanceId: "BF",
      memberClass: "GOV",
      memberCode: "EC-OUAGADOUGOU",
      applicationCode: "ETAT-CIVIL",
    });
  }
  const id = first.json?.id as string;
  assert.equal((await say(health, "DELETE", `pull/v1/birth-registered/${id}`)).status, 404, "somebody else's");
  assert.equal((await say(statistics, "DELETE", `pull/v1/birth-registered/${id}`)).status, 204);
  assert.equal((await say(statistics, "DELETE", `pull/v1/birth-registered/${id}`)).status, 404);
  assert.equal((await next()).json?.id, second.json?.id);
  assert.equal((await say(statistics, "DELETE", `pull/v1/birth-registered/${second.json?.id as string}`)).status, 204);
  assert.equal((await next()).status, 404);
  assert.equal(await bodies(), 0);
  const { rows } = await h.world.owner(
    "select r.side, r.purpose, o.status from exchange.request r join exchange.outcome o using (exchange, side) join exchange.event e on e.exchange = r.exchange where e.id = $1 order by side",
    [id],
  );
  assert.deepEqual(rows, [
    { side: "client", purpose: "publication", status: 201 },
    { side: "provider", purpose: "publication", status: 201 },
  ]);
});

test("the same message is the same event; another event under its number is refused", async () => {
  const a = await publish(birth, "twice");
  const b = await publish(birth, "twice");
  assert.deepEqual([a.status, b.status, a.json?.id], [201, 201, b.json?.id]);
  assert.equal((await publish(birth, "twice", "death-registered")).status, 409);
  const { rows } = await h.world.owner("select sequence::int from exchange.event where message_id = 'twice'");
  assert.equal(rows.length, 1);
  await say(statistics, "DELETE", `pull/v1/birth-registered/${a.json?.id as string}`);
});

test("what does not belong: strangers, other schemas, other paths, too much", async () => {
  assert.equal((await publish({ ...birth, name: "Awa" })).status, 400, "a name has no place in this event");
  assert.equal((await publish({ ...birth, number: "12" })).status, 400);
  assert.equal((await say(registry, "POST", "pub/v1/birth-registered", "{")).status, 400);
  assert.equal((await say(registry, "POST", "pub/v1/birth-registered", { eventType: "death-registered", event: birth })).status, 400);
  assert.equal((await publish(birth, "x1", "unknown")).status, 404);
  assert.equal((await say(registry, "POST", "pub/v1/birth-registered", `{"event":"${"x".repeat(1_100_000)}"}`)).status, 413);
  assert.equal(
    (await say(statistics, "POST", "pub/v1/birth-registered", { event: birth })).head["x-road-error"],
    "server.serverproxy.access_denied",
  );
  assert.equal((await say(registry, "GET", "pull/v1/birth-registered")).head["x-road-error"], "server.serverproxy.access_denied");
  assert.equal((await say(statistics, "GET", "pull/v1/%2e%2e")).head["x-road-error"], "client.clientproxy.bad_request");
  assert.equal((await say(statistics, "GET", "api/v1/other")).status, 404);
  assert.equal((await say("BF/GOV/NOBODY/X", "GET", "api/v1/eventType")).head["x-road-error"], "server.clientproxy.unknown_member");
  for (const bad of [{ delivery: "MAIL" }, { delivery: "PULL", options: { TTL: 0 } }, { delivery: "PUSH", service: "../a" }, "[]"])
    assert.equal((await say(health, "POST", "api/v1/subs/birth-registered", bad)).status, 400, JSON.stringify(bad));
  // a publisher sees and withdraws its own events only
  const mine = await publish();
  assert.equal((await say("BF/GOV/EC-KOUDOUGOU/ETAT-CIVIL", "GET", `pub/v1/birth-registered/${mine.json?.id as string}`)).status, 404);
  assert.deepEqual((await say(registry, "GET", `pub/v1/birth-registered/${mine.json?.id as string}`)).json?.event, birth);
  assert.equal((await say(registry, "DELETE", `pub/v1/birth-registered/${mine.json?.id as string}`)).status, 204);
  assert.equal((await say(registry, "GET", `pub/v1/birth-registered/${mine.json?.id as string}`)).status, 404);
  assert.equal((await next()).status, 404, "withdrawn before anybody took it");
});

test("push: a signed exchange to the subscriber's service, tried again with patience, in order, parked when its time is over", async () => {
  // the ministry publishes where it takes events, and lets the room in
  await h.world.owner(
    `insert into exchange.service (id, subsystem, code, institution, kind, title, base_url, timeout_seconds, endpoints, query, fields, keep_days)
     values ($1, $2, 'events', 'bf-min-sante', 'http', '{"fr":"x","en":"x"}', 'sandbox:/events', 2, '[{"method":"POST","path":"/"}]', '[]', '[]', 30)`,
    [`${health}/events`, health],
  );
  await h.world.owner(
    `insert into exchange.access_right (id, service, subject, methods, path, purposes, basis, from_day)
     values ('events', $1, $2, '{POST}', '/', '{publication}', '{"fr":"","en":""}', '2026-01-01')`,
    [`${health}/events`, room.slice(4)],
  );
  const wanted = { delivery: "PUSH", options: { TTL: 120, FIFO: true } };
  assert.equal((await say(health, "POST", "api/v1/subs/birth-registered", wanted)).status, 200);
  assert.equal((await say(health, "PATCH", "api/v1/subs/birth-registered", { options: { TTL: 60 } })).status, 201);
  assert.deepEqual((await say(health, "GET", "api/v1/subs/birth-registered")).json?.options, { TTL: 60, FIFO: true });
  const ids = [await publish(), await publish({ ...birth, number: 14 })].map((r) => r.json?.id as string);
  const heard = () => h.visits.map((v) => JSON.parse(v.body.toString()) as { id: string; sequence: number });

  h.behave((_, res) => res.writeHead(503).end());
  await h.world.sweep("exchange.push-events");
  assert.deepEqual(
    heard().map((e) => e.id),
    [ids[0]],
    "the second waits behind the first",
  );
  await h.world.sweep("exchange.push-events");
  assert.equal(h.visits.length, 1, "not before its time");

  h.behave((_, res) => res.writeHead(200, { "content-type": "application/json" }).end('{"id":"another"}'));
  h.world.clock.advance(5);
  await h.world.sweep("exchange.push-events");
  assert.deepEqual(
    heard().map((e) => e.id),
    [ids[0]],
    "an acknowledgement of another event is none",
  );

  h.behave((_, res) => res.writeHead(204).end());
  h.world.clock.advance(12);
  await h.world.sweep("exchange.push-events");
  await h.world.sweep("exchange.push-events");
  assert.deepEqual(
    heard().map((e) => e.id),
    ids,
  );
  const sequences = heard().map((e) => e.sequence);
  assert.ok(sequences[0]! < sequences[1]!);

  const late = (await publish()).json?.id as string;
  h.behave((_, res) => res.destroy());
  await h.world.sweep("exchange.push-events");
  h.world.clock.advance(601);
  await h.world.sweep("exchange.expire-events");
  const parked = await h.world.owner(
    "select d.state, d.why from exchange.event_delivery d join exchange.subscription s on s.id = d.subscription where d.event = $1 and s.subscriber = $2",
    [late, health],
  );
  assert.equal(parked.rows[0]?.state, "expired");
  assert.match(parked.rows[0]?.why as string, /io_error|interrupted|unknown/);
  assert.equal(await bodies(), 0);
  const told = await h.world.owner("select count(*)::int as n from kernel.fact where type = 'exchange.event-undeliverable'");
  assert.ok(told.rows[0]?.n >= 1);

  assert.equal((await say(health, "DELETE", "api/v1/subs/birth-registered")).status, 204);
  assert.equal((await say(health, "GET", "api/v1/subs/birth-registered")).status, 404);
});

test("the room's institution sees all subscriptions, others their own", async () => {
  await say(health, "POST", "api/v1/subs/death-registered", { delivery: "PULL" });
  const seen = async (client: string) => ((await say(client, "GET", "api/v1/subs")).json as never as unknown[]).length;
  assert.deepEqual([await seen(manager), await seen(statistics), await seen(health)], [2, 1, 1]);
});

test("an auditor follows rooms and deliveries, never an event; others may not", async () => {
  const auditor = h.world.clerk("bf-anptic", ["exchange.read-traffic"]);
  const { rooms } = await h.world.call(listRooms, {}, { as: auditor });
  assert.equal(rooms[0]?.room, room.slice(4));
  assert.deepEqual(
    rooms[0]?.subscriptions.map((s) => [s.type, s.subscriber, s.delivery]),
    [
      ["birth-registered", statistics, "PULL"],
      ["death-registered", health, "PULL"],
    ],
  );
  const all = [];
  for (let after: string | undefined; ;) {
    const page = await h.world.call(listDeliveries, { room: room.slice(4), limit: 2, ...(after ? { after } : {}) }, { as: auditor });
    all.push(...page.deliveries);
    if (!(after = page.next)) break;
  }
  const { rows } = await h.world.owner("select count(*)::int as n from exchange.event_delivery");
  assert.equal(all.length, rows[0]?.n);
  assert.equal(new Set(all.map((d) => d.event + d.subscriber)).size, all.length);
  assert.ok(!JSON.stringify([rooms, all]).includes("bf-ec-ouagadougou"));
  const pushed = all.find((d) => d.state === "acknowledged" && d.subscriber === health);
  assert.match(pushed?.exchange ?? "", /^[0-9a-f-]{36}$/);
  const filtered = await h.world.call(listDeliveries, { room: room.slice(4), state: "expired" }, { as: auditor });
  assert.ok(filtered.deliveries.length > 0 && filtered.deliveries.every((d) => d.state === "expired"));
  await assert.rejects(h.world.call(listRooms, {}, { as: h.world.clerk("bf-anptic", ["exchange.search-log"]) }));
});
