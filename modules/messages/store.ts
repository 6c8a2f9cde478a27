// The only SQL of messages.
import { type Db, sql } from "#kernel";
import { KEEP_DAYS, GRACE_SECONDS, type MessageState, type ReceiptStatus } from "./rules.ts";

export interface NewMessage {
  id: string;
  channel: "sms" | "email";
  address: string;
  subject: string | null;
  body: string;
  lang: string;
  encoding: string;
  parts: number;
  secret: boolean;
  person: string | null;
  institution: string | null;
  createdAt: Date;
  expiresAt: Date;
}

/** False when the id exists already. No `returning`: the sender may not be allowed to see what he caused. */
export const insert = async (db: Db, m: NewMessage): Promise<boolean> =>
  (await db.run(sql`
    insert into messages.message (id, channel, address, subject, body, lang, encoding, parts, secret, person, institution, state, created_at, expires_at)
    values (${m.id}, ${m.channel}, ${m.address}, ${m.subject}, ${m.body}, ${m.lang}, ${m.encoding}, ${m.parts}, ${m.secret}, ${m.person},
      ${m.institution}, 'created', ${m.createdAt}, ${m.expiresAt})
    on conflict do nothing`)) === 1;

export interface Message extends Omit<NewMessage, "body"> {
  /** null once erased. */
  body: string | null;
  state: MessageState;
  attempts: number;
  provider: string | null;
}

const columns = sql`id, channel, address, subject, body, lang, encoding, parts, secret, person, institution, state, attempts, provider,
  created_at as "createdAt", expires_at as "expiresAt"`;

/** For the carrier's job: notes one more try of a message that still waits. */
export const takeForSending = (db: Db, id: string, now: Date): Promise<Message | undefined> =>
  db.maybe<Message>(sql`
    update messages.message set attempts = attempts + 1, tried_at = ${now}
    where id = ${id} and state = 'created' returning ${columns}`);

export const noteHanded = (db: Db, id: string, provider: string, providerId: string, now: Date): Promise<Message | undefined> =>
  db.maybe<Message>(sql`
    update messages.message set state = 'sending', provider = ${provider}, provider_id = ${providerId}, handed_at = ${now}
    where id = ${id} and state = 'created' returning ${columns}`);

export const noteState = (db: Db, id: string, state: MessageState, why: string | null, now: Date): Promise<number> =>
  db.run(sql`
    update messages.message set state = ${state}, why = ${why}, settled_at = coalesce(settled_at, ${now}) where id = ${id}`);

export const eraseBody = (db: Db, id: string, now: Date): Promise<number> =>
  db.run(sql`update messages.message set body = null, subject = null, erased_at = ${now} where id = ${id}`);

/**
 * One at a time for one carrier's id. Without it a receipt and our own note of the id, committing at the same moment, would
 * each look before the other is there, and the receipt would be lost.
 */
export const lockProviderId = (db: Db, provider: string, providerId: string): Promise<number> =>
  db.run(sql`select pg_advisory_xact_lock(74609, hashtext(${`${provider} ${providerId}`}))`);

/** False when this very receipt was there already. */
export const keepReceipt = async (
  db: Db,
  r: { provider: string; providerId: string; status: ReceiptStatus; at: Date; now: Date },
): Promise<boolean> =>
  (await db.run(sql`
    insert into messages.receipt (provider, provider_id, status, at, received_at)
    values (${r.provider}, ${r.providerId}, ${r.status}, ${r.at}, ${r.now}) on conflict do nothing`)) === 1;

export const receiptsOf = (db: Db, provider: string, providerId: string): Promise<{ status: ReceiptStatus }[]> =>
  db.rows(sql`select status from messages.receipt where provider = ${provider} and provider_id = ${providerId}`);

/** Locked, so that two receipts of one message follow each other. */
export const byProviderId = (db: Db, provider: string, providerId: string): Promise<Message | undefined> =>
  db.maybe<Message>(sql`
    select ${columns} from messages.message where provider = ${provider} and provider_id = ${providerId} for update`);

export const visible = (db: Db, id: string): Promise<Message | undefined> =>
  db.maybe<Message>(sql`select ${columns} from messages.message where id = ${id}`);

export interface Line {
  id: string;
  channel: string;
  address: string | null;
  person: string | null;
  state: MessageState;
  why: string | null;
  parts: number;
  attempts: number;
  createdAt: Date;
  settledAt: Date | null;
}

export const ofInstitution = (db: Db, institution: string, o: { state?: string; before?: Date }): Promise<Line[]> =>
  db.rows<Line>(sql`
    select id, channel, address, person, state, why, parts, attempts, created_at as "createdAt", settled_at as "settledAt"
    from messages.message where institution = ${institution}
      ${o.state === undefined ? sql`` : sql`and state = ${o.state}`}
      ${o.before === undefined ? sql`` : sql`and created_at < ${o.before}`}
    order by created_at desc limit 50`);

export interface Tally {
  channel: string;
  driver: string;
  queued: number;
  sending: number;
  delivered: number;
  failed: number;
  parts: number;
  medianSeconds: number | null;
  withinTen: number;
  handed: number;
}

export const statistics = (db: Db, since: Date): Promise<Tally[]> =>
  db.rows<Tally>(sql`
    select channel, driver, queued, sending, delivered, failed, parts, median_seconds as "medianSeconds", within_ten as "withinTen", handed
    from messages.statistics(${since}) order by channel, driver`);

export const failures = (db: Db, since: Date): Promise<{ at: Date; channel: string; driver: string; state: string; why: string }[]> =>
  db.rows(sql`select at, channel, driver, state, coalesce(why, '') as why from messages.failures(${since})`);

const ago = (now: Date, seconds: number): Date => new Date(now.getTime() - seconds * 1000);

/** Messages whose time is over: not handed over, or handed over and never heard of again. */
export const overdue = (db: Db, now: Date): Promise<Message[]> =>
  db.rows<Message>(sql`
    select ${columns} from messages.message
    where (state = 'created' and expires_at < ${now}) or (state = 'sending' and expires_at < ${ago(now, GRACE_SECONDS)})
    order by expires_at limit 500 for update skip locked`);

/** A code's text never outlives the code, whatever became of its message. */
export const eraseExpiredSecrets = (db: Db, now: Date): Promise<number> =>
  db.run(sql`
    update messages.message set body = null, subject = null, erased_at = ${now}
    where secret and expires_at < ${now} and body is not null`);

/** Messages whose job gave up while the carrier was away. */
export const forgotten = (db: Db, now: Date): Promise<{ id: string }[]> =>
  db.rows(sql`
    update messages.message set tried_at = ${now} where id in (
      select id from messages.message
      where state = 'created' and expires_at >= ${now} and coalesce(tried_at, created_at) < ${ago(now, 900)}
      order by created_at limit 500 for update skip locked)
    returning id`);

export const eraseOld = async (db: Db, now: Date): Promise<number> => {
  const limit = ago(now, KEEP_DAYS * 86_400);
  await db.run(sql`delete from messages.receipt where received_at < ${limit}`);
  return db.run(sql`
    update messages.message set body = null, subject = null, address = null, erased_at = ${now}
    where created_at < ${limit} and address is not null and state not in ('created', 'sending')`);
};
