import { sql, type Context } from "#kernel";

export type ProofingState = "waiting" | "found" | "unknown" | "unavailable" | "proven" | "refused" | "expired";

export interface Proofing {
  id: string;
  institution: string;
  official: string;
  challenge: Buffer;
  phoneToken: Buffer;
  phone: Buffer;
  claim: Buffer | null;
  person: string | null;
  state: ProofingState;
  tries: number;
  startedAt: Date;
  expiresAt: Date;
}

const select = sql`
  select id, institution, official, challenge, phone_token as "phoneToken", phone, claim, person, state, tries,
    started_at as "startedAt", expires_at as "expiresAt"
  from identity.proofing`;

export const proofingById = (ctx: Context, id: string): Promise<Proofing | undefined> =>
  ctx.db.maybe<Proofing>(sql`${select} where id = ${id}`);

export const lockProofing = (ctx: Context, id: string): Promise<Proofing | undefined> =>
  ctx.db.maybe<Proofing>(sql`${select} where id = ${id} for update`);

export async function addProofing(ctx: Context, p: Omit<Proofing, "person" | "state" | "tries" | "startedAt">): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.proofing (id, institution, official, challenge, phone_token, phone, claim, state, started_at, expires_at)
    values (${p.id}, ${p.institution}, ${p.official}, ${p.challenge}, ${p.phoneToken}, ${p.phone}, ${p.claim}, 'waiting',
      ${ctx.clock.now()}, ${p.expiresAt})`);
}

/** The identity number typed is forgotten with the answer. */
export async function setProofing(ctx: Context, id: string, state: ProofingState, person: string | null): Promise<void> {
  await ctx.db.run(sql`update identity.proofing set state = ${state}, person = ${person}, claim = null where id = ${id}`);
}

export async function countMismatch(ctx: Context, id: string): Promise<void> {
  await ctx.db.run(sql`update identity.proofing set tries = tries + 1 where id = ${id}`);
}

export function dropOldProofings(ctx: Context, before: Date): Promise<number> {
  return ctx.db.run(sql`delete from identity.proofing where expires_at < ${before}`);
}
