import { sql, type Context, type Level } from "#kernel";
import type { SignInMethod } from "../assurance/rules.ts";
import type { SessionTimes } from "./rules.ts";

export interface SessionRow extends SessionTimes {
  id: string;
  account: string;
  kind: "person" | "official";
  person: string | null;
  method: SignInMethod;
  level: Level;
  passkey: string | null;
  userVerified: boolean;
  simUnknown: boolean;
}

const select = sql`
  select s.id, s.account, a.kind, a.person, s.method, s.level, s.passkey, s.user_verified as "userVerified",
    s.sim_unknown as "simUnknown", s.started_at as "startedAt", s.seen_at as "seenAt", s.expires_at as "expiresAt",
    s.idle_seconds as "idleSeconds", s.ended_at as "endedAt"
  from identity.session s join identity.account a on a.id = s.account and a.closed_at is null`;

export const sessionByToken = (ctx: Context, token: Buffer): Promise<SessionRow | undefined> =>
  ctx.db.maybe<SessionRow>(sql`${select} where s.token = ${token}`);

export const sessionById = (ctx: Context, id: string): Promise<SessionRow | undefined> =>
  ctx.db.maybe<SessionRow>(sql`${select} where s.id = ${id}`);

export const openSessionsOf = (ctx: Context, account: string): Promise<SessionRow[]> =>
  ctx.db.rows<SessionRow>(sql`${select} where s.account = ${account} and s.ended_at is null order by s.seen_at desc limit 100`);

export interface NewSession {
  id: string;
  token: Buffer;
  account: string;
  method: SignInMethod;
  level: Level;
  passkey: string | null;
  userVerified: boolean;
  simUnknown: boolean;
  expiresAt: Date;
  idleSeconds: number;
}

export async function addSession(ctx: Context, s: NewSession): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.run(sql`
    insert into identity.session (id, token, account, method, level, passkey, user_verified, sim_unknown, started_at, seen_at,
      expires_at, idle_seconds)
    values (${s.id}, ${s.token}, ${s.account}, ${s.method}, ${s.level}, ${s.passkey}, ${s.userVerified}, ${s.simUnknown}, ${now}, ${now},
      ${s.expiresAt}, ${s.idleSeconds})`);
}

export async function touchSession(ctx: Context, id: string): Promise<void> {
  await ctx.db.run(sql`update identity.session set seen_at = ${ctx.clock.now()} where id = ${id} and ended_at is null`);
}

/** Ended sessions answer 0: ending twice is one end. */
export function closeSession(ctx: Context, id: string, why: string): Promise<number> {
  return ctx.db.run(sql`
    update identity.session set ended_at = ${ctx.clock.now()}, ended_why = ${why} where id = ${id} and ended_at is null`);
}

/** Sessions that rest on the number alone lose their level; those opened with a passkey keep it. */
export function lowerPhoneSessions(ctx: Context, account: string): Promise<number> {
  return ctx.db.run(sql`
    update identity.session set level = 'low'
    where account = ${account} and method = 'phone-code' and level <> 'low' and ended_at is null`);
}

/** The number turned out to be another person's now: the low sessions it opened go with it. */
export function movePhoneSessions(ctx: Context, from: string, to: string): Promise<number> {
  return ctx.db.run(sql`
    update identity.session set account = ${to}
    where account = ${from} and method = 'phone-code' and level = 'low' and ended_at is null`);
}

export function dropOldSessions(ctx: Context, before: Date): Promise<number> {
  return ctx.db.run(sql`delete from identity.session where expires_at < ${before}`);
}
