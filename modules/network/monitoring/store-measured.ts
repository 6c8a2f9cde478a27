import { deflateRawSync, inflateRawSync } from "node:zlib";
import { sql, type Context } from "#kernel";
import type { LinkEvent, LinkState, Power, Sample } from "../ports.ts";

export interface SightRow {
  node: string;
  sequence: number;
  links: LinkState[];
  power: Power;
}
/** An older word never replaces a newer one. */
export async function putSights(ctx: Context, list: readonly SightRow[], now: Date): Promise<void> {
  const last = [...new Map(list.toSorted((x, y) => x.sequence - y.sequence).map((s) => [s.node, s])).values()];
  await ctx.db.run(sql`
    insert into network.sight as s (node, sequence, links, power, battery_since)
    select node, sequence, links, power, case when power ->> 'source' = 'battery' then ${now}::timestamptz end
    from unnest(${last.map((s) => s.node)}::text[], ${last.map((s) => s.sequence)}::bigint[],
      ${last.map((s) => JSON.stringify(s.links))}::jsonb[], ${last.map((s) => JSON.stringify(s.power))}::jsonb[]) as x (node, sequence, links, power)
    on conflict (node) do update set sequence = excluded.sequence, links = excluded.links, power = excluded.power,
      battery_since = case when excluded.power ->> 'source' = 'battery' then coalesce(s.battery_since, excluded.battery_since) end
    where s.sequence < excluded.sequence`);
}

export interface Seen {
  node: string;
  heardAt: Date | null;
  links: LinkState[] | null;
  power: Power | null;
  batterySince: Date | null;
}
/** Every site with an agent: when it was last heard, which word that was of it. */
export function heard(ctx: Context): Promise<{ node: string; heardAt: Date | null; sequence: string | null }[]> {
  return ctx.db.rows(sql`
    select a.node, a.seen_at as "heardAt", s.sequence::text as sequence from network.agent a left join network.sight s on s.node = a.node`);
}
export function sights(ctx: Context, nodes: readonly string[]): Promise<(Omit<Seen, "heardAt"> & { sequence: string })[]> {
  return ctx.db.rows(sql`
    select node, sequence::text as sequence, links, power, battery_since as "batterySince" from network.sight where node = any(${[...nodes]})`);
}

/** Spans that were up at some time. */
export async function spansSeen(ctx: Context): Promise<Set<string>> {
  return new Set((await ctx.db.rows<{ span: string }>(sql`select span from network.link_seen`)).map((r) => r.span));
}
export async function addSpansSeen(ctx: Context, spans: readonly string[]): Promise<void> {
  await ctx.db.run(sql`
    insert into network.link_seen (span, first) select unnest(${[...spans]}::text[]), ${ctx.clock.now()}::timestamptz on conflict do nothing`);
}

export async function serials(ctx: Context, nodes: readonly string[]): Promise<Map<string, { serial: number; enrolledAt: Date }>> {
  const rows = await ctx.db.rows<{ node: string; serial: number; enrolledAt: Date }>(sql`
    select node, serial::float8 as serial, enrolled_at as "enrolledAt" from network.agent where node = any(${[...nodes]}) order by node for update`);
  return new Map(rows.map((r) => [r.node, r]));
}

export interface RawRow {
  node: string;
  at: Date;
  seconds: number;
  unsure: boolean;
  body: Pick<Sample, "probes" | "traffic" | "power">;
}
export interface EventRow {
  node: string;
  name: string;
  at: Date;
  unsure: boolean;
  what: LinkEvent["what"];
  up: boolean;
}
/** As it lies in the table: JSON, deflated (RFC 1951). */
export interface PackedRow extends Omit<RawRow, "body"> {
  body: Buffer;
}
export const unpacked = (r: PackedRow): RawRow => ({ ...r, body: JSON.parse(inflateRawSync(r.body).toString("utf8")) as RawRow["body"] });
const packed = (body: RawRow["body"]): Buffer => deflateRawSync(JSON.stringify(body));

