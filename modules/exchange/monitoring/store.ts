import { type Db, sql, type Sql, type Text } from "#kernel";
import type { Measured, Side } from "../log/store.ts";

export interface MonitoredRow {
  exchange: string;
  side: Side;
  /** Of the outcome. */
  at: Date;
  askedAt: Date;
  client: string;
  service: string;
  method: string;
  path: string;
  messageId: string;
  userId: string | null;
  requestPart: string;
  responsePart: string | null;
  outcome: string;
  errorType: string | null;
  status: number | null;
  measured: Measured | null;
  clientServer: string | null;
  serviceServer: string | null;
  described: boolean;
  /** Which segment of the path names a person, as the service says. */
  personAt: number | null;
}

/** Of one subsystem: what it asked, and what was asked of its services. Of one institution: its own rows. Of all: the server's owner. */
export type Whose = { subsystem: string } | { institution: string } | "all";

const server = (institution: Sql): Sql =>
  sql`coalesce((select min(x.address) from exchange.server_member sm join exchange.server x on x.id = sm.server
    where sm.institution = ${institution} and x.retired_at is null), (select x.address from exchange.server x where x.centre))`;

export interface Period {
  whose: Whose;
  from: Date;
  to: Date;
  client: string | undefined;
  limit: number;
  /** The last one had already. */
  after?: Pick<MonitoredRow, "at" | "exchange" | "side"> | undefined;
}

/** Rows whose outcome fell in [from, to), the oldest first. */
export const monitored = (db: Db, q: Period): Promise<MonitoredRow[]> => {
  const own =
    q.whose === "all"
      ? sql`true`
      : "subsystem" in q.whose
        ? sql`((o.side = 'client' and r.client = ${q.whose.subsystem}) or (o.side = 'provider' and s.subsystem = ${q.whose.subsystem}))`
        : sql`o.institution = ${q.whose.institution}`;
  return db.rows(sql`select o.exchange, o.side, o.at, r.at as "askedAt", r.client, r.service, r.method, r.path, r.message_id as "messageId",
      r.user_id as "userId", r.header_part as "requestPart", o.header_part as "responsePart", o.outcome, o.error_type as "errorType", o.status,
      o.measured, case when cm.id is null then '' else ${server(sql`cm.institution`)} end as "clientServer",
      case when s.id is null then '' else ${server(sql`s.institution`)} end as "serviceServer",
      exists (select 1 from exchange.description d where d.service = r.service) as described,
      -- another instance does not say where its service names a person: nothing below it is shown
      case when s.id is null then 0 else (s.subject->>'segment')::int end as "personAt"
    from exchange.outcome o
      join exchange.request r on r.exchange = o.exchange and r.side = o.side
      left join exchange.service s on s.id = r.service
      left join exchange.subsystem u on u.id = r.client
      left join exchange.member cm on cm.id = u.member
    where o.at >= ${q.from} and o.at < ${q.to} and ${own}
      and (${q.after?.exchange ?? null}::uuid is null
        or (o.at, o.exchange, o.side) > (${q.after?.at ?? null}::timestamptz, ${q.after?.exchange ?? null}::uuid, ${q.after?.side ?? null}::text))
      and (${q.client ?? null}::text is null or r.client = ${q.client ?? null} or s.subsystem = ${q.client ?? null})
    order by o.at, o.exchange, o.side limit ${q.limit}`);
};

// ---- the year of an institution

export interface YearLine {
  role: "asked" | "answered";
  service: string;
  title: Text | null;
  other: string;
  otherName: Text | null;
  month: number;
  outcome: string;
  count: number;
  median: number;
}

/** From what auditors see: no person, no case. Months are the calendar's in the country's zone. */
export const yearOf = (db: Db, q: { institution: string; from: Date; to: Date; zone: string }): Promise<YearLine[]> =>
  db.rows(sql`select v.role, v.service, coalesce(s.title, fs.name) as title, v.other, coalesce(m.name, fm.name) as "otherName", v.month, v.outcome, count(*)::int as count,
      percentile_disc(0.5) within group (order by v.milliseconds)::float8 as median
    from (
      select 'asked' as role, t.service, t.provider_institution as other, t.outcome, t.milliseconds,
        extract(month from t.at at time zone ${q.zone})::int as month
      from exchange.traffic t where t.client_institution = ${q.institution} and t.at >= ${q.from} and t.at < ${q.to}
      union all
      select 'answered', t.service, t.client_institution, t.outcome, t.milliseconds, extract(month from t.at at time zone ${q.zone})::int
      from exchange.traffic t where t.provider_institution = ${q.institution} and t.at >= ${q.from} and t.at < ${q.to}
    ) v
      left join exchange.service s on s.id = v.service
      left join exchange.member m on m.institution = v.other
      left join exchange.foreign_name fs on fs.id = v.service
      left join exchange.foreign_name fm on fm.id = v.other
    group by v.role, v.service, s.title, fs.name, v.other, m.name, fm.name, v.month, v.outcome order by v.role, v.service, v.other, v.month, v.outcome`);

export const firstExchange = async (db: Db): Promise<Date | undefined> =>
  (await db.maybe<{ at: Date }>(sql`select at from exchange.traffic order by at limit 1`))?.at;

/** Who took part in a year: how much each asked, and how much it was asked. */
export const partiesOf = (db: Db, q: { from: Date; to: Date }): Promise<{ institution: string; asked: number; answered: number }[]> =>
  db.rows(sql`select v.institution, sum(v.asked)::int as asked, sum(v.answered)::int as answered from (
      select client_institution as institution, count(*) as asked, 0 as answered from exchange.traffic
        where at >= ${q.from} and at < ${q.to} group by 1
      union all
      select provider_institution, 0, count(*) from exchange.traffic where at >= ${q.from} and at < ${q.to} group by 1
    ) v group by v.institution order by sum(v.asked) + sum(v.answered) desc, v.institution limit 2000`);
