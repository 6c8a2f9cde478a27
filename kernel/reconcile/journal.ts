import type { Context } from "../context.ts";
import { sql, type Sql } from "../sql.ts";
import { LeaseLost, type JournalEntry, type Operation, type Standing } from "./types.ts";

export interface Lease<D> {
  key: string;
  fence: string;
  desired: D | null;
  status: string;
  attempts: number;
  generation: number;
}

const operationColumns = sql`id, kind, key, cause, state, back, stop, desired, previous, generation::float8 as generation, ref, label,
  asked_by as "askedBy", asked_at as "askedAt", started_at as "startedAt", ended_at as "endedAt", problem`;
const stepColumns = sql`number, back, step, idempotency_key as "idempotencyKey", fence::text as fence, attempts,
  intent_at as "intentAt", receipt, receipt_at as "receiptAt", problem`;
const later = (ctx: Context, seconds: number) => new Date(ctx.clock.now().getTime() + seconds * 1000);

/** The due key nobody holds, or the named one; held until the lease ends. Keys held by others are passed over. */
export function take<D>(ctx: Context, kind: string, key: string | null, seconds: number): Promise<Lease<D> | undefined> {
  const now = ctx.clock.now();
  return ctx.db.maybe(sql`
    with due as (
      select kind, key from kernel.reconciled
      where kind = ${kind} and (${key}::text is null or key = ${key}) and next_at <= ${now} and (lease_until is null or lease_until <= ${now})
      order by next_at limit 1 for update skip locked)
    update kernel.reconciled r set fence = r.fence + 1, lease_until = ${later(ctx, seconds)} from due d
    where r.kind = d.kind and r.key = d.key
    returning r.key, r.fence::text as fence, r.desired, r.status, r.attempts, r.generation::float8 as generation`);
}

/** Holds the key's row to the end of this transaction if the lease is still ours, and lengthens it. */
export async function hold(ctx: Context, kind: string, lease: Lease<unknown>, seconds: number): Promise<void> {
  const n = await ctx.db.run(sql`
    update kernel.reconciled set lease_until = ${later(ctx, seconds)} where kind = ${kind} and key = ${lease.key} and fence = ${lease.fence}`);
  if (n === 0) throw new LeaseLost(`${kind} ${lease.key}: fence ${lease.fence} is old`);
}

export async function release(
  ctx: Context,
  kind: string,
  lease: Lease<unknown>,
  o: { status: Standing["status"]; after: number; attempts: number; problem?: string | null; seen?: boolean },
): Promise<void> {
  const n = await ctx.db.run(sql`
    update kernel.reconciled set lease_until = null, next_at = ${later(ctx, o.after)}, attempts = ${o.attempts}, status = ${o.status},
      problem = ${o.problem ?? null}, seen_at = ${o.seen ? ctx.clock.now() : null}::timestamptz
    where kind = ${kind} and key = ${lease.key} and fence = ${lease.fence}`);
  if (n === 0) throw new LeaseLost(`${kind} ${lease.key}: fence ${lease.fence} is old`);
}

/** The operation under way or waiting for people; else the oldest asked for, begun now: what was desired becomes what to go back to. */
export async function current<D>(ctx: Context, kind: string, lease: Lease<D>): Promise<Operation<D> | undefined> {
  const open = await ctx.db.maybe<Operation<D>>(sql`
    select ${operationColumns} from kernel.operation
    where kind = ${kind} and key = ${lease.key} and state in ('PROCESSING', 'FAILED_TEMP', 'ROLLING_BACK')`);
  // a repair gives way to what people ask
  if (open && open.cause !== "drift") return open;
  const next = await ctx.db.maybe<Operation<D>>(sql`
    select ${operationColumns} from kernel.operation where kind = ${kind} and key = ${lease.key} and state = 'STARTING' order by seq limit 1 for update`);
  if (!next) return open;
  if (open) await setState(ctx, open, "COMPLETED", "superseded");
  lease.generation += 1;
  const begun = await ctx.db.one<Operation<D>>(sql`
    update kernel.operation set state = 'PROCESSING', started_at = ${ctx.clock.now()}, generation = ${lease.generation},
      previous = (select desired from kernel.reconciled where kind = ${kind} and key = ${lease.key})
    where id = ${next.id} returning ${operationColumns}`);
  await setDesired(ctx, kind, lease, begun.desired);
  return begun;
}

export async function setDesired<D>(ctx: Context, kind: string, lease: Lease<D>, desired: D | null): Promise<void> {
  await ctx.db.run(sql`
    update kernel.reconciled set desired = ${json(desired)}::jsonb, generation = ${lease.generation}, attempts = 0, status = 'changing'
    where kind = ${kind} and key = ${lease.key}`);
  Object.assign(lease, { desired, attempts: 0 });
}

export const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));

export async function setState(ctx: Context, o: Pick<Operation, "id">, state: Operation["state"], problem: string | null = null) {
  const ended = ["COMPLETED", "ROLLED_BACK", "FAILED"].includes(state) ? ctx.clock.now() : null;
  await ctx.db.run(sql`
    update kernel.operation set state = ${state}, ended_at = ${ended}, problem = ${problem}, stop = false,
      back = back or ${state === "ROLLING_BACK"} where id = ${o.id}`);
}

