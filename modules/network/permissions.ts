import { permission } from "#kernel";

export const readPlant = permission("network.read-plant", {
  fr: "Consulter le réseau et ses points faibles",
  en: "See the network and its weak points",
});
export const editPlant = permission("network.edit-plant", { fr: "Importer le réseau", en: "Import the network" }, { sensitive: true });
export const planChanges = permission("network.plan-changes", {
  fr: "Préparer des changements du réseau",
  en: "Prepare changes of the network",
});
export const operateFabric = permission(
  "network.operate-fabric",
  { fr: "Exploiter le réseau\u202f: mise en service, agents, opérations, clés", en: "Run the network: service, agents, operations, keys" },
  { sensitive: true },
);
export const approveChanges = permission(
  "network.approve-changes",
  { fr: "Approuver les changements du réseau préparés par d’autres", en: "Approve changes of the network that others prepared" },
  { sensitive: true },
);
