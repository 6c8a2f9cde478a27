import { sql, type Context } from "#kernel";
import type { State } from "./rules.ts";
import type { Change } from "./shapes.ts";

export interface Branch {
  id: string;
  number: number;
  title: string;
  reason: string | null;
  base: number;
  study: boolean;
  state: State;
  version: number;
  author: string;
  editors: string[];
  opened_at: Date;
  forced: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  decision: string | null;
  merged: number | null;
  merged_by: string | null;
  merged_at: Date | null;
  undoes: string | null;
}

export function branchById(ctx: Context, id: string): Promise<Branch | undefined> {
  return ctx.db.maybe<Branch>(sql`select * from network.branch where id = ${id}`);
}

/** Held until the end of the transaction: two people decide one after the other. */
export function lockedBranch(ctx: Context, id: string): Promise<Branch | undefined> {
  return ctx.db.maybe<Branch>(sql`select * from network.branch where id = ${id} for update`);
}

export async function changesOf(ctx: Context, id: string): Promise<Change[]> {
  const rows = await ctx.db.rows<{
    op: Change["op"];
    kind: Change["kind"];
    element: string;
    fields: object | null;
    phase: number | null;
  }>(sql`
    select op, kind, element, fields, phase from network.branch_change where branch = ${id} order by position`);
  return rows.map(({ op, kind, element, fields, phase }) => ({
    op,
    kind,
    id: element,
    ...(fields ? { fields: fields as Record<string, unknown> } : {}),
    ...(phase ? { phase } : {}),
  }));
}

export function listed(
  ctx: Context,
  o: { state: State | undefined; before: number | undefined; limit: number },
): Promise<(Branch & { changes: number })[]> {
  return ctx.db.rows(sql`
    select b.*, (select count(*)::int from network.branch_change c where c.branch = b.id) as changes
    from network.branch b
    where b.number < ${o.before ?? 2_147_483_647} ${o.state ? sql`and b.state = ${o.state}` : sql``}
    order by b.number desc limit ${o.limit}`);
}

/** Under the plant's lock: numbers follow each other without holes. */
export async function insertBranch(ctx: Context, b: Omit<Branch, "number">): Promise<number> {
  const { number } = await ctx.db.one<{ number: number }>(sql`
    insert into network.branch (id, number, title, reason, base, study, state, version, author, editors, opened_at, undoes)
    select ${b.id}, coalesce(max(number), 0) + 1, ${b.title}, ${b.reason}, ${b.base}, ${b.study}, ${b.state}, ${b.version}, ${b.author},
      ${b.editors}, ${b.opened_at}, ${b.undoes} from network.branch returning number`);
  return number;
}

export async function writeChanges(ctx: Context, id: string, changes: readonly Change[]): Promise<void> {
  await ctx.db.run(sql`delete from network.branch_change where branch = ${id}`);
  if (changes.length === 0) return;
  const rows = changes.map((c, i) => ({ position: i + 1, op: c.op, kind: c.kind, element: c.id, fields: c.fields, phase: c.phase }));
  await ctx.db.run(sql`
    insert into network.branch_change (branch, position, op, kind, element, fields, phase)
    select ${id}::uuid, position, op, kind, element, fields, phase
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r (position integer, op text, kind text, element text, fields jsonb, phase integer)`);
}

export async function saveBranch(ctx: Context, b: Branch): Promise<void> {
  await ctx.db.run(sql`
    update network.branch set title = ${b.title}, reason = ${b.reason}, base = ${b.base}, state = ${b.state}, version = ${b.version},
      editors = ${b.editors}, forced = ${b.forced}, decided_by = ${b.decided_by}, decided_at = ${b.decided_at}, decision = ${b.decision},
      merged = ${b.merged}, merged_by = ${b.merged_by}, merged_at = ${b.merged_at}
    where id = ${b.id}`);
}
