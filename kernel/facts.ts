import { createHash, randomBytes } from "node:crypto";
import { T } from "./contract.ts";
import type { Context } from "./context.ts";
import { fact, type Fact } from "./declare.ts";
import { sql } from "./sql.ts";
import type { Caller } from "./who.ts";
import type { Text } from "./words.ts";

/** Written for each person whose data an answer showed: what "who looked at my data" lists. */
export const personalRead = fact(
  "kernel.personal-read",
  T.Object({
    contract: T.String(),
    purpose: T.String(),
    /** The person looked at her own data. */
    own: T.Boolean(),
    role: T.Optional(T.String()),
  }),
  { fr: "Consultation de données personnelles", en: "Personal data read" },
);

export interface PendingFact {
  id: string;
  at: Date;
  type: string;
  subject: string;
  institution: string | null;
  actor: string;
  header: string;
  dataHash: Buffer;
  salt: Buffer;
  data: string;
}

/** Canonical JSON: keys sorted, no spaces, strings and safe integers only (RFC 8785 for this subset). */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

export function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case "stranger":
      return "stranger";
    case "system":
      return `system:${caller.module}`;
    default:
      return `account:${caller.account}`;
  }
}

/** H(salt || data): the half of a leaf that can be forgotten without breaking a proof. */
export function dataHash(salt: Uint8Array, data: string): Buffer {
  return createHash("sha256").update(salt).update(data).digest();
}

export function prepareFact(ctx: Context, of: Fact, subject: string, data: unknown): PendingFact {
  const id = ctx.ids.uuid();
  const at = ctx.clock.now();
  const institution = ctx.caller.kind === "official" || ctx.caller.kind === "system" ? (ctx.caller.institution ?? null) : null;
  const actor = actorOf(ctx.caller);
  const header = canonical({
    id,
    at: at.toISOString(),
    type: of.type,
    subject,
    actor,
    institution: institution ?? undefined,
    purpose: ctx.purpose,
    request: ctx.requestId,
  });
  const salt = randomBytes(16);
  const text = canonical(data);
  return { id, at, type: of.type, subject, institution, actor, header, dataHash: dataHash(salt, text), salt, data: text };
}

/** One round trip for all facts of a transaction. */
export const insertFacts = {
  name: "toguna-facts",
  text: `with f as (
      insert into kernel.fact (id, at, type, subject, institution, actor, header, data_hash)
      select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[])
      returning seq),
    u as (insert into kernel.unsealed select seq from f)
    insert into kernel.fact_data (fact, salt, data) select * from unnest($1::uuid[], $9::bytea[], $10::jsonb[])`,
  values: (facts: readonly PendingFact[]) => [
    facts.map((f) => f.id),
    facts.map((f) => f.at),
    facts.map((f) => f.type),
    facts.map((f) => f.subject),
    facts.map((f) => f.institution),
    facts.map((f) => f.actor),
    facts.map((f) => f.header),
    facts.map((f) => f.dataHash),
    facts.map((f) => f.salt),
    facts.map((f) => f.data),
  ],
};

export interface Recorded {
  id: string;
  seq: string;
  at: Date;
  type: string;
  subject: string;
  institution: string | null;
  actor: string;
  header: string;
  /** null once erased. */
  data: Record<string, unknown> | null;
}

const columns = sql`f.id, f.seq::text as seq, f.at, f.type, f.subject, f.institution, f.actor, f.header, d.data`;

/** Facts about a subject, newest first. The caller's right to them is the asking module's business. */
export function factsOf(
  ctx: Context,
  o: { subject: string; types?: readonly string[]; before?: string; limit?: 20 | 50 | 100 },
): Promise<Recorded[]> {
  const limit = o.limit === 100 ? sql`limit 100` : o.limit === 20 ? sql`limit 20` : sql`limit 50`;
  return ctx.db.rows<Recorded>(sql`
    select ${columns} from kernel.fact f left join kernel.fact_data d on d.fact = f.id
    where f.subject = ${o.subject}
      ${o.types ? sql`and f.type = any(${[...o.types]})` : sql``}
      ${o.before ? sql`and f.seq < ${o.before}` : sql``}
    order by f.seq desc ${limit}`);
}

