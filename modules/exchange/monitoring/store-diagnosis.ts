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

/** What is older than a month goes with each new one. */
export async function putDiagnosis(db: Db, d: Pick<Diagnosis, "id" | "institution" | "asked" | "at">): Promise<void> {
  await db.run(sql`delete from exchange.diagnosis where at < ${new Date(d.at.getTime() - 30 * 86_400_000)}`);
  await db.run(
    sql`insert into exchange.diagnosis (id, institution, asked, at) values (${d.id}, ${d.institution}, ${JSON.stringify(d.asked)}::jsonb, ${d.at})`,
  );
}
export const diagnosisOf = (db: Db, id: string): Promise<Diagnosis | undefined> =>
  db.maybe(sql`select id, institution, asked, at, ended_at as "endedAt", steps from exchange.diagnosis where id = ${id}`);
export const endDiagnosis = (db: Db, id: string, steps: readonly Step[], at: Date): Promise<number> =>
  db.run(
    sql`update exchange.diagnosis set steps = ${JSON.stringify(steps)}::jsonb, ended_at = ${at} where id = ${id} and ended_at is null`,
  );
