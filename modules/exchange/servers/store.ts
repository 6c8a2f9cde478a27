import { type Context, type Db, sql } from "#kernel";

export interface ServerRow {
  id: string;
  institution: string | null;
  address: string;
  centre: boolean;
  since: Date;
  retiredAt: Date | null;
  /** Institutions it answers for. */
  members: string[];
}

export const serverRows = (db: Db): Promise<ServerRow[]> =>
  db.rows(sql`select s.id, s.institution, s.address, s.centre, s.since, s.retired_at as "retiredAt",
      array(select m.institution from exchange.server_member m where m.server = s.id order by m.institution) as members
    from exchange.server s order by s.centre desc, s.id`);

/** A server as registered or renewed; nothing is touched when nothing changed (readers watch the table). */
export async function putServer(db: Db, s: Omit<ServerRow, "members" | "retiredAt"> & { members: readonly string[] }): Promise<void> {
  await db.run(sql`insert into exchange.server (id, institution, address, centre, since)
    values (${s.id}, ${s.institution}, ${s.address}, ${s.centre}, ${s.since})
    on conflict (id) do update set address = excluded.address, institution = excluded.institution, retired_at = null
    where server.address <> excluded.address or server.retired_at is not null or server.institution is distinct from excluded.institution`);
  await db.run(sql`delete from exchange.server_member where server = ${s.id} and institution <> all(${[...s.members]})`);
  await db.run(sql`insert into exchange.server_member (server, institution)
    select ${s.id}, x from unnest(${[...s.members]}::text[]) as x on conflict do nothing`);
}

/** Another address, where it says one, of a server that still serves; 0: it was retired meanwhile, and stays so. */
export const moveServer = (db: Db, id: string, address: string | undefined): Promise<number> =>
  db.run(sql`update exchange.server set address = coalesce(${address ?? null}, address) where id = ${id} and retired_at is null`);

export const serves = async (db: Db, id: string): Promise<boolean> =>
  (await db.maybe(sql`select 1 from exchange.server where id = ${id} and retired_at is null`)) !== undefined;

export const retire = (ctx: Context, id: string): Promise<number> =>
  ctx.db.run(sql`update exchange.server set retired_at = ${ctx.clock.now()} where id = ${id} and not centre and retired_at is null`);

/** Replaces what the gateway knows of all servers by what a configuration says. */
export async function dropServersBut(db: Db, ids: readonly string[]): Promise<void> {
  await db.run(sql`delete from exchange.server where id <> all(${[...ids]})`);
}

export async function seen(ctx: Context, server: string, version: number | null): Promise<void> {
  await ctx.db.run(sql`insert into exchange.server_seen (server, at, version)
    select id, ${ctx.clock.now()}, ${version} from exchange.server where id = ${server}
    on conflict (server) do update set at = excluded.at, version = coalesce(excluded.version, server_seen.version)`);
}

export const seenRows = (db: Db): Promise<{ server: string; at: Date; version: string | null }[]> =>
  db.rows(sql`select server, at, version::text as version from exchange.server_seen`);

export const directoryVersion = async (db: Db): Promise<string> =>
  (await db.one<{ version: string }>(sql`select version::text as version from exchange.directory_version`)).version;

// ---- policy

export const policyRows = (db: Db): Promise<{ dataClass: string; days: number }[]> =>
  db.rows(sql`select data_class as "dataClass", days from exchange.offline_policy order by data_class`);

export async function putPolicy(db: Db, dataClass: string, days: number): Promise<void> {
  await db.run(sql`insert into exchange.offline_policy (data_class, days) values (${dataClass}, ${days})
    on conflict (data_class) do update set days = excluded.days where offline_policy.days <> excluded.days`);
}

/** Services of another class than the usual one. */
export const classedServices = (db: Db): Promise<{ id: string; dataClass: string }[]> =>
  db.rows(sql`select id, data_class as "dataClass" from exchange.service where data_class <> 'ordinary'`);

export const putClass = (db: Db, service: string, dataClass: string): Promise<number> =>
  db.run(sql`update exchange.service set data_class = ${dataClass} where id = ${service}`);

// ---- what a gateway knows of itself

export interface JoinedRow {
  centre: string;
  anchor: string;
  invitation: string;
  secret: string;
  address: string;
  tlsRequest: string;
  sealRequest: string | null;
  tlsCsr: string;
  sealCsr: string | null;
  server: string | null;
  institution: string | null;
  name: string | null;
  joinedAt: Date | null;
}

export const joinedRow = (db: Db): Promise<JoinedRow | undefined> =>
  db.maybe(sql`select centre, anchor, invitation, secret, address, tls_request as "tlsRequest", seal_request as "sealRequest",
    tls_csr as "tlsCsr", seal_csr as "sealCsr", server, institution, name, joined_at as "joinedAt" from exchange.joined`);

export async function putJoining(db: Db, j: Omit<JoinedRow, "server" | "institution" | "name" | "joinedAt">): Promise<void> {
  await db.run(sql`insert into exchange.joined (centre, anchor, invitation, secret, address, tls_request, seal_request, tls_csr, seal_csr)
    values (${j.centre}, ${j.anchor}, ${j.invitation}, ${j.secret}, ${j.address}, ${j.tlsRequest}, ${j.sealRequest}, ${j.tlsCsr}, ${j.sealCsr})
    on conflict (one) do update set centre = excluded.centre, anchor = excluded.anchor, invitation = excluded.invitation,
      secret = excluded.secret, address = excluded.address where joined.joined_at is null`);
}

export async function putJoined(ctx: Context, j: { server: string; institution: string; name: string }): Promise<void> {
  await ctx.db.run(sql`update exchange.joined set server = ${j.server}, institution = ${j.institution}, name = ${j.name},
    joined_at = ${ctx.clock.now()}, secret = ''`);
}

export const moveCentre = (db: Db, centre: string): Promise<number> =>
  db.run(sql`update exchange.joined set centre = ${centre} where centre <> ${centre}`);

export const putAddressOf = (db: Db, address: string): Promise<number> =>
  db.run(sql`update exchange.joined set address = ${address} where address <> ${address}`);

/** Where an institution's own system answers, and how it is known there: nothing that leaves the institution and its gateways. */
export interface SystemAddress {
  url: string;
  verifyTls: boolean;
  /** PEM; null = the usual authorities */
  ca: string | null;
}

/** Handed over when the institution joins. */
export async function putAddresses(db: Db, institution: string, addresses: Readonly<Record<string, SystemAddress>>): Promise<void> {
  for (const [service, { url, verifyTls, ca }] of Object.entries(addresses))
    await db.run(
      sql`update exchange.service set base_url = ${url}, verify_tls = ${verifyTls}, ca = ${ca} where id = ${service} and institution = ${institution} and kind = 'http'`,
    );
}

export const ownAddresses = (
  db: Db,
  institution: string,
): Promise<{ id: string; baseUrl: string; verifyTls: boolean; ca: string | null }[]> =>
  db.rows(sql`select id, base_url as "baseUrl", verify_tls as "verifyTls", ca from exchange.service
    where institution = ${institution} and kind = 'http' and base_url is not null and not withdrawn order by id`);
