import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { delegationRefusal, effective, isSensitive, mayDecide, rightsOf, type Assignment, type Delegation } from "./rules.ts";

const today = "2026-11-23";
const a = (o: Partial<Assignment> = {}): Assignment => ({
  id: "a1",
  account: "boureima",
  institution: "court",
  role: "clerk",
  from: "2026-01-01",
  until: null,
  state: "approved",
  requestedBy: "hamidou",
  ...o,
});
const d = (o: Partial<Delegation> = {}): Delegation => ({
  id: "d1",
  assignment: "a1",
  account: "salimata",
  from: "2026-11-20",
  until: "2026-11-30",
  state: "approved",
  requestedBy: "boureima",
  ...o,
});
const permissions = (role: string) => (role === "clerk" ? ["x.handle", "x.decide"] : []);

test("an assignment is effective only approved, on its days, and not lent", () => {
  assert.equal(effective(a(), [], today), true);
  for (const state of ["requested", "refused", "ended"] as const) assert.equal(effective(a({ state }), [], today), false, state);
  assert.equal(effective(a({ from: "2026-11-24" }), [], today), false, "not yet");
  assert.equal(effective(a({ until: "2026-11-22" }), [], today), false, "no longer");
  assert.equal(effective(a({ from: today, until: today }), [], today), true, "its only day");
  assert.equal(effective(a(), [d()], today), false, "lent");
  assert.equal(effective(a(), [d({ state: "requested" })], today), true, "a loan nobody approved lends nothing");
  assert.equal(effective(a(), [d({ until: "2026-11-22" })], today), true, "the loan is over");
  assert.equal(effective(a(), [d({ assignment: "other" })], today), true);
});

test("who borrows acts in the lender's stead, with at most what was lent, and never longer than the role", () => {
  const borrowed = (delegation: Delegation, assignment = a()) => rightsOf("salimata", [assignment], [delegation], permissions, today);
  assert.deepEqual(borrowed(d())[0]?.permissions, ["x.handle", "x.decide"]);
  assert.deepEqual(borrowed(d({ permissions: ["x.handle", "x.other"] }))[0]?.permissions, ["x.handle"]);
  assert.deepEqual(borrowed(d(), a({ state: "ended" })), [], "a loan dies with its role");
  assert.deepEqual(borrowed(d(), a({ until: "2026-11-22" })), []);
  assert.equal(borrowed(d(), a({ until: "2026-11-25" }))[0]?.until, "2026-11-25");
  assert.equal(borrowed(d())[0]?.until, "2026-11-30");
  assert.deepEqual(rightsOf("boureima", [a()], [d()], permissions, today), [], "meanwhile the lender holds nothing");
  assert.deepEqual(
    rightsOf("boureima", [a({ role: "unknown" })], [], permissions, today),
    [],
    "a role the country no longer has gives nothing",
  );
});

test("neither the requester nor the holder decides", () => {
  const request = { requestedBy: "hamidou", account: "boureima" };
  assert.equal(mayDecide(request, "hamidou"), false);
  assert.equal(mayDecide(request, "boureima"), false);
  assert.equal(mayDecide(request, "edwige"), true);
});

test("why a loan is refused", () => {
  const wanted = { by: "boureima", to: "salimata", from: today, until: "2026-11-30" };
  const why = (o: Partial<typeof wanted> & { permissions?: string[] }, assignment = a(), others: Delegation[] = []) =>
    delegationRefusal(assignment, { ...wanted, ...o }, others, permissions("clerk"), today);
  assert.equal(why({}), undefined);
  assert.equal(why({ by: "hamidou" }), "not-holder");
  assert.equal(why({ by: "salimata" }, a(), [d()]), "not-holder", "who borrowed cannot lend on");
  assert.equal(why({ to: "boureima" }), "self");
  assert.equal(why({}, a({ state: "requested" })), "not-in-force");
  assert.equal(why({}, a({ until: "2026-11-29" })), "outlives");
  assert.equal(why({}, a({ from: "2026-11-24" })), "starts-before");
  assert.equal(why({ until: "2026-11-22", from: "2026-11-01" }), "past");
  assert.equal(why({ from: "2026-12-02", until: "2026-12-01" }), "past");
  assert.equal(why({ permissions: ["x.handle", "x.rule"] }), "exceeds");
  assert.equal(why({}, a(), [d()]), "overlaps");
  assert.equal(why({}, a(), [d({ state: "requested" })]), "overlaps");
  assert.equal(why({}, a(), [d({ state: "ended" })]), undefined);
});

const day = fc.integer({ min: 0, max: 60 }).map((n) => new Date(Date.UTC(2026, 10, 1 + n)).toISOString().slice(0, 10));
const state = fc.constantFrom("requested", "approved", "refused", "ended") as fc.Arbitrary<Assignment["state"]>;
const someone = fc.constantFrom("p", "q", "r");

test("on any day one role in force is held by exactly one account", () => {
  const assignment = fc.record({ account: someone, from: day, until: fc.option(day), state }).map((o) => a({ ...o, id: "a1" }));
  const loan = fc
    .record({ account: someone, from: day, until: day, state })
    .map((o) => d(o))
    .filter((l) => l.from <= l.until);
  fc.assert(
    fc.property(assignment, fc.option(loan), day, (one, l, on) => {
      const loans = l && l.account !== one.account ? [l] : [];
      const holders = ["p", "q", "r"].filter((who) => rightsOf(who, [one], loans, permissions, on).length > 0);
      const inForce = one.state === "approved" && one.from <= on && (!one.until || on <= one.until);
      assert.equal(holders.length, inForce ? 1 : 0);
    }),
  );
});

test("a role is sensitive when the country says so or one of its permissions is", () => {
  const marked = new Set(["x.decide"]);
  assert.equal(isSensitive({ sensitive: false, permissions: ["x.handle"] }, marked), false);
  assert.equal(isSensitive({ sensitive: true, permissions: ["x.handle"] }, marked), true);
  assert.equal(isSensitive({ sensitive: false, permissions: ["x.decide"] }, marked), true);
});
