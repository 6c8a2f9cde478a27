import { sql, type Context } from "#kernel";
import type { CauseKind } from "../monitoring/shapes.ts";
import type { StatementBody } from "./statement.ts";

export interface OutageRow {
  node: string;
  alarm: string;
  kind: CauseKind;
  element: string;
  began: Date;
  ended: Date | null;
  simulated: boolean;
}

/** Whole interruptions that touch a period, not clipped to it. */
export const outagesIn = (ctx: Context, o: { from: Date; to: Date }): Promise<OutageRow[]> =>
  ctx.db.rows(sql`
    select o.node, o.alarm, a.kind, a.element, o.began, o.ended, a.simulated
    from network.outage o join network.alarm a on a.id = o.alarm
    where a.merged_into is null and o.began < ${o.to} and (o.ended is null or o.ended > ${o.from}) order by o.node, o.began, o.alarm`);

/** Since when a node has been in the plant, and until when; a node that moves keeps its beginning. */
export const lifetimes = (ctx: Context): Promise<{ id: string; from: Date; until: Date | null }[]> =>
  ctx.db.rows(sql`
    select n.id, min(r.at) as "from", case when bool_or(n.until is null) then null else max(e.at) end as until
    from network.node n join network.revision r on r.number = n.since left join network.revision e on e.number = n.until
    group by n.id`);

export interface WorkRow {
  node: string;
  institution: string;
  starts: Date;
  ends: Date;
  told: Date | null;
}

/** Works under which a place was announced to be down, with when its institution was told of this very window. */
export const worksIn = (ctx: Context, o: { from: Date; to: Date }): Promise<WorkRow[]> =>
  ctx.db.rows(sql`
    select s.node, n.institution, w.starts, least(w.ends, coalesce(w.ended_at, w.ends)) as ends, n.sent_at as told
    from network.work w
    join network.work_site s on s.work = w.id and s.effect = 'down'
      and s.version = (select max(version) from network.work_site x where x.work = w.id)
    join network.work_notice n on n.work = w.id and n.version = s.version and n.kind in ('announced', 'changed') and n.state = 'sent'
    where (w.state = 'approved' or (w.state = 'cancelled' and w.ended_at > w.starts)) and w.starts < ${o.to} and w.ends > ${o.from}`);

export interface MonthRow {
  month: string;
  closed_at: Date;
  closed_by: string;
  institution: string;
  statements: number;
}
export const monthRow = (ctx: Context, month: string): Promise<MonthRow | undefined> =>
  ctx.db.maybe(sql`select * from network.service_month where month = ${month}`);
export const closedMonths = (ctx: Context, since: Date): Promise<MonthRow[]> =>
  ctx.db.rows(sql`select * from network.service_month where closed_at >= ${since} order by month`);
export const monthsClosed = (ctx: Context): Promise<string[]> =>
  ctx.db
    .rows<{ month: string }>(sql`select month from network.service_month order by month desc limit 60`)
    .then((r) => r.map((x) => x.month));

/** False when somebody was faster. */
export const closeMonth = (ctx: Context, m: MonthRow): Promise<number> =>
  ctx.db.run(sql`
    insert into network.service_month (month, closed_at, closed_by, institution, statements)
    values (${m.month}, ${m.closed_at}, ${m.closed_by}, ${m.institution}, ${m.statements}) on conflict do nothing`);

export interface Statement {
  id: string;
  institution: string;
  month: string;
  number: number;
  body: StatementBody;
  digest: string;
  made_at: Date;
}

export async function insertStatements(ctx: Context, list: readonly Statement[]): Promise<void> {
  if (list.length === 0) return;
  await ctx.db.run(sql`
    insert into network.statement (id, institution, month, number, body, digest, made_at)
    select id, institution, month, number, body, digest, made_at
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb)
      as r (id uuid, institution text, month text, number integer, body jsonb, digest text, made_at timestamptz)`);
}

/** The last word of each institution, or of one. */
export const lastStatements = (ctx: Context, o: { month?: string; institution?: string }): Promise<(Statement & { sealed: boolean })[]> =>
  ctx.db.rows(sql`
    select distinct on (s.institution, s.month) s.*, p.statement is not null as sealed
    from network.statement s left join network.statement_paper p on p.statement = s.id
    where true ${o.month ? sql`and s.month = ${o.month}` : sql``} ${o.institution ? sql`and s.institution = ${o.institution}` : sql``}
    order by s.institution, s.month desc, s.number desc`);

export const statementsOf = (ctx: Context, o: { month: string; institution: string }): Promise<(Statement & { sealed: boolean })[]> =>
  ctx.db.rows(sql`
    select s.*, p.statement is not null as sealed from network.statement s left join network.statement_paper p on p.statement = s.id
    where s.month = ${o.month} and s.institution = ${o.institution} order by s.number`);

export const statementById = (ctx: Context, id: string): Promise<Statement | undefined> =>
  ctx.db.maybe(sql`select * from network.statement where id = ${id}`);
export const paperOf = (ctx: Context, statement: string): Promise<Buffer | undefined> =>
  ctx.db.maybe<{ pdf: Buffer }>(sql`select pdf from network.statement_paper where statement = ${statement}`).then((r) => r?.pdf);
/** 0 when it is there already: the first one stays. */
export const keepPaper = (ctx: Context, statement: string, pdf: Uint8Array, at: Date): Promise<number> =>
  ctx.db.run(sql`
    insert into network.statement_paper (statement, pdf, sealed_at) values (${statement}, ${Buffer.from(pdf)}, ${at}) on conflict do nothing`);
/** Made, and without its paper: a crash left them, or the job gave up. */
export const unsealed = (ctx: Context, before: Date, limit: number): Promise<string[]> =>
  ctx.db
    .rows<{ id: string }>(
      sql`
    select s.id from network.statement s left join network.statement_paper p on p.statement = s.id
    where p.statement is null and s.made_at < ${before} order by s.made_at, s.id limit ${limit}`,
    )
    .then((r) => r.map((x) => x.id));
