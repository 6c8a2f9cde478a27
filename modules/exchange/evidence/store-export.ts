import { type Db, sql } from "#kernel";
import type { Side } from "../log/store.ts";
import type { LeafMessage } from "./store-stamps.ts";

/** The signed message in a row, where an ASiC-E container can carry its signature. */
export const messageOf = (db: Db, exchange: string, side: Side, kind: "request" | "outcome"): Promise<LeafMessage | undefined> =>
  kind === "request"
    ? db.maybe(sql`select 0 as index, header_part as part, body_hash as "bodyHash", signature, serial, signed_at as "signedAt"
        from exchange.request where exchange = ${exchange} and side = ${side} and format = 'xades'`)
    : db.maybe(sql`select 0 as index, header_part as part, body_hash as "bodyHash", signature, serial, signed_at as "signedAt"
        from exchange.outcome where exchange = ${exchange} and side = ${side} and format = 'xades' and signature is not null`);

/** Exchanges a subsystem took part in under that message id, the newest first: as client, or as the one that answered. */
export const exchangesOf = (
  db: Db,
  subsystem: string,
  messageId: string,
  most: number,
): Promise<{ exchange: string; side: Side; institution: string; person: string | null }[]> =>
  db.rows(sql`select r.exchange, r.side, r.institution, r.person
    from exchange.request r
    where r.message_id = ${messageId}
      and ((r.side = 'client' and r.client = ${subsystem}) or (r.side = 'provider' and starts_with(r.service, ${`${subsystem}/`})))
    order by r.at desc, r.exchange desc limit ${most}`);
