import { type Context, type Db, sql, type Text } from "#kernel";
import type { FieldSpec } from "../pack.ts";
import type { State } from "./rules.ts";

export interface ConsentRow {
  id: string;
  person: string;
  /** Sealed. */
  number: Buffer | null;
  state: State;
  client: string;
  clientInstitution: string;
  service: string;
  institution: string;
  purpose: string;
  fields: string[] | null;
  basis: Text;
  days: number;
  issue: string | null;
  askedBy: string;
  askedAt: Date;
  lapsesAt: Date;
  challenge: string | null;
  how: "page" | "counter" | null;
  official: string | null;
  answeredAt: Date | null;
  until: Date | null;
  withdrawnAt: Date | null;
  salt: Buffer | null;
  fact: string | null;
  receipt: string | null;
}
const columns = sql`c.id, c.person, c.number, c.state, c.client, c.client_institution as "clientInstitution", c.service, c.institution, c.purpose,
  c.fields, c.basis, c.days, c.issue, c.asked_by as "askedBy", c.asked_at as "askedAt", c.lapses_at as "lapsesAt", c.challenge, c.how, c.official,
  c.answered_at as "answeredAt", c.until_at as "until", c.withdrawn_at as "withdrawnAt", c.salt, c.fact, c.receipt`;

export type Asked = Pick<
  ConsentRow,
  | "id"
  | "person"
  | "number"
  | "client"
  | "clientInstitution"
  | "service"
  | "institution"
  | "purpose"
  | "fields"
  | "basis"
  | "days"
  | "issue"
> &
  Pick<ConsentRow, "askedBy" | "askedAt" | "lapsesAt" | "challenge">;

/** False when the same question is open already. */
export const putAsked = async (db: Db, c: Asked): Promise<boolean> =>
  (await db.run(sql`insert into exchange.consent (id, person, number, state, client, client_institution, service, institution, purpose, fields,
      basis, days, issue, asked_by, asked_at, lapses_at, challenge)
    values (${c.id}, ${c.person}, ${c.number}, 'asked', ${c.client}, ${c.clientInstitution}, ${c.service}, ${c.institution}, ${c.purpose},
      ${c.fields}, ${JSON.stringify(c.basis)}::jsonb, ${c.days}, ${c.issue}, ${c.askedBy}, ${c.askedAt}, ${c.lapsesAt}, ${c.challenge})
    on conflict (person, client, service, purpose) where state = 'asked' do nothing`)) === 1;

/** What lapsed makes room for another question. */
export const closeLapsed = (db: Db, person: string, now: Date): Promise<number> =>
  db.run(sql`update exchange.consent set state = 'lapsed' where person = ${person} and state = 'asked' and lapses_at <= ${now}`);

export const consentOf = (db: Db, id: string): Promise<ConsentRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.consent c where c.id::text = ${id}`);
export const consentToAnswer = (db: Db, id: string): Promise<ConsentRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.consent c where c.id::text = ${id} for update`);

interface Between {
  person: string;
  client: string;
  service: string;
  purpose: string;
}
const between = (q: Between) =>
  sql`c.person = ${q.person} and c.client = ${q.client} and c.service = ${q.service} and c.purpose = ${q.purpose}`;

/** The question that waits for her; there is one at most. */
export const openBetween = async (db: Db, q: Between): Promise<string | undefined> =>
  (await db.maybe<{ id: string }>(sql`select c.id from exchange.consent c where ${between(q)} and c.state = 'asked'`))?.id;
/** The consent in force that lasts longest. */
export const standingBetween = async (db: Db, q: Between, now: Date): Promise<string | undefined> =>
  (
    await db.maybe<{ id: string }>(
      sql`select c.id from exchange.consent c where ${between(q)} and c.state = 'given' and c.until_at > ${now} order by c.until_at desc, c.id limit 1`,
    )
  )?.id;

export const askedSince = async (db: Db, institution: string, since: Date): Promise<number> =>
  (
    await db.one<{ n: number }>(
      sql`select count(*)::int as n from exchange.consent where client_institution = ${institution} and asked_at > ${since}`,
    )
  ).n;
/** How often one institution has asked one person, whatever for. */
export const askedOfPerson = async (db: Db, person: string, institution: string, since: Date): Promise<number> =>
  (
    await db.one<{ n: number }>(sql`select count(*)::int as n from exchange.consent
      where person = ${person} and client_institution = ${institution} and asked_at > ${since}`)
  ).n;
export const openOf = async (db: Db, person: string): Promise<number> =>
  (await db.one<{ n: number }>(sql`select count(*)::int as n from exchange.consent where person = ${person} and state = 'asked'`)).n;

