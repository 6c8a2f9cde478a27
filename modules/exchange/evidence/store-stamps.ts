import { type Db, sql } from "#kernel";

export interface Batch {
  first: number;
  next: number;
  hashes: Buffer;
  stamp: number | null;
}
const columns = sql`first_leaf::float8 as first, next_leaf::float8 as next, hashes, stamp::float8 as stamp from exchange.batch`;

export const batchedUpTo = async (db: Db): Promise<number> =>
  (await db.one<{ next: number }>(sql`select coalesce(max(next_leaf), 0)::float8 as next from exchange.batch`)).next;
export const batchOf = (db: Db, leaf: number): Promise<Batch | undefined> =>
  db.maybe<Batch>(sql`select ${columns} where first_leaf <= ${leaf} and next_leaf > ${leaf} order by first_leaf desc limit 1`);
export const unstamped = (db: Db, size: number): Promise<Batch[]> =>
  db.rows<Batch>(sql`select ${columns} where stamp is null and next_leaf <= ${size} order by first_leaf`);
export const batchesUnder = (db: Db, stamp: number): Promise<Batch[]> =>
  db.rows<Batch>(sql`select ${columns} where stamp = ${stamp} order by first_leaf`);
export const oldestUnstamped = async (db: Db): Promise<Date | null> =>
  (await db.one<{ at: Date | null }>(sql`select min(at) as at from exchange.batch where stamp is null`)).at;

export async function putBatch(
  db: Db,
  b: { first: number; next: number; at: Date; hashes: Buffer; statuses: ReadonlyMap<string, Uint8Array> },
): Promise<void> {
  const touched = await db.run(sql`insert into exchange.batch (first_leaf, next_leaf, at, hashes)
    values (${b.first}, ${b.next}, ${b.at}, ${b.hashes}) on conflict do nothing`);
  if (touched === 0 || b.statuses.size === 0) return;
  await db.run(sql`insert into exchange.certificate_status (first_leaf, serial, response)
    select ${b.first}::bigint, serial, response
    from unnest(${[...b.statuses.keys()]}::text[], ${[...b.statuses.values()].map((der) => Buffer.from(der))}::bytea[]) as s (serial, response)`);
}
export const statusIn = async (db: Db, batch: number, serial: string): Promise<Buffer | undefined> =>
  (
    await db.maybe<{ response: Buffer }>(
      sql`select response from exchange.certificate_status where first_leaf = ${batch} and serial = ${serial}`,
    )
  )?.response;

/** A signed message under a leaf, as far as its signature file needs it. */
export interface LeafMessage {
  index: number;
  part: string;
  bodyHash: Buffer | null;
  signature: Buffer;
  serial: string;
  signedAt: Date;
}
/** Messages under leaves [from, to) whose signature an ASiC-E container can carry. */
export const messagesBetween = (db: Db, from: number, to: number): Promise<LeafMessage[]> =>
  db.rows(sql`
    select l.index::float8 as index, r.header_part as part, r.body_hash as "bodyHash", r.signature, r.serial, r.signed_at as "signedAt"
      from exchange.leaf l join exchange.request r on r.exchange = l.exchange and r.side = l.side
      where l.index >= ${from} and l.index < ${to} and l.kind = 'request' and r.format = 'xades'
    union all
    select l.index::float8, o.header_part, o.body_hash, o.signature, o.serial, o.signed_at
      from exchange.leaf l join exchange.outcome o on o.exchange = l.exchange and o.side = l.side
      where l.index >= ${from} and l.index < ${to} and l.kind = 'outcome' and o.format = 'xades' and o.signature is not null
    order by index`);

export interface Stamp {
  size: number;
  at: Date;
  digest: Buffer;
  token: Buffer;
}
const stamp = sql`s.head_size::float8 as size, s.at, s.digest, s.token from exchange.stamp s`;

/** The first time stamp over a head that has this leaf. */
export const stampOver = (db: Db, leaf: number): Promise<Stamp | undefined> =>
  db.maybe<Stamp>(sql`select ${stamp} where s.head_size > ${leaf} order by s.head_size limit 1`);
export const lastStamp = (db: Db): Promise<Stamp | undefined> => db.maybe<Stamp>(sql`select ${stamp} order by s.head_size desc limit 1`);
/** `batches`: those the stamp covers, by their first leaf. */
export async function putStamp(db: Db, s: Stamp, batches: readonly number[]): Promise<void> {
  const touched = await db.run(sql`insert into exchange.stamp (head_size, at, digest, token)
    values (${s.size}, ${s.at}, ${s.digest}, ${s.token}) on conflict do nothing`);
  if (touched === 1)
    await db.run(sql`update exchange.batch set stamp = ${s.size} where stamp is null and first_leaf = any(${[...batches]}::bigint[])`);
}

export const certificatePems = (db: Db, serials: readonly string[]): Promise<{ serial: string; pem: string }[]> =>
  db.rows(sql`select serial, pem from exchange.certificate where serial = any(${[...serials]}::text[])`);
