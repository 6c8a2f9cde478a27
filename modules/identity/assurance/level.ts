import { atLeast, levelTooLow, type Context, type Level } from "#kernel";
import {
  accountByPhone,
  accountsOf,
  addAccount,
  addPhone,
  lockNumber,
  setProof,
  setSimChanged,
  standing,
  forgetDevices,
  replacePhone,
  type Account,
} from "../account/store.ts";
import { accountOpened, levelDropped, levelRaised, numberMoved, simChanged } from "../facts.ts";
import { passkeyLevel } from "../passkey/store.ts";
import type { RegisterPerson } from "../ports.ts";
import { addPerson, personByToken, renewEntry } from "../person/store.ts";
import { identityToken, sealText, unsealText } from "../secrets.ts";
import { lowerPhoneSessions, movePhoneSessions, type SessionRow } from "../session/store.ts";
import { tellAccount, texts } from "../tell.ts";
import { sessionLevel, type ProofKind } from "./rules.ts";

/** The level this session may have now. */
export async function levelNow(
  ctx: Context,
  account: Account,
  session: Pick<SessionRow, "method" | "passkey" | "userVerified">,
): Promise<Level> {
  if (!session.passkey) return sessionLevel(standing(account), session.method);
  const enrolledLevel = await passkeyLevel(ctx, session.passkey);
  if (!enrolledLevel) return "low";
  return sessionLevel(standing(account), session.method, { enrolledLevel, userVerified: session.userVerified });
}

export function requireLevel(ctx: Context, level: Level): void {
  if (ctx.caller.kind === "system") return;
  if (!("level" in ctx.caller) || !atLeast(ctx.caller.level, level)) throw levelTooLow();
}

/** The account of a number, opened at the first right code. Call under `lockNumber`. */
export async function accountFor(ctx: Context, token: Buffer, e164: string): Promise<{ account: Account; first: boolean }> {
  const before = await accountByPhone(ctx, token);
  if (before) return { account: before, first: false };
  await openAccount(ctx, token, e164);
  return { account: (await accountByPhone(ctx, token)) as Account, first: true };
}

async function openAccount(ctx: Context, token: Buffer, e164: string): Promise<string> {
  const [account, phone] = [ctx.ids.uuid(), ctx.ids.uuid()];
  await addAccount(ctx, { id: account, kind: "person", lang: ctx.lang });
  await addPhone(ctx, { id: phone, account, token, sealed: sealText(ctx, e164, `phone:${phone}`) });
  await ctx.record(accountOpened, `account:${account}`, { kind: "person" });
  return account;
}

/** The person of a register entry, known from now on under a pseudonym; the entry is renewed each time. */
export async function personOf(ctx: Context, entry: RegisterPerson): Promise<string> {
  const token = identityToken(ctx, entry.identityNumber);
  const before = await personByToken(ctx, token);
  const id = before?.id ?? ctx.ids.uuid();
  const sealed = sealText(ctx, JSON.stringify(entry), `person:${id}`);
  if (before) {
    await renewEntry(ctx, id, sealed);
    return id;
  }
  await addPerson(ctx, { id, token, entry: sealed });
  const row = await personByToken(ctx, token); // another transaction may have been first
  if (row && row.id !== id) await renewEntry(ctx, row.id, sealText(ctx, JSON.stringify(entry), `person:${row.id}`));
  return row?.id ?? id;
}

/**
 * Ties an account to the person it was proven to belong to. A number that passed to somebody else (operators give
 * unused numbers again) never opens the first person's account to the second: it moves to an account of its own.
 */
export async function attachPerson(ctx: Context, account: Account, person: string, by: ProofKind): Promise<string> {
  const target = account.person && account.person !== person ? await moveNumber(ctx, account) : account.id;
  const others = (await accountsOf(ctx, person)).filter((a) => a.id !== target);
  await setProof(ctx, target, person, by);
  await ctx.record(levelRaised, `person:${person}`, { to: "substantial", by });
  for (const other of others) await tellAccount(ctx, other, texts.secondNumber, `second:${target}:${other.id}`);
  return target;
}

async function moveNumber(ctx: Context, from: Account): Promise<string> {
  if (!from.phone || !from.phoneToken || !from.phoneSealed) throw new Error("an account without a number has no number to move");
  await lockNumber(ctx, from.phoneToken);
  const e164 = unsealText(ctx, from.phoneSealed, `phone:${from.phone}`);
  await replacePhone(ctx, from.phone);
  const to = await openAccount(ctx, from.phoneToken, e164);
  await lowerPhoneSessions(ctx, from.id);
  await movePhoneSessions(ctx, from.id, to);
  await forgetDevices(ctx, from.id, new Date(0));
  await ctx.record(numberMoved, `account:${from.id}`, { to });
  return to;
}

/** What rests on the number alone drops to low: at once in open sessions, and for every sign-in until proven again. */
export async function dropForSim(ctx: Context, account: Account, at: Date, by: "person" | "counter" | "operator"): Promise<void> {
  if (!account.phone) return;
  if (account.simChangedAt && account.simChangedAt >= at) return;
  const before = sessionLevel(standing(account), "phone-code");
  await setSimChanged(ctx, account.phone, at);
  const after = sessionLevel(standing({ ...account, simChangedAt: at }), "phone-code");
  const subject = account.person ? `person:${account.person}` : `account:${account.id}`;
  await ctx.record(simChanged, subject, { by });
  if (before === after) return;
  await lowerPhoneSessions(ctx, account.id);
  await forgetDevices(ctx, account.id, at);
  await ctx.record(levelDropped, subject, { to: after, why: "sim-changed" });
  await tellAccount(ctx, account, texts.dropped);
}
