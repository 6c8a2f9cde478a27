import { sql, type Context } from "#kernel";

export interface TotpRow {
  sealed: Buffer | null;
  lastStep: number;
  pending: Buffer | null;
  pendingAt: Date | null;
}

export async function readPassword(ctx: Context, account: string | null): Promise<string | undefined> {
  const row = await ctx.db.maybe<{ phc: string }>(sql`select phc from identity.password where account = ${account}`);
  return row?.phc;
}

export async function setPassword(ctx: Context, account: string, phc: string): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.password (account, phc, changed_at) values (${account}, ${phc}, ${ctx.clock.now()})
    on conflict (account) do update set phc = excluded.phc, changed_at = excluded.changed_at`);
}

export const readTotp = (ctx: Context, account: string | null): Promise<TotpRow | undefined> =>
  ctx.db.maybe<TotpRow>(sql`
    select sealed, last_step::float8 as "lastStep", pending, pending_at as "pendingAt" from identity.totp where account = ${account}`);

export async function setPendingTotp(ctx: Context, account: string, pending: Buffer): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.totp (account, pending, pending_at) values (${account}, ${pending}, ${ctx.clock.now()})
    on conflict (account) do update set pending = excluded.pending, pending_at = excluded.pending_at`);
}

export async function setTotp(ctx: Context, account: string, sealed: Buffer, step: number): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.totp (account, sealed, last_step, confirmed_at) values (${account}, ${sealed}, ${step}, ${ctx.clock.now()})
    on conflict (account) do update set sealed = excluded.sealed, last_step = excluded.last_step,
      confirmed_at = excluded.confirmed_at, pending = null, pending_at = null`);
}

/** 0 when another request used this step, or a later one, in between: a code works once even when sent twice at once. */
export function useTotpStep(ctx: Context, account: string, step: number): Promise<number> {
  return ctx.db.run(sql`update identity.totp set last_step = ${step} where account = ${account} and last_step < ${step}`);
}
