import type { Context, Level, Text } from "#kernel";
import { accountById, accountByUsername, accountByPhone, accountsOf, addAccount, lockNumber } from "./account/store.ts";
import { accountFor, attachPerson, levelNow, personOf } from "./assurance/level.ts";
import type { ProofKind } from "./assurance/rules.ts";
import { accountOpened } from "./facts.ts";
import { requireStrong } from "./official/handlers.ts";
import { setPassword, setTotp } from "./official/store.ts";
import { hashPassword } from "./password/rules.ts";
import { entryOf } from "./person/entry.ts";
import { personByToken, pseudonymFor } from "./person/store.ts";
import { limit } from "./limits/meter.ts";
import { beginCode, requireCode } from "./phone/handlers.ts";
import { requirePhone } from "./phone/read.ts";
import type { RegisterPerson } from "./ports.ts";
import { numberUnsure } from "./problems.ts";
import { identityToken, phoneToken, sealText, unsealText } from "./secrets.ts";
import { findSession } from "./session/open.ts";
import { isAlive, needsTouch, tokenHash } from "./session/rules.ts";
import { touchSession } from "./session/store.ts";
import { tellEverywhere } from "./tell.ts";
import { base32, fromBase32, totpUri } from "./totp/rules.ts";

export interface SessionCaller {
  kind: "person" | "official";
  account: string;
  /** Known to the session only from substantial up: a phone alone opens nothing of the person's. */
  person: string | null;
  level: Level;
  session: string;
}

/** Who is behind this token? For the Guard; needs a transaction that may write (idle time, once a minute). */
export async function sessionCaller(ctx: Context, token: string): Promise<SessionCaller | undefined> {
  const s = await findSession(ctx, token);
  const now = ctx.clock.now();
  if (!s || !isAlive(s, now)) return undefined;
  if (needsTouch(s, now)) await touchSession(ctx, s.id);
  return { kind: s.kind, account: s.account, person: s.level === "low" ? null : s.person, level: s.level, session: s.id };
}

export interface OfficialView {
  account: string;
  username: string;
  name: string;
}

export async function accountForOfficial(ctx: Context, username: string): Promise<OfficialView | undefined> {
  const a = await accountByUsername(ctx, username);
  return a ? { account: a.id, username: a.username ?? "", name: a.displayName ?? "" } : undefined;
}

/** Working names of officials by account: printed on what they sign, hence no personal read. */
export async function officialNames(ctx: Context, accounts: readonly string[]): Promise<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const id of new Set(accounts)) {
    const a = await accountById(ctx, id);
    if (a?.kind === "official" && a.displayName) names[id] = a.displayName;
  }
  return names;
}

/** Opens an official's account with both factors; the same user name again changes nothing and answers what is there. */
export async function createOfficial(
  ctx: Context,
  o: { username: string; name: string; password: string; totpSecret?: string; lang?: string; demo?: boolean },
): Promise<{ account: string; created: boolean; totpSecret?: string; totpUri?: string }> {
  const before = await accountByUsername(ctx, o.username);
  if (before) return { account: before.id, created: false };
  requireStrong(o.password, o.username);
  const secret = o.totpSecret ? fromBase32(o.totpSecret) : ctx.ids.bytes(20);
  const account = ctx.ids.uuid();
  const username = o.username.normalize("NFKC").trim().toLowerCase();
  await addAccount(ctx, { id: account, kind: "official", lang: o.lang ?? ctx.lang, username, displayName: o.name, demo: o.demo ?? false });
  await setPassword(ctx, account, await hashPassword(o.password, ctx.ids.bytes(16), ctx.secret("identity.password")));
  await setTotp(ctx, account, sealText(ctx, Buffer.from(secret).toString("base64url"), `totp:${account}`), 0);
  await ctx.record(accountOpened, `account:${account}`, { kind: "official" });
  return { account, created: true, totpSecret: base32(secret), totpUri: totpUri("Toguna", username, base32(secret)) };
}

/** The working name printed on what this official signs. */
export async function officialName(ctx: Context, account: string): Promise<string | undefined> {
  return (await officialNames(ctx, [account]))[account];
}

async function read(ctx: Context, person: string, purpose: string, what: string): Promise<RegisterPerson | undefined> {
  const entry = await entryOf(ctx, person);
  if (entry) await ctx.recordRead(person, purpose, what);
  return entry;
}

