import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { metres, plantFaults } from "../plant/rules.ts";
import { noPlant, type Plant, type Point } from "../plant/shapes.ts";
import { replay } from "../branches/rules.ts";
import { cutter } from "../resilience/cuts.ts";
import { model } from "../resilience/model.ts";
import { loads, yearsUntilFull } from "./capacity.ts";
import { connect, reach } from "./connect.ts";
import { accessPoints, distancesTo, type Place } from "./coverage.ts";
import { changesFor } from "./order.ts";
import { billOf } from "./quantities.ts";

/** A random network: node 0 is the core, every other hangs on an earlier one, some chords, some shared ducts, some without a way. */
const networks = fc
  .record({
    points: fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), { minLength: 3, maxLength: 12 }),
    parents: fc.array(fc.nat(99), { minLength: 12, maxLength: 12 }),
    chords: fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { maxLength: 5 }),
    ducts: fc.array(fc.nat(2), { minLength: 20, maxLength: 20 }),
    at: fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })),
  })
  .map(({ points, parents, chords, ducts, at }) => {
    const p = noPlant();
    const spread = (x: readonly [number, number]): Point => [x[0] / 500, x[1] / 500];
    p.node = points.map((x, i) => ({
      id: `n${i}`,
      kind: i ? ("site" as const) : ("core" as const),
      name: `n${i}`,
      lon: spread(x)[0],
      lat: spread(x)[1],
      illustrative: false,
    }));
    p.duct = [1, 2].map((i) => ({ id: `d${i}`, kind: "duct" as const, name: "d", length: 10, illustrative: false }));
    const pairs: [number, number][] = points.flatMap((_, i) => (i && parents[i]! % 7 ? [[parents[i]! % i, i] as [number, number]] : []));
    for (const [a, b] of chords) if (a % points.length !== b % points.length) pairs.push([a % points.length, b % points.length]);
    p.cable = pairs.map(([a, b], i) => ({
      id: `k${i}`,
      a: `n${a}`,
      b: `n${b}`,
      length: 50_000,
      strands: 4,
      ducts: ducts[i] ? [`d${ducts[i]}`] : [],
      illustrative: false,
    }));
    return { plant: p, at: spread(at) };
  });

test("two ways are disjoint whenever any two are, and then the shortest two that are: against trying every pair", () => {
  fc.assert(
    fc.property(networks, ({ plant, at }) => {
      const m = model(plant);
      const found = connect(m, at, { ways: 2, within: 1e9 })!;
      const ways = reach(m, at, 1e9);
      assert.equal(found.first.metres <= (found.second?.metres ?? Infinity), true);
      // brute force: build the network with both cables and cut every failure
      const riskOf = (a: number, b: number) => {
        const next: Plant = {
          ...plant,
          node: [...plant.node, { id: "new", kind: "site", name: "new", lon: at[0], lat: at[1], illustrative: false }],
        };
        next.cable = [
          ...plant.cable,
          ...[a, b].map((v, i) => ({ id: `new${i}`, a: `n${v}`, b: "new", length: 1, strands: 1, ducts: [], illustrative: false })),
        ];
        const whole = model(next);
        const [falls, v] = [cutter(whole.tree), whole.at.get("new")!];
        return whole.failures
          .filter((f) => f.rate > 0 && !f.id.startsWith("new") && f.fallen.length < whole.tree.reached - 1 && falls(f.links).includes(v))
          .reduce((sum, f) => sum + f.p, 0);
      };
      let best = { risk: Infinity, length: Infinity };
      for (let i = 0; i < ways.length; i++)
        for (let j = i + 1; j < ways.length; j++) {
          const [risk, length] = [riskOf(ways[i]!.node, ways[j]!.node), ways[i]!.metres + ways[j]!.metres];
          if (risk < best.risk - 1e-15 || (Math.abs(risk - best.risk) < 1e-15 && length < best.length)) best = { risk, length };
        }
      if (!found.second) return assert.ok(ways.length < 2);
      const risk = riskOf(found.first.node, found.second.node);
      assert.ok(Math.abs(risk - best.risk) < 1e-12, `${risk} is not ${best.risk}`);
      assert.equal(found.shared.length === 0, risk === 0);
      assert.equal(found.first.metres + found.second.metres, best.length);
      return undefined;
    }),
    { numRuns: 120 },
  );
});

