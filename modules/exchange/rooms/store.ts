import { type Db, sql } from "#kernel";

export interface EventType {
  room: string;
  code: string;
  institution: string;
  version: string;
  title: string;
  schema: unknown;
  origin: "pack" | "room";
}
const typeColumns = sql`room, code, institution, version, title, schema, origin`;

export const typesOf = (db: Db, room: string): Promise<EventType[]> =>
  db.rows(sql`select ${typeColumns} from exchange.event_type where room = ${room} and retired_at is null order by code`);
export const typeOf = (db: Db, room: string, code: string): Promise<EventType | undefined> =>
  db.maybe(sql`select ${typeColumns} from exchange.event_type where room = ${room} and code = ${code} and retired_at is null`);

/** False when the room has such a type. One retired before comes back, its numbers going on. */
export const putType = (db: Db, t: EventType): Promise<number> =>
  db.run(sql`insert into exchange.event_type as t (room, code, institution, version, title, schema, origin)
    values (${t.room}, ${t.code}, ${t.institution}, ${t.version}, ${t.title}, ${json(t.schema)}::jsonb, ${t.origin})
    on conflict (room, code) do update set version = excluded.version, title = excluded.title, schema = excluded.schema, origin = excluded.origin,
      retired_at = null where t.retired_at is not null or (t.origin = 'pack' and excluded.origin = 'pack')`);
export const retireType = (db: Db, room: string, code: string, at: Date): Promise<number> =>
  db.run(sql`update exchange.event_type set retired_at = ${at} where room = ${room} and code = ${code} and retired_at is null`);

const json = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

// ---- events

export interface EventRow {
  id: string;
  room: string;
  type: string;
  institution: string;
  sequence: string;
  publisher: string;
  at: Date;
  body: { event: unknown } | null;
  withdrawnAt: Date | null;
}
const eventColumns = sql`e.id, e.room, e.type, e.institution, e.sequence, e.publisher, e.at, e.body, e.withdrawn_at as "withdrawnAt"`;

export const published = (db: Db, room: string, publisher: string, messageId: string): Promise<EventRow | undefined> =>
  db.maybe(
    sql`select ${eventColumns} from exchange.event e where e.room = ${room} and e.publisher = ${publisher} and e.message_id = ${messageId}`,
  );
export const eventOf = (db: Db, room: string, type: string, id: string): Promise<EventRow | undefined> =>
  db.maybe(sql`select ${eventColumns} from exchange.event e where e.id = ${id} and e.room = ${room} and e.type = ${type}`);

/** The next number of the type (its row is held to the end of the transaction: numbers are committed in their order), the event, one delivery a subscriber. */
export async function putEvent(
  db: Db,
  e: {
    id: string;
    room: string;
    type: string;
    institution: string;
    publisher: string;
    messageId: string;
    exchange: string;
    at: Date;
    event: unknown;
  },
): Promise<{ sequence: string; deliveries: number }> {
  const { sequence } = await db.one<{ sequence: string }>(
    sql`update exchange.event_type set last = last + 1 where room = ${e.room} and code = ${e.type} returning last as sequence`,
  );
  await db.run(sql`insert into exchange.event (id, room, type, institution, sequence, publisher, message_id, exchange, at, body)
    values (${e.id}, ${e.room}, ${e.type}, ${e.institution}, ${sequence}, ${e.publisher}, ${e.messageId}, ${e.exchange}, ${e.at},
      ${JSON.stringify({ event: e.event })}::jsonb)`);
  const deliveries =
    await db.run(sql`insert into exchange.event_delivery (subscription, event, institution, sequence, state, expires, next_at)
    select s.id, ${e.id}, s.institution, ${sequence}, 'waiting', ${e.at}::timestamptz + make_interval(secs => s.ttl), ${e.at}
    from exchange.subscription s where s.room = ${e.room} and s.type = ${e.type} and s.ended_at is null`);
  if (deliveries === 0) await forgetBodies(db, [e.id]);
  return { sequence, deliveries };
}

export const withdraw = async (db: Db, id: string, at: Date): Promise<void> => {
  await db.run(sql`update exchange.event set withdrawn_at = ${at}, body = null where id = ${id} and withdrawn_at is null`);
  await db.run(sql`update exchange.event_delivery set state = 'withdrawn', ended_at = ${at} where event = ${id} and state = 'waiting'`);
};

/** Bodies nobody waits for any more. */
export const forgetBodies = (db: Db, events: readonly string[]): Promise<number> =>
  db.run(sql`update exchange.event e set body = null where e.id = any(${[...new Set(events)]}) and e.body is not null
    and not exists (select 1 from exchange.event_delivery d where d.event = e.id and d.state = 'waiting')`);

// ---- subscriptions

export interface Subscription {
  id: string;
  room: string;
  type: string;
  institution: string;
  subscriber: string;
  delivery: "PUSH" | "PULL";
  service: string | null;
  ttl: number;
  fifo: boolean;
}
const subscriptionColumns = sql`s.id, s.room, s.type, s.institution, s.subscriber, s.delivery, s.service, s.ttl, s.fifo`;

export const subscriptionsOf = (db: Db, room: string, subscriber: string | undefined): Promise<Subscription[]> =>
  db.rows(sql`select ${subscriptionColumns} from exchange.subscription s where s.room = ${room} and s.ended_at is null
    and (${subscriber ?? null}::text is null or s.subscriber = ${subscriber ?? null}) order by s.type, s.subscriber`);
export const subscriptionOf = (db: Db, room: string, type: string, subscriber: string): Promise<Subscription | undefined> =>
  db.maybe(sql`select ${subscriptionColumns} from exchange.subscription s
    where s.room = ${room} and s.type = ${type} and s.subscriber = ${subscriber} and s.ended_at is null`);
