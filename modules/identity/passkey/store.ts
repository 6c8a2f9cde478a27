import { sql, type Context, type Level } from "#kernel";

export interface PasskeyRow {
  id: string;
  account: string;
  credential: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  label: string;
  enrolledLevel: Level;
  addedAt: Date;
  usedAt: Date | null;
}

const select = sql`
  select id, account, credential, public_key as "publicKey", counter::float8 as counter, transports, label,
    enrolled_level as "enrolledLevel", added_at as "addedAt", used_at as "usedAt"
  from identity.passkey`;

/** Locked: the signature counter is compared and moved in one step. */
export const lockCredential = (ctx: Context, credential: string): Promise<PasskeyRow | undefined> =>
  ctx.db.maybe<PasskeyRow>(sql`${select} where credential = ${credential} and removed_at is null for update`);

export const passkeysOf = (ctx: Context, account: string): Promise<PasskeyRow[]> =>
  ctx.db.rows<PasskeyRow>(sql`${select} where account = ${account} and removed_at is null order by added_at`);

export async function passkeyLevel(ctx: Context, id: string): Promise<Level | undefined> {
  const row = await ctx.db.maybe<{ level: Level }>(sql`
    select enrolled_level as level from identity.passkey where id = ${id} and removed_at is null`);
  return row?.level;
}

/** 0 when the credential is known already. */
export function addPasskey(ctx: Context, p: Omit<PasskeyRow, "addedAt" | "usedAt">): Promise<number> {
  return ctx.db.run(sql`
    insert into identity.passkey (id, account, credential, public_key, counter, transports, label, enrolled_level, added_at)
    values (${p.id}, ${p.account}, ${p.credential}, ${p.publicKey}, ${p.counter}, ${p.transports}, ${p.label}, ${p.enrolledLevel},
      ${ctx.clock.now()})
    on conflict (credential) do nothing`);
}

export async function passkeyUsed(ctx: Context, id: string, counter: number): Promise<void> {
  await ctx.db.run(sql`update identity.passkey set counter = ${counter}, used_at = ${ctx.clock.now()} where id = ${id}`);
}

export async function dropPasskey(ctx: Context, id: string): Promise<void> {
  await ctx.db.run(sql`update identity.passkey set removed_at = ${ctx.clock.now()} where id = ${id}`);
}
