import { type Db, sql, type Text } from "#kernel";

export interface ClassRow {
  dataClass: string;
  days: number | null;
  count: number;
}

/** Those that have days, and those that services are of. */
export const classRows = (db: Db): Promise<ClassRow[]> =>
  db.rows(sql`select c.data_class as "dataClass", p.days, c.count from (
      select x.data_class, count(s.id)::int as count from (
        select data_class from exchange.offline_policy union select data_class from exchange.service
      ) x left join exchange.service s on s.data_class = x.data_class and not s.withdrawn group by x.data_class
    ) c left join exchange.offline_policy p on p.data_class = c.data_class
    order by c.data_class <> 'ordinary', p.days, c.data_class`);

/** Of other classes than the usual one, which is most of the directory. */
export const servicesByClass = (db: Db): Promise<{ id: string; title: Text; dataClass: string }[]> =>
  db.rows(sql`select id, title, data_class as "dataClass" from exchange.service
    where data_class <> 'ordinary' and not withdrawn order by data_class, id limit 2000`);

export const classOf = (db: Db, service: string): Promise<{ dataClass: string } | undefined> =>
  db.maybe(sql`select data_class as "dataClass" from exchange.service where id = ${service}`);