export function factById(ctx: Context, id: string): Promise<Recorded | undefined> {
  return ctx.db.maybe<Recorded>(sql`select ${columns} from kernel.fact f left join kernel.fact_data d on d.fact = f.id where f.id = ${id}`);
}

export interface LedgerRow {
  index: string;
  fact: string;
  header: string;
  dataHash: Buffer;
}

/**
 * Gives the next committed, unsealed facts their leaf indexes, inside this transaction, one sealer at a time
 * (advisory lock): undefined when another sealer holds it. At most 10,000 rows.
 */
export async function ledgerBatch(ctx: Context, limit: number): Promise<LedgerRow[] | undefined> {
  const lock = await ctx.db.one<{ held: boolean }>(sql`select pg_try_advisory_xact_lock(7460802) as held`);
  if (!lock.held) return undefined;
  return ctx.db.rows<LedgerRow>(sql`
    with taken as (
      delete from kernel.unsealed where seq in (select seq from kernel.unsealed order by seq limit ${Math.min(limit, 10_000)}) returning seq),
    last as (select coalesce(max(index), -1) as index from kernel.leaf),
    numbered as (
      select last.index + row_number() over (order by t.seq) as index, f.id, f.header, f.data_hash
      from taken t join kernel.fact f on f.seq = t.seq cross join last),
    kept as (insert into kernel.leaf (index, fact) select index, id from numbered)
    select index::text as index, id as fact, header, data_hash as "dataHash" from numbered order by numbered.index`);
}

/** Leaves in the ledger's order, for verification and export: recomputed from the facts themselves. */
export function ledgerRows(ctx: Context, from: number, to: number): Promise<LedgerRow[]> {
  return ctx.db.rows<LedgerRow>(sql`
    select l.index::text as index, l.fact, f.header, f.data_hash as "dataHash"
    from kernel.leaf l join kernel.fact f on f.id = l.fact
    where l.index >= ${from} and l.index < ${to} order by l.index`);
}

/** Data and salts of leaves, where not erased: verification hashes them again (`canonical`, `dataHash`). */
export function ledgerData(ctx: Context, from: number, to: number): Promise<{ index: string; salt: Buffer; data: unknown }[]> {
  return ctx.db.rows(sql`
    select l.index::text as index, d.salt, d.data from kernel.leaf l join kernel.fact_data d on d.fact = l.fact
    where l.index >= ${from} and l.index < ${to} order by l.index`);
}

/** Facts that neither have a leaf nor wait for one: somebody hid them from the sealer. */
export async function strayFacts(ctx: Context): Promise<number> {
  const { strays } = await ctx.db.one<{ strays: number }>(sql`
    select count(*)::int as strays from kernel.fact f
    where not exists (select from kernel.leaf l where l.fact = f.id) and not exists (select from kernel.unsealed u where u.seq = f.seq)`);
  return strays;
}

/** Where a fact stands in the ledger; undefined while it waits for the sealer. */
export async function leafIndexOf(ctx: Context, id: string): Promise<number | undefined> {
  const row = await ctx.db.maybe<{ index: string }>(sql`select index::text as index from kernel.leaf where fact = ${id}`);
  return row === undefined ? undefined : Number(row.index);
}

/** Facts that wait for the sealer, and since when the oldest waits. */
export async function ledgerBacklog(ctx: Context): Promise<{ waiting: number; oldest: Date | null }> {
  return ctx.db.one(sql`
    select count(*)::int as waiting, (select f.at from kernel.unsealed u join kernel.fact f on f.seq = u.seq order by u.seq limit 1) as oldest
    from kernel.unsealed`);
}

export type Purposes = Readonly<Record<string, Text>>;
