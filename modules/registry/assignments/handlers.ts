import { conflict, invalidInput, say, type Context, type InputOf, type OfficialCaller, type OutputOf } from "#kernel";
import * as facts from "../facts.ts";
import { institutionById } from "../institutions/store.ts";
import * as problems from "../problems.ts";
import { needsTwo, permissionsOf, roleById, rolesFor } from "../roles.ts";
import type * as api from "./contracts.ts";
import { delegationRefusal, effective, mayDecide, rightsOf, type DelegationRefusal } from "./rules.ts";
import * as store from "./store.ts";

/** Nobody needed to approve: the role carries no sensitive permission. */
const unneeded = "system:registry";

function me(ctx: Context): OfficialCaller {
  if (ctx.caller.kind !== "official") throw problems.notYours();
  return ctx.caller;
}

export async function listRoles(ctx: Context, q: InputOf<typeof api.listRoles>): Promise<OutputOf<typeof api.listRoles>> {
  const where = q.institution ? await institutionById(ctx, q.institution) : undefined;
  if (q.institution && !where) throw problems.institutionUnknown();
  return {
    roles: rolesFor(ctx, where?.kind).map((r) => ({
      id: r.id,
      name: say(r.name, ctx.lang),
      about: say(r.about, ctx.lang),
      sensitive: needsTwo(r),
      permissions: r.permissions,
    })),
  };
}

export async function myRoles(ctx: Context): Promise<OutputOf<typeof api.myRoles>> {
  const account = "account" in ctx.caller ? ctx.caller.account : "";
  const { assignments, delegations } = await store.rightsRows(ctx, account);
  const roles = [];
  for (const r of rightsOf(account, assignments, delegations, permissionsOf(ctx), ctx.clock.today())) {
    const where = await institutionById(ctx, r.institution);
    const role = roleById(ctx, r.role);
    roles.push({
      assignment: r.assignment,
      institution: r.institution,
      institutionName: where ? say(where.name, ctx.lang) : r.institution,
      role: r.role,
      roleName: role ? say(role.name, ctx.lang) : r.role,
      ...(r.office ? { office: r.office } : {}),
      ...(r.until ? { until: r.until } : {}),
      lent: r.delegation !== undefined,
    });
  }
  return { roles };
}

export async function chooseRole(ctx: Context, q: InputOf<typeof api.chooseRole>): Promise<OutputOf<typeof api.chooseRole>> {
  const caller = me(ctx);
  const { assignments, delegations } = await store.rightsRows(ctx, caller.account);
  const rights = rightsOf(caller.account, assignments, delegations, permissionsOf(ctx), ctx.clock.today());
  const right = rights.find((r) => r.assignment === q.assignment);
  if (!right) throw problems.assignmentUnknown();
  await store.chooseRole(ctx, { session: caller.session, account: caller.account, assignment: q.assignment });
  return { institution: right.institution, role: right.role };
}

export async function listColleagues(ctx: Context): Promise<OutputOf<typeof api.listColleagues>> {
  const assignments = await store.institutionRows(ctx, me(ctx).institution);
  const delegations = await store.delegationsOf(
    ctx,
    assignments.map((a) => a.id),
  );
  const today = ctx.clock.today();
  const names = new Map([...assignments, ...delegations].map((x) => [x.account, x.holder]));
  return {
    colleagues: [...names].flatMap(([account, holder]) =>
      rightsOf(account, assignments, delegations, permissionsOf(ctx), today).map((r) => {
        const role = roleById(ctx, r.role);
        return {
          account,
          holder,
          role: r.role,
          roleName: role ? say(role.name, ctx.lang) : r.role,
          ...(r.office ? { office: r.office } : {}),
        };
      }),
    ),
  };
}

