import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  type RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { atLeast, levelTooLow, signInFirst, type Context, type InputOf, type OutputOf } from "#kernel";
import { ownAccount } from "../account/own.ts";
import { accountById, type Account } from "../account/store.ts";
import type * as api from "../api.ts";
import { levelNow } from "../assurance/level.ts";
import { addChallenge, lockChallenge, useChallenge } from "../challenge/store.ts";
import { passkeyAdded, passkeyRemoved, signInFailed } from "../facts.ts";
import { limit } from "../limits/meter.ts";
import { passkeyRefused, passkeyUnknown } from "../problems.ts";
import { endOne, openSession } from "../session/open.ts";
import { isToken, tokenHash } from "../session/rules.ts";
import { openSessionsOf } from "../session/store.ts";
import { addPasskey, dropPasskey, lockCredential, passkeysOf, passkeyUsed } from "./store.ts";

/** Seconds a browser has for the gesture. */
const challengeSeconds = 300;

function party(ctx: Context): { id: string; name: string; origin: string } {
  return { id: new URL(ctx.config.origin).hostname, name: "Toguna", origin: ctx.config.origin };
}

/** Our opaque id is the WebAuthn challenge itself: 32 random bytes, kept as a hash, good for one gesture. */
async function newChallenge(ctx: Context, kind: "passkey-enrol" | "passkey-sign-in", account?: string) {
  const opaque = ctx.ids.token();
  const expiresAt = new Date(ctx.clock.now().getTime() + challengeSeconds * 1000);
  await addChallenge(ctx, { opaque, kind, ...(account ? { account } : {}), lang: ctx.lang, expiresAt });
  return { opaque, bytes: new Uint8Array(Buffer.from(opaque, "base64url")) };
}

async function spendChallenge(
  ctx: Context,
  opaque: string,
  kind: "passkey-enrol" | "passkey-sign-in",
  account: string | null,
): Promise<void> {
  const row = isToken(opaque) ? await lockChallenge(ctx, tokenHash(opaque), [kind]) : undefined;
  const now = ctx.clock.now();
  if (!row || row.account !== account || row.usedAt || now >= row.expiresAt || now < row.createdAt) throw passkeyRefused();
  await useChallenge(ctx, row.id);
}

/** The JSON a browser sent; anything that is not an object with the fields we read is refused, not crashed on. */
function parse<T extends { id: string }>(text: string): T {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && typeof (value as { id?: unknown }).id === "string") return value as T;
  } catch {
    // below
  }
  throw passkeyRefused();
}

