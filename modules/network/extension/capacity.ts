import { ospfCost, ratesOf, usualRate, qosClasses } from "../intent/intent.ts";
import type { QosClass } from "../intent/shapes.ts";
import type { Model } from "../resilience/model.ts";
import { heap } from "../resilience/paths.ts";

export interface Demand {
  perEstablishment: number;
  growth: number;
  classes: Record<QosClass["name"], number>;
}
export interface Load {
  /** Mbit/s. */
  rate: number;
  /** Mbit/s in the busy hour with everything up. */
  usual: number;
  /** The most it carries under any single failure, and which one (its place in the model's list; -1: none is worse). */
  worst: number;
  by: number;
}

/** Beyond this many failures the worst case is not tried while somebody waits. */
const mostFailures = 2000;
/** A link this full is told: what comes in bursts no longer fits. */
export const fullAt = 0.8;

/** What each span carries when every place sends to its core along the cheapest way, as the routing will. */
export function loads(m: Model, perEstablishment: number): { spans: Load[]; complete: boolean } {
  const rates = ratesOf(m.plant);
  const rate = m.spans.map((s) => (s.kind === "circuit" ? s.capacity : undefined) ?? rates.get(s.id) ?? usualRate);
  const cost = Float64Array.from({ length: m.graph.a.length }, (_, l) => (l < m.spans.length ? ospfCost(rate[l]!, m.spans[l]!.length) : 0));
  const demand = demands(m, perEstablishment);
  const cut = new Uint8Array(m.graph.a.length);
  const usual = carried(m, cost, demand, cut);
  const out = rate.map((r, l): Load => ({ rate: r, usual: usual[l]!, worst: usual[l]!, by: -1 }));
  const complete = m.failures.length <= mostFailures;
  if (complete)
    m.failures.forEach((f, i) => {
      if (!(f.p > 0) || !f.links.some((l) => usual[l]! > 0)) return;
      for (const l of f.links) cut[l] = 1;
      const now = carried(m, cost, demand, cut);
      for (const l of f.links) cut[l] = 0;
      out.forEach((one, l) => {
        if (now[l]! > one.worst + 1e-9) [one.worst, one.by] = [now[l]!, i];
      });
    });
  return { spans: out, complete };
}

export function demands(m: Model, perEstablishment: number): Float64Array {
  const out = new Float64Array(m.root + 1);
  m.nodes.forEach((n, v) => (out[v] = m.weight[v]! > 0 ? Math.max(1, n.establishments ?? 1) * perEstablishment : 0));
  return out;
}

/** Shortest-path tree from the cores, then the sums from its leaves inwards. */
function carried(m: Model, cost: Float64Array, demand: Float64Array, cut: Uint8Array): Float64Array {
  const g = m.graph;
  const far = new Float64Array(g.size).fill(Infinity);
  const by = new Int32Array(g.size).fill(-1);
  const order: number[] = [];
  const done = new Uint8Array(g.size);
  far[m.root] = 0;
  const queue = heap();
  queue.push(0, m.root);
  for (let top = queue.pop(); top; top = queue.pop()) {
    const [d, v] = top;
    if (done[v]) continue;
    done[v] = 1;
    order.push(v);
    for (let k = g.start[v]!; k < g.start[v + 1]!; k++) {
      const l = g.at[k]!;
      if (cut[l]) continue;
      const w = g.a[l]! + g.b[l]! - v;
      if (d + cost[l]! >= far[w]!) continue;
      far[w] = d + cost[l]!;
      by[w] = l;
      queue.push(far[w]!, w);
    }
  }
  const load = new Float64Array(g.a.length);
  const sum = Float64Array.from(demand);
  for (let i = order.length - 1; i > 0; i--) {
    const v = order[i]!;
    const l = by[v]!;
    load[l] = sum[v]!;
    sum[g.a[l]! + g.b[l]! - v]! += sum[v]!;
  }
  return load;
}

/** Whole years until a load growing by so many percent a year fills a link; undefined when it never does within 50. */
export function yearsUntilFull(load: number, rate: number, growth: number): number | undefined {
  if (load >= fullAt * rate) return 0;
  if (load <= 0 || growth <= 0) return undefined;
  const years = Math.ceil(Math.log((fullAt * rate) / load) / Math.log(1 + growth / 100));
  return years > 50 ? undefined : years;
}

/** Each class's load against the share of the link it is sure of: above 1 it lives on what others leave. */
export function classesOf(
  load: number,
  rate: number,
  classes: Demand["classes"],
): { name: QosClass["name"]; load: number; sure: number }[] {
  return qosClasses.map(({ name, share }) => ({ name, load: (load * classes[name]) / 100, sure: (rate * share) / 100 }));
}
