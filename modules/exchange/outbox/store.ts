import { type Db, sql } from "#kernel";

export type OutboxState = "queued" | "sent" | "received" | "answered" | "refused" | "unknown" | "expired" | "cancelled";

export interface OutboxRow {
  exchange: string;
  seq: number;
  client: string;
  institution: string;
  messageId: string;
  sameness: Buffer;
  digest: Buffer;
  service: string;
  provider: string;
  reading: boolean;
  orderKey: string;
  priority: number;
  at: Date;
  deadline: Date;
  state: OutboxState;
  sentAt: Date | null;
  receivedAt: Date | null;
  endedAt: Date | null;
  why: string | null;
}
const columns = sql`o.exchange, o.seq::int as seq, o.client, o.institution, o.message_id as "messageId", o.sameness, o.digest, o.service, o.provider, o.reading,
  o.order_key as "orderKey", o.priority, o.at, o.deadline, o.state, o.sent_at as "sentAt", o.received_at as "receivedAt",
  o.ended_at as "endedAt", o.why`;

type New = Pick<
  OutboxRow,
  | "exchange"
  | "client"
  | "institution"
  | "messageId"
  | "sameness"
  | "digest"
  | "service"
  | "provider"
  | "reading"
  | "orderKey"
  | "priority"
  | "at"
  | "deadline"
>;
/** False when the client has used this X-Road-Id already. */
export async function putOutbox(db: Db, o: New): Promise<boolean> {
  const touched = await db.run(sql`insert into exchange.outbox
    (exchange, client, institution, message_id, sameness, digest, service, provider, reading, order_key, priority, at, deadline, state)
    values (${o.exchange}, ${o.client}, ${o.institution}, ${o.messageId}, ${o.sameness}, ${o.digest}, ${o.service}, ${o.provider}, ${o.reading},
      ${o.orderKey}, ${o.priority}, ${o.at}, ${o.deadline}, 'queued')
    on conflict do nothing`);
  return touched === 1;
}

export const outboxByMessage = (db: Db, client: string, messageId: string): Promise<OutboxRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.outbox o where o.client = ${client} and o.message_id = ${messageId}`);
export const outboxOf = (db: Db, exchange: string): Promise<OutboxRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.outbox o where o.exchange::text = ${exchange}`);

export const providersWaiting = async (db: Db): Promise<{ provider: string; queued: number; outstanding: number }[]> =>
  db.rows(sql`select provider, (count(*) filter (where state = 'queued'))::int as queued,
      (count(*) filter (where state <> 'queued'))::int as outstanding
    from exchange.outbox where ended_at is null group by provider`);

/**
 * What goes next to these institutions, what left before and was never acknowledged included. The most urgent first, then the
 * eldest; a key's messages keep their order, so one behind a less urgent one of its key is no more urgent than that.
 */
export const nextOut = (db: Db, providers: readonly string[], most: number, except: readonly string[]): Promise<OutboxRow[]> =>
  db.rows(sql`select ${columns} from (
      select w.*, max(w.priority) over (partition by w.order_key order by w.seq) as turn from exchange.outbox w
      where w.ended_at is null and w.provider = any(${[...providers]}) and w.state in ('queued', 'sent')) o
    where not (o.exchange = any(${[...except]}::uuid[])) order by o.turn, o.seq limit ${most}`);

/** False when somebody cancelled it or its time ran out meanwhile. */
export const markSent = async (db: Db, exchanges: readonly string[], at: Date): Promise<string[]> =>
  (
    await db.rows<{ exchange: string }>(sql`update exchange.outbox set state = 'sent', sent_at = coalesce(sent_at, ${at})
      where exchange = any(${[...exchanges]}) and state in ('queued', 'sent') returning exchange`)
  ).map((one) => one.exchange);

/** Only the very messages the receipt names, by their hashes, and of the institution that signed it. */
export const markReceived = (
  db: Db,
  messages: readonly { exchange: string; digest: Buffer }[],
  institution: string,
  at: Date,
): Promise<number> =>
  db.run(sql`update exchange.outbox o set state = 'received', received_at = ${at}, sent_at = coalesce(sent_at, ${at})
    from unnest(${messages.map((m) => m.exchange)}::uuid[], ${messages.map((m) => m.digest.toString("hex"))}::text[]) as m(exchange, digest)
    where o.exchange = m.exchange and encode(o.digest, 'hex') = m.digest and o.provider = ${institution} and o.state in ('queued', 'sent')`);

