/** What is measured in a minute, added up as it comes. Pure. */
import type { LinkEvent, Power, Probe, Sample, SiteReport, Traffic } from "#network/api";

export type Part = Omit<Sample, "serial" | "at" | "unsure">;

const least = 0.05;
/** Bucket i stands for 0.05 ms times 2^(i/8): the house adds up by the same buckets. */
export const bucketOf = (ms: number): number => (ms <= least ? 0 : Math.min(160, Math.round(8 * Math.log2(ms / least))));

export function probeOf(to: string, sent: number, times: readonly number[]): Probe {
  const counts = new Map<number, number>();
  for (const ms of times) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1);
  return {
    to,
    sent,
    lost: sent - times.length,
    ...(times.length
      ? { min: Math.min(...times), max: Math.max(...times), sum: round(times.reduce((a, b) => a + b, 0)), delays: [...counts] }
      : {}),
  };
}

export function addProbe(a: Probe | undefined, b: Probe): Probe {
  if (!a) return b;
  const counts = new Map(a.delays);
  for (const [i, n] of b.delays ?? []) counts.set(i, (counts.get(i) ?? 0) + n);
  const both = [a, b].filter((p) => p.min !== undefined);
  return {
    to: a.to,
    sent: a.sent + b.sent,
    lost: a.lost + b.lost,
    ...(both.length
      ? {
          min: Math.min(...both.map((p) => p.min!)),
          max: Math.max(...both.map((p) => p.max!)),
          sum: round(both.reduce((n, p) => n + p.sum!, 0)),
          delays: [...counts],
        }
      : {}),
  };
}
export function addTraffic(a: Traffic | undefined, b: Traffic): Traffic {
  if (!a) return b;
  return {
    name: a.name,
    rxBytes: a.rxBytes + b.rxBytes,
    txBytes: a.txBytes + b.txBytes,
    rxPeak: Math.max(a.rxPeak, b.rxPeak),
    txPeak: Math.max(a.txPeak, b.txPeak),
    dropped: a.dropped + b.dropped,
    downSeconds: a.downSeconds + b.downSeconds,
  };
}
const round = (n: number) => Math.round(n * 1000) / 1000;

type Counters = SiteReport["interfaces"];
/** What passed since the last look; a counter that is smaller than before began anew, and counts from nothing. */
export function traffic(before: Counters, now: Counters, seconds: number): Traffic[] {
  const old = new Map(before.map((i) => [i.name, i]));
  const since = (x: number, y: number) => (x >= y ? x - y : x);
  return now.flatMap((i) => {
    const was = old.get(i.name);
    if (!was || seconds <= 0) return [];
    const [rxBytes, txBytes] = [since(i.rxBytes, was.rxBytes), since(i.txBytes, was.txBytes)];
    const dropped = since(i.rxDropped + i.txDropped, was.rxDropped + was.txDropped);
    return [{ name: i.name, rxBytes, txBytes, rxPeak: Math.round(rxBytes / seconds), txPeak: Math.round(txBytes / seconds), dropped, downSeconds: i.up ? 0 : Math.round(seconds) }]; // prettier-ignore
  });
}

export interface Minute {
  probe(p: Probe): void;
  traffic(list: readonly Traffic[]): void;
  events(list: readonly LinkEvent[]): void;
  /** What was added since, and begins anew. */
  close(seconds: number, power: Power): Part;
}
/** So many events in one sample at most: a storm is told by its first ones. */
const mostEvents = 200;

export function minute(): Minute {
  let probes = new Map<string, Probe>();
  let lines = new Map<string, Traffic>();
  let events: LinkEvent[] = [];
  return {
    probe: (p) => void probes.set(p.to, addProbe(probes.get(p.to), p)),
    traffic(list) {
      for (const t of list) lines.set(t.name, addTraffic(lines.get(t.name), t));
    },
    events: (list) => void (events = [...events, ...list].slice(0, mostEvents)),
    close(seconds, power) {
      const part = { seconds: Math.max(1, Math.min(86_400, Math.round(seconds))), probes: [...probes.values()], traffic: [...lines.values()], power, events }; // prettier-ignore
      [probes, lines, events] = [new Map(), new Map(), []];
      return part;
    },
  };
}

/** Two stretches that follow each other, as one. */
export function merge(a: Part, b: Part): Part {
  const probes = new Map(a.probes.map((p) => [p.to, p]));
  for (const p of b.probes) probes.set(p.to, addProbe(probes.get(p.to), p));
  const lines = new Map(a.traffic.map((t) => [t.name, t]));
  for (const t of b.traffic) lines.set(t.name, addTraffic(lines.get(t.name), t));
  return {
    seconds: a.seconds + b.seconds,
    probes: [...probes.values()],
    traffic: [...lines.values()],
    power: b.power,
    events: [...a.events, ...b.events].slice(0, mostEvents),
  };
}
