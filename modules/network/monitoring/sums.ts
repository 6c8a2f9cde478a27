/** What samples add up to, over five minutes, an hour, a day. Sums only: whatever comes late is added where it belongs. Pure. */
import type { Sample } from "../ports.ts";
import { linkOf } from "./gather.ts";
import type { Model } from "../resilience/model.ts";
import { addTo, quantile, type Sketch } from "./sketch.ts";

export const levels = { minutes5: 300, hours: 3600, days: 86_400 } as const;
export type Level = keyof typeof levels;
export const levelNames = Object.keys(levels) as Level[];

export interface SeriesKey {
  node: string;
  kind: "link" | "path";
  target: string;
}
export interface Sums {
  /** Seconds that were measured. */
  seconds: number;
  sent: number;
  lost: number;
  /** Samples whose time is that of arrival. */
  unsure: number;
  min: number | null;
  max: number | null;
  sum: number;
  delays: Sketch;
  rxBytes: number;
  txBytes: number;
  /** Bytes a second. */
  rxPeak: number;
  txPeak: number;
  dropped: number;
  downSeconds: number;
}
export const nothing = (): Sums => ({ seconds: 0, sent: 0, lost: 0, unsure: 0, min: null, max: null, sum: 0, delays: new Map(), rxBytes: 0, txBytes: 0, rxPeak: 0, txPeak: 0, dropped: 0, downSeconds: 0 }); // prettier-ignore

export function plus(a: Sums, b: Sums): Sums {
  const least = (x: number | null, y: number | null) => (x === null ? y : y === null ? x : Math.min(x, y));
  const most = (x: number | null, y: number | null) => (x === null ? y : y === null ? x : Math.max(x, y));
  return {
    seconds: a.seconds + b.seconds,
    sent: a.sent + b.sent,
    lost: a.lost + b.lost,
    unsure: a.unsure + b.unsure,
    min: least(a.min, b.min),
    max: most(a.max, b.max),
    sum: a.sum + b.sum,
    delays: addTo(new Map(a.delays), b.delays),
    rxBytes: a.rxBytes + b.rxBytes,
    txBytes: a.txBytes + b.txBytes,
    rxPeak: Math.max(a.rxPeak, b.rxPeak),
    txPeak: Math.max(a.txPeak, b.txPeak),
    dropped: a.dropped + b.dropped,
    downSeconds: a.downSeconds + b.downSeconds,
  };
}

export interface Measured {
  node: string;
  at: Date;
  seconds: number;
  unsure: boolean;
  body: Pick<Sample, "probes" | "traffic">;
}

/** A sample by series: a link's probes and traffic are one. What names no link of this plant at this node is left out. */
export function bySeries(m: Model, s: Measured): { key: SeriesKey; sums: Sums }[] {
  const out = new Map<string, { key: SeriesKey; sums: Sums }>();
  const of = (kind: SeriesKey["kind"], target: string) => {
    let one = out.get(`${kind} ${target}`);
    if (!one) {
      one = { key: { node: s.node, kind, target }, sums: { ...nothing(), seconds: s.seconds, unsure: s.unsure ? 1 : 0 } };
      out.set(`${kind} ${target}`, one);
    }
    return one.sums;
  };
  const v = m.at.get(s.node);
  const span = (name: string) => {
    const l = linkOf(m, name);
    return l !== undefined && v !== undefined && (m.graph.a[l] === v || m.graph.b[l] === v) ? m.spans[l]! : undefined;
  };
  for (const p of s.body.probes) {
    const far = p.to.startsWith("node:") ? p.to.slice(5) : undefined;
    const target = far === undefined ? span(p.to)?.id : m.at.has(far) ? far : undefined;
    if (target === undefined) continue;
    const x = of(far === undefined ? "link" : "path", target);
    x.sent += p.sent;
    x.lost += p.lost;
    if (p.min !== undefined) x.min = Math.min(x.min ?? p.min, p.min);
    if (p.max !== undefined) x.max = Math.max(x.max ?? p.max, p.max);
    x.sum += p.sum ?? 0;
    addTo(x.delays, p.delays ?? []);
  }
  for (const t of s.body.traffic) {
    const target = span(t.name)?.id;
    if (target === undefined) continue;
    const x = of("link", target);
    x.rxBytes += t.rxBytes;
    x.txBytes += t.txBytes;
    x.rxPeak = Math.max(x.rxPeak, t.rxPeak);
    x.txPeak = Math.max(x.txPeak, t.txPeak);
    x.dropped += t.dropped;
    x.downSeconds += Math.min(t.downSeconds, s.seconds);
  }
  return [...out.values()];
}

