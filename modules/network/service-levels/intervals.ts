/** Half-open intervals of milliseconds. A set is sorted, and its members neither touch nor overlap. Pure. */
export type Interval = readonly [from: number, to: number];
export type Intervals = readonly Interval[];

export function union(...lists: readonly Intervals[]): Interval[] {
  const out: [number, number][] = [];
  for (const [from, to] of lists
    .flat()
    .filter(([a, b]) => b > a)
    .toSorted((x, y) => x[0] - y[0])) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/** What both sets hold. */
export function common(a: Intervals, b: Intervals): Interval[] {
  const out: Interval[] = [];
  for (let i = 0, k = 0; i < a.length && k < b.length;) {
    const [from, to] = [Math.max(a[i]![0], b[k]![0]), Math.min(a[i]![1], b[k]![1])];
    if (to > from) out.push([from, to]);
    if (a[i]![1] < b[k]![1]) i++;
    else k++;
  }
  return out;
}

/** What `a` holds and `b` does not. */
export function without(a: Intervals, b: Intervals): Interval[] {
  const out: Interval[] = [];
  let k = 0;
  for (const [from, to] of a) {
    let at = from;
    while (k < b.length && b[k]![1] <= at) k++;
    for (let n = k; n < b.length && b[n]![0] < to; n++) {
      if (b[n]![0] > at) out.push([at, b[n]![0]]);
      at = Math.max(at, b[n]![1]);
    }
    if (at < to) out.push([at, to]);
  }
  return out;
}

export const total = (list: Intervals): number => list.reduce((sum, [from, to]) => sum + to - from, 0);

/** The first `ms` of a set. */
export function first(list: Intervals, ms: number): Interval[] {
  const out: Interval[] = [];
  for (const [from, to] of list) {
    if (ms <= 0) break;
    out.push([from, Math.min(to, from + ms)]);
    ms -= to - from;
  }
  return out;
}
