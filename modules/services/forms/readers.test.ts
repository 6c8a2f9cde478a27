/** Each kind of field: what people really send, how it is stored, and what is not taken. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { LeafField } from "../catalogue/procedure.ts";
import { actNumber, caseNumber } from "../cases/number.ts";
import { readers, type FormWorld } from "./readers.ts";
import { fieldTypes } from "./types.ts";

const w = (text: string) => ({ fr: text, en: text });
const world: FormWorld = {
  today: "2026-11-21",
  phone: { prefix: "+226", pattern: "^[0-9]{8}$" },
  division: (id) => ({ kdg: "commune", nando: "region", bou: "province" })[id],
  institution: (id) => (id === "court" ? "court-first-instance" : undefined),
};
const options = ["a", "b", "c"].map((value) => ({ value, label: w(value) }));
const more: Partial<Record<string, Partial<LeafField>>> = {
  choice: { options },
  select: { options },
  choices: { options },
  "linked-select": { linkedTo: "region", linkedOptions: { north: [options[0] as (typeof options)[number]] } },
  institution: { kind: "court-first-instance" },
  "regular-expression": { pattern: "[A-Z]{2}\\d{3}" },
};

type Sample = [sent: unknown, stored: unknown];
const good: Record<keyof typeof readers, Sample[]> = {
  text: [
    ["  un   mot ", "un mot"],
    ["l'eau", "l’eau"],
    [12, "12"],
  ],
  multiline: [["a\r\nb\n\n\n\nc ", "a\nb\n\nc"]],
  name: [
    ["Wênd-Kûuni N'Do", "Wênd-Kûuni N’Do"],
    ["Aɩssata", "Aɩssata"],
  ],
  date: [
    ["29/2/2024", "2024-02-29"],
    ["2024-02-29", "2024-02-29"],
    [{ day: "1", month: "2", year: "2000" }, "2000-02-01"],
  ],
  "partial-date": [
    ["1990", "1990"],
    ["3/1990", "1990-03"],
    ["01.02.1990", "1990-02-01"],
  ],
  time: [
    ["7:05", "07:05"],
    ["14h30", "14:30"],
  ],
  instant: [["2026-11-21T10:00Z", "2026-11-21T10:00Z"]],
  year: [["1 999", 1999]],
  month: [["06/2026", "2026-06"]],
  number: [
    ["1\u202f234,5", 1234.5],
    [-2, -2],
  ],
  integer: [["-3", -3]],
  decimal: [["0,25", 0.25]],
  percentage: [["12,5", 12.5]],
  amount: [["28\u00a0700", 28700]],
  phone: [
    ["70 00 00 11", "+22670000011"],
    ["00226 70000011", "+22670000011"],
    ["+33 6 12 34 56 78", "+33612345678"],
  ],
  email: [["Awa.N@exemple.org", "Awa.N@exemple.org"]],
  "web-address": [["https://exemple.org/a", "https://exemple.org/a"]],
  "yes-no": [
    ["oui", true],
    ["No", false],
  ],
  checkbox: [
    ["on", true],
    [false, false],
  ],
  choice: [["a", "a"]],
  choices: [
    [
      ["c", "a"],
      ["a", "c"],
    ],
    ["b", ["b"]],
  ],
  select: [["b", "b"]],
  "linked-select": [["a", "a"]],
  country: [["BF", "BF"]],
  nationality: [["TG", "TG"]],
  language: [["mos", "mos"]],
  division: [["nando", "nando"]],
  region: [["nando", "nando"]],
  province: [["bou", "bou"]],
  commune: [["kdg", "kdg"]],
  institution: [["court", "court"]],
  address: [["Secteur 4\nRue 4.12", "Secteur 4\nRue 4.12"]],
  "postal-box": [["01 BP 12", "01 BP 12"]],
  coordinates: [["12.25, -2.36", { lat: 12.25, lon: -2.36 }]],
  "identity-number": [["b 1000 0037", "B10000037"]],
  "company-number": [["BF-OUA-2020-B-1", "BF-OUA-2020-B-1"]],
  "tax-number": [["00012345x", "00012345X"]],
  "vehicle-number": [["11 gg 1234", "11GG1234"]],
  "bank-account": [["GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"]],
  "case-number": [[caseNumber(2030, "00000001").replaceAll("-", " "), caseNumber(2030, "00000001")]],
  "act-number": [[actNumber("48310927551").replaceAll(" ", "."), actNumber("48310927551")]],
  sex: [["F", "F"]],
  duration: [
    ["18 mois", "P18M"],
    ["2 years", "P2Y"],
    ["p1y6m", "P1Y6M"],
  ],
  quantity: [["3", 3]],
  "regular-expression": [["AB123", "AB123"]],
  declaration: [["on", true]],
  oath: [[true, true]],
};
const bad: Record<keyof typeof readers, unknown[]> = {
  text: [{}, "x".repeat(201), "\u0007"],
  multiline: [[], "x".repeat(2001)],
  name: ["<b>", "R2D2", "-"],
  date: ["31/02/2020", "demain", "2020-13-01", { day: 1, month: 1 }],
  "partial-date": ["1500", "13/1990"],
  time: ["25:00", "7"],
  instant: ["2026-11-21", "hier"],
  year: ["99", "2999"],
  month: ["2026", "13/2026"],
  number: ["1e9", "douze"],
  integer: ["1,5", "0x10"],
  decimal: ["1.2.3", ""],
  percentage: ["101", "-1"],
  amount: ["-1", "10,5"],
  phone: ["123", "+1", "abc"],
  email: ["a@b", "a b@c.org", "a@b.org,c@d.org"],
  "web-address": ["javascript:alert(1)", "ftp://x", "https://u:p@x"],
  "yes-no": ["peut-être", 1],
  checkbox: ["maybe"],
  choice: ["d", ["a"]],
  choices: [
    ["a", "z"],
    ["a", "a", "a", "a"],
  ],
  select: [""],
  "linked-select": ["b"],
  country: ["XX", "bf"],
  nationality: ["Burkinabè"],
  language: ["français"],
  division: ["nowhere", 3],
  region: ["kdg"],
  province: ["nando"],
  commune: ["bou"],
  institution: ["ministry"],
  address: ["x".repeat(301)],
  "postal-box": [{}],
  coordinates: ["91,0", "12", { lat: 1, lon: 2, z: 3 }],
  "identity-number": ["!!", "x"],
  "company-number": ["a b!"],
  "tax-number": ["?"],
  "vehicle-number": ["'; drop table"],
  "bank-account": ["GB82WEST12345698765433", "123"],
  "case-number": ["2026-0000-0000-0"],
  "act-number": ["0000 0000 0001"],
  sex: ["X"],
  duration: ["longtemps", "P"],
  quantity: ["-1"],
  "regular-expression": ["AB12", "xAB123x"],
  declaration: ["no", false],
  oath: ["", null],
};

const silent = new Set(["title", "explanation", "computed", "group"]);
for (const type of fieldTypes) {
  if (silent.has(type)) continue;
  const kind = type as keyof typeof readers;
  it(`${type}`, () => {
    const field = { id: "x", type, label: w("x"), ...more[type] } as LeafField;
    for (const [sent, stored] of good[kind]) {
      const read = readers[kind](sent, field, world, { region: "north" });
      assert.deepEqual(read, { value: stored }, `${type} of ${JSON.stringify(sent)}`);
      // what is stored is read back unchanged
      assert.deepEqual(readers[kind](stored, field, world, { region: "north" }), { value: stored }, `${type} again`);
    }
    for (const sent of bad[kind])
      assert.ok("problem" in readers[kind](sent, field, world, { region: "north" }), `${type} takes ${JSON.stringify(sent)}`);
  });
}
