import { type Context, sql } from "#kernel";

export interface TlsKeyRow {
  id: string;
  subject: string;
  csr: Buffer;
  nonce: Buffer;
  sealed: Buffer;
  createdAt: Date;
}

export interface TlsIdentityRow extends TlsKeyRow {
  certifiedAt: Date;
  der: Buffer;
  chain: Buffer[];
  serial: string;
  notBefore: Date;
  notAfter: Date;
}

export async function putTlsKey(ctx: Context, k: Omit<TlsKeyRow, "createdAt">): Promise<void> {
  await ctx.db.run(sql`insert into trust.tls_key (id, subject, csr, nonce, sealed, created_at)
    values (${k.id}, ${k.subject}, ${k.csr}, ${k.nonce}, ${k.sealed}, ${ctx.clock.now()})`);
}

export function openTlsKey(ctx: Context, id: string): Promise<TlsKeyRow | undefined> {
  return ctx.db.maybe<TlsKeyRow>(sql`select id, subject, csr, nonce, sealed, created_at as "createdAt" from trust.tls_key
    where id = ${id} and certificate is null for update`);
}

export async function closeTlsKey(ctx: Context, id: string, subject: string, certificate: string): Promise<void> {
  await ctx.db.run(
    sql`update trust.tls_key set subject = ${subject}, certificate = ${certificate}, certified_at = ${ctx.clock.now()} where id = ${id}`,
  );
}

/** Identities whose certificate neither ended nor was revoked, newest first. */
export function tlsIdentityRows(ctx: Context, subject: string): Promise<TlsIdentityRow[]> {
  return ctx.db.rows<TlsIdentityRow>(sql`
    select k.id, k.subject, k.csr, k.nonce, k.sealed, k.created_at as "createdAt", k.certified_at as "certifiedAt",
      c.der, c.chain, c.serial, c.not_before as "notBefore", c.not_after as "notAfter"
    from trust.tls_key k join trust.certificate c on c.id = k.certificate join trust.certificate_status s on s.certificate = c.id
    where k.subject = ${subject} and s.revoked_at is null and c.not_after > ${ctx.clock.now()}
    order by k.certified_at desc, k.id desc`);
}

/** A request made before its subject was known. */
export async function nameRequest(ctx: Context, id: string, owner: { id: string; name: string }): Promise<void> {
  await ctx.db.run(sql`update trust.certificate_request set subject = ${owner.id}, institution = ${owner.id}, name = ${owner.name}
    where id = ${id} and certificate is null and kind = 'seal'`);
}

/** What the exchange must know of certificates: authorities, and those of institutions and servers that may still serve. */
export interface MemberRow {
  kind: "root" | "anchor" | "issuing" | "intermediate" | "seal" | "tls";
  subject: string;
  name: string;
  serial: string;
  der: Buffer;
  chain: Buffer[];
  notBefore: Date;
  notAfter: Date;
  revokedAt: Date | null;
  reason: string | null;
}

export function memberRows(ctx: Context): Promise<MemberRow[]> {
  return ctx.db.rows<MemberRow>(sql`
    select c.kind, c.subject, c.name, c.serial, c.der, c.chain, c.not_before as "notBefore", c.not_after as "notAfter",
      s.revoked_at as "revokedAt", s.reason
    from trust.certificate c join trust.certificate_status s on s.certificate = c.id
    where c.kind = any(${["root", "anchor", "issuing", "intermediate", "seal", "tls"]}) and c.not_after > ${ctx.clock.now()}
    order by c.kind, c.subject, c.serial`);
}

export function tlsRows(ctx: Context): Promise<Pick<MemberRow, "subject" | "serial" | "der" | "chain" | "notBefore" | "notAfter">[]> {
  return ctx.db.rows(sql`
    select c.subject, c.serial, c.der, c.chain, c.not_before as "notBefore", c.not_after as "notAfter"
    from trust.certificate c join trust.certificate_status s on s.certificate = c.id
    where c.kind = 'tls' and s.revoked_at is null and c.not_after > ${ctx.clock.now()} order by c.subject, c.not_before desc`);
}

/** Certificates whose keys were made elsewhere, still good; `place`: those of one server only. */
export function keysElsewhere(
  ctx: Context,
  kind: "tls" | "seal",
  subject: string,
  place?: string,
): Promise<{ id: string; kind: string; subject: string; serial: string }[]> {
  return ctx.db.rows(sql`
    select c.id, c.kind, c.subject, c.serial from trust.certificate c join trust.certificate_status s on s.certificate = c.id
    where c.kind = ${kind} and c.subject = ${subject} and c.key is null and s.revoked_at is null and c.not_after > ${ctx.clock.now()}
      and (${place ?? null}::text is null or c.place = ${place ?? null})`);
}

/** Takes over a revocation decided elsewhere, with its own date. */
export async function adoptRevocation(ctx: Context, der: Uint8Array, at: Date, reason: string): Promise<number> {
  return ctx.db.run(sql`
    update trust.certificate_status s set revoked_at = ${at}, reason = ${reason} from trust.certificate c
    where c.id = s.certificate and c.der = ${Buffer.from(der)} and s.revoked_at is null`);
}
