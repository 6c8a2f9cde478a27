import { type Db, sql } from "#kernel";

export { putCertificate, putOutcome, putRequest } from "./store-batch.ts";

export type Side = "client" | "provider";

export interface RequestRow {
  exchange: string;
  side: Side;
  institution: string;
  messageId: string;
  at: Date;
  client: string;
  service: string;
  method: string;
  path: string;
  purpose: string;
  person: string | null;
  userId: string | null;
  issue: string | null;
  byPerson: boolean;
  expires: Date;
  headerPart: string;
  bodyHash: Uint8Array | null;
  signature: Uint8Array;
  serial: string;
  fact: string | null;
  /** What the signature covers, and for 'xades' the signing time inside it. */
  format: SignatureFormat;
  signedAt: Date | null;
  configuration?: { version: number; age: number } | null;
}
export type SignatureFormat = "hashes" | "xades";
const requestColumns = sql`r.exchange, r.side, r.institution, r.message_id as "messageId", r.at, r.client, r.service, r.method, r.path, r.purpose,
  r.person, r.user_id as "userId", r.issue, r.by_person as "byPerson", r.expires, r.header_part as "headerPart", r.body_hash as "bodyHash",
  r.signature, r.serial, r.fact, r.format, r.signed_at as "signedAt", r.configuration`;

export const requestOf = (db: Db, exchange: string, side: Side): Promise<RequestRow | undefined> =>
  db.maybe(sql`select ${requestColumns} from exchange.request r where r.exchange = ${exchange} and r.side = ${side}`);

export interface OutcomeRow {
  exchange: string;
  side: Side;
  institution: string;
  at: Date;
  outcome: "answered" | "refused" | "failed" | "unknown";
  errorType?: string | null;
  status?: number | null;
  milliseconds?: number | null;
  by?: "system" | "person" | null;
  rights?: readonly string[] | null;
  fields?: readonly string[] | null;
  person?: string | null;
  headerPart?: string | null;
  bodyHash?: Uint8Array | null;
  signature?: Uint8Array | null;
  serial?: string | null;
  fact?: string | null;
  format?: SignatureFormat;
  signedAt?: Date | null;
  measured?: Measured | null;
}
/** When this side saw what (milliseconds), and how large the bodies were (bytes): for operational monitoring. */
export interface Measured {
  requestIn: number;
  requestOut?: number;
  responseIn?: number;
  requestBody: number;
  responseBody?: number;
}
const outcomeColumns = sql`o.exchange, o.side, o.institution, o.at, o.outcome, o.error_type as "errorType", o.status, o.milliseconds, o.by,
  o.rights, o.fields, o.person, o.header_part as "headerPart", o.body_hash as "bodyHash", o.signature, o.serial, o.fact, o.format, o.signed_at as "signedAt"`;

export const outcomeOf = (db: Db, exchange: string, side: Side): Promise<OutcomeRow | undefined> =>
  db.maybe(sql`select ${outcomeColumns} from exchange.outcome o where o.exchange = ${exchange} and o.side = ${side}`);

export const certificateOf = async (db: Db, serial: string): Promise<string> =>
  (await db.maybe<{ pem: string }>(sql`select pem from exchange.certificate where serial = ${serial}`))?.pem ?? "";

export interface BodyRow {
  exchange: string;
  direction: "request" | "response";
  clientInstitution: string;
  providerInstitution: string;
  bytes: Uint8Array;
  eraseAfter: Date;
}
/** `bytes` as sealed: see bodies.ts. */
export const putBodyRow = (db: Db, b: BodyRow): Promise<number> =>
  db.run(sql`insert into exchange.body (exchange, direction, client_institution, provider_institution, bytes, erase_after, sealed)
    values (${b.exchange}, ${b.direction}, ${b.clientInstitution}, ${b.providerInstitution}, ${b.bytes}, ${b.eraseAfter}, true)
    on conflict do nothing`);
export const bodyRow = (
  db: Db,
  exchange: string,
  direction: BodyRow["direction"],
): Promise<{ bytes: Buffer; sealed: boolean } | undefined> =>
  db.maybe(sql`select bytes, sealed from exchange.body where exchange = ${exchange} and direction = ${direction}`);
export const bodiesKept = async (db: Db, exchange: string): Promise<Set<string>> =>
  new Set(
    (await db.rows<{ direction: string }>(sql`select direction from exchange.body where exchange = ${exchange}`)).map((r) => r.direction),
  );
export const eraseBodies = (db: Db, now: Date): Promise<number> => db.run(sql`delete from exchange.body where erase_after < ${now}`);
export const eraseQuestions = (db: Db, before: Date): Promise<number> =>
  db.run(sql`delete from exchange.question q where q.at < ${before}
    and not exists (select 1 from exchange.hand_request h where h.exchange = q.exchange and h.state in ('waiting', 'answered', 'declined'))`);

// ---- one key, one question

export interface QuestionRow {
  client: string;
  key: string;
  institution: string;
  digest: Buffer;
  exchange: string;
  at: Date;
}
export const questionOf = (db: Db, client: string, key: string): Promise<QuestionRow | undefined> =>
  db.maybe(sql`select client, key, institution, digest, exchange, at from exchange.question where client = ${client} and key = ${key}`);

/** Takes the key for a new exchange; false when another run was quicker. */
export async function takeQuestion(db: Db, q: QuestionRow, replaces: string | undefined): Promise<boolean> {
  const touched = replaces
    ? await db.run(sql`update exchange.question set exchange = ${q.exchange}, at = ${q.at}
        where client = ${q.client} and key = ${q.key} and exchange = ${replaces}`)
    : await db.run(sql`insert into exchange.question (client, key, institution, digest, exchange, at)
        values (${q.client}, ${q.key}, ${q.institution}, ${q.digest}, ${q.exchange}, ${q.at}) on conflict do nothing`);
  return touched === 1;
}

export const sweepSize = 500;
/** Requests that expired in that span and whose outcome nobody will write any more: the process died between the two rows. */
export const orphans = (db: Db, from: Date, now: Date): Promise<RequestRow[]> =>
  db.rows(sql`select ${requestColumns} from exchange.request r
    where not r.by_person and r.expires >= ${from} and r.expires < ${now}
      and not exists (select 1 from exchange.outcome o where o.exchange = r.exchange and o.side = r.side)
    order by r.expires, r.exchange, r.side limit ${sweepSize}`);

export const watermark = async (db: Db, name: string): Promise<Date> =>
  (await db.maybe<{ at: Date }>(sql`select at from exchange.watermark where name = ${name}`))?.at ?? new Date(0);
export const setWatermark = (db: Db, name: string, at: Date): Promise<number> =>
  db.run(sql`insert into exchange.watermark (name, at) values (${name}, ${at}) on conflict (name) do update set at = excluded.at`);
