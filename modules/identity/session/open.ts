import { atLeast, type Context, type Level } from "#kernel";
import type { SignInMethod } from "../assurance/rules.ts";
import { sessionEnded, signedInFact } from "../facts.ts";
import { isToken, lifeOf, tokenHash } from "./rules.ts";
import { addSession, closeSession, sessionByToken, type SessionRow } from "./store.ts";
import { knowsDevice, rememberDevice, type Account } from "../account/store.ts";
import type { Session } from "../api.ts";

/** The cookie of a device: ours only if it has the form of our tokens; anything else is as good as none. */
export const deviceHash = (device: string | undefined): Buffer | null => (device && isToken(device) ? tokenHash(device) : null);

export interface Opening {
  account: Account;
  method: SignInMethod;
  level: Level;
  passkey?: string;
  userVerified?: boolean;
  simUnknown?: boolean;
  device?: string;
  first?: boolean;
}

/**
 * A new session, always under a token made here: what the browser held before is ended, never adopted, so a token
 * planted in somebody's browser is worth nothing after she signs in.
 */
export async function openSession(ctx: Context, o: Opening): Promise<Session> {
  await endCallersSession(ctx, "replaced");
  const hash = deviceHash(o.device);
  const known = await knowsDevice(ctx, hash, o.account.id);
  const device = known && o.device ? o.device : ctx.ids.token();
  await rememberDevice(ctx, tokenHash(device), o.account.id);
  const session = await startSession(ctx, o, farEnd(ctx, o.account.kind, o.level));
  await ctx.record(signedInFact, `account:${o.account.id}`, { method: o.method, level: o.level, newDevice: !known });
  return { ...session, device, first: o.first ?? false };
}

async function startSession(ctx: Context, o: Opening, expiresAt: Date): Promise<Omit<Session, "first">> {
  const token = ctx.ids.token();
  await addSession(ctx, {
    id: ctx.ids.uuid(),
    token: tokenHash(token),
    account: o.account.id,
    method: o.method,
    level: o.level,
    passkey: o.passkey ?? null,
    userVerified: o.userVerified ?? false,
    simUnknown: o.simUnknown ?? false,
    expiresAt,
    idleSeconds: lifeOf(o.account.kind, o.level).idleSeconds,
  });
  return { token, expiresAt: expiresAt.toISOString(), level: o.level, kind: o.account.kind };
}

function farEnd(ctx: Context, kind: "person" | "official", level: Level): Date {
  return new Date(ctx.clock.now().getTime() + lifeOf(kind, level).absoluteSeconds * 1000);
}

/** Another token at the level now reached. The absolute end never moves outward: refreshing is no way to live for ever. */
export async function rotate(ctx: Context, old: SessionRow, account: Account, level: Level): Promise<Session> {
  await closeSession(ctx, old.id, "rotated");
  const end = farEnd(ctx, account.kind, level);
  const raised = atLeast(level, old.level) && level !== old.level;
  const expiresAt = raised && end < old.expiresAt ? end : old.expiresAt;
  const o = { account, method: old.method, level, userVerified: old.userVerified, simUnknown: old.simUnknown && !raised };
  return { ...(await startSession(ctx, old.passkey ? { ...o, passkey: old.passkey } : o, expiresAt)), first: false };
}

/** Ends the session this request came with, if any. */
export async function endCallersSession(ctx: Context, why: string): Promise<void> {
  const c = ctx.caller;
  if (c.kind !== "person" && c.kind !== "official") return;
  await endOne(ctx, c.account, c.session, why);
}

export async function endOne(ctx: Context, account: string, session: string, why: string): Promise<boolean> {
  const ended = (await closeSession(ctx, session, why)) === 1;
  if (ended) await ctx.record(sessionEnded, `account:${account}`, { session, why });
  return ended;
}

export const findSession = (ctx: Context, token: string): Promise<SessionRow | undefined> =>
  isToken(token) ? sessionByToken(ctx, tokenHash(token)) : Promise.resolve(undefined);
