import { forbidden, notFound, type Context, type InputOf, type OutputOf, type Text } from "#kernel";
import { ownAccount, ownSession } from "../account/own.ts";
import { accountByUsername, demoOfficials, knowsDevice, standing } from "../account/store.ts";
import type * as api from "../api.ts";
import { requireLevel } from "../assurance/level.ts";
import { sessionLevel } from "../assurance/rules.ts";
import { readCode } from "../challenge/rules.ts";
import { passwordChanged, signInFailed, totpEnrolled } from "../facts.ts";
import { draw, limit, relieve, strain } from "../limits/meter.ts";
import { hashPassword, nobodysHash, verifyPassword, weakness, type Weakness } from "../password/rules.ts";
import { codeWrong, officialUnknown, passwordWeak, passwordWrong, signInRefused } from "../problems.ts";
import { sealText, unsealText } from "../secrets.ts";
import { deviceHash, endOne, openSession } from "../session/open.ts";
import { openSessionsOf } from "../session/store.ts";
import { base32, matchTotp, totpAt, totpStep, totpUri } from "../totp/rules.ts";
import { readPassword, readTotp, setPassword, setPendingTotp, setTotp, useTotpStep } from "./store.ts";

/** An unknown user's second factor is worked through like anybody's. */
const nobodysSecret = new Uint8Array(20);

/**
 * All three at once, and one answer for every failure: nobody learns which of them was wrong, nor whether the name
 * exists. Tries are limited by who makes them; the bucket of the second factor is reached only with the right
 * password, so a stranger cannot use it up, and a device of the official has buckets of its own.
 */
export async function signInOfficial(
  ctx: Context,
  input: InputOf<typeof api.signInOfficial>,
): Promise<OutputOf<typeof api.signInOfficial>> {
  const name = input.username.normalize("NFKC").trim().toLowerCase();
  const account = await accountByUsername(ctx, name);
  const device = deviceHash(input.device);
  const known = (await knowsDevice(ctx, device, account?.id ?? null)) && device !== null;
  const who: [string, string] = [name, known ? device.toString("hex") : ctx.source];
  if (!known) await limit(ctx, "trySource", ctx.source);
  await limit(ctx, known ? "passwordKnown" : "passwordPair", ...who);

  const phc = await readPassword(ctx, account?.id ?? null);
  const rightPassword = (await verifyPassword(phc ?? nobodysHash, input.password, ctx.secret("identity.password"))) && phc !== undefined;
  const totp = await readTotp(ctx, account?.id ?? null);
  const secret = account && totp?.sealed ? Buffer.from(unsealText(ctx, totp.sealed, `totp:${account.id}`), "base64url") : nobodysSecret;
  const step = matchTotp(secret, readCode(input.code) ?? "", ctx.clock.now(), totp?.lastStep ?? 0);
  const rightCode = step !== undefined && secret !== nobodysSecret;

  const mayTry = account && rightPassword ? await secondFactorOpen(ctx, account.id, known ? who[1] : undefined) : true;
  if (!account || !rightPassword || !rightCode || !mayTry || (await useTotpStep(ctx, account.id, step)) !== 1) {
    await strain(ctx, known ? "passwordKnown" : "passwordPair", ...who);
    if (account && rightPassword && mayTry) await strain(ctx, known ? "totpKnown" : "totpUnknown", account.id, ...(known ? [who[1]] : []));
    // a right password with a wrong code is what the official must hear of: somebody knows the password
    const subject = account ? `account:${account.id}` : "identity:sign-in";
    await ctx.record(signInFailed, subject, { method: "password-totp", factor: rightPassword ? "code" : "password" });
    throw signInRefused({ keep: true });
  }
  await relieve(ctx, known ? "passwordKnown" : "passwordPair", ...who);
  await relieve(ctx, known ? "totpKnown" : "totpUnknown", account.id, ...(known ? [who[1]] : []));
  const level = sessionLevel(standing(account), "password-totp");
  return openSession(ctx, { account, method: "password-totp", level, ...(input.device ? { device: input.device } : {}) });
}

async function secondFactorOpen(ctx: Context, account: string, device: string | undefined): Promise<boolean> {
  return (await draw(ctx, device ? "totpKnown" : "totpUnknown", account, ...(device ? [device] : []))) === 0;
}

