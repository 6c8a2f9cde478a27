/** The month of a place: properties against a second-by-second reckoning, and the cases people ask about. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { siteMonth, stepFor, totals, type OutageSpan, type SiteMonth, type WorkSpan } from "./compute.ts";
import { common, first, total, union, without, type Interval } from "./intervals.ts";
import { agreementOf, usualTerms } from "./pack.ts";
import { instant, monthBounds } from "./time.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const span = (from: number, length: number): Interval => [from, from + length];
const intervals = fc.array(fc.tuple(fc.integer({ min: -20, max: 80 }), fc.integer({ min: 0, max: 30 })), { maxLength: 8 })
  .map((l) => l.map(([a, n]) => span(a, n))); // prettier-ignore
const holds = (l: readonly Interval[], t: number) => l.some(([a, b]) => a <= t && t < b);

test("sets of intervals: union, common, without, first against moment by moment", () => {
  fc.assert(
    fc.property(intervals, intervals, fc.integer({ min: 0, max: 60 }), (x, y, n) => {
      const [a, b] = [union(x), union(y)];
      for (let t = -25; t < 120; t++) {
        assert.equal(holds(a, t), holds(x, t));
        assert.equal(holds(common(a, b), t), holds(x, t) && holds(y, t));
        assert.equal(holds(without(a, b), t), holds(x, t) && !holds(y, t));
      }
      for (const l of [a, union(x, y), common(a, b), without(a, b)])
        l.forEach((one, i) => assert.ok(one[1] > one[0] && (i === 0 || l[i - 1]![1] <= one[0]), "sorted and apart"));
      assert.equal(total(first(a, n)), Math.min(n, total(a)));
    }),
    { numRuns: 300 },
  );
});

// a month of 60 minutes, everything on whole minutes: a reckoning minute by minute says the same
const someTerms = { ...usualTerms, worksHours: 10 / 60, worksNoticeHours: 5 / 60, repairHours: 15 / 60, fee: 100_000 };
const piece = fc.record({ from: fc.integer({ min: -40, max: 70 }), length: fc.integer({ min: 1, max: 60 }) });
const months = fc.record({
  service: fc.record({ from: fc.integer({ min: -10, max: 50 }), length: fc.integer({ min: 1, max: 80 }) }),
  outages: fc.array(fc.record({ at: piece, power: fc.boolean(), lasts: fc.boolean() }), { maxLength: 6 }),
  works: fc.array(fc.record({ at: piece, notice: fc.integer({ min: 0, max: 10 }) }), { maxLength: 3 }),
  measured: fc.array(piece, { maxLength: 5 }),
});
const built = (m: typeof months extends fc.Arbitrary<infer V> ? V : never): SiteMonth => ({
  month: [0, 60 * minute],
  service: [m.service.from * minute, (m.service.from + m.service.length) * minute],
  outages: m.outages.map((o): OutageSpan => ({
    from: o.at.from * minute,
    to: o.lasts ? Infinity : (o.at.from + o.at.length) * minute,
    cause: o.power ? "own-power" : "network",
  })),
  works: m.works.map((w): WorkSpan => ({
    from: w.at.from * minute,
    to: (w.at.from + w.at.length) * minute,
    toldAt: (w.at.from - w.notice) * minute,
  })),
  measured: union(m.measured.map((p) => span(p.from * minute, p.length * minute))),
  terms: someTerms,
});

test("each minute is one thing only, and the sums agree with a reckoning minute by minute", () => {
  fc.assert(
    fc.property(months, (m) => {
      const o = built(m);
      const r = siteMonth(o);
      const n = { service: 0, up: 0, down: 0, works: 0, power: 0, unknown: 0 };
      let allowance = 10;
      for (let i = 0; i < 60; i++) {
        const t = i * minute;
        const at = (l: readonly { from: number; to: number }[]) => l.some((x) => x.from <= t && t < x.to);
        if (!at([{ from: o.service[0], to: o.service[1] }])) continue;
        n.service++;
        const network = at(o.outages.filter((x) => x.cause === "network"));
        const told = at(o.works.filter((w) => w.toldAt + 5 * minute <= w.from));
        if (network && told && allowance > 0) {
          allowance--;
          n.works++;
        } else if (network) n.down++;
        else if (at(o.outages.filter((x) => x.cause === "own-power"))) n.power++;
        else if (holds([...o.measured], t)) n.up++;
        else n.unknown++;
      }
      const said = { service: r.service, up: r.up, down: r.down, works: r.excludedWorks, power: r.excludedPower, unknown: r.unknown };
      assert.deepEqual(said, Object.fromEntries(Object.entries(n).map(([k, v]) => [k, v * 60])));
      const [known, all] = [n.up + n.down, n.up + n.down + n.unknown];
      const percent = (part: number, whole: number) => (whole ? Math.floor((part / whole) * 100_000) / 1000 : undefined);
      assert.equal(r.availability, known * 2 >= all ? percent(n.up, known) : undefined);
      assert.equal(r.atBest, percent(n.up + n.unknown, all));
      assert.ok(Number.isSafeInteger(r.credit) && r.credit >= 0 && r.credit <= Math.ceil((r.fee * someTerms.cap) / 100));
      assert.ok(r.fee <= someTerms.fee);
    }),
    { numRuns: 500 },
  );
});

test("the order of news, and the same news twice, change nothing; one interruption more never makes it better", () => {
  fc.assert(
    fc.property(months, fc.integer({ min: 0, max: 5 }), (m, k) => {
      const o = built(m);
      const r = siteMonth(o);
      assert.deepEqual(siteMonth({ ...o, outages: [...o.outages.toReversed(), ...o.outages], works: o.works.toReversed() }), r);
      const less = siteMonth({ ...o, outages: o.outages.filter((x, i) => i !== k || x.cause === "own-power") });
      assert.ok(less.down <= r.down);
      if (
        less.availability !== undefined &&
        r.availability !== undefined &&
        o.works.length === 0 &&
        o.outages.every((x) => x.cause === "network")
      )
        assert.ok(less.availability >= r.availability || less.unknown > r.unknown);
    }),
    { numRuns: 400 },
  );
});

test("an interruption across two months counts in each for its part; its overrun in one only", () => {
  fc.assert(
    fc.property(fc.integer({ min: -50, max: 100 }), fc.integer({ min: 1, max: 150 }), (from, length) => {
      const outages: OutageSpan[] = [{ from: from * minute, to: (from + length) * minute, cause: "network" }];
      const at = (start: number) =>
        siteMonth({
          month: [start * minute, (start + 60) * minute],
          service: [-Infinity, Infinity],
          outages,
          works: [],
          measured: [[-1000 * minute, 1000 * minute]],
          terms: someTerms,
        });
      const all = [-120, -60, 0, 60, 120, 180, 240].map(at);
      assert.equal(all.reduce((n, r) => n + r.down, 0), length * 60); // prettier-ignore
      assert.equal(all.reduce((n, r) => n + r.late, 0), length > 15 ? 1 : 0); // prettier-ignore
    }),
    { numRuns: 200 },
  );
});

const november = monthBounds("2026-11", "Africa/Ouagadougou");
const month: Interval = [november.from.getTime(), november.to.getTime()];
const base: SiteMonth = { month, service: month, outages: [], works: [], measured: [month], terms: { ...usualTerms, fee: 150_000 } };
const at = (d: number, h: number) => month[0] + (d - 1) * day + h * hour;

test("nobody measured: unknown, not up; no availability and no credit", () => {
  const r = siteMonth({ ...base, measured: [] });
  assert.deepEqual([r.up, r.unknown, r.availability, r.credit], [0, 30 * 86_400, undefined, 0]);
  const known = siteMonth({ ...base, measured: [], outages: [{ from: at(3, 0), to: at(3, 2), cause: "network" }] });
  assert.deepEqual(
    [known.down, known.up, known.availability, known.atBest],
    [7200, 0, undefined, 99.722],
    "an interruption known of is no unknown time",
  );
  const long = siteMonth({ ...base, measured: [], outages: [{ from: at(3, 0), to: at(4, 12), cause: "network" }] });
  assert.deepEqual([long.availability, long.atBest, long.percent], [undefined, 95, 25 + 5], "missed whatever the rest was");
});

test("a month in whole francs: steps, late repair, cap, part of a month", () => {
  const down = (hours: number, more: Partial<SiteMonth> = {}) =>
    siteMonth({ ...base, outages: [{ from: at(5, 0), to: at(5, hours), cause: "network" }], ...more });
  assert.deepEqual([down(3).availability, down(3).credit], [99.583, 0]);
  assert.deepEqual([down(4).availability, down(4).percent, down(4).credit], [99.444, 5, 7500]);
  assert.deepEqual([down(20).percent, down(20).credit], [10, 15_000]);
  const long = down(30);
  assert.deepEqual([long.late, long.percent, long.credit], [1, 30, 45_000]);
  assert.equal(down(24 * 20).percent, 50, "the cap");
  const half = down(4, { service: [at(1, 0), at(16, 0)] });
  assert.deepEqual([half.service, half.fee, half.percent, half.credit], [15 * 86_400, 75_000, 10, 7500]);
  assert.equal(
    siteMonth({ ...base, terms: { ...base.terms, fee: 3 }, outages: [{ from: at(5, 0), to: at(5, 4), cause: "network" }] }).credit,
    0,
  );
});

test("announced work within its allowance, power of one's own, and what interrupts at the same time", () => {
  const works: WorkSpan[] = [{ from: at(10, 20), to: at(11, 6), toldAt: at(3, 9) }];
  const outages: OutageSpan[] = [{ from: at(10, 21), to: at(11, 7), cause: "network" }];
  const r = siteMonth({ ...base, works, outages });
  assert.deepEqual([r.excludedWorks, r.down], [8 * 3600, 2 * 3600], "eight hours are allowed; one more within the window, one after it");
  assert.equal(siteMonth({ ...base, works: [{ ...works[0]!, toldAt: at(10, 19) }], outages }).excludedWorks, 0, "told too late");
  assert.equal(siteMonth({ ...base, works: [{ ...works[0]!, toldAt: Infinity }], outages }).excludedWorks, 0, "never told");
  const power: OutageSpan[] = [{ from: at(8, 0), to: at(8, 5), cause: "own-power" }, { from: at(8, 3), to: at(8, 6), cause: "network" }]; // prettier-ignore
  const both = siteMonth({ ...base, outages: power });
  assert.deepEqual([both.excludedPower, both.down, both.interruptions], [3 * 3600, 3 * 3600, 1]);
});

test("the lowest step below which it lies; sums over places", () => {
  assert.deepEqual([100, 99.5, 99.499, 98.9, 50].map((x) => stepFor(usualTerms, x)), [0, 0, 5, 10, 50]); // prettier-ignore
  const [good, none] = [siteMonth(base), siteMonth({ ...base, measured: [] })];
  const t = totals([good, none]);
  assert.deepEqual([t.sites, t.availability, t.atBest, t.unknown], [2, 100, 100, 30 * 86_400]);
  assert.equal(totals([none]).availability, undefined);
});

test("agreements: one's own, one's kind's, the rest's, the program's", () => {
  const words = { fr: "x", en: "x" };
  const file = { notice: words, illustrative: true, sources: [], classes: { gold: { name: words, target: 99.9 }, plain: { name: words } }, kinds: { hospital: "gold", "*": "plain" }, institutions: { one: "gold" } }; // prettier-ignore
  assert.deepEqual(["one", "x"].map((id) => agreementOf(file, { id, kind: "school" }).target), [99.9, 99.5]); // prettier-ignore
  assert.equal(agreementOf(file, { id: "x", kind: "hospital" }).class, "gold");
  assert.deepEqual(agreementOf([], { id: "x", kind: "hospital" }).credits, usualTerms.credits);
});

test("months and local times of a zone, with and without a change of clocks", () => {
  assert.deepEqual(monthBounds("2026-12", "Africa/Lome"), { from: new Date("2026-12-01T00:00:00Z"), to: new Date("2027-01-01T00:00:00Z") });
  assert.equal(monthBounds("2026-03", "Europe/Paris").from.toISOString(), "2026-02-28T23:00:00.000Z");
  assert.equal(monthBounds("2026-03", "Europe/Paris").to.toISOString(), "2026-03-31T22:00:00.000Z");
  assert.equal(instant("2026-10-25T12:30", "Europe/Paris").toISOString(), "2026-10-25T11:30:00.000Z");
  assert.equal(instant("2026-10-25T12:30+02:00", "Africa/Lome").toISOString(), "2026-10-25T10:30:00.000Z");
  assert.ok(Number.isNaN(instant("2026-13-25T12:30", "Africa/Lome").getTime()));
});
