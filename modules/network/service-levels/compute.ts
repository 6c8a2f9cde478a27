/**
 * One place, one month: how long it was in service, how long it was not, how long nobody knows, and what is owed. Pure:
 * the same facts give the same statement, in whatever order they come.
 *
 * - Two interruptions at the same time are one time without network.
 * - Time nobody measured is unknown: it is neither up nor down, unless an interruption is known of it.
 * - Time that counts for nothing (the building's own power, announced work within its allowance) leaves the reckoning,
 *   but only while nothing else interrupts: what counts, counts.
 */
import { common, first, total, union, without, type Interval, type Intervals } from "./intervals.ts";
import type { Terms } from "./pack.ts";

const hour = 3_600_000;

export interface OutageSpan {
  from: number;
  /** Infinity while it lasts. */
  to: number;
  cause: "network" | "own-power";
}
export interface WorkSpan {
  from: number;
  to: number;
  /** When the institution was told; Infinity if never. */
  toldAt: number;
}
export interface SiteMonth {
  month: Interval;
  /** When the place was connected: all the month, or a part of it. */
  service: Interval;
  outages: readonly OutageSpan[];
  /** Announced works that concern this place. */
  works: readonly WorkSpan[];
  measured: Intervals;
  terms: Terms;
}

export interface SiteResult {
  /** Seconds, whole. */
  service: number;
  up: number;
  /** Without network, counted. */
  down: number;
  /** Without network, not counted, by why. */
  excludedWorks: number;
  excludedPower: number;
  unknown: number;
  /** Percent with three decimals, rounded down: 99.9996 is not 100; undefined when too little was measured to say. */
  availability: number | undefined;
  /** The same if all that nobody measured had been in service: what is owed at the least. Undefined when nothing counts. */
  atBest: number | undefined;
  /** Interruptions that count, whole ones even where they began in another month. */
  interruptions: number;
  longest: number;
  /** Interruptions that passed the repair time within this month. */
  late: number;
  /** Whole units of the currency. */
  fee: number;
  credit: number;
  /** Percent of the fee that the credit is. */
  percent: number;
}

/** Less of the time than this measured says nothing of the rest: a month of which only an interruption is known was not one interruption. */
export const leastMeasured = 0.5;

/** Percent of `part` in `whole`, three decimals, rounded down. */
const percentOf = (part: number, whole: number) => (whole > 0 ? Math.floor((part / whole) * 100_000) / 1000 : undefined);
/** Availability of known time, unless too little of all is known. */
export const said = (known: number, lost: number, all: number) =>
  known >= all * leastMeasured ? percentOf(known - lost, known) : undefined;

const seconds = (ms: number) => Math.round(ms / 1000);

export function siteMonth(o: SiteMonth): SiteResult {
  const period: Interval[] = common([o.month], [o.service]);
  const all = period.length ? total(period) : 0;
  const power = union(o.outages.filter((x) => x.cause === "own-power").map((x): Interval => [x.from, x.to]));
  const network = union(o.outages.filter((x) => x.cause === "network").map((x): Interval => [x.from, x.to]));
  const notice = o.terms.worksNoticeHours * hour;
  const announced = union(o.works.filter((w) => w.toldAt + notice <= w.from).map((w): Interval => [w.from, w.to]));

  // the allowance is used up by what announced work really interrupted this month, in the order of time
  const underWork = first(common(common(network, announced), period), o.terms.worksHours * hour);
  const counted = without(common(network, period), underWork);
  const ownPower = without(without(common(power, period), counted), underWork);
  const down = union(counted, underWork, ownPower);
  const unknown = without(without(period, union(o.measured)), down);
  const reckoned = all - total(unknown) - total(underWork) - total(ownPower);
  const lost = total(counted);
  const whole = reckoned + total(unknown);
  const availability = said(reckoned, lost, whole);
  const atBest = percentOf(whole - lost, whole);

  // whole interruptions, as long as they really were: what the works took is not part of them
  const incidents = without(network, common(network, announced));
  const here = incidents.filter((i) => period.some(([a, b]) => i[0] < b && i[1] > a));
  const [from, to] = period[0] ?? [0, 0];
  const late = incidents.filter((i) => {
    const deadline = i[0] + o.terms.repairHours * hour;
    // it counts in the month in which its time ran out, and in no other
    return i[1] > deadline && deadline >= from && deadline < to;
  }).length;

  const fee = prorated(o.terms.fee, seconds(all), seconds(o.month[1] - o.month[0]));
  const percent = Math.min(o.terms.cap, stepFor(o.terms, availability ?? atBest) + late * o.terms.lateRepair);
  return {
    service: seconds(all),
    up: seconds(reckoned - lost),
    down: seconds(lost),
    excludedWorks: seconds(total(underWork)),
    excludedPower: seconds(total(ownPower)),
    unknown: seconds(total(unknown)),
    availability,
    atBest,
    interruptions: here.length,
    longest: seconds(Math.max(0, ...here.map((i) => Math.min(i[1], to) - i[0]))),
    late,
    fee,
    credit: share(fee, percent),
    percent,
  };
}

/** The lowest step that the availability is below; none when nothing is known. */
export function stepFor(terms: Pick<Terms, "credits">, availability: number | undefined): number {
  if (availability === undefined) return 0;
  return terms.credits.reduce((most, s) => (availability < s.below ? Math.max(most, s.percent) : most), 0);
}

/** Half a unit goes to the institution. Whole numbers below 2^53 throughout: a billion by a month of seconds fits. */
function prorated(fee: number, part: number, whole: number): number {
  return whole > 0 ? Math.floor((2 * fee * part + whole) / (2 * whole)) : 0;
}
function share(fee: number, percent: number): number {
  const thousandths = Math.round(percent * 1000);
  return Math.floor((2 * fee * thousandths + 100_000) / 200_000);
}

export interface Totals {
  sites: number;
  service: number;
  up: number;
  down: number;
  excludedWorks: number;
  excludedPower: number;
  unknown: number;
  availability: number | undefined;
  atBest: number | undefined;
  late: number;
  fee: number;
  credit: number;
}

/** An institution's places together: times and money are sums, the availability is of all their time. */
export function totals(list: readonly SiteResult[]): Totals {
  const sum = (pick: (r: SiteResult) => number) => list.reduce((n, r) => n + pick(r), 0);
  const [up, down, unknown] = [sum((r) => r.up), sum((r) => r.down), sum((r) => r.unknown)];
  return {
    sites: list.length,
    service: sum((r) => r.service),
    up,
    down,
    excludedWorks: sum((r) => r.excludedWorks),
    excludedPower: sum((r) => r.excludedPower),
    unknown,
    availability: said(up + down, down, up + down + unknown),
    atBest: percentOf(up + unknown, up + down + unknown),
    late: sum((r) => r.late),
    fee: sum((r) => r.fee),
    credit: sum((r) => r.credit),
  };
}
