import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Section } from "../catalogue/procedure.ts";
import { holds, wholeYears, type Condition } from "./expression.ts";
import { folded, isDay } from "./plain.ts";
import type { FormWorld } from "./readers.ts";
import { fieldTypes } from "./types.ts";
import { check, nested } from "./validate.ts";

const w = (text: string) => ({ fr: text, en: text });
const world: FormWorld = {
  today: "2026-11-21",
  phone: { prefix: "+226", pattern: "^[0-9]{8}$" },
  division: (id) => ({ "bf-com-koudougou": "commune", "bf-region-nando": "region" })[id],
  institution: (id) => (id === "court" ? "court-first-instance" : undefined),
};
const options = [
  { value: "work", label: w("Travail") },
  { value: "other", label: w("Autre") },
];
const sections: Section[] = [
  {
    id: "all",
    title: w("Tout"),
    fields: [
      { id: "family", type: "name", label: w("Nom"), evidence: "identity" },
      { id: "purpose", type: "choice", label: w("Motif"), options },
      { id: "details", type: "multiline", label: w("Précisez"), when: { field: "purpose", equals: "other" }, maxLength: 40 },
      { id: "born", type: "date", label: w("Né le"), required: false, max: "today" },
      { id: "phone", type: "phone", label: w("Téléphone"), required: false },
      { id: "amount", type: "amount", label: w("Montant"), required: false },
      { id: "place", type: "commune", label: w("Lieu"), required: false },
      {
        id: "others",
        type: "group",
        label: w("Autres noms"),
        required: false,
        maxItems: 3,
        fields: [
          { id: "name", type: "name", label: w("Nom") },
          { id: "since", type: "year", label: w("Depuis"), required: false },
        ],
      },
      { id: "count", type: "computed", label: w("Nombre"), compute: { count: "others" } },
      { id: "true", type: "declaration", label: w("Je déclare") },
    ],
  },
];
const form = { sections, known: { family: "Nikiéma" } };
const good = { purpose: "work", true: "on" };
const submit = (raw: Record<string, unknown>, before = {}) => check(form, raw, before, world, "submit");

