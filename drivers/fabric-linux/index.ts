/** Sites of Linux machines, each with its agent: orders go to those who ask for them, nothing is ever sent to a site unasked. */
import { provide, type Clock, type Ids, type Provided } from "#kernel";
import { agentFabricPort, type AgentDriver, type Observed } from "#network/ports";
import { letters } from "./letters.ts";
import { listen } from "./listener.ts";

export { miniature, missing, mostNodes, remove, weight, type Miniature, type MiniaturePlan, type MiniatureSpan } from "./miniature.ts";

export function createAgentFabric(clock: Clock, ids: Ids): AgentDriver {
  const post = letters(() => clock.now().getTime());
  return {
    name: "linux",
    simulated: false,
    observe: async (node, signal) => (await post.send(node, { id: ids.uuid(), verb: "observe" }, signal)) as Observed,
    apply: (node, step, order) =>
      post.send(node, { id: ids.uuid(), key: order.idempotencyKey, fence: order.fence.toString(), ...step }, order.signal),
    nodes: async () => post.nodes(),
    listen: (house, o) => listen(house, post, clock, o),
  };
}

export const fabricLinux: Provided = provide(agentFabricPort, (host) => createAgentFabric(host.clock, host.ids));
