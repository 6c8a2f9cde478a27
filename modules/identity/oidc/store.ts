import { sql, type Context, type Level, type Text } from "#kernel";

export interface Item {
  payload: Buffer;
  consumedAt: Date | null;
}
type Key = Buffer;

export async function putItem(
  ctx: Context,
  i: { model: string; id: Key; payload: Buffer; grant: Key | null; uid: Key | null; expiresAt: Date | null },
): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.oidc_item (model, id, payload, grant_id, uid, expires_at)
    values (${i.model}, ${i.id}, ${i.payload}, ${i.grant}, ${i.uid}, ${i.expiresAt})
    on conflict (model, id) do update set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
      expires_at = excluded.expires_at`);
}

export const getItem = (ctx: Context, model: string, id: Key): Promise<Item | undefined> =>
  ctx.db.maybe<Item>(sql`select payload, consumed_at as "consumedAt" from identity.oidc_item where model = ${model} and id = ${id}`);

export const getItemByUid = (ctx: Context, model: string, uid: Key): Promise<Item | undefined> =>
  ctx.db.maybe<Item>(sql`select payload, consumed_at as "consumedAt" from identity.oidc_item where model = ${model} and uid = ${uid}`);

/** 1 for the one request that consumes it, 0 for every other: two exchanges of one code cannot both win. */
export function consumeItem(ctx: Context, model: string, id: Key): Promise<number> {
  return ctx.db.run(sql`
    update identity.oidc_item set consumed_at = ${ctx.clock.now()} where model = ${model} and id = ${id} and consumed_at is null`);
}

export async function removeItem(ctx: Context, model: string, id: Key): Promise<void> {
  await ctx.db.run(sql`delete from identity.oidc_item where model = ${model} and id = ${id}`);
}

export async function removeByGrant(ctx: Context, grant: Key): Promise<void> {
  await ctx.db.run(sql`delete from identity.oidc_item where grant_id = ${grant}`);
}

export async function dropOldItems(ctx: Context, before: Date): Promise<number> {
  await ctx.db.run(sql`delete from identity.oidc_answer where at < ${before}`);
  await ctx.db.run(sql`
    delete from identity.oidc_consent c
    where c.at < ${before} and not exists (select 1 from identity.oidc_item i where i.model = 'Grant' and i.id = c.grant_id)`);
  return ctx.db.run(sql`delete from identity.oidc_item where expires_at < ${before}`);
}

// ---- applications
export interface ClientRow {
  id: string;
  institution: string;
  name: Text;
  purpose: Text;
  redirectUris: string[];
  scopes: string[];
  level: Level;
  secret: Buffer | null;
  createdAt: Date;
  retiredAt: Date | null;
}
const clients = sql`
  select id, institution, name, purpose, redirect_uris as "redirectUris", scopes, level, secret, created_at as "createdAt",
    retired_at as "retiredAt"
  from identity.oidc_client`;

export const clientById = (ctx: Context, id: string): Promise<ClientRow | undefined> =>
  ctx.db.maybe<ClientRow>(sql`${clients} where id = ${id}`);

export const clientsOf = (ctx: Context, institution: string): Promise<ClientRow[]> =>
  ctx.db.rows<ClientRow>(sql`${clients} where institution = ${institution} order by created_at desc`);

export async function addClient(ctx: Context, c: Omit<ClientRow, "createdAt" | "retiredAt">): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.oidc_client (id, institution, name, purpose, redirect_uris, scopes, level, secret, created_at)
    values (${c.id}, ${c.institution}, ${JSON.stringify(c.name)}::jsonb, ${JSON.stringify(c.purpose)}::jsonb, ${c.redirectUris}, ${c.scopes},
      ${c.level}, ${c.secret}, ${ctx.clock.now()})`);
}

export function endClient(ctx: Context, id: string, institution: string): Promise<number> {
  return ctx.db.run(sql`
    update identity.oidc_client set retired_at = ${ctx.clock.now()}
    where id = ${id} and institution = ${institution} and retired_at is null`);
}

// ---- what people answered
export async function putAnswer(ctx: Context, interaction: string, session: string, decision: "allow" | "refuse"): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.oidc_answer (interaction, session, decision, at) values (${interaction}, ${session}, ${decision}, ${ctx.clock.now()})
    on conflict (interaction) do update set session = excluded.session, decision = excluded.decision, at = excluded.at`);
}

export async function answerOf(ctx: Context, interaction: string, session: string): Promise<"allow" | "refuse" | undefined> {
  const row = await ctx.db.maybe<{ decision: "allow" | "refuse" }>(sql`
    select decision from identity.oidc_answer where interaction = ${interaction} and session = ${session}`);
  return row?.decision;
}

export async function addConsent(ctx: Context, c: { grant: Key; account: string; client: string; scopes: string[] }): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.oidc_consent (grant_id, account, client, scopes, at)
    values (${c.grant}, ${c.account}, ${c.client}, ${c.scopes}, ${ctx.clock.now()}) on conflict do nothing`);
}

/** The grants of an account that are still in force, newest first. */
export const consentsOf = (
  ctx: Context,
  account: string,
): Promise<{ grant: Buffer; client: string; name: Text; institution: string; scopes: string[]; at: Date }[]> =>
  ctx.db.rows(sql`
    select c.grant_id as grant, c.client, o.name, o.institution, c.scopes, c.at
    from identity.oidc_consent c join identity.oidc_client o on o.id = c.client
    where c.account = ${account}
      and exists (select 1 from identity.oidc_item i where i.model = 'Grant' and i.id = c.grant_id)
    order by c.at desc`);

/** The grant and everything issued under it: codes, access tokens, refresh tokens. */
export async function removeGrant(ctx: Context, grant: Key): Promise<void> {
  await removeByGrant(ctx, grant);
  await removeItem(ctx, "Grant", grant);
  await ctx.db.run(sql`delete from identity.oidc_consent where grant_id = ${grant}`);
}

// ---- keys
export interface KeyRow {
  kid: string;
  sealed: Buffer;
  createdAt: Date;
}

/** Newest first: the library signs with the first that fits; the others stay to be verified against. */
export const liveKeys = (ctx: Context): Promise<KeyRow[]> =>
  ctx.db.rows<KeyRow>(sql`
    select kid, sealed, created_at as "createdAt" from identity.oidc_key where retired_at is null order by created_at desc, kid`);

export async function lockKeys(ctx: Context): Promise<void> {
  await ctx.db.run(sql`select pg_advisory_xact_lock(7460811)`);
}

export async function addKey(ctx: Context, kid: string, sealed: Buffer): Promise<void> {
  await ctx.db.run(sql`insert into identity.oidc_key (kid, sealed, created_at) values (${kid}, ${sealed}, ${ctx.clock.now()})`);
}

export async function retireKeys(ctx: Context, before: Date): Promise<number> {
  return ctx.db.run(sql`update identity.oidc_key set retired_at = ${ctx.clock.now()} where retired_at is null and created_at < ${before}`);
}
