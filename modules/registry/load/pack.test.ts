/** Every country's pack: it holds together, it says on what ground it speaks, and its points lie in the country. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { loadCountry, type Country } from "#kernel";
import * as pack from "../pack.ts";
import { packFaults, type Pack } from "./rules.ts";

const root = new URL("../../../countries/", import.meta.url);
const codes = readdirSync(root).filter((c) => existsSync(new URL(`${c}/registry/institutions.json`, root)));

function read(c: Country): Pack {
  return {
    sources: c.get(pack.sources),
    rules: c.get(pack.derivationRules),
    divisions: c.get(pack.divisionRows),
    institutions: c.get(pack.institutionRows),
    sites: c.get(pack.siteRows),
    buildings: c.get(pack.buildingRows),
    offices: c.get(pack.officeRows),
    competences: c.get(pack.competenceRows),
  };
}

interface Topology {
  transform: { scale: [number, number]; translate: [number, number] };
  arcs: [number, number][][];
  objects: { divisions: { geometries: { id: string; type: string; arcs: number[][] | number[][][] }[] } };
}
type Ring = [number, number][];

/** Rings of each division of the outline (TopoJSON: arcs are deltas on a grid, ~i is arc i reversed). */
function ringsOf(t: Topology): Map<string, Ring[]> {
  const arcs = t.arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]): [number, number] => {
      x += dx;
      y += dy;
      return [x * t.transform.scale[0] + t.transform.translate[0], y * t.transform.scale[1] + t.transform.translate[1]];
    });
  });
  const ring = (list: number[]): Ring => list.flatMap((i) => (i >= 0 ? (arcs[i] as Ring) : [...(arcs[~i] as Ring)].reverse()));
  return new Map(
    t.objects.divisions.geometries.map((g) => [
      g.id,
      (g.type === "Polygon" ? [g.arcs as number[][]] : (g.arcs as number[][][])).flatMap((polygon) => polygon.map(ring)),
    ]),
  );
}

function inside([x, y]: [number, number], ring: Ring): boolean {
  let within = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] as [number, number];
    const [xj, yj] = ring[j] as [number, number];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within;
  }
  return within;
}
/** The outline is coarse: some kilometres past it still count as inside. */
function near(point: [number, number], rings: Ring[], slack: number): boolean {
  const ways: [number, number][] = [
    [0, 0],
    [slack, 0],
    [-slack, 0],
    [0, slack],
    [0, -slack],
  ];
  return ways.some(([dx, dy]) => rings.some((r) => inside([point[0] + dx, point[1] + dy], r)));
}

