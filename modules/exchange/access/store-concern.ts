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
  consent?: string;
}
/** False when this person was told of this exchange with this register before. */
export const putConcern = async (db: Db, c: ConcernRow): Promise<boolean> =>
  (await db.run(sql`insert into exchange.concern (exchange, person, institution, at, client, service, purpose, issue, fields, fact, consent)
    values (${c.exchange}, ${c.person}, ${c.institution}, ${c.at}, ${c.client}, ${c.service}, ${c.purpose}, ${c.issue}, ${[...c.fields]}, ${c.fact}, ${c.consent ?? null})
    on conflict do nothing`)) === 1;

/**
 * Who was told already: of that register, for a gateway chooses the number of what it asks, and could use up one of another's. Or
 * by the question itself, where a procedure of this house asked it about her.
 */
export const toldBy = async (db: Db, exchange: string, service: string): Promise<string[]> =>
  (
    await db.rows<{ person: string }>(sql`select person from exchange.concern where exchange = ${exchange}::uuid and service = ${service}
      union select person from exchange.request
      where exchange = ${exchange}::uuid and side = 'client' and service = ${service} and person is not null`)
  ).map((row) => row.person);

/** Whom an exchange concerned beside the person its rows may name. */
export const concernedBy = async (db: Db, exchange: string): Promise<string[]> =>
  (
    await db.rows<{ person: string }>(sql`select distinct person from exchange.concern where exchange::text = ${exchange} order by person`)
  ).map((row) => row.person);
