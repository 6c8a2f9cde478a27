/** From rows to sightings: who is heard, what the ends of links say, and what a simulation adds. Pure. */
import { linkInterface } from "../intent/names.ts";
import type { SimulatedSite } from "../ports.ts";
import type { Model } from "../resilience/model.ts";
import type { Policy } from "./policy.ts";
import type { LinkSight, NodeSight, Sightings } from "./sightings.ts";
import type { Seen } from "./store-measured.ts";

const names = new WeakMap<Model, Map<string, number>>();
/** The link an interface belongs to: its name is the same at both ends. */
export function linkOf(m: Model, name: string): number | undefined {
  let map = names.get(m);
  if (!map) names.set(m, (map = new Map(m.spans.map((s, l) => [linkInterface(s.kind, s.id), l]))));
  return map.get(name);
}

export interface Gathered {
  sightings: Sightings;
  /** Links that an agent sees up. */
  up: number[];
  /** Nodes and links of which real agents speak. */
  real: { nodes: ReadonlySet<number>; links: ReadonlySet<number> };
}

/**
 * `since`: when this process began to listen; nobody is silent before he had the time to speak, unless he was silent already.
 * A span that was never up is not in service: it is not down either.
 */
export function gather(
  m: Model,
  o: {
    at: number;
    since: number;
    seen: readonly Seen[];
    simulated: readonly SimulatedSite[];
    inService: ReadonlySet<string>;
    wasSilent: ReadonlySet<string>;
    policy: Policy;
  },
): Gathered {
  const nodes = new Map<number, NodeSight>();
  const links: LinkSight[] = [];
  const up: number[] = [];
  const real = { nodes: new Set<number>(), links: new Set<number>() };
  for (const s of o.seen) {
    const v = m.at.get(s.node);
    if (v === undefined || s.heardAt === null) continue;
    const heardAt = s.heardAt.getTime();
    const age = (o.at - Math.max(heardAt, o.wasSilent.has(s.node) ? 0 : o.since)) / 1000;
    const state = age > o.policy.silent ? "silent" : age > o.policy.late ? "late" : "heard";
    real.nodes.add(v);
    nodes.set(v, {
      state,
      at: heardAt,
      ...(s.power ? { power: s.power } : {}),
      ...(s.batterySince ? { batterySince: s.batterySince.getTime() } : {}),
    });
    if (state === "silent") continue;
    for (const l of s.links ?? []) {
      const link = linkOf(m, l.name);
      if (link === undefined || (m.graph.a[link] !== v && m.graph.b[link] !== v)) continue;
      real.links.add(link);
      if (l.up) up.push(link);
      // a word of a while ago that all was well proves nothing
      if (l.up ? state !== "heard" : !o.inService.has(m.spans[link]!.id)) continue;
      links.push({ link, node: v, up: l.up, carrier: l.carrier, since: Math.min(o.at, Date.parse(l.since)) });
    }
  }
  for (const s of o.simulated) {
    const v = m.at.get(s.node);
    if (v === undefined || nodes.has(v)) continue;
    const age = (o.at - s.at) / 1000;
    nodes.set(v, { state: s.heard ? "heard" : age > o.policy.silent ? "silent" : "late", at: s.at, power: s.power, ...(s.batterySince === undefined ? {} : { batterySince: s.batterySince }) }); // prettier-ignore
    if (!s.heard) continue;
    for (const l of s.links) {
      const link = m.span.get(l.span);
      if (link !== undefined) links.push({ link, node: v, up: l.up, carrier: l.carrier, since: l.since });
    }
  }
  return { sightings: { at: o.at, nodes, links }, up, real };
}
