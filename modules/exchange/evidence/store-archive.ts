import { type Db, sql } from "#kernel";
import type { Side } from "../log/store.ts";

export interface Ended {
  exchange: string;
  /** Sides whose rows are here, `client` first. */
  sides: Side[];
  persons: string[];
  from: Date;
}

/** Exchanges all of whose rows are older than that and under a time stamp, the oldest first. */
export const endedBefore = (db: Db, before: Date, most: number): Promise<Ended[]> =>
  db.rows(sql`
    select r.exchange, array_agg(r.side order by r.side) as sides, array_remove(array_agg(distinct r.person), null) as persons,
      min(r.at) as "from"
    from exchange.request r
      left join exchange.outcome o on o.exchange = r.exchange and o.side = r.side
      left join exchange.leaf l on l.exchange = r.exchange and l.side = r.side and l.kind = 'request'
      left join exchange.leaf e on e.exchange = r.exchange and e.side = r.side and e.kind = 'outcome'
    where r.exchange in (
      select q.exchange from exchange.request q join exchange.outcome p on p.exchange = q.exchange and p.side = q.side
        where q.at < ${before} and p.at < ${before} order by q.at limit ${most})
    group by r.exchange
    having bool_and(o.exchange is not null and r.at < ${before} and o.at < ${before}
      and e.index < (select coalesce(max(head_size), 0) from exchange.stamp))
    order by min(l.index)`);

/** Rows as they stand, each with its leaf, as JSON. */
export const rowsOf = async (db: Db, exchanges: readonly string[]): Promise<string[]> => {
  const rows = await db.rows<{ row: string }>(sql`
    select (to_jsonb(r) || jsonb_build_object('kind', 'request', 'leaf', l.index))::text as row, l.index
      from exchange.request r join exchange.leaf l on l.exchange = r.exchange and l.side = r.side and l.kind = 'request'
      where r.exchange = any(${[...exchanges]}::uuid[])
    union all
    select (to_jsonb(o) || jsonb_build_object('kind', 'outcome', 'leaf', l.index))::text, l.index
      from exchange.outcome o join exchange.leaf l on l.exchange = o.exchange and l.side = o.side and l.kind = 'outcome'
      where o.exchange = any(${[...exchanges]}::uuid[])
    order by index`);
  return rows.map((r) => r.row);
};

export const serialsOf = async (db: Db, exchanges: readonly string[]): Promise<string[]> => {
  const rows = await db.rows<{ serial: string }>(sql`
    select serial from exchange.request where exchange = any(${[...exchanges]}::uuid[])
    union select serial from exchange.outcome where exchange = any(${[...exchanges]}::uuid[]) and serial is not null`);
  return rows.map((r) => r.serial);
};

/** What the owner of the tables runs once an archive file is safe. */
export const dropText = "select exchange.drop_archived($1::uuid[], $2::timestamptz) as dropped";
