import { type Db, sql, type Text } from "#kernel";

export interface RoomRow {
  room: string;
  name: Text;
  institution: string;
  types: { code: string; version: string; title: string; published: number }[];
}
export const roomsList = (db: Db): Promise<RoomRow[]> =>
  db.rows(sql`select u.id as room, u.name, m.institution,
      coalesce((select jsonb_agg(jsonb_build_object('code', t.code, 'version', t.version, 'title', t.title, 'published', t.last) order by t.code)
        from exchange.event_type t where t.room = u.id and t.retired_at is null), '[]') as types
    from exchange.subsystem u join exchange.member m on m.id = u.member
    where exists (select 1 from exchange.service s where s.subsystem = u.id and s.kind = 'room' and not s.withdrawn) order by u.id`);

export interface Standing {
  room: string;
  type: string;
  subscriber: string;
  delivery: "PUSH" | "PULL";
  fifo: boolean;
  ttl: number;
  waiting: number;
  expired: number;
  oldest: Date | null;
  why: string | null;
}
export const standings = (db: Db, since: Date): Promise<Standing[]> =>
  db.rows(sql`select s.room, s.type, s.subscriber, s.delivery, s.fifo, s.ttl, w.waiting, x.expired, w.oldest, w.why
    from exchange.subscription s
    cross join lateral (select count(*)::int as waiting, min(d.expires) - make_interval(secs => s.ttl) as oldest,
        (array_agg(d.why order by d.sequence) filter (where d.why is not null))[1] as why
      from exchange.event_delivery d where d.subscription = s.id and d.state = 'waiting') w
    cross join lateral (select count(*)::int as expired from exchange.event_delivery d
      where d.subscription = s.id and d.state = 'expired' and d.ended_at >= ${since}) x
    where s.ended_at is null order by s.room, s.type, s.subscriber`);

export interface DeliveryRow {
  event: string;
  type: string;
  sequence: string;
  subscriber: string;
  state: "waiting" | "acknowledged" | "expired" | "withdrawn";
  attempts: number;
  expires: Date;
  endedAt: Date | null;
  why: string | null;
  exchange: string | null;
}
/** Event ids rise with time (UUID 7): they page. */
export const deliveriesList = (
  db: Db,
  q: { room: string; state: string | undefined; event: string | undefined; before: { event: string; subscriber: string } | undefined },
  most: number,
): Promise<DeliveryRow[]> =>
  db.rows(sql`select d.event, s.type, d.sequence, s.subscriber, d.state, d.attempts, d.expires, d.ended_at as "endedAt", d.why, d.exchange
    from exchange.event_delivery d join exchange.subscription s on s.id = d.subscription
    where s.room = ${q.room} and (${q.state ?? null}::text is null or d.state = ${q.state ?? null})
      and (${q.event ?? null}::uuid is null or d.event = ${q.event ?? null}::uuid)
      and (${q.before?.event ?? null}::uuid is null or (d.event, s.subscriber) < (${q.before?.event ?? null}::uuid, ${q.before?.subscriber ?? null}))
    order by d.event desc, s.subscriber desc limit ${most}`);
