import { type Db, sql, type Text } from "#kernel";
import type { FieldSpec } from "../pack.ts";

export interface HandAnswer {
  status: number;
  body: unknown;
}
export interface HandRequest {
  id: string;
  exchange: string;
  service: string;
  institution: string;
  client: string;
  clientInstitution: string;
  purpose: string;
  issue: string | null;
  person: string | null;
  query: [name: string, value: string][];
  keep: string[] | null;
  rights: string[];
  state: "waiting" | "answered" | "declined" | "delivered" | "expired";
  askedAt: Date;
  expectedBy: Date;
  lapsesAt: Date;
  answeredAt: Date | null;
  /** Sealed; emptied once delivered. */
  answer: Buffer | null;
  /** As rows of before 0062 hold it. */
  plainAnswer: HandAnswer | null;
  declineReason: string | null;
}
const columns = sql`h.id, h.exchange, h.service, h.institution, h.client, h.client_institution as "clientInstitution", h.purpose, h.issue,
  h.person, h.query, h.keep, h.rights, h.state, h.asked_at as "askedAt", h.expected_by as "expectedBy", h.lapses_at as "lapsesAt",
  h.answered_at as "answeredAt", h.answer_sealed as "answer", h.answer as "plainAnswer", h.decline_reason as "declineReason"`;

export const putHandRequest = (db: Db, h: HandRequest): Promise<number> =>
  db.run(sql`insert into exchange.hand_request
    (id, exchange, service, institution, client, client_institution, purpose, issue, person, query, keep, rights, state, asked_at,
      expected_by, lapses_at)
    values (${h.id}, ${h.exchange}, ${h.service}, ${h.institution}, ${h.client}, ${h.clientInstitution}, ${h.purpose}, ${h.issue},
      ${h.person}, ${JSON.stringify(h.query)}, ${h.keep}, ${h.rights}, ${h.state}, ${h.askedAt}, ${h.expectedBy}, ${h.lapsesAt})`);

export const handRequest = (db: Db, id: string, lock = false): Promise<HandRequest | undefined> =>
  db.maybe(sql`select ${columns} from exchange.hand_request h where h.id::text = ${id} ${lock ? sql`for update` : sql``}`);

export const handRequestOf = (db: Db, exchange: string): Promise<HandRequest | undefined> =>
  db.maybe(sql`select ${columns} from exchange.hand_request h where h.exchange = ${exchange}`);

export type HandLine = HandRequest & { title: Text; clientName: Text; fields: FieldSpec[]; labels: { name: string; label: Text }[] };
const line = sql`${columns}, s.title, s.fields, s.query as labels, m.name as "clientName"`;
const joined = sql`exchange.hand_request h join exchange.service s on s.id = h.service
  left join exchange.member m on m.institution = h.client_institution`;

export const handLines = (
  db: Db,
  q: { institution: string; state: string | undefined; after: string | undefined; limit: number },
): Promise<HandLine[]> =>
  db.rows(sql`select ${line} from ${joined}
    where h.institution = ${q.institution} and (${q.state ?? null}::text is null or h.state = ${q.state ?? null})
      and (${q.after ?? null}::text is null or (h.expected_by, h.id) > (select p.expected_by, p.id from exchange.hand_request p where p.id::text = ${q.after ?? null}))
    order by h.expected_by, h.id limit ${q.limit}`);

export const handLine = (db: Db, institution: string, id: string): Promise<HandLine | undefined> =>
  db.maybe(sql`select ${line} from ${joined} where h.institution = ${institution} and h.id::text = ${id}`);

export const waitingCount = async (db: Db, institution: string): Promise<number> =>
  (
    await db.one<{ n: number }>(
      sql`select count(*)::int as n from exchange.hand_request where institution = ${institution} and state = 'waiting'`,
    )
  ).n;

/** Where a sealed answer belongs. */
export const aboutAnswer = (id: string): string => `hand/${id}`;

/** False when somebody answered in the meantime. */
export async function answerRequest(
  db: Db,
  a: { id: string; state: "answered" | "declined"; at: Date; by: string; answer: Buffer; reason: string | null },
): Promise<boolean> {
  const touched = await db.run(sql`update exchange.hand_request
    set state = ${a.state}, answered_at = ${a.at}, answered_by = ${a.by}, answer_sealed = ${a.answer}, decline_reason = ${a.reason}
    where id::text = ${a.id} and state = 'waiting'`);
  return touched === 1;
}

/** The signed message holds the answer now; the queue forgets it. */
export const markDelivered = (db: Db, id: string): Promise<number> =>
  db.run(
    sql`update exchange.hand_request set state = 'delivered', answer = null, answer_sealed = null where id::text = ${id} and state in ('answered', 'declined')`,
  );

export const lapsed = (db: Db, now: Date): Promise<HandRequest[]> =>
  db.rows(
    sql`update exchange.hand_request h set state = 'expired' where h.state = 'waiting' and h.lapses_at < ${now} returning ${columns}`,
  );
