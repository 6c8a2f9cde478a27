import { sql, type Context } from "#kernel";

export async function appliedDigest(ctx: Context, country: string): Promise<string | undefined> {
  return (await ctx.db.maybe<{ digest: string }>(sql`select digest from registry.pack where country = ${country}`))?.digest;
}

export async function keepDigest(ctx: Context, country: string, digest: string): Promise<void> {
  await ctx.db.run(sql`
    insert into registry.pack (country, digest, at) values (${country}, ${digest}, ${ctx.clock.now()})
    on conflict (country) do update set digest = excluded.digest, at = excluded.at`);
}

/** One loader at a time; the others find the work done. */
export async function lockLoading(ctx: Context): Promise<void> {
  await ctx.db.run(sql`select pg_advisory_xact_lock(7460811)`);
}

/** Facts of the country that nobody edits here: replaced as a whole. */
export async function replaceReference(
  ctx: Context,
  p: { sources: unknown; rules: unknown; divisions: unknown; parents: unknown; competences: unknown; buildings: unknown; offices: unknown },
): Promise<void> {
  const json = (v: unknown) => JSON.stringify(v);
  await ctx.db.run(sql`
    insert into registry.source select * from jsonb_to_recordset(${json(p.sources)}::jsonb) as x(id text, title text, date date, reliability text)
    on conflict (id) do update set title = excluded.title, date = excluded.date, reliability = excluded.reliability`);
  await ctx.db.run(sql`delete from registry.rule`);
  await ctx.db.run(
    sql`insert into registry.rule select * from jsonb_to_recordset(${json(p.rules)}::jsonb) as x(id text, text jsonb, source text)`,
  );
  await ctx.db.run(sql`delete from registry.division`);
  await ctx.db.run(sql`
    insert into registry.division select * from jsonb_to_recordset(${json(p.divisions)}::jsonb) as x(id text, level text, name jsonb, former_names jsonb,
      status text, capital text, valid_from date, valid_until date, successors text[], lon double precision, lat double precision, basis text, source text)`);
  await ctx.db.run(sql`delete from registry.division_parent`);
  await ctx.db.run(sql`
    insert into registry.division_parent select * from jsonb_to_recordset(${json(p.parents)}::jsonb)
      as x(division text, parent text, valid_from date, valid_until date)`);
  await ctx.db.run(sql`delete from registry.competence`);
  await ctx.db.run(sql`
    insert into registry.competence select * from jsonb_to_recordset(${json(p.competences)}::jsonb)
      as x(kind text, division text, institution text, valid_from date, valid_until date, basis text, source text, rule text, note jsonb)`);
  await ctx.db.run(sql`delete from registry.building`);
  await ctx.db.run(sql`
    insert into registry.building select * from jsonb_to_recordset(${json(p.buildings)}::jsonb)
      as x(id text, site text, name jsonb, levels integer, rooms integer, basis text, source text)`);
  await ctx.db.run(sql`delete from registry.office`);
  await ctx.db.run(sql`
    insert into registry.office select * from jsonb_to_recordset(${json(p.offices)}::jsonb)
      as x(id text, institution text, site text, building text, kind text, name jsonb)`);
}

export function knownInstitutions(
  ctx: Context,
): Promise<{ id: string; hash: string | null; edited: string[]; origin: string; state: string }[]> {
  return ctx.db.rows(sql`select id, pack_hash as hash, edited, origin, state from registry.institution`);
}

const shape = sql`x(id text, class text, code text, kind text, name jsonb, acronym text, parent text, division text, basis text, source text, rule text, words text, hash text)`;

export async function addInstitutions(ctx: Context, rows: readonly object[], origin: "pack" | "local"): Promise<void> {
  if (rows.length === 0) return;
  await ctx.db.run(sql`
    insert into registry.institution (id, class, code, kind, name, acronym, parent, division, basis, source, rule, words, origin, pack_hash)
    select id, class, code, kind, name, acronym, parent, division, basis, source, rule, words, ${origin}, hash
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as ${shape}`);
}

/** Fields edited here stay as they are; the change is kept in the history. */
export async function updateInstitutions(ctx: Context, rows: readonly object[], actor: string): Promise<void> {
  if (rows.length === 0) return;
  const kept = (name: string) => sql`case when ${name} = any(i.edited) then to_jsonb(i) ->> ${name} else to_jsonb(x) ->> ${name} end`;
  await ctx.db.run(sql`
    insert into registry.institution_history (institution, at, actor, before, after)
    select i.id, ${ctx.clock.now()}, ${actor}, to_jsonb(i) - 'words' - 'pack_hash', to_jsonb(x) - 'words' - 'hash'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as ${shape} join registry.institution i on i.id = x.id`);
  await ctx.db.run(sql`
    update registry.institution i set
      class = x.class, code = x.code, basis = x.basis, source = x.source, rule = x.rule, pack_hash = x.hash, state = 'active', closed_on = null,
      name = (${kept("name")})::jsonb, acronym = ${kept("acronym")}, kind = ${kept("kind")}, parent = ${kept("parent")},
      division = ${kept("division")}, words = case when 'name' = any(i.edited) then i.words else x.words end, version = i.version + 1
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as ${shape} where i.id = x.id`);
}

export async function closeInstitutions(ctx: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await ctx.db.run(sql`
    update registry.institution set state = 'closed', closed_on = ${ctx.clock.today()}, version = version + 1, pack_hash = null where id = any(${ids})`);
}

/** Sites of the pack; a point corrected here stays. */
export async function mergeSites(ctx: Context, rows: readonly object[], origin: "pack" | "local"): Promise<void> {
  await ctx.db.run(sql`
    insert into registry.site (id, name, division, lon, lat, located, origin)
    select id, name, division, lon, lat, located, ${origin} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as x(id text, name jsonb, division text, lon double precision, lat double precision, located text)
    on conflict (id) do update set name = excluded.name, division = excluded.division,
      lon = case when 'point' = any(site.edited) then site.lon else excluded.lon end,
      lat = case when 'point' = any(site.edited) then site.lat else excluded.lat end,
      located = case when 'point' = any(site.edited) then site.located else excluded.located end`);
}

export async function linkSites(ctx: Context, links: readonly { institution: string; site: string }[], replace: boolean): Promise<void> {
  if (replace)
    await ctx.db.run(sql`
      delete from registry.institution_site where institution in (select id from registry.institution where origin = 'pack')`);
  await ctx.db.run(sql`
    insert into registry.institution_site select * from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as x(institution text, site text)
    on conflict do nothing`);
}

export async function addSource(ctx: Context, s: { id: string; title: string; date: string | null; reliability: string }): Promise<void> {
  await ctx.db.run(sql`
    insert into registry.source (id, title, date, reliability) values (${s.id}, ${s.title}, ${s.date}, ${s.reliability}) on conflict (id) do nothing`);
}
