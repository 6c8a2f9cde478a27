import { implement } from "#kernel";
import * as api from "./api.ts";
import * as elements from "./branches/elements.ts";
import * as branches from "./branches/handlers.ts";
import * as equipment from "./equipment/handlers.ts";
import * as extension from "./extension/handlers.ts";
import * as monitoring from "./monitoring/handlers.ts";
import * as operations from "./operations/handlers.ts";
import { exportPlant, importPlant, listRevisions, readPlantFile } from "./plant/load.ts";
import { readInventory } from "./plant/inventory.ts";
import { closeMonth, listServiceLevels, readServiceLevel, readStatementPaper } from "./service-levels/handlers.ts";
import * as tickets from "./tickets/handlers.ts";
import { listOwnPlaces } from "./tickets/places.ts";
import * as works from "./works/handlers.ts";
import * as ownWorks from "./works/own.ts";
import { makeReport } from "./resilience/report.ts";
import * as resilience from "./resilience/handlers.ts";

export const handlers = implement(api, {
  exportPlant,
  importPlant,
  listRevisions,
  readPlantFile,
  makeReport,
  readInventory,
  ...resilience,
  ...branches,
  ...elements,
  ...monitoring,
  ...operations,
  ...extension,
  ...equipment,
  ...tickets,
  listOwnPlaces,
  ...works,
  ...ownWorks,
  closeMonth,
  listServiceLevels,
  readServiceLevel,
  readStatementPaper,
});
