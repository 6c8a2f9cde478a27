import { implement } from "#kernel";
import * as api from "./api.ts";
import * as branches from "./branches/handlers.ts";
import { exportPlant, importPlant, listRevisions, readPlantFile } from "./plant/load.ts";
import * as resilience from "./resilience/handlers.ts";

const { begin: _begin, actorOf: _actorOf, ...ofBranches } = branches;
export const handlers = implement(api, { exportPlant, importPlant, listRevisions, readPlantFile, ...resilience, ...ofBranches });
