/** A gateway says that it is away: who asks is told until when and by whom, what may wait waits, what runs may end. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ask, bookOf, enterMaintenance, keepUp, leaveMaintenance, maintenanceState, pull } from "#exchange";
import { announceMaintenance, endMaintenance, listServers } from "#exchange/api";
import { openExchangePort, type ExchangePort } from "../../apps/server/exchange-port.ts";
import { until } from "../client.ts";
import { gatewayId, type Pair, r1Call, twoServers, urlOf } from "./two-servers.ts";

const persons = "BF/GOV/ONI/IDENTITE/persons";
const justice = "BF/GOV/MIN-JUSTICE/SERVICES";
const office = "BF/GOV/ONI/IDENTITE";
const numbers = "BF/GOV/ARCEP/NUMEROS/sim-changes";
const question = { client: justice, service: persons, query: { nip: "1" }, purpose: "criminal-record-extract" };
const hour = 3_600_000;

let p: Pair;
let house: ExchangePort;
let gateway: ExchangePort;
let proper: Pair["system"]["answer"];
before(async () => {
  p = await twoServers();
  proper = p.system.answer;
  for (const [id, service, client] of [
    ["posts", persons, justice],
    ["oni-asks", numbers, office],
  ])
    await p.house.owner(
      `insert into exchange.access_right (id, service, subject, methods, path, purposes, basis, from_day)
       values ($1, $2, $3, '{GET,POST}', '**', '{criminal-record-extract}', '{"fr":"","en":""}', '2026-01-01')`,
      [id, service, client],
    );
  await p.house.owner("update exchange.service set subject = null");
  await pull(p.gj);
  house = (await openExchangePort(p.house.kernel, 0))!;
  gateway = (await openExchangePort(p.gateway.kernel, 0))!;
});
after(async () => {
  await house.stop();
  await gateway.stop();
  await p.close();
});
beforeEach(() => void (p.system.hits.length = 0));

const inAnHour = () => new Date(p.gateway.clock.now().getTime() + hour);
const enter = (o: { notice?: string; drainSeconds?: number } = {}) =>
  enterMaintenance(p.gj, { until: inAnHour(), notice: o.notice ?? "Changement de disque", drainSeconds: o.drainSeconds ?? 0 });
const manager = () => p.house.clerk("bf-anptic", ["exchange.manage-servers", "exchange.read-servers"]);
const shown = async () => (await p.house.call(listServers, {}, { as: manager() })).servers.find((s) => s.id === gatewayId)!;
const ready = { "Exchange-Purpose": "criminal-record-extract" };
const atHouse = (more: Record<string, string> = {}, path = persons) =>
  fetch(`${house.url}/r1/${path}`, { headers: { "X-Road-Client": justice, ...ready, ...more } });
const atGateway = (more: Record<string, string> = {}) =>
  fetch(`${gateway.url}/r1/${numbers}`, { headers: { "X-Road-Client": office, ...ready, ...more } });

test("entering lets what runs end, within its bound; new calls hear until when, why, and who can act", async () => {
  let finish: () => void = () => undefined;
  p.system.answer = (req, res) => void (finish = () => proper(req, res));
  const running = ask(p.hj, question);
  await until(
    "the call has reached the system",
    async () => p.system.hits.length,
    (n) => n === 1,
  );
  const short = await enter();
  assert.equal(short.running, 1, "no time to wait: it says that one is under way");
  assert.equal(short.told, true);
  const entering = enter({ drainSeconds: 60 });
  p.system.answer = proper;
  finish();
  assert.equal((await entering).running, 0);
  assert.equal((await running).outcome, "answered");
  await keepUp(p.hj);

  const answer = await ask(p.hj, question);
  assert.ok(answer.outcome === "unavailable", JSON.stringify(answer));
  assert.equal(answer.type, "server.clientproxy.maintenance_mode");
  assert.deepEqual(answer.away, { server: gatewayId, until: inAnHour(), notice: "Changement de disque" });
  assert.ok(answer.retryAfter > 0 && answer.retryAfter <= 300);
  const said = await atHouse();
  assert.deepEqual([said.status, said.headers.get("x-road-error")], [500, "server.clientproxy.maintenance_mode"]);
  assert.ok(Number(said.headers.get("retry-after")) > 0);
  const { message } = (await said.json()) as { message: string };
  assert.match(message, /BF\/GOV\/ONI\/SRV1 is in maintenance until 2026-11-23T10:00:00.000Z \(Changement de disque\).*operator/);
  const pinned = await atHouse({ "X-Road-Security-Server": gatewayId });
  assert.equal(pinned.headers.get("x-road-error"), "server.clientproxy.maintenance_mode");
  // the institution's own systems hear the same of their own gateway
  const own = await atGateway();
  assert.equal(own.headers.get("x-road-error"), "server.clientproxy.maintenance_mode");
  assert.match(await own.text(), /SRV1 is in maintenance until/);
  assert.equal(p.system.hits.length, 1, "nothing reached the institution's system");
  const { maintenance, state } = await shown();
  assert.deepEqual([maintenance?.notice, maintenance?.until, state], ["Changement de disque", inAnHour().toISOString(), "current"]);
  const { rows } = await p.house.owner(
    "select outcome, error_type from exchange.outcome where side = 'client' and error_type is not null order by at desc limit 1",
  );
  assert.deepEqual(rows[0], { outcome: "failed", error_type: "server.clientproxy.maintenance_mode" });
});

test("messages that may wait wait on both sides; after the end by hand they are answered, none twice", async () => {
  const later = { Prefer: "respond-async" };
  const [there, own] = [await atHouse(later), await atGateway(later)];
  assert.deepEqual([there.status, own.status], [202, 202]);
  const turns = async (): Promise<void> => {
    for (const w of [p.house, p.gateway]) w.clock.advance(20);
    for (const name of ["exchange.outbox", "exchange.inbox", "exchange.outbox"]) for (const w of [p.house, p.gateway]) await w.sweep(name);
  };
  await turns();
  const status = async (url: string, client: string, address: string) =>
    ((await (await fetch(`${url}${address}`, { headers: { "X-Road-Client": client } })).json()) as { status: string }).status;
  assert.equal(await status(house.url, justice, there.headers.get("location")!), "queued");
  assert.equal(await status(gateway.url, office, own.headers.get("location")!), "queued");
  assert.equal((await p.house.owner("select 1 from exchange.way where failures > 0")).rows.length, 0, "no link failed");

  assert.deepEqual(await leaveMaintenance(p.gj), { server: gatewayId, told: true, running: 0 });
  await keepUp(p.hj);
  assert.equal((await ask(p.hj, question)).outcome, "answered");
  await until(
    "both are answered",
    async () => {
      await turns();
      return [
        await status(house.url, justice, there.headers.get("location")!),
        await status(gateway.url, office, own.headers.get("location")!),
      ].join();
    },
    (both) => both === "answered,answered",
  );
  assert.equal(p.system.hits.length, 3, "once each, and the call in between");
  assert.equal((await shown()).maintenance, undefined);
});

test("the centre is not reached: callers hear it from the gateway itself, the centre later; its announced end ends it", async () => {
  await p.gateway.owner("update exchange.joined set centre = 'http://127.0.0.1:1'");
  const state = await enter();
  assert.deepEqual([state.told, state.running], [false, 0]);
  assert.equal(bookOf(p.hj)!.maintenance.size, 0, "the house has not heard");
  const answer = await ask(p.hj, question);
  assert.deepEqual([answer.outcome, "away" in answer && answer.away?.server], ["unavailable", gatewayId]);
  // a message with a body too: refused before it is read
  const big = await r1Call(`${house.url}/r1/${persons}`, { "X-Road-Client": justice, ...ready }, Buffer.alloc(2_000_000, 1));
  assert.deepEqual([big.status, big.cut], [500, false]);
  assert.equal(p.system.hits.length, 0);

  await p.gateway.owner("update exchange.joined set centre = $1", [urlOf(p.house)]);
  await p.gateway.sweep("exchange.maintenance");
  assert.equal((await maintenanceState(p.gj)).told, true);
  assert.ok((await shown()).maintenance);
  for (const w of [p.house, p.gateway]) w.clock.advance(3601);
  assert.equal((await shown()).maintenance, undefined);
  assert.deepEqual(await maintenanceState(p.gj), { server: gatewayId, told: true, running: 0 });
  assert.equal((await ask(p.hj, question)).outcome, "answered", "without anybody's doing");
  await p.house.sweep("exchange.maintenance");
  const { rows } = await p.house.owner("select ended_at = until as by_itself from exchange.maintenance");
  assert.deepEqual(rows, [{ by_itself: true }]);
});

test("an official announces and ends it for a server; the gateway obeys, its own word later wins", async () => {
  const until = new Date(p.house.clock.now().getTime() + hour).toISOString();
  const view = await p.house.call(announceMaintenance, { id: gatewayId, until, notice: "Travaux" }, { as: manager() });
  assert.equal(view.maintenance?.notice, "Travaux");
  await pull(p.gj);
  assert.equal((await maintenanceState(p.gj)).notice, "Travaux");
  assert.match(await (await atGateway()).text(), /Travaux/);
  await p.house.call(endMaintenance, { id: gatewayId }, { as: manager() });
  await pull(p.gj);
  assert.equal((await maintenanceState(p.gj)).until, undefined);
  assert.equal((await atGateway()).status, 200);
});

test("nobody announces it without the right, for the house, for nobody, in the past or for ever; nor a stranger for a gateway", async () => {
  const until = new Date(p.house.clock.now().getTime() + hour).toISOString();
  const late = new Date(p.house.clock.now().getTime() + 31 * 24 * hour).toISOString();
  const say = (id: string, end: string, as = manager()) => p.house.call(announceMaintenance, { id, until: end }, { as });
  const reader = p.house.clerk("bf-anptic", ["exchange.read-servers"]);
  await assert.rejects(say(gatewayId, until, reader), { code: "kernel.forbidden" });
  await assert.rejects(say("BF/CENTRE", until), { code: "exchange.server-unknown" });
  await assert.rejects(say("BF/GOV/ONI/SRV7", until), { code: "exchange.server-unknown" });
  await assert.rejects(say(gatewayId, "2026-01-01T00:00:00.000Z"), { code: "exchange.maintenance-end-unfit" });
  await assert.rejects(say(gatewayId, late), { code: "exchange.maintenance-end-unfit" });
  await assert.rejects(p.house.call(endMaintenance, { id: gatewayId }, { as: manager() }), { code: "exchange.not-in-maintenance" });
  await assert.rejects(leaveMaintenance(p.gj), { code: "exchange.not-in-maintenance" });
  const post = (headers: Record<string, string>, body: string) =>
    fetch(`${urlOf(p.house)}/exchange/maintenance`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
  const forged = { "exchange-server": gatewayId, "exchange-at": p.house.clock.now().toISOString(), "exchange-signature": "AAAA" };
  assert.equal((await post({}, JSON.stringify({ ended: true }))).status, 401);
  assert.equal((await post(forged, JSON.stringify({ until, notice: "" }))).status, 401);
  assert.equal((await shown()).maintenance, undefined);
});
