import { type Db, sql } from "#kernel";
import type { Step } from "./probe.ts";

export interface DiagnosisAsked {
  service?: string | undefined;
  server?: string | undefined;
  client?: string | undefined;
  purpose?: string | undefined;
}
export interface Diagnosis {
  id: string;
  institution: string;
  asked: DiagnosisAsked;
  at: Date;
  endedAt: Date | null;
  steps: Step[] | null;
}
const columns = sql`id, institution, asked, at, ended_at as "endedAt", steps`;

/** How many a person and her institution asked since, others of the institution waiting their turn meanwhile. */
export async function askedSince(
  db: Db,
  q: { institution: string; account: string; since: Date },
): Promise<{ person: number; all: number }> {
  await db.rows(sql`select pg_advisory_xact_lock(7460875, hashtext(${q.institution}))`);
  return db.one(sql`select count(*) filter (where account = ${q.account})::int as person, count(*)::int as "all"
    from exchange.diagnosis where institution = ${q.institution} and at > ${q.since}`);
}

/** What is older than a month goes with each new one. */
export async function putDiagnosis(db: Db, d: Pick<Diagnosis, "id" | "institution" | "asked" | "at"> & { account: string }): Promise<void> {
  await db.run(sql`delete from exchange.diagnosis where at < ${new Date(d.at.getTime() - 30 * 86_400_000)}`);
  await db.run(sql`insert into exchange.diagnosis (id, institution, account, asked, at)
    values (${d.id}, ${d.institution}, ${d.account}, ${JSON.stringify(d.asked)}::jsonb, ${d.at})`);
}
export const diagnosisOf = (db: Db, id: string): Promise<Diagnosis | undefined> =>
  db.maybe(sql`select ${columns} from exchange.diagnosis where id = ${id}`);

export const diagnosesOf = (db: Db, q: { institution: string; service: string | undefined; limit: number }): Promise<Diagnosis[]> =>
  db.rows(sql`select ${columns} from exchange.diagnosis where institution = ${q.institution}
      and (${q.service ?? null}::text is null or asked->>'service' = ${q.service ?? null})
    order by at desc, id desc limit ${q.limit}`);

export const endDiagnosis = (db: Db, id: string, steps: readonly Step[], at: Date): Promise<number> =>
  db.run(
    sql`update exchange.diagnosis set steps = ${JSON.stringify(steps)}::jsonb, ended_at = ${at} where id = ${id} and ended_at is null`,
  );
