import { rawSql, sql, type Context, type Sql } from "#kernel";
import type { Difference } from "./rules.ts";
import { kinds, noPlant, schemas, type Kind, type Plant } from "./shapes.ts";

export type Origin = "pack" | "import" | "branch" | "plan";
export interface Revision {
  number: number;
  id: string;
  at: Date;
  actor: string;
  origin: Origin;
  digest: string;
  note: string | null;
  added: number;
  changed: number;
  removed: number;
}

/** One writer at a time: two imports never mix. */
export async function lockPlant(ctx: Context): Promise<void> {
  await ctx.db.run(sql`select pg_advisory_xact_lock(7460812)`);
}

export function lastRevision(ctx: Context): Promise<Revision | undefined> {
  return ctx.db.maybe<Revision>(sql`select * from network.revision order by number desc limit 1`);
}

export function revisionAt(ctx: Context, number: number): Promise<Revision | undefined> {
  return ctx.db.maybe<Revision>(sql`select * from network.revision where number = ${number}`);
}

/** Whether somebody's own file has replaced or completed the pack's network. */
export async function everImported(ctx: Context): Promise<boolean> {
  return (await ctx.db.maybe(sql`select 1 from network.revision where origin = 'import' limit 1`)) !== undefined;
}

export function revisions(ctx: Context, o: { before?: number | undefined; limit: number }): Promise<Revision[]> {
  return ctx.db.rows<Revision>(sql`
    select * from network.revision where number < ${o.before ?? 2_147_483_647} order by number desc limit ${o.limit}`);
}

const columns = Object.fromEntries(
  kinds.map((kind) => {
    const names = Object.keys(schemas[kind].properties);
    return [kind, { list: rawSql(names.join(", ")), object: rawSql(names.map((n) => `'${n}', ${n}`).join(", ")) }];
  }),
) as Record<Kind, { list: Sql; object: Sql }>;

/** The plant as it stood at a revision; absent values are left out. */
export async function plantAt(ctx: Context, revision: number): Promise<Plant> {
  const plant = noPlant();
  for (const kind of kinds) {
    const rows = await ctx.db.rows<{ e: never }>(sql`
      select jsonb_strip_nulls(jsonb_build_object(${columns[kind].object})) as e from ${table(kind)}
      where since <= ${revision} and (until is null or until > ${revision}) order by id`);
    plant[kind] = rows.map((r) => r.e);
  }
  return plant;
}

function table(kind: Kind): Sql {
  return rawSql(`network.${kind}`);
}

export async function writeRevision(ctx: Context, r: Revision, change: Difference): Promise<void> {
  await ctx.db.run(sql`
    insert into network.revision (number, id, at, actor, origin, digest, note, added, changed, removed)
    values (${r.number}, ${r.id}, ${r.at}, ${r.actor}, ${r.origin}, ${r.digest}, ${r.note}, ${r.added}, ${r.changed}, ${r.removed})`);
  for (const kind of kinds) {
    const gone = [...change.removed[kind], ...change.changed[kind].map((e) => e.id)];
    if (gone.length) await ctx.db.run(sql`update ${table(kind)} set until = ${r.number} where until is null and id = any(${gone})`);
    const fresh = [...change.added[kind], ...change.changed[kind]];
    if (fresh.length)
      await ctx.db.run(sql`
        insert into ${table(kind)} (since, ${columns[kind].list})
        select ${r.number}::integer, ${columns[kind].list}
        from jsonb_populate_recordset(null::${table(kind)}, ${JSON.stringify(fresh)}::jsonb)`);
  }
}
