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
export const planWorks = permission("network.plan-works", { fr: "Préparer des travaux sur le réseau", en: "Prepare works on the network" });
export const approveWorks = permission(
  "network.approve-works",
  { fr: "Approuver les travaux préparés par d’autres", en: "Approve works that others prepared" },
  { sensitive: true },
);
export const handleTickets = permission("network.handle-tickets", {
  fr: "Traiter les signalements du réseau",
  en: "Handle network tickets",
});
export const closeMonths = permission(
  "network.close-months",
  { fr: "Arrêter les comptes mensuels de service", en: "Close the monthly service statements" },
  { sensitive: true },
);
export const followService = permission("network.follow-service", {
  fr: "Suivre le raccordement de son institution : signalements, travaux, relevés",
  en: "Follow the institution’s connection: tickets, works, statements",
});
export const servicePermissions = [planWorks, approveWorks, handleTickets, closeMonths, followService];
