/** Sums that add up in any order; sketches that stay true; minutes that were measured. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addTo, bucketOf, decode, encode, mostBucket, quantile, valueOf, type Sketch } from "./sketch.ts";
import { cover, covered, nothing, plus, stretchOf, type Sums } from "./sums.ts";

test("a quantile of the sketch is within 4.5 % of the true one, two sketches add up, and bytes come back", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.06, max: 40_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (list, q) => {
        const of = (part: number[]): Sketch => addTo(new Map(), part.map((x) => [bucketOf(x), 1] as const)); // prettier-ignore
        const s = addTo(of(list.slice(0, list.length >> 1)), of(list.slice(list.length >> 1)));
        const sorted = list.toSorted((x, y) => x - y);
        const exact = sorted[Math.max(1, Math.ceil(sorted.length * q)) - 1]!;
        assert.ok(Math.abs(quantile(s, q)! - exact) / exact < 0.045);
        assert.deepEqual([...decode(encode(s))].toSorted(), [...s].toSorted()); // prettier-ignore
      },
    ),
    { numRuns: 200 },
  );
  assert.equal(quantile(new Map(), 0.5), undefined);
  assert.deepEqual([bucketOf(0), bucketOf(1e12)], [0, mostBucket]);
  assert.ok(valueOf(mostBucket) > 50_000);
  assert.deepEqual(decode(encode(new Map([[160, 1_000_000]]))), new Map([[160, 1_000_000]])); // prettier-ignore
});

test("whatever the order and the parts, the sum is the same", () => {
  const one = fc.record({ seconds: fc.nat(3600), sent: fc.nat(100), lost: fc.nat(100), unsure: fc.nat(2), min: fc.option(fc.nat(50)), max: fc.option(fc.nat(50)), sum: fc.nat(1000), delays: fc.array(fc.tuple(fc.nat(160), fc.integer({ min: 1, max: 9 }))).map((l) => addTo(new Map(), l)), rxBytes: fc.nat(), txBytes: fc.nat(), rxPeak: fc.nat(), txPeak: fc.nat(), dropped: fc.nat(9), downSeconds: fc.nat(60) }) as fc.Arbitrary<Sums>; // prettier-ignore
  const sorted = (s: Sums) => ({ ...s, delays: [...s.delays].toSorted(([a], [b]) => a - b) });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), fc.nat(12), (list, at) => {
      const all = list.reduce(plus, nothing());
      const [a, b] = [list.slice(at).reduce(plus, nothing()), list.slice(0, at).reduce(plus, nothing())];
      assert.deepEqual(sorted(plus(a, b)), sorted(all));
    }),
    { numRuns: 100 },
  );
});

test("a stretch no finer than the sample, none beyond what is kept; minutes measured are merged over midnight", () => {
  const now = new Date("2026-11-23T09:00:00Z");
  const s = { at: new Date("2026-11-23T08:05:00Z"), seconds: 60 };
  assert.equal(stretchOf("minutes5", s, now)?.toISOString(), "2026-11-23T08:00:00.000Z");
  assert.equal(stretchOf("minutes5", { ...s, seconds: 3600 }, now), undefined);
  assert.equal(stretchOf("hours", { ...s, seconds: 3600 }, now)?.toISOString(), "2026-11-23T07:00:00.000Z");
  assert.equal(stretchOf("minutes5", { at: new Date("2026-11-01T00:00:00Z"), seconds: 60 }, now), undefined);
  assert.equal(stretchOf("days", { at: new Date("2026-06-01T12:00:00Z"), seconds: 60 }, now)?.toISOString(), "2026-06-01T00:00:00.000Z");
  const bits = new Map<string, Buffer>();
  cover(bits, { node: "a", at: new Date("2026-11-23T00:02:00Z"), seconds: 300, unsure: false });
  cover(bits, { node: "a", at: new Date("2026-11-23T00:10:00Z"), seconds: 60, unsure: false });
  cover(bits, { node: "a", at: new Date("2026-11-23T05:00:00Z"), seconds: 60, unsure: true });
  const days = [...bits].map(([key, minutes]) => ({ day: key.slice(-10), minutes })).toSorted((x, y) => (x.day < y.day ? -1 : 1));
  assert.deepEqual(covered(days).map((x) => `${x.from.toISOString().slice(8, 16)} ${x.to.toISOString().slice(8, 16)}`), ["22T23:57 23T00:02", "23T00:09 23T00:10"]); // prettier-ignore
});
