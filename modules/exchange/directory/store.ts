import { type Context, type Db, sql, type Text } from "#kernel";
import type { Right } from "../access/rules.ts";
import type { FieldSpec, Subject } from "../pack.ts";
import { putPackConnectors } from "../connectors/store.ts";
import type { Directory } from "./expand.ts";

export interface Service {
  id: string;
  subsystem: string;
  code: string;
  institution: string;
  kind: ServiceKind;
  title: Text;
  baseUrl: string | null;
  timeoutSeconds: number;
  /** Every call of it is answered later: its system or its link is too weak to be waited for. */
  stored: boolean;
  /** Its system gets a large question only once the whole of it is here and verified. */
  spooled: boolean;
  answersInDays: number | null;
  lapsesInDays: number | null;
  endpoints: { method: string; path: string }[];
  query: { name: string; label: Text }[];
  fields: FieldSpec[];
  keepDays: number;
  source: string | null;
  enabled: boolean;
  notice: string | null;
  /** Registered services outlive each loading of the pack. */
  origin: Origin;
  subject: Subject | null;
  tls: { verify: boolean; ca: string | null; clientCertificate: boolean };
}
/** A system, an official, a view of a database, a file dropped each night, the exchange itself. */
export type ServiceKind = "http" | "person" | "view" | "file" | "room";
export type Origin = "pack" | "registered";
const serviceColumns = sql`s.id, s.subsystem, s.code, s.institution, s.kind, s.title, s.base_url as "baseUrl",
  s.timeout_seconds as "timeoutSeconds", s.answers_in_days as "answersInDays", s.stored, s.spooled, s.lapses_in_days as "lapsesInDays", s.endpoints, s.query,
  s.fields, s.keep_days as "keepDays", s.source, s.enabled and not s.withdrawn as enabled, s.notice,
  s.origin, s.subject, jsonb_build_object('verify', s.verify_tls, 'ca', s.ca, 'clientCertificate', s.client_certificate) as tls`;

export interface Client {
  id: string;
  institution: string;
  name: Text;
  memberName: Text;
  groups: string[];
}

export const clientOf = (db: Db, id: string): Promise<Client | undefined> =>
  db.maybe(sql`select u.id, m.institution, u.name, m.name as "memberName", u.groups
    from exchange.subsystem u join exchange.member m on m.id = u.member where u.id = ${id}`);

export const subsystemsOf = (db: Db, institution: string): Promise<{ id: string; code: string }[]> =>
  db.rows(sql`select u.id, u.code from exchange.subsystem u join exchange.member m on m.id = u.member
    where m.institution = ${institution} order by u.code`);

export const serviceOf = (db: Db, id: string): Promise<Service | undefined> =>
  db.maybe(sql`select ${serviceColumns} from exchange.service s where s.id = ${id}`);

export const serviceByCode = (db: Db, institution: string, code: string): Promise<Service | undefined> =>
  db.maybe(sql`select ${serviceColumns} from exchange.service s where s.institution = ${institution} and s.code = ${code}
    order by s.id limit 1`);

export const servicesList = (db: Db, institution: string | undefined): Promise<Service[]> =>
  db.rows(sql`select ${serviceColumns} from exchange.service s
    where ${institution ?? null}::text is null or s.institution = ${institution ?? null} order by s.id`);

export const membersList = (
  db: Db,
): Promise<
  { id: string; name: Text; memberClass: string; institution: string; subsystems: { id: string; name: Text; groups: string[] }[] }[]
> =>
  db.rows(sql`select m.id, m.name, m.member_class as "memberClass", m.institution,
      coalesce((select jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name, 'groups', u.groups) order by u.id)
        from exchange.subsystem u where u.member = m.id), '[]') as subsystems
    from exchange.member m order by m.id`);

export const memberNames = async (db: Db, institutions: readonly string[]): Promise<Map<string, Text>> => {
  const rows = await db.rows<{ institution: string; name: Text }>(
    sql`select institution, name from exchange.member where institution = any(${[...institutions]})
      union all select id, name from exchange.foreign_name where id = any(${[...institutions]})`,
  );
  return new Map(rows.map((r) => [r.institution, r.name]));
};

export const rightsFor = (db: Db, service: string): Promise<Right[]> =>
  db.rows(sql`select id, service, subject, methods, path, purposes, fields, from_day as "from", until_day as "until",
      consent_days as consent
    from exchange.access_right where service = ${service}`);

export const rightsList = (db: Db, q: { service?: string; institution?: string }): Promise<(Right & { basis: Text })[]> =>
  db.rows(sql`select r.id, r.service, r.subject, r.methods, r.path, r.purposes, r.fields, r.basis, r.from_day as "from", r.until_day as "until",
      r.consent_days as consent
    from exchange.access_right r join exchange.service s on s.id = r.service
    where (${q.service ?? null}::text is null or r.service = ${q.service ?? null})
      and (${q.institution ?? null}::text is null or s.institution = ${q.institution ?? null})
    order by r.service, r.id, r.subject limit 5000`);

