/** What sites measured: once whatever comes twice, late where it belongs, malformed not at all, killed in between nothing lost. */
import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import type { Caller, JobContext } from "#kernel";
import { world, type World } from "#kernel/testing";
import { network } from "#network";
import * as api from "#network/api";
import type { Sample, SiteReport } from "#network/ports";
import { registry } from "#registry";
import { bucketOf } from "../../apps/agent/measure/minute.ts";
import { keepReports } from "../../modules/network/fabric/agents.ts";
import { linkInterface } from "../../modules/network/intent/names.ts";
import { measured, quality } from "../../modules/network/monitoring/doors.ts";
import * as sketch from "../../modules/network/monitoring/sketch.ts";
import { addUp } from "../../modules/network/monitoring/roll.ts";
import { lockHistory, setAdded } from "../../modules/network/monitoring/store-history.ts";

let w: World;
let j: JobContext;
let operator: Caller;
const plant = [
  "type,id,kind,name,site,lon,lat,a,b,length,strands",
  "node,c,core,Core,,-1.5,12.3,,,,",
  "node,s,site,Site,bf-site-presidence,-1.49,12.3,,,,",
  "cable,k,,,,,,c,s,1500,12",
].join("\n");
const keys: [string, string] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];
const link = linkInterface("cable", "k");
before(async () => {
  w = await world({ modules: [registry, network], drivers: [], country: "bf" });
  j = w.kernel.jobContext("network.test");
  operator = w.clerk("bf-anptic", ["network.read-plant", "network.edit-plant", "network.operate-fabric"]);
  await w.call(api.importPlant, { format: "csv", text: plant }, { as: operator });
  const publicKey = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" }).toString("base64");
  w.clock.set(new Date("2026-09-01T00:00:00Z"));
  await w.call(api.enrolAgent, { node: "s", publicKey, keys }, { as: operator });
  w.clock.set(new Date("2026-11-23T09:00:00Z"));
});
after(() => w.close());

let sequence = 0;
const report = (samples: unknown[], node = "s"): SiteReport => ({ node, sequence: (sequence += 1), at: w.clock.now().toISOString(), clockSkew: 0, power: { source: "mains", simulated: true }, interfaces: [], neighbours: [], tunnels: [], parts: {}, keys, capabilities: [], repaired: [], samples: samples as Sample[] }); // prettier-ignore
const sample = (serial: number, at: string, more: Partial<Sample> = {}): Sample => ({
  serial,
  at: `${at}.000Z`,
  seconds: 60,
  unsure: false,
  probes: [
    { to: link, sent: 30, lost: 1, min: 0.4, max: 2, sum: 29, delays: [[32, 20], [40, 9]] }, // prettier-ignore
    { to: "node:c", sent: 30, lost: 0, min: 0.4, max: 2, sum: 30, delays: [[32, 30]] }, // prettier-ignore
  ],
  traffic: [{ name: link, rxBytes: 7_500_000, txBytes: 75_000, rxPeak: 250_000, txPeak: 2000, dropped: 0, downSeconds: 0 }],
  power: { source: "mains", simulated: true },
  events: [],
  ...more,
});
const history = async (step: "minutes5" | "hours" | "days", kind = "link") => {
  const r = await w.call(api.readHistory, { node: "s", step, from: "2026-01-01T00:00:00Z" }, { as: operator });
  return r.series.find((s) => s.kind === kind)?.figures ?? [];
};

test("a sample is added once into five minutes, hour and day, however often it is told", async () => {
  const two = [sample(1, "2026-11-23T08:31:00"), sample(2, "2026-11-23T08:32:00")];
  await keepReports(j, [report(two)]);
  await keepReports(j, [report(two), report([two[1]!, sample(3, "2026-11-23T08:33:00")])]);
  await w.sweep("network.history");
  await w.sweep("network.history");
  for (const step of ["minutes5", "hours", "days"] as const) {
    const [f, ...more] = await history(step);
    assert.deepEqual(more, []);
    assert.deepEqual([f?.sent, f?.lost, f?.seconds, f?.rx, f?.rxPeak, f?.unsure], [90, 3, 180, 1_000_000, 2_000_000, 0], step);
    assert.ok(Math.abs(f!.median! - 0.8) < 0.04 && f!.p95! > 1.5, JSON.stringify(f));
  }
});

