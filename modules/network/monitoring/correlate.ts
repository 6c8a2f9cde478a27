import { cutter } from "../resilience/cuts.ts";
import type { Model } from "../resilience/model.ts";
import { candidatesOf, type Candidate } from "./candidates.ts";
import { mayBeDown, togetherMs, type Cause } from "./cause.ts";
import { silentCauses } from "./silence.ts";
import type { Sightings } from "./sightings.ts";
import type { CauseKind, Suspect } from "./shapes.ts";

/** What most likely happened: one of it is one alarm, whatever it silences. */
export interface Finding extends Suspect {
  /** Milliseconds since 1970, as measured. */
  began: number;
  /** Causes that would look the same. */
  others: Suspect[];
  /** Ids of the spans seen down, of the nodes not heard. */
  spans: string[];
  silent: string[];
  /** Ids of the nodes that have no network by it. */
  down: string[];
  /** How it is known. */
  by: "carrier" | "adjacency" | "silence" | "words" | "figures";
  /** For figures: what was measured and the bound it crossed; for power: percent left. */
  value?: number;
  bound?: number;
}

/** Below this charge a battery is nearly gone, percent. */
const nearlyEmpty = 20;

/**
 * The fewest likely causes of what is seen. Pure: the same sightings in whatever order give the same answer, and a
 * sighting less only makes it less sure. Links seen down come first; places not heard are explained by them where the
 * plant says they would fall; what is left is sought above the silent places; a place alone is a silent agent.
 */
export function correlate(m: Model, s: Sightings): Finding[] {
  const down = new Map<number, { since: number; carrier: boolean }>();
  const up = new Set<number>();
  for (const x of s.links) {
    if (x.up) up.add(x.link);
    else {
      const before = down.get(x.link);
      down.set(x.link, { since: Math.min(x.since, before?.since ?? s.at, s.at), carrier: x.carrier && (before?.carrier ?? true) });
    }
  }
  // one end that lost its neighbour is enough: the other end's word may be older
  for (const l of down.keys()) up.delete(l);
  const silent = [...s.nodes].filter(([, n]) => n.state === "silent").map(([v]) => v);
  if (silent.length >= 3 && silent.length === s.nodes.size) return [nobody(m, s, silent)];

  const causes = linkCauses(m, s, down, up);
  const falls = cutter(m.tree);
  const left = silentCauses(m, s, { causes, up, silent, falls });
  const downOf = attribute(m, causes, falls);
  const id = (v: number) => m.nodes[v]!.id;
  const found = causes.map((c, i): Finding => {
    const end = lastWords(m, s, c);
    const kinds = c.seen.map((l) => down.get(l)!);
    const [kind, element] = end === undefined ? [kindOf(c, kinds), c.candidate.element] : ["power" as const, id(end)];
    return {
      kind,
      element,
      began: c.began,
      others: c.others.map((o): Suspect => ({ kind: kindOf({ candidate: o }, kinds), element: o.element })),
      spans: c.seen.map((l) => m.spans[l]!.id).toSorted(),
      silent: c.silent.map(id).toSorted(),
      down: downOf[i]!.map(id).toSorted(),
      by: c.seen.length === 0 ? "silence" : kinds.every((k) => k.carrier) ? "adjacency" : "carrier",
    };
  });
  for (const v of left) {
    const n = s.nodes.get(v)!;
    // a way that lives reaches it: then nobody speaks there, and that is all
    const power =
      n.power?.source === "battery" &&
      !candidatesOf(m)
        .node(v)
        .links.some((l) => up.has(l));
    found.push({
      kind: power ? "power" : "silent-agent",
      element: id(v),
      began: n.at,
      others: [],
      spans: [],
      silent: [id(v)],
      down: power ? [id(v)] : [],
      by: power ? "words" : "silence",
      ...(n.power?.charge === undefined || !power ? {} : { value: n.power.charge }),
    });
  }
  for (const [v, n] of s.nodes) {
    if (n.state === "silent" || n.power?.source !== "battery") continue;
    const charge = n.power.charge;
    found.push({
      kind: "power",
      element: id(v),
      began: n.batterySince ?? n.at,
      others: [],
      spans: [],
      silent: [],
      down: [],
      by: "words",
      ...(charge === undefined ? {} : { value: charge, bound: nearlyEmpty }),
    });
  }
  return found.toSorted((x, y) => x.began - y.began || (x.element < y.element ? -1 : 1));
}

