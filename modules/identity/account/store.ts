import { sql, type Context } from "#kernel";
import type { ProofKind, Standing } from "../assurance/rules.ts";

export type Asked = "none" | "waiting" | "matched" | "no-match" | "sim-recent" | "unavailable";

export interface Account {
  id: string;
  kind: "person" | "official";
  person: string | null;
  lang: string;
  username: string | null;
  displayName: string | null;
  proofKind: ProofKind | null;
  proofAt: Date | null;
  asked: Asked;
  askedAt: Date | null;
  claim: Buffer | null;
  phone: string | null;
  phoneToken: Buffer | null;
  phoneSealed: Buffer | null;
  verifiedAt: Date | null;
  simChangedAt: Date | null;
}

const select = sql`
  select a.id, a.kind, a.person, a.lang, a.username, a.display_name as "displayName", a.proof_kind as "proofKind",
    a.proof_at as "proofAt", a.asked, a.asked_at as "askedAt", a.claim, p.id as phone, p.token as "phoneToken",
    p.sealed as "phoneSealed", p.verified_at as "verifiedAt", p.sim_changed_at as "simChangedAt"
  from identity.account a left join identity.phone p on p.account = a.id and p.replaced_at is null`;

export const accountById = (ctx: Context, id: string): Promise<Account | undefined> =>
  ctx.db.maybe<Account>(sql`${select} where a.id = ${id} and a.closed_at is null`);

export const lockAccount = (ctx: Context, id: string): Promise<Account | undefined> =>
  ctx.db.maybe<Account>(sql`${select} where a.id = ${id} and a.closed_at is null for update of a`);

export const accountByPhone = (ctx: Context, token: Buffer): Promise<Account | undefined> =>
  ctx.db.maybe<Account>(sql`${select} where p.token = ${token} and a.closed_at is null`);

export const accountByUsername = (ctx: Context, username: string): Promise<Account | undefined> =>
  ctx.db.maybe<Account>(sql`${select} where lower(a.username) = lower(${username}) and a.kind = 'official' and a.closed_at is null`);

export const accountsOf = (ctx: Context, person: string): Promise<Account[]> =>
  ctx.db.rows<Account>(sql`${select} where a.person = ${person} and a.closed_at is null order by a.opened_at`);

export const demoOfficials = (ctx: Context): Promise<Account[]> =>
  ctx.db.rows<Account>(sql`${select} where a.demo and a.kind = 'official' and a.closed_at is null order by a.username`);

export function standing(a: Account): Standing {
  return {
    kind: a.kind,
    proof: a.proofKind && a.proofAt ? { kind: a.proofKind, at: a.proofAt } : null,
    numberSince: a.verifiedAt,
    simChangedAt: a.simChangedAt,
  };
}

/** One number at a time: whoever signs in, changes or proves it waits for the other. */
export async function lockNumber(ctx: Context, token: Buffer): Promise<void> {
  await ctx.db.run(sql`select pg_advisory_xact_lock(7460810, hashtext(${token.toString("hex")}))`);
}

/** Does this device belong to the owner of this number? One query, the same for known and unknown numbers. */
export async function ownerOf(ctx: Context, phone: Buffer, device: Buffer | null): Promise<{ account: string | null; known: boolean }> {
  return ctx.db.one(sql`
    select (select p.account from identity.phone p where p.token = ${phone} and p.replaced_at is null) as account,
      exists (select 1 from identity.phone p join identity.device d on d.account = p.account
        where p.token = ${phone} and p.replaced_at is null and d.token = ${device}) as known`);
}

export async function addAccount(
  ctx: Context,
  a: { id: string; kind: "person" | "official"; lang: string; username?: string; displayName?: string; demo?: boolean },
): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.account (id, kind, lang, opened_at, username, display_name, demo)
    values (${a.id}, ${a.kind}, ${a.lang}, ${ctx.clock.now()}, ${a.username ?? null}, ${a.displayName ?? null}, ${a.demo ?? false})`);
}

export async function addPhone(ctx: Context, p: { id: string; account: string; token: Buffer; sealed: Buffer }): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.phone (id, account, token, sealed, verified_at)
    values (${p.id}, ${p.account}, ${p.token}, ${p.sealed}, ${ctx.clock.now()})`);
}

export async function replacePhone(ctx: Context, phone: string): Promise<void> {
  await ctx.db.run(sql`update identity.phone set replaced_at = ${ctx.clock.now()} where id = ${phone}`);
}

export async function setSimChanged(ctx: Context, phone: string, at: Date): Promise<void> {
  await ctx.db.run(sql`update identity.phone set sim_changed_at = ${at} where id = ${phone}`);
}

export async function setProof(ctx: Context, account: string, person: string, kind: ProofKind): Promise<void> {
  await ctx.db.run(sql`
    update identity.account set person = ${person}, proof_kind = ${kind}, proof_at = ${ctx.clock.now()} where id = ${account}`);
}

export async function setAsked(ctx: Context, account: string, asked: Asked, claim: Buffer | null): Promise<void> {
  await ctx.db.run(sql`
    update identity.account set asked = ${asked}, asked_at = ${ctx.clock.now()}, claim = ${claim} where id = ${account}`);
}

/** Questions nobody answers any more: their job died with a process, after its last try. */
export const stuckQuestions = (ctx: Context, before: Date): Promise<Account[]> =>
  ctx.db.rows<Account>(
    sql`${select} where a.asked = 'waiting' and a.asked_at < ${before} order by a.asked_at limit 100 for update of a skip locked`,
  );

export async function rememberDevice(ctx: Context, device: Buffer, account: string): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.device (token, account, seen_at) values (${device}, ${account}, ${ctx.clock.now()})
    on conflict (token, account) do update set seen_at = excluded.seen_at`);
}

export async function knowsDevice(ctx: Context, device: Buffer | null, account: string | null): Promise<boolean> {
  const row = await ctx.db.one<{ known: boolean }>(sql`
    select exists (select 1 from identity.device where token = ${device} and account = ${account}) as known`);
  return row.known;
}

/** Devices first seen or used since then may be a thief's; those of before are the owner's. */
export async function forgetDevices(ctx: Context, account: string, since: Date): Promise<void> {
  await ctx.db.run(sql`delete from identity.device where account = ${account} and seen_at >= ${since}`);
}

export function dropOldDevices(ctx: Context, before: Date): Promise<number> {
  return ctx.db.run(sql`delete from identity.device where seen_at < ${before}`);
}