/** False when it had ended before: the first word stands. */
export const endOutbox = async (
  db: Db,
  e: { exchange: string; state: OutboxState; at: Date; why?: string | null; by?: string },
): Promise<boolean> =>
  (await db.run(sql`update exchange.outbox set state = ${e.state}, ended_at = ${e.at}, why = ${e.why ?? null}, cancelled_by = ${e.by ?? null}
    where exchange = ${e.exchange} and ended_at is null`)) === 1;

/** Only what never left can be taken back. */
export const cancelQueued = async (
  db: Db,
  e: { exchange: string; institution: string; at: Date; by: string; why: string },
): Promise<boolean> =>
  (await db.run(sql`update exchange.outbox set state = 'cancelled', ended_at = ${e.at}, cancelled_by = ${e.by}, why = ${e.why}
    where exchange::text = ${e.exchange} and institution = ${e.institution} and state = 'queued'`)) === 1;

/**
 * Whose time ran out: what never left, at once; what left and may have been carried out, only after `grace`, for the other side
 * minds the same deadline and its word may be on the way.
 */
export const overdue = (db: Db, now: Date, grace: Date, most: number): Promise<OutboxRow[]> =>
  db.rows(sql`select ${columns} from exchange.outbox o where o.ended_at is null
    and ((o.state = 'queued' and o.deadline <= ${now}) or (o.state <> 'queued' and o.deadline <= ${grace})) order by o.seq limit ${most}`);

/** Answered while nobody looked: an official's answer comes by a way of its own. */
export const endedElsewhere = (
  db: Db,
  most: number,
): Promise<{ exchange: string; outcome: "answered" | "refused" | "failed" | "unknown"; errorType: string | null }[]> =>
  db.rows(sql`select w.exchange, e.outcome, e.error_type as "errorType" from exchange.outbox w
    join exchange.outcome e on e.exchange = w.exchange and e.side = 'client' where w.ended_at is null limit ${most}`);

// ---- what the console shows

export interface Depth {
  provider: string;
  depth: number;
  oldest: Date;
  urgent: number;
  services: string[];
}
export const depths = (db: Db, institution: string): Promise<Depth[]> =>
  db.rows(sql`select provider, count(*)::int as depth, min(at) as oldest, (count(*) filter (where priority = 0))::int as urgent,
      array_agg(distinct service) as services
    from exchange.outbox where institution = ${institution} and ended_at is null group by provider order by min(at)`);

export const outboxList = (
  db: Db,
  q: {
    institution: string;
    state: string | undefined;
    provider: string | undefined;
    open: boolean | undefined;
    before: number | undefined;
    limit: number;
  },
): Promise<OutboxRow[]> =>
  db.rows(sql`select ${columns} from exchange.outbox o where o.institution = ${q.institution}
      and (${q.state ?? null}::text is null or o.state = ${q.state ?? null})
      and (${q.provider ?? null}::text is null or o.provider = ${q.provider ?? null})
      and (${q.open ?? null}::boolean is null or (o.ended_at is null) = ${q.open ?? null})
      and (${q.before ?? null}::bigint is null or o.seq < ${q.before ?? null})
    order by o.seq desc limit ${q.limit}`);

export const forgetEnded = (db: Db, before: Date): Promise<number> => db.run(sql`delete from exchange.outbox where ended_at < ${before}`);

// ---- links and systems that do not answer

export interface Way {
  name: string;
  failures: number;
  nextTry: Date | null;
  why: string | null;
  since: Date | null;
}
export const wayOf = (db: Db, name: string): Promise<Way | undefined> =>
  db.maybe(sql`select name, failures, next_try as "nextTry", why, since from exchange.way where name = ${name}`);
export const waysOf = (db: Db, names: readonly string[]): Promise<Way[]> =>
  db.rows(sql`select name, failures, next_try as "nextTry", why, since from exchange.way where name = any(${[...names]})`);
export const wayFailed = (db: Db, w: { name: string; failures: number; nextTry: Date; why: string; at: Date }): Promise<number> =>
  db.run(sql`insert into exchange.way (name, failures, next_try, why, since) values (${w.name}, ${w.failures}, ${w.nextTry}, ${w.why}, ${w.at})
    on conflict (name) do update set failures = excluded.failures, next_try = excluded.next_try, why = excluded.why,
      since = coalesce(way.since, excluded.since)`);
export const wayGood = (db: Db, name: string, at: Date): Promise<number> =>
  db.run(sql`insert into exchange.way (name, failures, good_at) values (${name}, 0, ${at})
    on conflict (name) do update set failures = 0, next_try = null, why = null, since = null, good_at = excluded.good_at
      where way.failures > 0 or way.good_at < excluded.good_at - interval '1 minute'`);
