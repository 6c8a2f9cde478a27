/** What the rest of the module may ask of monitoring. */
import type { Context } from "#kernel";
import * as store from "./store.ts";
import type { Alarm } from "./shapes.ts";

/**
 * Times without network in a period, clipped to it, oldest first; `site` is the registry's site. Two alarms of one site may
 * overlap: whoever adds up takes the union.
 */
export async function outages(
  ctx: Context,
  o: { from: Date; to: Date; site?: string },
): Promise<
  { node: string; site: string | undefined; from: Date; to: Date | undefined; alarm: string; planned: boolean; work: string | undefined }[]
> {
  return (await store.outagesBetween(ctx, o)).map((x) => ({
    node: x.node,
    site: x.site ?? undefined,
    from: x.from < o.from ? o.from : x.from,
    to: x.to === null ? undefined : x.to > o.to ? o.to : x.to,
    alarm: x.alarm,
    planned: x.work !== null,
    work: x.work ?? undefined,
  }));
}

/** Alarms that last, oldest first. */
export function openAlarms(ctx: Context): Promise<Alarm[]> {
  return store.currentAlarms(ctx);
}