export async function listAssignments(ctx: Context, q: InputOf<typeof api.listAssignments>): Promise<OutputOf<typeof api.listAssignments>> {
  const caller = me(ctx);
  const rows = await store.assignmentList(ctx, { institution: caller.institution, state: q.state, account: q.account });
  const loans = await store.delegationsOf(
    ctx,
    rows.map((r) => r.id),
  );
  const today = ctx.clock.today();
  const people = [...rows, ...loans].map((x) => x.requestedBy).concat(rows.flatMap((a) => a.decidedBy ?? []));
  const named = await store.holderNames(ctx, people);
  const asked = (by: string) => (named.has(by) ? { requestedByName: named.get(by) as string } : {});
  return {
    assignments: rows.map((a) => {
      const role = roleById(ctx, a.role);
      const mine = loans.filter((d) => d.assignment === a.id);
      return {
        id: a.id,
        account: a.account,
        holder: a.holder,
        institution: a.institution,
        role: a.role,
        roleName: role ? say(role.name, ctx.lang) : a.role,
        ...(a.office ? { office: a.office } : {}),
        from: a.from,
        ...(a.until ? { until: a.until } : {}),
        state: a.state,
        version: a.version,
        effective: effective(a, mine, today),
        sensitive: role ? needsTwo(role) : false,
        requestedBy: a.requestedBy,
        ...asked(a.requestedBy),
        ...(a.decidedBy ? { decidedBy: a.decidedBy } : {}),
        ...(a.decidedBy && named.has(a.decidedBy) ? { decidedByName: named.get(a.decidedBy) as string } : {}),
        mayDecide: a.state === "requested" && caller.permissions.has("registry.approve-roles") && mayDecide(a, caller.account),
        delegations: mine.map((d) => ({
          id: d.id,
          account: d.account,
          holder: d.holder,
          from: d.from,
          until: d.until,
          state: d.state,
          version: d.version,
          ...(d.permissions ? { permissions: [...d.permissions] } : {}),
          requestedBy: d.requestedBy,
          ...asked(d.requestedBy),
        })),
      };
    }),
  };
}

export async function requestRole(ctx: Context, q: InputOf<typeof api.requestRole>): Promise<OutputOf<typeof api.requestRole>> {
  const caller = me(ctx);
  if (q.account === caller.account) throw problems.notForYourself();
  const where = await institutionById(ctx, caller.institution);
  const role = where && rolesFor(ctx, where.kind).find((r) => r.id === q.role);
  if (!role) throw problems.roleUnknown();
  const wrong = (path: string, fr: string, en: string) => invalidInput({ fields: [{ path, message: { fr, en } }] });
  if (q.until && q.until < q.from) throw wrong("until", "La fin précède le début.", "The end comes before the beginning.");
  if (q.until && q.until < ctx.clock.today()) throw wrong("until", "Cette date est passée.", "This day has passed.");
  if (q.office && !(await store.officeIn(ctx, q.office, caller.institution)))
    throw wrong("office", "Ce bureau n’est pas de votre institution.", "This office is not of your institution.");
  const holding = { account: q.account, institution: caller.institution, role: q.role };
  await store.lockHolding(ctx, holding);
  if (await store.overlapping(ctx, { ...holding, from: q.from, until: q.until })) throw problems.alreadyHeld();
  const sensitive = needsTwo(role);
  const id = ctx.ids.uuid();
  const state = sensitive ? "requested" : "approved";
  await store.insertAssignment(ctx, {
    ...q,
    id,
    institution: caller.institution,
    state,
    requestedBy: caller.account,
    decidedBy: sensitive ? undefined : unneeded,
  });
  const data = { institution: caller.institution, role: q.role, account: q.account };
  await ctx.record(facts.roleRequested, `assignment:${id}`, { ...data, sensitive });
  if (!sensitive) await ctx.record(facts.roleApproved, `assignment:${id}`, data);
  return { id, state, version: 1 };
}

async function decide(
  ctx: Context,
  q: { id: string; version: number; reason?: string },
  state: "approved" | "refused",
): Promise<OutputOf<typeof api.approveRole>> {
  const caller = me(ctx);
  const a = await mine(ctx, q.id);
  if (a.state !== "requested") throw problems.wrongState();
  if (!mayDecide(a, caller.account)) throw problems.secondPerson();
  if (!(await store.decideAssignment(ctx, { id: q.id, version: q.version, state, by: caller.account, reason: q.reason }))) throw conflict();
  const fact = state === "approved" ? facts.roleApproved : facts.roleRefused;
  await ctx.record(fact, `assignment:${q.id}`, { institution: a.institution, role: a.role, account: a.account });
  return { id: q.id, state, version: q.version + 1 };
}

export const approveRole = (ctx: Context, q: InputOf<typeof api.approveRole>) => decide(ctx, q, "approved");
export const refuseRole = (ctx: Context, q: InputOf<typeof api.refuseRole>) => decide(ctx, q, "refused");

/** Another institution's assignment looks like one that does not exist. */
async function mine(ctx: Context, id: string): Promise<store.AssignmentRow> {
  const a = await store.assignmentById(ctx, id);
  if (!a || a.institution !== me(ctx).institution) throw problems.assignmentUnknown();
  return a;
}

export async function endRole(ctx: Context, q: InputOf<typeof api.endRole>): Promise<OutputOf<typeof api.endRole>> {
  const a = await mine(ctx, q.id);
  if (a.state !== "approved" && a.state !== "requested") throw problems.wrongState();
  if (!(await store.endAssignment(ctx, { id: q.id, version: q.version, by: me(ctx).account, reason: q.reason }))) throw conflict();
  await ctx.record(facts.roleEnded, `assignment:${q.id}`, { institution: a.institution, role: a.role, account: a.account });
  return { id: q.id, state: "ended", version: q.version + 1 };
}

