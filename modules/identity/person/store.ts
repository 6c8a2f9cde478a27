import { sql, type Context } from "#kernel";

/** Under the policy: the person herself, or work of the system. */
export async function personByToken(ctx: Context, token: Buffer): Promise<{ id: string } | undefined> {
  return ctx.db.maybe(sql`select id from identity.person where identity_token = ${token}`);
}

/** Past the policy, one row by id: callers record the read (see door.ts). */
export async function sealedEntry(ctx: Context, person: string): Promise<Buffer | null> {
  const row = await ctx.db.one<{ entry: Buffer | null }>(sql`select identity.entry_of(${person}::uuid) as entry`);
  return row.entry;
}

/** Past the policy, and nothing of her but the pseudonym: the one there is, or `fresh`. */
export async function pseudonymFor(ctx: Context, token: Buffer, fresh: string): Promise<string> {
  return (await ctx.db.one<{ id: string }>(sql`select identity.pseudonym_of(${token}, ${fresh}::uuid, ${ctx.clock.now()}) as id`)).id;
}

export async function addPerson(ctx: Context, p: { id: string; token: Buffer; entry: Buffer | null }): Promise<void> {
  await ctx.db.run(sql`
    insert into identity.person (id, identity_token, entry, known_at)
    values (${p.id}, ${p.token}, ${p.entry}, ${ctx.clock.now()}) on conflict (identity_token) do nothing`);
}

export async function renewEntry(ctx: Context, person: string, entry: Buffer): Promise<void> {
  await ctx.db.run(sql`update identity.person set entry = ${entry}, known_at = ${ctx.clock.now()} where id = ${person}`);
}
