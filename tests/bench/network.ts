import { registry } from "#registry";
import { network } from "#network";
import { planNext, readAvailability, readMap } from "#network/api";
import { world } from "#kernel/testing";
import { singleCuts } from "../../modules/network/resilience/cuts.ts";
import { graph, tree } from "../../modules/network/resilience/graph.ts";

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

/** Seconds over the contracts on a country's network: simulation with 100,000 samples, map, plan; each with a fresh seed or budget. */
export async function measureNetwork(country = "bf"): Promise<{ simulation: number; map: number; plan: number }> {
  const w = await world({ modules: [registry, network], country });
  try {
    const as = w.clerk("bench", ["network.read-plant"]);
    const timed = async (fn: () => Promise<unknown>) => {
      const start = performance.now();
      await fn();
      return (performance.now() - start) / 1000;
    };
    const map = await timed(() => w.call(readMap, {}, { as })); // the first one reads the plant and thinks it through
    const simulation = await timed(() => w.call(readAvailability, { samples: 100_000, seed: 99 }, { as }));
    const plan = await timed(() => w.call(planNext, { km: 25 }, { as }));
    return { simulation, map, plan };
  } finally {
    await w.close();
  }
}
