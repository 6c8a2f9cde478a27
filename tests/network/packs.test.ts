/** What the programmes promised, held against the countries' networks as data. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { network } from "#network";
import * as api from "#network/api";
import { registry } from "#registry";
import { world, type World } from "#kernel/testing";

const worlds: World[] = [];
after(() => Promise.all(worlds.map((w) => w.close())));
async function load(country: string) {
  const w = await world({ modules: [registry, network], country });
  worlds.push(w);
  const as = w.clerk("test", ["network.read-plant"]);
  const overview = await w.call(api.readOverview, {}, { as });
  const { nodes } = await w.call(api.listNodes, { limit: 500 }, { as });
  const { features } = await w.call(api.readPlantFile, {}, { as });
  const all = features as { properties: { type: string; kind?: string; capacity?: number; site?: string; illustrative: boolean } }[];
  return { ...overview, nodes, all: all.map((f) => f.properties) };
}

test("Burkina Faso: 513 km in 13 cities, hubs in the capital and five provinces, more than 400 establishments", async () => {
  const { totals, all, notice } = await load("bf");
  assert.equal(totals.cableKm, 513);
  assert.equal(totals.hubs, 6);
  assert.equal(all.filter((e) => e.type === "node" && (e.kind === "core" || e.kind === "hub" || e.kind === "joint")).length, 13);
  assert.ok(totals.sites > 400 && totals.establishments > 400);
  assert.ok(
    all.filter((e) => e.kind === "site").every((e) => e.site),
    "each stands on a site of the registry",
  );
  assert.equal(totals.circuits, 16);
  assert.ok(totals.circuitKm > 2000, "the cities are joined along the roads by leased circuits, not by the 513 km");
  assert.ok(all.every((e) => e.illustrative));
  assert.match(notice ?? "", /513 km/);
  assert.equal(totals.unreached, 0);
});

test("Lomé: 219 sites, 439 buildings, 287 institutions, at 10 Gbit/s and more", async () => {
  const { totals, all } = await load("tg");
  assert.deepEqual([totals.sites, totals.buildings, totals.establishments], [219, 439, 287]);
  assert.ok(all.filter((e) => e.type === "port").every((e) => (e.capacity ?? 0) >= 10_000));
  assert.ok(all.every((e) => e.illustrative));
  assert.equal(totals.unreached, 0);
});

test("Mali: a study of 1,000 km in four phases, opened in any country, costed, and never applied", async () => {
  const w = await world({ modules: [registry, network], country: "bf" });
  worlds.push(w);
  const as = w.clerk("test", ["network.read-plant", "network.plan-changes"]);
  const file = JSON.parse(readFileSync(new URL("../../countries/studies/mali.json", import.meta.url), "utf8"));
  const { id } = await w.call(api.openBranch, file, { as });
  const b = await w.call(api.readBranch, { id }, { as });
  assert.deepEqual([b.faults, b.isolated, b.study], [[], [], true]);
  assert.equal(b.effect!.after.cableKm, 1000);
  assert.deepEqual(b.effect!.phases.map((p) => p.phase), [1, 2, 3, 4]); // prettier-ignore
  assert.equal(Math.round(b.effect!.phases.reduce((n, p) => n + p.km, 0)), 1000);
  assert.ok(b.effect!.phases.every((p) => p.bill.total! > 0) && b.effect!.bill.total! > 5e9);
  const names = new Set(b.drawing.nodes.map((n) => n.name));
  for (const place of ["Sévaré", "Koro", "Tombouctou", "Gao", "Ansongo", "Labbezanga"]) assert.ok(names.has(place), place);
  assert.ok(b.changes.every((c) => c.fields?.illustrative === true));
  await assert.rejects(w.call(api.proposeBranch, { id, version: 1 }, { as }), /study-only/);
});

test("the packs are small enough to be read by people", () => {
  for (const cc of ["bf", "tg"]) {
    const size = readFileSync(new URL(`../../countries/${cc}/network/plant.json`, import.meta.url)).length;
    assert.ok(size < 300_000, `${cc}: ${size}`);
  }
});
