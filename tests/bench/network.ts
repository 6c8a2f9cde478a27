import { registry } from "#registry";
import { network } from "#network";
import { listUnconnected, orderSite, planNext, proposeSite, readBranch, readMap } from "#network/api";
import { world } from "#kernel/testing";
import { current } from "../../modules/network/plant/current.ts";
import { simulate } from "../../modules/network/resilience/availability.ts";
import { singleCuts } from "../../modules/network/resilience/cuts.ts";
import { graph, tree } from "../../modules/network/resilience/graph.ts";
import type { Model } from "../../modules/network/resilience/model.ts";

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