test("what comes days late is added where it belongs, and opens what was closed", async () => {
  await keepReports(j, [report([sample(4, "2026-11-21T14:01:00"), sample(5, "2026-11-23T08:34:00")])]);
  w.clock.advance(3600);
  await w.sweep("network.history");
  assert.deepEqual((await history("days")).map((f) => [f.at.slice(0, 10), f.sent]), [["2026-11-21", 30], ["2026-11-23", 120]]); // prettier-ignore
  assert.deepEqual((await history("hours")).map((f) => [f.at.slice(5, 13), f.sent]), [["11-21T14", 30], ["11-23T08", 120]]); // prettier-ignore
  // older than the finer levels are kept: into the day only
  await keepReports(j, [report([sample(6, "2026-09-02T10:00:00"), sample(7, "2026-10-20T10:00:00", { seconds: 3600 })])]);
  await w.sweep("network.history");
  assert.deepEqual((await history("days")).map((f) => f.at.slice(5, 10)), ["09-02", "10-20", "11-21", "11-23"]); // prettier-ignore
  assert.equal((await history("minutes5")).length, 2);
  const known = await w.transaction((ctx) =>
    measured(ctx, { from: new Date("2026-11-23T08:31:30Z"), to: new Date("2026-11-24T00:00:00Z") }),
  );
  assert.deepEqual(known.map((x) => [x.node, x.from.toISOString().slice(11, 19), x.to.toISOString().slice(11, 19)]), [["s", "08:31:30", "08:34:00"]]); // prettier-ignore
  const q = await w.transaction((ctx) => quality(ctx, { site: "bf-site-presidence", from: new Date("2026-11-23T00:00:00Z"), to: new Date("2026-11-24T00:00:00Z") })); // prettier-ignore
  assert.deepEqual([q?.sent, q?.loss], [120, 0], "its way to the core, which lost nothing");
});

test("clocks of 1970 and of 2100, numbers that are none, floods: marked or left out, and nothing else is hurt", async () => {
  const bad: unknown[] = [
    sample(20, "2026-11-23T09:01:00", { seconds: -5 }),
    { ...sample(21, "2026-11-23T09:01:00"), probes: [{ to: link, sent: 3, lost: 7 }] },
    { ...sample(22, "2026-11-23T09:01:00"), probes: [{ to: link, sent: Number.NaN, lost: 0 }] },
    {
      ...sample(23, "2026-11-23T09:01:00"),
      traffic: [{ name: link, rxBytes: -1, txBytes: 0, rxPeak: 0, txPeak: 0, dropped: 0, downSeconds: 0 }],
    },
    {
      ...sample(24, "2026-11-23T09:01:00"),
      traffic: [{ name: link, rxBytes: 1e300, txBytes: 0, rxPeak: 0, txPeak: 0, dropped: 0, downSeconds: 0 }],
    },
    { ...sample(25, "2026-11-23T09:01:00"), at: "2026-99-99T99:99:99.000Z" },
    { ...sample(26, "2026-11-23T09:01:00"), events: "none" },
    null,
    "sample",
    { serial: 1e300 },
  ];
  const before_ = (await history("days")).at(-1)!.sent;
  await keepReports(j, [
    report([
      ...bad,
      sample(30, "1970-01-01T00:03:00"),
      sample(31, "2100-01-01T00:00:00"),
      sample(32, "2026-11-23T10:00:00", { unsure: true }),
    ]),
  ]);
  await w.sweep("network.history");
  const day = (await history("days")).at(-1)!;
  assert.deepEqual([day.sent - before_, day.unsure], [90, 3], "three samples, each marked; the others not at all");
  const other = report([
    sample(40, "2026-11-23T10:01:00", {
      probes: [
        { to: "f-elsewhere", sent: 9, lost: 9 },
        { to: "node:nowhere", sent: 9, lost: 9 },
      ],
      traffic: [],
    }),
  ]);
  await keepReports(j, [other, { ...report([sample(1, "2026-11-23T10:01:00")]), node: "unknown" }]);
  await w.sweep("network.history");
  assert.equal(
    (await history("days")).at(-1)!.sent,
    day.sent,
    "of links it does not have, and of an agent nobody enrolled, nothing is kept",
  );
  await keepReports(j, [report([sample(3, "2026-11-23T10:02:00")])]);
  assert.equal(await addUp(j), 0, "an older number is not taken");
});

test("events are kept as measured, and told by span", async () => {
  const events = [{ name: link, at: "2026-11-23T10:10:00.000Z", what: "carrier", up: false }, { name: link, at: "2026-11-23T10:10:20.000Z", what: "carrier", up: true }] as Sample["events"]; // prettier-ignore
  w.clock.set(new Date("2026-11-23T10:20:00Z"));
  await keepReports(j, [report([sample(50, "2026-11-23T10:11:00", { events })])]);
  const { events: told } = await w.call(api.listRoutingEvents, { span: "k" }, { as: operator });
  assert.deepEqual(told.map((e) => [e.at.slice(11, 19), e.node, e.span, e.up]), [["10:10:20", "s", "k", true], ["10:10:00", "s", "k", false]]); // prettier-ignore
});