describe("form validator", () => {
  it("keeps what is right, in one form, whatever the channel sends", () => {
    const flat = submit({
      ...good,
      phone: "70 00 00 11",
      amount: "1 500",
      born: "3/2/1990",
      "others[0].name": "  N'Do  ",
      "others[0].since": "2001",
    });
    assert.deepEqual(flat.problems, []);
    assert.deepEqual(flat.values, {
      family: "Nikiéma",
      purpose: "work",
      born: "1990-02-03",
      phone: "+22670000011",
      amount: 1500,
      others: [{ name: "N’Do", since: 2001 }],
      count: 1,
      true: true,
    });
    const json = submit({
      ...good,
      true: true,
      phone: "+22670000011",
      amount: 1500,
      born: "1990-02-03",
      others: [{ name: "N’Do", since: 2001 }],
    });
    assert.deepEqual(json, flat);
  });
  it("says what is missing, only for what applies", () => {
    assert.deepEqual(
      submit({}).problems.map((p) => p.path),
      ["purpose", "true"],
    );
    assert.deepEqual(
      submit({ ...good, purpose: "other" }).problems.map((p) => p.path),
      ["details"],
    );
    // an answer to a question that no longer applies is dropped, not an error
    assert.equal(submit({ ...good, details: "x" }).values.details, undefined);
  });
  it("refuses unknown fields, locked fields and declarations not made", () => {
    assert.deepEqual(
      submit({ ...good, admin: true }).problems.map((p) => p.path),
      ["admin"],
    );
    assert.deepEqual(
      submit({ ...good, family: "Autre" }).problems.map((p) => p.path),
      ["family"],
    );
    assert.deepEqual(
      submit({ ...good, true: "no" }).problems.map((p) => p.path),
      ["true"],
    );
    assert.deepEqual(
      submit({ ...good, "others[0].role": "x", "others[0].name": "A" }).problems.map((p) => p.path),
      ["others[0].role"],
    );
    const polluted = submit(
      JSON.parse('{"purpose":"work","true":true,"__proto__":{"admin":true},"constructor":1}') as Record<string, unknown>,
    );
    assert.deepEqual(polluted.problems.map((p) => p.path).sort(), ["__proto__", "constructor"]);
    assert.equal(({} as Record<string, unknown>).admin, undefined);
  });
  it("refuses hostile text with one clear sentence", () => {
    const wrong = (value: unknown, path = "details") =>
      submit({ ...good, purpose: "other", details: "ok", [path]: value }).problems.map((p) => p.path);
    assert.deepEqual(wrong("x".repeat(10_000)), ["details"]);
    assert.deepEqual(wrong("a\u0000b"), ["details"]);
    assert.deepEqual(wrong("a\u202eb"), ["details"]);
    assert.deepEqual(wrong(`e${"\u0301\u0302\u0303\u0304\u0305\u0306"}`), ["details"]);
    assert.deepEqual(wrong("\ud800x"), ["details"]);
    assert.deepEqual(wrong({ toString: "x" }), ["details"]);
    assert.deepEqual(wrong("<script>alert(1)</script>", "others[0].name"), ["others[0].name"]);
    assert.deepEqual(wrong("2027-01-01", "born"), ["born"]);
    assert.deepEqual(wrong("30/02/2020", "born"), ["born"]);
    assert.deepEqual(wrong("1,5", "amount"), ["amount"]);
    assert.deepEqual(wrong("bf-region-nando", "place"), ["place"]);
    assert.deepEqual(wrong([{ name: "A" }, { name: "B" }, { name: "C" }, { name: "D" }], "others"), ["others"]);
  });
  it("a draft demands nothing and loses nothing that is right", () => {
    const first = check(form, { phone: "70000011", born: "demain" }, {}, world, "draft");
    assert.deepEqual(
      first.problems.map((p) => p.path),
      ["born"],
    );
    assert.deepEqual(first.values, { family: "Nikiéma", phone: "+22670000011", count: 0 });
    const second = check(form, { purpose: "work" }, first.values, world, "draft");
    assert.equal(second.values.phone, "+22670000011");
    assert.equal(check(form, { phone: "" }, second.values, world, "draft").values.phone, undefined);
  });
  it("a correction changes only what was sent back", () => {
    const before = submit(good).values;
    const corrected = check({ ...form, only: new Set(["purpose"]) }, { purpose: "other", phone: "70000011" }, before, world, "draft");
    assert.deepEqual(
      corrected.problems.map((p) => p.path),
      ["phone"],
    );
    assert.equal(corrected.values.purpose, "other");
    assert.equal(corrected.values.true, true);
  });
  it("never throws, and what it stores it accepts again unchanged", () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("work", "other", "on", "70000011", "01/01/2000"),
    );
    const key = fc.oneof(
      fc.constantFrom(
        "purpose",
        "details",
        "born",
        "phone",
        "amount",
        "place",
        "others",
        "true",
        "others[0].name",
        "others[2].since",
        "others[9999].name",
        "count",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 8 }), fc.constantFrom<"draft" | "submit">("draft", "submit"), (raw, mode) => {
        const first = check(form, raw, {}, world, mode);
        const { family: _family, count: _count, ...kept } = first.values;
        const again = check(form, kept, {}, world, "draft");
        assert.deepEqual(again.problems, []);
        assert.deepEqual(again.values, first.values);
      }),
      { numRuns: 1000 },
    );
  });
  it("knows at least 45 kinds of field", () => {
    assert.ok(new Set(fieldTypes).size >= 45, String(fieldTypes.length));
  });
});

describe("conditions and small readers", () => {
  it("a test on what was not answered is false, and its opposite true", () => {
    const leaf: Condition = { field: "a", equals: 1 };
    assert.equal(holds(leaf, {}), false);
    assert.equal(holds({ not: leaf }, {}), true);
    assert.equal(
      holds(
        {
          all: [
            { field: "a", atLeast: 1 },
            {
              any: [
                { field: "b", in: ["x"] },
                { field: "c", includes: "y" },
              ],
            },
          ],
        },
        { a: 2, c: ["y"] },
      ),
      true,
    );
    assert.equal(holds({ field: "birth.date", below: "2000-01-01" }, { birth: { date: "1999-12-31" } }), true);
    assert.equal(holds({ field: "constructor", present: true }, {}), false);
  });
  it("knows which days exist", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1850, max: 2199 }), fc.nat(13), fc.nat(32), (y, m, d) => {
        const text = `${y}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`;
        const date = new Date(`${text}T00:00:00Z`);
        assert.equal(isDay(text), !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text));
      }),
    );
  });
  it("counts ages and folds names", () => {
    assert.equal(wholeYears("2000-02-29", "2026-02-28"), 25);
    assert.equal(wholeYears("2000-02-29", "2026-03-01"), 26);
    assert.equal(folded("  N’Do-Éloïse  Ɩɩdrissa "), "n do eloise iidrissa");
    assert.deepEqual(
      nested({ "a[1].x": 1, "a[0].x": 0 }).values.a,
      [{ x: 0 }, { x: 1 }].map((o) => Object.assign(Object.create(null), o)),
    );
  });
});