/** The links seen down, by as few causes as the plant allows. */
function linkCauses(m: Model, s: Sightings, down: ReadonlyMap<number, { since: number }>, up: ReadonlySet<number>): Cause[] {
  const all = candidatesOf(m);
  const open = new Set([...down.keys()].toSorted((x, y) => x - y));
  const wide = new Set<Candidate>();
  for (const l of open) {
    for (const d of all.ducts(l)) wide.add(d);
    for (const v of [m.graph.a[l]!, m.graph.b[l]!]) if (v < m.root && mayBeDown(s, v)) wide.add(all.node(v));
  }
  const possible = [...wide].filter((c) => !c.links.some((l) => up.has(l)));
  const out: Cause[] = [];
  for (;;) {
    let best: { c: Candidate; seen: number[] } | undefined;
    const same: Candidate[] = [];
    for (const c of possible) {
      const seen = together(c.links.filter((l) => open.has(l)), down); // prettier-ignore
      if (seen.length < 2 || (best && seen.length < best.seen.length)) continue;
      if (best && seen.length === best.seen.length) {
        if (seen.every((l) => best!.seen.includes(l))) same.push(c);
        if (!better(c, best.c)) continue;
        same.push(best.c);
      } else same.length = 0;
      best = { c, seen };
    }
    if (!best) break;
    const { c, seen } = best;
    for (const l of seen) open.delete(l);
    out.push({ candidate: c, seen, silent: [], began: since(seen, down), others: same.filter((x) => x !== c && seen.every((l) => x.links.includes(l))) }); // prettier-ignore
  }
  for (const l of open) {
    const far = [m.graph.a[l]!, m.graph.b[l]!].filter((v) => v < m.root && s.nodes.get(v)?.state === "silent").map((v) => all.node(v));
    out.push({ candidate: all.span(l), seen: [l], silent: [], began: down.get(l)!.since, others: far.filter((c) => !c.links.some((x) => up.has(x))) }); // prettier-ignore
  }
  return out;
}

/** Of two that explain the same links: the one that claims least beyond, then the one that happens more often. */
function better(x: Candidate, y: Candidate): boolean {
  if (x.links.length !== y.links.length) return x.links.length < y.links.length;
  return x.rate !== y.rate ? x.rate > y.rate : x.element < y.element;
}

/** The most of these links that went down at about the same time. */
function together(links: readonly number[], down: ReadonlyMap<number, { since: number }>): number[] {
  const list = links.toSorted((x, y) => down.get(x)!.since - down.get(y)!.since);
  let best: number[] = [];
  for (let from = 0, to = 0; from < list.length; from++) {
    while (to < list.length && down.get(list[to]!)!.since - down.get(list[from]!)!.since <= togetherMs) to++;
    if (to - from > best.length) best = list.slice(from, to);
  }
  return best;
}
const since = (links: readonly number[], down: ReadonlyMap<number, { since: number }>) => Math.min(...links.map((l) => down.get(l)!.since)); // prettier-ignore

/** The place all this hangs on said it ran on its battery before it fell silent. */
function lastWords(m: Model, s: Sightings, c: Cause): number | undefined {
  const ends = c.candidate.node === undefined ? c.candidate.links.flatMap((l) => [m.graph.a[l]!, m.graph.b[l]!]) : [c.candidate.node];
  return ends.find((v) => {
    const n = s.nodes.get(v);
    const touches = (l: number) => m.graph.a[l] === v || m.graph.b[l] === v;
    return n?.state === "silent" && n.power?.source === "battery" && c.candidate.links.every(touches);
  });
}

function kindOf(c: { candidate: Candidate }, kinds: readonly { carrier: boolean }[]): CauseKind {
  if (c.candidate.kind === "node") return "node-down";
  return kinds.length > 0 && kinds.every((k) => k.carrier) ? "link-down" : "cut";
}

/** Who has no network by each: with all that failed, those who would have one without this cause; and whom it takes down alone. */
function attribute(m: Model, causes: readonly Cause[], falls: (cut: readonly number[]) => Int32Array): number[][] {
  const fallen = (list: readonly Cause[]) => {
    const out = new Set(falls([...new Set(list.flatMap((c) => [...c.candidate.links]))]));
    for (const c of list) if (c.candidate.node !== undefined) out.add(c.candidate.node);
    return out;
  };
  const whole = fallen(causes);
  // beyond this many at once only what each does alone is told
  const few = causes.length <= 100;
  return causes.map((c) => {
    const own = fallen([c]);
    if (few && causes.length > 1) {
      const without = fallen(causes.filter((x) => x !== c));
      for (const v of whole) if (!without.has(v)) own.add(v);
    }
    return [...own].filter((v) => v < m.root);
  });
}

/** Nobody is heard any more: the way to us, not each of them. */
function nobody(m: Model, s: Sightings, silent: readonly number[]): Finding {
  const core = m.nodes.find((n) => n.kind === "core") ?? m.nodes[0]!;
  return {
    kind: "silent-agent",
    element: core.id,
    began: Math.min(...silent.map((v) => s.nodes.get(v)!.at)),
    others: [],
    spans: [],
    silent: silent.map((v) => m.nodes[v]!.id).toSorted(),
    down: [],
    by: "silence",
  };
}
