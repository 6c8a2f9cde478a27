/** A network as typed arrays: nodes are 0..size-1, links are pairs of them; parallel links are allowed, loops are not. */
export interface Graph {
  size: number;
  a: Int32Array;
  b: Int32Array;
  /** Links at a node v: `at[start[v]] … at[start[v + 1] - 1]`. */
  start: Int32Array;
  at: Int32Array;
}

export function graph(size: number, pairs: readonly (readonly [number, number])[]): Graph {
  const a = Int32Array.from(pairs, (p) => p[0]);
  const b = Int32Array.from(pairs, (p) => p[1]);
  const start = new Int32Array(size + 1);
  for (let l = 0; l < a.length; l++) {
    if (a[l] === b[l]) throw new Error("a link that begins where it ends carries nothing");
    start[a[l]! + 1]!++;
    start[b[l]! + 1]!++;
  }
  for (let v = 0; v < size; v++) start[v + 1]! += start[v]!;
  const fill = start.slice();
  const at = new Int32Array(a.length * 2);
  for (let l = 0; l < a.length; l++) {
    at[fill[a[l]!]!++] = l;
    at[fill[b[l]!]!++] = l;
  }
  return { size, a, b, start, at };
}

/** A depth-first tree from the root, with the low points of Hopcroft and Tarjan (1973). */
export interface Tree {
  graph: Graph;
  root: number;
  /** Place in preorder, -1 when the root cannot be reached at all. */
  tin: Int32Array;
  /** One past the last place of the subtree. */
  tout: Int32Array;
  order: Int32Array;
  reached: number;
  parentLink: Int32Array;
  low: Int32Array;
  /** The child a tree link leads to, -1 for a link outside the tree. */
  child: Int32Array;
}

/** Without recursion: a country's longest chain is longer than a stack. */
export function tree(g: Graph, root: number): Tree {
  const tin = new Int32Array(g.size).fill(-1);
  const tout = new Int32Array(g.size);
  const low = new Int32Array(g.size);
  const parentLink = new Int32Array(g.size).fill(-1);
  const child = new Int32Array(g.a.length).fill(-1);
  const order = new Int32Array(g.size);
  const next = g.start.slice(0, g.size);
  const stack = new Int32Array(g.size);
  let depth = 0;
  let time = 0;
  const enter = (v: number) => {
    tin[v] = low[v] = time;
    order[time++] = v;
    stack[depth++] = v;
  };
  enter(root);
  while (depth > 0) {
    const v = stack[depth - 1]!;
    if (next[v]! < g.start[v + 1]!) {
      const l = g.at[next[v]!++]!;
      if (l === parentLink[v]) continue;
      const w = g.a[l]! + g.b[l]! - v;
      if (tin[w] === -1) {
        parentLink[w] = l;
        child[l] = w;
        enter(w);
      } else if (tin[w]! < low[v]!) low[v] = tin[w]!;
    } else {
      depth--;
      tout[v] = time;
      const up = parentLink[v]!;
      if (up !== -1) {
        const u = g.a[up]! + g.b[up]! - v;
        if (low[v]! < low[u]!) low[u] = low[v]!;
      }
    }
  }
  return { graph: g, root, tin, tout, order, reached: time, parentLink, low, child };
}

/** The links whose loss alone cuts somebody off: linear time. */
export function bridges(t: Tree): number[] {
  const out: number[] = [];
  for (let i = 1; i < t.reached; i++) {
    const v = t.order[i]!;
    if (t.low[v] === i) out.push(t.parentLink[v]!);
  }
  return out;
}

/** Nodes whose loss cuts somebody else off from the root. */
export function articulationPoints(t: Tree): number[] {
  const marked = new Set<number>();
  for (let i = 1; i < t.reached; i++) {
    const v = t.order[i]!;
    const l = t.parentLink[v]!;
    const u = t.graph.a[l]! + t.graph.b[l]! - v;
    if (u !== t.root && t.low[v]! >= t.tin[u]!) marked.add(u);
  }
  return [...marked].toSorted((x, y) => x - y);
}