export async function beginPasskey(ctx: Context): Promise<OutputOf<typeof api.beginPasskey>> {
  const account = await ownAccount(ctx);
  const rp = party(ctx);
  const { opaque, bytes } = await newChallenge(ctx, "passkey-enrol", account.id);
  const options = await generateRegistrationOptions({
    rpName: rp.name,
    rpID: rp.id,
    userName: account.username ?? account.id.slice(-8),
    userDisplayName: account.displayName ?? "",
    userID: new Uint8Array(Buffer.from(account.id.replaceAll("-", ""), "hex")),
    challenge: bytes,
    attestationType: "none",
    // a device whose passkey is worth less than this session may enrol again, at the session's level
    excludeCredentials: (await passkeysOf(ctx, account.id))
      .filter((p) => !("level" in ctx.caller) || atLeast(p.enrolledLevel, ctx.caller.level))
      .map((p) => ({ id: p.credential })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { challenge: opaque, options: JSON.stringify(options) };
}

export async function finishPasskey(ctx: Context, input: InputOf<typeof api.finishPasskey>): Promise<OutputOf<typeof api.finishPasskey>> {
  const account = await ownAccount(ctx);
  if (ctx.caller.kind !== "person" && ctx.caller.kind !== "official") throw signInFirst();
  await spendChallenge(ctx, input.challenge, "passkey-enrol", account.id);
  const response = parse<RegistrationResponseJSON>(input.response);
  const rp = party(ctx);
  const result = await verifyRegistrationResponse({
    response,
    expectedChallenge: input.challenge,
    expectedOrigin: rp.origin,
    expectedRPID: rp.id,
    requireUserVerification: true,
  }).catch(() => undefined);
  if (!result?.verified || !result.registrationInfo) throw passkeyRefused({ keep: true });
  const { credential } = result.registrationInfo;
  const id = ctx.ids.uuid();
  const added = await addPasskey(ctx, {
    id,
    account: account.id,
    credential: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: [...(credential.transports ?? [])],
    label: input.label.normalize("NFC").trim() || "passkey",
    enrolledLevel: ctx.caller.level,
  });
  if (added === 0) throw passkeyRefused({ keep: true });
  await ctx.record(passkeyAdded, `account:${account.id}`, { passkey: id, level: ctx.caller.level });
  return { passkey: id };
}

export async function beginPasskeySignIn(ctx: Context): Promise<OutputOf<typeof api.beginPasskeySignIn>> {
  await limit(ctx, "passkeySource", ctx.source);
  const { opaque, bytes } = await newChallenge(ctx, "passkey-sign-in");
  // no list of credentials: a passkey names its own account, and nobody learns who has one
  const options = await generateAuthenticationOptions({ rpID: party(ctx).id, challenge: bytes, userVerification: "required" });
  return { challenge: opaque, options: JSON.stringify(options) };
}

export async function finishPasskeySignIn(
  ctx: Context,
  input: InputOf<typeof api.finishPasskeySignIn>,
): Promise<OutputOf<typeof api.finishPasskeySignIn>> {
  await spendChallenge(ctx, input.challenge, "passkey-sign-in", null);
  const response = parse<AuthenticationResponseJSON>(input.response);
  const passkey = await lockCredential(ctx, response.id);
  const account = passkey ? await accountById(ctx, passkey.account) : undefined;
  if (!passkey || !account) return refuse(ctx, undefined);
  const rp = party(ctx);
  const result = await verifyAuthenticationResponse({
    response,
    expectedChallenge: input.challenge,
    expectedOrigin: rp.origin,
    expectedRPID: rp.id,
    requireUserVerification: true,
    credential: {
      id: passkey.credential,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: passkey.counter,
      transports: passkey.transports as AuthenticatorTransport[],
    },
  }).catch(() => undefined);
  // a counter that went back (a cloned authenticator) also ends here: the library refuses it
  if (!result?.verified) return refuse(ctx, account);
  await passkeyUsed(ctx, passkey.id, result.authenticationInfo.newCounter);
  const how = { method: "passkey", passkey: passkey.id, userVerified: result.authenticationInfo.userVerified } as const;
  return openSession(ctx, { account, ...how, level: await levelNow(ctx, account, how) });
}

async function refuse(ctx: Context, account: Account | undefined): Promise<never> {
  await ctx.record(signInFailed, account ? `account:${account.id}` : "identity:sign-in", { method: "passkey", factor: "passkey" });
  throw passkeyRefused({ keep: true });
}

/** A session removes only what is worth no more than itself: a thief with the number keeps the owner's way back. */
export async function removePasskey(ctx: Context, input: InputOf<typeof api.removePasskey>) {
  const account = await ownAccount(ctx);
  const found = (await passkeysOf(ctx, account.id)).find((p) => p.id === input.passkey);
  if (!found) throw passkeyUnknown();
  if ("level" in ctx.caller && !atLeast(ctx.caller.level, found.enrolledLevel)) throw levelTooLow();
  await dropPasskey(ctx, found.id);
  for (const s of await openSessionsOf(ctx, account.id))
    // a lost device loses its sessions too
    if (s.passkey === found.id && !("session" in ctx.caller && ctx.caller.session === s.id))
      await endOne(ctx, account.id, s.id, "passkey-removed");
  await ctx.record(passkeyRemoved, `account:${account.id}`, { passkey: found.id });
  return {};
}
