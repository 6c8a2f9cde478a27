import { type Db, sql } from "#kernel";
import { partners } from "../federation/store.ts";
import type { ProposalKind, ProposalState } from "./shapes.ts";
import type { ServiceContent } from "./rules.ts";

export interface ProposalRow {
  id: string;
  institution: string;
  kind: ProposalKind;
  about: string;
  content: unknown;
  document: string | null;
  url: string | null;
  state: ProposalState;
  approver: "operator" | "institution";
  proposedBy: string;
  proposedAt: Date;
  decidedBy: string | null;
  decidedAt: Date | null;
  reason: string | null;
}
const columns = sql`id, institution, kind, about, content, document, url, state, approver, proposed_by as "proposedBy",
  proposed_at as "proposedAt", decided_by as "decidedBy", decided_at as "decidedAt", reason`;

type NewProposal = Pick<
  ProposalRow,
  "id" | "institution" | "kind" | "about" | "content" | "document" | "url" | "state" | "approver" | "proposedBy" | "proposedAt"
>;

/** False when a proposal about the same thing waits already. */
export const putProposal = async (db: Db, p: NewProposal): Promise<boolean> =>
  (await db.run(sql`insert into exchange.proposal (id, institution, kind, about, content, document, url, state, approver, proposed_by, proposed_at)
    values (${p.id}, ${p.institution}, ${p.kind}, ${p.about}, ${JSON.stringify(p.content)}::jsonb, ${p.document}, ${p.url}, ${p.state}, ${p.approver},
      ${p.proposedBy}, ${p.proposedAt}) on conflict do nothing`)) === 1;