/** «Given names Family name»; the read is recorded for the person to see. */
export async function personName(ctx: Context, person: string, purpose: string): Promise<string | undefined> {
  const entry = await read(ctx, person, purpose, "identity.person-name");
  return entry ? `${entry.givenNames} ${entry.familyName}` : undefined;
}

export type PersonAttributes = Omit<RegisterPerson, "phones" | "documents">;

/** What the register said of her, without numbers and documents; the read is recorded. */
export async function personAttributes(ctx: Context, person: string, purpose: string): Promise<PersonAttributes | undefined> {
  const entry = await read(ctx, person, purpose, "identity.person-attributes");
  if (!entry) return undefined;
  const { phones: _phones, documents: _documents, ...attributes } = entry;
  return attributes;
}

/** The register's number behind a pseudonym, for questions to other registers; the read is recorded. */
export async function identityNumber(ctx: Context, person: string, purpose: string): Promise<string | undefined> {
  return (await read(ctx, person, purpose, "identity.identity-number"))?.identityNumber;
}

/** The pseudonym behind a register's number, if she is known here; for work of the system only (row-level security). */
export async function personByNumber(ctx: Context, number: string): Promise<string | undefined> {
  return (await personByToken(ctx, identityToken(ctx, number)))?.id;
}

/** The same, made now when she is not: a register vouches that the number is somebody's, or an official asks her something. Her entry comes when she proves who she is. */
export async function pseudonymOf(ctx: Context, number: string): Promise<string> {
  return pseudonymFor(ctx, identityToken(ctx, number), ctx.ids.uuid());
}

export async function personByAccount(ctx: Context, account: string): Promise<string | undefined> {
  return (await accountById(ctx, account))?.person ?? undefined;
}

/** Number and language to reach her at; for the sending of messages, never for display. */
export async function personContact(ctx: Context, person: string): Promise<{ phone?: string; lang?: string }> {
  const a = (await accountsOf(ctx, person)).find((one) => one.phoneSealed);
  if (!a?.phone || !a.phoneSealed) return {};
  return { phone: unsealText(ctx, a.phoneSealed, `phone:${a.phone}`), lang: a.lang };
}

/** SMS to every number of the person, each in its own language; the caller never sees a number. */
export function tellPerson(ctx: Context, person: string, text: Text, o: { ref?: string } = {}): Promise<number> {
  return tellEverywhere(ctx, person, text, o.ref);
}

/** A one-time code to a verified number of hers, at an official's wish; undefined when she has none. Draws on the official's own budget. */
export async function sendConsentCode(ctx: Context, o: { person: string; official: string }): Promise<string | undefined> {
  await limit(ctx, "proofingOfficial", o.official);
  const { phone } = await personContact(ctx, o.person);
  return phone === undefined ? undefined : (await beginCode(ctx, { kind: "consent", e164: phone, counter: o.official })).challenge;
}

/**
 * Throws unless it is the code that was sent for it (a wrong one is counted), to a number that is still hers and whose SIM has not
 * changed: whoever holds a stolen card gives nobody's consent.
 */
export async function checkConsentCode(ctx: Context, o: { person: string; challenge: string; code: string }): Promise<void> {
  const { challenge } = await requireCode(ctx, { ref: tokenHash(o.challenge), kind: "consent", code: o.code });
  const account = await accountByPhone(ctx, challenge.phoneToken as Buffer);
  const level = account && (await levelNow(ctx, account, { method: "phone-code", passkey: null, userVerified: false }));
  if (account?.person !== o.person || level === "low") throw numberUnsure({ keep: true });
}

/** Ties an account to a register entry that was verified elsewhere (import, demonstration); answers the person. */
export async function attachRegisterIdentity(
  ctx: Context,
  o: { account: string; entry: RegisterPerson; by?: ProofKind },
): Promise<{ person: string; account: string }> {
  const account = await accountById(ctx, o.account);
  if (!account) throw new Error("no such account");
  const person = await personOf(ctx, o.entry);
  return { person, account: await attachPerson(ctx, account, person, o.by ?? "register") };
}

/** The account of a number, opened if there is none: for imports and the demonstration, not for sign-in. */
export async function accountForPhone(ctx: Context, phone: string): Promise<string> {
  const e164 = requirePhone(ctx, phone);
  const token = phoneToken(ctx, e164);
  await lockNumber(ctx, token);
  return (await accountByPhone(ctx, token))?.id ?? (await accountFor(ctx, token, e164)).account.id;
}
