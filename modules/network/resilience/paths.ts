import type { Graph } from "./graph.ts";

interface Heap {
  push(key: number, value: number): void;
  pop(): [number, number] | undefined;
}

export function heap(): Heap {
  const items: [number, number][] = [];
  return {
    push(key, value) {
      let i = items.push([key, value]) - 1;
      while (i > 0) {
        const up = (i - 1) >> 1;
        if (items[up]![0] <= items[i]![0]) break;
        [items[up], items[i]] = [items[i]!, items[up]!];
        i = up;
      }
    },
    pop() {
      const top = items[0];
      const last = items.pop();
      if (!top || !last || items.length === 0) return top;
      items[0] = last;
      for (let i = 0; ;) {
        const left = 2 * i + 1;
        if (left >= items.length) return top;
        const small = left + 1 < items.length && items[left + 1]![0] < items[left]![0] ? left + 1 : left;
        if (items[i]![0] <= items[small]![0]) return top;
        [items[i], items[small]] = [items[small]!, items[i]!];
        i = small;
      }
    },
  };
}

/** Least lengths from one node to all (Dijkstra); Infinity where no way leads. */
export function distances(g: Graph, length: ArrayLike<number>, from: number): Float64Array {
  const far = new Float64Array(g.size).fill(Infinity);
  far[from] = 0;
  const queue = heap();
  queue.push(0, from);
  for (let top = queue.pop(); top; top = queue.pop()) {
    const [d, v] = top;
    if (d > far[v]!) continue;
    for (let k = g.start[v]!; k < g.start[v + 1]!; k++) {
      const l = g.at[k]!;
      const w = g.a[l]! + g.b[l]! - v;
      if (d + length[l]! >= far[w]!) continue;
      far[w] = d + length[l]!;
      queue.push(far[w]!, w);
    }
  }
  return far;
}

/**
 * Two link-disjoint paths of least total length (Suurballe 1974, in the form of Suurballe and Tarjan 1984), as lists of links
 * from `from` to `to`; one path when there are no two; none when they are not joined. Lengths must not be negative.
 */
export function disjointPaths(g: Graph, length: ArrayLike<number>, from: number, to: number): number[][] {
  if (from === to) return [];
  const potential = new Float64Array(g.size);
  // the links of the flow so far: +1 taken from a to b, -1 taken from b to a
  const flow = new Int8Array(g.a.length);
  for (let round = 0; round < 2; round++) {
    const far = new Float64Array(g.size).fill(Infinity);
    const back = new Int32Array(g.size).fill(-1);
    far[from] = 0;
    const queue = heap();
    queue.push(0, from);
    for (let top = queue.pop(); top; top = queue.pop()) {
      const [d, v] = top;
      if (d > far[v]!) continue;
      for (let k = g.start[v]!; k < g.start[v + 1]!; k++) {
        const l = g.at[k]!;
        const w = g.a[l]! + g.b[l]! - v;
        const way = g.a[l] === v ? 1 : -1;
        if (flow[l] === way) continue;
        const cost = flow[l] === -way ? -length[l]! : length[l]!;
        const nd = d + Math.max(0, cost + potential[v]! - potential[w]!);
        if (nd < far[w]!) {
          far[w] = nd;
          back[w] = l;
          queue.push(nd, w);
        }
      }
    }
    if (far[to] === Infinity) break;
    for (let v = 0; v < g.size; v++) potential[v]! += Math.min(far[v]!, far[to]!);
    for (let v = to; v !== from;) {
      const l = back[v]!;
      const u = g.a[l]! + g.b[l]! - v;
      flow[l] = flow[l] === 0 ? (g.a[l] === u ? 1 : -1) : 0;
      v = u;
    }
  }
  return unravel(g, flow, from, to);
}

function unravel(g: Graph, flow: Int8Array, from: number, to: number): number[][] {
  const left = flow.slice();
  const paths: number[][] = [];
  for (;;) {
    const path: number[] = [];
    let v = from;
    while (v !== to) {
      let chosen = -1;
      for (let k = g.start[v]!; k < g.start[v + 1]! && chosen === -1; k++) {
        const l = g.at[k]!;
        if (left[l] === (g.a[l] === v ? 1 : -1)) chosen = l;
      }
      if (chosen === -1) return paths;
      left[chosen] = 0;
      path.push(chosen);
      v = g.a[chosen]! + g.b[chosen]! - v;
    }
    paths.push(path);
  }
}