export const putSubscription = (db: Db, s: Subscription & { since: Date }): Promise<number> =>
  db.run(sql`insert into exchange.subscription (id, room, type, institution, subscriber, delivery, service, ttl, fifo, since)
    values (${s.id}, ${s.room}, ${s.type}, ${s.institution}, ${s.subscriber}, ${s.delivery}, ${s.service}, ${s.ttl}, ${s.fifo}, ${s.since})
    on conflict do nothing`);
export const changeSubscription = (db: Db, s: Subscription): Promise<number> =>
  db.run(
    sql`update exchange.subscription set delivery = ${s.delivery}, service = ${s.service}, ttl = ${s.ttl}, fifo = ${s.fifo} where id = ${s.id}`,
  );
/** What still waited for it is withdrawn; the events concerned come back. */
export const endSubscription = async (db: Db, id: string, at: Date): Promise<string[]> => {
  await db.run(sql`update exchange.subscription set ended_at = ${at} where id = ${id}`);
  const rows = await db.rows<{ event: string }>(
    sql`update exchange.event_delivery set state = 'withdrawn', ended_at = ${at} where subscription = ${id} and state = 'waiting' returning event`,
  );
  return rows.map((r) => r.event);
};

// ---- deliveries

export interface Due {
  subscription: Subscription;
  event: EventRow;
  attempts: number;
}

/** The oldest event a subscriber may be shown now, kept from others' eyes until `until`. With an order, only the head of the line. */
export async function nextFor(db: Db, s: Subscription, now: Date, until: Date): Promise<EventRow | undefined> {
  const due = await db.maybe<{ event: string }>(sql`
    update exchange.event_delivery d set attempts = d.attempts + 1, next_at = ${s.fifo ? now : until}
    where d.subscription = ${s.id} and d.event = (
      select w.event from exchange.event_delivery w where w.subscription = ${s.id} and w.state = 'waiting' and w.expires > ${now}
        and (${s.fifo} or w.next_at <= ${now})
      order by w.sequence limit 1 for update skip locked)
    returning d.event`);
  return due && db.maybe(sql`select ${eventColumns} from exchange.event e where e.id = ${due.event}`);
}

/** One who does not answer keeps few of the senders waiting. */
const perSubscriber = 4;
/** Pushes whose time has come, taken until `lease`: of an ordered line only its head. */
export async function takeDue(db: Db, now: Date, lease: Date, most: number): Promise<Due[]> {
  const taken = await db.rows<{ subscription: string; event: string; attempts: number }>(sql`
    update exchange.event_delivery d set attempts = d.attempts + 1, next_at = ${lease}
    from (select w.subscription, w.event from exchange.subscription s cross join lateral (
        select h.subscription, h.event, h.next_at from exchange.event_delivery h
        where h.subscription = s.id and h.state = 'waiting' and h.expires > ${now} and (s.fifo or h.next_at <= ${now})
        order by h.sequence limit case when s.fifo then 1 else ${perSubscriber}::integer end) w
      where s.delivery = 'PUSH' and s.ended_at is null and w.next_at <= ${now}
      order by w.next_at limit ${most}) t
    where d.subscription = t.subscription and d.event = t.event
    returning d.subscription, d.event, d.attempts`);
  const subscriptions = await db.rows<Subscription>(
    sql`select ${subscriptionColumns} from exchange.subscription s where s.id = any(${taken.map((t) => t.subscription)})`,
  );
  const events = await db.rows<EventRow>(sql`select ${eventColumns} from exchange.event e where e.id = any(${taken.map((t) => t.event)})`);
  return taken.flatMap((t) => {
    const subscription = subscriptions.find((s) => s.id === t.subscription);
    const event = events.find((e) => e.id === t.event);
    return subscription && event?.body ? [{ subscription, event, attempts: t.attempts }] : [];
  });
}

export const acknowledge = async (db: Db, subscription: string, event: string, at: Date, exchange: string | null): Promise<number> => {
  const touched =
    await db.run(sql`update exchange.event_delivery set state = 'acknowledged', ended_at = ${at}, why = null, exchange = ${exchange}
    where subscription = ${subscription} and event = ${event} and state = 'waiting'`);
  if (touched > 0) await forgetBodies(db, [event]);
  return touched;
};
export const tryAgain = (
  db: Db,
  d: { subscription: string; event: string; at: Date; why: string; exchange: string | null },
): Promise<number> =>
  db.run(sql`update exchange.event_delivery set next_at = ${d.at}, why = ${d.why}, exchange = ${d.exchange}
    where subscription = ${d.subscription} and event = ${d.event} and state = 'waiting'`);

/** Nobody took them in time: parked, told, their bodies forgotten. */
export async function expire(
  db: Db,
  now: Date,
  most: number,
): Promise<
  {
    subscription: string;
    event: string;
    institution: string;
    room: string;
    type: string;
    subscriber: string;
    sequence: string;
    why: string | null;
  }[]
> {
  const over = await db.rows<{
    subscription: string;
    event: string;
    institution: string;
    room: string;
    type: string;
    subscriber: string;
    sequence: string;
    why: string | null;
  }>(sql`
    update exchange.event_delivery d set state = 'expired', ended_at = ${now} from exchange.subscription s
    where s.id = d.subscription and (d.subscription, d.event) in (select w.subscription, w.event from exchange.event_delivery w
      where w.state = 'waiting' and w.expires <= ${now} order by w.expires limit ${most})
    returning d.subscription, d.event, d.institution, s.room, s.type, s.subscriber, d.sequence, d.why`);
  await forgetBodies(
    db,
    over.map((o) => o.event),
  );
  return over;
}