export const proposalOf = (db: Db, id: string): Promise<ProposalRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.proposal where id = ${id}`);
/** Held until the transaction ends: two deciders do not both decide. */
export const proposalToDecide = (db: Db, id: string): Promise<ProposalRow | undefined> =>
  db.maybe(sql`select ${columns} from exchange.proposal where id = ${id} for update`);

export const proposalsOf = (
  db: Db,
  q: { institution: string; operator: boolean; state: string | undefined; limit: number },
): Promise<ProposalRow[]> =>
  db.rows(sql`select ${columns} from exchange.proposal
    where (institution = ${q.institution} or (${q.operator} and approver = 'operator'))
      and (${q.state ?? null}::text is null or state = ${q.state ?? null})
    order by (state in ('reading', 'waiting')) desc, proposed_at desc, id limit ${q.limit}`);

export const waitingCount = async (db: Db, q: { institution: string; operator: boolean; own: boolean }): Promise<number> =>
  (
    await db.one<{ n: number }>(sql`select count(*)::int as n from exchange.proposal where state = 'waiting'
      and ((${q.operator} and approver = 'operator') or (${q.own} and approver = 'institution' and institution = ${q.institution}))`)
  ).n;

export const waitingAbout = async (db: Db, about: string): Promise<string | undefined> =>
  (
    await db.maybe<{ id: string }>(
      sql`select id from exchange.proposal where about = ${about} and kind = 'service-change' and state in ('reading', 'waiting')`,
    )
  )?.id;

export const setProposal = (
  db: Db,
  id: string,
  to: { state: ProposalState; by?: string; at?: Date; reason?: string | null },
): Promise<number> =>
  db.run(sql`update exchange.proposal set state = ${to.state}, decided_by = ${to.by ?? null}, decided_at = ${to.at ?? null}, reason = ${to.reason ?? null}
    where id = ${id} and state in ('reading', 'waiting')`);

/** What a description that had to be read first makes of a proposal. */
export const fillProposal = (db: Db, id: string, content: unknown, document: string): Promise<number> =>
  db.run(sql`update exchange.proposal set state = 'waiting', content = ${JSON.stringify(content)}::jsonb, document = ${document}
    where id = ${id} and state = 'reading'`);

// ---- the directory itself

export const ownSubsystem = (db: Db, id: string, institution: string): Promise<{ id: string } | undefined> =>
  db.maybe(
    sql`select u.id from exchange.subsystem u join exchange.member m on m.id = u.member where u.id = ${id} and m.institution = ${institution}`,
  );
export const subsystemExists = async (db: Db, id: string): Promise<boolean> =>
  (await db.maybe(sql`select id from exchange.subsystem where id = ${id}`)) !== undefined;
/** Ours, or one that another instance has opened to us. */
export const clientExists = async (db: Db, id: string): Promise<boolean> =>
  (await subsystemExists(db, id)) || (await partners(db)).some(({ document }) => document.subsystems.some((one) => one.id === id));
export const groupExists = async (db: Db, code: string): Promise<boolean> =>
  (await db.maybe(sql`select id from exchange.subsystem where ${code} = any(groups) limit 1`)) !== undefined;
export const purposesKnown = async (db: Db, codes: readonly string[]): Promise<boolean> =>
  (await db.rows(sql`select code from exchange.purpose where code = any(${[...codes]})`)).length === new Set(codes).size;

export const putMember = (
  db: Db,
  m: { id: string; instance: string; memberClass: string; code: string; institution: string; name: unknown },
): Promise<number> =>
  db.run(sql`insert into exchange.member (id, instance, member_class, member_code, institution, name, origin)
    values (${m.id}, ${m.instance}, ${m.memberClass}, ${m.code}, ${m.institution}, ${JSON.stringify(m.name)}::jsonb, 'registered') on conflict do nothing`);
export const putSubsystem = (db: Db, s: { id: string; member: string; code: string; name: unknown }): Promise<number> =>
  db.run(sql`insert into exchange.subsystem (id, member, code, name, origin)
    values (${s.id}, ${s.member}, ${s.code}, ${JSON.stringify(s.name)}::jsonb, 'registered') on conflict do nothing`);

const json = (value: unknown) => JSON.stringify(value);

export const putService = (
  db: Db,
  id: { id: string; subsystem: string; code: string; institution: string },
  c: ServiceContent,
): Promise<number> =>
  db.run(sql`insert into exchange.service (id, subsystem, code, institution, kind, title, base_url, timeout_seconds, endpoints, query, fields, keep_days,
      origin, subject, verify_tls, ca, client_certificate)
    values (${id.id}, ${id.subsystem}, ${id.code}, ${id.institution}, 'http', ${json(c.title)}::jsonb, ${c.baseUrl}, ${c.timeoutSeconds},
      ${json(c.endpoints)}::jsonb, ${json(c.query)}::jsonb, ${json(c.fields)}::jsonb, 30, 'registered', ${c.subject ? json(c.subject) : null}::jsonb,
      ${c.verifyTls}, ${c.ca}, ${c.clientCertificate}) on conflict do nothing`);

/** A service of the pack that its institution changes is its institution's from then on. */
export const changeService = (db: Db, id: string, institution: string, c: ServiceContent): Promise<number> =>
  db.run(sql`update exchange.service set title = ${json(c.title)}::jsonb, base_url = ${c.baseUrl}, timeout_seconds = ${c.timeoutSeconds},
      endpoints = ${json(c.endpoints)}::jsonb, query = ${json(c.query)}::jsonb, fields = ${json(c.fields)}::jsonb,
      subject = ${c.subject ? json(c.subject) : null}::jsonb, verify_tls = ${c.verifyTls}, ca = ${c.ca}, client_certificate = ${c.clientCertificate},
      origin = 'registered', withdrawn = false
    where id = ${id} and institution = ${institution} and kind = 'http'`);

export interface RightContent {
  subject: string;
  purposes: string[];
  fields: string[] | null;
  methods: string[];
  path: string;
  basis: { fr: string; en: string };
  from: string;
  until: string | null;
  /** Absent in proposals made before: no consent is needed. */
  consent?: number | null;
}
export const putRight = (db: Db, id: string, service: string, r: RightContent): Promise<number> =>
  db.run(sql`insert into exchange.access_right (id, service, subject, methods, path, purposes, fields, basis, from_day, until_day, consent_days, origin)
    values (${id}, ${service}, ${r.subject}, ${r.methods}, ${r.path}, ${r.purposes}, ${r.fields}, ${json(r.basis)}::jsonb, ${r.from}, ${r.until}, ${r.consent ?? null}, 'registered')`);

export async function removeRight(
  db: Db,
  r: { service: string; id: string; subject: string; institution: string; by: string; reason: string; at: Date },
): Promise<boolean> {
  const gone = await db.run(sql`delete from exchange.access_right a using exchange.service s
    where a.service = ${r.service} and a.id = ${r.id} and a.subject = ${r.subject} and s.id = a.service and s.institution = ${r.institution}`);
  if (gone === 0) return false;
  await db.run(sql`insert into exchange.ended_right (service, id, subject, by, reason, at)
    values (${r.service}, ${r.id}, ${r.subject}, ${r.by}, ${r.reason}, ${r.at}) on conflict do nothing`);
  return true;
}

/** What a service offers, and nothing else of it. */
export const narrowService = (db: Db, id: string, c: Pick<ServiceContent, "endpoints" | "query" | "fields">): Promise<number> =>
  db.run(sql`update exchange.service set endpoints = ${json(c.endpoints)}::jsonb, query = ${json(c.query)}::jsonb, fields = ${json(c.fields)}::jsonb
    where id = ${id}`);
