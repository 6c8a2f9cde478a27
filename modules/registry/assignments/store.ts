import { sql, type Context } from "#kernel";
import type { Assignment, Delegation, State } from "./rules.ts";

export interface AssignmentRow extends Assignment {
  holder: string;
  decidedBy: string | null;
  version: number;
}
export interface DelegationRow extends Delegation {
  institution: string;
  holder: string;
  version: number;
}

const a = sql`a.id, a.account, a.holder, a.institution, a.role, a.office, a.valid_from as "from", a.valid_until as until, a.state,
  a.requested_by as "requestedBy", a.decided_by as "decidedBy", a.version`;
const d = sql`d.id, d.assignment, d.institution, d.account, d.holder, d.permissions, d.valid_from as "from", d.valid_until as until, d.state,
  d.requested_by as "requestedBy", d.version`;

export function assignmentById(ctx: Context, id: string): Promise<AssignmentRow | undefined> {
  return ctx.db.maybe<AssignmentRow>(sql`select ${a} from registry.assignment a where a.id = ${id}`);
}
export function delegationById(ctx: Context, id: string): Promise<DelegationRow | undefined> {
  return ctx.db.maybe<DelegationRow>(sql`select ${d} from registry.delegation d where d.id = ${id}`);
}

export function assignmentList(
  ctx: Context,
  q: { institution: string; state?: State | undefined; account?: string | undefined },
): Promise<AssignmentRow[]> {
  return ctx.db.rows<AssignmentRow>(sql`
    select ${a} from registry.assignment a where a.institution = ${q.institution}
    ${q.state ? sql`and a.state = ${q.state}` : sql``} ${q.account ? sql`and a.account = ${q.account}` : sql``}
    order by a.requested_at desc, a.id limit 1000`);
}
export function delegationsOf(ctx: Context, assignments: readonly string[]): Promise<DelegationRow[]> {
  return ctx.db.rows<DelegationRow>(
    sql`select ${d} from registry.delegation d where d.assignment = any(${assignments}::uuid[]) order by d.valid_from, d.id`,
  );
}

/** What decides an account's rights: its own assignments, those lent to it, and every loan of either. */
export async function rightsRows(ctx: Context, account: string): Promise<{ assignments: AssignmentRow[]; delegations: DelegationRow[] }> {
  const assignments = await ctx.db.rows<AssignmentRow>(sql`
    select ${a} from registry.assignment a where a.state = 'approved' and (a.account = ${account}
      or a.id in (select assignment from registry.delegation where account = ${account} and state = 'approved'))`);
  return {
    assignments,
    delegations: await delegationsOf(
      ctx,
      assignments.map((one) => one.id),
    ),
  };
}

export function institutionRows(ctx: Context, institution: string): Promise<AssignmentRow[]> {
  return ctx.db.rows<AssignmentRow>(
    sql`select ${a} from registry.assignment a where a.institution = ${institution} and a.state = 'approved'`,
  );
}

/** Two requests at once for the same person and role: one waits for the other. */
export async function lockHolding(ctx: Context, q: { account: string; institution: string; role: string }): Promise<void> {
  await ctx.db.run(sql`select pg_advisory_xact_lock(7460812, hashtext(${`${q.account} ${q.institution} ${q.role}`}))`);
}
export async function lockLoans(ctx: Context, assignment: string): Promise<void> {
  await ctx.db.run(sql`select pg_advisory_xact_lock(7460813, hashtext(${assignment}))`);
}

export async function overlapping(
  ctx: Context,
  q: { account: string; institution: string; role: string; from: string; until?: string | undefined },
): Promise<boolean> {
  const found = await ctx.db.one<{ n: number }>(sql`
    select count(*)::int as n from registry.assignment
    where account = ${q.account} and institution = ${q.institution} and role = ${q.role} and state in ('requested', 'approved')
      and (valid_until is null or valid_until >= ${q.from}) ${q.until ? sql`and valid_from <= ${q.until}` : sql``}`);
  return found.n > 0;
}

export async function insertAssignment(
  ctx: Context,
  q: {
    id: string;
    account: string;
    holder: string;
    institution: string;
    role: string;
    office?: string | undefined;
    from: string;
    until?: string | undefined;
    state: State;
    requestedBy: string;
    decidedBy?: string | undefined;
  },
): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.run(sql`
    insert into registry.assignment (id, account, holder, institution, role, office, valid_from, valid_until, state, requested_by, requested_at, decided_by, decided_at)
    values (${q.id}, ${q.account}, ${q.holder}, ${q.institution}, ${q.role}, ${q.office ?? null}, ${q.from}, ${q.until ?? null}, ${q.state},
      ${q.requestedBy}, ${now}, ${q.decidedBy ?? null}, ${q.decidedBy ? now : null})`);
}

