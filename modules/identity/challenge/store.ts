import { sql, type Context } from "#kernel";
import { tokenHash } from "../session/rules.ts";

export type ChallengeKind = "phone-sign-in" | "phone-change" | "counter" | "consent" | "passkey-sign-in" | "passkey-enrol";

export interface Challenge {
  id: Buffer;
  kind: ChallengeKind;
  account: string | null;
  phoneToken: Buffer | null;
  phone: Buffer | null;
  codeHash: Buffer | null;
  lang: string;
  known: boolean;
  simUnknown: boolean;
  createdAt: Date;
  expiresAt: Date;
  tries: number;
  usedAt: Date | null;
}

/** Jobs carry this, never the opaque id itself. */
export const challengeRef = (opaque: string): string => tokenHash(opaque).toString("base64url");

const columns = sql`id, kind, account, phone_token as "phoneToken", phone, code_hash as "codeHash", lang, known,
  sim_unknown as "simUnknown", created_at as "createdAt", expires_at as "expiresAt", tries, used_at as "usedAt"`;

export interface NewChallenge {
  opaque: string;
  kind: ChallengeKind;
  account?: string;
  phoneToken?: Buffer;
  phone?: Buffer;
  lang: string;
  known?: boolean;
  expiresAt: Date;
}

export async function addChallenge(ctx: Context, c: NewChallenge): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.challenge (id, kind, account, phone_token, phone, lang, known, created_at, expires_at)
    values (${tokenHash(c.opaque)}, ${c.kind}, ${c.account ?? null}, ${c.phoneToken ?? null}, ${c.phone ?? null}, ${c.lang},
      ${c.known ?? false}, ${ctx.clock.now()}, ${c.expiresAt})`);
}

/** Locked until the transaction ends: two answers to one challenge are judged one after the other. */
export function lockChallenge(ctx: Context, ref: Buffer, kinds: readonly ChallengeKind[]): Promise<Challenge | undefined> {
  return ctx.db.maybe<Challenge>(sql`
    select ${columns} from identity.challenge where id = ${ref} and kind = any(${[...kinds]}) for update`);
}

export async function countTry(ctx: Context, id: Buffer): Promise<void> {
  await ctx.db.run(sql`update identity.challenge set tries = tries + 1 where id = ${id}`);
}

export async function useChallenge(ctx: Context, id: Buffer): Promise<void> {
  await ctx.db.run(sql`update identity.challenge set used_at = ${ctx.clock.now()} where id = ${id}`);
}

export async function setCode(ctx: Context, id: Buffer, codeHash: Buffer, expiresAt: Date, simUnknown: boolean): Promise<void> {
  await ctx.db.run(sql`
    update identity.challenge set code_hash = ${codeHash}, expires_at = ${expiresAt}, sim_unknown = ${simUnknown} where id = ${id}`);
}

export function dropOldChallenges(ctx: Context, before: Date): Promise<number> {
  return ctx.db.run(sql`delete from identity.challenge where expires_at < ${before}`);
}