for (const code of codes) {
  const country = loadCountry(code, pack.allSections);
  const p = read(country);
  const rings = ringsOf(country.get(pack.outline) as unknown as Topology);
  const everywhere = [...rings.values()].flat();

  test(`${code}: every reference resolves and every entry has its ground`, () => {
    assert.deepEqual(packFaults(p), []);
  });

  test(`${code}: no two institutions bear one name, no two divisions of one level in one parent`, () => {
    for (const lang of ["fr", "en"] as const) {
      const names = new Map<string, string>();
      for (const i of p.institutions) {
        const other = names.get(i.name[lang]);
        assert.equal(other, undefined, `${i.id} and ${other} are both called « ${i.name[lang]} »`);
        names.set(i.name[lang], i.id);
      }
    }
    const places = new Set<string>();
    for (const d of p.divisions)
      for (const parent of d.parents) {
        const key = `${d.level} ${d.name.fr} ${parent.id} ${parent.from ?? ""}`;
        assert.ok(!places.has(key), key);
        places.add(key);
      }
  });

  test(`${code}: points lie in the country, towns in their own division`, () => {
    for (const s of p.sites) if (s.point) assert.ok(near(s.point, everywhere, 0.06), `${s.id} at ${s.point} lies outside`);
    for (const d of p.divisions) {
      if (!d.point) continue;
      assert.ok(near(d.point, everywhere, 0.06), `${d.id} lies outside the country`);
      const drawn = d.parents.flatMap((x) => rings.get(x.id) ?? []);
      if (drawn.length)
        assert.ok(near(d.point, drawn, 0.12), `${d.id} at ${d.point} lies outside ${d.parents.map((x) => x.id).join(", ")}`);
    }
    for (const id of rings.keys())
      assert.ok(
        p.divisions.some((d) => d.id === id),
        `the outline draws ${id}, which is no division`,
      );
  });

  test(`${code}: on each day every commune lies in one chain up to the country, and has a court and a civil registry`, () => {
    const courts = new Set(p.competences.filter((c) => c.kind === "court").map((c) => c.division));
    const registries = new Set(p.competences.filter((c) => c.kind === "civil-registry").map((c) => c.division));
    const byId = new Map(p.divisions.map((d) => [d.id, d]));
    for (const day of ["2017-06-30", "2026-11-23"])
      for (const d of p.divisions.filter((x) => x.level === "commune" || x.level === "district")) {
        if ((d.from && day < d.from) || (d.until && day > d.until)) continue;
        const chain = [d.id];
        for (let at = d; at.parents.length;) {
          const valid = at.parents.filter((x) => (!x.from || x.from <= day) && (!x.until || day <= x.until));
          assert.equal(valid.length, 1, `${at.id} has ${valid.length} parents on ${day}`);
          at = byId.get((valid[0] as { id: string }).id) as typeof at;
          chain.push(at.id);
        }
        assert.equal(chain.at(-1), code);
        assert.ok(
          chain.some((id) => courts.has(id)),
          `${d.id} has no court`,
        );
        assert.ok(
          chain.some((id) => registries.has(id)),
          `${d.id} has no civil registry`,
        );
      }
    assert.ok(courts.has(`${code}-abroad`), "whoever is born abroad has a court too");
  });

  test(`${code}: demonstration people act in institutions, offices and roles that exist there`, () => {
    const kinds = new Map(p.institutions.map((i) => [i.id, i.kind]));
    const roles = new Map(country.get(pack.roles).map((r) => [r.id, r]));
    const mobile = new RegExp(country.phone.mobile);
    const people = country.get(pack.demoPeople);
    assert.equal(new Set(people.map((x) => x.id)).size, people.length);
    for (const person of people) {
      if (person.kind === "citizen") {
        assert.ok(person.phone?.startsWith(country.phone.prefix), person.id);
        assert.match((person.phone ?? "").slice(country.phone.prefix.length), mobile);
        continue;
      }
      const role = roles.get(person.role ?? "");
      const kind = kinds.get(person.institution ?? "");
      assert.ok(role && kind, `${person.id} has no such role or institution`);
      assert.ok(role.kinds.includes("*") || role.kinds.includes(kind), `${person.role} does not exist in a ${kind}`);
      if (person.office)
        assert.ok(
          p.offices.some((o) => o.id === person.office && o.institution === person.institution),
          person.office,
        );
    }
  });
}

test("bf: at least 400 establishments in the thirteen cities, each with a point; six hubs; counts by ground are what the files say", () => {
  const p = read(loadCountry("bf", pack.allSections));
  const capitals = new Set(p.divisions.filter((d) => d.level === "region" && d.until === "2025-07-01").map((d) => d.capital));
  assert.equal(capitals.size, 13);
  const cityOf = new Map(p.divisions.map((d) => [d.id, d.level === "district" ? d.parents[0]?.id : d.id]));
  const point = new Map(p.sites.map((s) => [s.id, s.point]));
  const inCities = p.institutions.filter((i) => capitals.has(cityOf.get(i.division)));
  assert.ok(inCities.length >= 400, `${inCities.length}`);
  for (const i of inCities)
    assert.ok(
      i.sites.some((s) => point.get(s)),
      `${i.id} has no point`,
    );
  assert.equal(new Set(p.institutions.filter((i) => i.kind === "hub").map((i) => i.division)).size, 6);
  const counts = Object.groupBy(p.institutions, (i) => i.basis);
  assert.equal((counts.sourced?.length ?? 0) + (counts.derived?.length ?? 0) + (counts.illustrative?.length ?? 0), p.institutions.length);
  for (const kind of [
    "ministry",
    "presidency",
    "court-first-instance",
    "court-appeal",
    "hospital-university",
    "hospital-regional",
    "university",
    "school",
    "town-hall",
    "governorate",
    "police",
  ])
    assert.ok(
      inCities.some((i) => i.kind === kind),
      kind,
    );
  assert.ok(p.institutions.filter((i) => i.basis === "sourced").every((i) => i.source));
});
