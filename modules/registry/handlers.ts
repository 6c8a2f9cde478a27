import { implement } from "#kernel";
import * as api from "./api.ts";
import * as assignments from "./assignments/handlers.ts";
import * as divisions from "./divisions/handlers.ts";
import { importInstitutions } from "./import/handlers.ts";
import * as institutions from "./institutions/handlers.ts";

export const handlers = implement(api, {
  ...divisions,
  ...institutions,
  ...assignments,
  importInstitutions,
});
