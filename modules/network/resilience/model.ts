import type { Cable, Circuit, Node, Plant, Point } from "../plant/shapes.ts";
import { metres } from "../plant/rules.ts";
import { unavailability, yearHours, type Event } from "./availability.ts";
import { cutter } from "./cuts.ts";
import { graph, tree, type Graph, type Tree } from "./graph.ts";
import type { Candidate, Risk } from "./next.ts";

/** Cuts a year on 1000 km and hours to repair where the plant says nothing: a published average, to be replaced by one's own. */
export const defaults = { rate: 2.73, repair: 12 };
/** A new route is longer than the straight line by about this much in a town's streets. */
export const detour = 1.3;

export type Span = (Cable & { kind: "cable" }) | (Circuit & { kind: "circuit" });

/** Something that fails by itself: the part of a span that lies alone, a shared duct or bridge, the power of a hub. */
export interface Failure extends Event {
  kind: "span" | "duct" | "bridge" | "poles" | "power";
  id: string;
  name: string;
  /** Times a year. */
  rate: number;
  /** Hours each time. */
  repair: number;
  fallen: Int32Array;
}

export interface Model {
  plant: Plant;
  nodes: Node[];
  spans: Span[];
  at: Map<string, number>;
  span: Map<string, number>;
  graph: Graph;
  tree: Tree;
  root: number;
  /** 1 for a place where somebody works, 0 for a joint or an empty hub. */
  weight: Float64Array;
  failures: Failure[];
  ownPower: Float64Array;
  length: Float64Array;
}

export function model(plant: Plant): Model {
  const nodes = plant.node;
  const at = new Map(nodes.map((n, i) => [n.id, i]));
  const spans: Span[] = [
    ...plant.cable.map((c) => ({ ...c, kind: "cable" as const })),
    ...plant.circuit.map((c) => ({ ...c, kind: "circuit" as const })),
  ];
  const root = nodes.length;
  const cores = nodes.flatMap((n, i) => (n.kind === "core" ? [i] : []));
  // each core twice, so that two disjoint ways may end at the same one
  const pairs = [...spans.map((s) => [at.get(s.a)!, at.get(s.b)!] as const), ...[...cores, ...cores].map((v) => [root, v] as const)];
  const g = graph(nodes.length + 1, pairs);
  const t = tree(g, root);
  const weight = new Float64Array(g.size);
  nodes.forEach((n, i) => (weight[i] = n.kind === "site" || (n.establishments ?? 0) > 0 ? 1 : 0));
  const m = {
    plant,
    nodes,
    spans,
    at,
    span: new Map(spans.map((s, i) => [s.id, i])),
    graph: g,
    tree: t,
    root,
    weight,
    ownPower: Float64Array.from(nodes, (n) => (n.kind === "site" || n.kind === "joint" ? (n.power ?? 0) / yearHours : 0)),
    length: Float64Array.from(pairs, (_, l) => spans[l]?.length ?? 0),
  };
  return { ...m, failures: failuresOf(m) };
}

/** One list of all that fails by itself, each with whom it takes down. */
function failuresOf(m: Omit<Model, "failures">): Failure[] {
  const falls = cutter(m.tree);
  const ducts = new Map(m.plant.duct.map((d) => [d.id, d]));
  const inDuct = new Map<string, number[]>();
  const out: Failure[] = [];
  const add = (f: Omit<Failure, "p" | "fallen">, p = unavailability(f.rate, f.repair)) => out.push({ ...f, p, fallen: falls(f.links) });
  m.spans.forEach((s, l) => {
    const shared = s.ducts.reduce((sum, d) => sum + (ducts.get(d)?.length ?? 0), 0);
    for (const d of s.ducts) inDuct.set(d, [...(inDuct.get(d) ?? []), l]);
    const own = Math.max(0, s.length - shared) / 1e6;
    add({
      kind: "span",
      id: s.id,
      name: spanName(m, s),
      links: [l],
      rate: own * (s.rate ?? defaults.rate),
      repair: s.repair ?? defaults.repair,
    });
  });
  for (const d of m.plant.duct) {
    const links = inDuct.get(d.id);
    if (!links) continue;
    const rate = (d.length / 1e6) * (d.rate ?? defaults.rate);
    add({ kind: d.kind, id: d.id, name: d.name, links, rate, repair: d.repair ?? defaults.repair });
  }
  m.nodes.forEach((n, v) => {
    if ((n.kind !== "hub" && n.kind !== "core") || !n.power) return;
    const links = [...m.graph.at.subarray(m.graph.start[v]!, m.graph.start[v + 1]!)];
    // hours a year are what is known of power: one stretch of them, however often it comes
    add({ kind: "power", id: n.id, name: n.name, links, rate: 1, repair: n.power }, n.power / yearHours);
  });
  return out;
}

