import { createHash } from "node:crypto";
import { type Context, type Db, sql } from "#kernel";
import type { Anchor, AnchorFile } from "./anchor.ts";
import type { Document } from "./document.ts";

export type FederationState = "waiting" | "approved" | "suspended" | "refused" | "withdrawn";

export interface FederationRow {
  id: string;
  instance: string;
  state: FederationState;
  anchor: AnchorFile;
  proposedBy: string;
  proposedAt: Date;
  decidedBy: string | null;
  decidedAt: Date | null;
  reason: string | null;
}

const columns = sql`f.id, f.instance, f.state, f.anchor, f.proposed_by as "proposedBy", f.proposed_at as "proposedAt",
  f.decided_by as "decidedBy", f.decided_at as "decidedAt", f.reason`;

/** Its text was judged when it came: read again, not judged again. */
export const anchorOf = (row: Pick<FederationRow, "anchor">): Anchor => JSON.parse(row.anchor.anchor) as Anchor;

export const federationRows = (db: Db): Promise<FederationRow[]> =>
  db.rows(
    sql`select ${columns} from exchange.federation f order by f.state in ('waiting', 'approved', 'suspended') desc, f.proposed_at desc limit 200`,
  );

export const federationById = (db: Db, id: string): Promise<FederationRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.federation f where f.id = ${id}`);

export const lockFederation = (db: Db, id: string): Promise<FederationRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.federation f where f.id = ${id} for update`);

export const approvedRows = (db: Db): Promise<FederationRow[]> =>
  db.rows(sql`select ${columns} from exchange.federation f where f.state = 'approved' order by f.instance`);

