import { type Context, sql } from "#kernel";
import { clockWentBack } from "../problems.ts";
import type { Profile } from "../x509/profiles.ts";
import type { Reason } from "../x509/revocations.ts";

export type Kind = Profile | "anchor" | "intermediate";

export interface CertificateRow {
  id: string;
  kind: Kind;
  subject: string;
  institution: string | null;
  name: string;
  serial: string;
  issuer: string | null;
  key: string | null;
  der: Buffer;
  chain: Buffer[];
  notBefore: Date;
  notAfter: Date;
  external: boolean;
  retiredAt: Date | null;
  revokedAt: Date | null;
  reason: Reason | null;
  /** With a key: the key store that holds it, among those that share this database. Without: the server that does, or ''. */
  place: string;
}

/** Which of the key stores on this database is this program's. */
const ownPlace = (ctx: Pick<Context, "config">): string => ctx.config.setting("key_place") ?? "";

const columns = sql`
  c.id, c.kind, c.subject, c.institution, c.name, c.serial, c.issuer, c.key, c.der, c.chain,
  c.not_before as "notBefore", c.not_after as "notAfter", c.external, c.retired_at as "retiredAt", c.place,
  s.revoked_at as "revokedAt", s.reason
  from trust.certificate c join trust.certificate_status s on s.certificate = c.id`;

export type Wanted = readonly { kind: Kind; subject: string }[];

/** The certificates that may sign now, here, for these subjects; a subject without one is absent. */
export async function usable(ctx: Context, wanted: Wanted): Promise<CertificateRow[]> {
  const now = ctx.clock.now();
  const rows = await ctx.db.rows<CertificateRow>(sql`
    select ${columns}
    join unnest(${wanted.map((w) => w.kind)}::text[], ${wanted.map((w) => w.subject)}::text[]) as w (kind, subject)
      on w.kind = c.kind and w.subject = c.subject
    where c.retired_at is null and c.key is not null and c.place = ${ownPlace(ctx)} and s.revoked_at is null
      and c.not_after > ${now}`);
  // Ours are valid from before they were made: one that is not valid yet was made at a later hour than it is now.
  if (rows.some((row) => !row.external && row.notBefore > now)) throw clockWentBack();
  return rows.filter((row) => row.notBefore <= now);
}

/** Certificates of a service of ours whose signatures still count, the newest first. */
export function signersSoFar(ctx: Context, kind: Kind): Promise<CertificateRow[]> {
  return ctx.db.rows<CertificateRow>(sql`
    select ${columns} where c.kind = ${kind} and c.key is not null and s.revoked_at is null and c.not_after > ${ctx.clock.now()}
    order by c.retired_at is null desc, c.created_at desc, c.id desc`);
}

export function byId(ctx: Context, id: string): Promise<CertificateRow | undefined> {
  return ctx.db.maybe<CertificateRow>(sql`select ${columns} where c.id = ${id}`);
}

export function bySerial(ctx: Context, serial: string): Promise<CertificateRow | undefined> {
  return ctx.db.maybe<CertificateRow>(sql`select ${columns} where c.serial = ${serial} order by c.created_at desc limit 1`);
}

export function byDer(ctx: Context, der: Uint8Array): Promise<CertificateRow | undefined> {
  return ctx.db.maybe<CertificateRow>(sql`select ${columns} where c.der = ${Buffer.from(der)}`);
}

export function authorities(ctx: Context): Promise<CertificateRow[]> {
  return ctx.db.rows<CertificateRow>(
    sql`select ${columns} where c.kind = any(${["root", "issuing", "anchor", "intermediate"]}) order by c.created_at, c.id`,
  );
}

export function list(ctx: Context, o: { kind?: Kind; institution?: string; after?: string }): Promise<CertificateRow[]> {
  return ctx.db.rows<CertificateRow>(sql`
    select ${columns} where true
      ${o.kind ? sql`and c.kind = ${o.kind}` : sql``}
      ${o.institution ? sql`and c.institution = ${o.institution}` : sql``}
      ${o.after ? sql`and c.id > ${o.after}` : sql``}
    order by c.id limit 100`);
}

export interface NewCertificate extends Omit<CertificateRow, "der" | "chain" | "retiredAt" | "revokedAt" | "reason" | "place"> {
  /** Of a key that lives elsewhere: the server that holds it. */
  place?: string;
  der: Uint8Array;
  chain: readonly Uint8Array[];
}

/**
 * Keeps a certificate as the one its subject signs with; what it replaces (expired, revoked, or named) retires first.
 * False when another process was faster: its certificate stays.
 */
