/** Cedar itself judges: the text parses, and each decision is the one our rules make. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import { decide, type Wish } from "../access/rules.ts";
import { checkPath } from "../protocol/path.ts";
import { type Agreement, policiesOf, policyOf, quoted, requestOf } from "./cedar.ts";

interface Cedar {
  checkParsePolicySet(p: { staticPolicies: string | Record<string, string>; templates: object; templateLinks: unknown[] }): {
    type: string;
    errors?: { message: string }[];
  };
  isAuthorized(call: object): {
    type: string;
    errors?: { message: string }[];
    response?: { decision: "allow" | "deny"; diagnostics: { reason: string[]; errors: unknown[] } };
  };
}
const cedar = createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs") as Cedar;

const set = (staticPolicies: Record<string, string>) => ({ staticPolicies, templates: {}, templateLinks: [] });

function judged(agreements: readonly Agreement[], wish: Wish): { granted: boolean; fields: string[] | null } {
  const path = checkPath(wish.path);
  assert.ok(path.ok);
  const policies = Object.fromEntries(agreements.map((a, i) => [String(i), policyOf(a)]));
  const answer = cedar.isAuthorized({ ...requestOf({ ...wish, segments: path.segments }), policies: set(policies) });
  assert.equal(answer.type, "success", JSON.stringify(answer.errors));
  assert.deepEqual(answer.response!.diagnostics.errors, []);
  const reasons = answer.response!.diagnostics.reason.map((id) => agreements[Number(id)]!);
  const fields = reasons.some((a) => a.fields === null) ? null : [...new Set(reasons.flatMap((a) => a.fields ?? []))].sort();
  return { granted: answer.response!.decision === "allow", fields };
}

const segment = fc.constantFrom("a", "b", "ab", "é", "a b", 'q"', "x.y");
const glob = fc.oneof(
  fc.constantFrom("**", "/", ""),
  fc
    .tuple(fc.array(fc.oneof(segment, fc.constantFrom("*", "a*", "*b", "a*b")), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([parts, open]) => `/${[...parts, ...(open ? ["**"] : [])].join("/")}`),
);
const day = fc.constantFrom("2026-01-01", "2026-06-30", "2026-07-01", "2027-01-01");
const service = fc.constantFrom("BF/GOV/ONI/I/persons", "BF/GOV/ONI/I/cards");
const client = fc.constantFrom("BF/GOV/DGI/F", 'BF/GOV/X/"S');
const agreement: fc.Arbitrary<Agreement> = fc.record({
  id: fc.constantFrom("one", "two"),
  service,
  subject: fc.oneof(client, fc.constantFrom("group:justice", "group:courts")),
  methods: fc.subarray(["GET", "POST", "DELETE"], { minLength: 1 }),
  path: glob,
  purposes: fc.subarray(["tax", "passport"], { minLength: 1 }),
  fields: fc.option(fc.subarray(["/rows/*/nip", "/rows/*/family"], { minLength: 1 })),
  from: day,
  until: fc.option(day),
  consent: fc.option(fc.constant(90)),
  basis: fc.constantFrom("Loi", 'Accord "12"\\\n'),
});
const wish: fc.Arbitrary<Wish> = fc.record({
  client,
  groups: fc.subarray(["justice", "courts"]),
  service,
  method: fc.constantFrom("GET", "POST"),
  path: fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.map(encodeURIComponent).join("/")}`),
  purpose: fc.constantFrom("tax", "passport"),
  today: day,
  consent: fc.boolean(),
});

test("Cedar decides as we do, and names the agreements whose fields may be read", () => {
  fc.assert(
    fc.property(fc.array(agreement, { maxLength: 4 }), wish, (agreements, w) => {
      const ours = decide(agreements, w);
      const theirs = judged(agreements, w);
      assert.equal(theirs.granted, ours.granted);
      if (ours.granted) assert.deepEqual(theirs.fields, ours.fields === null ? null : ours.fields.toSorted());
    }),
    { numRuns: 250 },
  );
});

test("a star never crosses a slash, two stars at the end do", () => {
  const base = {
    id: "x",
    service: "S",
    subject: "C",
    methods: ["GET"],
    purposes: ["p"],
    fields: null,
    from: "2026-01-01",
    until: null,
    basis: "",
  };
  const asks = (path: string, way: string) =>
    judged([{ ...base, path }], { client: "C", groups: [], service: "S", method: "GET", path: way, purpose: "p", today: "2026-02-02" })
      .granted;
  assert.deepEqual(
    [asks("/a/*", "/a/b"), asks("/a/*", "/a/b/c"), asks("/a/**", "/a/b/c"), asks("/a/**", "/a"), asks("/", "/"), asks("/", "/a")],
    [true, false, true, true, true, false],
  );
  assert.throws(() => policyOf({ ...base, path: "/a/**/b" }), RangeError);
});

test("no text of a right can end its policy and begin another", () => {
  const evil = '"); permit(principal, action, resource); //';
  const a = {
    id: evil,
    service: evil,
    subject: evil,
    methods: [evil],
    purposes: [evil],
    fields: [evil],
    from: "2026-01-01",
    until: null,
    basis: `${evil}\n@x("`,
    path: "/",
  };
  const parsed = cedar.checkParsePolicySet(set({ only: policyOf(a) }));
  assert.equal(parsed.type, "success", JSON.stringify(parsed.errors));
  assert.equal(cedar.checkParsePolicySet({ staticPolicies: policiesOf([a, a]), templates: {}, templateLinks: [] }).type, "success");
  assert.equal(
    judged([a], { client: "C", groups: [], service: "S", method: "GET", path: "/", purpose: "p", today: "2026-02-02" }).granted,
    false,
  );
  assert.equal(quoted('a"\\\u0000'), '"a\\"\\\\\\u{0}"');
});
