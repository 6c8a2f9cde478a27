/** Network: what joins the State's sites, and what a cut would silence. */
import { defineModule } from "#kernel";
import { facts } from "./facts.ts";
import { handlers } from "./handlers.ts";
import { plantFile } from "./pack.ts";
import { editPlant, readPlant } from "./permissions.ts";
import { loadPlant } from "./plant/load.ts";

export const network = defineModule({
  name: "network",
  floor: 1,
  needs: ["registry"],
  handlers,
  facts,
  permissions: [readPlant, editPlant],
  pack: [plantFile],
  migrations: new URL("./migrations/", import.meta.url),
  start: (host) => host.transaction(loadPlant),
});

export * from "./facts.ts";
export { readPlant, editPlant } from "./permissions.ts";