export async function keep(ctx: Context, c: NewCertificate, replaces?: string): Promise<boolean> {
  const now = ctx.clock.now();
  const place = c.key ? ownPlace(ctx) : (c.place ?? "");
  if (c.key)
    await ctx.db.run(sql`
      update trust.certificate o set retired_at = ${now} from trust.certificate_status s
      where s.certificate = o.id and o.kind = ${c.kind} and o.subject = ${c.subject} and o.retired_at is null and o.key is not null and o.place = ${place}
        and (o.id = ${replaces ?? null}::uuid or o.not_after <= ${now} or s.revoked_at is not null)`);
  const kept = await ctx.db.run(sql`
    insert into trust.certificate
      (id, kind, subject, institution, name, serial, issuer, key, der, chain, not_before, not_after, external, created_at, place)
    values (${c.id}, ${c.kind}, ${c.subject}, ${c.institution}, ${c.name}, ${c.serial}, ${c.issuer}, ${c.key}, ${Buffer.from(c.der)},
      ${c.chain.map((der) => Buffer.from(der))}::bytea[], ${c.notBefore}, ${c.notAfter}, ${c.external}, ${now}, ${place})
    on conflict do nothing`);
  if (kept === 0) return false;
  await ctx.db.run(sql`insert into trust.certificate_status (certificate, issuer, serial) values (${c.id}, ${c.issuer}, ${c.serial})`);
  return true;
}

/** A certificate known without its key turns out to be ours: from now on its subject signs with it. */
export async function claim(ctx: Context, id: string, key: string, replaces?: string): Promise<boolean> {
  if (replaces) await ctx.db.run(sql`update trust.certificate set retired_at = ${ctx.clock.now()} where id = ${replaces}`);
  return (
    (await ctx.db.run(sql`update trust.certificate set key = ${key}, place = ${ownPlace(ctx)} where id = ${id} and key is null`)) === 1
  );
}

/** False when it was revoked before: a revocation's date is never moved. */
export async function revoke(ctx: Context, id: string, reason: Reason): Promise<boolean> {
  const done = await ctx.db.run(sql`
    update trust.certificate_status set revoked_at = ${ctx.clock.now()}, reason = ${reason} where certificate = ${id} and revoked_at is null`);
  return done === 1;
}

export interface StatusRow {
  issuer: string | null;
  serial: string;
  revokedAt: Date | null;
  reason: Reason | null;
}

export function statuses(ctx: Context, issuer: string, serials: readonly string[]): Promise<StatusRow[]> {
  return ctx.db.rows<StatusRow>(sql`
    select issuer, serial, revoked_at as "revokedAt", reason from trust.certificate_status
    where issuer = ${issuer} and serial = any(${[...serials]})`);
}

export function revoked(ctx: Context, issuer?: string): Promise<(StatusRow & { revokedAt: Date; reason: Reason })[]> {
  return ctx.db.rows(sql`
    select issuer, serial, revoked_at as "revokedAt", reason from trust.certificate_status
    where revoked_at is not null ${issuer ? sql`and issuer = ${issuer}` : sql``} order by revoked_at, serial`);
}

// ---- requests to outside authorities

export interface RequestRow {
  id: string;
  kind: "seal" | "person" | "tsa" | "issuing";
  subject: string;
  institution: string | null;
  name: string;
  key: string;
  spki: Buffer;
  csr: Buffer;
}

export async function keepRequest(
  ctx: Context,
  r: Omit<RequestRow, "spki" | "csr"> & { spki: Uint8Array; csr: Uint8Array },
): Promise<void> {
  await ctx.db.run(sql`
    insert into trust.certificate_request (id, kind, subject, institution, name, key, spki, csr, created_at)
    values (${r.id}, ${r.kind}, ${r.subject}, ${r.institution}, ${r.name}, ${r.key}, ${Buffer.from(r.spki)}, ${Buffer.from(r.csr)}, ${ctx.clock.now()})`);
}

export function openRequest(ctx: Context, id: string): Promise<RequestRow | undefined> {
  return ctx.db.maybe<RequestRow>(sql`
    select id, kind, subject, institution, name, key, spki, csr from trust.certificate_request
    where id = ${id} and certificate is null for update`);
}

export async function closeRequest(ctx: Context, id: string, certificate: string): Promise<void> {
  await ctx.db.run(sql`update trust.certificate_request set certificate = ${certificate} where id = ${id}`);
}

// ---- the clock of the built-in time-stamp authority

/** Moves the authority's clock forward, never back; answers where it stands. */
export async function advanceStampClock(ctx: Context, authority: string, to: Date): Promise<Date> {
  const { last } = await ctx.db.one<{ last: Date }>(sql`
    insert into trust.stamp_clock (authority, last) values (${authority}, ${to})
    on conflict (authority) do update set last = greatest(stamp_clock.last, excluded.last) returning last`);
  return last;
}
