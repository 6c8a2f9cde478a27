import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { registry } from "#registry";
import { factsOf, type Caller } from "#kernel";
import { world, type World } from "#kernel/testing";
import * as api from "./api.ts";
import { network } from "./index.ts";

let w: World;
let operator: Caller;
let stranger: Caller;
before(async () => {
  w = await world({ modules: [registry, network], country: "bf" });
  operator = w.clerk("bf-anptic", ["network.read-plant", "network.edit-plant"]);
  stranger = w.clerk("bf-anptic", []);
});
after(() => w.close());

const head = "type,id,kind,name,site,lon,lat,a,b,length,strands,ducts,node,cable,strand,into_cable,into_strand,count,device,establishments";
const row = (o: Record<string, string | number>) =>
  head
    .split(",")
    .map((c) => o[c] ?? "")
    .join(",");
const place = (id: string, kind: string, lon: number, more = {}) =>
  row({ type: "node", id, kind, name: id.toUpperCase(), lon, lat: 12.3, ...more });
/** core – a – b – core is a ring; c hangs on b by a cable that shares a duct with a – b. */
const small = [
  head,
  place("core", "core", -1.5),
  place("a", "site", -1.49),
  place("b", "site", -1.48),
  place("c", "site", -1.47),
  row({ type: "duct", id: "d1", kind: "duct", name: "D1", length: 100 }),
  row({ type: "cable", id: "k1", a: "core", b: "a", length: 1200, strands: 4 }),
  row({ type: "cable", id: "k2", a: "a", b: "b", length: 1200, strands: 4, ducts: "d1" }),
  row({ type: "cable", id: "k3", a: "b", b: "core", length: 2400, strands: 4 }),
  row({ type: "cable", id: "k4", a: "b", b: "c", length: 1200, strands: 4, ducts: "d1" }),
  row({ type: "device", id: "router", node: "core", name: "Router" }),
  row({ type: "device", id: "switch", node: "c", name: "Switch" }),
  row({ type: "splice", id: "x1", node: "a", cable: "k1", strand: 1, into_cable: "k2", into_strand: 1, count: 2 }),
  row({ type: "splice", id: "x2", node: "b", cable: "k2", strand: 1, into_cable: "k4", into_strand: 3, count: 1 }),
  row({ type: "port", id: "q1", device: "router", name: "1", cable: "k1", strand: 1 }),
  row({ type: "port", id: "q2", device: "switch", name: "1", cable: "k4", strand: 3 }),
].join("\n");
const faultsOf = async (text: string, format: "csv" | "geojson" | "netbox" = "csv") => {
  try {
    await w.call(api.importPlant, { format, text }, { as: operator });
  } catch (error) {
    return (error as { more: { fields: { path: string }[] } }).more.fields.map((f) => f.path);
  }
  return [];
};

test("the pack's network is there, said to be illustrative, and only for those who may see it", async () => {
  const o = await w.call(api.readOverview, {}, { as: operator });
  assert.equal(o.origin, "pack");
  assert.match(o.notice ?? "", /illustratif/);
  assert.equal(o.totals.illustrative, o.totals.elements);
  assert.equal(o.totals.unreached, 0);
  for (const as of [stranger, w.citizen(), w.stranger])
    await assert.rejects(w.call(api.readMap, {}, { as }), /kernel\.(forbidden|sign-in)/);
  await assert.rejects(w.call(api.importPlant, { format: "csv", text: small }, { as: w.clerk("bf-anptic", ["network.read-plant"]) }));
});

test("a second start loads nothing again", async () => {
  const count = async () => (await w.owner("select count(*)::int as n from network.revision")).rows[0].n as number;
  const first = await count();
  await network.start?.(w.kernel.host);
  assert.equal(await count(), first);
});

test("a span of the country names who falls, how long, and the best next kilometre in both languages", async () => {
  const { spans, total } = await w.call(api.listSpans, { limit: 5 }, { as: operator });
  assert.equal(spans.length, 5);
  assert.ok(total > 400);
  const one = await w.call(api.readSpan, { id: spans[0]!.id, km: 400 }, { as: operator });
  assert.equal(one.fallen.length >= one.sites, true);
  assert.ok(one.institutions.length >= one.sites, "each site of the pack has an institution of the registry");
  assert.match(one.next?.why ?? "", /^Poser/);
  const english = await w.call(api.readSpan, { id: spans[0]!.id, km: 400 }, { as: operator, lang: "en" });
  assert.match(english.next?.why ?? "", /^Lay/);
});

