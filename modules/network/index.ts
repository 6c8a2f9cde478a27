/** Network: what joins the State's sites, and what a cut would silence. */
import { defineModule, listen, work } from "#kernel";
import { addressesAssigned, branchFacts, branchMerged } from "./branches/facts.ts";
import { pricesFile } from "./extension/prices.ts";
import { runApply } from "./fabric/apply.ts";
import { listenToAgents } from "./fabric/agents.ts";
import { fabricFacts } from "./fabric/facts.ts";
import { applyPlant, nodes } from "./fabric/nodes.ts";
import { rotation } from "./fabric/rotate.ts";
import { facts, plantImported, plantLoaded } from "./facts.ts";
import { handlers } from "./handlers.ts";
import { monitoringFacts } from "./monitoring/facts.ts";
import { lookout } from "./monitoring/look.ts";
import { monitoringFile } from "./monitoring/policy.ts";
import { plantFile } from "./pack.ts";
import { approveChanges, editPlant, operateFabric, planChanges, readPlant } from "./permissions.ts";
import { loadPlant } from "./plant/load.ts";
import { agentFabricPort, simulatedFabricPort } from "./ports.ts";

export const network = defineModule({
  name: "network",
  floor: 1,
  needs: ["registry", "documents", "exchange"],
  handlers,
  facts: [...facts, ...branchFacts, ...fabricFacts, ...monitoringFacts],
  permissions: [readPlant, editPlant, planChanges, approveChanges, operateFabric],
  pack: [plantFile, pricesFile, monitoringFile],
  migrations: new URL("./migrations/", import.meta.url),
  ports: [agentFabricPort, simulatedFabricPort],
  jobs: [work(applyPlant, runApply, { concurrency: 1 }), nodes.work],
  sweeps: [nodes.sweep, rotation, lookout],
  listeners: [
    listen(branchMerged, applyPlant),
    listen(plantImported, applyPlant),
    listen(plantLoaded, applyPlant),
    listen(addressesAssigned, applyPlant),
  ],
  async start(host) {
    await host.transaction(loadPlant);
    await listenToAgents(host);
  },
});

export * from "./facts.ts";
export * from "./branches/facts.ts";
export * from "./fabric/facts.ts";
export * from "./monitoring/facts.ts";
export { enrolLocally, fabricStatus, nodesFor, serviceLocally } from "./fabric/local.ts";
export { approveChanges, editPlant, operateFabric, planChanges, readPlant } from "./permissions.ts";
