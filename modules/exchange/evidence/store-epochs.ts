import { type Context, type Db, sql } from "#kernel";

export interface Seen {
  size: number;
  root: Buffer;
}
export type EpochCause = "put-back" | "contradicted" | "by-hand";

// ---- at the centre

export const witnessedOf = (db: Db, q: { institution: string; log: string; origin: string }): Promise<Seen | undefined> =>
  db.maybe(sql`select size::float8 as size, root from exchange.witnessed
    where institution = ${q.institution} and log = ${q.log} and origin = ${q.origin} for update`);

export const putWitnessed = (
  { db, clock }: Context,
  w: Seen & { institution: string; log: string; origin: string; server: string },
): Promise<number> =>
  db.run(sql`insert into exchange.witnessed (institution, log, origin, size, root, at, server)
    values (${w.institution}, ${w.log}, ${w.origin}, ${w.size}, ${w.root}, ${clock.now()}, ${w.server})
    on conflict (institution, log, origin) do update set size = excluded.size, root = excluded.root, at = excluded.at, server = excluded.server
    where witnessed.size < excluded.size`);

// ---- on a gateway

export interface Epoch {
  origin: string;
  at: Date;
  size: number;
  seen: number | null;
  why: EpochCause;
}
export const epochs = (db: Db): Promise<Epoch[]> =>
  db.rows(sql`select origin, at, size::float8 as size, seen::float8 as seen, why from exchange.epoch order by at, origin`);
export const putEpoch = (db: Db, e: Epoch): Promise<number> =>
  db.run(sql`insert into exchange.epoch (origin, at, size, seen, why) values (${e.origin}, ${e.at}, ${e.size}, ${e.seen}, ${e.why})`);

export const heldSince = async (db: Db): Promise<Date | undefined> =>
  (await db.maybe<{ since: Date }>(sql`select since from exchange.seal_hold`))?.since;
export const holdSeals = ({ db, clock }: Context): Promise<number> =>
  db.run(sql`insert into exchange.seal_hold (since) values (${clock.now()}) on conflict do nothing`);
export const releaseSeals = (db: Db): Promise<number> => db.run(sql`delete from exchange.seal_hold`);

/** The sealer's own lock, for the rest of the transaction: nobody seals meanwhile. */
export const stopSealer = (db: Db): Promise<unknown> => db.one(sql`select pg_advisory_xact_lock(7460820, 1) is null as held`);

export const leafHashes = (db: Db, from: number, most: number): Promise<{ index: number; hash: Buffer }[]> =>
  db.rows(sql`select index::float8 as index, hash from exchange.leaf where index >= ${from} order by index limit ${most}`);

export const headsBetween = (db: Db, from: number, to: number): Promise<{ size: number; root: Buffer }[]> =>
  db.rows(sql`select size::float8 as size, root from exchange.head where size > ${from} and size <= ${to} order by size`);
