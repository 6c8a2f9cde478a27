/** What of the directory leaves the house, column by column: never an address inside an institution, never a secret. */
import { type Context, type Db, sql } from "#kernel";

export interface DirectoryContent {
  members: object[];
  subsystems: object[];
  services: { id: string; institution: string; kind: string; [more: string]: unknown }[];
  rights: object[];
  purposes: object[];
}

const all = async <R>(rows: Promise<{ row: R }[]>): Promise<R[]> => (await rows).map((one) => one.row);

/** Gateways need a column more? It is added here and in `putContent`; internal addresses and connectors stay at home. */
export async function readContent(db: Db): Promise<DirectoryContent> {
  return {
    members: await all(
      db.rows(sql`select to_jsonb(x) as row from (
        select id, instance, member_class, member_code, institution, name from exchange.member order by id) x`),
    ),
    subsystems: await all(
      db.rows(sql`select to_jsonb(x) as row from (select id, member, code, name, groups from exchange.subsystem order by id) x`),
    ),
    services: await all(
      db.rows(sql`select to_jsonb(x) as row from (
        select id, subsystem, code, institution, kind, title, timeout_seconds, answers_in_days, lapses_in_days, endpoints, query, fields,
          keep_days, source, enabled, notice, withdrawn, data_class, stored, spooled, subject from exchange.service order by id) x`),
    ),
    rights: await all(
      db.rows(sql`select to_jsonb(x) as row from (
        select id, service, subject, methods, path, purposes, fields, basis, from_day, until_day, consent_days from exchange.access_right
        order by service, id, subject) x`),
    ),
    purposes: await all(db.rows(sql`select to_jsonb(x) as row from (select code, label, basis from exchange.purpose order by code) x`)),
  };
}

/** Where a service lives that another server answers: nowhere here. */
const elsewhere = "remote:/";

/** The gateway's tables become what the configuration says; addresses of its own institution's systems stay as they are here. */
export async function putContent(ctx: Context, c: DirectoryContent): Promise<void> {
  const { db } = ctx;
  const json = (rows: unknown) => JSON.stringify(rows);
  await db.run(sql`insert into exchange.member (id, instance, member_class, member_code, institution, name)
    select id, instance, member_class, member_code, institution, name from jsonb_populate_recordset(null::exchange.member, ${json(c.members)}::jsonb)
    on conflict (id) do update set name = excluded.name, institution = excluded.institution`);
  await db.run(sql`insert into exchange.subsystem (id, member, code, name, groups)
    select id, member, code, name, groups from jsonb_populate_recordset(null::exchange.subsystem, ${json(c.subsystems)}::jsonb)
    on conflict (id) do update set name = excluded.name, groups = excluded.groups`);
  await db.run(sql`insert into exchange.service (id, subsystem, code, institution, kind, title, base_url, timeout_seconds, answers_in_days,
      lapses_in_days, endpoints, query, fields, keep_days, source, enabled, notice, withdrawn, data_class, stored, spooled, subject)
    select id, subsystem, code, institution, kind, title, case when kind = 'http' then ${elsewhere} end, timeout_seconds, answers_in_days,
      lapses_in_days, endpoints, query, fields, keep_days, source, enabled, notice, withdrawn, data_class, stored, coalesce(spooled, false), subject
    from jsonb_populate_recordset(null::exchange.service, ${json(c.services)}::jsonb)
    on conflict (id) do update set kind = excluded.kind, title = excluded.title,
      base_url = case when excluded.kind = 'http' then coalesce(service.base_url, excluded.base_url) end,
      timeout_seconds = excluded.timeout_seconds, answers_in_days = excluded.answers_in_days, lapses_in_days = excluded.lapses_in_days,
      endpoints = excluded.endpoints, query = excluded.query, fields = excluded.fields, keep_days = excluded.keep_days,
      source = excluded.source, enabled = excluded.enabled, notice = excluded.notice, withdrawn = excluded.withdrawn,
      data_class = excluded.data_class, stored = excluded.stored, spooled = excluded.spooled, subject = excluded.subject, institution = excluded.institution`);
  await db.run(sql`delete from exchange.access_right`);
  await db.run(sql`insert into exchange.access_right (id, service, subject, methods, path, purposes, fields, basis, from_day, until_day, consent_days)
    select id, service, subject, methods, path, purposes, fields, basis, from_day, until_day, consent_days
    from jsonb_populate_recordset(null::exchange.access_right, ${json(c.rights)}::jsonb)`);
  await db.run(sql`delete from exchange.purpose`);
  await db.run(sql`insert into exchange.purpose (code, label, basis)
    select code, label, basis from jsonb_populate_recordset(null::exchange.purpose, ${json(c.purposes)}::jsonb)`);
  await dropGone(db, c);
}

/** What left the directory: services stay closed for the log's sake, subsystems and members without any go. */
async function dropGone(db: Db, c: DirectoryContent): Promise<void> {
  const ids = (rows: object[]) => rows.map((row) => (row as { id: string }).id);
  await db.run(sql`update exchange.service set withdrawn = true where id <> all(${ids(c.services)}) and not withdrawn`);
  await db.run(sql`delete from exchange.subsystem u where id <> all(${ids(c.subsystems)})
    and not exists (select from exchange.service s where s.subsystem = u.id)`);
  await db.run(sql`delete from exchange.member m where id <> all(${ids(c.members)})
    and not exists (select from exchange.subsystem u where u.member = m.id)`);
}
