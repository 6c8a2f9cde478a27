import { implement } from "#kernel";
import * as api from "./api.ts";
import { exportPlant, importPlant, listRevisions, readPlantFile } from "./plant/load.ts";
import * as resilience from "./resilience/handlers.ts";

export const handlers = implement(api, { exportPlant, importPlant, listRevisions, readPlantFile, ...resilience });
