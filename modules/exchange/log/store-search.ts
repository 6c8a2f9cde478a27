import { type Db, type Sql, sql, type Text } from "#kernel";
import type { ServiceKind } from "../directory/store.ts";
import type { FieldSpec } from "../pack.ts";

export interface Line {
  exchange: string;
  side: "client" | "provider";
  at: Date;
  client: string;
  service: string;
  method: string;
  path: string;
  purpose: string;
  issue: string | null;
  userId: string | null;
  outcome: "answered" | "refused" | "failed" | "unknown" | null;
  errorType: string | null;
  status: number | null;
  milliseconds: number | null;
}
// The path below the service, never the query: it is where identifiers are.
const columns = sql`r.exchange, r.side, r.at, r.client, r.service, r.method, r.path, r.purpose, r.issue, r.user_id as "userId",
  o.outcome, o.error_type as "errorType", o.status, o.milliseconds`;
const joined = sql`exchange.request r left join exchange.outcome o on o.exchange = r.exchange and o.side = r.side`;

export interface LogQuery {
  institution: string;
  from?: Date | undefined;
  to?: Date | undefined;
  service?: string | undefined;
  client?: string | undefined;
  outcome?: string | undefined;
  issue?: string | undefined;
  exchange?: string | undefined;
  after: { at: Date; exchange: string } | undefined;
  limit: number;
}
const when = (condition: unknown, part: ReturnType<typeof sql>) => (condition === undefined ? sql`` : part);

export const logLines = (db: Db, q: LogQuery): Promise<Line[]> =>
  db.rows(sql`select ${columns} from ${joined}
    where r.institution = ${q.institution}
      ${when(q.from, sql`and r.at >= ${q.from}`)} ${when(q.to, sql`and r.at < ${q.to}`)}
      ${when(q.service, sql`and r.service = ${q.service}`)} ${when(q.client, sql`and r.client = ${q.client}`)}
      ${when(q.issue, sql`and r.issue = ${q.issue}`)} ${when(q.exchange, sql`and r.exchange::text = ${q.exchange}`)}
      ${when(q.outcome, sql`and coalesce(o.outcome, 'pending') = ${q.outcome}`)}
      ${when(q.after, sql`and (r.at, r.exchange) < (${q.after?.at}::timestamptz, ${q.after?.exchange}::uuid)`)}
    order by r.at desc, r.exchange desc, r.side limit ${q.limit}`);

export const sidesOf = (db: Db, institution: string, exchange: string): Promise<Line[]> =>
  db.rows(sql`select ${columns} from ${joined} where r.institution = ${institution} and r.exchange::text = ${exchange} order by r.side`);

export interface ReadRow {
  exchange: string;
  at: Date;
  client: string;
  clientName: Text | null;
  institution: string;
  providerName: Text | null;
  kind: ServiceKind;
  title: Text;
  specs: FieldSpec[];
  purpose: string;
  issue: string | null;
  fields: string[] | null;
  outcome: "answered" | "refused" | "failed" | "unknown" | null;
  fact: string | null;
  /** The consent it leaned on. */
  consent: string | null;
}

/**
 * The client's row is there for every question a case asked about her, the provider's outcome says what was handed over;
 * what programs asked over r1 stands in `concern`, found by the register's side.
 */
export const readsOf = (db: Db, person: string, after: { at: Date; exchange: string } | undefined, limit: number): Promise<ReadRow[]> =>
  db.rows(sql`${reads(person)}
    where true ${when(after, sql`and (r.at, r.exchange) < (${after?.at}::timestamptz, ${after?.exchange}::uuid)`)}
    order by r.at desc, r.exchange desc limit ${limit}`);

export const readsUnder = (db: Db, person: string, consent: string, limit: number): Promise<ReadRow[]> =>
  db.rows(sql`${reads(person)} where r.consent = ${consent} order by r.at desc, r.exchange desc limit ${limit}`);

/** The member in the identifier of a subsystem or a service. */
const memberIn = (identifier: Sql) => sql`substring(${identifier} from '^[^/]+/[^/]+/[^/]+')`;

// Which consent an answer leaned on is what its provider signed.
const reads = (
  person: string,
) => sql`select r.exchange, r.at, r.client, coalesce(cm.name, cf.name) as "clientName", coalesce(s.institution, ${memberIn(sql`r.service`)}) as institution,
      coalesce(pm.name, pf.name) as "providerName", coalesce(s.kind, 'http') as kind, coalesce(s.title, sf.name, jsonb_build_object('fr', r.service, 'en', r.service)) as title,
      coalesce(s.fields, '[]') as specs, r.purpose, r.issue, r.fields, r.outcome, r.fact, r.consent
    from (
        select r.exchange, r.at, r.client, r.service, r.purpose, r.issue, p.fields, coalesce(c.outcome, p.outcome) as outcome,
          coalesce(p.fact, c.fact, r.fact) as fact,
          substring(c.header_part from '\\nExchange-Consent:([0-9a-f-]{36});') as consent
        from exchange.request r
          left join exchange.outcome c on c.exchange = r.exchange and c.side = 'client'
          left join exchange.outcome p on p.exchange = r.exchange and p.side = 'provider'
        where r.person = ${person} and r.side = 'client'
        union all
        select n.exchange, n.at, n.client, n.service, n.purpose, n.issue, n.fields, 'answered', n.fact, n.consent::text
        from exchange.concern n where n.person = ${person}
      ) r
      left join exchange.service s on s.id = r.service
      left join exchange.subsystem u on u.id = r.client
      left join exchange.member cm on cm.id = u.member
      left join exchange.member pm on pm.institution = s.institution
      left join exchange.foreign_name cf on cf.id = ${memberIn(sql`r.client`)}
      left join exchange.foreign_name pf on pf.id = ${memberIn(sql`r.service`)}
      left join exchange.foreign_name sf on sf.id = r.service`;

export const factsOfExchange = async (db: Db, exchange: string): Promise<string[]> => {
  const rows = await db.rows<{ fact: string }>(sql`select fact from exchange.request where exchange::text = ${exchange} and fact is not null
    union select fact from exchange.outcome where exchange::text = ${exchange} and fact is not null
    union select fact from exchange.concern where exchange::text = ${exchange}`);
  return rows.map((r) => r.fact);
};
