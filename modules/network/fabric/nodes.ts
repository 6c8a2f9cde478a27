import { job, reconciler, StepRefused, T, type JobContext } from "#kernel";
import { nodeConfigured } from "./facts.ts";
import {
  agentFabricPort,
  FabricAway,
  FabricRefused,
  planFabric,
  simulatedFabricPort,
  type FabricDriver,
  type FabricStep,
  type Observed,
  type Rendered,
} from "../ports.ts";
import { areKeys } from "./report.ts";
import * as store from "./store.ts";

/** Works out anew what every node must be; those for which it is something else get an operation. */
export const applyPlant = job("network.apply-plant", T.Object({ fact: T.String(), subject: T.String() }));

/** Nodes with an agent, as this process last saw them: they are looked at each minute; made-up ones stay as they are. */
const real = new Set<string>();

/** Where there is an agent, the agent; else, in a demonstration only, the simulation. */
export async function driverOf(j: JobContext, node: string): Promise<FabricDriver> {
  if (await j.transaction((ctx) => store.agent(ctx, node), { readOnly: true })) {
    real.add(node);
    return j.port(agentFabricPort);
  }
  real.delete(node);
  if (!j.config.demo) throw new FabricAway(`${node} has no agent`);
  return j.port(simulatedFabricPort);
}

export const nodes = reconciler<Rendered, Observed, FabricStep>({
  kind: "network.node",
  async observe(j, node, signal) {
    const observed = await (await driverOf(j, node)).observe(node, signal);
    if (observed) await learn(j, [{ node, keys: observed.keys }]);
    return observed;
  },
  plan: planFabric,
  async apply(j, node, step, order) {
    try {
      return await (await driverOf(j, node)).apply(node, step, order);
    } catch (error) {
      throw error instanceof FabricRefused ? new StepRefused(error.message) : error;
    }
  },
  async ended(ctx, o) {
    await ctx.record(nodeConfigured, `network:node:${o.key}`, {
      operation: o.id,
      cause: o.cause,
      state: o.state,
      ...(o.ref ? { ref: o.ref } : {}),
    });
  },
  resync: (node) => (real.has(node) ? 60 : 30 * 86_400),
  deadline: 20,
});

/** A key nobody knew: the tunnels of others must hear of it. Whatever an agent says that is no key is left out: it would stand in their configurations. */
export async function learn(j: JobContext, said: readonly { node: string; keys: [string, string] }[]): Promise<void> {
  const list = said.filter((one) => areKeys(one.keys));
  if (list.length === 0) return;
  await j.transaction(async (ctx) => {
    if ((await store.learnKeys(ctx, list)) > 0 && (await store.fabric(ctx)).inService)
      await ctx.enqueue(applyPlant, { fact: "", subject: "network:fabric" });
  });
}
