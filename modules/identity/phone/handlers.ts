import type { Context, InputOf, OutputOf, Text } from "#kernel";
import { accountById, accountByPhone, addPhone, lockNumber, ownerOf, replacePhone, type Account } from "../account/store.ts";
import type * as api from "../api.ts";
import { accountFor, levelNow, requireLevel } from "../assurance/level.ts";
import { codeHash, codeReference, codeLifeSeconds, codeTries, judgeCode, readCode } from "../challenge/rules.ts";
import {
  addChallenge,
  challengeRef,
  countTry,
  lockChallenge,
  useChallenge,
  type Challenge,
  type ChallengeKind,
} from "../challenge/store.ts";
import { levelDropped, numberChanged, signInFailed } from "../facts.ts";
import { admitCode, limit, relieve, strain } from "../limits/meter.ts";
import { codeDead, codeWrong, numberTaken } from "../problems.ts";
import { phoneToken, sealText, unsealText } from "../secrets.ts";
import { deviceHash, openSession } from "../session/open.ts";
import { tokenHash } from "../session/rules.ts";
import { lowerPhoneSessions } from "../session/store.ts";
import { tellAccount, texts } from "../tell.ts";
import { ownAccount } from "../account/own.ts";
import { sendCode } from "./jobs.ts";
import { requirePhone, shown } from "./read.ts";

/** A code on its way to a number: the same steps, rows and answer whether or not anybody has an account under it. */
export async function beginCode(
  ctx: Context,
  o: { kind: ChallengeKind; e164: string; device?: string | undefined; account?: string; counter?: string },
): Promise<OutputOf<typeof api.startPhoneSignIn>> {
  const token = phoneToken(ctx, o.e164);
  const device = deviceHash(o.device);
  const owner = await ownerOf(ctx, token, device);
  const ownDevice = owner.known && device ? device.toString("hex") : undefined;
  const wait = o.counter ? 0 : await admitCode(ctx, token.toString("hex"), ownDevice);
  const opaque = ctx.ids.token();
  const expiresAt = new Date(ctx.clock.now().getTime() + (wait + codeLifeSeconds) * 1000);
  await addChallenge(ctx, {
    opaque,
    kind: o.kind,
    ...(o.account ? { account: o.account } : {}),
    phoneToken: token,
    phone: sealText(ctx, o.e164, `challenge:${challengeRef(opaque)}`),
    lang: ctx.lang,
    known: owner.known,
    expiresAt,
  });
  await ctx.enqueue(sendCode, { challenge: challengeRef(opaque) }, wait > 0 ? { afterSeconds: wait } : {});
  return {
    challenge: opaque,
    phone: shown(ctx, o.e164),
    reference: codeReference(tokenHash(opaque)),
    expiresAt: expiresAt.toISOString(),
    resendAfter: wait + 60,
    sendsIn: wait,
  };
}

/** The challenge a right code belongs to; a wrong one is counted (the transaction is kept) and refused. */
export async function requireCode(
  ctx: Context,
  o: { ref: Buffer; kind: ChallengeKind; code: string; account?: string },
): Promise<{ challenge: Challenge; e164: string }> {
  const challenge = await lockChallenge(ctx, o.ref, [o.kind]);
  if (!challenge?.phone || !challenge.phoneToken) {
    // only guesses at challenges are limited by address: whoever holds one has its five tries, whatever neighbours do
    await limit(ctx, "trySource", ctx.source);
    throw codeDead({ keep: true });
  }
  if (o.account !== undefined && challenge.account !== o.account) throw codeDead();
  const ref = o.ref.toString("base64url");
  const presented = codeHash(ctx.secret("identity.code"), ref, readCode(o.code) ?? "");
  const verdict = judgeCode(challenge, presented, ctx.clock.now());
  if (verdict === "dead") throw codeDead();
  if (verdict === "wrong") {
    await countTry(ctx, challenge.id);
    const left = codeTries - challenge.tries - 1;
    if (!challenge.known) await strain(ctx, "sendUnknown", challenge.phoneToken.toString("hex"));
    await ctx.record(signInFailed, "identity:sign-in", { method: "phone-code", factor: "code" });
    const message = triesLeft(left);
    throw codeWrong({ keep: true, detail: message, fields: [{ path: "code", message }] });
  }
  await useChallenge(ctx, challenge.id);
  await relieve(ctx, "sendUnknown", challenge.phoneToken.toString("hex"));
  return { challenge, e164: unsealText(ctx, challenge.phone, `challenge:${ref}`) };
}

