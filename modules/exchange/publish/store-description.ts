import { type Db, sql } from "#kernel";

export interface Description {
  service: string;
  url: string | null;
  document: string;
  digest: Buffer;
  readAt: Date;
  triedAt: Date;
  fault: string | null;
}
export const descriptionOf = (db: Db, service: string): Promise<Description | undefined> =>
  db.maybe(
    sql`select service, url, document, digest, read_at as "readAt", tried_at as "triedAt", fault from exchange.description where service = ${service}`,
  );

export const putDescription = (
  db: Db,
  d: { service: string; url: string | null; document: string; digest: Uint8Array; at: Date },
): Promise<number> =>
  db.run(sql`insert into exchange.description (service, url, document, digest, read_at, tried_at)
    values (${d.service}, ${d.url}, ${d.document}, ${d.digest}, ${d.at}, ${d.at})
    on conflict (service) do update set url = excluded.url, document = excluded.document, digest = excluded.digest, read_at = excluded.read_at,
      tried_at = excluded.tried_at, fault = null`);

export const tried = (db: Db, service: string, at: Date, fault: string | null): Promise<number> =>
  db.run(sql`update exchange.description set tried_at = ${at}, fault = ${fault} where service = ${service}`);

/** Services whose description has an address and was not tried since `before`. */
export const dueDescriptions = (db: Db, before: Date, limit: number): Promise<{ service: string }[]> =>
  db.rows(sql`select service from exchange.description where url is not null and tried_at < ${before} order by tried_at limit ${limit}`);
