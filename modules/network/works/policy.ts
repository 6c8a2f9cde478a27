/** How works are told: countries/<cc>/network/service-levels.json, part `works`; every figure has a default. */
import type { Context } from "#kernel";
import { serviceFile } from "../service-levels/pack.ts";

export interface WorksPolicy {
  /** The notice goes out this many days ahead, or at once when the work is nearer. */
  noticeDays: number;
}
export const usualWorks: WorksPolicy = { noticeDays: 7 };

export function worksPolicy(ctx: Pick<Context, "country">): WorksPolicy {
  const file = ctx.country.get(serviceFile);
  return Array.isArray(file) ? usualWorks : { ...usualWorks, ...file.works };
}
