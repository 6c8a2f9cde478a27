import { sql, type Context } from "#kernel";
import type { Protocol, Reading } from "./driver.ts";

export interface Equipment {
  id: string;
  name: string;
  protocol: Protocol;
  profile: string | null;
  address: string;
  port: number;
  device: string | null;
  secret: Buffer;
  weak: boolean;
  seconds: number;
  paused: boolean;
  version: number;
  created_at: Date;
  removed_at: Date | null;
  identity: string | null;
  met: string | null;
  met_at: Date | null;
  next_at: Date;
  tried_at: Date | null;
  read_at: Date | null;
  reading: Reading | null;
  trouble: string | null;
  detail: string | null;
  trouble_at: Date | null;
}
type Set_ = Pick<Equipment, "name" | "protocol" | "profile" | "address" | "port" | "device" | "secret" | "weak" | "seconds" | "paused">;

export async function insert(ctx: Context, id: string, e: Set_, by: string): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.run(sql`
    insert into network.equipment (id, name, protocol, profile, address, port, device, secret, weak, seconds, paused, version, created_at, created_by, next_at)
    values (${id}, ${e.name}, ${e.protocol}, ${e.profile}, ${e.address}, ${e.port}, ${e.device}, ${e.secret}, ${e.weak}, ${e.seconds}, ${e.paused}, 1, ${now}, ${by},
      ${new Date(now.getTime() + e.seconds * 1000)})`);
}
/** A new version: what was read of the old one is not written over it any more. Its next reading by itself comes a whole turn later. */
export async function update(ctx: Context, e: Equipment): Promise<void> {
  await ctx.db.run(sql`
    update network.equipment set name = ${e.name}, profile = ${e.profile}, address = ${e.address}, port = ${e.port}, device = ${e.device},
      secret = ${e.secret}, weak = ${e.weak}, seconds = ${e.seconds}, paused = ${e.paused}, version = version + 1, identity = ${e.identity},
      met = ${e.met}, met_at = ${e.met_at}, next_at = ${new Date(ctx.clock.now().getTime() + e.seconds * 1000)}, removed_at = ${e.removed_at}
    where id = ${e.id}`);
}
export function byId(ctx: Context, id: string, lock = false): Promise<Equipment | undefined> {
  return ctx.db.maybe(sql`select * from network.equipment where id = ${id} and removed_at is null ${lock ? sql`for update` : sql``}`);
}
export function at(ctx: Context, address: string, port: number): Promise<Equipment | undefined> {
  return ctx.db.maybe(sql`select * from network.equipment where address = ${address} and port = ${port} and removed_at is null`);
}
export function all(ctx: Context): Promise<Equipment[]> {
  return ctx.db.rows(sql`select * from network.equipment where removed_at is null order by name, id`);
}

/** Those whose time has come; each is put off, so that no other turn takes it as well. */
export async function takeDue(ctx: Context, most: number): Promise<string[]> {
  const rows = await ctx.db.rows<{ id: string }>(sql`
    update network.equipment e set next_at = ${ctx.clock.now()}::timestamptz + make_interval(secs => e.seconds)
    where id in (select id from network.equipment where removed_at is null and not paused and next_at <= ${ctx.clock.now()}
      order by next_at limit ${most} for update skip locked) returning id`);
  return rows.map((r) => r.id);
}

export interface Outcome {
  reading?: Reading;
  trouble?: string;
  detail?: string;
  /** An identity that was met and is not the approved one. */
  met?: string | undefined;
}
/** Only onto the version it was read with. Rows touched: 0 or 1. */
export function keep(ctx: Context, e: Pick<Equipment, "id" | "version">, o: Outcome): Promise<number> {
  const now = ctx.clock.now();
  return o.reading
    ? ctx.db.run(sql`
        update network.equipment set reading = ${JSON.stringify(o.reading)}::jsonb, read_at = ${now}, tried_at = ${now}, trouble = null, detail = null,
          trouble_at = null, met = null, met_at = null
        where id = ${e.id} and version = ${e.version} and removed_at is null`)
    : ctx.db.run(sql`
        update network.equipment set tried_at = ${now}, detail = ${o.detail ?? null}, trouble = ${o.trouble ?? null},
          trouble_at = case when trouble is not distinct from ${o.trouble ?? null}::text then trouble_at else ${now}::timestamptz end,
          met_at = case when ${o.met ?? null}::text is null or met is not distinct from ${o.met ?? null}::text then met_at else ${now}::timestamptz end,
          met = coalesce(${o.met ?? null}::text, met)
        where id = ${e.id} and version = ${e.version} and removed_at is null`);
}

