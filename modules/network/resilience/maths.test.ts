import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { generator, simulate, unavailability, wilson } from "./availability.ts";
import { cutter, doubleCuts, singleCuts } from "./cuts.ts";
import { articulationPoints, bridges, graph, tree } from "./graph.ts";
import { expectedLoss, nextKilometres } from "./next.ts";
import { disjointPaths } from "./paths.ts";

type Pair = [number, number];
/** Any small network: joined or not, with parallel links, with circles. */
const networks = fc.integer({ min: 2, max: 9 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    pairs: fc.array(
      fc
        .tuple(fc.nat(size - 1), fc.nat(size - 1))
        .filter(([a, b]) => a !== b)
        .map((p): Pair => p),
      { maxLength: 14 },
    ),
  }),
);

/** The slow way: walk from node 0 without the cut links and the dead node. */
function reach(size: number, pairs: readonly Pair[], cut: ReadonlySet<number> = new Set(), dead = -1): Set<number> {
  const seen = new Set([0]);
  for (let changed = true; changed;) {
    changed = false;
    pairs.forEach(([a, b], l) => {
      if (cut.has(l) || a === dead || b === dead || seen.has(a) === seen.has(b)) return;
      seen.add(a).add(b);
      changed = true;
    });
  }
  return seen;
}
const lost = (size: number, pairs: readonly Pair[], cut: readonly number[]) => {
  const after = reach(size, pairs, new Set(cut));
  return [...reach(size, pairs)].filter((v) => !after.has(v)).toSorted((a, b) => a - b);
};
const sorted = (list: Iterable<number>) => [...list].toSorted((a, b) => a - b);

test("bridges and articulation points are those a walk finds", () => {
  fc.assert(
    fc.property(networks, ({ size, pairs }) => {
      const t = tree(graph(size, pairs), 0);
      assert.deepEqual(
        sorted(bridges(t)),
        pairs.flatMap((_, l) => (lost(size, pairs, [l]).length ? [l] : [])),
      );
      const whole = reach(size, pairs);
      const wanted = [...whole].filter((v) => v !== 0 && reach(size, pairs, new Set(), v).size < whole.size - 1);
      assert.deepEqual(articulationPoints(t), sorted(wanted));
    }),
    { numRuns: 600 },
  );
});

test("any set of cuts takes down exactly those a walk no longer reaches", () => {
  fc.assert(
    fc.property(networks, fc.array(fc.array(fc.nat(13), { maxLength: 5 }), { maxLength: 6 }), ({ size, pairs }, cuts) => {
      const falls = cutter(tree(graph(size, pairs), 0)); // one cutter for all: its scratch space must not remember
      for (const cut of cuts) {
        const real = [...new Set(cut)].filter((l) => l < pairs.length);
        assert.deepEqual(sorted(falls(real)), lost(size, pairs, real));
      }
    }),
    { numRuns: 1000 },
  );
});

test("what falls with each single link, by weight, and with each pair of events", () => {
  fc.assert(
    fc.property(networks, fc.array(fc.nat(9), { minLength: 9, maxLength: 9 }), ({ size, pairs }, weight) => {
      const t = tree(graph(size, pairs), 0);
      const heavy = (list: readonly number[]) => list.reduce((sum, v) => sum + weight[v]!, 0);
      assert.deepEqual(
        [...singleCuts(t, weight)],
        pairs.map((_, l) => heavy(lost(size, pairs, [l]))),
      );
      const events = pairs.map((_, l) => (l % 3 === 0 && l + 1 < pairs.length ? [l, l + 1] : [l]));
      const { cuts, complete } = doubleCuts(t, events, weight, { most: 1e6, keep: 1e6 });
      assert.ok(complete);
      const wanted = new Map<string, number>();
      events.forEach((x, i) =>
        events.forEach((y, j) => {
          if (j <= i) return;
          const apart = new Set([...lost(size, pairs, x), ...lost(size, pairs, y)]);
          const extra = heavy(lost(size, pairs, [...x, ...y]).filter((v) => !apart.has(v)));
          if (extra > 0) wanted.set(`${i},${j}`, extra);
        }),
      );
      assert.deepEqual(new Map(cuts.map((c) => [`${c.first},${c.second}`, c.extra])).size, wanted.size);
      for (const c of cuts) assert.equal(wanted.get(`${c.first},${c.second}`), c.extra);
    }),
    { numRuns: 300 },
  );
});

test("a bound on pairs is kept and said", () => {
  const pairs: Pair[] = [[0, 1], [1, 2], [2, 3], [3, 0]]; // prettier-ignore
  const t = tree(graph(4, pairs), 0);
  const events = pairs.map((_, l) => [l]);
  const bounded = doubleCuts(t, events, [0, 1, 1, 1], { most: 2, keep: 10 });
  assert.deepEqual([bounded.examined, bounded.complete], [2, false]);
  assert.equal(doubleCuts(t, events, [0, 1, 1, 1], { most: 100, keep: 10 }).cuts[0]?.extra, 3);
});

/** All simple paths, the slow way. */
function simplePaths(pairs: readonly Pair[], from: number, to: number): number[][] {
  const out: number[][] = [];
  const walk = (v: number, seen: number[], path: number[]) => {
    if (v === to) return void out.push(path);
    pairs.forEach(([a, b], l) => {
      const w = a === v ? b : b === v ? a : -1;
      if (w !== -1 && !seen.includes(w)) walk(w, [...seen, w], [...path, l]);
    });
  };
  walk(from, [from], []);
  return out;
}

