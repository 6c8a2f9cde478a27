import { type Context, type Db, sql } from "#kernel";
import { sealed, unsealed } from "../log/at-rest.ts";

/** What is done once the other side has the parcel. */
export interface Holds {
  messages: string[];
  answers: string[];
  statements: string[];
}
export interface ParcelRow {
  id: string;
  peer: string;
  wayOut: boolean;
  replyTo: string | null;
  size: number;
  holds: Holds;
  at: Date;
  applied: boolean;
}
const columns = sql`p.id, p.peer, p.way_out as "wayOut", p.reply_to as "replyTo", p.size, p.holds, p.at, p.applied`;
export const noHolds: Holds = { messages: [], answers: [], statements: [] };

export async function putParcel(db: Db, p: Omit<ParcelRow, "applied">): Promise<boolean> {
  const touched = await db.run(sql`insert into exchange.parcel (id, peer, way_out, reply_to, size, holds, at)
    values (${p.id}, ${p.peer}, ${p.wayOut}, ${p.replyTo}, ${p.size}, ${JSON.stringify(p.holds)}, ${p.at}) on conflict do nothing`);
  return touched === 1;
}
export const parcelOf = (db: Db, id: string, peer: readonly string[], wayOut: boolean): Promise<ParcelRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.parcel p where p.id::text = ${id} and p.peer = any(${[...peer]}) and p.way_out = ${wayOut}`);
/** The parcel on its way to that server, not a reply of ours. */
export const openParcel = (db: Db, peer: string): Promise<ParcelRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.parcel p where p.peer = ${peer} and p.way_out and p.reply_to is null order by p.at limit 1`);
export const replyOf = (db: Db, id: string, wayOut: boolean): Promise<ParcelRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.parcel p where p.reply_to = ${id} and p.way_out = ${wayOut}`);
export const unacknowledged = (db: Db, peer: string): Promise<ParcelRow[]> =>
  db.rows(sql`select ${columns} from exchange.parcel p where p.peer = ${peer} and not p.way_out and p.reply_to is not null and p.applied`);
export const markApplied = (db: Db, id: string): Promise<number> => db.run(sql`update exchange.parcel set applied = true where id = ${id}`);
export const dropParcel = (db: Db, id: string): Promise<number> => db.run(sql`delete from exchange.parcel where id = ${id}`);

/** How far it has come without a gap. */
export const reached = async (db: Db, id: string): Promise<number> =>
  (
    await db.one<{ end: number }>(
      sql`select coalesce(max(start + coalesce(size, length(bytes))), 0)::int as end from exchange.piece where parcel = ${id}`,
    )
  ).end;

type Keeping = Pick<Context, "db" | "secret" | "ids">;
const about = (id: string, start: number): string => `piece/${id}/${start}`;
/** Sealed: a parcel holds people's questions and answers, perhaps for days. */
export const putPiece = (ctx: Keeping, id: string, start: number, bytes: Buffer): Promise<number> =>
  ctx.db.run(sql`insert into exchange.piece (parcel, start, size, bytes)
    values (${id}, ${start}, ${bytes.length}, ${sealed(ctx, about(id, start), bytes)})`);
export const piecesOf = async (ctx: Pick<Keeping, "db" | "secret">, id: string): Promise<Buffer> => {
  const rows = await ctx.db.rows<{ start: number; size: number | null; bytes: Buffer }>(
    sql`select start, size, bytes from exchange.piece where parcel = ${id} order by start`,
  );
  return Buffer.concat(rows.map((one) => (one.size === null ? one.bytes : unsealed(ctx, about(id, one.start), one.bytes))));
};
/** The bytes from there to the end of the piece they lie in; undefined: nothing lies there. */
export const pieceFrom = async (ctx: Pick<Keeping, "db" | "secret">, id: string, from: number): Promise<Buffer | undefined> => {
  const one = await ctx.db.maybe<{ start: number; size: number | null; bytes: Buffer }>(
    sql`select start, size, bytes from exchange.piece where parcel = ${id} and start <= ${from} order by start desc limit 1`,
  );
  const bytes = one && (one.size === null ? one.bytes : unsealed(ctx, about(id, one.start), one.bytes));
  return bytes && from < one.start + bytes.length ? bytes.subarray(from - one.start) : undefined;
};
export const dropPieces = (db: Db, id: string): Promise<number> => db.run(sql`delete from exchange.piece where parcel = ${id}`);

/** Begun and never ended, or kept only to be given again. */
export const forgetParcels = (db: Db, before: Date): Promise<number> => db.run(sql`delete from exchange.parcel where at < ${before}`);
/** Parcels begun and not ended: how many of that peer, and how many bytes of all, as announced. */
export const unfinished = (db: Db, peer: string): Promise<{ own: number; bytes: number }> =>
  db.one(sql`select count(*) filter (where peer = ${peer})::int as own, coalesce(sum(size), 0)::float8 as bytes
    from exchange.parcel where not way_out and reply_to is null and not applied`);
