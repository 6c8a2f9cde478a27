import { type Db, sql } from "#kernel";
import type { Tile } from "#trust";
import type { LogRow } from "./leaf.ts";

export interface Head {
  size: number;
  root: Buffer;
  origin: string;
  at: Date;
  serial: string | null;
  signature: Buffer | null;
}
const head = sql`h.size::float8 as size, h.root, h.origin, h.at, h.serial, h.signature from exchange.head h`;

export const latestHead = (db: Db, o: { signed?: boolean } = {}): Promise<Head | undefined> =>
  db.maybe<Head>(sql`select ${head} ${o.signed ? sql`where h.signature is not null` : sql``} order by h.size desc limit 1`);
export const headAt = (db: Db, size: number): Promise<Head | undefined> => db.maybe<Head>(sql`select ${head} where h.size = ${size}`);

/** The oldest row without a leaf, and how many there are, counted up to ten thousand. */
export const backlog = (db: Db): Promise<{ waiting: number; oldest: Date | null }> =>
  db.one(sql`select count(*)::int as waiting,
      (select coalesce(o.at, r.at, s.at) from (select * from exchange.waiting order by n limit 1) as x ${itsRows}) as oldest
    from (select from exchange.waiting limit 10000) as few`);

// A row by what its leaf is called: x(exchange, side, kind); of a statement, `exchange` is its own id and `part` its text.
const row = sql`x.exchange, x.side, x.kind, coalesce(r.institution, s.institution) as institution, coalesce(o.at, r.at, s.at) as at,
  r.message_id as "messageId", coalesce(r.client, s.client_institution) as client, r.service,
  case x.kind when 'request' then r.header_part when 'outcome' then o.header_part else s.text end as "headerPart",
  case x.kind when 'request' then r.body_hash when 'outcome' then o.body_hash end as "bodyHash",
  case x.kind when 'request' then r.signature when 'outcome' then o.signature else s.signature end as signature,
  case x.kind when 'request' then r.serial when 'outcome' then o.serial else s.serial end as serial,
  coalesce(o.outcome, s.kind) as outcome, o.error_type as "errorType", o.status,
  case x.kind when 'request' then r.configuration end as configuration`;
const itsRows = sql`
  left join exchange.request r on x.kind <> 'statement' and r.exchange = x.exchange and r.side = x.side
  left join exchange.outcome o on x.kind = 'outcome' and o.exchange = x.exchange and o.side = x.side
  left join exchange.statement s on x.kind = 'statement' and s.id = x.exchange
  where case x.kind when 'request' then r.exchange when 'outcome' then o.exchange else s.id end is not null`;

/** Takes waiting rows, the oldest first, for the rest of the transaction; undefined while another sealer is at it. */
export async function takeWaiting(db: Db, most: number): Promise<LogRow[] | undefined> {
  const { free } = await db.one<{ free: boolean }>(sql`select pg_try_advisory_xact_lock(7460820, 1) as free`);
  if (!free) return undefined;
  return db.rows<LogRow>(sql`
    with x as (
      delete from exchange.waiting where n in (select n from exchange.waiting order by n limit ${most}) returning n, exchange, side, kind)
    select ${row} from x ${itsRows} order by x.n`);
}

export const putLeaves = (db: Db, first: number, rows: readonly LogRow[], hashes: readonly Buffer[]): Promise<number> =>
  db.run(sql`insert into exchange.leaf (index, exchange, side, kind, hash)
    select ${first}::bigint + ordinality - 1, exchange, side, kind, hash
    from unnest(${rows.map((r) => r.exchange)}::uuid[], ${rows.map((r) => r.side)}::text[], ${rows.map((r) => r.kind)}::text[],
      ${[...hashes]}::bytea[]) with ordinality as l (exchange, side, kind, hash, ordinality)`);

export const putHead = (db: Db, h: Omit<Head, "serial" | "signature">): Promise<number> =>
  db.run(sql`insert into exchange.head (size, root, origin, at) values (${h.size}, ${h.root}, ${h.origin}, ${h.at})`);
export const signHead = (db: Db, size: number, serial: string, signature: Uint8Array): Promise<number> =>
  db.run(
    sql`update exchange.head set serial = ${serial}, signature = ${Buffer.from(signature)} where size = ${size} and signature is null`,
  );

/** Heads nobody needs any more: no time stamp covers them and a later signed one exists. */
export const dropHeads = (db: Db, before: Date): Promise<number> =>
  db.run(sql`delete from exchange.head h where h.at < ${before} and not exists (select from exchange.stamp s where s.head_size = h.size)
    and h.size < (select max(size) from exchange.head where signature is not null)`);

export const tilesAt = (db: Db, places: readonly { level: number; index: number }[]): Promise<Tile[]> =>
  db.rows(sql`select t.level, t.index::float8 as index, t.hashes
    from unnest(${places.map((p) => p.level)}::int[], ${places.map((p) => p.index)}::bigint[]) as w (level, index)
    join exchange.tile t on t.level = w.level and t.index = w.index`);
export const putTiles = (db: Db, tiles: readonly Tile[]): Promise<number> =>
  db.run(sql`insert into exchange.tile (level, index, hashes)
    select * from unnest(${tiles.map((t) => t.level)}::int[], ${tiles.map((t) => t.index)}::bigint[],
      ${tiles.map((t) => Buffer.from(t.hashes))}::bytea[])
    on conflict (level, index) do update set hashes = excluded.hashes`);

export interface Leaf {
  index: number;
  side: LogRow["side"];
  kind: LogRow["kind"];
  hash: Buffer;
}
export const leavesOf = (db: Db, exchange: string): Promise<Leaf[]> =>
  db.rows(sql`select index::float8 as index, side, kind, hash from exchange.leaf where exchange = ${exchange}`);

/** The row a leaf stands for, as it is now; undefined once archived. */
export const rowOf = (db: Db, exchange: string, side: string, kind: string): Promise<LogRow | undefined> =>
  db.maybe(sql`select ${row} from (select ${exchange}::uuid as exchange, ${side}::text as side, ${kind}::text as kind) as x ${itsRows}`);

/** What is sealed and stamped, and since when something waits for its time stamp. */
export const treeState = (
  db: Db,
): Promise<{ leaves: number; sealedAt: Date | null; stampedAt: Date | null; unstampedSince: Date | null }> =>
  db.one(sql`select (select coalesce(max(size), 0)::float8 from exchange.head where signature is not null) as leaves,
      (select h.at from exchange.head h where h.signature is not null order by h.size desc limit 1) as "sealedAt",
      (select s.at from exchange.stamp s order by s.head_size desc limit 1) as "stampedAt",
      (select min(at) from exchange.batch where stamp is null) as "unstampedSince"`);
