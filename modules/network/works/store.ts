import { sql, type Context } from "#kernel";
import type { Effect, NoticeKind, NoticeState, WorkState } from "./shapes.ts";

export interface Work {
  id: string;
  number: number;
  title: string;
  reason: string;
  state: WorkState;
  version: number;
  starts: Date;
  ends: Date;
  elements: string[];
  covers: string[];
  author: string;
  editors: string[];
  forced: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  decision: string | null;
  opened_at: Date;
  ended_at: Date | null;
}

export const workById = (ctx: Context, id: string): Promise<Work | undefined> =>
  ctx.db.maybe(sql`select * from network.work where id = ${id}`);

/** Held until the end of the transaction: two people decide one after the other. */
export const lockedWork = (ctx: Context, id: string): Promise<Work | undefined> =>
  ctx.db.maybe(sql`select * from network.work where id = ${id} for update`);

/** Newest first; `ahead` leaves out what is over. */
export const listed = (
  ctx: Context,
  o: { state?: WorkState | undefined; endsAfter?: Date | undefined; before?: number | undefined; limit: number },
): Promise<Work[]> =>
  ctx.db.rows(sql`
    select * from network.work where number < ${o.before ?? 2_147_483_647} ${o.state ? sql`and state = ${o.state}` : sql``}
    ${o.endsAfter ? sql`and ends > ${o.endsAfter}` : sql``}
    order by number desc limit ${o.limit}`);

/** Others decided or about to be, that share time with this one. */
export const overlapping = (ctx: Context, w: Pick<Work, "id" | "starts" | "ends">): Promise<Work[]> =>
  ctx.db.rows(sql`
    select * from network.work where id <> ${w.id} and state in ('proposed', 'approved') and starts < ${w.ends} and ends > ${w.starts}
    order by starts, number limit 200`);

/** Approvals and proposals one after the other: each sees the works the others decided. */
export const lockWorks = (ctx: Context): Promise<unknown> => ctx.db.rows(sql`select pg_advisory_xact_lock(hashtext('network.works'))`);

export async function insertWork(ctx: Context, w: Omit<Work, "number">): Promise<number> {
  const { number } = await ctx.db.one<{ number: number }>(sql`
    insert into network.work (id, number, title, reason, state, version, starts, ends, elements, author, editors, opened_at)
    select ${w.id}, coalesce(max(number), 0) + 1, ${w.title}, ${w.reason}, ${w.state}, ${w.version}, ${w.starts}, ${w.ends}, ${w.elements},
      ${w.author}, ${w.editors}, ${w.opened_at} from network.work returning number`);
  return number;
}

export const saveWork = (ctx: Context, w: Work): Promise<number> =>
  ctx.db.run(sql`
    update network.work set title = ${w.title}, reason = ${w.reason}, state = ${w.state}, version = ${w.version}, starts = ${w.starts},
      ends = ${w.ends}, elements = ${w.elements}, covers = ${w.covers}, editors = ${w.editors}, forced = ${w.forced},
      decided_by = ${w.decided_by}, decided_at = ${w.decided_at}, decision = ${w.decision}, ended_at = ${w.ended_at}
    where id = ${w.id}`);

/** Approved works at a moment that cover any of these ids. */
export const covering = (ctx: Context, elements: readonly string[], at: Date): Promise<Work[]> =>
  ctx.db.rows(sql`
    select * from network.work where state = 'approved' and covers && ${[...elements]} and starts <= ${at} and ends > ${at}
    order by starts, number`);

export async function keepSites(
  ctx: Context,
  w: Pick<Work, "id" | "version">,
  sites: readonly { node: string; site: string | null; effect: Effect }[],
): Promise<void> {
  if (sites.length === 0) return;
  await ctx.db.run(sql`
    insert into network.work_site (work, version, node, site, effect)
    select ${w.id}::uuid, ${w.version}::integer, node, site, effect
    from jsonb_to_recordset(${JSON.stringify(sites)}::jsonb) as r (node text, site text, effect text)`);
}

