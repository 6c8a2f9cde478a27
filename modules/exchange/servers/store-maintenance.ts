import { type Db, sql } from "#kernel";

export interface MaintenanceRow {
  server: string;
  since: Date;
  until: Date;
  notice: string | null;
  endedAt: Date | null;
  /** On a gateway, of itself: the version of the directory that first says the same. */
  told: number | null;
}
const columns = sql`server, since, until, notice, ended_at as "endedAt", told::float8 as told`;

/** Those not ended, past ones included: whose end has come is away no more, whoever reads it. */
export const maintenanceRows = (db: Db): Promise<MaintenanceRow[]> =>
  db.rows(sql`select ${columns} from exchange.maintenance where ended_at is null order by server`);
export const maintenanceOf = (db: Db, server: string): Promise<MaintenanceRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.maintenance where server = ${server}`);

/** A new announcement takes the place of the last one. */
export const putMaintenance = (db: Db, m: Omit<MaintenanceRow, "endedAt" | "told">): Promise<number> =>
  db.run(sql`insert into exchange.maintenance (server, since, until, notice) values (${m.server}, ${m.since}, ${m.until}, ${m.notice})
    on conflict (server) do update set since = excluded.since, until = excluded.until, notice = excluded.notice, ended_at = null, told = null`);

/** 0: there was none, or it had ended. */
export const endMaintenance = (db: Db, server: string, at: Date): Promise<number> =>
  db.run(sql`update exchange.maintenance set ended_at = ${at}, told = null where server = ${server} and ended_at is null`);

/** Those whose announced end has come: they end then, and are named once. */
export const endPast = (db: Db, now: Date): Promise<{ server: string; until: Date }[]> =>
  db.rows(sql`update exchange.maintenance set ended_at = until where ended_at is null and until <= ${now} returning server, until`);

/** The centre has heard what this server says of itself. Only if it still says that. */
export const markTold = (db: Db, m: Pick<MaintenanceRow, "server" | "since" | "endedAt">, version: number): Promise<number> =>
  db.run(sql`update exchange.maintenance set told = ${version}
    where server = ${m.server} and since = ${m.since} and ended_at is not distinct from ${m.endedAt}`);

/** What a directory of that version says of all servers. What this server says of itself stands until a version has come that knows it. */
export async function takeMaintenance(
  db: Db,
  version: number,
  said: readonly { server: string; since: Date; until: Date; notice: string | null }[],
): Promise<void> {
  await db.run(sql`delete from exchange.maintenance where server <> all(${said.map((m) => m.server)}) and told <= ${version}`);
  for (const m of said)
    await db.run(sql`insert into exchange.maintenance as m (server, since, until, notice, told)
      values (${m.server}, ${m.since}, ${m.until}, ${m.notice}, ${version})
      on conflict (server) do update set since = excluded.since, until = excluded.until, notice = excluded.notice, ended_at = null, told = excluded.told
      where m.told <= excluded.told and (m.since, m.until, m.notice, m.ended_at) is distinct from (excluded.since, excluded.until, excluded.notice, null)`);
}
