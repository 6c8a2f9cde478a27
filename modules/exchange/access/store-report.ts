import { type Db, sql } from "#kernel";

export interface ReportRow {
  exchange: string;
  service: string;
  server: string;
  at: Date;
  digest: Buffer;
  persons: number;
}
/** False: of this exchange with this register something else was reported before. */
export async function takeRow(db: Db, r: ReportRow): Promise<boolean> {
  const fresh = await db.run(sql`insert into exchange.report (exchange, service, server, at, digest, persons)
    values (${r.exchange}, ${r.service}, ${r.server}, ${r.at}, ${r.digest}, ${r.persons}) on conflict do nothing`);
  if (fresh === 1) return true;
  const before = await db.maybe<{ digest: Buffer }>(
    sql`select digest from exchange.report where exchange = ${r.exchange} and service = ${r.service}`,
  );
  return before?.digest.equals(r.digest) ?? false;
}

export const personsReported = async (db: Db, server: string, since: Date): Promise<number> =>
  (
    await db.one<{ n: number }>(
      sql`select coalesce(sum(persons), 0)::int as n from exchange.report where server = ${server} and at > ${since}`,
    )
  ).n;

export const dropReports = (db: Db, before: Date): Promise<number> => db.run(sql`delete from exchange.report where at < ${before}`);
