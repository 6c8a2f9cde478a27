import { bridges, type Tree } from "./graph.ts";

/**
 * Who loses the root when all these links are cut at once: exact, for any set. Only the subtrees below the cut tree links
 * are walked: nobody else can fall.
 */
export function cutter(t: Tree): (cut: readonly number[]) => Int32Array {
  const g = t.graph;
  const inside = new Int32Array(g.size);
  const severed = new Int32Array(g.a.length);
  const stack = new Int32Array(g.size);
  const none = new Int32Array(0);
  let stamp = 0;
  return (cut) => {
    const heads: number[] = [];
    for (const l of cut) if (t.child[l] !== -1) heads.push(t.child[l]!);
    if (heads.length === 0) return none;
    if (cut.length === 1) {
      const v = heads[0]!;
      return t.low[v] === t.tin[v] ? t.order.subarray(t.tin[v]!, t.tout[v]!) : none;
    }
    // `stamp` marks the affected region, `stamp + 1` those of it that still hold on
    stamp += 2;
    for (const l of cut) severed[l] = stamp;
    heads.sort((x, y) => t.tin[x]! - t.tin[y]!);
    const parts: [number, number][] = [];
    let end = -1;
    for (const v of heads) {
      if (t.tin[v]! < end) continue;
      end = t.tout[v]!;
      parts.push([t.tin[v]!, end]);
      for (let i = t.tin[v]!; i < end; i++) inside[t.order[i]!] = stamp;
    }
    let depth = 0;
    const hold = (v: number) => {
      inside[v] = stamp + 1;
      stack[depth++] = v;
    };
    for (const [from, to] of parts)
      for (let i = from; i < to; i++) {
        const v = t.order[i]!;
        if (inside[v] !== stamp) continue;
        for (let k = g.start[v]!; k < g.start[v + 1]!; k++) {
          const l = g.at[k]!;
          if (severed[l] === stamp || inside[g.a[l]! + g.b[l]! - v]! >= stamp) continue;
          hold(v);
          break;
        }
        while (depth > 0) {
          const u = stack[--depth]!;
          for (let k = g.start[u]!; k < g.start[u + 1]!; k++) {
            const l = g.at[k]!;
            const w = g.a[l]! + g.b[l]! - u;
            if (severed[l] !== stamp && inside[w] === stamp) hold(w);
          }
        }
      }
    const out: number[] = [];
    for (const [from, to] of parts) for (let i = from; i < to; i++) if (inside[t.order[i]!] === stamp) out.push(t.order[i]!);
    return Int32Array.from(out);
  };
}

/** How much falls (by weight) with each link alone: all links in linear time. */
export function singleCuts(t: Tree, weight: ArrayLike<number>): Float64Array {
  const lost = new Float64Array(t.graph.a.length);
  const sums = new Float64Array(t.reached + 1);
  for (let i = 0; i < t.reached; i++) sums[i + 1] = sums[i]! + weight[t.order[i]!]!;
  for (const l of bridges(t)) {
    const v = t.child[l]!;
    lost[l] = sums[t.tout[v]!]! - sums[t.tin[v]!]!;
  }
  return lost;
}

export interface DoubleCut {
  first: number;
  second: number;
  /** Weight that falls beyond what each of the two takes down by itself. */
  extra: number;
  fallen: Int32Array;
}

/**
 * Pairs of events that together take down more than they do apart, heaviest first. `most` bounds the pairs looked at; the
 * answer says whether all were.
 */
export function doubleCuts(
  t: Tree,
  events: readonly (readonly number[])[],
  weight: ArrayLike<number>,
  o: { most: number; keep: number },
): { cuts: DoubleCut[]; examined: number; complete: boolean } {
  const falls = cutter(t);
  const alone = events.map((e) => new Set(falls(e)));
  const touching = events.map((e) => e.some((l) => t.child[l] !== -1));
  let found: DoubleCut[] = [];
  let examined = 0;
  for (let i = 0; i < events.length; i++)
    for (let j = i + 1; j < events.length; j++) {
      if (examined >= o.most) return { cuts: best(found, o.keep), examined, complete: false };
      examined++;
      if (!touching[i] && !touching[j]) continue;
      const fallen = falls([...events[i]!, ...events[j]!]);
      if (fallen.length <= Math.max(alone[i]!.size, alone[j]!.size)) continue;
      let extra = 0;
      for (const v of fallen) if (!alone[i]!.has(v) && !alone[j]!.has(v)) extra += weight[v]!;
      if (extra > 0) found.push({ first: i, second: j, extra, fallen });
      if (found.length > 4 * o.keep + 1000) found = best(found, o.keep);
    }
  return { cuts: best(found, o.keep), examined, complete: true };
}

function best(list: DoubleCut[], keep: number): DoubleCut[] {
  return list.toSorted((x, y) => y.extra - x.extra || x.first - y.first || x.second - y.second).slice(0, keep);
}
