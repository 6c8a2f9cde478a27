import { type Db, sql } from "#kernel";

export type InboxState = "waiting" | "calling" | "person" | "answered" | "refused" | "unknown" | "expired";

export interface InboxRow {
  exchange: string;
  seq: number;
  /** `here`, or the server it came from. */
  via: string;
  client: string;
  clientInstitution: string;
  messageId: string;
  service: string;
  institution: string;
  reading: boolean;
  orderKey: string;
  priority: number;
  at: Date;
  deadline: Date;
  headerPart: string;
  bodyHash: Buffer | null;
  signature: Buffer;
  serial: string;
  signedAt: Date;
  digest: Buffer;
  state: InboxState;
  attempts: number;
  why: string | null;
}
const columns = sql`i.exchange, i.seq::int as seq, i.via, i.client, i.client_institution as "clientInstitution", i.message_id as "messageId", i.service,
  i.institution, i.reading, i.order_key as "orderKey", i.priority, i.at, i.deadline, i.header_part as "headerPart", i.body_hash as "bodyHash",
  i.signature, i.serial, i.signed_at as "signedAt", i.digest, i.state, i.attempts, i.why`;

type New = Omit<InboxRow, "seq" | "state" | "attempts" | "why">;
/** False when the exchange, or another message of that client and number, is here already. */
export async function putInbox(db: Db, i: New): Promise<boolean> {
  const touched = await db.run(sql`insert into exchange.inbox
    (exchange, via, client, client_institution, message_id, service, institution, reading, order_key, priority, at, deadline, header_part, body_hash,
      signature, serial, signed_at, digest, state)
    values (${i.exchange}, ${i.via}, ${i.client}, ${i.clientInstitution}, ${i.messageId}, ${i.service}, ${i.institution}, ${i.reading}, ${i.orderKey},
      ${i.priority}, ${i.at}, ${i.deadline}, ${i.headerPart}, ${i.bodyHash}, ${i.signature}, ${i.serial}, ${i.signedAt}, ${i.digest}, 'waiting')
    on conflict do nothing`);
  return touched === 1;
}

export const inboxOf = (db: Db, exchange: string): Promise<InboxRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.inbox i where i.exchange = ${exchange}`);

export const servicesWaiting = async (db: Db): Promise<string[]> =>
  (await db.rows<{ service: string }>(sql`select distinct service from exchange.inbox where state = 'waiting'`)).map((one) => one.service);

/** The eldest of each key that may be called now; the most urgent first. A key whose eldest waits or is under way holds up nobody else. */
export const nextIn = (db: Db, service: string, now: Date, most: number): Promise<InboxRow[]> =>
  db.rows(sql`select ${columns} from (
      select distinct on (h.order_key) h.* from exchange.inbox h
      where h.service = ${service} and h.state in ('waiting', 'calling') order by h.order_key, h.seq) i
    where i.state = 'waiting' and (i.next_try is null or i.next_try <= ${now}) order by i.priority, i.seq limit ${most}`);

export const startCalling = async (db: Db, exchange: string): Promise<boolean> =>
  (await db.run(
    sql`update exchange.inbox set state = 'calling', attempts = attempts + 1 where exchange = ${exchange} and state = 'waiting'`,
  )) === 1;
export const backToWaiting = (db: Db, exchange: string, nextTry: Date | null, why: string | null): Promise<number> =>
  db.run(
    sql`update exchange.inbox set state = 'waiting', next_try = ${nextTry}, why = ${why} where exchange = ${exchange} and state in ('calling', 'person')`,
  );
export const withPerson = (db: Db, exchange: string): Promise<number> =>
  db.run(sql`update exchange.inbox set state = 'person' where exchange = ${exchange} and state = 'calling'`);

/** `told`: there is nobody else to tell, the client's side is here. */
export const endInbox = async (
  db: Db,
  e: { exchange: string; state: InboxState; at: Date; why?: string | null; told: boolean },
): Promise<boolean> =>
  (await db.run(sql`update exchange.inbox set state = ${e.state}, ended_at = ${e.at}, why = ${e.why ?? null}, next_try = null,
      told_at = case when ${e.told} then ${e.at}::timestamptz end
    where exchange = ${e.exchange} and ended_at is null`)) === 1;

/** Left behind by a program that died while it called: nobody calls while the one who asks this leads. */
export const abandoned = (db: Db): Promise<(InboxRow & { begun: boolean; outcome: string | null; errorType: string | null })[]> =>
  db.rows(sql`select ${columns}, r.exchange is not null as begun, o.outcome, o.error_type as "errorType" from exchange.inbox i
    left join exchange.request r on r.exchange = i.exchange and r.side = 'provider'
    left join exchange.outcome o on o.exchange = i.exchange and o.side = 'provider'
    where i.state = 'calling'`);

/** With an official, and answered (or lapsed) meanwhile. */
export const answeredByPerson = (db: Db, most: number): Promise<(InboxRow & { outcome: string; errorType: string | null })[]> =>
  db.rows(sql`select ${columns}, o.outcome, o.error_type as "errorType" from exchange.inbox i
    join exchange.outcome o on o.exchange = i.exchange and o.side = 'provider' where i.state = 'person' limit ${most}`);

export const overdueIn = (db: Db, now: Date, most: number): Promise<InboxRow[]> =>
  db.rows(sql`select ${columns} from exchange.inbox i where i.state = 'waiting' and i.deadline <= ${now} order by i.seq limit ${most}`);

/** Answers another server waits for. */
export const answersFor = (db: Db, via: readonly string[], most: number, except: readonly string[]): Promise<InboxRow[]> =>
  db.rows(
    sql`select ${columns} from exchange.inbox i where i.via = any(${[...via]}) and i.told_at is null and i.state = 'answered'
    and not (i.exchange = any(${[...except]}::uuid[])) order by i.priority, i.seq limit ${most}`,
  );
export const markTold = (db: Db, via: readonly string[], exchanges: readonly string[], at: Date): Promise<number> =>
  db.run(
    sql`update exchange.inbox set told_at = ${at} where via = any(${[...via]}) and exchange = any(${[...exchanges]}) and ended_at is not null and told_at is null`,
  );

export const keepBodies = (db: Db, exchange: string, until: Date): Promise<number> =>
  db.run(sql`update exchange.body set erase_after = greatest(erase_after, ${until}) where exchange = ${exchange}`);

/** How many wait for each of these institutions' systems, and what holds them up. */
export const heldUp = (
  db: Db,
  institution: string,
): Promise<{ service: string; waiting: number; oldest: Date; nextTry: Date | null; why: string | null }[]> =>
  db.rows(sql`select i.service, count(*)::int as waiting, min(i.at) as oldest, w.next_try as "nextTry", w.why from exchange.inbox i
    left join exchange.way w on w.name = 'service:' || i.service
    where i.institution = ${institution} and i.state in ('waiting', 'calling') group by i.service, w.next_try, w.why order by min(i.at)`);

export const forgetTold = (db: Db, before: Date): Promise<number> =>
  db.run(sql`delete from exchange.inbox where ended_at < ${before} and told_at is not null`);
