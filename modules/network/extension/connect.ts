import { metres } from "../plant/rules.ts";
import type { Point } from "../plant/shapes.ts";
import { detour, type Model } from "../resilience/model.ts";

export interface Way {
  /** Where the new cable joins the network. */
  node: number;
  metres: number;
}
export interface Connection {
  first: Way;
  /** A second way that no single failure takes down together with the first; else the one that shares least. */
  second?: Way;
  /** Failures that take both ways down, by their place in the model's list; empty when the two are disjoint. */
  shared: number[];
}

/** A cable shorter than this is not laid: it takes as much to get round the building. */
const shortest = 50;
const near = 80;
const falls = new WeakMap<Model, { of: Int32Array[]; weight: Float64Array }>();

/** For each node the failures that take it down, in order; those that take everybody down cannot be planned away and are left out. */
function fallsOf(m: Model): { of: Int32Array[]; weight: Float64Array } {
  let known = falls.get(m);
  if (known) return known;
  const lists: number[][] = m.nodes.map(() => []);
  const reached = m.tree.reached - 1;
  m.failures.forEach((f, i) => {
    if (f.p > 0 && f.fallen.length < reached) for (const v of f.fallen) if (v < m.root) lists[v]!.push(i);
  });
  known = { of: lists.map((l) => Int32Array.from(l)), weight: Float64Array.from(m.failures, (f) => f.p) };
  falls.set(m, known);
  return known;
}

function common(a: Int32Array, b: Int32Array): number[] {
  const out: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) out.push(a[i]!);
    if (a[i]! <= b[j]!) i++;
    else j++;
  }
  return out;
}

/** How far a new cable from this point to each node that has a way to a core would be, nearest first; `within` metres. */
export function reach(m: Model, point: Point, within: number): Way[] {
  const out: Way[] = [];
  m.nodes.forEach((n, node) => {
    if (m.tree.tin[node] === -1) return;
    const length = Math.max(shortest, Math.round(detour * metres(point, [n.lon, n.lat])));
    if (length <= within) out.push({ node, metres: length });
  });
  return out.toSorted((x, y) => x.metres - y.metres || (m.nodes[x.node]!.id < m.nodes[y.node]!.id ? -1 : 1));
}

/**
 * The cheapest connection of a new place: one way to the nearest node, or the two ways of least length together that no
 * single failure takes down both. Among the nearest nodes only: nobody lays a cable past a hundred neighbours.
 */
export function connect(m: Model, point: Point, o: { ways: 1 | 2; within: number }): Connection | undefined {
  const ways = reach(m, point, o.within);
  const [first] = ways;
  if (!first) return undefined;
  if (o.ways === 1) return { first, shared: [] };
  const { of, weight } = fallsOf(m);
  const tried = nearest(ways, of);
  let best: { first: Way; second: Way; shared: number[]; risk: number; length: number } | undefined;
  for (let i = 0; i < tried.length; i++)
    for (let j = i + 1; j < tried.length; j++) {
      const [a, b] = [tried[i]!, tried[j]!];
      const length = a.metres + b.metres;
      if (best && best.risk === 0 && length >= best.length) break;
      const shared = common(of[a.node]!, of[b.node]!);
      const risk = shared.reduce((sum, f) => sum + weight[f]!, 0);
      if (best && (risk > best.risk || (risk === best.risk && length >= best.length))) continue;
      best = { first: a, second: b, shared, risk, length };
    }
  return best ? { first: best.first, second: best.second, shared: best.shared } : { first, shared: [] };
}

/** Of nodes that fall by the same failures only the nearest two can be best: that keeps the pairs few. */
function nearest(ways: readonly Way[], of: readonly Int32Array[]): Way[] {
  const seen = new Map<string, number>();
  const out: Way[] = [];
  for (const w of ways) {
    const key = of[w.node]!.join(",");
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (times <= 2) out.push(w);
    if (out.length === near) break;
  }
  return out;
}