const day = 86_400_000;
export const rawSlot = (arrived: Date): number => Math.floor(arrived.getTime() / day) % 4;

/** Rows, events and the numbers up to which each site was heard, all or none; whoever adds up waits for it. */
export async function keepSamples(
  ctx: Context,
  o: { rows: readonly RawRow[]; events: readonly EventRow[]; last: ReadonlyMap<string, number>; now: Date },
): Promise<void> {
  const { rows, events, last, now } = o;
  await ctx.db.run(sql`select pg_advisory_xact_lock_shared(7460820)`);
  await ctx.db.run(sql`
    update network.agent a set serial = x.serial from unnest(${[...last.keys()]}::text[], ${[...last.values()]}::bigint[]) as x (node, serial)
    where a.node = x.node`);
  if (rows.length)
    await ctx.db.run(sql`
      insert into network.raw (slot, node, at, arrived, seconds, unsure, body)
      select ${rawSlot(now)}::smallint, node, at, ${now}::timestamptz, seconds, unsure, body
      from unnest(${rows.map((r) => r.node)}::text[], ${rows.map((r) => r.at)}::timestamptz[], ${rows.map((r) => r.seconds)}::integer[],
        ${rows.map((r) => r.unsure)}::boolean[], ${rows.map((r) => packed(r.body))}::bytea[]) as x (node, at, seconds, unsure, body)`);
  if (events.length)
    await ctx.db.run(sql`
      insert into network.routing_event (node, name, at, arrived, what, up, unsure)
      select node, name, at, ${now}::timestamptz, what, up, unsure
      from unnest(${events.map((e) => e.node)}::text[], ${events.map((e) => e.name)}::text[], ${events.map((e) => e.at)}::timestamptz[],
        ${events.map((e) => e.what)}::text[], ${events.map((e) => e.up)}::boolean[], ${events.map((e) => e.unsure)}::boolean[])
        as x (node, name, at, what, up, unsure)`);
}

/** What arrived since then; the arrival is indexed, the time measured is the reader's to judge. */
export async function samplesSince(ctx: Context, since: Date): Promise<RawRow[]> {
  const rows = await ctx.db.rows<PackedRow>(sql`
    select node, at, seconds, unsure, body from network.raw
    where arrived >= ${since} and slot = any(${[rawSlot(since), rawSlot(ctx.clock.now())]}::smallint[])`);
  return rows.map(unpacked);
}

export interface Event {
  node: string;
  /** Interface name. */
  name: string;
  at: Date;
  what: LinkEvent["what"];
  up: boolean;
  unsure: boolean;
}
/** Newest first; `names` are interface names. */
export function events(
  ctx: Context,
  o: { names?: readonly string[]; node?: string | undefined; from: Date; to: Date; limit: number },
): Promise<Event[]> {
  return ctx.db.rows(sql`
    select node, name, at, what, up, unsure from network.routing_event where at >= ${o.from} and at < ${o.to}
    ${o.names ? sql`and name = any(${[...o.names]})` : sql``} ${o.node ? sql`and node = ${o.node}` : sql``}
    order by at desc, id desc limit ${o.limit}`);
}
export async function dropEvents(ctx: Context, before: Date): Promise<void> {
  await ctx.db.run(sql`delete from network.routing_event where arrived < ${before}`);
}

export interface Fault {
  element: string;
  kind: "span" | "node" | "power" | "agent";
  since: Date;
}
export function faults(ctx: Context): Promise<Fault[]> {
  return ctx.db.rows(sql`select element, kind, since from network.simulated_fault order by element`);
}
export async function setFault(ctx: Context, f: Pick<Fault, "element" | "kind">): Promise<void> {
  await ctx.db.run(sql`
    insert into network.simulated_fault (element, kind, since) values (${f.element}, ${f.kind}, ${ctx.clock.now()})
    on conflict (element) do update set kind = excluded.kind`);
}
export async function endFault(ctx: Context, element: string): Promise<boolean> {
  return (await ctx.db.run(sql`delete from network.simulated_fault where element = ${element}`)) > 0;
}