function triesLeft(left: number): Text {
  if (left <= 0) return { fr: "C’était le dernier essai : demandez un autre code.", en: "That was the last try: ask for another code." };
  if (left === 1) return { fr: "Il reste un essai.", en: "One try is left." };
  return { fr: `Il reste ${left} essais.`, en: `${left} tries are left.` };
}

export async function startPhoneSignIn(ctx: Context, input: InputOf<typeof api.startPhoneSignIn>) {
  return beginCode(ctx, { kind: "phone-sign-in", e164: requirePhone(ctx, input.phone), device: input.device });
}

export async function verifyPhoneCode(ctx: Context, input: InputOf<typeof api.verifyPhoneCode>) {
  const { challenge, e164 } = await requireCode(ctx, { ref: tokenHash(input.challenge), kind: "phone-sign-in", code: input.code });
  const token = challenge.phoneToken as Buffer;
  await lockNumber(ctx, token);
  const { account, first } = await accountFor(ctx, token, e164);
  const reached = await levelNow(ctx, account, { method: "phone-code", passkey: null, userVerified: false });
  // an unknown device while nobody can say whether the SIM is still the owner's: low until the operator answers
  const simUnknown = challenge.simUnknown && !challenge.known;
  return openSession(ctx, {
    account,
    method: "phone-code",
    level: simUnknown ? "low" : reached,
    simUnknown,
    first,
    ...(input.device ? { device: input.device } : {}),
  });
}

export async function startPhoneChange(ctx: Context, input: InputOf<typeof api.startPhoneChange>) {
  const account = await ownAccount(ctx);
  mayChangeNumber(ctx, account);
  const e164 = requirePhone(ctx, input.phone);
  return beginCode(ctx, { kind: "phone-change", e164, account: account.id });
}

export async function confirmPhoneChange(ctx: Context, input: InputOf<typeof api.confirmPhoneChange>) {
  const account = await ownAccount(ctx);
  mayChangeNumber(ctx, account);
  const { challenge, e164 } = await requireCode(ctx, {
    ref: tokenHash(input.challenge),
    kind: "phone-change",
    code: input.code,
    account: account.id,
  });
  const token = challenge.phoneToken as Buffer;
  await lockNumber(ctx, token);
  const holder = await accountByPhone(ctx, token);
  // only the holder of the number learns this: the code she typed went to it
  if (holder && holder.id !== account.id) throw numberTaken();
  if (!holder) {
    if (account.phone) await replacePhone(ctx, account.phone);
    const phone = ctx.ids.uuid();
    await addPhone(ctx, { id: phone, account: account.id, token, sealed: sealText(ctx, e164, `phone:${phone}`) });
    await tellAccount(ctx, account, texts.numberGone);
    const subject = account.person ? `person:${account.person}` : `account:${account.id}`;
    await ctx.record(numberChanged, subject, {});
    if ((await lowerPhoneSessions(ctx, account.id)) > 0) await ctx.record(levelDropped, subject, { to: "low", why: "number-changed" });
  }
  const now = (await accountById(ctx, account.id)) as Account;
  return { level: await levelNow(ctx, now, { method: "phone-code", passkey: null, userVerified: false }) };
}

/** On an account that belongs to a proven person, a stolen SIM must not be able to take the account along. */
function mayChangeNumber(ctx: Context, account: Account): void {
  if (account.person) requireLevel(ctx, "substantial");
}
