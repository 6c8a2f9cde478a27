/** Registry: the territory, the State's institutions and where they are, and who acts for them. */
import { defineModule } from "#kernel";
import { approveRoles, assignRoles, readAssignments } from "./assignments/contracts.ts";
import { facts } from "./facts.ts";
import { handlers } from "./handlers.ts";
import { editAny, editOwn, importMany } from "./institutions/contracts.ts";
import { loadRegistry } from "./load/load.ts";
import { allSections } from "./pack.ts";

export const registry = defineModule({
  name: "registry",
  floor: 0,
  needs: [],
  handlers,
  facts,
  permissions: [assignRoles, approveRoles, readAssignments, editOwn, editAny, importMany],
  pack: allSections,
  migrations: new URL("./migrations/", import.meta.url),
  start: (host) => host.transaction(loadRegistry).then(() => undefined),
});

export * from "./doors.ts";
export { loadRegistry, type Loaded } from "./load/load.ts";
export { demoPeople, outline, roles, type DemoPerson, type Role } from "./pack.ts";
export type { Right } from "./assignments/rules.ts";
export * from "./facts.ts";
