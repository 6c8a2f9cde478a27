/** Loss, delay and load over a window of minutes, against bounds that differ for raising and for clearing. Pure. */
import type { Model } from "../resilience/model.ts";
import type { Finding } from "./correlate.ts";
import type { LinkClass, Policy } from "./policy.ts";
import { quantile } from "./sketch.ts";
import { bySeries, nothing, plus, type Measured, type Sums } from "./sums.ts";

/** Metres that light passes in glass in a millisecond, there and back. */
const metresPerMs = 100_000;
/** One lost packet, or two, are no alarm whatever the share. */
const fewestLost = 3;

/** An alarm of the kind that takes things down: what was measured around it tells of it, not of the line. */
export interface Disturbance {
  began: number;
  /** Milliseconds since 1970; undefined while it lasts. */
  ended: number | undefined;
  spans: ReadonlySet<string>;
  nodes: ReadonlySet<string>;
}
const margin = 60_000;
/** Routes find their way again within this time. */
const convergence = 120_000;

export function thresholds(
  m: Model,
  o: {
    at: number;
    samples: readonly Measured[];
    disturbed: readonly Disturbance[];
    /** Mbit/s of a span. */
    rate(span: string): number;
    /** Alarms that stand: cleared by the lower bound. */
    stands(kind: Finding["kind"], element: string): boolean;
    policy: Policy;
  },
): Finding[] {
  const links = new Map<string, Sums>();
  const ways = new Map<string, { node: string; target: string; sums: Sums }>();
  const from = o.at - o.policy.window.minutes * 60_000;
  for (const s of o.samples) {
    const [begin, end] = [s.at.getTime() - s.seconds * 1000, s.at.getTime()];
    // one that spans hours says nothing of these minutes, nor one whose time nobody knows
    if (begin < from || s.unsure) continue;
    for (const { key, sums } of bySeries(m, s)) {
      const touched = o.disturbed.some((d) => {
        const while_ = end > d.began - margin && begin < (d.ended ?? Number.POSITIVE_INFINITY) + margin;
        if (key.kind === "link") return while_ && (d.spans.has(key.target) || d.nodes.has(key.node));
        return (while_ && (d.nodes.has(key.node) || d.nodes.has(key.target))) || (end > d.began - margin && begin < d.began + convergence);
      });
      if (touched) continue;
      if (key.kind === "link") links.set(key.target, plus(links.get(key.target) ?? nothing(), sums));
      else {
        const id = `${key.node}\n${key.target}`;
        ways.set(id, { node: key.node, target: key.target, sums: plus(ways.get(id)?.sums ?? nothing(), sums) });
      }
    }
  }
  const out: Finding[] = [];
  const add = (kind: Finding["kind"], element: string, value: number, raise: number, clear: number): boolean => {
    const bound = o.stands(kind, element) ? clear : raise;
    if (value < bound) return false;
    out.push({ kind, element, began: from, others: [], spans: m.span.has(element) ? [element] : [], silent: [], down: [], by: "figures", value, bound: raise }); // prettier-ignore
    return true;
  };
  const bad = new Set<number>();
  for (const [span, s] of links) {
    const l = m.span.get(span)!;
    const line = m.spans[l]!;
    const c = o.policy.classes[line.kind];
    const worse = figuresOf(s, o.policy, line.length);
    if (worse.loss !== undefined && add("loss", span, worse.loss, c.loss, c.lossClear)) bad.add(l);
    if (worse.delay !== undefined && add("delay", span, worse.delay, c.delay, c.delayClear)) bad.add(l);
    const seconds = Math.max(1, s.seconds);
    const load = (Math.max(s.rxBytes, s.txBytes) * 8) / seconds / (o.rate(span) * 1e6);
    if (s.seconds >= 60) add("saturation", span, load, c.load, c.loadClear);
  }
  // a way that is bad because a line on it is bad is told by that line; the others by the place they lead to
  const left = [...ways.values()].filter((w) => !above(m, w.node).some((l) => bad.has(l)));
  for (const [target, list] of Map.groupBy(left, (w) => w.target)) {
    for (const kind of ["loss", "delay"] as const) {
      const c: LinkClass = o.policy.classes.path;
      const [raise, clear] = kind === "loss" ? [c.loss, c.lossClear] : [c.delay, c.delayClear];
      const values = list.flatMap((w) => {
        const value = figuresOf(w.sums, o.policy, 0)[kind];
        return value === undefined ? [] : [{ node: w.node, value }];
      });
      const worse = values.filter((v) => v.value >= (o.stands(kind, target) || o.stands(kind, v.node) ? clear : raise));
      if (worse.length === 0) continue;
      const value = Math.max(...worse.map((v) => v.value));
      add(kind, worse.length > 1 ? target : worse[0]!.node, value, raise, clear);
    }
  }
  return out;
}

function figuresOf(s: Sums, p: Policy, metres: number): { loss: number | undefined; delay: number | undefined } {
  if (s.sent < p.window.probes) return { loss: undefined, delay: undefined };
  const median = quantile(s.delays, 0.5);
  return {
    loss: s.lost < fewestLost ? 0 : s.lost / s.sent,
    delay: median === undefined ? undefined : Math.max(0, median - metres / metresPerMs),
  };
}

/** The links from a place to the core, by the tree. */
function above(m: Model, node: string): number[] {
  const out: number[] = [];
  for (let v = m.at.get(node); v !== undefined && v !== m.root;) {
    const l = m.tree.parentLink[v]!;
    if (l < 0 || l >= m.spans.length) break;
    out.push(l);
    v = m.graph.a[l]! + m.graph.b[l]! - v;
  }
  return out;
}
