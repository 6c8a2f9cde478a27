import { simulate, type Availability } from "./availability.ts";
import { sitesIn, type Model } from "./model.ts";
import { round } from "./views.ts";

export const samples = 100_000;
export const seed = 1;
const simulated = new WeakMap<Model, Availability[]>();

/** By simulation; the usual number of samples is kept as long as the plant stands. */
export function availability(m: Model, o: { samples: number; seed: number } = { samples, seed }): Availability[] {
  const usual = o.samples === samples && o.seed === seed;
  const known = usual ? simulated.get(m) : undefined;
  const found = known ?? simulate(m.tree, m.failures, m.ownPower, o);
  if (usual) simulated.set(m, found);
  return found;
}

export interface Figures {
  sites: number;
  cableKm: number;
  circuitKm: number;
  /** Places without any way to a core. */
  unreached: number;
  /** Places that some single cut takes down. */
  exposed: number;
  cutsPerYear: number;
  siteHoursPerYear: number;
}

/** A whole network in a few figures: what a change makes better or worse. */
export function figuresOf(m: Model): Figures {
  const dug = m.failures.filter((f) => f.kind !== "power");
  const km = (kind: string) => round(m.spans.reduce((sum, s) => sum + (s.kind === kind ? s.length : 0), 0) / 1000, 3);
  return {
    sites: m.nodes.filter((n) => n.kind === "site").length,
    cableKm: km("cable"),
    circuitKm: km("circuit"),
    unreached: m.nodes.filter((_, v) => m.tree.tin[v] === -1 && m.weight[v]! > 0).length,
    exposed: sitesIn(m, new Set(dug.flatMap((f) => [...f.fallen]))),
    cutsPerYear: round(dug.reduce((n, f) => n + f.rate, 0)),
    siteHoursPerYear: round(dug.reduce((n, f) => n + sitesIn(m, f.fallen) * f.rate * f.repair, 0)),
  };
}

/** Mean availability over the places that have a way to a core; 0 when none has. */
export function meanAvailability(m: Model): number {
  const all = availability(m);
  const places = m.nodes.flatMap((_, v) => (m.weight[v]! > 0 && m.tree.tin[v] !== -1 ? [v] : []));
  return places.length ? round(places.reduce((sum, v) => sum + all[v]!.value, 0) / places.length, 6) : 0;
}
