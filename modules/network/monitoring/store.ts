import { sql, type Context } from "#kernel";
import type { Alarm, Outage } from "./shapes.ts";

const columns = sql`id, kind, element, severity, began, raised_at as "raisedAt", changed_at as "changedAt", quiet_since as "quietSince", ended,
  occurrences, explanation, others, spans, silent, simulated, work, merged_into as "mergedInto"`;

export async function lockAlarms(ctx: Context): Promise<void> {
  await ctx.db.run(sql`select pg_advisory_xact_lock(7460821)`);
}

/** Open ones, and with `since` those that ended after it. */
export function currentAlarms(ctx: Context, o: { since?: Date | undefined } = {}): Promise<Alarm[]> {
  return ctx.db.rows(sql`
    select ${columns} from network.alarm where ended is null ${o.since ? sql`or ended >= ${o.since}` : sql``}
    order by began, id`);
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

export async function putAlarm(ctx: Context, a: Alarm): Promise<void> {
  await ctx.db.run(sql`
    insert into network.alarm (id, kind, element, severity, began, raised_at, changed_at, quiet_since, ended, occurrences, explanation, others,
      spans, silent, simulated, work, merged_into)
    values (${a.id}, ${a.kind}, ${a.element}, ${a.severity}, ${a.began}, ${a.raisedAt}, ${a.changedAt}, ${a.quietSince}, ${a.ended}, ${a.occurrences},
      ${JSON.stringify(a.explanation)}, ${JSON.stringify(a.others)}, ${a.spans}, ${a.silent}, ${a.simulated}, ${a.work}, ${a.mergedInto})
    on conflict (id) do update set kind = excluded.kind, element = excluded.element, severity = excluded.severity, began = excluded.began,
      changed_at = excluded.changed_at, quiet_since = excluded.quiet_since, ended = excluded.ended, occurrences = excluded.occurrences,
      explanation = excluded.explanation, others = excluded.others, spans = excluded.spans, silent = excluded.silent, work = excluded.work,
      merged_into = excluded.merged_into`);
}

export interface ChangeRow {
  at: Date;
  what: "raised" | "cause" | "severity" | "sites" | "again" | "planned" | "merged" | "cleared";
  kind: Alarm["kind"];
  element: string;
  severity: Alarm["severity"];
  sites: number;
}
export async function addChanges(ctx: Context, a: Alarm, whats: readonly ChangeRow["what"][], sites: number): Promise<void> {
  await ctx.db.run(sql`
    insert into network.alarm_change (alarm, number, at, what, kind, element, severity, sites)
    select ${a.id}::uuid, (select coalesce(max(number), 0) from network.alarm_change where alarm = ${a.id}) + x.i, ${ctx.clock.now()}::timestamptz,
      x.what, ${a.kind}, ${a.element}, ${a.severity}, ${sites}::integer
    from unnest(${[...whats]}::text[]) with ordinality as x (what, i)`);
}
export function changesOf(ctx: Context, alarm: string): Promise<ChangeRow[]> {
  return ctx.db.rows(sql`
    select at, what, kind, element, severity, sites from network.alarm_change where alarm = ${alarm} order by number`);
}

/** Nodes without network by each of these alarms now. */
export async function downNow(ctx: Context, list: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await ctx.db.rows<{ alarm: string; nodes: string[] }>(sql`
    select alarm, array_agg(distinct node) as nodes from network.outage where ended is null and alarm = any(${[...list]}::uuid[]) group by alarm`);
  return new Map(rows.map((r) => [r.alarm, r.nodes]));
}
/** From now on these nodes are down by the alarm, and no others. */
export async function setOutages(
  ctx: Context,
  alarm: string,
  list: readonly { node: string; site: string | null }[],
  o: { from: Date; to: Date },
): Promise<void> {
  await ctx.db.run(sql`
    update network.outage set ended = greatest(began, ${o.to}::timestamptz)
    where alarm = ${alarm} and ended is null and node <> all(${list.map((x) => x.node)}::text[])`);
  if (list.length === 0) return;
  await ctx.db.run(sql`
    insert into network.outage (alarm, node, site, began)
    select ${alarm}::uuid, node, site, ${o.from}::timestamptz
    from unnest(${list.map((x) => x.node)}::text[], ${list.map((x) => x.site)}::text[]) as x (node, site)
    where not exists (select from network.outage o where o.alarm = ${alarm} and o.node = x.node and o.ended is null)
    on conflict (alarm, node, began) do update set ended = null`);
}
/** What one alarm told of was the other's doing all along. */
export async function moveOutages(ctx: Context, from: string, into: string): Promise<void> {
  await ctx.db.run(sql`
    insert into network.outage (alarm, node, site, began, ended)
    select ${into}::uuid, node, site, began, coalesce(ended, ${ctx.clock.now()}::timestamptz) from network.outage where alarm = ${from}
    on conflict do nothing`);
}
