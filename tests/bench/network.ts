import { registry } from "#registry";
import { network } from "#network";
import { listUnconnected, orderSite, planNext, proposeSite, readBranch, readMap } from "#network/api";
import { world } from "#kernel/testing";
import { current } from "../../modules/network/plant/current.ts";
import { simulate } from "../../modules/network/resilience/availability.ts";
import { correlate } from "../../modules/network/monitoring/correlate.ts";
import type { LinkSight, Sightings } from "../../modules/network/monitoring/sightings.ts";
import { noPlant } from "../../modules/network/plant/shapes.ts";
import { cutter, singleCuts } from "../../modules/network/resilience/cuts.ts";
import { graph, tree } from "../../modules/network/resilience/graph.ts";
import { model, type Model } from "../../modules/network/resilience/model.ts";

/** Milliseconds for who falls at every single cut of 10,000 sites and 12,000 links, tree included; the middle of `rounds`. */
export function measureSingleCuts(rounds = 9): number {
  let seed = 7;
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  const pairs: [number, number][] = [];
  for (let v = 1; v < 10_000; v++) pairs.push([Math.max(0, v - 1 - random(6)), v]);
  while (pairs.length < 12_000) {
    const [a, b] = [random(10_000), random(10_000)];
    if (a !== b) pairs.push([a, b]);
  }
  const weight = new Float64Array(10_000).fill(1);
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    const lost = singleCuts(tree(graph(10_000, pairs), 0), weight);
    times.push(performance.now() - start);
    if (!lost.some((n) => n > 0)) throw new Error("no cut takes anybody down: nothing was measured");
  }
  return times.toSorted((x, y) => x - y)[rounds >> 1]!;
}

/** Milliseconds to explain a cut that silences thousands among 10,000 sites, its ends seen, and nobody's report of them; the middle of five each. */
export function measureCorrelation(): { seen: number; blind: number } {
  let seed = 11;
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  const plant = noPlant();
  plant.node = Array.from({ length: 10_000 }, (_, i) => ({ id: `n${i}`, name: `${i}`, kind: i === 0 ? "core" : "site", lon: i / 1e4, lat: 0, illustrative: true })); // prettier-ignore
  plant.cable = Array.from({ length: 9999 }, (_, i) => ({ id: `k${i}`, a: `n${Math.max(0, i - random(5))}`, b: `n${i + 1}`, length: 20_000, strands: 12, ducts: [], illustrative: true })); // prettier-ignore
  const m = model(plant);
  const falls = cutter(m.tree);
  const cut = m.spans.findIndex((_, l) => falls([l]).length > 2000 && falls([l]).length < 5000);
  const gone = new Set(falls([cut]));
  const at = Date.UTC(2026, 0, 1);
  const nodes = new Map(m.nodes.map((_, v) => [v, gone.has(v) ? { state: "silent" as const, at: at - 60_000 } : { state: "heard" as const, at }])); // prettier-ignore
  const links: LinkSight[] = [];
  for (let l = 0; l < m.spans.length; l++)
    for (const node of [m.graph.a[l]!, m.graph.b[l]!]) if (!gone.has(node)) links.push({ link: l, node, up: l !== cut, carrier: l !== cut, since: at - 60_000 }); // prettier-ignore
  const middle = (s: Sightings) => {
    const times = [0, 1, 2, 3, 4].map(() => {
      const began = performance.now();
      const found = correlate(m, s);
      if (found.length !== 1 || found[0]!.element !== m.spans[cut]!.id) throw new Error("the cut was not found: nothing was measured");
      return performance.now() - began;
    });
    return times.toSorted((x, y) => x - y)[2]!;
  };
  return { seen: middle({ at, nodes, links }), blind: middle({ at, nodes, links: links.filter((x) => x.up) }) };
}

/** Seconds to draw 100,000 states of a country's network anew: nothing of an earlier simulation is read. */
function measureSimulation(m: Model): number {
  const times: number[] = [];
  for (let seed = 100; seed < 105; seed++) {
    const start = performance.now();
    const found = simulate(m.tree, m.failures, m.ownPower, { samples: 100_000, seed });
    times.push((performance.now() - start) / 1000);
    if (!found.some((a) => a.value > 0 && a.value < 1)) throw new Error("nobody was ever down: nothing was measured");
  }
  return times.toSorted((x, y) => x - y)[2]!;
}

/**
 * Seconds on a country's network: simulation drawn anew, the map as contracts first read it, the plan of the next kilometres,
 * the proposal for a new site, its branch worked out; bytes of the map page are the console test's.
 */
export async function measureNetwork(
  country = "bf",
): Promise<{ simulation: number; map: number; plan: number; order: number; branch: number }> {
  const w = await world({ modules: [registry, network], country });
  try {
    const as = w.clerk("bench", ["network.read-plant", "network.plan-changes"]);
    const timed = async (fn: () => Promise<unknown>) => {
      const start = performance.now();
      await fn();
      return (performance.now() - start) / 1000;
    };
    const map = await timed(() => w.call(readMap, {}, { as })); // the first one reads the plant and thinks it through
    const simulation = measureSimulation((await w.transaction(current)).model);
    const plan = await timed(() => w.call(planNext, { km: 25 }, { as }));
    const { sites } = await w.call(listUnconnected, { limit: 3 }, { as });
    const site = sites[2]!.id;
    const order = await timed(() => w.call(proposeSite, { site }, { as }));
    const { id } = await w.call(orderSite, { site }, { as });
    const branch = await timed(() => w.call(readBranch, { id }, { as }));
    return { simulation, map, plan, order, branch };
  } finally {
    await w.close();
  }
}
