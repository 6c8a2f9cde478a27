/** Ordering a site, capacity, coverage, addresses: over the contracts, on a country's network. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { factsOf, type Caller } from "#kernel";
import { world, type World } from "#kernel/testing";
import { network } from "#network";
import * as api from "#network/api";
import { registry } from "#registry";

let w: World;
let planner: Caller;
let reviewer: Caller;
before(async () => {
  w = await world({ modules: [registry, network], country: "bf" });
  planner = w.clerk("bf-anptic", ["network.read-plant", "network.plan-changes"]);
  reviewer = w.clerk("bf-anptic", ["network.read-plant", "network.approve-changes"]);
});
after(() => w.close());
const seconds = async (fn: () => Promise<unknown>) => {
  const start = performance.now();
  await fn();
  return (performance.now() - start) / 1000;
};

test("a public building that has no fibre is ordered: two disjoint ways, quantities, cost, a branch, and it stands", async () => {
  const { sites, total } = await w.call(api.listUnconnected, { limit: 5 }, { as: planner });
  assert.ok(total > 20 && sites.length === 5 && sites[0]!.km <= sites[4]!.km);
  const site = sites[2]!;
  const seen = await w.call(api.proposeSite, { site: site.id }, { as: planner });
  assert.equal(seen.ways.length, 2);
  assert.equal(seen.disjoint, seen.shared.length === 0);
  assert.ok(seen.bill.total! > 1_000_000 && seen.bill.unpriced === 0 && seen.illustrativePrices && seen.currency === "XOF");
  assert.ok(seen.ways.every((way) => way.spare > 0 && way.years !== undefined));
  const one = await w.call(api.proposeSite, { site: site.id, ways: 1 }, { as: planner });
  assert.ok(one.bill.total! < seen.bill.total! && one.ways.length === 1);
  const { id } = await w.call(api.orderSite, { site: site.id }, { as: planner });
  const branch = await w.call(api.readBranch, { id }, { as: planner });
  assert.deepEqual([branch.faults, branch.isolated], [[], []]);
  assert.deepEqual(branch.effect!.phases.map((p) => p.phase), [1, 2]); // prettier-ignore
  assert.equal(branch.effect!.bill.total, seen.bill.total);
  assert.equal(branch.effect!.phases.reduce((n, p) => n + (p.bill.total ?? 0), 0), seen.bill.total); // prettier-ignore
  await w.call(api.proposeBranch, { id, version: 1 }, { as: planner });
  await w.call(api.approveBranch, { id, version: 1 }, { as: reviewer });
  await w.call(api.mergeBranch, { id, version: 1 }, { as: reviewer });
  const node = await w.call(api.readNode, { id: site.id }, { as: planner });
  assert.equal(node.ways.length, 2);
  assert.ok(node.institutions.length > 0, "the registry's institutions stand there");
  const plan = await w.call(api.readAddressPlan, { q: site.id }, { as: planner });
  assert.equal(plan.rows[0]!.segments.length, node.institutions.length);
  await assert.rejects(w.call(api.proposeSite, { site: site.id }, { as: planner }), /site-joined/);
});

test("what cannot be ordered says why", async () => {
  await assert.rejects(w.call(api.proposeSite, { site: "nowhere" }, { as: planner }), /site-unknown/);
  await assert.rejects(w.call(api.proposeSite, { name: "Loin", lon: 40, lat: 12 }, { as: planner }), /outside-country/);
  await assert.rejects(w.call(api.proposeSite, { name: "Sans point" }, { as: planner }), /site-unknown/);
  await assert.rejects(w.call(api.orderSite, { name: "École", lon: -1.5, lat: 12.3 }, { as: reviewer }), /forbidden/);
  for (const as of [w.stranger, w.citizen(), w.clerk("bf-anptic", [])]) {
    await assert.rejects(w.call(api.readCoverage, {}, { as }), /kernel\./);
    await assert.rejects(w.call(api.readAddressPlan, {}, { as }), /kernel\./);
  }
});

test("the plan of 400 sites, capacity and coverage are thought through within a second each", async () => {
  const times = {
    plan: await seconds(() => w.call(api.planNext, { km: 31 }, { as: planner })),
    proposal: await seconds(() => w.call(api.proposeSite, { name: "École", lon: -1.48, lat: 12.31 }, { as: planner })),
    capacity: await seconds(() => w.call(api.readCapacity, { perEstablishment: 33 }, { as: planner })),
    coverage: await seconds(() => w.call(api.readCoverage, { km: 20 }, { as: planner })),
  };
  console.log(`  ${Object.entries(times).map(([k, v]) => `${k} ${v.toFixed(2)} s`).join(", ")}`); // prettier-ignore
  // the bench holds the bar of one second on a quiet machine; here only what would be a mistake of kind
  for (const [what, t] of Object.entries(times)) assert.ok(t < 4, `${what} ${t}`);
});

test("capacity: twice the demand is twice the load; growth brings the day nearer", async () => {
  const [a, b] = [await w.call(api.readCapacity, { perEstablishment: 10, growth: 10 }, { as: planner }), await w.call(api.readCapacity, { perEstablishment: 20, growth: 60 }, { as: planner })]; // prettier-ignore
  assert.ok(a.complete && a.spans.length === 50);
  const twin = b.spans.find((s) => s.id === a.spans[0]!.id)!;
  assert.equal(Math.round(twin.worst), Math.round(2 * a.spans[0]!.worst));
  assert.ok((twin.years ?? 99) < (a.spans[0]!.years ?? 99));
  assert.equal(Math.round(a.spans[0]!.classes.reduce((n, c) => n + c.load, 0)), Math.round(a.spans[0]!.worst));
});

test("coverage: every commune is in one band, gaps are beyond the limit, an access point covers at least itself", async () => {
  const c = await w.call(api.readCoverage, { km: 25, limit: 1000 }, { as: planner });
  assert.ok(c.places > 80 && c.unlocated > 0, "communes nobody placed are told apart");
  assert.equal(c.bands.reduce((n, b) => n + b.places, 0), c.places); // prettier-ignore
  assert.equal(c.farthest.filter((f) => f.km > 25).length, c.gaps);
  assert.equal(c.points.filter((p) => p.gap).length, c.gaps);
  assert.ok(c.gaps > 0 && c.access.length > 0 && c.access.every((a) => a.covers >= 1 && a.routeKm > 0));
  const wide = await w.call(api.readCoverage, { km: 100 }, { as: planner });
  assert.ok(wide.gaps < c.gaps);
});

test("addresses: complete after the pack, completed again after an import without any, never moved", async () => {
  const plan = await w.call(api.readAddressPlan, {}, { as: planner });
  assert.equal(plan.missing, 0);
  assert.equal(plan.pools.length, 8);
  assert.ok(plan.pools.every((p) => p.used > 0 && p.used < p.total && p.prefixes.length === 1));
  const again = await w.call(api.assignAddresses, {}, { as: planner });
  assert.deepEqual([again.added, again.removed], [0, 0]);
  const editor = w.clerk("bf-anptic", ["network.read-plant", "network.edit-plant"]);
  const { text } = await w.call(api.exportPlant, { format: "csv" }, { as: editor });
  // a survey that says nothing of addresses, and found one more site
  const lines = text.split("\n").filter((l) => !/^(vlan|prefix|asn),/.test(l));
  const head = lines[0]!.split(",");
  const row = (o: Record<string, string>) => head.map((c) => o[c] ?? "").join(",");
  lines.splice(1, 0, row({ type: "node", id: "releve", kind: "site", name: "Relevé", lon: "-1.51", lat: "12.33", illustrative: "false" }), row({ type: "cable", id: "releve-k", a: "coeur", b: "releve", length: "9000", strands: "12", illustrative: "false" })); // prettier-ignore
  await w.call(api.importPlant, { format: "csv", text: lines.join("\n") }, { as: editor });
  const now = await w.call(api.readAddressPlan, { q: "presidence" }, { as: planner });
  const was = await w.call(api.readAddressPlan, { q: "presidence" }, { as: planner });
  assert.deepEqual(now.rows, was.rows);
  assert.ok(now.missing > 0);
  const done = await w.call(api.assignAddresses, {}, { as: planner });
  assert.equal(done.added, now.missing);
  const { revisions } = await w.call(api.listRevisions, { limit: 1 }, { as: planner });
  assert.equal(revisions[0]!.origin, "plan");
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: "network:plant" }));
  assert.ok(facts.some((f) => f.type === "network.addresses-assigned"));
});

test("a file with overlapping prefixes, a VLAN twice, an AS number twice is refused by line", async () => {
  const editor = w.clerk("bf-anptic", ["network.read-plant", "network.edit-plant"]);
  const head = "type,id,kind,name,lon,lat,node,vid,prefix,role,number";
  const text = [
    head,
    "node,c,core,C,-1.5,12.3,,,,,",
    "vlan,v1,,A,,,c,100,,,",
    "vlan,v2,,B,,,c,100,,,",
    "prefix,p1,,,,,c,,10.9.0.0/16,other,",
    "prefix,p2,,,,,c,,10.9.7.0/24,other,",
    "prefix,p3,,,,,c,,10.9.7.1/24,other,",
    "asn,a1,,,,,c,,,,4200000001",
    "asn,a2,,,,,,,,,4200000001",
  ].join("\n");
  await assert.rejects(
    w.call(api.importPlant, { format: "csv", text, check: true }, { as: editor }),
    (error: { more: { fields: { path: string }[] } }) => {
      assert.deepEqual(error.more.fields.map((f) => f.path), ["line 4.vid", "line 6.prefix", "line 7.prefix", "line 9.number"]); // prettier-ignore
      return true;
    },
  );
});
