/** What a work takes down, and whom it leaves with one way only. Pure: the cut analysis of `resilience/` on a set of elements. */
import { cutter } from "../resilience/cuts.ts";
import { graph, tree, type Tree } from "../resilience/graph.ts";
import type { Model } from "../resilience/model.ts";

export interface Touched {
  /** Spans that carry nothing meanwhile, in indices. */
  links: number[];
  /** Nodes out of order themselves. */
  nodes: number[];
  unknown: string[];
}

/**
 * Elements to what they are in the model: a span, a duct (all spans in it), a node (with all its spans), a device (the
 * spans that end at its ports; the whole node when no other device there ends a span).
 */
export function touched(m: Model, elements: readonly string[]): Touched {
  const links = new Set<number>();
  const nodes = new Set<number>();
  const unknown: string[] = [];
  const fall = (v: number) => {
    nodes.add(v);
    for (let k = m.graph.start[v]!; k < m.graph.start[v + 1]!; k++) links.add(m.graph.at[k]!);
  };
  for (const id of elements) {
    const span = m.span.get(id);
    const node = m.at.get(id);
    const inDuct = m.plant.duct.some((d) => d.id === id);
    const device = m.plant.device.find((d) => d.id === id);
    if (span !== undefined) links.add(span);
    else if (node !== undefined) fall(node);
    else if (inDuct) m.spans.forEach((s, l) => s.ducts.includes(id) && links.add(l));
    else if (device) {
      const ends = m.plant.port.filter((p) => p.cable);
      const own = ends.filter((p) => p.device === id);
      const others = new Set(m.plant.device.filter((d) => d.node === device.node && d.id !== id).map((d) => d.id));
      if (ends.some((p) => others.has(p.device))) for (const p of own) links.add(m.span.get(p.cable!)!);
      else if (m.at.has(device.node)) fall(m.at.get(device.node)!);
    } else unknown.push(id);
  }
  return { links: [...links], nodes: [...nodes], unknown };
}

export interface Effect {
  /** Places that lose the network, nodes in ascending order; the root is never among them. */
  down: number[];
  /** Places left with a way that any single further cut would take, and that had two before. */
  oneWay: number[];
}

/** Who has no way left when these elements are out, in the order of nodes. */
export function downBy(m: Model, t: Touched): number[] {
  const falls = cutter(m.tree)(t.links);
  return [...new Set([...falls, ...t.nodes])].filter((v) => v < m.root && m.tree.tin[v] !== -1).toSorted((x, y) => x - y);
}

/** Nodes that some link of the tree alone would cut off: those below a bridge, in one pass down the tree. */
function hangs(t: Tree): Uint8Array {
  const out = new Uint8Array(t.graph.size);
  for (let i = 1; i < t.reached; i++) {
    const v = t.order[i]!;
    const l = t.parentLink[v]!;
    const up = t.graph.a[l]! + t.graph.b[l]! - v;
    out[v] = t.low[v] === i || out[up] === 1 ? 1 : 0;
  }
  return out;
}

export function effectOf(m: Model, t: Touched): Effect {
  const down = downBy(m, t);
  const gone = new Set(t.links);
  const rest: [number, number][] = [];
  for (let l = 0; l < m.graph.a.length; l++) if (!gone.has(l)) rest.push([m.graph.a[l]!, m.graph.b[l]!]);
  const [before, after] = [hangs(m.tree), hangs(tree(graph(m.graph.size, rest), m.root))];
  const lost = new Set(down);
  const oneWay: number[] = [];
  for (let v = 0; v < m.root; v++) if (after[v] && !before[v] && !lost.has(v) && m.weight[v]! > 0) oneWay.push(v);
  return { down, oneWay };
}

export interface Dated {
  id: string;
  starts: number;
  ends: number;
  touched: Touched;
}
export interface Together {
  /** The smallest set found whose works, this one among them, cut these places off only together. */
  works: string[];
  nodes: number[];
}

/**
 * Places cut off only because other works are under way at the same time. Each moment at which a work begins is looked at:
 * between two such moments the set only shrinks. Pairs are told as pairs; what takes more is told as all that were under way.
 */
export function together(m: Model, one: Dated, others: readonly Dated[]): Together[] {
  const at = others.filter((o) => o.starts < one.ends && one.starts < o.ends);
  if (at.length === 0) return [];
  const union = (list: readonly Dated[]): Touched => ({
    links: [...new Set(list.flatMap((w) => w.touched.links))],
    nodes: [...new Set(list.flatMap((w) => w.touched.nodes))],
    unknown: [],
  });
  const alone = new Map([one, ...at].map((w) => [w.id, downBy(m, w.touched)]));
  const found = new Map<string, Together>();
  const told = new Set<number>();
  const look = (set: Dated[], skip: ReadonlySet<number>) => {
    const own = new Set(set.flatMap((w) => alone.get(w.id)!));
    const nodes = downBy(m, union(set)).filter((v) => !own.has(v) && !skip.has(v));
    if (nodes.length === 0) return;
    const key = set.map((w) => w.id).toSorted().join(" "); // prettier-ignore
    if (!found.has(key)) found.set(key, { works: set.map((w) => w.id), nodes });
    for (const v of nodes) told.add(v);
  };
  const nobody = new Set<number>();
  for (const o of at) look([one, o], nobody);
  for (const moment of new Set([one.starts, ...at.map((o) => Math.max(o.starts, one.starts))])) {
    const set = at.filter((o) => o.starts <= moment && moment < o.ends);
    if (set.length > 1) look([one, ...set], told);
  }
  return [...found.values()];
}