const mostKept = 200;
export interface Past {
  at: Date;
  digest: Buffer;
  reading: Reading;
}
export function history(ctx: Context, id: string, most: number): Promise<Past[]> {
  return ctx.db.rows(sql`select at, digest, reading from network.equipment_reading where equipment = ${id} order by at desc limit ${most}`);
}
export async function remember(ctx: Context, id: string, digest: Buffer, reading: Reading): Promise<void> {
  await ctx.db.run(sql`
    insert into network.equipment_reading (equipment, at, digest, reading)
    values (${id}, ${ctx.clock.now()}, ${digest}, ${JSON.stringify(reading)}::jsonb) on conflict do nothing`);
  await ctx.db.run(sql`
    delete from network.equipment_reading where equipment = ${id} and at <= (
      select at from network.equipment_reading where equipment = ${id} order by at desc offset ${mostKept} limit 1)`);
}

export interface Accepted {
  equipment: string;
  key: string;
  reason: string;
  at: Date;
}
export function accepted(ctx: Context, id?: string): Promise<Accepted[]> {
  return ctx.db.rows(
    sql`select equipment, key, reason, at from network.equipment_accepted ${id === undefined ? sql`` : sql`where equipment = ${id}`}`,
  );
}
export async function accept(ctx: Context, id: string, key: string, reason: string, by: string): Promise<void> {
  await ctx.db.run(sql`
    insert into network.equipment_accepted (equipment, key, reason, by, at) values (${id}, ${key}, ${reason}, ${by}, ${ctx.clock.now()})
    on conflict (equipment, key) do update set reason = excluded.reason, by = excluded.by, at = excluded.at`);
}
export async function unaccept(ctx: Context, id: string, key: string): Promise<void> {
  await ctx.db.run(sql`delete from network.equipment_accepted where equipment = ${id} and key = ${key}`);
}

export interface Search {
  id: string;
  prefix: string;
  at: Date;
  total: number;
  done: number;
  ended_at: Date | null;
}
export interface Found {
  address: string;
  protocol: Protocol;
  port: number;
  identity: string | null;
  greeting: string;
}
export async function insertSearch(ctx: Context, s: Pick<Search, "id" | "prefix" | "total"> & { by: string }): Promise<void> {
  await ctx.db.run(sql`
    insert into network.equipment_search (id, prefix, by, at, total, done) values (${s.id}, ${s.prefix}, ${s.by}, ${ctx.clock.now()}, ${s.total}, 0)`);
}
export function search(ctx: Context, id: string): Promise<Search | undefined> {
  return ctx.db.maybe(sql`select * from network.equipment_search where id = ${id}`);
}
export function lastSearch(ctx: Context): Promise<Search | undefined> {
  return ctx.db.maybe(sql`select * from network.equipment_search order by at desc, id desc limit 1`);
}
/** One starts at a time. */
export async function lockSearches(ctx: Context): Promise<void> {
  await ctx.db.run(sql`select pg_advisory_xact_lock(7460841)`);
}
export async function advance(ctx: Context, id: string, done: number, found: readonly Found[], end: boolean): Promise<void> {
  await ctx.db.run(sql`
    update network.equipment_search set done = ${done}, ended_at = ${end ? ctx.clock.now() : null} where id = ${id}`);
  for (const f of found)
    await ctx.db.run(sql`
      insert into network.equipment_found (search, address, protocol, port, identity, greeting)
      values (${id}, ${f.address}, ${f.protocol}, ${f.port}, ${f.identity}, ${f.greeting}) on conflict do nothing`);
}
export function found(ctx: Context, id: string): Promise<Found[]> {
  return ctx.db.rows(sql`select address, protocol, port, identity, greeting from network.equipment_found where search = ${id}`);
}
