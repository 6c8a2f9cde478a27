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
  /** Of the database it answers from; null: not known, shared with nobody. */
  log: string | null;
}

export const serverRows = (db: Db): Promise<ServerRow[]> =>
  db.rows(sql`select s.id, s.institution, s.address, s.centre, s.since, s.retired_at as "retiredAt", s.log,
      array(select m.institution from exchange.server_member m where m.server = s.id order by m.institution) as members
    from exchange.server s order by s.centre desc, s.id`);

/** A server as registered or renewed; nothing is touched when nothing changed (readers watch the table). */
export async function putServer(
  db: Db,
  s: Omit<ServerRow, "members" | "retiredAt" | "log"> & { members: readonly string[]; log?: string | null },
): Promise<void> {
  await db.run(sql`insert into exchange.server (id, institution, address, centre, since, log)
    values (${s.id}, ${s.institution}, ${s.address}, ${s.centre}, ${s.since}, ${s.log ?? null})
    on conflict (id) do update set address = excluded.address, institution = excluded.institution, log = excluded.log, retired_at = null
    where server.address <> excluded.address or server.log is distinct from excluded.log or server.retired_at is not null or server.institution is distinct from excluded.institution`);
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

type Own = Pick<Context, "db" | "config">;
/** Among the servers that share this database, the one whose keys this program holds. */
const placeOf = (ctx: Pick<Own, "config">): string => ctx.config.setting("key_place") ?? "";

export const joinedRow = (ctx: Own): Promise<JoinedRow | undefined> =>
  ctx.db.maybe(sql`select centre, anchor, invitation, secret, address, tls_request as "tlsRequest", seal_request as "sealRequest",
    tls_csr as "tlsCsr", seal_csr as "sealCsr", server, institution, name, joined_at as "joinedAt" from exchange.joined where place = ${placeOf(ctx)}`);

/** Has another server joined with this database before? */
export const joinedBefore = async (ctx: Own): Promise<boolean> =>
  (await ctx.db.maybe(sql`select 1 from exchange.joined where joined_at is not null and place <> ${placeOf(ctx)} limit 1`)) !== undefined;

export async function putJoining(ctx: Own, j: Omit<JoinedRow, "server" | "institution" | "name" | "joinedAt">): Promise<void> {
  await ctx.db
    .run(sql`insert into exchange.joined (place, centre, anchor, invitation, secret, address, tls_request, seal_request, tls_csr, seal_csr)
    values (${placeOf(ctx)}, ${j.centre}, ${j.anchor}, ${j.invitation}, ${j.secret}, ${j.address}, ${j.tlsRequest}, ${j.sealRequest}, ${j.tlsCsr}, ${j.sealCsr})
    on conflict (place) do update set centre = excluded.centre, anchor = excluded.anchor, invitation = excluded.invitation,
      secret = excluded.secret, address = excluded.address where joined.joined_at is null`);
}

export async function putJoined(ctx: Context, j: { server: string; institution: string; name: string }): Promise<void> {
  await ctx.db.run(sql`update exchange.joined set server = ${j.server}, institution = ${j.institution}, name = ${j.name},
    joined_at = ${ctx.clock.now()}, secret = '' where place = ${placeOf(ctx)}`);
}

/** For all of them: they belong to one centre. */
export const moveCentre = (db: Db, centre: string): Promise<number> =>
  db.run(sql`update exchange.joined set centre = ${centre} where centre <> ${centre}`);

export const putAddressOf = (ctx: Own, address: string): Promise<number> =>
  ctx.db.run(sql`update exchange.joined set address = ${address} where place = ${placeOf(ctx)} and address <> ${address}`);

/** This log's number, given by the first that opens it; `secret` shows that all who do hold the same secrets. */
export const logIdentity = async (db: Db, mine: { id: string; secret: Buffer }): Promise<{ id: string; secret: Buffer }> => {
  await db.run(sql`insert into exchange.log_identity (id, secret) values (${mine.id}, ${mine.secret}) on conflict do nothing`);
  return db.one(sql`select id, secret from exchange.log_identity`);
};

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
