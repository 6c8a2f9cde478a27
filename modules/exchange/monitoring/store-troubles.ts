import { type Db, sql, type Text } from "#kernel";

export interface TroubleRow {
  service: string;
  title: Text | null;
  errorType: string;
  role: "asked" | "answered" | "others";
  count: number;
  last: Date;
}
interface Period {
  from: Date;
  /** Undefined: of all. */
  institution: string | undefined;
}

const within = (q: Period) =>
  sql`t.at >= ${q.from} and (${q.institution ?? null}::text is null or t.client_institution = ${q.institution ?? null}
    or t.provider_institution = ${q.institution ?? null})`;

/** What did not succeed; `own` tells whether that institution asked or answered. */
export const troubleRows = (db: Db, q: Period & { own: string }): Promise<TroubleRow[]> =>
  db.rows(sql`select v.service, s.title, v.type as "errorType", v.role, count(*)::int as count, max(v.at) as last
    from (
      select t.service, t.at, coalesce(t.error_type, t.outcome) as type,
        case when t.provider_institution = ${q.own} then 'answered' when t.client_institution = ${q.own} then 'asked' else 'others' end as role
      from exchange.traffic t where ${within(q)} and t.outcome <> 'answered'
    ) v left join exchange.service s on s.id = v.service
    group by v.service, s.title, v.type, v.role order by last desc, v.service limit 200`);

export const passed = async (db: Db, q: Period): Promise<number> =>
  (await db.one<{ count: number }>(sql`select count(*)::int as count from exchange.traffic t where ${within(q)}`)).count;