test("two circuits in one trench are one cut: the shared ground is counted, not only the span", async () => {
  const one = await w.call(api.readSpan, { id: "l-ouagadougou-fada-n-gourma" }, { as: operator });
  const alone = one.failures.find((f) => f.kind === "span");
  const trench = one.failures.find((f) => f.id === "t-rn4");
  assert.equal(alone?.sites, 0, "alone, the other way round holds");
  assert.ok((trench?.sites ?? 0) >= 43, "with the trench, two cities fall");
  const fada = await w.call(api.readNode, { id: "hub-fada-n-gourma" }, { as: operator });
  assert.equal(fada.ways.length, 2);
  assert.equal(fada.shared.length, 1);
});

test("availability has intervals, pairs of cuts are bounded, the plan keeps to its budget", async () => {
  const { sites } = await w.call(api.readAvailability, { samples: 20_000, seed: 3 }, { as: operator });
  assert.ok(sites.every((s) => s.low <= s.value && s.value <= s.high && s.value > 0.9 && s.value < 1));
  const pairs = await w.call(api.findDoubleCuts, { limit: 5 }, { as: operator });
  assert.ok(pairs.pairs.length === 5 && pairs.pairs.every((p) => p.extra > 0) && pairs.complete);
  const plan = await w.call(api.planNext, { km: 20 }, { as: operator });
  assert.ok(plan.used <= 20 && plan.after < plan.before && plan.stretches.length > 0);
});

test("every format carries the whole plant: exported and imported again, nothing changes", async () => {
  const before = await w.call(api.readPlantFile, {}, { as: operator });
  for (const format of ["csv", "geojson", "netbox"] as const) {
    const { text } = await w.call(api.exportPlant, { format }, { as: operator });
    const done = await w.call(api.importPlant, { format, text }, { as: operator });
    assert.deepEqual([done.added, done.changed, done.removed], [0, 0, 0], format);
    const now = await w.call(api.readPlantFile, {}, { as: operator });
    assert.deepEqual(now.features, before.features, format);
  }
});

test("one bad line and nothing is imported; each fault names its line", async () => {
  const { revision } = await w.call(api.readOverview, {}, { as: operator });
  const lines = small.split("\n");
  const withLine = (n: number, text: string) => lines.map((l, i) => (i === n - 1 ? text : l)).join("\n");
  const again = (text: string) => `${small}\n${text}`;
  assert.deepEqual((await faultsOf(withLine(3, place("a", "site", 40))))[0], "line 3.lon", "outside the country");
  assert.deepEqual(await faultsOf(withLine(3, place("a", "palace", -1.49))), ["line 3.kind"]);
  assert.deepEqual(await faultsOf(withLine(3, place("a", "site", -1.49, { site: "nowhere" }))), ["line 3.site"]);
  assert.deepEqual(await faultsOf(withLine(6, row({ type: "duct", id: "d1", kind: "duct", length: 5 }))), ["line 6.name"]);
  assert.deepEqual(await faultsOf(again(place("a", "site", -1.49))), ["line 17.id"], "twice");
  assert.deepEqual(await faultsOf(again(row({ type: "tunnel", id: "t" }))), ["line 17.type"]);
  const cable = (o: object) => again(row({ type: "cable", id: "k9", a: "a", b: "c", length: 9000, strands: 2, ...o }));
  assert.deepEqual(await faultsOf(cable({ b: "zz" })), ["line 17.b"]);
  assert.deepEqual(await faultsOf(cable({ b: "a" })), ["line 17.b"], "a loop");
  assert.deepEqual(await faultsOf(cable({ length: 10 })), ["line 17.length"], "shorter than the straight line");
  assert.deepEqual(await faultsOf(cable({ ducts: "d1 d7" })), ["line 17.ducts"]);
  const port = (o: object) => again(row({ type: "port", id: "q9", device: "switch", name: "9", cable: "k4", strand: 1, ...o }));
  assert.deepEqual(await faultsOf(port({ strand: 3 })), ["line 17.cable"], "the strand is taken");
  assert.deepEqual(await faultsOf(port({ strand: 5 })), ["line 17.cable"], "there is no fifth strand");
  assert.deepEqual(await faultsOf(port({ cable: "k1" })), ["line 17.cable"], "the cable does not come here");
  assert.deepEqual(await faultsOf(again('"open')), ["line 17"]);
  assert.deepEqual(await faultsOf("a,b\n1,2"), ["line 1"]);
  assert.deepEqual(await faultsOf(withLine(2, place("core", "hub", -1.5))), ["line 1.kind"], "no core");
  assert.deepEqual(await faultsOf("{", "geojson"), ["line 1"]);
  assert.deepEqual(await faultsOf("[]", "netbox"), ["line 1.sites"]);
  assert.deepEqual(await faultsOf(head), ["line 1.kind"]);
  const now = await w.call(api.readOverview, {}, { as: operator });
  assert.equal(now.revision, revision);
});

