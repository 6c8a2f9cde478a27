/** Network: what joins the State's sites, and what a cut would silence. */
import { defineModule } from "#kernel";
import { branchFacts } from "./branches/facts.ts";
import { pricesFile } from "./extension/prices.ts";
import { facts } from "./facts.ts";
import { handlers } from "./handlers.ts";
import { plantFile } from "./pack.ts";
import { approveChanges, editPlant, planChanges, readPlant } from "./permissions.ts";
import { loadPlant } from "./plant/load.ts";

export const network = defineModule({
  name: "network",
  floor: 1,
  needs: ["registry", "documents", "exchange"],
  handlers,
  facts: [...facts, ...branchFacts],
  permissions: [readPlant, editPlant, planChanges, approveChanges],
  pack: [plantFile, pricesFile],
  migrations: new URL("./migrations/", import.meta.url),
  start: (host) => host.transaction(loadPlant),
});

export * from "./facts.ts";
export * from "./branches/facts.ts";
export { approveChanges, editPlant, planChanges, readPlant } from "./permissions.ts";
