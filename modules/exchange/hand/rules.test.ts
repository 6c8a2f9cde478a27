import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FieldSpec } from "../pack.ts";
import { answerBody, declineBody, dueDay, fieldsAsked, rowOf } from "./rules.ts";

const words = (fr: string) => ({ fr, en: fr });
const fields: FieldSpec[] = [
  { name: "number", label: words("Numéro"), required: true },
  { name: "family", label: words("Nom"), required: true },
  { name: "birth.date", label: words("Date"), type: "date", required: true },
  { name: "birth.place", label: words("Lieu") },
  {
    name: "sex",
    label: words("Sexe"),
    type: "choice",
    options: [
      { value: "F", label: words("F") },
      { value: "M", label: words("M") },
    ],
  },
];

test("working days skip weekends and holidays", () => {
  const calendar = { days: [1, 2, 3, 4, 5], holidaysOf: () => new Set(["2026-12-11", "2026-12-25"]) };
  assert.equal(dueDay("2026-11-23", 1, calendar), "2026-11-24");
  assert.equal(dueDay("2026-11-27", 1, calendar), "2026-11-30");
  assert.equal(dueDay("2026-12-10", 1, calendar), "2026-12-14");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 1, max: 40 }), (shift, n) => {
      const from = new Date(Date.UTC(2026, 0, 1 + shift)).toISOString().slice(0, 10);
      const due = dueDay(from, n, calendar);
      assert.ok(due > from && dueDay(from, n + 1, calendar) > due);
      assert.ok(![0, 6].includes(new Date(due).getUTCDay()));
    }),
  );
});

test("only the fields the agreement covers are typed", () => {
  assert.deepEqual(fieldsAsked(fields, null).length, fields.length);
  assert.deepEqual(
    fieldsAsked(fields, ["/rows/*/number", "/rows/*/birth"]).map((f) => f.name),
    ["number", "birth.date", "birth.place"],
  );
  assert.deepEqual(
    fieldsAsked(fields, ["/rows/*/birth/date"]).map((f) => f.name),
    ["birth.date"],
  );
  assert.deepEqual(fieldsAsked(fields, []), []);
});

test("typed values become a row in the register’s own shape", () => {
  const made = rowOf(fields, { number: " 123 ", family: "Zongo", "birth.date": "1991-03-02", sex: "F" });
  assert.deepEqual(made, { row: { number: "123", family: "Zongo", birth: { date: "1991-03-02" }, sex: "F" } });
});

test("every fault is told at once", () => {
  const made = rowOf(fields, { family: "Zongo", "birth.date": "1991-02-30", sex: "X", nickname: "Z" });
  assert.ok("faults" in made);
  assert.deepEqual(made.faults.map((f) => `${f.name} ${f.fault}`).sort(), [
    "birth.date type",
    "nickname unknown",
    "number missing",
    "sex type",
  ]);
  assert.ok("faults" in rowOf(fields, { number: "a\u0000b", family: "x", "birth.date": "1991-03-02" }));
  assert.ok("faults" in rowOf(fields, JSON.parse('{"__proto__":"x"}') as Record<string, string>));
});

test("what is not covered never reaches the answer, and declining says why", () => {
  assert.deepEqual(answerBody({ family: "Z", secret: 1 }, ["/rows/*/family"]), { status: 200, body: { rows: [{ family: "Z" }] } });
  assert.deepEqual(declineBody("not-found", "x"), { status: 200, body: { rows: [] } });
  assert.deepEqual(declineBody("unreadable", "x"), { status: 422, body: { declined: "unreadable", note: "x" } });
});
