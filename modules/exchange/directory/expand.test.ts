import assert from "node:assert/strict";
import { test } from "node:test";
import { expand, type Pack, type Party } from "./expand.ts";

const words = (fr: string) => ({ fr, en: fr });
const party = (id: string, kind: string): Party => ({ id, kind, class: "GOV", code: id.toUpperCase(), name: words(id) });
const parties = [party("office", "office"), party("town-a", "town"), party("town-b", "town"), party("court", "court")];
const births = { subsystem: "REG", code: "births", title: words("Naissances"), query: [], fields: [] };
const pack: Pack = {
  instance: "ZZ",
  members: [
    { of: { kind: "town" }, subsystems: [{ code: "REG", name: words("Registre"), groups: ["towns"] }] },
    { of: { institution: "court" }, subsystems: [{ code: "CASES", name: words("Affaires") }] },
  ],
  services: [
    { ...births, of: { kind: "town" }, kind: "person", answersInDays: 3 },
    { ...births, of: { institutions: ["town-b"] }, kind: "http", url: "sandbox:/registers/{institution}/births" },
  ],
  rights: [
    {
      id: "a",
      service: { of: { kind: "town" }, code: "births" },
      to: { of: { institution: "court" }, subsystem: "CASES" },
      purposes: ["p"],
      fields: ["family", "birth.date"],
      basis: words("accord"),
      from: "2026-01-01",
    },
    {
      id: "own",
      service: { of: { kind: "town" }, code: "births" },
      to: { own: true, subsystem: "REG" },
      purposes: ["p"],
      basis: words("x"),
      from: "2026-01-01",
    },
  ],
  purposes: [{ code: "p", label: words("Motif") }],
};

test("a family is written once and expanded; a later line refines an earlier one", () => {
  const d = expand(pack, parties);
  assert.deepEqual(
    d.members.map((m) => m.id),
    ["ZZ/GOV/TOWN-A", "ZZ/GOV/TOWN-B", "ZZ/GOV/COURT"],
  );
  assert.deepEqual(
    d.services.map((s) => [s.id, s.kind, s.base_url, s.answers_in_days]),
    [
      ["ZZ/GOV/TOWN-A/REG/births", "person", null, 3],
      ["ZZ/GOV/TOWN-B/REG/births", "http", "sandbox:/registers/town-b/births", null],
    ],
  );
});

test("rights name clients, fields become pointers, and an own right stays at home", () => {
  const d = expand(pack, parties);
  assert.deepEqual(
    d.rights.map((r) => `${r.id} ${r.service} ${r.subject} ${r.fields?.join(",") ?? "all"}`),
    [
      "a ZZ/GOV/TOWN-A/REG/births ZZ/GOV/COURT/CASES /rows/*/family,/rows/*/birth/date",
      "a ZZ/GOV/TOWN-B/REG/births ZZ/GOV/COURT/CASES /rows/*/family,/rows/*/birth/date",
      "own ZZ/GOV/TOWN-A/REG/births ZZ/GOV/TOWN-A/REG all",
      "own ZZ/GOV/TOWN-B/REG/births ZZ/GOV/TOWN-B/REG all",
    ],
  );
});

test("a pack that names what is not there stops the start", () => {
  const wrong = (change: Partial<Pack>) => () => expand({ ...pack, ...change }, parties);
  assert.throws(wrong({ members: [{ of: { institution: "nowhere" }, subsystems: [] }] }), /no institution nowhere/);
  assert.throws(wrong({ members: [{ of: { kind: "palace" }, subsystems: [] }] }), /no institution of kind palace/);
  assert.throws(wrong({ services: [{ ...births, of: { institution: "court" }, kind: "person", answersInDays: 1 }] }), /no subsystem REG/);
  assert.throws(wrong({ services: [{ ...births, of: { kind: "town" }, kind: "http" }] }), /has no url/);
  assert.throws(wrong({ purposes: [] }), /unknown purpose p/);
  const [right] = pack.rights;
  assert.throws(wrong({ rights: [{ ...right!, to: { group: "nobody" } }] }), /nobody is in group/);
  assert.throws(wrong({ rights: [{ ...right!, to: {} }] }), /to whom/);
  assert.throws(wrong({ rights: [{ ...right!, service: { of: { institution: "court" }, code: "births" } }] }), /offers no births/);
});