export async function insertOperation(
  ctx: Context,
  o: { kind: string; key: string; cause: Operation["cause"]; desired: unknown; label: string; ref?: string | null; askedBy: string },
): Promise<string> {
  const id = ctx.ids.uuid();
  const now = ctx.clock.now();
  const drift = o.cause === "drift";
  await ctx.db.run(sql`
    insert into kernel.operation (id, kind, key, cause, state, back, stop, desired, previous, ref, label, asked_by, asked_at, started_at)
    values (${id}, ${o.kind}, ${o.key}, ${o.cause}, ${drift ? "PROCESSING" : "STARTING"}, false, false, ${json(o.desired)}::jsonb,
      ${drift ? json(o.desired) : null}::jsonb, ${o.ref ?? null}, ${o.label}, ${o.askedBy}, ${now}, ${drift ? now : null}::timestamptz)`);
  return id;
}

export function entries<S>(ctx: Context, operation: string): Promise<JournalEntry<S>[]> {
  return ctx.db.rows(sql`select ${stepColumns} from kernel.operation_step where operation = ${operation} order by number`);
}

export function lastEntry<S>(ctx: Context, operation: string): Promise<JournalEntry<S> | undefined> {
  return ctx.db.maybe(sql`select ${stepColumns} from kernel.operation_step where operation = ${operation} order by number desc limit 1`);
}

/** The intent, before the step: a new line, or one more try of the line that has no receipt. */
export async function writeIntent(
  ctx: Context,
  operation: Operation,
  fence: string,
  step: object,
  open: JournalEntry | undefined,
  number: number,
): Promise<{ number: number; key: string }> {
  if (open) {
    await ctx.db.run(sql`
      update kernel.operation_step set fence = ${fence}, attempts = attempts + 1, intent_at = ${ctx.clock.now()}
      where operation = ${operation.id} and number = ${open.number}`);
    return { number: open.number, key: open.idempotencyKey };
  }
  const key = `${operation.id}:${number}`;
  await ctx.db.run(sql`
    insert into kernel.operation_step (operation, number, back, step, idempotency_key, fence, attempts, intent_at)
    values (${operation.id}, ${number}, ${operation.back}, ${JSON.stringify(step)}::jsonb, ${key}, ${fence}, 1, ${ctx.clock.now()})`);
  return { number, key };
}

export async function writeReceipt(ctx: Context, operation: string, number: number, receipt: object): Promise<void> {
  await ctx.db.run(sql`
    update kernel.operation_step set receipt = ${JSON.stringify(receipt)}::jsonb, receipt_at = ${ctx.clock.now()}, problem = null
    where operation = ${operation} and number = ${number}`);
}

export async function writeProblem(ctx: Context, operation: string, problem: string): Promise<void> {
  await ctx.db.run(sql`
    update kernel.operation_step set problem = ${problem} where operation = ${operation} and receipt is null`);
}

export function operation<D>(ctx: Context, id: string, lock = false): Promise<Operation<D> | undefined> {
  return ctx.db.maybe(sql`select ${operationColumns} from kernel.operation where id = ${id} ${lock ? sql`for update` : sql``}`);
}

export function operations<D>(
  ctx: Context,
  q: { kind: string; key?: string; ref?: string; states?: readonly string[]; limit?: number },
): Promise<Operation<D>[]> {
  return ctx.db.rows(sql`
    select ${operationColumns} from kernel.operation where kind = ${q.kind}
      ${q.key === undefined ? sql`` : sql`and key = ${q.key}`} ${q.ref === undefined ? sql`` : sql`and ref = ${q.ref}`}
      ${q.states ? sql`and state = any(${[...q.states]})` : sql``}
    order by seq desc limit ${q.limit ?? 100}`);
}

export function standings(ctx: Context, kind: string, keys?: readonly string[]): Promise<Standing[]> {
  return ctx.db.rows(sql`
    select key, generation::float8 as generation, status, problem, seen_at as "seenAt", next_at as "nextAt",
      exists (select 1 from ${givenUpOf(sql`r.kind, r.key`)} x where x.desired is distinct from r.desired) as "takenBack"
    from kernel.reconciled r where kind = ${kind} ${keys ? sql`and key = any(${[...keys]})` : sql``} order by key`);
}

/** Has something else been asked of this key since? */
export async function followed(ctx: Context, o: Pick<Operation, "id" | "kind" | "key">): Promise<boolean> {
  const { n } = await ctx.db.one<{ n: number }>(sql`
    select count(*)::int as n from kernel.operation a join kernel.operation b on b.kind = a.kind and b.key = a.key and b.seq > a.seq
    where a.id = ${o.id} and b.cause <> 'drift' and b.state <> 'ROLLED_BACK'`);
  return n > 0;
}

/** The last change asked of a key, when it ended by being taken back or given up by people. */
const givenUpOf = (key: Sql) => sql`(
  select a.desired from (select seq, cause, state from kernel.operation o where (o.kind, o.key) = (${key}) and o.cause <> 'drift' order by seq desc limit 1) last
  join lateral (select desired, state from kernel.operation o where (o.kind, o.key) = (${key}) and o.cause = 'change' and o.seq <= last.seq order by seq desc limit 1) a on true
  where a.state in ('ROLLED_BACK', 'FAILED') or (last.cause = 'undo' and last.state <> 'ROLLED_BACK'))`;

export function givenUp<D>(ctx: Context, kind: string, key: string): Promise<{ desired: D | null } | undefined> {
  return ctx.db.maybe(sql`select desired from ${givenUpOf(sql`${kind}::text, ${key}::text`)} x`);
}

/** The row of a key, made when it is new, due at once, its lock held. */
export async function ensureKey(ctx: Context, kind: string, key: string): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.run(sql`
    insert into kernel.reconciled (kind, key, desired, generation, status, fence, attempts, next_at)
    values (${kind}, ${key}, null, 0, 'new', 0, 0, ${now})
    on conflict (kind, key) do update set next_at = ${now}, attempts = 0`);
}
