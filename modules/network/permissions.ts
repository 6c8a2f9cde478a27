import { permission } from "#kernel";

export const readPlant = permission("network.read-plant", {
  fr: "Consulter le réseau et ses points faibles",
  en: "See the network and its weak points",
});
export const editPlant = permission("network.edit-plant", { fr: "Importer le réseau", en: "Import the network" }, { sensitive: true });
