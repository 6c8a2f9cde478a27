/** Roles on a real database: two people, lending, one role at a time, nobody else's rows. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { factsOf, sql } from "#kernel";
import { world } from "#kernel/testing";
import * as api from "../api.ts";
import { actingRole, appoint, holdersOf, officialName, registry, rolesOf } from "../index.ts";

const w = await world({ modules: [registry] });
after(() => w.close());
const court = "bf-tgi-koudougou";
const run = <R>(fn: Parameters<typeof w.transaction<R>>[0]) => w.transaction(fn);

const admin = w.clerk(court, ["registry.assign-roles", "registry.approve-roles", "registry.read-assignments"], { account: "hamidou" });
const second = w.clerk(court, ["registry.approve-roles", "registry.read-assignments"], { account: "edwige" });
const elsewhere = w.clerk("bf-tgi-leo", ["registry.assign-roles", "registry.approve-roles", "registry.read-assignments"], {
  account: "other",
});
const permissionsOf = async (account: string) => (await run((ctx) => rolesOf(ctx, account))).flatMap((r) => r.permissions);

test("a sensitive role needs two people, and is given to neither of them", async () => {
  const ask = { account: "boureima", holder: "Boureima Sawadogo", role: "court-clerk", from: "2026-11-23" };
  await assert.rejects(w.call(api.requestRole, { ...ask, account: "hamidou" }, { as: admin }), { code: "registry.not-for-yourself" });
  await assert.rejects(w.call(api.requestRole, { ...ask, role: "civil-registrar" }, { as: admin }), { code: "registry.role-unknown" });
  await assert.rejects(w.call(api.requestRole, { ...ask, office: "bf-tgi-leo-greffe" }, { as: admin }), { code: "kernel.invalid-input" });
  await assert.rejects(w.call(api.requestRole, { ...ask, until: "2026-11-01" }, { as: admin }), { code: "kernel.invalid-input" });
  const asked = await w.call(api.requestRole, { ...ask, office: "bf-tgi-koudougou-greffe" }, { as: admin });
  assert.equal(asked.state, "requested");
  assert.deepEqual(await permissionsOf("boureima"), [], "asked for is not held");
  await assert.rejects(w.call(api.requestRole, ask, { as: admin }), { code: "registry.already-held" });

  const move = { id: asked.id, version: asked.version };
  await assert.rejects(w.call(api.approveRole, move, { as: admin }), { code: "registry.second-person-needed" });
  const holder = w.clerk(court, ["registry.approve-roles"], { account: "boureima" });
  await assert.rejects(w.call(api.approveRole, move, { as: holder }), { code: "registry.second-person-needed" });
  await assert.rejects(w.call(api.approveRole, move, { as: elsewhere }), { code: "registry.assignment-unknown" });
  await assert.rejects(w.call(api.approveRole, { ...move, version: 7 }, { as: second }), { code: "kernel.conflict" });
  await w.call(api.approveRole, move, { as: second });
  await assert.rejects(w.call(api.approveRole, { ...move, version: 2 }, { as: second }), { code: "registry.wrong-state" });
  assert.ok((await permissionsOf("boureima")).includes("services.decide-cases"));
  assert.deepEqual(await run((ctx) => holdersOf(ctx, { institution: court, permission: "services.decide-cases" })), ["boureima"]);
  assert.deepEqual((await run((ctx) => factsOf(ctx, { subject: `assignment:${asked.id}` }))).map((f) => f.type).toSorted(), [
    "registry.role-approved",
    "registry.role-requested",
  ]);
});

test("a refusal keeps its reason and gives nothing", async () => {
  const asked = await w.call(api.requestRole, { account: "nobody", holder: "N", role: "head-clerk", from: "2026-11-23" }, { as: admin });
  await w.call(api.refuseRole, { id: asked.id, version: 1, reason: "Pas encore assermenté" }, { as: second });
  assert.deepEqual(await permissionsOf("nobody"), []);
});

test("lending: the lender holds nothing meanwhile, the loan ends by itself, the role takes the loan with it", async () => {
  const { assignments } = await w.call(api.listAssignments, { account: "boureima" }, { as: admin });
  const role = assignments[0];
  assert.ok(role?.effective && role.sensitive);
  const lender = w.clerk(court, [], { account: "boureima" });
  const loan = { id: role.id, to: "salimata", holder: "Salimata Ilboudo", from: "2026-11-23", until: "2026-11-24" };
  await assert.rejects(w.call(api.delegateRole, loan, { as: w.clerk(court, [], { account: "salimata" }) }), {
    code: "registry.assignment-unknown",
  });
  await assert.rejects(w.call(api.delegateRole, { ...loan, permissions: ["registry.assign-roles"] }, { as: lender }), {
    code: "registry.delegation-refused",
  });
  const lent = await w.call(api.delegateRole, { ...loan, permissions: ["services.handle-cases"] }, { as: lender });
  assert.equal(lent.state, "requested");
  const yes = { id: lent.id, version: 1, outcome: "approved" as const };
  await assert.rejects(w.call(api.decideDelegation, yes, { as: w.clerk(court, ["registry.approve-roles"], { account: "boureima" }) }), {
    code: "registry.second-person-needed",
  });
  await assert.rejects(w.call(api.decideDelegation, yes, { as: elsewhere }), { code: "registry.assignment-unknown" });
  await w.call(api.decideDelegation, yes, { as: second });
  assert.deepEqual(await permissionsOf("salimata"), ["services.handle-cases"]);
  assert.deepEqual(await permissionsOf("boureima"), []);
  assert.deepEqual(await run((ctx) => holdersOf(ctx, { institution: court, permission: "services.decide-cases" })), []);
  const listed = (await w.call(api.listAssignments, { account: "boureima" }, { as: admin })).assignments[0];
  assert.equal(listed?.delegations[0]?.requestedByName, "Boureima Sawadogo", "a list names people, not accounts");
  assert.equal(listed?.decidedByName, undefined, "but invents no name for who holds nothing here");
  const mine = await w.call(api.myRoles, {}, { as: w.citizen({ account: "salimata" }) });
  assert.deepEqual(
    [mine.roles[0]?.lent, mine.roles[0]?.until, mine.roles[0]?.institutionName],
    [true, "2026-11-24", "Tribunal de grande instance de Koudougou"],
  );
  assert.deepEqual(
    (await w.call(api.myRoles, {}, { as: w.citizen({ account: "boureima" }) })).roles,
    [],
    "the lender sees that it is lent",
  );
  w.clock.advance(2 * 86_400);
  assert.deepEqual(await permissionsOf("salimata"), []);
  assert.ok((await permissionsOf("boureima")).includes("services.sign-acts"));

  const again = await w.call(api.delegateRole, { ...loan, from: "2026-11-25", until: "2026-12-24" }, { as: lender });
  await w.call(api.decideDelegation, { ...yes, id: again.id }, { as: second });
  assert.equal((await permissionsOf("salimata")).length, 3);
  await w.call(api.endDelegation, { id: again.id, version: 2 }, { as: lender });
  assert.deepEqual(await permissionsOf("salimata"), []);
  const third = await w.call(api.delegateRole, { ...loan, from: "2026-11-26", until: "2026-12-24" }, { as: lender });
  await w.call(api.endRole, { id: role.id, version: role.version, reason: "Mutation" }, { as: admin });
  assert.deepEqual([await permissionsOf("boureima"), await permissionsOf("salimata")], [[], []]);
  await assert.rejects(w.call(api.decideDelegation, { ...yes, id: third.id }, { as: second }), { code: "registry.wrong-state" });
});

test("two administrators asking at once give the role once", async () => {
  const twin = w.clerk(court, ["registry.assign-roles"], { account: "hamidou-2" });
  const ask = { account: "rushed", holder: "R", role: "counter-agent", from: "2026-11-25" };
  const both = await Promise.allSettled([w.call(api.requestRole, ask, { as: admin }), w.call(api.requestRole, ask, { as: twin })]);
  assert.deepEqual(both.map((b) => b.status).toSorted(), ["fulfilled", "rejected"]);
});

test("only the program appoints without a second person, once", async () => {
  const q = { account: "first", holder: "F", institution: court, role: "institution-administrator" };
  const id = await run((ctx) => appoint(ctx, q));
  assert.equal(await run((ctx) => appoint(ctx, q)), id);
  await assert.rejects(
    w.transaction((ctx) => appoint(ctx, q), { caller: admin }),
    /program itself/,
  );
  await assert.rejects(
    run((ctx) => appoint(ctx, { ...q, role: "civil-registrar" })),
    { code: "registry.role-unknown" },
  );
});

test("whoever has several roles acts in the one chosen for the session, as long as it is in force", async () => {
  w.clock.advance(1);
  const acting = (session: string) => run((ctx) => actingRole(ctx, { account: "first", session }));
  const head = await run((ctx) => appoint(ctx, { account: "first", holder: "Fa", institution: court, role: "head-clerk" }));
  const before = await acting("s1");
  assert.equal(before?.role, "institution-administrator", "the elder role unless said");
  const as = w.clerk(court, [], { account: "first", session: "s1" });
  await w.call(api.chooseRole, { assignment: head }, { as });
  assert.deepEqual([(await acting("s1"))?.role, (await acting("s2"))?.role], ["head-clerk", "institution-administrator"]);
  assert.ok((await acting("s1"))?.permissions.has("services.assign-cases"));
  await assert.rejects(w.call(api.chooseRole, { assignment: head }, { as: w.clerk(court, [], { account: "thief" }) }), {
    code: "registry.assignment-unknown",
  });
  const names = (await w.call(api.listColleagues, {}, { as })).colleagues;
  assert.ok(names.some((c) => c.account === "first" && c.role === "head-clerk"));
  assert.deepEqual((await w.call(api.listColleagues, {}, { as: elsewhere })).colleagues, []);
  assert.equal(await run((ctx) => officialName(ctx, "first")), "Fa");
  const { assignments } = await w.call(api.listAssignments, { account: "first" }, { as: admin });
  const held = assignments.find((a) => a.id === head);
  await w.call(api.endRole, { id: head, version: held?.version ?? 0, reason: "Fin" }, { as: admin });
  assert.equal((await acting("s1"))?.role, "institution-administrator");
  assert.equal(await run((ctx) => actingRole(ctx, { account: "never", session: "s1" })), undefined);
});

test("row-level security: another institution, and an account that is neither holder nor receiver, see no row", async () => {
  const seen = (caller: typeof admin | ReturnType<typeof w.citizen>) =>
    w.transaction(
      async (ctx) => [
        (await ctx.db.one<{ n: number }>(sql`select count(*)::int as n from registry.assignment`)).n,
        (await ctx.db.one<{ n: number }>(sql`select count(*)::int as n from registry.delegation`)).n,
      ],
      { caller },
    );
  assert.ok((await seen(admin)).every((n) => n > 0));
  assert.deepEqual(await seen(elsewhere), [0, 0]);
  assert.deepEqual(await seen(w.citizen({ account: "nosy" })), [0, 0]);
  const own = await seen(w.citizen({ account: "boureima" }));
  assert.ok(
    own.every((n) => n > 0),
    "one's own rows, wherever one acts",
  );
  await assert.rejects(
    w.transaction((ctx) => ctx.db.run(sql`update registry.assignment set institution = 'bf-tgi-leo' where account = 'boureima'`), {
      caller: admin,
    }),
    /row-level security/,
  );
  assert.equal(await w.transaction((ctx) => ctx.db.run(sql`update registry.assignment set role = 'operator'`), { caller: elsewhere }), 0);
});

test("the database itself refuses a decision by requester or holder, and a rewritten history", async () => {
  for (const by of ["hamidou", "rushed"])
    await assert.rejects(w.owner("update registry.assignment set decided_by = $1 where account = 'rushed'", [by]), /check constraint/);
  await assert.rejects(
    run((ctx) => ctx.db.run(sql`delete from registry.institution_history`)),
    /permission denied/,
  );
});