export const basisOf = (db: Db, service: string, rights: readonly string[]): Promise<Text | undefined> =>
  db
    .maybe<{ basis: Text }>(
      sql`select basis from exchange.access_right where service = ${service} and id = any(${[...rights]}) order by id limit 1`,
    )
    .then((row) => row?.basis);

export interface Purpose {
  code: string;
  label: Text;
  basis: Text | null;
}
export const purposeMap = async (db: Db): Promise<Map<string, Purpose>> => {
  const rows = await db.rows<Purpose>(sql`select code, label, basis from exchange.purpose`);
  return new Map(rows.map((r) => [r.code, r]));
};

export const setState = (db: Db, id: string, institution: string, enabled: boolean, notice: string | null): Promise<number> =>
  db.run(sql`update exchange.service set enabled = ${enabled}, notice = ${notice} where id = ${id} and institution = ${institution}`);

export const baseUrls = async (db: Db): Promise<Map<string, string>> => {
  const rows = await db.rows<{ name: string; url: string }>(sql`select name, url from exchange.base`);
  return new Map(rows.map((r) => [r.name, r.url]));
};
export const putBase = (db: Db, name: string, url: string): Promise<number> =>
  db.run(sql`insert into exchange.base (name, url) values (${name}, ${url}) on conflict (name) do update set url = excluded.url`);

export const loadedDigest = (db: Db): Promise<{ digest: Buffer } | undefined> =>
  db.maybe(sql`select digest from exchange.loaded where name = 'pack'`);

/** The whole directory at once; what an operator closed stays closed, what left the pack is closed. */
export async function putDirectory(ctx: Context, d: Directory, digest: Buffer): Promise<void> {
  const { db } = ctx;
  const json = (rows: unknown) => JSON.stringify(rows);
  await db.run(sql`insert into exchange.member (id, instance, member_class, member_code, institution, name)
    select * from jsonb_to_recordset(${json(d.members)}::jsonb)
      as x(id text, instance text, member_class text, member_code text, institution text, name jsonb)
    on conflict (id) do update set name = excluded.name, institution = excluded.institution, origin = 'pack'`);
  await db.run(sql`insert into exchange.subsystem (id, member, code, name, groups)
    select x.id, x.member, x.code, x.name, array(select jsonb_array_elements_text(x.groups))
    from jsonb_to_recordset(${json(d.subsystems)}::jsonb) as x(id text, member text, code text, name jsonb, groups jsonb)
    on conflict (id) do update set name = excluded.name, groups = excluded.groups, origin = 'pack'`);
  await db.run(sql`insert into exchange.service
      (id, subsystem, code, institution, kind, title, base_url, timeout_seconds, answers_in_days, lapses_in_days, endpoints, query, fields, keep_days, source, subject, stored, spooled)
    select * from jsonb_to_recordset(${json(d.services)}::jsonb)
      as x(id text, subsystem text, code text, institution text, kind text, title jsonb, base_url text, timeout_seconds integer,
        answers_in_days integer, lapses_in_days integer, endpoints jsonb, query jsonb, fields jsonb, keep_days integer, source text, subject jsonb, stored boolean, spooled boolean)
    on conflict (id) do update set origin = 'pack', kind = excluded.kind, title = excluded.title, base_url = excluded.base_url,
      stored = excluded.stored, spooled = excluded.spooled, timeout_seconds = excluded.timeout_seconds, answers_in_days = excluded.answers_in_days, lapses_in_days = excluded.lapses_in_days,
      endpoints = excluded.endpoints, query = excluded.query, fields = excluded.fields, keep_days = excluded.keep_days, source = excluded.source, subject = excluded.subject`);
  await putPackConnectors(db, d.connectors, ctx.clock.now());
  await db.run(sql`update exchange.service set withdrawn = not withdrawn
    where origin = 'pack' and withdrawn = (id = any(${d.services.map((one) => one.id)}))`);
  await db.run(sql`delete from exchange.access_right where origin = 'pack'`);
  await db.run(sql`insert into exchange.access_right (id, service, subject, methods, path, purposes, fields, basis, from_day, until_day, consent_days)
    select x.id, x.service, x.subject, array(select jsonb_array_elements_text(x.methods)), x.path,
      array(select jsonb_array_elements_text(x.purposes)),
      case when jsonb_typeof(x.fields) = 'array' then array(select jsonb_array_elements_text(x.fields)) end, x.basis, x.from_day, x.until_day, x.consent_days
    from jsonb_to_recordset(${json(d.rights)}::jsonb) as x(id text, service text, subject text, methods jsonb, path text, purposes jsonb,
      fields jsonb, basis jsonb, from_day date, until_day date, consent_days integer)
    where not exists (select 1 from exchange.ended_right e where e.service = x.service and e.id = x.id and e.subject = x.subject)
    on conflict (service, id, subject) do nothing`);
  await db.run(sql`delete from exchange.purpose`);
  await db.run(sql`insert into exchange.purpose (code, label, basis)
    select x.code, x.label, x.basis from jsonb_to_recordset(${json(d.purposes)}::jsonb) as x(code text, label jsonb, basis jsonb)`);
  await db.run(sql`insert into exchange.loaded (name, digest) values ('pack', ${digest})
    on conflict (name) do update set digest = excluded.digest`);
}
