import assert from "node:assert/strict";
import { test } from "node:test";
import { answersFrom } from "./cases/fields.ts";
import { workingTime } from "./cases/parts.ts";
import { safeReturn } from "./shell.ts";

test("only our own addresses are a way back", () => {
  for (const good of ["/dossiers/2026-1234-5678-9", "/demarches?q=casier&lang=fr", "/connexion/partage?interaction=abcdefghijklmnop"])
    assert.equal(safeReturn(good), good);
  for (const bad of [
    undefined,
    "",
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/a\\b",
    "/a b",
    "/a\nb",
    "/\tevil",
    "javascript:alert(1)",
    "/connexion",
    "/connexion/code",
    "/connexion/partage?interaction=short",
    "/connexion/partage?interaction=abcdefghijklmnop&x=//evil",
    "/deconnexion",
    `/${"a".repeat(600)}`,
  ])
    assert.equal(safeReturn(bad), "/dossiers", String(bad));
});

test("flat fields become answers", () => {
  assert.deepEqual(
    answersFrom({
      number: "2026",
      section: "s",
      version: "3",
      purpose: "job",
      "birth.day": "1",
      "birth.month": "3",
      "birth.year": "1990",
      "empty.day": "",
      "empty.month": "",
      "empty.year": "",
      "car.year": "2004",
      "others[0].name": "Awa",
      "others[0].since.day": "2",
      "others[0].since.month": "2",
      "others[0].since.year": "2020",
      _boxes: ["truth", "news"],
      truth: "yes",
      _lists: "languages",
      _later: "oui",
    }),
    {
      purpose: "job",
      birth: { day: "1", month: "3", year: "1990" },
      empty: "",
      "car.year": "2004",
      "others[0].name": "Awa",
      "others[0].since": { day: "2", month: "2", year: "2020" },
      truth: "yes",
      news: "no",
      languages: [],
    },
  );
  assert.deepEqual(answersFrom({ _lists: ["a", "b"], a: "x", b: ["x", "y"] }), { a: ["x"], b: ["x", "y"] });
  assert.deepEqual(answersFrom({ photo: { name: "a.png", type: "image/png", bytes: new Uint8Array() } }), {}, "files travel apart");
});

test("working time as people count it", () => {
  assert.equal(workingTime(45), "45\u202fmin");
  assert.equal(workingTime(1880), "31\u202fh\u202f20");
  assert.equal(workingTime(2880), "48\u202fh");
});
