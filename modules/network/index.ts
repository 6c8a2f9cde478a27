/** Network: what joins the State's sites, and what a cut would silence. */
import { defineModule, listen, work } from "#kernel";
import { addressesAssigned, branchFacts, branchMerged } from "./branches/facts.ts";
import { pricesFile } from "./extension/prices.ts";
import { runApply } from "./fabric/apply.ts";
import { listenToAgents } from "./fabric/agents.ts";
import { equipmentPorts } from "./equipment/driver.ts";
import { equipmentFacts } from "./equipment/facts.ts";
import { equipmentDue, equipmentReading } from "./equipment/read.ts";
import { equipmentSearching } from "./equipment/search.ts";
import { fabricFacts } from "./fabric/facts.ts";
import { applyPlant, nodes } from "./fabric/nodes.ts";
import { rotation } from "./fabric/rotate.ts";
import { facts, plantImported, plantLoaded } from "./facts.ts";
import { handlers } from "./handlers.ts";
import { alarmChanged, alarmCleared, alarmRaised, monitoringFacts } from "./monitoring/facts.ts";
import { lookout } from "./monitoring/look.ts";
import { monitoringFile } from "./monitoring/policy.ts";
import { rolling } from "./monitoring/roll.ts";
import { plantFile } from "./pack.ts";
import { approveChanges, editPlant, operateFabric, planChanges, readPlant, servicePermissions } from "./permissions.ts";
import { loadPlant } from "./plant/load.ts";
import { agentFabricPort, simulatedFabricPort } from "./ports.ts";
import { corrections } from "./service-levels/handlers.ts";
import { serviceFacts } from "./service-levels/facts.ts";
import { serviceFile } from "./service-levels/pack.ts";
import { sealing } from "./service-levels/paper.ts";
import { ticketFacts } from "./tickets/facts.ts";
import { followAlarm, following, ticketSweep } from "./tickets/follow.ts";
import { workFacts } from "./works/facts.ts";
import { noticesDue, sending } from "./works/notices.ts";

export const network = defineModule({
  name: "network",
  floor: 1,
  needs: ["registry", "documents", "messages", "trust", "exchange"],
  handlers,
  facts: [...facts, ...branchFacts, ...fabricFacts, ...monitoringFacts, ...workFacts, ...ticketFacts, ...serviceFacts, ...equipmentFacts],
  permissions: [readPlant, editPlant, planChanges, approveChanges, operateFabric, ...servicePermissions],
  pack: [plantFile, pricesFile, monitoringFile, serviceFile],
  migrations: new URL("./migrations/", import.meta.url),
  ports: [agentFabricPort, simulatedFabricPort, ...Object.values(equipmentPorts)],
  jobs: [work(applyPlant, runApply, { concurrency: 1 }), nodes.work, equipmentReading, equipmentSearching, following, sending, sealing],
  sweeps: [nodes.sweep, rotation, lookout, rolling, ticketSweep, noticesDue, corrections, equipmentDue],
  listeners: [
    listen(branchMerged, applyPlant),
    listen(plantImported, applyPlant),
    listen(plantLoaded, applyPlant),
    listen(addressesAssigned, applyPlant),
    listen(alarmRaised, followAlarm),
    listen(alarmChanged, followAlarm),
    listen(alarmCleared, followAlarm),
  ],
  async start(host) {
    await host.transaction(loadPlant);
    await listenToAgents(host);
  },
});

export * from "./facts.ts";
export * from "./branches/facts.ts";
export * from "./equipment/facts.ts";
export * from "./fabric/facts.ts";
export * from "./monitoring/facts.ts";
export { enrolLocally, fabricStatus, nodesFor, serviceLocally, simulateLocally } from "./fabric/local.ts";
export { approveChanges, editPlant, operateFabric, planChanges, readPlant } from "./permissions.ts";
