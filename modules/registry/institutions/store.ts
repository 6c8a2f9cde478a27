import { sql, type Context, type Text } from "#kernel";

export interface SiteRow {
  id: string;
  name: Text;
  lon: number | null;
  lat: number | null;
  located: string | null;
}
export interface InstitutionRow {
  id: string;
  class: string;
  code: string;
  kind: string;
  name: Text;
  acronym: string | null;
  parent: string | null;
  division: string;
  basis: "sourced" | "derived" | "illustrative";
  source: string | null;
  rule: string | null;
  state: "active" | "closed";
  origin: "pack" | "local";
  version: number;
  sites: SiteRow[];
}

const columns = sql`i.id, i.class, i.code, i.kind, i.name, i.acronym, i.parent, i.division, i.basis, i.source, i.rule, i.state, i.origin, i.version,
  coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'lon', s.lon, 'lat', s.lat, 'located', s.located) order by s.id)
    from registry.institution_site x join registry.site s on s.id = x.site where x.institution = i.id), '[]') as sites`;

export function institutionById(ctx: Context, id: string): Promise<InstitutionRow | undefined> {
  return ctx.db.maybe<InstitutionRow>(sql`select ${columns} from registry.institution i where i.id = ${id}`);
}

export function institutionByMember(ctx: Context, memberClass: string, code: string): Promise<InstitutionRow | undefined> {
  return ctx.db.maybe<InstitutionRow>(
    sql`select ${columns} from registry.institution i where i.class = ${memberClass} and i.code = ${code}`,
  );
}

/** Parents first, the institution itself last. */
export function lineage(ctx: Context, id: string): Promise<{ id: string; kind: string; name: Text }[]> {
  return ctx.db.rows(sql`
    with recursive up(id, depth) as (
      select ${id}::text, 0
      union all
      select i.parent, up.depth + 1 from up join registry.institution i on i.id = up.id where i.parent is not null and up.depth < 12
    )
    select i.id, i.kind, i.name from up join registry.institution i on i.id = up.id order by up.depth desc`);
}

export interface InstitutionQuery {
  kind?: string | undefined;
  division?: string | undefined;
  basis?: string | undefined;
  ids?: readonly string[] | undefined;
  /** Folded words: each must begin one of the institution’s. */
  words?: readonly string[] | undefined;
  after?: string | undefined;
  limit?: number | undefined;
  closed?: boolean | undefined;
}

const where = (q: InstitutionQuery) => sql`
  ${q.closed ? sql`` : sql`and i.state = 'active'`}
  ${q.kind ? sql`and i.kind = ${q.kind}` : sql``}
  ${q.basis ? sql`and i.basis = ${q.basis}` : sql``}
  ${q.ids ? sql`and i.id = any(${q.ids})` : sql``}
  ${
    q.division
      ? sql`and i.division in (
          with recursive down(id, depth) as (
            select ${q.division}::text, 0 union
            select p.division, down.depth + 1 from down join registry.division_parent p on p.parent = down.id where p.valid_until is null and down.depth < 6
          ) select id from down)`
      : sql``
  }
  ${q.words?.length ? sql`and i.words like all(${q.words.map((w) => `% ${w}%`)})` : sql``}`;

/** In the order of their names, accents and case aside. */
export function institutionList(ctx: Context, q: InstitutionQuery): Promise<InstitutionRow[]> {
  return ctx.db.rows<InstitutionRow>(sql`
    select ${columns} from registry.institution i where true ${where(q)}
    ${q.after ? sql`and (i.words collate "C", i.id) > (select a.words collate "C", a.id from registry.institution a where a.id = ${q.after})` : sql``}
    order by i.words collate "C", i.id ${q.limit ? sql`limit ${q.limit}` : sql``}`);
}

export async function institutionCount(ctx: Context, q: InstitutionQuery): Promise<number> {
  return (await ctx.db.one<{ n: number }>(sql`select count(*)::int as n from registry.institution i where true ${where(q)}`)).n;
}

export function countsByBasis(ctx: Context): Promise<{ basis: "sourced" | "derived" | "illustrative"; n: number }[]> {
  return ctx.db.rows(sql`select basis, count(*)::int as n from registry.institution where state = 'active' group by basis order by basis`);
}

export function countsByKind(ctx: Context): Promise<{ kind: string; n: number }[]> {
  return ctx.db.rows(sql`select kind, count(*)::int as n from registry.institution where state = 'active' group by kind order by kind`);
}

export function groundOf(ctx: Context, ids: { source: string | null; rule: string | null }) {
  return ctx.db.maybe<{ title: string; date: string | null; reliability: string | null; rule: Text | null }>(sql`
    select s.title, s.date, s.reliability, r.text as rule from (select 1) one
    left join registry.rule r on r.id = ${ids.rule}
    left join registry.source s on s.id = coalesce(${ids.source}, r.source)`);
}

export function officesOf(ctx: Context, institution: string): Promise<{ id: string; kind: string; name: Text }[]> {
  return ctx.db.rows(sql`select id, kind, name from registry.office where institution = ${institution} order by id`);
}

export function points(
  ctx: Context,
): Promise<{ id: string; name: Text; kind: string; basis: string; lon: number; lat: number; located: string }[]> {
  return ctx.db.rows(sql`
    select i.id, i.name, i.kind, i.basis, s.lon, s.lat, s.located
    from registry.institution i join registry.institution_site x on x.institution = i.id join registry.site s on s.id = x.site
    where i.state = 'active' and s.lon is not null order by i.id`);
}

export interface Change {
  name?: Text;
  acronym?: string | null;
  kind?: string;
  parent?: string | null;
  division?: string;
}

/** Writes the change, marks the fields as edited here, and keeps what was before. Answers undefined when the version moved on. */
export async function changeInstitution(
  ctx: Context,
  before: InstitutionRow,
  change: Change,
  words: string,
  actor: string,
): Promise<number | undefined> {
  const after = { ...before, ...change };
  const fields = Object.keys(change);
  const n = await ctx.db.run(sql`
    update registry.institution set name = ${JSON.stringify(after.name)}, acronym = ${after.acronym}, kind = ${after.kind}, parent = ${after.parent},
      division = ${after.division}, words = ${words}, version = version + 1,
      edited = (select array(select distinct unnest(edited || ${fields}::text[]) order by 1))
    where id = ${before.id} and version = ${before.version}`);
  if (n === 0) return undefined;
  await ctx.db.run(sql`
    insert into registry.institution_history (institution, at, actor, before, after)
    values (${before.id}, ${ctx.clock.now()}, ${actor}, ${JSON.stringify(pickOf(before, fields))}, ${JSON.stringify(change)})`);
  return before.version + 1;
}

function pickOf(row: InstitutionRow, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((f) => [f, row[f as keyof InstitutionRow]]));
}

export async function moveSite(ctx: Context, site: string, point: { lon: number; lat: number; located: string }): Promise<void> {
  await ctx.db.run(sql`
    update registry.site set lon = ${point.lon}, lat = ${point.lat}, located = ${point.located}, edited = array['point']
    where id = ${site}`);
}

export function historyOf(ctx: Context, institution: string): Promise<{ at: Date; actor: string; before: unknown; after: unknown }[]> {
  return ctx.db.rows(sql`
    select at, actor, before, after from registry.institution_history where institution = ${institution} order by seq desc limit 100`);
}
