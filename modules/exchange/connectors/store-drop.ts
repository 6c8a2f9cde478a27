import { type Db, sql } from "#kernel";
import type { FileSeen } from "../ports.ts";

export interface LineFault {
  line: number;
  column?: string;
  fault: string;
}
export interface Generation {
  id: string;
  service: string;
  institution: string;
  name: string;
  size: number;
  modified: Date;
  asOf: Date;
  state: "loading" | "whole" | "replaced" | "refused";
  beganAt: Date;
  endedAt: Date | null;
  rows: number | null;
  digest: Buffer | null;
  cause: string | null;
  faultCount: number;
  faults: LineFault[];
}
const columns = sql`g.id::text, g.service, g.institution, g.name, g.size::float8 as size, g.modified, g.as_of as "asOf", g.state, g.began_at as "beganAt",
  g.ended_at as "endedAt", g.rows, g.digest, g.cause, g.fault_count as "faultCount", g.faults`;

// ---- what the folder holds

/** Since when each file is as it is now; files no longer there are forgotten. */
export async function putSeen(db: Db, service: string, files: readonly FileSeen[], at: Date): Promise<Map<string, Date>> {
  const rows = files.map((f) => ({ name: f.name, size: f.size, modified: f.modified }));
  await db.run(sql`delete from exchange.drop_seen where service = ${service} and name <> all(${files.map((f) => f.name)})`);
  const seen = await db.rows<{ name: string; since: Date }>(sql`
    insert into exchange.drop_seen as d (service, name, size, modified, since)
    select ${service}, x.name, x.size, x.modified, ${at} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(name text, size bigint, modified timestamptz)
    on conflict (service, name) do update set size = excluded.size, modified = excluded.modified,
      since = case when d.size = excluded.size and d.modified = excluded.modified then d.since else excluded.since end
    returning name, since`);
  return new Map(seen.map((s) => [s.name, s.since]));
}

// ---- generations

export const generationsOf = (db: Db, service: string, limit: number): Promise<Generation[]> =>
  db.rows(
    sql`select ${columns} from exchange.drop_generation g where g.service = ${service} order by g.began_at desc, g.id desc limit ${limit}`,
  );

export const inForce = (db: Db, service: string): Promise<Generation | undefined> =>
  db.maybe(sql`select ${columns} from exchange.drop_generation g where g.service = ${service} and g.state = 'whole'`);

/** Was this very file (name, size, time) looked at already, by the definition of today? */
export const looked = async (db: Db, service: string, f: FileSeen, definedAt: Date): Promise<boolean> =>
  (await db.maybe(sql`select 1 as one from exchange.drop_generation
    where service = ${service} and name = ${f.name} and size = ${f.size} and modified = ${f.modified} and state <> 'loading'
      and began_at > ${definedAt} limit 1`)) !== undefined;

export const beginGeneration = async (
  db: Db,
  g: Pick<Generation, "service" | "institution" | "name" | "size" | "modified" | "asOf" | "beganAt">,
): Promise<string> =>
  (
    await db.one<{
      id: string;
    }>(sql`insert into exchange.drop_generation (service, institution, name, size, modified, as_of, state, began_at)
      values (${g.service}, ${g.institution}, ${g.name}, ${g.size}, ${g.modified}, ${g.asOf}, 'loading', ${g.beganAt}) returning id::text`)
  ).id;

export interface DropRow {
  key: string;
  asked: Record<string, string>;
  data: Record<string, unknown>;
}
export const putRows = (db: Db, generation: string, institution: string, rows: readonly DropRow[]): Promise<number> =>
  db.run(sql`insert into exchange.drop_row (generation, institution, key, asked, data)
    select ${generation}::bigint, ${institution}, x.key, x.asked, x.data
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(key text, asked jsonb, data jsonb)`);

/** The old one gives way in the same transaction. Its lines go at once: nobody keeps yesterday's register. */
export async function putInForce(db: Db, g: { id: string; service: string; at: Date; rows: number; digest: Buffer }): Promise<void> {
  await db.run(sql`delete from exchange.drop_row r using exchange.drop_generation o
    where o.service = ${g.service} and o.state = 'whole' and r.generation = o.id`);
  await db.run(sql`update exchange.drop_generation set state = 'replaced' where service = ${g.service} and state = 'whole'`);
  await db.run(sql`update exchange.drop_generation set state = 'whole', ended_at = ${g.at}, rows = ${g.rows}, digest = ${g.digest}
    where id = ${g.id}::bigint`);
}

export async function refuseGeneration(
  db: Db,
  g: { id: string; at: Date; cause: string; faultCount: number; faults: readonly LineFault[] },
): Promise<void> {
  await db.run(sql`delete from exchange.drop_row where generation = ${g.id}::bigint`);
  await db.run(sql`update exchange.drop_generation set state = 'refused', ended_at = ${g.at}, cause = ${g.cause}, fault_count = ${g.faultCount},
    faults = ${JSON.stringify(g.faults)}::jsonb where id = ${g.id}::bigint`);
}

/** Left by a program that died while it loaded: as if it had never begun. */
export async function dropUnfinished(db: Db, service: string): Promise<number> {
  await db.run(sql`delete from exchange.drop_row r using exchange.drop_generation g
    where g.service = ${service} and g.state = 'loading' and r.generation = g.id`);
  return db.run(sql`delete from exchange.drop_generation where service = ${service} and state = 'loading'`);
}

/** Reports are kept for a year. */
export const forgetOld = (db: Db, before: Date): Promise<number> =>
  db.run(sql`delete from exchange.drop_generation where ended_at < ${before} and state in ('replaced', 'refused')`);

/** Lines where every value is the one asked; one more than `limit` tells that there are more. */
export const findRows = async (
  db: Db,
  q: { generation: string; key: string; asked: Readonly<Record<string, string>>; limit: number },
): Promise<Record<string, unknown>[]> =>
  (
    await db.rows<{ data: Record<string, unknown> }>(sql`select data from exchange.drop_row
      where generation = ${q.generation}::bigint and key = ${q.key} and asked @> ${JSON.stringify(q.asked)}::jsonb limit ${q.limit}`)
  ).map((row) => row.data);
