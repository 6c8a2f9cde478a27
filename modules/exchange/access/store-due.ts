import { type Db, sql } from "#kernel";

export interface DueRow<N> {
  exchange: string;
  at: Date;
  named: N;
}

export const putDue = (db: Db, d: DueRow<object>): Promise<number> =>
  db.run(sql`insert into exchange.concern_due (exchange, at, named) values (${d.exchange}, ${d.at}, ${JSON.stringify(d.named)}::jsonb)
    on conflict do nothing`);

export const dueRows = <N>(db: Db): Promise<DueRow<N>[]> =>
  db.rows(sql`select exchange::text as exchange, at, named from exchange.concern_due order by at, exchange limit 50`);

export const dropDue = (db: Db, exchanges: readonly string[]): Promise<number> =>
  db.run(sql`delete from exchange.concern_due where exchange = any(${[...exchanges]}::uuid[])`);

export const dueCount = async (db: Db): Promise<number> =>
  (await db.one<{ n: number }>(sql`select count(*)::int as n from exchange.concern_due`)).n;
