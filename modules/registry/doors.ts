/** What neighbours may call. Every function takes the context first and touches its transaction only. */
import type { Context, Text } from "#kernel";
import { inForce, rightsOf, type Right } from "./assignments/rules.ts";
import * as held from "./assignments/store.ts";
import { competentInstitution } from "./divisions/competent.ts";
import * as territory from "./divisions/store.ts";
import * as store from "./institutions/store.ts";
import { roleApproved } from "./facts.ts";
import { institutionUnknown, roleUnknown } from "./problems.ts";
import { permissionsOf, roleById, rolesFor } from "./roles.ts";

export interface Institution {
  id: string;
  /** X-Road: INSTANCE/class/code. */
  class: string;
  code: string;
  kind: string;
  name: Text;
  acronym: string | undefined;
  parent: string | undefined;
  division: string;
  basis: "sourced" | "derived" | "illustrative";
  state: "active" | "closed";
  sites: { id: string; name: Text; point: [number, number] | undefined; located: string | undefined }[];
}

export function asInstitution(row: store.InstitutionRow): Institution {
  return {
    id: row.id,
    class: row.class,
    code: row.code,
    kind: row.kind,
    name: row.name,
    acronym: row.acronym ?? undefined,
    parent: row.parent ?? undefined,
    division: row.division,
    basis: row.basis,
    state: row.state,
    sites: row.sites.map((s) => ({
      id: s.id,
      name: s.name,
      point: s.lon === null || s.lat === null ? undefined : [s.lon, s.lat],
      located: s.located ?? undefined,
    })),
  };
}

export async function institution(ctx: Context, id: string): Promise<Institution | undefined> {
  const row = await store.institutionById(ctx, id);
  return row && asInstitution(row);
}

export async function institutionByCode(ctx: Context, code: string, memberClass = "GOV"): Promise<Institution | undefined> {
  const row = await store.institutionByMember(ctx, memberClass, code);
  return row && asInstitution(row);
}

/** Whom an institution belongs to, from its ministry down to itself: what a letterhead prints. */
export async function authorities(ctx: Context, id: string): Promise<{ id: string; name: Text }[]> {
  const line = await store.lineage(ctx, id);
  return line.filter((i) => i.id === id || !["presidency", "government"].includes(i.kind)).map((i) => ({ id: i.id, name: i.name }));
}

/** All institutions that match; without conditions, all of them. */
export async function institutions(
  ctx: Context,
  q: { kind?: string; division?: string; ids?: readonly string[] } = {},
): Promise<Institution[]> {
  return (await store.institutionList(ctx, q)).map(asInstitution);
}

/**
 * Who is competent for a division: `court` (criminal record, nationality: by place of birth) or `civil-registry`.
 * The division may be any level, ended or not; `on` is a day of the country, today unless said.
 */
export async function competent(ctx: Context, q: { kind: string; division: string; on?: string }): Promise<Institution | undefined> {
  const id = await competentInstitution(ctx, q.kind, q.division, q.on ?? ctx.clock.today());
  return id === undefined ? undefined : institution(ctx, id);
}

/** How many institutions stand on which ground: printed at start, shown to anyone. */
export async function countsByBasis(ctx: Context): Promise<{ sourced: number; derived: number; illustrative: number }> {
  const counts = { sourced: 0, derived: 0, illustrative: 0 };
  for (const row of await store.countsByBasis(ctx)) counts[row.basis] = row.n;
  return counts;
}

export type Division = territory.Division;

export function division(ctx: Context, id: string): Promise<Division | undefined> {
  return territory.divisionById(ctx, id);
}

export function divisions(
  ctx: Context,
  q: { level?: string; parent?: string; ids?: readonly string[]; on?: string; always?: boolean } = {},
): Promise<Division[]> {
  return territory.divisionList(ctx, { ...q, on: q.on ?? ctx.clock.today() });
}

/** What an account may do today. The guard of each request asks this; call it where every row may be seen (a system caller). */
export async function rolesOf(ctx: Context, account: string): Promise<Right[]> {
  const { assignments, delegations } = await held.rightsRows(ctx, account);
  return rightsOf(account, assignments, delegations, permissionsOf(ctx), ctx.clock.today());
}

/**
 * The one role an official acts in: the one chosen for this session if it is still in force, else the first. Undefined
 * when no role is in force any more. For the guard of each request (a system caller).
 */
export async function actingRole(
  ctx: Context,
  q: { account: string; session: string },
): Promise<{ institution: string; office?: string; role: string; permissions: ReadonlySet<string> } | undefined> {
  const rights = await rolesOf(ctx, q.account);
  const chosen = rights.length > 1 ? await held.chosenRole(ctx, q) : undefined;
  const right = rights.find((r) => r.assignment === chosen) ?? rights.toSorted((a, b) => (a.assignment < b.assignment ? -1 : 1))[0];
  if (!right) return undefined;
  return {
    institution: right.institution,
    ...(right.office ? { office: right.office } : {}),
    role: right.role,
    permissions: new Set(right.permissions),
  };
}

/** The name an official acts under, as it was written when the role was given. */
export async function officialName(ctx: Context, account: string): Promise<string | undefined> {
  return (await held.holderNames(ctx, [account])).get(account);
}

/** The accounts that hold a permission in an institution today, themselves or by delegation. */
export async function holdersOf(ctx: Context, q: { institution: string; permission: string }): Promise<string[]> {
  const assignments = await held.institutionRows(ctx, q.institution);
  const delegations = await held.delegationsOf(
    ctx,
    assignments.map((a) => a.id),
  );
  const day = ctx.clock.today();
  const accounts = new Set([...assignments.map((a) => a.account), ...delegations.filter((d) => inForce(d, day)).map((d) => d.account)]);
  return [...accounts]
    .filter((account) =>
      rightsOf(account, assignments, delegations, permissionsOf(ctx), day).some((r) => r.permissions.includes(q.permission)),
    )
    .toSorted();
}

/**
 * Gives a role without a second person: only the program itself (installation, the demonstration) may, and it is
 * recorded as such. Repeating it changes nothing. Answers the assignment's id.
 */
export async function appoint(
  ctx: Context,
  q: { account: string; holder: string; institution: string; role: string; office?: string | undefined; from?: string | undefined },
): Promise<string> {
  if (ctx.caller.kind !== "system") throw new Error("appoint is for the program itself");
  const where = await store.institutionById(ctx, q.institution);
  if (!where) throw institutionUnknown();
  if (!rolesFor(ctx, where.kind).some((r) => r.id === q.role)) throw roleUnknown();
  await held.lockHolding(ctx, q);
  const before = await held.assignmentList(ctx, { institution: q.institution, state: "approved", account: q.account });
  const same = before.find((a) => a.role === q.role);
  if (same) return same.id;
  const id = ctx.ids.uuid();
  const by = `system:${ctx.caller.module}`;
  await held.insertAssignment(ctx, { ...q, id, from: q.from ?? ctx.clock.today(), state: "approved", requestedBy: by, decidedBy: by });
  await ctx.record(roleApproved, `assignment:${id}`, { institution: q.institution, role: q.role, account: q.account });
  return id;
}

export { roleById };
