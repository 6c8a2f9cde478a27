import { type Db, sql } from "#kernel";
import type { Holds } from "../outbox/store-parcels.ts";

export const putOut = (db: Db, b: { id: string; peer: string; at: Date; holds: Holds }): Promise<number> =>
  db.run(
    sql`insert into exchange.bundle (id, peer, way_out, at, holds) values (${b.id}, ${b.peer}, true, ${b.at}, ${JSON.stringify(b.holds)})`,
  );
export const holdsOf = async (db: Db, id: string, peer: string): Promise<Holds | undefined> =>
  (await db.maybe<{ holds: Holds }>(sql`select holds from exchange.bundle where id = ${id} and peer = ${peer} and way_out`))?.holds;
export const dropOut = (db: Db, id: string): Promise<number> => db.run(sql`delete from exchange.bundle where id = ${id} and way_out`);

/** When it came before; undefined: it has not. */
export const cameAt = async (db: Db, id: string): Promise<Date | undefined> =>
  (await db.maybe<{ at: Date }>(sql`select imported_at as at from exchange.bundle where id = ${id} and not way_out`))?.at;
export const putIn = (db: Db, b: { id: string; peer: string; at: Date; importedAt: Date }): Promise<number> =>
  db.run(sql`insert into exchange.bundle (id, peer, way_out, at, holds, imported_at) values (${b.id}, ${b.peer}, false, ${b.at}, '{}', ${b.importedAt})
    on conflict do nothing`);
/** Arrived from that server, and it may not know yet: said again in every bundle for a month. */
export const arrivedFrom = async (db: Db, peer: string, since: Date): Promise<string[]> =>
  (
    await db.rows<{ id: string }>(
      sql`select id from exchange.bundle where peer = ${peer} and not way_out and imported_at > ${since} order by imported_at desc limit 1000`,
    )
  ).map((one) => one.id);
export const forgetBundles = (db: Db, before: Date): Promise<number> => db.run(sql`delete from exchange.bundle where at < ${before}`);