/** The stretch its middle lies in; none finer than the sample itself, none that is not kept any more. */
export function stretchOf(level: Level, s: Pick<Measured, "at" | "seconds">, now: Date): Date | undefined {
  const width = levels[level] * 1000;
  if (s.seconds * 1000 > width) return undefined;
  const middle = s.at.getTime() - s.seconds * 500;
  if (now.getTime() - middle > kept[level] * 86_400_000) return undefined;
  return new Date(Math.floor(middle / width) * width);
}
/** Days each level is kept. */
export const kept: Record<Level, number> = { minutes5: 6, hours: 90, days: 3660 };

/** Marks the whole minutes a sample covers in the bits of its days; a sample whose time is unsure covers none. */
export function cover(into: Map<string, Buffer>, s: Pick<Measured, "node" | "at" | "seconds" | "unsure">): void {
  if (s.unsure) return;
  const end = Math.round(s.at.getTime() / 60_000);
  const count = Math.max(1, Math.round(s.seconds / 60));
  for (let minute = end - count; minute < end; minute++) {
    const key = `${s.node} ${new Date(minute * 60_000).toISOString().slice(0, 10)}`;
    let bits = into.get(key);
    if (!bits) into.set(key, (bits = Buffer.alloc(180)));
    const i = minute % 1440;
    bits[i >> 3]! |= 1 << (i & 7);
  }
}

/** Stretches of marked minutes of one place, its days in order. */
export function covered(days: readonly { day: string; minutes: Uint8Array }[]): { from: Date; to: Date }[] {
  const out: { from: Date; to: Date }[] = [];
  for (const d of days) {
    const start = Date.parse(`${d.day}T00:00:00Z`);
    for (let i = 0; i < 1440; i++) {
      if ((d.minutes[i >> 3]! & (1 << (i & 7))) === 0) continue;
      const [from, to] = [new Date(start + i * 60_000), new Date(start + (i + 1) * 60_000)];
      const last = out.at(-1);
      if (last && last.to.getTime() === from.getTime()) last.to = to;
      else out.push({ from, to });
    }
  }
  return out;
}

/** As contracts tell it. */
export function figures(at: Date, s: Sums) {
  const got = s.sent - s.lost;
  const round = (n: number | null | undefined, digits = 3) =>
    n === null || n === undefined ? undefined : Math.round(n * 10 ** digits) / 10 ** digits;
  const some = <K extends string>(key: K, value: number | undefined) =>
    value === undefined ? {} : ({ [key]: value } as Record<K, number>);
  const rate = (bytes: number) => (s.seconds > 0 ? Math.round((bytes * 8) / s.seconds) : undefined);
  return {
    at: at.toISOString(),
    seconds: s.seconds,
    sent: s.sent,
    lost: s.lost,
    ...some("loss", s.sent > 0 ? round(s.lost / s.sent, 6) : undefined),
    ...some("min", round(s.min)),
    ...some("mean", got > 0 ? round(s.sum / got) : undefined),
    ...some("median", round(quantile(s.delays, 0.5))),
    ...some("p95", round(quantile(s.delays, 0.95))),
    ...some("max", round(s.max)),
    ...some("rx", rate(s.rxBytes)),
    ...some("tx", rate(s.txBytes)),
    ...some("rxPeak", s.rxPeak > 0 ? Math.round(s.rxPeak * 8) : undefined),
    ...some("txPeak", s.txPeak > 0 ? Math.round(s.txPeak * 8) : undefined),
    dropped: s.dropped,
    downSeconds: s.downSeconds,
    unsure: s.unsure,
  };
}
