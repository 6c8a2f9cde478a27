import { cutter } from "./cuts.ts";
import { graph, tree, type Graph } from "./graph.ts";

export interface Candidate {
  a: number;
  b: number;
  km: number;
}
/** A cut that may happen: the links it takes and the hours a year it lasts. */
export interface Risk {
  links: readonly number[];
  hours: number;
}
export interface Step extends Candidate {
  /** Site-hours a year that this stretch saves. */
  saved: number;
  /** Nodes that no longer fall by any one cut that took them down before. */
  freed: number[];
  /** Nodes that fall less often or with fewer cuts than before. */
  helped: number[];
}

/** Which nodes fall by each risk, and in which piece: a piece is rescued whole by one link to somebody who stands. */
function losses(g: Graph, root: number, risks: readonly Risk[]) {
  const falls = cutter(tree(g, root));
  return risks.flatMap((risk) => {
    const fallen = falls(risk.links);
    if (fallen.length === 0) return [];
    const piece = new Int32Array(g.size).fill(-1);
    for (const v of fallen) piece[v] = -2;
    const cut = new Set(risk.links);
    const pieces: number[][] = [];
    for (const first of fallen) {
      if (piece[first] !== -2) continue;
      const members = [first];
      piece[first] = pieces.length;
      for (let i = 0; i < members.length; i++) {
        const v = members[i]!;
        for (let k = g.start[v]!; k < g.start[v + 1]!; k++) {
          const l = g.at[k]!;
          const w = g.a[l]! + g.b[l]! - v;
          if (cut.has(l) || piece[w] !== -2) continue;
          piece[w] = pieces.length;
          members.push(w);
        }
      }
      pieces.push(members);
    }
    return [{ risk, piece, pieces }];
  });
}

/** Weight-hours a year lost to single events: what the plan lowers. */
export function expectedLoss(g: Graph, root: number, risks: readonly Risk[], weight: ArrayLike<number>): number {
  const falls = cutter(tree(g, root));
  let sum = 0;
  for (const risk of risks) for (const v of falls(risk.links)) sum += weight[v]! * risk.hours;
  return sum;
}

/**
 * The best next stretches under a budget: each time the one that saves most per kilometre (or most of all, for `by: "whole"`),
 * seen from the network as it then stands. New stretches are taken to run in ground of their own.
 */
export function nextKilometres(
  g: Graph,
  root: number,
  risks: readonly Risk[],
  weight: ArrayLike<number>,
  candidates: readonly Candidate[],
  o: { budgetKm: number; most: number; by?: "kilometre" | "whole" },
): { steps: Step[]; before: number; after: number } {
  const pairs: [number, number][] = Array.from(g.a, (a, l) => [a, g.b[l]!]);
  const before = expectedLoss(g, root, risks, weight);
  const steps: Step[] = [];
  let left = o.budgetKm;
  let now = g;
  const worth = (c: Candidate, saved: number) => (o.by === "whole" ? saved : saved / c.km);
  while (steps.length < o.most) {
    const lost = losses(now, root, risks).map((one) => ({
      ...one,
      weights: one.pieces.map((members) => members.reduce((sum, v) => sum + weight[v]!, 0)),
    }));
    let best: { c: Candidate; saved: number } | undefined;
    for (const c of candidates) {
      if (c.km > left || c.km <= 0) continue;
      let saved = 0;
      for (const { risk, piece, weights } of lost) {
        const [x, y] = [piece[c.a]!, piece[c.b]!];
        if (x === -1 && y >= 0) saved += weights[y]! * risk.hours;
        else if (y === -1 && x >= 0) saved += weights[x]! * risk.hours;
      }
      if (saved > 0 && (!best || worth(c, saved) > worth(best.c, best.saved))) best = { c, saved };
    }
    if (!best) break;
    const { c, saved } = best;
    const helped = new Set<number>();
    const still = new Set<number>();
    for (const { piece, pieces } of lost) {
      const rescued = piece[c.a] === -1 ? piece[c.b]! : piece[c.b] === -1 ? piece[c.a]! : -1;
      pieces.forEach((members, i) => members.forEach((v) => (i === rescued ? helped : still).add(v)));
    }
    steps.push({ ...c, saved, helped: [...helped], freed: [...helped].filter((v) => !still.has(v)) });
    left -= c.km;
    pairs.push([c.a, c.b]);
    now = graph(g.size, pairs);
  }
  return { steps, before, after: expectedLoss(now, root, risks, weight) };
}