export function spanName(m: Pick<Model, "nodes" | "at">, s: Span): string {
  return s.name ?? `${m.nodes[m.at.get(s.a)!]?.name ?? s.a} – ${m.nodes[m.at.get(s.b)!]?.name ?? s.b}`;
}

/** The failures a digger at this span may cause: the span's own ground and every duct it shares. */
export function failuresOfSpan(m: Model, link: number): Failure[] {
  return m.failures.filter((f) => f.kind !== "power" && f.links.includes(link));
}

export function sitesIn(m: Model, fallen: Iterable<number>): number {
  let n = 0;
  for (const v of fallen) n += m.weight[v]!;
  return n;
}

/** The plan weighs this many failures, the costliest: more than any country here has, and a bound on memory for larger ones. */
const mostWeighed = 1500;

function costliest(m: Model): Failure[] {
  const cost = (f: Failure) => sitesIn(m, f.fallen) * f.rate * f.repair;
  const all = m.failures.filter((f) => f.kind !== "power" && f.rate > 0 && f.fallen.length > 0);
  return all.length <= mostWeighed ? all : all.toSorted((x, y) => cost(y) - cost(x)).slice(0, mostWeighed);
}

/** What can be dug up and takes somebody down, with how many hours a year it lasts. */
export function risks(m: Model): Risk[] {
  return costliest(m).map((f) => ({ links: f.links, hours: f.rate * f.repair }));
}

const point = (n: Node): Point => [n.lon, n.lat];
const mostStarts = 1500;
const neighbours = 10;

/** New stretches worth a thought: from each node that some cut takes down to the nearest ones that hold. */
export function candidates(m: Model, budgetKm: number, only?: ReadonlySet<number>): Candidate[] {
  const loss = new Map<number, number>();
  const failed = costliest(m);
  const falls = failed.map((f) => {
    const mark = new Uint8Array(m.root + 1);
    for (const v of f.fallen) mark[v] = 1;
    return mark;
  });
  for (const f of failed) for (const v of f.fallen) loss.set(v, (loss.get(v) ?? 0) + f.rate * f.repair);
  const starts = [...loss]
    .filter(([v]) => v < m.root && (!only || only.has(v)))
    .toSorted((x, y) => y[1] - x[1])
    .slice(0, mostStarts);
  const out = new Map<string, Candidate>();
  for (const [v] of starts) {
    const together = falls.filter((mark) => mark[v] === 1);
    const near: { w: number; km: number }[] = [];
    for (let w = 0; w < m.root; w++) {
      if (w === v || m.tree.tin[w] === -1) continue;
      const km = Math.max(0.05, (detour * metres(point(m.nodes[v]!), point(m.nodes[w]!))) / 1000);
      if (km <= budgetKm) near.push({ w, km: Math.round(km * 100) / 100 });
    }
    let kept = 0;
    for (const { w, km } of near.toSorted((x, y) => x.km - y.km)) {
      if (!together.some((mark) => mark[w] === 0)) continue;
      out.set(v < w ? `${v}-${w}` : `${w}-${v}`, { a: v, b: w, km });
      if (++kept === neighbours) break;
    }
  }
  return [...out.values()];
}