test("an agency's file replaces the pack's network, keeps the history, and the pack stays silent", async () => {
  const before = await w.call(api.readOverview, {}, { as: operator });
  const tried = await w.call(api.importPlant, { format: "csv", text: small, check: true }, { as: operator });
  assert.equal(tried.added, 15);
  assert.equal((await w.call(api.readOverview, {}, { as: operator })).revision, before.revision);
  const done = await w.call(api.importPlant, { format: "csv", text: small, note: "survey of May" }, { as: operator });
  assert.deepEqual([done.added, done.illustrative], [15, 0]);
  const now = await w.call(api.readOverview, {}, { as: operator });
  assert.deepEqual([now.origin, now.notice, now.totals.cableKm, now.totals.sites], ["import", undefined, 6, 3]);
  const old = await w.call(api.readPlantFile, { revision: before.revision }, { as: operator });
  assert.equal(old.features.length, before.totals.elements);
  await network.start?.(w.kernel.host);
  assert.equal((await w.call(api.readOverview, {}, { as: operator })).revision, now.revision);
  const { revisions } = await w.call(api.listRevisions, { limit: 1 }, { as: operator });
  assert.deepEqual([revisions[0]?.note, revisions[0]?.removed], ["survey of May", before.totals.elements]);
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: "network:plant" }));
  assert.ok(JSON.stringify(facts).includes("network.plant-imported"));
});

test("what falls: the ring holds without its duct and breaks with it; one more stretch mends it", async () => {
  const k2 = await w.call(api.readSpan, { id: "k2", km: 5 }, { as: operator });
  assert.deepEqual([k2.alone, k2.sites, k2.fallen.map((n) => n.id)], [0, 1, ["c"]], "the duct takes k4 with it");
  const k4 = await w.call(api.readSpan, { id: "k4", km: 5 }, { as: operator });
  assert.deepEqual([k4.alone, k4.sites, k4.next?.freed], [1, 1, 1]);
  assert.equal((await w.call(api.readNode, { id: "c" }, { as: operator })).ways.length, 1);
});

test("a strand is traced both ways from the middle of a cable, through splices, to ports and open ends", async () => {
  const ends = (hops: { node: { id: string }; end: string; port?: string | undefined }[]) =>
    hops.map((h) => `${h.node.id}:${h.end}${h.port ?? ""}`);
  const first = await w.call(api.traceStrand, { cable: "k2", strand: 1 }, { as: operator });
  assert.deepEqual(ends(first.towardsA), ["a:splice", "core:portq1"]);
  assert.deepEqual(ends(first.towardsB), ["b:splice", "c:portq2"]);
  const second = await w.call(api.traceStrand, { cable: "k1", strand: 2 }, { as: operator });
  assert.deepEqual(ends(second.towardsB), ["a:splice", "b:open"]);
  assert.deepEqual(ends(second.towardsA), ["core:open"]);
  await assert.rejects(w.call(api.traceStrand, { cable: "k1", strand: 5 }, { as: operator }), /strand-unknown/);
});

test("merging adds and changes what the file names and leaves the rest", async () => {
  const more = [head, place("c", "site", -1.47, { establishments: 2 }), place("e", "site", -1.46)].join("\n");
  const done = await w.call(api.importPlant, { format: "csv", text: more, mode: "merge" }, { as: operator });
  assert.deepEqual([done.added, done.changed, done.removed], [1, 1, 0]);
  const now = await w.call(api.readOverview, {}, { as: operator });
  assert.equal(now.totals.unreached, 1, "e has no cable yet: said, not refused");
});

test("ten thousand sites are read, checked and written in seconds", async () => {
  const lines = [head, place("core", "core", -1.5)];
  for (let i = 0; i < 10_000; i++) lines.push(place(`n${i}`, "site", -1.5 + (i % 100) * 0.01, { lat: 10 + Math.floor(i / 100) * 0.01 }));
  for (let i = 1; i < 10_000; i++)
    lines.push(row({ type: "cable", id: `k${i}`, a: `n${i - 1}`, b: `n${i}`, length: 200_000, strands: 12 }));
  lines.push(row({ type: "cable", id: "k0", a: "core", b: "n0", length: 500_000, strands: 12 }));
  const start = performance.now();
  const done = await w.call(api.importPlant, { format: "csv", text: lines.join("\n") }, { as: operator });
  const seconds = (performance.now() - start) / 1000;
  console.log(`  10,000 sites imported in ${seconds.toFixed(1)} s`);
  assert.equal(done.added + done.changed, 20_000);
  assert.ok(seconds < 20, `${seconds} s`);
});
