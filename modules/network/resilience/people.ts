import type { Context } from "#kernel";
import { publishedServices } from "#exchange";
import { institutions } from "#registry";
import { simulateGroups, yearHours, type Availability } from "./availability.ts";
import { samples, seed } from "./figures.ts";
import type { Model } from "./model.ts";
import { round } from "./views.ts";

export interface Reached extends Availability {
  id: string;
  name: string;
  /** Hours a year without network or power. */
  hours: number;
}
export interface ReachedInstitution extends Reached {
  /** Its nodes. */
  nodes: string[];
  services: number;
}
export interface ReachedService extends Reached {
  institution: string;
  institutionName: string;
}

const sixDigits = (a: Availability) => ({
  value: round(a.value, 6),
  low: round(a.low, 6),
  high: round(a.high, 6),
  hours: round((1 - a.value) * yearHours, 1),
});
const kept = new WeakMap<Model, Map<string, Availability>>();

/** How long a year those who work there, and the services they publish on the exchange, are out of reach; the worst first. */
export async function reached(ctx: Context, m: Model): Promise<{ institutions: ReachedInstitution[]; services: ReachedService[] }> {
  const at = new Map(m.nodes.flatMap((n, v) => (n.site ? [[n.site, v] as const] : [])));
  const list = (await institutions(ctx)).flatMap((i) => {
    const nodes = i.state === "active" ? i.sites.flatMap((s) => (at.has(s.id) ? [at.get(s.id)!] : [])) : [];
    return nodes.length ? [{ id: i.id, name: ctx.say(i.name), nodes }] : [];
  });
  // the plant does not change; who stands where may: both are in the key
  const known = kept.get(m) ?? new Map<string, Availability>();
  kept.set(m, known);
  const open = [...new Map(list.map((i) => [i.nodes.join(","), i.nodes])).entries()].filter(([key]) => !known.has(key));
  const found = open.length ? simulateGroups(m.tree, m.failures, m.ownPower, open.map(([, nodes]) => nodes), { samples, seed }) : []; // prettier-ignore
  open.forEach(([key], i) => known.set(key, found[i]!));
  const published = (await publishedServices(ctx)).filter((s) => s.enabled);
  const by = Map.groupBy(published, (s) => s.institution);
  const all = list.map((i): ReachedInstitution => ({
    id: i.id,
    name: i.name,
    ...sixDigits(known.get(i.nodes.join(","))!),
    nodes: i.nodes.map((v) => m.nodes[v]!.id),
    services: by.get(i.id)?.length ?? 0,
  }));
  const worst = <R extends Reached>(rows: R[]) => rows.toSorted((x, y) => x.value - y.value || (x.id < y.id ? -1 : 1));
  const services = all.flatMap((i) =>
    (by.get(i.id) ?? []).map((s): ReachedService => {
      const { value, low, high, hours } = i;
      return { id: s.id, name: ctx.say(s.title), value, low, high, hours, institution: i.id, institutionName: i.name };
    }),
  );
  return { institutions: worst(all), services: worst(services) };
}