export const approvedWith = (db: Db, instance: string): Promise<FederationRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.federation f where f.state = 'approved' and f.instance = ${instance}`);

/** False: there is one with that instance already. */
export async function putFederation(ctx: Context, f: { id: string; instance: string; anchor: AnchorFile; by: string }): Promise<boolean> {
  const kept = await ctx.db.run(sql`insert into exchange.federation (id, instance, state, anchor, proposed_by, proposed_at)
    values (${f.id}, ${f.instance}, 'waiting', ${JSON.stringify(f.anchor)}::jsonb, ${f.by}, ${ctx.clock.now()}) on conflict do nothing`);
  return kept === 1;
}

export const putDecision = (
  ctx: Context,
  id: string,
  d: { state: "approved" | "refused"; by: string; reason: string | undefined },
): Promise<number> =>
  ctx.db.run(sql`update exchange.federation set state = ${d.state}, decided_by = ${d.by}, decided_at = ${ctx.clock.now()},
    reason = ${d.reason ?? null} where id = ${id} and state = 'waiting'`);

/** Who asks to go on is the first of two people again. */
export const putAskedAgain = (ctx: Context, id: string, by: string): Promise<number> =>
  ctx.db.run(sql`update exchange.federation set state = 'waiting', proposed_by = ${by}, proposed_at = ${ctx.clock.now()},
    decided_by = null, decided_at = null, reason = null where id = ${id} and state = 'suspended'`);

export const putEnd = (ctx: Context, id: string, state: "suspended" | "withdrawn", reason: string): Promise<number> =>
  ctx.db.run(sql`update exchange.federation set state = ${state}, reason = ${reason} where id = ${id}
    and state = any(${state === "suspended" ? ["approved"] : ["waiting", "approved", "suspended"]})`);

export const putAnchor = (ctx: Context, id: string, anchor: AnchorFile): Promise<number> =>
  ctx.db.run(sql`update exchange.federation set anchor = ${JSON.stringify(anchor)}::jsonb where id = ${id} and state = 'approved'`);

// ---- what the other instance says

export interface HeardRow {
  federation: string;
  version: number | null;
  at: Date | null;
  triedAt: Date;
  fault: string | null;
}

const heard = sql`h.federation, h.version::float8 as version, h.at, h.tried_at as "triedAt", h.fault`;

export const heardRows = (db: Db): Promise<HeardRow[]> => db.rows(sql`select ${heard} from exchange.federation_heard h`);
export const heardOf = (db: Db, federation: string): Promise<HeardRow | undefined> =>
  db.maybe(sql`select ${heard} from exchange.federation_heard h where h.federation = ${federation}`);

/** Only forward: an older word never replaces a newer one. */
export async function putHeard(
  ctx: Context,
  federation: string,
  h: { version: number; at: Date; head: { head: string; signature: string; certificate: string } },
): Promise<boolean> {
  const now = ctx.clock.now();
  const kept = await ctx.db.run(sql`insert into exchange.federation_heard as h (federation, version, at, head, tried_at)
    values (${federation}, ${h.version}, ${h.at}, ${JSON.stringify(h.head)}::jsonb, ${now})
    on conflict (federation) do update set version = excluded.version, at = excluded.at, head = excluded.head, tried_at = ${now}, fault = null
    where h.version is null or (h.version <= excluded.version and h.at <= excluded.at)`);
  return kept === 1;
}

export const putFault = (ctx: Context, federation: string, fault: string): Promise<number> =>
  ctx.db.run(sql`insert into exchange.federation_heard (federation, tried_at, fault)
    select id, ${ctx.clock.now()}, ${fault.slice(0, 300)} from exchange.federation where id = ${federation}
    on conflict (federation) do update set tried_at = excluded.tried_at, fault = excluded.fault`);

export async function putDocument(ctx: Context, federation: string, d: Document, sha256: Buffer): Promise<void> {
  const names = [...d.members, ...d.subsystems, ...d.services.map(({ id, title }) => ({ id, name: title }))];
  await ctx.db.run(sql`insert into exchange.foreign_name (id, name, heard)
    select id, name, ${ctx.clock.now()} from jsonb_to_recordset(${JSON.stringify(names)}::jsonb) as x(id text, name jsonb)
    on conflict (id) do update set name = excluded.name, heard = excluded.heard where foreign_name.name <> excluded.name`);
  await ctx.db.run(sql`insert into exchange.federation_configuration (federation, version, issued_at, sha256, document)
    values (${federation}, ${d.version}, ${new Date(d.issuedAt)}, ${sha256}, ${JSON.stringify(d)}::jsonb)
    on conflict (federation) do update set version = excluded.version, issued_at = excluded.issued_at, sha256 = excluded.sha256,
      document = excluded.document`);
}

export const heldVersion = async (db: Db, federation: string): Promise<number> =>
  (
    await db.maybe<{ version: number }>(
      sql`select version::float8 as version from exchange.federation_configuration where federation = ${federation}`,
    )
  )?.version ?? 0;

export interface Partner {
  row: FederationRow;
  document: Document;
  /** When it last said that this is the newest. */
  at: Date;
}

/** Approved instances that have been heard: what the exchange works with. */
export async function partners(db: Db): Promise<Partner[]> {
  const rows = await db.rows<FederationRow & { document: Document; at: Date }>(sql`select ${columns}, c.document, h.at
    from exchange.federation f join exchange.federation_configuration c on c.federation = f.id
    join exchange.federation_heard h on h.federation = f.id where f.state = 'approved' and h.at is not null order by f.instance`);
  return rows.map(({ document, at, ...row }) => ({ row, document, at }));
}

// ---- what we say

export interface OpeningRow {
  instance: string;
  what: string;
  by: string;
  at: Date;
}
export const openingRows = (db: Db, instance?: string): Promise<OpeningRow[]> =>
  db.rows(sql`select instance, what, by, at from exchange.federation_opening
    where ${instance ?? null}::text is null or instance = ${instance ?? null} order by instance, what`);

export const putOpening = (ctx: Context, o: { instance: string; what: string; by: string }): Promise<number> =>
  ctx.db.run(sql`insert into exchange.federation_opening (instance, what, by, at)
    values (${o.instance}, ${o.what}, ${o.by}, ${ctx.clock.now()}) on conflict do nothing`);

export const dropOpening = (db: Db, instance: string, what: string): Promise<number> =>
  db.run(sql`delete from exchange.federation_opening where instance = ${instance} and what = ${what}`);

export interface PublishedRow {
  version: number;
  issuedAt: Date;
  content: Buffer;
  sha256: Buffer;
  document: string;
}
export const latestPublished = (db: Db, instance: string): Promise<PublishedRow | undefined> =>
  db.maybe(sql`select version::float8 as version, issued_at as "issuedAt", content, sha256, document
    from exchange.federation_published where instance = ${instance} order by version desc limit 1`);

export const putPublished = (db: Db, instance: string, p: PublishedRow): Promise<number> =>
  db.run(sql`insert into exchange.federation_published (instance, version, issued_at, content, sha256, document)
    values (${instance}, ${p.version}, ${p.issuedAt}, ${p.content}, ${p.sha256}, ${p.document})`);

export const lockPublished = (db: Db): Promise<unknown> => db.one(sql`select pg_advisory_xact_lock(7460865) is null as held`);

export interface OwnAnchor {
  file: AnchorFile;
  generatedAt: Date;
  validUntil: Date;
}
export const ownAnchor = (db: Db): Promise<OwnAnchor | undefined> =>
  db.maybe(sql`select file, generated_at as "generatedAt", valid_until as "validUntil" from exchange.federation_anchor`);

export const putOwnAnchor = (db: Db, a: OwnAnchor): Promise<number> =>
  db.run(sql`insert into exchange.federation_anchor (file, generated_at, valid_until)
    values (${JSON.stringify(a.file)}::jsonb, ${a.generatedAt}, ${a.validUntil})
    on conflict (one) do update set file = excluded.file, generated_at = excluded.generated_at, valid_until = excluded.valid_until`);

/** The same without the documents, which are large and seldom new. */
export const partnerHeads = async (db: Db): Promise<{ row: FederationRow; version: number; at: Date }[]> => {
  const rows = await db.rows<FederationRow & { version: number; at: Date }>(sql`select ${columns}, c.version::float8 as version, h.at
    from exchange.federation f join exchange.federation_configuration c on c.federation = f.id
    join exchange.federation_heard h on h.federation = f.id where f.state = 'approved' and h.at is not null order by f.instance`);
  return rows.map(({ version, at, ...row }) => ({ row, version, at }));
};

export const documentOf = async (db: Db, federation: string): Promise<Document | undefined> =>
  (await db.maybe<{ document: Document }>(sql`select document from exchange.federation_configuration where federation = ${federation}`))
    ?.document;

// ---- on a gateway: what its centre handed on

export const dropHandedBut = (db: Db, ids: readonly string[]): Promise<number> =>
  db.run(sql`update exchange.federation set state = 'withdrawn' where state <> 'withdrawn' and id <> all(${[...ids]}::uuid[])`);

export const heldAs = (db: Db, id: string): Promise<{ version: number; anchor: string } | undefined> =>
  db.maybe(sql`select c.version::float8 as version, f.anchor->>'anchor' as anchor from exchange.federation f
    join exchange.federation_configuration c on c.federation = f.id where f.id = ${id} and f.state = 'approved'`);

export async function putHanded(
  ctx: Context,
  h: { id: string; instance: string; anchor: AnchorFile; document: Document; at: Date },
): Promise<void> {
  const { db } = ctx;
  await db.run(sql`insert into exchange.federation (id, instance, state, anchor, proposed_by, proposed_at, decided_by, decided_at)
    values (${h.id}, ${h.instance}, 'approved', ${JSON.stringify(h.anchor)}::jsonb, 'centre', ${h.at}, 'centre: approved', ${h.at})
    on conflict (id) do update set state = 'approved', anchor = excluded.anchor`);
  await putDocument(ctx, h.id, h.document, createHash("sha256").update(JSON.stringify(h.document)).digest());
  await db.run(sql`insert into exchange.federation_heard (federation, version, at, head, tried_at)
    values (${h.id}, ${h.document.version}, ${h.at}, '{}', ${h.at})
    on conflict (federation) do update set version = excluded.version, at = excluded.at, tried_at = excluded.tried_at`);
}
