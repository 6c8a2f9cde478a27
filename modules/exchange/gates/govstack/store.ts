import { type Db, sql, type Text } from "#kernel";

/** One application allowed to ask one service, by whatever right. */
export interface Allowed {
  service: string;
  client: string;
  /** Held by itself; else through a group. */
  own: boolean;
}

/** Pairs in force that day, of the services of an institution or of clients of it; in the order they are paged. */
export const allowedPairs = (db: Db, q: { institution: string; today: string }): Promise<Allowed[]> => {
  const inForce = sql`exchange.access_right r join exchange.service s on s.id = r.service and not s.withdrawn
    and r.from_day <= ${q.today}::date and (r.until_day is null or r.until_day >= ${q.today}::date)`;
  const groupOf = sql`r.subject like 'group:%' and substring(r.subject from 7)`;
  return db.rows(sql`with mine as (select u.id, u.groups from exchange.subsystem u join exchange.member m on m.id = u.member
      where m.institution = ${q.institution})
    select v.service, v.client, bool_or(v.own) as own from (
      select r.service, r.subject as client, true as own from ${inForce} where s.institution = ${q.institution} and r.subject not like 'group:%'
      union all
      select r.service, u.id, false from ${inForce} join exchange.subsystem u on ${groupOf} = any(u.groups) where s.institution = ${q.institution}
      union all
      select r.service, r.subject, true from ${inForce} join mine on mine.id = r.subject
      union all
      select r.service, mine.id, false from ${inForce} join mine on ${groupOf} = any(mine.groups)
    ) v group by v.service, v.client order by v.service collate "C", v.client collate "C"`);
};

/** Rights of that very subject to that service, ended or not. */
export const rightsHeld = async (db: Db, service: string, subject: string): Promise<string[]> =>
  (
    await db.rows<{ id: string }>(sql`select id from exchange.access_right where service = ${service} and subject = ${subject} order by id`)
  ).map((row) => row.id);

export interface WaitingRow {
  id: string;
  kind: string;
  about: string;
  state: string;
  subject: string | null;
}
/** What waits of an institution. */
export const waitingOf = (db: Db, institution: string): Promise<WaitingRow[]> =>
  db.rows(sql`select id, kind, about, state, content->>'subject' as subject from exchange.proposal
    where institution = ${institution} and state in ('reading', 'waiting')`);

export interface OwnMember {
  id: string;
  institution: string;
  name: Text;
}
export const memberOfSubsystem = (db: Db, subsystem: string): Promise<OwnMember | undefined> =>
  db.maybe(
    sql`select m.id, m.institution, m.name from exchange.subsystem u join exchange.member m on m.id = u.member where u.id = ${subsystem}`,
  );

export const descriptionUrls = async (db: Db, institution: string): Promise<Map<string, string>> => {
  const rows = await db.rows<{ service: string; url: string }>(sql`select d.service, d.url from exchange.description d
    join exchange.service s on s.id = d.service where s.institution = ${institution} and d.url is not null`);
  return new Map(rows.map((row) => [row.service, row.url]));
};
