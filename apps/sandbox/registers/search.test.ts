import assert from "node:assert/strict";
import { test } from "node:test";
import { fold, search, type Register } from "./search.ts";

const register: Register = {
  register: "persons",
  owner: "zz-office",
  keys: ["nip", "phone", "family", "birth.date"],
  rows: [
    {
      nip: "1",
      family: "Ouédraogo",
      phone: ["+22670000001", "+22670000002"],
      birth: { date: "1990-01-01" },
    },
    { nip: "2", family: "OUEDRAOGO", phone: [], birth: { date: "1991-01-01" }, _fault: "late" },
  ],
};
const find = (q: Record<string, string>) => search(register, new Map(Object.entries(q)));

test("case, accents and hyphens do not count; every condition does", () => {
  const both = find({ family: "ouedraogo" });
  assert.ok(both.ok && both.rows.length === 2);
  const one = find({ family: "Ouédraogo", "birth.date": "1990-01-01" });
  assert.ok(one.ok && one.rows.length === 1 && one.rows[0]?.["nip"] === "1");
  assert.equal(fold(" Marie-Thérèse  O’Brien "), "marie therese o brien");
});

test("one of several numbers is enough", () => {
  const found = find({ phone: "+22670000002" });
  assert.ok(found.ok && found.rows[0]?.["nip"] === "1");
});

test("no register is given whole", () => {
  assert.deepEqual(find({}), { ok: false, why: "no-key" });
  assert.deepEqual(find({ family: " - " }), { ok: false, why: "no-key" });
  assert.deepEqual(find({ sex: "F" }), { ok: false, why: "unknown-key", key: "sex" });
});

test("what steers the simulation is told apart from the data", () => {
  const found = find({ nip: "2" });
  assert.ok(found.ok);
  assert.equal(found.fault, "late");
  assert.ok(!("_fault" in found.rows[0]!));
});
