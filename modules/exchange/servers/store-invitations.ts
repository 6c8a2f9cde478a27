import { type Context, type Db, sql } from "#kernel";

export type InvitationState = "open" | "waiting" | "approved" | "joined" | "refused" | "withdrawn";

export interface InvitationRow {
  id: string;
  server: string;
  institution: string;
  tokenHash: Buffer;
  invitedBy: string;
  invitedAt: Date;
  expiresAt: Date;
  state: InvitationState;
  address: string | null;
  log: string | null;
  tlsRequest: string | null;
  sealRequest: string | null;
  askedAt: Date | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  reason: string | null;
  tlsCertificate: string | null;
  sealCertificate: string | null;
}

const columns = sql`id, server, institution, token_hash as "tokenHash", invited_by as "invitedBy", invited_at as "invitedAt",
  expires_at as "expiresAt", state, address, log, tls_request as "tlsRequest", seal_request as "sealRequest", asked_at as "askedAt",
  decided_by as "decidedBy", decided_at as "decidedAt", reason, tls_certificate as "tlsCertificate", seal_certificate as "sealCertificate"`;

export const invitationById = (db: Db, id: string): Promise<InvitationRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.invitation where id = ${id}`);

export const lockInvitation = (db: Db, id: string): Promise<InvitationRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.invitation where id = ${id} for update`);

export const invitationRows = (db: Db): Promise<InvitationRow[]> =>
  db.rows(sql`select ${columns} from exchange.invitation order by invited_at desc, id desc limit 100`);

/** False when an undecided invitation for this server stands. */
export async function putInvitation(
  ctx: Context,
  i: Pick<InvitationRow, "id" | "server" | "institution" | "tokenHash" | "invitedBy" | "expiresAt">,
): Promise<boolean> {
  const now = ctx.clock.now();
  await ctx.db.run(
    sql`update exchange.invitation set state = 'withdrawn' where server = ${i.server} and state = 'open' and expires_at <= ${now}`,
  );
  const kept = await ctx.db
    .run(sql`insert into exchange.invitation (id, server, institution, token_hash, invited_by, invited_at, expires_at, state)
    values (${i.id}, ${i.server}, ${i.institution}, ${i.tokenHash}, ${i.invitedBy}, ${now}, ${i.expiresAt}, 'open')
    on conflict (server) where state in ('open', 'waiting', 'approved') do nothing`);
  return kept === 1;
}

export async function putAsked(ctx: Context, id: string, r: { address: string; tls: string; seal: string; log?: string }): Promise<void> {
  await ctx.db.run(sql`update exchange.invitation set state = 'waiting', address = ${r.address}, tls_request = ${r.tls},
    seal_request = ${r.seal}, log = ${r.log ?? null}, asked_at = ${ctx.clock.now()} where id = ${id}`);
}

export async function putDecision(
  ctx: Context,
  id: string,
  d: { state: "approved" | "refused"; by: string; reason?: string | undefined },
): Promise<void> {
  await ctx.db.run(sql`update exchange.invitation set state = ${d.state}, decided_by = ${d.by}, decided_at = ${ctx.clock.now()},
    reason = ${d.reason ?? null} where id = ${id}`);
}

export const putWithdrawn = (db: Db, id: string): Promise<number> =>
  db.run(sql`update exchange.invitation set state = 'withdrawn' where id = ${id} and state in ('open', 'waiting')`);

export const putIssued = (db: Db, id: string, c: { tls: string; seal: string }): Promise<number> =>
  db.run(sql`update exchange.invitation set state = 'joined', tls_certificate = ${c.tls}, seal_certificate = ${c.seal}
    where id = ${id} and state = 'approved'`);

/** A member with its name, by its institution. */
export const memberOf = (
  db: Db,
  institution: string,
): Promise<{ id: string; institution: string; name: { fr: string; en: string } } | undefined> =>
  db.maybe(sql`select id, institution, name from exchange.member where institution = ${institution}`);
