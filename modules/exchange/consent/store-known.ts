import { type Db, sql } from "#kernel";
import type { Known } from "./rules.ts";

/** On a gateway. */
export interface KnownRow extends Known {
  salt: Buffer;
  numberHash: Buffer;
}
export const knownConsent = (db: Db, id: string): Promise<KnownRow | undefined> =>
  db.maybe(sql`select id, client, service, purpose, fields, given_at as "givenAt", until_at as "until", withdrawn_at as "withdrawnAt", salt,
    number_hash as "numberHash" from exchange.consent_known where id::text = ${id}`);

export const putKnown = (db: Db, c: KnownRow): Promise<number> =>
  db.run(sql`insert into exchange.consent_known (id, client, service, purpose, fields, given_at, until_at, withdrawn_at, salt, number_hash)
    values (${c.id}, ${c.client}, ${c.service}, ${c.purpose}, ${c.fields}, ${c.givenAt}, ${c.until}, ${c.withdrawnAt}, ${c.salt}, ${c.numberHash})
    on conflict (id) do update set withdrawn_at = coalesce(consent_known.withdrawn_at, excluded.withdrawn_at)`);

export interface Heard {
  upto: string;
  at: Date;
  scope: string;
}
export const heardOf = (db: Db): Promise<Heard | undefined> => db.maybe(sql`select upto::text, at, scope from exchange.consent_heard`);

/** False when something newer is known: an old answer played again takes nothing back. */
export const putHeard = async (db: Db, h: Heard & { word: string; signature: Uint8Array; certificate: string }): Promise<boolean> =>
  (await db.run(sql`insert into exchange.consent_heard (upto, at, scope, word, signature, certificate)
    values (${h.upto}::bigint, ${h.at}, ${h.scope}, ${h.word}, ${h.signature}, ${h.certificate})
    on conflict (one) do update set upto = excluded.upto, at = excluded.at, scope = excluded.scope, word = excluded.word, signature = excluded.signature,
      certificate = excluded.certificate where consent_heard.upto <= excluded.upto and consent_heard.at <= excluded.at`)) === 1;

/** What is known stays; what has changed is asked from the beginning. */
export const beginAnew = (db: Db): Promise<number> => db.run(sql`update exchange.consent_heard set upto = 0`);

export const dropOld = (db: Db, before: Date): Promise<number> =>
  db.run(sql`delete from exchange.consent_known where until_at < ${before}`);
