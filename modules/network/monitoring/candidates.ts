import type { Model } from "../resilience/model.ts";

/** One thing that may have failed, and the links it takes down. */
export interface Candidate {
  kind: "span" | "duct" | "node";
  /** Id in the plant. */
  element: string;
  links: readonly number[];
  /** The place that would be down itself. */
  node?: number;
  /** How often it happens in a year: decides between two that explain the same. */
  rate: number;
}

export interface Candidates {
  span(link: number): Candidate;
  /** Ground that this link shares with others. */
  ducts(link: number): readonly Candidate[];
  node(v: number): Candidate;
}

const kept = new WeakMap<Model, Candidates>();

/** What may fail in this plant, by link and by place: worked out once a revision. */
export function candidatesOf(m: Model): Candidates {
  let c = kept.get(m);
  if (c) return c;
  const spans: Candidate[] = [];
  const byLink = new Map<number, Candidate[]>();
  const power = new Map<string, number>();
  for (const f of m.failures) {
    if (f.kind === "span") spans[f.links[0]!] = { kind: "span", element: f.id, links: f.links, rate: f.rate };
    else if (f.kind === "power") power.set(f.id, f.rate);
    else {
      const links = [...new Set(f.links)];
      const duct: Candidate = { kind: "duct", element: f.id, links, rate: f.rate };
      // ground of one span only is that span
      if (links.length > 1) for (const l of links) byLink.set(l, [...(byLink.get(l) ?? []), duct]);
    }
  }
  const nodes = new Map<number, Candidate>();
  c = {
    span: (l) => spans[l]!,
    ducts: (l) => byLink.get(l) ?? [],
    node(v) {
      let n = nodes.get(v);
      if (!n) {
        const links = [...m.graph.at.subarray(m.graph.start[v]!, m.graph.start[v + 1]!)];
        nodes.set(v, (n = { kind: "node", element: m.nodes[v]!.id, links, node: v, rate: power.get(m.nodes[v]!.id) ?? 0 }));
      }
      return n;
    },
  };
  kept.set(m, c);
  return c;
}