/** Changes are numbered in the order they commit: who reads up to a number has missed none below it. */
const nextChange = async (db: Db): Promise<string> => {
  await db.rows(sql`select pg_advisory_xact_lock(hashtext('exchange.consent'))`);
  return (await db.one<{ n: string }>(sql`select nextval('exchange.consent_changed')::text as n`)).n;
};

export async function setGiven(
  ctx: Context,
  c: {
    id: string;
    at: Date;
    until: Date;
    how: "page" | "counter";
    official: string | null;
    number: Buffer;
    salt: Uint8Array;
    fact: string;
  },
): Promise<void> {
  const change = await nextChange(ctx.db);
  await ctx.db.run(sql`update exchange.consent set state = 'given', answered_at = ${c.at}, until_at = ${c.until}, how = ${c.how},
    official = ${c.official}, number = ${c.number}, salt = ${c.salt}, fact = ${c.fact}, challenge = null, changed = ${change}::bigint where id = ${c.id}`);
}
export const setRefused = (db: Db, id: string, at: Date, fact: string): Promise<number> =>
  db.run(sql`update exchange.consent set state = 'refused', answered_at = ${at}, fact = ${fact}, challenge = null where id = ${id}`);
export async function setWithdrawn(ctx: Context, id: string, at: Date): Promise<void> {
  const change = await nextChange(ctx.db);
  await ctx.db.run(
    sql`update exchange.consent set state = 'withdrawn', withdrawn_at = ${at}, receipt = null, changed = ${change}::bigint where id = ${id}`,
  );
}
export const setReceipt = (db: Db, id: string, receipt: string): Promise<number> =>
  db.run(sql`update exchange.consent set receipt = ${receipt} where id = ${id}`);
/** `number`: sealed, as the official typed it; a procedure that asked before knew none. */
export const setChallenge = (db: Db, id: string, challenge: string, number: Buffer): Promise<number> =>
  db.run(
    sql`update exchange.consent set challenge = ${challenge}, number = coalesce(number, ${number}) where id = ${id} and state = 'asked'`,
  );

export interface ConsentLine extends ConsentRow {
  clientName: Text | null;
  providerName: Text | null;
  title: Text;
  specs: FieldSpec[];
  purposeLabel: Text | null;
  uses: number;
}
const lines = sql`select ${columns}, cm.name as "clientName", pm.name as "providerName", s.title, s.fields as specs, p.label as "purposeLabel",
    (select count(*)::int from exchange.concern n where n.person = c.person and n.consent = c.id)
      + (select count(*)::int from exchange.request r join exchange.outcome o on o.exchange = r.exchange and o.side = r.side
        where r.person = c.person and r.side = 'client' and o.header_part like '%Exchange-Consent:' || c.id::text || ';%') as uses
  from exchange.consent c join exchange.service s on s.id = c.service
    left join exchange.subsystem u on u.id = c.client left join exchange.member cm on cm.id = u.member
    left join exchange.member pm on pm.institution = c.institution left join exchange.purpose p on p.code = c.purpose`;

export const linesOfPerson = (db: Db, person: string): Promise<ConsentLine[]> =>
  db.rows(sql`${lines} where c.person = ${person} order by c.state = 'asked' desc, c.asked_at desc, c.id limit 200`);
export const lineOf = (db: Db, id: string): Promise<ConsentLine | undefined> => db.maybe(sql`${lines} where c.id::text = ${id}`);
export const linesAskedBy = (db: Db, institution: string): Promise<ConsentLine[]> =>
  db.rows(sql`${lines} where c.client_institution = ${institution} order by c.asked_at desc, c.id limit 100`);

// ---- what other servers are told

export interface Told {
  id: string;
  changed: string;
  client: string;
  service: string;
  purpose: string;
  fields: string[] | null;
  number: Buffer;
  salt: Buffer;
  answeredAt: Date;
  until: Date;
  withdrawnAt: Date | null;
}
export const changesFor = (db: Db, institutions: readonly string[], since: string, limit: number): Promise<Told[]> =>
  db.rows(sql`select id, changed::text, client, service, purpose, fields, number, salt, answered_at as "answeredAt", until_at as "until",
      withdrawn_at as "withdrawnAt"
    from exchange.consent where institution = any(${[...institutions]}) and changed > ${since}::bigint order by changed limit ${limit}`);
/** The newest change each of them has to hear of; "0" = none. */
export const newestFor = async (db: Db, institutions: readonly string[]): Promise<string> =>
  (
    await db.one<{ n: string }>(
      sql`select coalesce(max(changed), 0)::text as n from exchange.consent where institution = any(${[...institutions]}) and changed is not null`,
    )
  ).n;
