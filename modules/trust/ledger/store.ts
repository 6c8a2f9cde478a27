import { type Context, sql } from "#kernel";
import type { Tile } from "./tiles.ts";

export interface HeadRow {
  size: number;
  root: Buffer;
  origin: string;
  at: Date;
  certificate: string | null;
  signature: Buffer | null;
  token: Buffer | null;
  stampedAt: Date | null;
}

interface RawHead extends Omit<HeadRow, "size"> {
  size: string;
}

// `order by head.size`, never `size`: that would name the text of the output and put 9 after 10.
const columns = sql`size::text as size, root, origin, at, certificate, signature, token, stamped_at as "stampedAt" from trust.head`;
const made = (row: RawHead | undefined): HeadRow | undefined => row && { ...row, size: Number(row.size) };

export async function latestHead(ctx: Context, o: { signed?: boolean } = {}): Promise<HeadRow | undefined> {
  return made(
    await ctx.db.maybe<RawHead>(
      sql`select ${columns} ${o.signed ? sql`where signature is not null` : sql``} order by head.size desc limit 1`,
    ),
  );
}

export async function headAt(ctx: Context, size: number): Promise<HeadRow | undefined> {
  return made(await ctx.db.maybe<RawHead>(sql`select ${columns} where size = ${size}`));
}

/** Heads of sizes above `after` (and up to `upTo`), oldest first; `stamped` leaves out those no time stamp covers. */
export async function heads(ctx: Context, o: { after: number; upTo?: number; stamped?: boolean; limit: 100 | "all" }): Promise<HeadRow[]> {
  const rows = await ctx.db.rows<RawHead>(sql`
    select ${columns} where size > ${o.after} ${o.upTo === undefined ? sql`` : sql`and size <= ${o.upTo}`}
      ${o.stamped ? sql`and token is not null` : sql``}
    order by head.size ${o.limit === 100 ? sql`limit 100` : sql``}`);
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}

export async function keepHead(ctx: Context, head: { size: number; root: Uint8Array; origin: string; at: Date }): Promise<void> {
  await ctx.db.run(sql`
    insert into trust.head (size, root, origin, at) values (${head.size}, ${Buffer.from(head.root)}, ${head.origin}, ${head.at})`);
}

export async function signHead(ctx: Context, size: number, certificate: string, signature: Uint8Array): Promise<void> {
  await ctx.db.run(sql`
    update trust.head set certificate = ${certificate}, signature = ${Buffer.from(signature)} where size = ${size} and signature is null`);
}

export async function stampHead(ctx: Context, size: number, token: Uint8Array, at: Date): Promise<void> {
  await ctx.db.run(sql`update trust.head set token = ${Buffer.from(token)}, stamped_at = ${at} where size = ${size} and token is null`);
}

/** Heads nobody needs any more: no time stamp covers them, a later one exists, and a day has passed. */
export async function dropOldHeads(ctx: Context, before: Date): Promise<number> {
  return ctx.db.run(sql`
    delete from trust.head where token is null and at < ${before} and size < (select max(size) from trust.head where signature is not null)`);
}

export async function tilesAt(ctx: Context, places: readonly { level: number; index: number }[]): Promise<Tile[]> {
  const rows = await ctx.db.rows<{ level: number; index: string; hashes: Buffer }>(sql`
    select t.level, t.index::text as index, t.hashes
    from unnest(${places.map((p) => p.level)}::int[], ${places.map((p) => p.index)}::bigint[]) as w (level, index)
    join trust.tile t on t.level = w.level and t.index = w.index`);
  return rows.map((row) => ({ ...row, index: Number(row.index) }));
}

export async function keepTiles(ctx: Context, tiles: readonly Tile[]): Promise<void> {
  await ctx.db.run(sql`
    insert into trust.tile (level, index, hashes)
    select * from unnest(${tiles.map((t) => t.level)}::int[], ${tiles.map((t) => t.index)}::bigint[], ${tiles.map((t) => Buffer.from(t.hashes))}::bytea[])
    on conflict (level, index) do update set hashes = excluded.hashes`);
}