test("killed while adding up: what was in doubt is added once by the next; four at once add each sample once", async () => {
  const [before_] = (await history("days")).slice(-1);
  await keepReports(j, [
    report(Array.from({ length: 40 }, (_, i) => sample(100 + i, `2026-11-23T10:${String(i % 60).padStart(2, "0")}:00`))),
  ]);
  // the session dies in the middle of its transaction, as with kill -9
  const dying = j.transaction(async (ctx) => {
    await lockHistory(ctx);
    await setAdded(ctx, "999999");
    await w.owner(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'toguna' and state <> 'idle' and datname = current_database()",
    );
  });
  await assert.rejects(dying);
  await Promise.all([1, 2, 3, 4].map(() => addUp(j, { batch: 7 })));
  const [now] = (await history("days")).slice(-1);
  assert.equal(now!.sent - before_!.sent, 41 * 30, "and the one of the test before");
});

test("what agents say raises alarms: a line that was up and is down, a line that loses; nobody speaks for another, nor for lines that are not his", async () => {
  await w.owner("update network.fabric set in_service = true");
  w.clock.advance(3600); // the samples of the tests before are of another hour
  const alarms = async () =>
    (await w.call(api.listAlarms, { open: true }, { as: operator })).alarms.map((a) => `${a.kind} ${a.element} ${a.severity}`);
  const say = async (up: boolean, name = link, since = w.clock.now().toISOString()) => {
    await keepReports(j, [{ ...report([]), links: [{ name, up, carrier: up, since }] }]);
    w.clock.advance(4);
    await w.sweep("network.lookout");
  };
  await say(false);
  assert.deepEqual(await alarms(), [], "a line that was never up is not in service");
  await say(true);
  await say(false, "f-elsewhere");
  assert.deepEqual(await alarms(), [], "no line of his");
  await say(false, link, "2100-01-01T00:00:00.000Z");
  await say(false, link, "2100-01-01T00:00:00.000Z");
  assert.deepEqual(await alarms(), ["cut k major"], "its time is not believed, its word is");
  const older = { ...report([]), sequence: 1, links: [{ name: link, up: true, carrier: true, since: w.clock.now().toISOString() }] };
  await keepReports(j, [older]);
  w.clock.advance(20);
  await w.sweep("network.lookout");
  assert.deepEqual(await alarms(), ["cut k major"], "an older word replaces no newer one");
  await say(true);
  w.clock.advance(11);
  await say(true);
  await say(true);
  assert.deepEqual(await alarms(), []);
  const lossy = (serial: number, lost: number) =>
    sample(serial, w.clock.now().toISOString().slice(0, 19), { probes: [{ to: link, sent: 30, lost, min: 1, max: 1, sum: 30 - lost, delays: [[32, 30 - lost]] }], traffic: [] }); // prettier-ignore
  const minutes = async (first: number, count: number, lost: number) => {
    for (let i = 0; i < count; i++) {
      w.clock.advance(60);
      await keepReports(j, [{ ...report([lossy(first + i, lost)]), links: [{ name: link, up: true, carrier: true, since: "2026-11-23T00:00:00.000Z" }] }]); // prettier-ignore
      await w.sweep("network.lookout");
    }
  };
  await minutes(1000, 10, 0);
  assert.deepEqual(await alarms(), []);
  await minutes(1100, 3, 6);
  assert.deepEqual(await alarms(), ["loss k warning"]);
  await minutes(1200, 8, 0);
  assert.deepEqual(await alarms(), []);
  await w.owner("update network.fabric set in_service = false");
});

test("the rings are emptied a day ahead; what is kept stays", async () => {
  const raw = async () => Number((await w.owner("select count(*)::int as n from network.raw")).rows[0].n);
  assert.ok((await raw()) > 0);
  for (let d = 0; d < 4; d++) {
    w.clock.advance(86_400);
    await w.sweep("network.history");
  }
  assert.equal(await raw(), 0, "raw rows live two or three days");
  assert.ok((await history("minutes5")).length > 0);
  for (let d = 0; d < 16; d++) {
    w.clock.advance(86_400);
    await w.sweep("network.history");
  }
  assert.equal((await history("minutes5")).length, 0);
  assert.ok((await history("hours")).length > 0 && (await history("days")).length > 0);
});

test("the agent’s buckets are the house’s", () => {
  for (const ms of [0, 0.01, 0.05, 0.3, 1, 7.7, 120, 40_000, 1e9]) assert.equal(bucketOf(ms), sketch.bucketOf(ms), String(ms));
});
