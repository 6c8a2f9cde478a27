import { type Context, type Db, sql, type Text } from "#kernel";
import type { Service } from "../directory/store.ts";
import type { FieldSpec } from "../pack.ts";
import type { Definition } from "./definition.ts";

export interface Connector {
  service: string;
  institution: string;
  definition: Definition;
  origin: "pack" | "registered";
  changedAt: Date;
}
export interface Trouble {
  cause: string;
  since: Date;
  last: Date;
}
export type Known = Connector & { trouble: Trouble | null };
const columns = sql`c.service, c.institution, c.definition, c.origin, c.changed_at as "changedAt",
  case when t.service is not null then jsonb_build_object('cause', t.cause, 'since', t.since, 'last', t.last) end as trouble`;
const joined = sql`exchange.connector c left join exchange.connector_trouble t on t.service = c.service`;

const revive = (row: Known): Known => ({
  ...row,
  trouble: row.trouble && { cause: row.trouble.cause, since: new Date(row.trouble.since), last: new Date(row.trouble.last) },
});

export const connectorOf = async (db: Db, service: string): Promise<Known | undefined> => {
  const row = await db.maybe<Known>(sql`select ${columns} from ${joined} where c.service = ${service}`);
  return row && revive(row);
};

export const connectorsOf = async (db: Db, institution: string): Promise<Known[]> =>
  (await db.rows<Known>(sql`select ${columns} from ${joined} where c.institution = ${institution} order by c.service`)).map(revive);

/** File services of open and closed services alike: data is kept fresh while a service is closed. */
export const fileConnectors = (db: Db): Promise<(Connector & { fields: FieldSpec[] })[]> =>
  db.rows(sql`select c.service, c.institution, c.definition, c.origin, c.changed_at as "changedAt", s.fields
    from exchange.connector c join exchange.service s on s.id = c.service
    where s.kind = 'file' and not s.withdrawn order by c.service`);

export const putConnector = (db: Db, c: Connector): Promise<number> =>
  db.run(sql`insert into exchange.connector (service, institution, definition, origin, changed_at)
    values (${c.service}, ${c.institution}, ${JSON.stringify(c.definition)}::jsonb, ${c.origin}, ${c.changedAt})
    on conflict (service) do update set definition = excluded.definition, origin = excluded.origin, changed_at = excluded.changed_at,
      institution = excluded.institution`);

/** What the pack says; what an institution set itself stays. */
export const putPackConnectors = (
  db: Db,
  all: readonly { service: string; institution: string; definition: Definition }[],
  at: Date,
): Promise<number> =>
  db.run(sql`insert into exchange.connector (service, institution, definition, origin, changed_at)
    select x.service, x.institution, x.definition, 'pack', ${at}
    from jsonb_to_recordset(${JSON.stringify(all)}::jsonb) as x(service text, institution text, definition jsonb)
    on conflict (service) do update set definition = excluded.definition, changed_at = excluded.changed_at
      where connector.origin = 'pack' and connector.definition <> excluded.definition`);

/** Since when and how long; the first time says `since`. */
export const putTrouble = (db: Db, service: string, cause: string, at: Date): Promise<number> =>
  db.run(sql`insert into exchange.connector_trouble (service, cause, since, last) values (${service}, ${cause}, ${at}, ${at})
    on conflict (service) do update set last = excluded.last, cause = excluded.cause,
      since = case when connector_trouble.cause = excluded.cause then connector_trouble.since else excluded.since end`);
export const clearTrouble = (db: Db, service: string): Promise<number> =>
  db.run(sql`delete from exchange.connector_trouble where service = ${service}`);

export interface NewService {
  id: string;
  subsystem: string;
  code: string;
  institution: string;
  kind: "view" | "file";
  title: Text;
  timeoutSeconds: number;
  query: Service["query"];
  fields: FieldSpec[];
  keepDays: number;
  source: string | null;
  subject: Service["subject"];
}

/** A service of its institution's own; false when another kind of service has that name. */
export async function putService(ctx: Context, s: NewService): Promise<boolean> {
  const json = (value: unknown) => JSON.stringify(value);
  const touched = await ctx.db.run(sql`insert into exchange.service
      (id, subsystem, code, institution, kind, title, timeout_seconds, endpoints, query, fields, keep_days, source, origin, subject)
    values (${s.id}, ${s.subsystem}, ${s.code}, ${s.institution}, ${s.kind}, ${json(s.title)}::jsonb, ${s.timeoutSeconds},
      '[{"method":"GET","path":"/"}]'::jsonb, ${json(s.query)}::jsonb, ${json(s.fields)}::jsonb, ${s.keepDays}, ${s.source}, 'registered',
      ${s.subject === null ? null : json(s.subject)}::jsonb)
    on conflict (id) do update set title = excluded.title, timeout_seconds = excluded.timeout_seconds, query = excluded.query,
      fields = excluded.fields, keep_days = excluded.keep_days, source = excluded.source, subject = excluded.subject
      where service.kind = excluded.kind and service.origin = 'registered' and service.institution = excluded.institution`);
  return touched === 1;
}