const weak: Record<Weakness, Text> = {
  short: { fr: "Il faut au moins 12 caractères.", en: "At least 12 characters are needed." },
  "name-inside": { fr: "Il ne doit pas contenir le nom d’utilisateur.", en: "It must not contain the user name." },
  monotonous: { fr: "Il répète trop peu de caractères différents.", en: "It repeats too few different characters." },
};

export function requireStrong(password: string, username: string): void {
  const found = weakness(password, username);
  if (found) throw passwordWeak({ detail: weak[found], fields: [{ path: "next", message: weak[found] }] });
}

export async function changePassword(ctx: Context, input: InputOf<typeof api.changePassword>) {
  const account = await ownAccount(ctx);
  const session = ownSession(ctx);
  await limit(ctx, "passwordKnown", account.id, session);
  const pepper = ctx.secret("identity.password");
  const phc = await readPassword(ctx, account.id);
  if (!phc || !(await verifyPassword(phc, input.current, pepper))) {
    await strain(ctx, "passwordKnown", account.id, session);
    throw passwordWrong({ keep: true, fields: [{ path: "current", message: passwordWrong.title }] });
  }
  requireStrong(input.next, account.username ?? "");
  await setPassword(ctx, account.id, await hashPassword(input.next, ctx.ids.bytes(16), pepper));
  await ctx.record(passwordChanged, `account:${account.id}`, {});
  for (const s of await openSessionsOf(ctx, account.id)) if (s.id !== session) await endOne(ctx, account.id, s.id, "password-changed");
  return {};
}

export async function enrolTotp(ctx: Context): Promise<OutputOf<typeof api.enrolTotp>> {
  const account = await ownAccount(ctx);
  if (account.kind !== "official" || !account.username) throw forbidden();
  const secret = ctx.ids.bytes(20);
  await setPendingTotp(ctx, account.id, sealText(ctx, Buffer.from(secret).toString("base64url"), `totp:${account.id}`));
  return { secret: base32(secret), uri: totpUri("Toguna", account.username, base32(secret)) };
}

/** Seconds for which a proposed secret may be confirmed. */
const pendingSeconds = 900;

export async function confirmTotp(ctx: Context, input: InputOf<typeof api.confirmTotp>) {
  requireLevel(ctx, "substantial");
  const account = await ownAccount(ctx);
  await limit(ctx, "totpKnown", account.id, ownSession(ctx));
  const row = await readTotp(ctx, account.id);
  const now = ctx.clock.now();
  const fresh = row?.pendingAt && now >= row.pendingAt && now.getTime() - row.pendingAt.getTime() < pendingSeconds * 1000;
  const secret = fresh && row.pending ? unsealText(ctx, row.pending, `totp:${account.id}`) : undefined;
  const step = secret ? matchTotp(Buffer.from(secret, "base64url"), readCode(input.code) ?? "", now, 0) : undefined;
  if (!secret || step === undefined) throw codeWrong({ keep: true, fields: [{ path: "code", message: codeWrong.title }] });
  await setTotp(ctx, account.id, sealText(ctx, secret, `totp:${account.id}`), step);
  await ctx.record(totpEnrolled, `account:${account.id}`, {});
  return {};
}

export async function findOfficial(ctx: Context, input: InputOf<typeof api.findOfficial>): Promise<OutputOf<typeof api.findOfficial>> {
  const account = await accountByUsername(ctx, input.username.normalize("NFKC").trim());
  if (!account) throw officialUnknown();
  return { account: account.id, name: account.displayName ?? "" };
}

export async function readDemoCodes(ctx: Context): Promise<OutputOf<typeof api.readDemoCodes>> {
  if (!ctx.config.demo || ctx.config.production) throw notFound();
  const now = ctx.clock.now();
  const secondsLeft = 30 - (Math.floor(now.getTime() / 1000) % 30);
  const officials: OutputOf<typeof api.readDemoCodes>["officials"] = [];
  for (const a of await demoOfficials(ctx)) {
    const row = await readTotp(ctx, a.id);
    if (!row?.sealed) continue;
    const secret = Buffer.from(unsealText(ctx, row.sealed, `totp:${a.id}`), "base64url");
    // a code works once: after a sign-in the page shows the next one, which is accepted a step early
    const step = Math.max(totpStep(now), row.lastStep + 1);
    officials.push({ username: a.username ?? "", name: a.displayName ?? "", code: totpAt(secret, step), secondsLeft });
  }
  return { officials };
}
