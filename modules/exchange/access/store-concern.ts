import { type Db, sql } from "#kernel";

export interface ConcernRow {
  exchange: string;
  person: string;
  institution: string;
  at: Date;
  client: string;
  service: string;
  purpose: string;
  issue: string | null;
  fields: readonly string[];
  fact: string;
}
/** False when this person was told of this exchange before. */
export const putConcern = async (db: Db, c: ConcernRow): Promise<boolean> =>
  (await db.run(sql`insert into exchange.concern (exchange, person, institution, at, client, service, purpose, issue, fields, fact)
    values (${c.exchange}, ${c.person}, ${c.institution}, ${c.at}, ${c.client}, ${c.service}, ${c.purpose}, ${c.issue}, ${[...c.fields]}, ${c.fact})
    on conflict do nothing`)) === 1;

/** Whom an exchange concerned beside the person its rows may name. */
export const concernedBy = async (db: Db, exchange: string): Promise<string[]> =>
  (await db.rows<{ person: string }>(sql`select person from exchange.concern where exchange::text = ${exchange} order by person`)).map(
    (row) => row.person,
  );
