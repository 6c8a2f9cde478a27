/** A country's simulated sites: what is cut is one alarm with its cause, its sites, its end; who may see it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Caller } from "#kernel";
import { world, type World } from "#kernel/testing";
import { documents } from "#documents";
import { exchange } from "#exchange";
import { network } from "#network";
import * as api from "#network/api";
import { registry } from "#registry";
import { trust } from "#trust";
import { fabricMemory } from "../../drivers/fabric-memory/index.ts";
import { keysFile } from "../../drivers/keys-file/index.ts";
import { outages } from "../../modules/network/monitoring/doors.ts";
import { current } from "../../modules/network/plant/current.ts";
import type { Failure, Model } from "../../modules/network/resilience/model.ts";

let w: World;
let operator: Caller;
let m: Model;
before(async () => {
  w = await world({ modules: [registry, trust, documents, exchange, network], drivers: [keysFile, fabricMemory], country: "bf" });
  operator = w.clerk("bf-anptic", ["network.read-plant", "network.operate-fabric"]);
  await w.owner("update network.fabric set in_service = true");
  ({ model: m } = await w.transaction(current));
  await w.sweep("network.lookout");
});
after(() => w.close());

const alarms = async (as = operator, q: { open?: boolean } = { open: true }) => (await w.call(api.listAlarms, q, { as })).alarms;
const fault = (element: string, kind: "span" | "node" | "power" | "agent", on = true) =>
  w.call(api.simulateFault, { element, kind, on }, { as: operator });
async function look(seconds: number, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    w.clock.advance(seconds / times);
    await w.sweep("network.lookout");
  }
}
const facts = async () =>
  (await w.owner("select type from kernel.fact where type like 'network.alarm-%' order by seq")).rows.map((r: { type: string }) => r.type);
const worst = (skip: readonly string[] = []): Failure =>
  m.failures
    .filter((f) => f.kind === "span" && !skip.includes(f.id))
    .toSorted((x, y) => y.fallen.length - x.fallen.length)
    .find((f) => f.fallen.length > 2 && f.fallen.length < 60)!;

test("a cut that silences many sites is one alarm that names the span, in seconds; mended, it is over and says how long it was", async () => {
  assert.deepEqual(await alarms(), [], "nothing is wrong with a network nobody broke");
  const f = worst();
  await fault(f.id, "span");
  await look(4, 2);
  const [a, ...more] = await alarms();
  assert.deepEqual(more, []);
  assert.deepEqual([a?.kind, a?.element, a?.simulated, a?.planned, a?.cleared], ["cut", f.id, true, false, false]);
  const sites = [...f.fallen].filter((v) => m.weight[v]! > 0).length;
  assert.equal(a!.sites, sites);
  await look(60, 6); // those beyond fall silent meanwhile: still the same alarm
  assert.deepEqual((await alarms()).map((x) => [x.id, x.sites]), [[a!.id, sites]]); // prettier-ignore
  const whole = await w.call(api.readAlarm, { id: a!.id }, { as: operator });
  assert.deepEqual(whole.spans.map((s) => s.id), [f.id]); // prettier-ignore
  assert.equal(whole.places.length, f.fallen.length);
  assert.equal(whole.silent.length, f.fallen.length);
  assert.ok(whole.institutions.length > 0, "who works there is told");
  assert.match(whole.explanation ?? "", /Coupure probable de la liaison/);
  assert.deepEqual(whole.changes.map((c) => c.what), ["raised"]); // prettier-ignore
  await fault(f.id, "span", false);
  await look(14, 7);
  assert.deepEqual(await alarms(), []);
  const [over] = await alarms(operator, { open: false });
  assert.equal(over?.id, a!.id);
  assert.ok(over!.seconds >= 60 && over!.seconds < 80, String(over!.seconds));
  assert.equal(over!.sites, sites, "those it cut off meanwhile");
  assert.deepEqual(await facts(), ["network.alarm-raised", "network.alarm-cleared"]);
  const now = w.clock.now();
  const told = await w.transaction((ctx) => outages(ctx, { from: new Date(now.getTime() - 3600_000), to: now }));
  assert.equal(told.length, f.fallen.length);
  assert.ok(told.every((o) => o.alarm === a!.id && o.to !== undefined && o.to > o.from));
});

test("two cuts are two alarms; power, a hub that fell and an agent that stopped say what they are", async () => {
  const one = worst();
  const two = m.failures.find(
    (f) =>
      f.kind === "span" && f.fallen.length > 2 && ![...f.fallen].some((v) => one.fallen.includes(v)) && !one.links.includes(f.links[0]!),
  )!;
  await fault(one.id, "span");
  await look(200, 2);
  await fault(two.id, "span");
  await look(60, 6);
  assert.deepEqual(new Set((await alarms()).map((a) => a.element)), new Set([one.id, two.id]));
  await fault(one.id, "span", false);
  await fault(two.id, "span", false);
  await look(40, 10);
  assert.deepEqual(await alarms(), []);
  const quiet = m.nodes.find((n) => n.kind === "site")!;
  await fault(quiet.id, "agent");
  await look(50, 5);
  assert.deepEqual(await alarms(), [], "an agent may restart");
  await look(30, 3);
  const [agent] = await alarms();
  assert.deepEqual([agent?.kind, agent?.element, agent?.severity, agent?.sites], ["silent-agent", quiet.id, "warning", 0]);
  await fault(quiet.id, "agent", false);
  await fault(quiet.id, "power");
  await look(60, 6);
  const [power] = await alarms();
  assert.deepEqual([power?.kind, power?.element, power?.severity], ["power", quiet.id, "minor"]);
  await look(3.5 * 3600, 2);
  assert.equal((await alarms())[0]?.severity, "major", "its battery is nearly empty");
  await fault(quiet.id, "power", false);
  const hub = m.nodes.find((n, v) => n.kind === "hub" && m.graph.start[v + 1]! - m.graph.start[v]! > 4)!;
  await fault(hub.id, "node");
  await look(60, 10);
  const [down, ...more] = await alarms();
  assert.deepEqual(more, []);
  assert.deepEqual([down?.kind, down?.element, down?.severity], ["node-down", hub.id, "critical"]);
  await fault(hub.id, "node", false);
  await look(40, 10);
  assert.deepEqual(await alarms(), []);
});

test("a flapping span is one alarm with a count; a kill between two looks changes nothing", async () => {
  const f = worst();
  for (let i = 0; i < 4; i++) {
    await fault(f.id, "span");
    await look(6, 2);
    await fault(f.id, "span", false);
    await look(6, 2);
  }
  const [a, ...more] = await alarms();
  assert.deepEqual(more, []);
  assert.deepEqual([a?.element, a?.occurrences, a?.flapping], [f.id, 4, true]);
  await fault(f.id, "span");
  await Promise.all([w.sweep("network.lookout"), w.sweep("network.lookout")]);
  assert.equal((await alarms()).length, 1);
  await fault(f.id, "span", false);
  await look(900, 4);
  assert.deepEqual(await alarms(), []);
});

test("an institution’s official sees what cuts off his own, and no element of the plant; strangers nothing", async () => {
  const f = worst();
  await fault(f.id, "span");
  await look(60, 6);
  const [a] = await alarms();
  const { institutions } = await w.call(api.readAlarm, { id: a!.id }, { as: operator });
  const touched = institutions[0]!;
  const own = w.clerk(touched.id, []);
  const [seen, ...more] = await alarms(own);
  assert.deepEqual(more, []);
  assert.deepEqual([seen?.id, seen?.element, seen?.name], [a!.id, undefined, undefined]);
  assert.ok(seen!.sites >= 1 && seen!.sites <= a!.sites);
  const mine = await w.call(api.readAlarm, { id: a!.id }, { as: own });
  assert.deepEqual(mine.institutions.map((i) => i.id), [touched.id]); // prettier-ignore
  assert.deepEqual([mine.spans, mine.silent, mine.others, mine.explanation], [[], [], [], undefined]);
  assert.ok(mine.changes.every((c) => c.element === undefined));
  const others = new Set(institutions.map((i) => i.id));
  const elsewhere = (await w.owner("select id from registry.institution")).rows
    .map((r: { id: string }) => r.id)
    .find((id: string) => !others.has(id))!;
  const stranger = w.clerk(elsewhere, []);
  assert.deepEqual(await alarms(stranger), []);
  await assert.rejects(w.call(api.readAlarm, { id: a!.id }, { as: stranger }), /alarm-unknown/);
  await assert.rejects(w.call(api.readAlarm, { id: "00000000-0000-7000-8000-000000000000" }, { as: operator }), /alarm-unknown/);
  for (const as of [w.stranger, w.citizen()]) await assert.rejects(w.call(api.listAlarms, {}, { as }), /kernel\.(forbidden|sign-in)/);
  await assert.rejects(w.call(api.simulateFault, { element: f.id, kind: "span", on: true }, { as: own }), /kernel.forbidden/);
  await assert.rejects(w.call(api.simulateFault, { element: "nowhere", kind: "span", on: true }, { as: operator }), /span-unknown/);
  await assert.rejects(w.call(api.listRoutingEvents, {}, { as: own }), /kernel.forbidden/);
});