const refusals: Record<DelegationRefusal, { fr: string; en: string }> = {
  "not-holder": { fr: "On ne prête que son propre rôle.", en: "One lends one’s own role only." },
  "not-in-force": { fr: "Ce rôle n’est pas en vigueur.", en: "This role is not in force." },
  self: { fr: "On ne se prête pas un rôle à soi-même.", en: "One does not lend a role to oneself." },
  outlives: { fr: "Le prêt ne peut pas durer plus longtemps que le rôle.", en: "A loan cannot outlive the role." },
  "starts-before": { fr: "Le prêt ne peut pas commencer avant le rôle.", en: "A loan cannot begin before the role." },
  past: { fr: "Ces dates sont passées ou inversées.", en: "These days have passed or are reversed." },
  exceeds: { fr: "On ne prête pas un droit que l’on n’a pas.", en: "One does not lend a right one does not have." },
  overlaps: { fr: "Ce rôle est déjà prêté pour une partie de ces dates.", en: "This role is already lent for part of these days." },
};

export async function delegateRole(ctx: Context, q: InputOf<typeof api.delegateRole>): Promise<OutputOf<typeof api.delegateRole>> {
  const caller = me(ctx);
  await store.lockLoans(ctx, q.id);
  const a = await mine(ctx, q.id);
  const role = roleById(ctx, a.role);
  if (!role) throw problems.roleUnknown();
  const refused = delegationRefusal(
    a,
    { by: caller.account, to: q.to, from: q.from, until: q.until, permissions: q.permissions },
    await store.delegationsOf(ctx, [a.id]),
    role.permissions,
    ctx.clock.today(),
  );
  if (refused === "not-holder") throw problems.assignmentUnknown();
  if (refused) throw problems.delegationRefused({ detail: refusals[refused] });
  const sensitive = needsTwo(role);
  const id = ctx.ids.uuid();
  const state = sensitive ? "requested" : "approved";
  await store.insertDelegation(ctx, {
    id,
    assignment: a.id,
    institution: a.institution,
    account: q.to,
    holder: q.holder,
    permissions: q.permissions,
    from: q.from,
    until: q.until,
    state,
    requestedBy: caller.account,
    decidedBy: sensitive ? undefined : unneeded,
  });
  await ctx.record(facts.roleDelegated, `assignment:${a.id}`, {
    institution: a.institution,
    role: a.role,
    account: a.account,
    to: q.to,
    from: q.from,
    until: q.until,
    approved: !sensitive,
  });
  return { id, state, version: 1 };
}

async function loan(ctx: Context, id: string): Promise<{ d: store.DelegationRow; a: store.AssignmentRow }> {
  const d = await store.delegationById(ctx, id);
  if (!d || d.institution !== me(ctx).institution) throw problems.assignmentUnknown();
  return { d, a: await mine(ctx, d.assignment) };
}

export async function decideDelegation(
  ctx: Context,
  q: InputOf<typeof api.decideDelegation>,
): Promise<OutputOf<typeof api.decideDelegation>> {
  const caller = me(ctx);
  const { d, a } = await loan(ctx, q.id);
  if (d.state !== "requested") throw problems.wrongState();
  if (!mayDecide(d, caller.account)) throw problems.secondPerson();
  const moved = await store.moveDelegation(ctx, { id: q.id, version: q.version, state: q.outcome, by: caller.account, reason: q.reason });
  if (!moved) throw conflict();
  await ctx.record(facts.delegationDecided, `assignment:${a.id}`, {
    institution: a.institution,
    role: a.role,
    account: a.account,
    to: d.account,
    outcome: q.outcome,
  });
  return { id: q.id, state: q.outcome, version: q.version + 1 };
}

/** The lender takes it back; so may whoever could end the role itself. */
export async function endDelegation(ctx: Context, q: InputOf<typeof api.endDelegation>): Promise<OutputOf<typeof api.endDelegation>> {
  const caller = me(ctx);
  const { d, a } = await loan(ctx, q.id);
  if (a.account !== caller.account && !caller.permissions.has("registry.assign-roles")) throw problems.assignmentUnknown();
  if (d.state !== "approved" && d.state !== "requested") throw problems.wrongState();
  if (!(await store.moveDelegation(ctx, { id: q.id, version: q.version, state: "ended", by: caller.account }))) throw conflict();
  await ctx.record(facts.delegationDecided, `assignment:${a.id}`, {
    institution: a.institution,
    role: a.role,
    account: a.account,
    to: d.account,
    outcome: "ended",
  });
  return { id: q.id, state: "ended", version: q.version + 1 };
}
