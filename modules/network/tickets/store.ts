import { sql, type Context } from "#kernel";
import type { Severity } from "../monitoring/shapes.ts";
import type { TicketState } from "./policy.ts";

export interface Ticket {
  id: string;
  number: number;
  origin: "alarm" | "institution" | "operator";
  state: TicketState;
  version: number;
  severity: Severity;
  title: { fr: string; en: string };
  institution: string | null;
  node: string | null;
  site: string | null;
  alarm: string | null;
  opened_at: Date;
  opened_by: string;
  assignee: string | null;
  assignee_name: string | null;
  answered_at: Date | null;
  resolved_at: Date | null;
  closed_at: Date | null;
  reopened: number;
  occurrences: number;
}
export type NoteKind = "opened" | "note" | "taken" | "assigned" | "resolved" | "closed" | "reopened" | "linked";
export interface Note {
  number: number;
  at: Date;
  author: string;
  author_name: string | null;
  author_side: "operator" | "institution" | "system";
  internal: boolean;
  what: NoteKind;
  text: string | null;
}

export const ticketById = (ctx: Context, id: string, lock = false): Promise<Ticket | undefined> =>
  ctx.db.maybe(sql`select * from network.ticket where id = ${id} ${lock ? sql`for update` : sql``}`);

/** Tickets of these alarms, whoever opened them; held until the end of the transaction. */
export const ofAlarms = (ctx: Context, alarms: readonly string[]): Promise<Ticket[]> =>
  ctx.db.rows(sql`select * from network.ticket where alarm = any(${[...alarms]}::uuid[]) order by number for update`);

/** Alarms that last, or to which a ticket not yet resolved belongs. */
export const alarmsToSee = (ctx: Context): Promise<string[]> =>
  ctx.db
    .rows<{ id: string }>(
      sql`
    select a.id from network.alarm a where a.ended is null
    union select t.alarm from network.ticket t where t.alarm is not null and t.state in ('open', 'in-progress')`,
    )
    .then((rows) => rows.map((r) => r.id));

export const listed = (
  ctx: Context,
  o: {
    institution?: string | undefined;
    states?: readonly TicketState[] | undefined;
    alarm?: string | undefined;
    before?: number | undefined;
    limit: number;
  },
): Promise<Ticket[]> =>
  ctx.db.rows(sql`
    select * from network.ticket where number < ${o.before ?? 2_147_483_647}
    ${o.institution === undefined ? sql`` : sql`and institution = ${o.institution}`}
    ${o.states ? sql`and state = any(${[...o.states]})` : sql``} ${o.alarm ? sql`and alarm = ${o.alarm}` : sql``}
    order by number desc limit ${o.limit}`);

export const lockTickets = (ctx: Context): Promise<unknown> => ctx.db.rows(sql`select pg_advisory_xact_lock(hashtext('network.tickets'))`);

/** Under `lockTickets`. */
export async function insertTicket(ctx: Context, t: Omit<Ticket, "number">): Promise<number> {
  const { number } = await ctx.db.one<{ number: number }>(sql`
    insert into network.ticket (id, number, origin, state, version, severity, title, institution, node, site, alarm, opened_at, opened_by)
    select ${t.id}, coalesce(max(number), 0) + 1, ${t.origin}, ${t.state}, ${t.version}, ${t.severity}, ${JSON.stringify(t.title)}::jsonb,
      ${t.institution}, ${t.node}, ${t.site}, ${t.alarm}, ${t.opened_at}, ${t.opened_by} from network.ticket returning number`);
  return number;
}

export const saveTicket = (ctx: Context, t: Ticket): Promise<number> =>
  ctx.db.run(sql`
    update network.ticket set state = ${t.state}, version = ${t.version}, severity = ${t.severity}, alarm = ${t.alarm},
      assignee = ${t.assignee}, assignee_name = ${t.assignee_name}, answered_at = ${t.answered_at}, resolved_at = ${t.resolved_at},
      closed_at = ${t.closed_at}, reopened = ${t.reopened}, occurrences = ${t.occurrences}
    where id = ${t.id}`);

export const openAt = (ctx: Context, institution: string, node: string): Promise<Ticket | undefined> =>
  ctx.db.maybe(sql`
    select * from network.ticket where origin = 'institution' and institution = ${institution} and node = ${node} and state in ('open', 'in-progress')`);

/** The alarm that lasts at a place, if any. */
export const alarmAt = (ctx: Context, node: string): Promise<{ alarm: string; severity: Severity } | undefined> =>
  ctx.db.maybe(sql`
    select o.alarm, a.severity from network.outage o join network.alarm a on a.id = o.alarm
    where o.node = ${node} and o.ended is null and a.ended is null and a.merged_into is null order by o.began limit 1`);

export const notesOf = (ctx: Context, ticket: string): Promise<Note[]> =>
  ctx.db.rows(
    sql`select number, at, author, author_name, author_side, internal, what, text from network.ticket_note where ticket = ${ticket} order by number`,
  );

export const addNote = (ctx: Context, ticket: string, n: Omit<Note, "number">): Promise<number> =>
  ctx.db.run(sql`
    insert into network.ticket_note (ticket, number, at, author, author_name, author_side, internal, what, text)
    select ${ticket}::uuid, coalesce(max(number), 0) + 1, ${n.at}::timestamptz, ${n.author}, ${n.author_name}, ${n.author_side}, ${n.internal}::boolean, ${n.what}, ${n.text}
    from network.ticket_note where ticket = ${ticket}`);

/** Reports of a period, for the statements: how many, and how many nobody answered in time. */
export const answered = (
  ctx: Context,
  o: { from: Date; to: Date },
): Promise<{ institution: string; opened_at: Date; answered_at: Date | null }[]> =>
  ctx.db.rows(sql`
    select institution, opened_at, answered_at from network.ticket
    where origin = 'institution' and opened_at >= ${o.from} and opened_at < ${o.to}`);
