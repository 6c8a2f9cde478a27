import { sql, type Context } from "#kernel";
import type { Bucket } from "./rules.ts";

/** The bucket under this key, locked until the transaction ends; a new one is full. */
export async function lockBucket(ctx: Context, key: Buffer, full: Bucket): Promise<Bucket> {
  await ctx.db.run(sql`
    insert into identity.bucket (key, tokens, at, strain) values (${key}, ${full.tokens}, ${full.at}, ${full.strain})
    on conflict do nothing`);
  return ctx.db.one<Bucket>(sql`select tokens, at, strain from identity.bucket where key = ${key} for update`);
}

export async function keepBucket(ctx: Context, key: Buffer, b: Bucket): Promise<void> {
  await ctx.db.run(sql`
    update identity.bucket set tokens = ${b.tokens}, at = ${b.at}, strain = ${b.strain} where key = ${key}`);
}

/** A bucket nobody touched for that long is full and calm again: forgetting it changes nothing. */
export function dropOldBuckets(ctx: Context, before: Date): Promise<number> {
  return ctx.db.run(sql`delete from identity.bucket where at < ${before}`);
}