test("an order holds together, is billed line by line, and nothing is invented where there is no price", () => {
  fc.assert(
    fc.property(networks, fc.constantFrom("trench" as const, "poles" as const), ({ plant, at }, laying) => {
      const m = model(plant);
      const found = connect(m, at, { ways: 2, within: 1e9 })!;
      const changes = changesFor(m, { name: "École n° 3", point: at, laying, strands: 24 }, found);
      const { plant: after, faults } = replay(plant, changes);
      assert.deepEqual(faults, []);
      const known = { sites: new Set<string>(), box: undefined };
      assert.deepEqual(plantFaults(after, known, () => 0), plantFaults(plant, known, () => 0)); // prettier-ignore
      assert.notEqual(model(after).tree.tin[model(after).at.get("ecole-n-3")!], -1);
      const bill = billOf(plant, after, { cable: 1000, site: 7 });
      const km = (found.first.metres + (found.second?.metres ?? 0)) / 1000;
      assert.equal(bill.lines.find((l) => l.item === "cable")!.quantity, Math.round(km * 1000) / 1000);
      assert.equal(bill.total, Math.round(1000 * (Math.round(km * 1000) / 1000)) + 7);
      assert.ok(bill.unpriced > 0);
      const dug = bill.lines.filter((l) => l.item === "trench" || l.item === "trench-rural" || l.item === "poles");
      assert.ok(Math.abs(dug.reduce((n, l) => n + l.quantity, 0) - km) < 0.002);
      assert.equal(dug.some((l) => l.item === "poles"), laying === "poles"); // prettier-ignore
      assert.equal(billOf(plant, plant, { cable: 1 }).lines.length, 0);
    }),
    { numRuns: 60 },
  );
});

test("loads: what leaves every place arrives at the core, and the worst single failure is the worst of all", () => {
  fc.assert(
    fc.property(networks, ({ plant }) => {
      const m = model(plant);
      const { spans } = loads(m, 10);
      const reached = m.nodes.filter((n, v) => n.kind === "site" && m.tree.tin[v] !== -1).length;
      const atCore = m.spans.reduce((sum, s, l) => sum + (s.a === "n0" || s.b === "n0" ? spans[l]!.usual : 0), 0);
      assert.equal(Math.round(atCore), reached * 10);
      assert.ok(spans.every((s) => s.worst >= s.usual - 1e-9 && s.by >= 0 === s.worst > s.usual + 1e-9));
      // against building each broken network anew
      m.spans.forEach((s, l) => {
        const worst = m.failures.reduce((most, f) => {
          if (f.links.includes(l)) return most;
          const gone = new Set(f.links.map((x) => m.spans[x]?.id));
          const broken = model({ ...plant, cable: plant.cable.filter((c) => !gone.has(c.id)) });
          return Math.max(most, loads(broken, 10).spans[broken.span.get(s.id)!]!.usual);
        }, spans[l]!.usual);
        assert.ok(Math.abs(worst - spans[l]!.worst) < 1e-6);
      });
    }),
    { numRuns: 60 },
  );
});

test("years until full, by hand", () => {
  assert.equal(yearsUntilFull(100, 1000, 100), 3, "200, 400, 800");
  assert.equal(yearsUntilFull(800, 1000, 10), 0);
  assert.equal(yearsUntilFull(0, 1000, 10), undefined);
  assert.equal(yearsUntilFull(1, 1e6, 1), undefined);
});

const places = fc.uniqueArray(fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -900, max: 900 })), { minLength: 1, maxLength: 30, selector: String }).map((list) => list.map(([x, y], i): Place => ({ id: `p${i}`, name: `p${i}`, point: [x / 100, y / 100] }))); // prettier-ignore

test("the nearest connected place is the nearest of all", () => {
  fc.assert(
    fc.property(places, places, (some, connected) => {
      for (const d of distancesTo(some, connected)) {
        const best = Math.min(...connected.map((c) => metres(d.place.point, c.point)));
        assert.equal(d.metres, Math.round(best));
      }
    }),
  );
  assert.deepEqual(distancesTo([{ id: "a", name: "a", point: [0, 0] }], []), []);
});

test("access points cover what they say, nobody twice, and by count at least 1 - 1/e of the best cover", () => {
  fc.assert(
    fc.property(places, places, fc.integer({ min: 20, max: 300 }), (some, connected, km) => {
      const reach_ = km * 1000;
      const found = accessPoints(some, connected, { reach: reach_, most: 3, by: "covered" });
      const at = new Map(some.map((p) => [p.id, p]));
      for (const a of found) for (const id of a.covers) assert.ok(metres(a.place.point, at.get(id)!.point) <= reach_);
      const all = found.flatMap((a) => a.covers);
      assert.equal(new Set(all).size, all.length);
      const open = distancesTo(some, connected).filter((d) => d.metres > reach_).map((d) => d.place); // prettier-ignore
      const cover = (list: Place[]) => open.filter((p) => list.some((q) => metres(p.point, q.point) <= reach_)).length;
      let best = 0;
      for (const a of open.slice(0, 10))
        for (const b of open.slice(0, 10)) for (const c of open.slice(0, 10)) best = Math.max(best, cover([a, b, c]));
      assert.ok(all.length >= (1 - 1 / Math.E) * best - 1e-9);
    }),
    { numRuns: 60 },
  );
});
