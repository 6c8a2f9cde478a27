/** Many exchanges' rows in one statement each: as JSON, which costs both ends less than arrays by column. */
import { type Db, type Sql, sql } from "#kernel";
import type { OutcomeRow, RequestRow, Side } from "./store.ts";

/** What auditors of all institutions read: no person, no case, no query. */
export interface TrafficRow {
  exchange: string;
  /** When it was asked. */
  at: Date;
  client: string;
  clientInstitution: string;
  service: string;
  providerInstitution: string;
  method: string;
  purpose: string;
  outcome: OutcomeRow["outcome"];
  errorType?: string | null;
  status?: number | null;
  by?: "system" | "person" | null;
  milliseconds: number;
}

export interface Batch {
  requests: RequestRow[];
  outcomes: OutcomeRow[];
  traffic: TrafficRow[];
  /** PEM by serial. */
  certificates: Map<string, string>;
}

const hex = (bytes: Uint8Array | null | undefined): string | null => (bytes ? `\\x${Buffer.from(bytes).toString("hex")}` : null);

const requestJson = (r: RequestRow) => ({
  exchange: r.exchange,
  side: r.side,
  institution: r.institution,
  message_id: r.messageId,
  at: r.at,
  client: r.client,
  service: r.service,
  method: r.method,
  path: r.path,
  purpose: r.purpose,
  person: r.person,
  user_id: r.userId,
  issue: r.issue,
  by_person: r.byPerson,
  expires: r.expires,
  header_part: r.headerPart,
  body_hash: hex(r.bodyHash),
  signature: hex(r.signature),
  serial: r.serial,
  fact: r.fact,
  format: r.format,
  signed_at: r.signedAt,
  configuration: r.configuration ?? null,
});
const outcomeJson = (o: OutcomeRow) => ({
  exchange: o.exchange,
  side: o.side,
  institution: o.institution,
  at: o.at,
  outcome: o.outcome,
  error_type: o.errorType ?? null,
  status: o.status ?? null,
  milliseconds: o.milliseconds ?? null,
  by: o.by ?? null,
  rights: o.rights ?? null,
  fields: o.fields ?? null,
  person: o.person ?? null,
  header_part: o.headerPart ?? null,
  body_hash: hex(o.bodyHash),
  signature: hex(o.signature),
  serial: o.serial ?? null,
  fact: o.fact ?? null,
  format: o.format ?? "hashes",
  signed_at: o.signedAt ?? null,
  measured: o.measured ?? null,
});
const trafficJson = (t: TrafficRow) => ({
  exchange: t.exchange,
  at: t.at,
  client: t.client,
  client_institution: t.clientInstitution,
  service: t.service,
  provider_institution: t.providerInstitution,
  method: t.method,
  purpose: t.purpose,
  outcome: t.outcome,
  error_type: t.errorType ?? null,
  status: t.status ?? null,
  by: t.by ?? null,
  milliseconds: t.milliseconds,
});

/** A lone half of a surrogate pair is no JSON to PostgreSQL, and NUL no text: callers have refused both before. */
const json = (rows: readonly object[]): string => JSON.stringify(rows);

const requestInsert = (rows: readonly RequestRow[]): Sql => sql`insert into exchange.request
    (exchange, side, institution, message_id, at, client, service, method, path, purpose, person, user_id, issue, by_person, expires,
      header_part, body_hash, signature, serial, fact, format, signed_at, configuration)
  select exchange, side, institution, message_id, at, client, service, method, path, purpose, person, user_id, issue, by_person, expires,
      header_part, body_hash, signature, serial, fact, format, signed_at, configuration
  from json_populate_recordset(null::exchange.request, ${json(rows.map(requestJson))}::json)
  on conflict do nothing returning exchange, side`;
const outcomeInsert = (rows: readonly OutcomeRow[]): Sql => sql`insert into exchange.outcome
    (exchange, side, institution, at, outcome, error_type, status, milliseconds, by, rights, fields, person, header_part, body_hash,
      signature, serial, fact, format, signed_at, measured)
  select exchange, side, institution, at, outcome, error_type, status, milliseconds, by, rights, fields, person, header_part, body_hash,
      signature, serial, fact, format, signed_at, measured
  from json_populate_recordset(null::exchange.outcome, ${json(rows.map(outcomeJson))}::json)
  on conflict do nothing returning exchange, side`;
const trafficInsert = (rows: readonly TrafficRow[]): Sql => sql`insert into exchange.traffic
    (exchange, at, client, client_institution, service, provider_institution, method, purpose, outcome, error_type, status, by, milliseconds)
  select exchange, at, client, client_institution, service, provider_institution, method, purpose, outcome, error_type, status, by, milliseconds
  from json_populate_recordset(null::exchange.traffic, ${json(rows.map(trafficJson))}::json)
  on conflict do nothing`;
const certificateInsert = (rows: ReadonlyMap<string, string>): Sql => sql`insert into exchange.certificate (serial, pem)
  select serial, pem from json_populate_recordset(null::exchange.certificate,
    ${json([...rows].map(([serial, pem]) => ({ serial, pem })))}::json)
  on conflict do nothing`;

type Key = { exchange: string; side: Side };
const keys = (rows: readonly Key[]): Set<string> => new Set(rows.map((r) => `${r.exchange}/${r.side}`));

/** `exchange/side` of the rows that were not there before. */
export async function putBatch(db: Db, b: Batch): Promise<{ requests: Set<string>; outcomes: Set<string> }> {
  const [requests, outcomes] = await Promise.all([
    b.requests.length > 0 ? db.rows<Key>(requestInsert(b.requests)) : [],
    b.outcomes.length > 0 ? db.rows<Key>(outcomeInsert(b.outcomes)) : [],
    b.traffic.length > 0 ? db.run(trafficInsert(b.traffic)) : 0,
    b.certificates.size > 0 ? db.run(certificateInsert(b.certificates)) : 0,
  ]);
  return { requests: keys(requests), outcomes: keys(outcomes) };
}

const nothing = (): Batch => ({ requests: [], outcomes: [], traffic: [], certificates: new Map() });
/** One row in the transaction of something else. False when it was there: a replay, or an outcome known before. */
export const putRequest = async (db: Db, row: RequestRow): Promise<boolean> =>
  (await putBatch(db, { ...nothing(), requests: [row] })).requests.size === 1;
export const putOutcome = async (db: Db, row: OutcomeRow): Promise<boolean> =>
  (await putBatch(db, { ...nothing(), outcomes: [row] })).outcomes.size === 1;
export const putCertificate = (db: Db, serial: string, pem: string): Promise<number> => db.run(certificateInsert(new Map([[serial, pem]])));
