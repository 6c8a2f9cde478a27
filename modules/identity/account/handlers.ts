import { atLeast, levelTooLow, type Context, type InputOf, type Level, type OutputOf } from "#kernel";
import type * as api from "../api.ts";
import { dropForSim, levelNow } from "../assurance/level.ts";
import { readTotp } from "../official/store.ts";
import { passkeysOf } from "../passkey/store.ts";
import { entryOf } from "../person/entry.ts";
import { shown } from "../phone/read.ts";
import { numberMissing, sessionUnknown } from "../problems.ts";
import { unsealText } from "../secrets.ts";
import { endCallersSession, endOne, rotate } from "../session/open.ts";
import { isAlive } from "../session/rules.ts";
import { openSessionsOf, sessionById, type SessionRow } from "../session/store.ts";
import { ownAccount, ownSession } from "./own.ts";
import { accountById, type Account } from "./store.ts";

const iso = (at: Date): string => at.toISOString();

async function ownSessionRow(ctx: Context, account: Account): Promise<SessionRow> {
  const row = await sessionById(ctx, ownSession(ctx));
  if (!row || row.account !== account.id || row.endedAt) throw sessionUnknown();
  return row;
}

export async function readMyAccount(ctx: Context): Promise<OutputOf<typeof api.readMyAccount>> {
  const account = await ownAccount(ctx);
  const current = await ownSessionRow(ctx, account);
  const proven = atLeast(current.level, "substantial");
  const entry = proven && account.person ? await entryOf(ctx, account.person) : undefined;
  const name = account.displayName ?? (entry ? `${entry.givenNames} ${entry.familyName}` : undefined);
  const [passkeys, sessions, totp] = [
    await passkeysOf(ctx, account.id),
    await openSessionsOf(ctx, account.id),
    await readTotp(ctx, account.id),
  ];
  return {
    account: account.id,
    person: proven ? account.person : null,
    kind: account.kind,
    level: current.level,
    reachable: await reachable(ctx, account, current),
    ...(name ? { name } : {}),
    ...(account.username ? { username: account.username } : {}),
    phones: ownPhones(ctx, account),
    proof: {
      state: account.asked,
      ...(account.proofKind ? { kind: account.proofKind } : {}),
      ...((account.proofAt ?? account.askedAt) ? { since: iso((account.proofAt ?? account.askedAt) as Date) } : {}),
    },
    passkeys: passkeys.map((p) => ({
      id: p.id,
      label: p.label,
      addedAt: iso(p.addedAt),
      ...(p.usedAt ? { usedAt: iso(p.usedAt) } : {}),
      level: p.enrolledLevel,
    })),
    totp: Boolean(totp?.sealed),
    sessions: sessions
      .filter((s) => isAlive(s, ctx.clock.now()))
      .map((s) => ({
        id: s.id,
        method: s.method,
        level: s.level,
        startedAt: iso(s.startedAt),
        seenAt: iso(s.seenAt),
        expiresAt: iso(s.expiresAt),
        current: s.id === current.id,
      })),
  };
}

function ownPhones(ctx: Context, a: Account): OutputOf<typeof api.readMyAccount>["phones"] {
  if (!a.phone || !a.phoneSealed || !a.verifiedAt) return [];
  const e164 = unsealText(ctx, a.phoneSealed, `phone:${a.phone}`);
  return [
    {
      id: a.phone,
      shown: shown(ctx, e164),
      verifiedAt: iso(a.verifiedAt),
      ...(a.simChangedAt ? { simChangedAt: iso(a.simChangedAt) } : {}),
    },
  ];
}

/** A session that could not ask about the SIM stays low: only another sign-in asks again. */
async function reachable(ctx: Context, account: Account, session: SessionRow): Promise<Level> {
  return session.simUnknown ? session.level : levelNow(ctx, account, session);
}

export async function refreshSession(ctx: Context): Promise<OutputOf<typeof api.refreshSession>> {
  const account = await ownAccount(ctx);
  const current = await ownSessionRow(ctx, account);
  return rotate(ctx, current, account, await reachable(ctx, account, current));
}

export async function signOut(ctx: Context) {
  await endCallersSession(ctx, "signed-out");
  return {};
}

/** A session cannot end one that is worth more: a thief with the number must not throw the owner out. */
export async function endSession(ctx: Context, input: InputOf<typeof api.endSession>) {
  const account = await ownAccount(ctx);
  const [current, wanted] = [await ownSessionRow(ctx, account), await sessionById(ctx, input.session)];
  if (!wanted || wanted.account !== account.id || wanted.endedAt) throw sessionUnknown();
  if (!atLeast(current.level, wanted.level)) throw levelTooLow();
  await endOne(ctx, account.id, wanted.id, "ended-by-owner");
  return {};
}

export async function endOtherSessions(ctx: Context) {
  const account = await ownAccount(ctx);
  const current = await ownSessionRow(ctx, account);
  let ended = 0;
  for (const s of await openSessionsOf(ctx, account.id))
    if (s.id !== current.id && atLeast(current.level, s.level) && (await endOne(ctx, account.id, s.id, "ended-by-owner"))) ended++;
  return { ended };
}

export async function reportSimChange(ctx: Context) {
  const account = await ownAccount(ctx);
  if (!account.phone) throw numberMissing();
  await dropForSim(ctx, account, ctx.clock.now(), "person");
  const now = (await accountById(ctx, account.id)) as Account;
  return { level: await levelNow(ctx, now, await ownSessionRow(ctx, now)) };
}
