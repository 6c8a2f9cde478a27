import { type Db, sql } from "#kernel";

export interface Ending {
  exchange: string;
  at: Date;
  outcome: "answered" | "refused" | "failed" | "unknown";
  errorType?: string;
  status?: number;
  by?: "system" | "person";
}

/** Once per exchange, from the client's own row. */
export const putTraffic = (db: Db, e: Ending): Promise<number> =>
  db.run(sql`insert into exchange.traffic
    select r.exchange, r.at, r.client, r.institution, r.service, s.institution, r.method, r.purpose, ${e.outcome}, ${e.errorType ?? null},
      ${e.status ?? null}, ${e.by ?? null}, extract(epoch from ${e.at}::timestamptz - r.at) * 1000
    from exchange.request r join exchange.service s on s.id = r.service
    where r.exchange = ${e.exchange} and r.side = 'client'
    on conflict do nothing`);

export interface TrafficQuery {
  from: Date;
  to: Date;
  institution?: string | undefined;
  service?: string | undefined;
  outcome?: string | undefined;
}
export interface TrafficRow {
  exchange: string;
  at: Date;
  client: string;
  service: string;
  method: string;
  purpose: string;
  outcome: Ending["outcome"];
  errorType: string | null;
  status: number | null;
  by: "system" | "person" | null;
  milliseconds: string;
}

const when = (condition: unknown, part: ReturnType<typeof sql>) => (condition === undefined ? sql`` : part);
const matching = (q: TrafficQuery) => sql`t.at >= ${q.from} and t.at < ${q.to}
  ${when(q.institution, sql`and (t.client_institution = ${q.institution} or t.provider_institution = ${q.institution})`)}
  ${when(q.service, sql`and t.service = ${q.service}`)} ${when(q.outcome, sql`and t.outcome = ${q.outcome}`)}`;

export const trafficRows = (
  db: Db,
  q: TrafficQuery,
  after: { at: Date; exchange: string } | undefined,
  limit: number,
): Promise<TrafficRow[]> =>
  db.rows(sql`select t.exchange, t.at, t.client, t.service, t.method, t.purpose, t.outcome, t.error_type as "errorType", t.status, t.by,
      t.milliseconds
    from exchange.traffic t where ${matching(q)}
      ${when(after, sql`and (t.at, t.exchange) < (${after?.at}::timestamptz, ${after?.exchange}::uuid)`)}
    order by t.at desc, t.exchange desc limit ${limit}`);

export const trafficTotals = (
  db: Db,
  q: TrafficQuery,
): Promise<{ service: string; outcome: Ending["outcome"]; count: number; median: number }[]> =>
  db.rows(sql`select t.service, t.outcome, count(*)::int as count,
      percentile_cont(0.5) within group (order by t.milliseconds)::float8 as median
    from exchange.traffic t where ${matching(q)} group by t.service, t.outcome order by count desc, t.service, t.outcome limit 200`);

/** What did not succeed, by service and cause, the most frequent first. */
export const trafficFailures = (db: Db, q: TrafficQuery): Promise<{ service: string; errorType: string; count: number; last: Date }[]> =>
  db.rows(sql`select t.service, coalesce(t.error_type, t.outcome) as "errorType", count(*)::int as count, max(t.at) as last
    from exchange.traffic t where ${matching(q)} and t.outcome <> 'answered'
    group by t.service, coalesce(t.error_type, t.outcome) order by count desc, last desc, t.service limit 100`);
