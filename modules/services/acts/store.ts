import { sql, type Context } from "#kernel";

export interface ActRow {
  id: string;
  number: string;
  caseId: string;
  kind: "act" | "letter";
  institution: string;
  madeAt: Date;
  issuedAt: Date | null;
  validUntil: string | null;
  signedBy: string;
  file: string | null;
  code: string | null;
}

const columns = sql`
  a.id, a.number, a.case_id as "caseId", a.kind, a.institution, a.made_at as "madeAt", a.issued_at as "issuedAt",
  a.valid_until as "validUntil", a.signed_by as "signedBy", a.file, a.code`;

export function actOf(ctx: Context, caseId: string): Promise<ActRow | undefined> {
  return ctx.db.maybe<ActRow>(sql`select ${columns} from services.act a where a.case_id = ${caseId}`);
}

/** The number is chosen once: an attempt that failed half-way takes up the same one. Undefined when the number is taken. */
export async function beginAct(ctx: Context, a: ActRow): Promise<ActRow | undefined> {
  await ctx.db.run(sql`
    insert into services.act (id, number, case_id, kind, institution, made_at, valid_until, signed_by)
    values (${a.id}, ${a.number}, ${a.caseId}, ${a.kind}, ${a.institution}, ${a.madeAt}, ${a.validUntil}, ${a.signedBy})
    on conflict do nothing`);
  return actOf(ctx, a.caseId);
}

/** The hour, the signer and the last day are those of the attempt that succeeded. */
export async function redateAct(ctx: Context, a: ActRow): Promise<void> {
  await ctx.db.run(sql`
    update services.act set made_at = ${a.madeAt}, valid_until = ${a.validUntil}, signed_by = ${a.signedBy}, kind = ${a.kind}
    where id = ${a.id} and issued_at is null`);
}

export async function finishAct(ctx: Context, a: { id: string; issuedAt: Date; file: string; code: string | null }): Promise<boolean> {
  const rows = await ctx.db.run(sql`
    update services.act set issued_at = ${a.issuedAt}, file = ${a.file}, code = ${a.code} where id = ${a.id} and issued_at is null`);
  return rows === 1;
}

export interface PublicAct {
  number: string;
  title: { fr: string; en: string };
  institution: string;
  issuedAt: Date;
  validUntil: string | null;
  holder: string;
  digest: string;
  revokedAt: Date | null;
}

export async function publishAct(ctx: Context, a: PublicAct): Promise<void> {
  await ctx.db.run(sql`
    insert into services.public_act (number, title, institution, issued_at, valid_until, holder, digest)
    values (${a.number}, ${JSON.stringify(a.title)}::jsonb, ${a.institution}, ${a.issuedAt}, ${a.validUntil}, ${a.holder}, ${a.digest})`);
}

export async function withdrawAct(ctx: Context, number: string): Promise<boolean> {
  return (
    (await ctx.db.run(
      sql`update services.public_act set revoked_at = ${ctx.clock.now()} where number = ${number} and revoked_at is null`,
    )) === 1
  );
}

const publicColumns = sql`
  number, title, institution, issued_at as "issuedAt", valid_until as "validUntil", holder, digest, revoked_at as "revokedAt"`;

export function publicByNumber(ctx: Context, number: string): Promise<PublicAct | undefined> {
  return ctx.db.maybe<PublicAct>(sql`select ${publicColumns} from services.public_act where number = ${number}`);
}

export function publicByDigest(ctx: Context, digest: string): Promise<PublicAct | undefined> {
  return ctx.db.maybe<PublicAct>(sql`select ${publicColumns} from services.public_act where digest = ${digest}`);
}

// ---- keys of 2D codes
export interface CodeKeyRow {
  keyId: string;
  serial: string;
  certificate: string;
  institution: string;
  issuer: { fr: string; en: string };
  fromDay: string;
  untilDay: string;
  revokedAt: Date | null;
}

const keyColumns = sql`
  key_id as "keyId", serial, certificate, institution, issuer, from_day as "fromDay", until_day as "untilDay", revoked_at as "revokedAt"`;

export async function keepCodeKey(ctx: Context, k: Omit<CodeKeyRow, "revokedAt">): Promise<void> {
  await ctx.db.run(sql`
    insert into services.code_key (key_id, serial, certificate, institution, issuer, from_day, until_day)
    values (${k.keyId}, ${k.serial}, ${k.certificate}, ${k.institution}, ${JSON.stringify(k.issuer)}::jsonb, ${k.fromDay}, ${k.untilDay})
    on conflict (key_id) do nothing`);
}

export function codeKeys(ctx: Context): Promise<CodeKeyRow[]> {
  return ctx.db.rows<CodeKeyRow>(sql`select ${keyColumns} from services.code_key order by from_day, key_id`);
}

export function codeKey(ctx: Context, keyId: string): Promise<CodeKeyRow | undefined> {
  return ctx.db.maybe<CodeKeyRow>(sql`select ${keyColumns} from services.code_key where key_id = ${keyId}`);
}

export async function revokeCodeKey(ctx: Context, serial: string): Promise<void> {
  await ctx.db.run(sql`update services.code_key set revoked_at = ${ctx.clock.now()} where serial = ${serial} and revoked_at is null`);
}
