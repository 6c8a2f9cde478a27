import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { keepFields } from "../access/fields.ts";
import type { Right } from "../access/rules.ts";
import { faultOf, type Known, narrowed, numberHash, obligationOf, sameHash, stateAt } from "./rules.ts";

const pointer = fc.constantFrom("/rows/*/nip", "/rows/*/birth", "/rows/*/birth/date", "/rows/*/birth/place", "/rows", "/rows/*/family", "");
const fields = fc.option(fc.subarray(["/rows/*/nip", "/rows/*/birth", "/rows/*/birth/date", "/rows/*/family", "/rows"], { minLength: 1 }));

test("what leaves is what the right gives and she agreed to, never more than either", () => {
  const value = { rows: [{ nip: 1, family: "Z", birth: { date: "d", place: "p" } }], more: "x" };
  const kept = (f: string[] | null) => JSON.stringify(f === null ? value : keepFields(value, f));
  const within = (inner: unknown, outer: unknown): boolean => {
    if (Array.isArray(inner)) return Array.isArray(outer) && inner.every((one, i) => within(one, outer[i]));
    if (typeof inner === "object" && inner !== null)
      return (
        typeof outer === "object" &&
        outer !== null &&
        Object.entries(inner).every(([k, v]) => k in outer && within(v, (outer as Record<string, unknown>)[k]))
      );
    return inner === outer;
  };
  fc.assert(
    fc.property(fields, fields, (right, given) => {
      const both = narrowed(right, given);
      const left = JSON.parse(kept(both)) as unknown;
      assert.ok(within(left, JSON.parse(kept(right))), JSON.stringify({ right, given, both }));
      assert.ok(within(left, JSON.parse(kept(given))), JSON.stringify({ right, given, both }));
    }),
  );
  assert.deepEqual(narrowed(["/rows/*/birth"], ["/rows/*/birth/date"]), ["/rows/*/birth/date"]);
  assert.deepEqual(narrowed(["/rows/*/nip"], ["/rows/*/family"]), []);
  assert.equal(narrowed(null, null), null);
  fc.assert(fc.property(pointer, (one) => assert.deepEqual(narrowed([one], [one]), [one])));
});

const day = 86_400_000;
const given = new Date("2026-05-01T10:00:00Z");
const at = (ms: number) => new Date(given.getTime() + ms);
const known: Known = {
  id: "1",
  client: "C",
  service: "S",
  purpose: "p",
  fields: null,
  givenAt: given,
  until: at(90 * day),
  withdrawnAt: null,
};
const q = { client: "C", service: "S", purpose: "p", now: at(day) };

test("each difference alone is enough; a day is a day, a neighbour's clock may differ by minutes", () => {
  assert.equal(faultOf(known, q), undefined);
  for (const change of [{ client: "D" }, { service: "T" }, { purpose: "x" }]) assert.equal(faultOf(known, { ...q, ...change }), "unfit");
  assert.equal(faultOf({ ...known, withdrawnAt: at(1) }, q), "withdrawn");
  assert.equal(faultOf(known, { ...q, now: at(90 * day - 1) }), undefined);
  assert.equal(faultOf(known, { ...q, now: at(90 * day) }), "expired");
  assert.equal(faultOf(known, { ...q, now: at(-9 * 60_000) }), undefined);
  assert.equal(faultOf(known, { ...q, now: at(-11 * 60_000) }), "unfit");
  assert.equal(stateAt({ state: "asked", until: null, lapsesAt: at(0) }, at(0)), "lapsed");
  assert.equal(stateAt({ state: "given", until: at(5), lapsesAt: at(0) }, at(4)), "given");
  assert.equal(stateAt({ state: "withdrawn", until: at(5), lapsesAt: at(0) }, at(9)), "withdrawn");
});

test("a number is compared without being told", () => {
  const salt = Buffer.alloc(16, 7);
  assert.ok(sameHash(numberHash(salt, " 99199 "), numberHash(salt, "99199")));
  assert.ok(!sameHash(numberHash(salt, "99199"), numberHash(salt, "99198")));
  assert.ok(!sameHash(numberHash(Buffer.alloc(16, 8), "99199"), numberHash(salt, "99199")));
});

test("what may be read without a consent asks for none; of several rights the shortest counts", () => {
  const right: Right = {
    id: "r1",
    service: "S",
    subject: "C",
    methods: ["GET"],
    path: "/",
    purposes: ["p"],
    fields: ["/rows/*/nip"],
    from: "2026-01-01",
    until: null,
    consent: 90,
  };
  const wish = { client: "C", groups: [], service: "S", purpose: "p", today: "2026-06-01" };
  assert.deepEqual(obligationOf([right], wish), { rights: ["r1"], fields: ["/rows/*/nip"], days: 90 });
  const second = { ...right, id: "r2", consent: 30, fields: ["/rows/*/family"] };
  assert.deepEqual(obligationOf([right, second], wish), { rights: ["r1", "r2"], fields: ["/rows/*/nip", "/rows/*/family"], days: 30 });
  assert.equal(obligationOf([right, { ...second, consent: null }], wish), undefined);
  for (const change of [{ client: "D" }, { purpose: "x" }, { today: "2025-01-01" }, { service: "T" }])
    assert.equal(obligationOf([right], { ...wish, ...change }), undefined);
});