test("two disjoint paths are the shortest two there are", () => {
  const small = fc.integer({ min: 2, max: 6 }).chain((size) =>
    fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.integer({ min: 0, max: 20 })), { maxLength: 9 }).map((list) => ({
      size,
      list: list.filter(([a, b]) => a !== b),
    })),
  );
  fc.assert(
    fc.property(small, ({ size, list }) => {
      const pairs = list.map(([a, b]): Pair => [a, b]);
      const length = list.map((x) => x[2]);
      const cost = (paths: readonly number[][]) => paths.flat().reduce((sum, l) => sum + length[l]!, 0);
      const found = disjointPaths(graph(size, pairs), length, 0, size - 1);
      const all = simplePaths(pairs, 0, size - 1);
      const two = all.flatMap((x, i) => all.slice(i + 1).flatMap((y) => (y.some((l) => x.includes(l)) ? [] : [cost([x, y])])));
      if (two.length) {
        assert.equal(found.length, 2);
        assert.equal(new Set(found.flat()).size, found.flat().length);
        assert.equal(cost(found), Math.min(...two));
      } else if (all.length) {
        assert.equal(found.length, 1);
        assert.equal(cost(found), Math.min(...all.map((p) => cost([p]))));
      } else assert.deepEqual(found, []);
      for (const path of found) {
        let v = 0;
        for (const l of path) v = pairs[l]![0] + pairs[l]![1] - v;
        assert.equal(v, size - 1);
      }
    }),
    { numRuns: 400 },
  );
});

test("simulated availability holds the exact one in its interval, and a seed repeats it", () => {
  // two ways from 0 to 2 (one through 1, one direct) and a spur to 3
  const pairs: Pair[] = [[0, 1], [1, 2], [0, 2], [2, 3]]; // prettier-ignore
  const p = [0.02, 0.01, 0.05, 0.003];
  const t = tree(graph(4, pairs), 0);
  const events = p.map((one, l) => ({ links: [l], p: one }));
  const exact = [0, 0, 0, 0];
  for (let state = 0; state < 16; state++) {
    const cut = [0, 1, 2, 3].filter((l) => state & (1 << l));
    const chance = p.reduce((all, one, l) => all * (state & (1 << l) ? one : 1 - one), 1);
    for (const v of lost(4, pairs, cut)) exact[v]! += chance;
  }
  const own = [0, 0, 0.1, 0];
  let outside = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const found = simulate(t, events, own, { samples: 50_000, seed });
    found.forEach((a, v) => {
      const truth = (1 - exact[v]!) * (1 - own[v]!);
      if (truth < a.low || truth > a.high) outside++;
      assert.ok(a.low <= a.value && a.value <= a.high);
    });
  }
  assert.ok(outside <= 15, `${outside} of 160 intervals of 95 % miss the truth`);
  const again = { samples: 1000, seed: 7 };
  assert.deepEqual(simulate(t, events, own, again), simulate(t, events, own, again));
});

test("the generator is even, Wilson's interval is known, and one 100 km span is 99.963 %", () => {
  const random = generator(42);
  const bins = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) bins[Math.floor(random() * 10)]!++;
  for (const n of bins) assert.ok(Math.abs(n - 10_000) < 400, String(bins));
  const [low, high] = wilson(8, 10);
  assert.ok(Math.abs(low - 0.4902) < 1e-3 && Math.abs(high - 0.9433) < 1e-3);
  assert.equal((1 - unavailability(0.273, 12)).toFixed(5), "0.99963");
});

test("the first stretch of the plan is the best per kilometre of all, and saves what it says", () => {
  const costs = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 36, maxLength: 36 });
  fc.assert(
    fc.property(networks, costs, fc.integer({ min: 1, max: 20 }), ({ size, pairs }, cost, budgetKm) => {
      const g = graph(size, pairs);
      const weight = Array.from({ length: size }, (_, v) => v);
      const risks = pairs.map((_, l) => ({ links: l % 4 === 0 && l > 0 ? [l, l - 1] : [l], hours: 1 + (l % 3) }));
      const candidates = Array.from({ length: size }, (_, a) => a).flatMap((a) =>
        Array.from({ length: size - a - 1 }, (_, i) => ({ a, b: a + 1 + i, km: cost[(a * 7 + i) % 36]! })),
      );
      const saves = (c: Pair) => expectedLoss(g, 0, risks, weight) - expectedLoss(graph(size, [...pairs, c]), 0, risks, weight);
      const reached = reach(size, pairs);
      // a stretch to somebody who never had a way is another question: it adds loss, it does not save any
      const apt = candidates.filter((c) => reached.has(c.a) && reached.has(c.b));
      const { steps, before, after } = nextKilometres(g, 0, risks, weight, apt, { budgetKm, most: 3 });
      const best = Math.max(0, ...apt.filter((c) => c.km <= budgetKm).map((c) => saves([c.a, c.b]) / c.km));
      assert.equal(steps[0] ? steps[0].saved / steps[0].km : 0, best);
      assert.ok(steps.reduce((sum, s) => sum + s.km, 0) <= budgetKm);
      assert.ok(Math.abs(before - after - steps.reduce((sum, s) => sum + s.saved, 0)) < 1e-9);
      const whole = nextKilometres(g, 0, risks, weight, apt, { budgetKm, most: 1, by: "whole" }).steps[0];
      assert.equal(whole?.saved ?? 0, Math.max(0, ...apt.filter((c) => c.km <= budgetKm).map((c) => saves([c.a, c.b]))));
      for (const s of steps) assert.ok(s.freed.every((v) => s.helped.includes(v)));
    }),
    { numRuns: 300 },
  );
});
