import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as api from "#exchange/api";
import { later } from "../../modules/exchange/outbox/gate.ts";
import { echo, justice } from "./port.ts";
import { waiting, type Waiting } from "./waiting.ts";

let h: Waiting["h"];
let w: Waiting;
before(async () => {
  w = await waiting();
  h = w.h;
});
after(() => h.close());

test("officials follow what waits and withdraw what has not left; never another institution's", async () => {
  w.answers();
  await w.down();
  const address = (await w.send({ id: "to-withdraw" })).head.location!;
  const left = (await w.send({ id: "left" })).head.location!;
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
  await w.run();
  await assert.rejects(h.world.call(api.cancelMessage, { exchange: left.slice(7) }, { as }), { code: "exchange.message-left" });
  await assert.rejects(h.world.call(api.cancelMessage, { exchange }, { as }), { code: "exchange.message-left" });
  const held = (await h.world.call(api.listDestinations, {}, { as })).destinations.find((d) => d.provider.institution === "bf-oni")!;
  assert.deepEqual([held.why, Boolean(held.nextTry), Boolean(held.since)], ["server.serverproxy.network_error", true, true]);
  const theirs = await h.world.call(api.listDestinations, {}, { as: h.world.clerk("bf-oni", ["exchange.read-outbox"]) });
  assert.equal(theirs.systems.find((s) => s.service === echo.slice(4))!.why, "server.serverproxy.network_error");
  await w.up();
  h.world.clock.advance(400);
  await w.run();
  assert.deepEqual([(await w.status(address)).status, (await w.status(left)).status], ["cancelled", "answered"]);
  assert.equal(h.visits.length, 1);
  const first = await h.world.call(api.listOutbox, { limit: 1 }, { as });
  const second = await h.world.call(api.listOutbox, { limit: 1, after: first.next! }, { as });
  assert.equal(new Set([...first.messages, ...second.messages].map((m) => m.exchange)).size, 2);
  const cancelled = await h.world.call(api.listOutbox, { state: "cancelled" }, { as });
  assert.deepEqual(
    cancelled.messages.map((m) => [m.messageId, m.type]),
    [["to-withdraw", "client.clientproxy.message_cancelled"]],
  );
});

test("a program that died while it called: ended, made again, or unknown, as the log tells; never a writing call twice", async () => {
  w.answers();
  await w.up();
  /** As the tables stand when the power goes: the row is left in `calling`, and of the log only so much was written. */
  const died = async (o: { method: string; path: string; log: "nothing" | "request" | "outcome" }): Promise<string> => {
    const address = (await w.send(o)).head.location!;
    await w.run();
    const id = address.slice(7);
    await h.world.owner("update exchange.outbox set state = 'received', ended_at = null, why = null where exchange = $1", [id]);
    await h.world.owner("update exchange.inbox set state = 'calling', ended_at = null, told_at = null where exchange = $1", [id]);
    await h.world.owner("delete from exchange.outcome where exchange = $1 and (side = 'client' or $2)", [id, o.log !== "outcome"]);
    await h.world.owner("delete from exchange.traffic where exchange = $1", [id]);
    if (o.log !== "outcome") await h.world.owner("delete from exchange.body where exchange = $1 and direction = 'response'", [id]);
    if (o.log === "nothing") await h.world.owner("delete from exchange.request where exchange = $1 and side = 'provider'", [id]);
    h.visits.length = 0;
    await w.run();
    return `${(await w.status(address)).status}, called ${h.visits.length}`;
  };
  const [post, get] = [
    { method: "POST", path: "/items" },
    { method: "GET", path: "/items/1" },
  ];
  assert.equal(await died({ ...post, log: "outcome" }), "answered, called 0");
  assert.equal(await died({ ...post, log: "request" }), "unknown, called 0");
  assert.equal(await died({ ...post, log: "nothing" }), "answered, called 1");
  assert.equal(await died({ ...get, log: "outcome" }), "answered, called 0");
  assert.equal(await died({ ...get, log: "request" }), "answered, called 1");
});

test("behind mutual TLS a status is read by a certificate registered for that client alone", async () => {
  w.answers();
  await w.up();
  const address = (await w.send()).head.location!;
  const seen = async (allowed: "any" | ReadonlySet<string>, named?: string): Promise<number> => {
    let status = 0;
    const res = { headersSent: false, destroyed: false, writeHead: (n: number) => ((status = n), res), end: () => res };
    const headers: [string, string][] = named === undefined ? [] : [["X-Road-Client", named]];
    const visit = {
      j: h.world.kernel.jobContext("exchange.r1"),
      method: "GET",
      headers,
      accept: undefined,
      allowed,
      res,
      fail: () => undefined,
    };
    await later(address)!(visit as never);
    return status;
  };
  assert.equal(await seen(new Set([justice]), justice), 200);
  assert.equal(await seen(new Set([justice])), 404, "names nobody");
  assert.equal(await seen(new Set(["BF/GOV/ONI/IDENTITE"]), justice), 404, "not its certificate");
  assert.equal(await seen(new Set(["BF/GOV/ONI/IDENTITE"]), "BF/GOV/ONI/IDENTITE"), 404, "not its message");
});
