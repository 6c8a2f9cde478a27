import { sql, type Context } from "#kernel";
import type { Alarm, Outage } from "./shapes.ts";

const columns = sql`id, kind, element, severity, began, raised_at as "raisedAt", changed_at as "changedAt", quiet_since as "quietSince", ended,
  occurrences, explanation, others, spans, silent, simulated, work, merged_into as "mergedInto"`;

/** Open ones, and with `since` those that ended after it. Locked with `lock`: one correlation at a time writes. */
export function currentAlarms(ctx: Context, o: { since?: Date | undefined; lock?: boolean } = {}): Promise<Alarm[]> {
  return ctx.db.rows(sql`
    select ${columns} from network.alarm where ended is null ${o.since ? sql`or ended >= ${o.since}` : sql``}
    order by began, id ${o.lock ? sql`for update` : sql``}`);
}

export function alarmById(ctx: Context, id: string): Promise<Alarm | undefined> {
  return ctx.db.maybe(sql`select ${columns} from network.alarm where id = ${id}`);
}

/** Newest first; `nodes` narrows to alarms that took one of them down. */
export function alarms(
  ctx: Context,
  o: { open?: boolean | undefined; nodes?: readonly string[] | undefined; before?: Date | undefined; limit: number },
): Promise<Alarm[]> {
  return ctx.db.rows(sql`
    select ${columns} from network.alarm a where merged_into is null
    ${o.open === undefined ? sql`` : o.open ? sql`and ended is null` : sql`and ended is not null`}
    ${o.before ? sql`and began < ${o.before}` : sql``}
    ${o.nodes ? sql`and exists (select from network.outage o where o.alarm = a.id and o.node = any(${[...o.nodes]}))` : sql``}
    order by began desc, id desc limit ${o.limit}`);
}

/** Outages of these alarms. */
export function outagesOf(ctx: Context, list: readonly string[]): Promise<Outage[]> {
  return ctx.db.rows(sql`${outage} where o.alarm = any(${[...list]}::uuid[]) order by o.began, o.node`);
}

/** Outages that touch a period, of one registry site or of all. */
export function outagesBetween(ctx: Context, o: { from: Date; to: Date; site?: string | undefined }): Promise<Outage[]> {
  return ctx.db.rows(sql`
    ${outage} where a.merged_into is null and o.began < ${o.to} and (o.ended is null or o.ended > ${o.from})
    ${o.site ? sql`and o.site = ${o.site}` : sql``} order by o.began, o.node`);
}
const outage = sql`
  select o.alarm, o.node, o.site, o.began as "from", o.ended as "to", a.work
  from network.outage o join network.alarm a on a.id = o.alarm`;