/** Moves from one state to another; false when somebody was faster. */
export async function decideAssignment(
  ctx: Context,
  q: { id: string; version: number; state: "approved" | "refused"; by: string; reason?: string | undefined },
): Promise<boolean> {
  const n = await ctx.db.run(sql`
    update registry.assignment set state = ${q.state}, decided_by = ${q.by}, decided_at = ${ctx.clock.now()}, reason = ${q.reason ?? null}, version = version + 1
    where id = ${q.id} and version = ${q.version} and state = 'requested'`);
  return n === 1;
}

export async function endAssignment(ctx: Context, q: { id: string; version: number; by: string; reason: string }): Promise<boolean> {
  const now = ctx.clock.now();
  const n = await ctx.db.run(sql`
    update registry.assignment set state = 'ended', ended_by = ${q.by}, ended_at = ${now}, reason = ${q.reason}, version = version + 1
    where id = ${q.id} and version = ${q.version} and state in ('approved', 'requested')`);
  if (n !== 1) return false;
  await ctx.db.run(sql`
    update registry.delegation set state = 'ended', ended_by = ${q.by}, ended_at = ${now}, reason = ${q.reason}, version = version + 1
    where assignment = ${q.id} and state in ('approved', 'requested')`);
  return true;
}

export async function insertDelegation(
  ctx: Context,
  q: {
    id: string;
    assignment: string;
    institution: string;
    account: string;
    holder: string;
    permissions?: readonly string[] | undefined;
    from: string;
    until: string;
    state: State;
    requestedBy: string;
    decidedBy?: string | undefined;
  },
): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.run(sql`
    insert into registry.delegation (id, assignment, institution, account, holder, permissions, valid_from, valid_until, state, requested_by, requested_at, decided_by, decided_at)
    values (${q.id}, ${q.assignment}, ${q.institution}, ${q.account}, ${q.holder}, ${q.permissions ?? null}, ${q.from}, ${q.until}, ${q.state},
      ${q.requestedBy}, ${now}, ${q.decidedBy ?? null}, ${q.decidedBy ? now : null})`);
}

export async function moveDelegation(
  ctx: Context,
  q: { id: string; version: number; state: "approved" | "refused" | "ended"; by: string; reason?: string | undefined },
): Promise<boolean> {
  const ends = q.state === "ended";
  const n = await ctx.db.run(sql`
    update registry.delegation set state = ${q.state}, version = version + 1, reason = coalesce(${q.reason ?? null}, reason),
      ${ends ? sql`ended_by = ${q.by}, ended_at = ${ctx.clock.now()}` : sql`decided_by = ${q.by}, decided_at = ${ctx.clock.now()}`}
    where id = ${q.id} and version = ${q.version} and state = any(${ends ? ["requested", "approved"] : ["requested"]})`);
  return n === 1;
}

export function officeIn(ctx: Context, office: string, institution: string): Promise<{ id: string } | undefined> {
  return ctx.db.maybe(sql`select id from registry.office where id = ${office} and institution = ${institution}`);
}

export async function chooseRole(ctx: Context, q: { session: string; account: string; assignment: string }): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.run(sql`
    insert into registry.chosen_role (session, account, assignment, at) values (${q.session}, ${q.account}, ${q.assignment}, ${now})
    on conflict (session) do update set assignment = excluded.assignment, at = excluded.at`);
  // choices outlive their sessions by a month at most
  await ctx.db.run(
    sql`delete from registry.chosen_role where account = ${q.account} and at < ${new Date(now.getTime() - 30 * 86_400_000)} and session <> ${q.session}`,
  );
}

export async function chosenRole(ctx: Context, q: { session: string; account: string }): Promise<string | undefined> {
  const found = await ctx.db.maybe<{ assignment: string }>(
    sql`select assignment from registry.chosen_role where session = ${q.session} and account = ${q.account}`,
  );
  return found?.assignment;
}

/** The names accounts were last appointed under; none for who never held a role the caller may see. */
export async function holderNames(ctx: Context, accounts: readonly string[]): Promise<Map<string, string>> {
  const found = await ctx.db.rows<{ account: string; holder: string }>(sql`
    select distinct on (account) account, holder from (
      select account, holder, requested_at, id from registry.assignment where account = any(${accounts})
      union all select account, holder, requested_at, id from registry.delegation where account = any(${accounts})) named
    order by account, requested_at desc, id desc`);
  return new Map(found.map((row) => [row.account, row.holder]));
}