export const sitesOf = (ctx: Context, w: Pick<Work, "id" | "version">): Promise<{ node: string; site: string | null; effect: Effect }[]> =>
  ctx.db.rows(sql`select node, site, effect from network.work_site where work = ${w.id} and version = ${w.version} order by node`);

// ---- notices

export interface Notice {
  id: string;
  work: string;
  version: number;
  institution: string;
  kind: NoticeKind;
  effect: Effect | "none";
  state: NoticeState;
  subject: { fr: string; en: string };
  body: { fr: string; en: string };
  sms: { fr: string; en: string };
  decided_at: Date;
  due_at: Date;
  sent_at: Date | null;
}

export const noticesOf = (ctx: Context, work: string): Promise<Notice[]> =>
  ctx.db.rows(sql`select * from network.work_notice where work = ${work} order by version, institution`);

export async function insertNotices(ctx: Context, list: readonly Notice[]): Promise<void> {
  if (list.length === 0) return;
  await ctx.db.run(sql`
    insert into network.work_notice (id, work, version, institution, kind, effect, state, subject, body, sms, decided_at, due_at)
    select id, work, version, institution, kind, effect, state, subject, body, sms, decided_at, due_at
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as r (id uuid, work uuid, version integer, institution text, kind text,
      effect text, state text, subject jsonb, body jsonb, sms jsonb, decided_at timestamptz, due_at timestamptz)`);
}

/** What was decided and not yet told falls away: the new decision says it all. */
export const supersede = (ctx: Context, work: string): Promise<number> =>
  ctx.db.run(sql`update network.work_notice set state = 'superseded' where work = ${work} and state = 'due'`);

/** Some that are due, held until the end of the transaction; another sender skips them. */
export const takeDue = (ctx: Context, at: Date, limit: number): Promise<Notice[]> =>
  ctx.db.rows(sql`
    select * from network.work_notice where state = 'due' and due_at <= ${at}
    order by due_at, id limit ${limit} for update skip locked`);

export const settleNotice = (ctx: Context, id: string, state: "sent" | "unaddressed", at: Date): Promise<number> =>
  ctx.db.run(sql`
    update network.work_notice set state = ${state}, sent_at = ${state === "sent" ? at : null} where id = ${id} and state = 'due'`);

/** An address has come: what could not be sent, and still matters, is due again. */
export const retryUnaddressed = (ctx: Context, institution: string, at: Date): Promise<number> =>
  ctx.db.run(sql`
    update network.work_notice n set state = 'due' where n.institution = ${institution} and n.state = 'unaddressed'
      and exists (select from network.work w where w.id = n.work and w.ends > ${at})
      and not exists (select from network.work_notice later where later.work = n.work and later.institution = n.institution and later.version > n.version)`);

/** What an institution was told, or would have been, newest first: the last word of each work. */
export const noticesFor = (
  ctx: Context,
  institution: string,
  limit: number,
): Promise<(Notice & { number: number; starts: Date; ends: Date; work_state: WorkState })[]> =>
  ctx.db.rows(sql`
    select n.*, w.number, w.starts, w.ends, w.state as work_state from (
      select distinct on (work) * from network.work_notice
      where institution = ${institution} and state in ('sent', 'unaddressed') order by work, version desc) n
    join network.work w on w.id = n.work order by w.starts desc limit ${limit}`);

// ---- addresses

export interface Contact {
  institution: string;
  email: string | null;
  phone: string | null;
  lang: "fr" | "en";
}

export const contactOf = (ctx: Context, institution: string): Promise<Contact | undefined> =>
  ctx.db.maybe(sql`select institution, email, phone, lang from network.contact where institution = ${institution}`);

export const keepContact = (ctx: Context, c: Contact, at: Date): Promise<number> =>
  ctx.db.run(sql`
    insert into network.contact (institution, email, phone, lang, changed_at) values (${c.institution}, ${c.email}, ${c.phone}, ${c.lang}, ${at})
    on conflict (institution) do update set email = excluded.email, phone = excluded.phone, lang = excluded.lang, changed_at = excluded.changed_at`);
