import { cutter } from "./cuts.ts";
import type { Tree } from "./graph.ts";

/** Hours of an average year. */
export const yearHours = 8766;

/** The share of time something is broken that breaks `rate` times a year and takes `repair` hours each time. */
export function unavailability(rate: number, repair: number): number {
  return (rate * repair) / (yearHours + rate * repair);
}

/** Something that happens by itself and takes down a set of links for a share of the time. */
export interface Event {
  links: readonly number[];
  p: number;
}

/** A small fast generator with 128 bits of state (sfc32): the same seed gives the same figures everywhere. */
export function generator(seed: number): () => number {
  let [a, b, c, d] = [0x9e3779b9 | 0, 0x243f6a88 | 0, seed | 0, Math.floor(seed / 2 ** 32) | 1];
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

export interface Availability {
  /** Share of time with a way to the root and power of one's own. */
  value: number;
  /** 95 % confidence interval (Wilson). */
  low: number;
  high: number;
}

/**
 * Monte Carlo over states of the network: in each sample every event holds or not. Instead of asking each event in each
 * sample, the gap to its next sample is drawn from the geometric distribution; samples where nothing happens cost nothing.
 * A node's own power is independent of the rest and multiplied in exactly, which narrows the interval.
 */
export function simulate(
  t: Tree,
  events: readonly Event[],
  ownPower: ArrayLike<number>,
  o: { samples: number; seed: number },
): Availability[] {
  const times = states(events, o);
  const down = new Float64Array(t.graph.size);
  const falls = cutter(t);
  for (const { of, n } of times) for (const v of falls(linksOf(events, of))) down[v]! += n;
  const out: Availability[] = [];
  for (let v = 0; v < t.graph.size; v++) {
    const own = 1 - (ownPower[v] ?? 0);
    if (t.tin[v] === -1) out.push({ value: 0, low: 0, high: 0 });
    else {
      const [low, high] = wilson(o.samples - down[v]!, o.samples);
      out.push({ value: own * (1 - down[v]! / o.samples), low: own * low, high: own * high });
    }
  }
  return out;
}

/**
 * Availability of whoever works in several places: up as long as one of them has a way and power. In each state the chance
 * that power of one's own fails everywhere is multiplied in exactly; the interval is the one of a share, wider than needed.
 */
export function simulateGroups(
  t: Tree,
  events: readonly Event[],
  ownPower: ArrayLike<number>,
  groups: readonly (readonly number[])[],
  o: { samples: number; seed: number },
): Availability[] {
  const own = groups.map((g) => g.filter((v) => t.tin[v] !== -1));
  const lost = (g: readonly number[], fallen: ReadonlySet<number>) => g.reduce((p, v) => (fallen.has(v) ? p : p * (ownPower[v] ?? 0)), 1);
  const nobody = new Set<number>();
  const usual = own.map((g) => lost(g, nobody));
  const of = new Map<number, number[]>();
  own.forEach((g, i) => g.forEach((v) => of.set(v, [...(of.get(v) ?? []), i])));
  // what is lost beyond the usual, in the states that touch the group at all
  const more = new Float64Array(groups.length);
  const falls = cutter(t);
  for (const { of: events_, n } of states(events, o)) {
    const fallen = new Set(falls(linksOf(events, events_)));
    const touched = new Set([...fallen].flatMap((v) => of.get(v) ?? []));
    for (const i of touched) more[i]! += n * (lost(own[i]!, fallen) - usual[i]!);
  }
  return own.map((g, i) => {
    if (g.length === 0) return { value: 0, low: 0, high: 0 };
    const value = 1 - usual[i]! - more[i]! / o.samples;
    // power is exact: the interval is of the network's part alone
    const part = Math.min(1, value / (1 - usual[i]!));
    const [low, high] = wilson(part * o.samples, o.samples);
    return { value, low: (1 - usual[i]!) * low, high: (1 - usual[i]!) * high };
  });
}

const linksOf = (events: readonly Event[], of: readonly number[]): readonly number[] =>
  of.length === 1 ? events[of[0]!]!.links : [...new Set(of.flatMap((i) => [...events[i]!.links]))];

/** The states that came up, each with how many samples were in it; samples where nothing happens are not among them. */
function states(events: readonly Event[], o: { samples: number; seed: number }): { of: number[]; n: number }[] {
  const random = generator(o.seed);
  const struck = new Map<number, number[]>();
  events.forEach((e, index) => {
    if (!(e.p > 0)) return;
    if (e.p >= 1) throw new Error("an event that always holds is no event");
    const scale = Math.log1p(-e.p);
    for (let s = skip(random, scale); s < o.samples; s += 1 + skip(random, scale)) {
      const list = struck.get(s);
      if (list) list.push(index);
      else struck.set(s, [index]);
    }
  });
  // the same states come again and again: each is walked once
  const times = new Map<string, { of: number[]; n: number }>();
  for (const of of struck.values()) {
    const key = of.join(",");
    const known = times.get(key);
    if (known) known.n++;
    else times.set(key, { of, n: 1 });
  }
  return [...times.values()];
}

function skip(random: () => number, scale: number): number {
  return Math.floor(Math.log(1 - random()) / scale);
}

/** Wilson's interval for a share, 95 %: honest near 0 and 1, where the usual one is not. */
export function wilson(good: number, all: number): [number, number] {
  const z2 = 1.959964 ** 2;
  const share = good / all;
  const middle = (share + z2 / (2 * all)) / (1 + z2 / all);
  const half = (1.959964 / (1 + z2 / all)) * Math.sqrt((share * (1 - share)) / all + z2 / (4 * all * all));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
