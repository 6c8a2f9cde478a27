import { type Db, sql } from "#kernel";

export type StatementKind = "received" | "refused" | "unknown" | "expired";

export interface Statement {
  id: string;
  kind: StatementKind;
  /** Who says it. */
  institution: string;
  clientInstitution: string;
  at: Date;
  text: string;
  signature: Buffer;
  serial: string;
}
const columns = sql`s.id, s.kind, s.institution, s.client_institution as "clientInstitution", s.at, s.text, s.signature, s.serial`;

export async function putStatement(db: Db, s: Statement, exchanges: readonly string[]): Promise<boolean> {
  const touched = await db.run(sql`insert into exchange.statement (id, kind, institution, client_institution, at, text, signature, serial)
    values (${s.id}, ${s.kind}, ${s.institution}, ${s.clientInstitution}, ${s.at}, ${s.text}, ${s.signature}, ${s.serial}) on conflict do nothing`);
  if (touched === 1)
    await db.run(
      sql`insert into exchange.statement_of (exchange, statement) select x::uuid, ${s.id} from unnest(${[...exchanges]}::text[]) x on conflict do nothing`,
    );
  return touched === 1;
}
export const owe = (db: Db, statement: string, via: string): Promise<number> =>
  db.run(sql`insert into exchange.statement_due (statement, via) values (${statement}, ${via}) on conflict do nothing`);
export const owedTo = (db: Db, via: readonly string[], most: number, except: readonly string[]): Promise<Statement[]> =>
  db.rows(
    sql`select ${columns} from exchange.statement_due d join exchange.statement s on s.id = d.statement where d.via = any(${[...via]})
    and not (s.id = any(${[...except]}::uuid[])) order by s.id limit ${most}`,
  );
export const paid = (db: Db, via: readonly string[], statements: readonly string[]): Promise<number> =>
  db.run(sql`delete from exchange.statement_due where via = any(${[...via]}) and statement = any(${[...statements]}::uuid[])`);

export const statementsOf = (db: Db, exchange: string): Promise<(Statement & { certificate: string | null })[]> =>
  db.rows(sql`select ${columns}, c.pem as certificate from exchange.statement_of o join exchange.statement s on s.id = o.statement
    left join exchange.certificate c on c.serial = s.serial where o.exchange::text = ${exchange} order by s.at, s.id`);
