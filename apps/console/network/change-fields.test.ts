import assert from "node:assert/strict";
import { test } from "node:test";
import { elementKinds } from "#network/api";
import { change } from "./words-change.ts";
import { changed, fieldsOf, typed } from "./change-fields.ts";

test("each field of each element can be typed, and has a name in both languages; so has each choice", () => {
  for (const kind of elementKinds)
    for (const f of fieldsOf(kind))
      for (const lang of ["fr", "en"] as const) {
        const w = change(lang) as unknown as Record<string, string>;
        assert.ok(w[`f-${f.name}`], `${kind}.${f.name} (${lang})`);
        for (const c of f.choices ?? []) assert.ok(w[`o-${c}`], `${kind}.${f.name} = ${c} (${lang})`);
      }
});

test("numbers as people type them, lists by commas, empty boxes are nothing", () => {
  const form = {
    "f-name": " Kaya ",
    "f-length": "12 500",
    "f-strands": "24",
    "f-ducts": "d1, d2;d3",
    "f-rate": "2,73",
    "f-a": "",
    "f-x": "no",
  };
  assert.deepEqual(typed("cable", form), {
    illustrative: false,
    name: "Kaya",
    length: 12_500,
    ducts: ["d1", "d2", "d3"],
    rate: 2.73,
    strands: 24,
  });
  assert.equal(typed("cable", { "f-length": "beaucoup" }).length, "beaucoup");
  assert.equal(typed("cable", { "f-length": "0x10" }).length, "0x10");
  assert.equal(typed("cable", { "f-length": ["1", "2"] }).length, undefined);
});

test("a change holds only what is other; an emptied field is taken away; a line that no form shows stays", () => {
  const before = { illustrative: true, name: "K", length: 100, ducts: ["d"], strands: 12, path: [[1, 2]], rate: 1 };
  assert.deepEqual(
    changed(
      "cable",
      before,
      typed("cable", { "f-name": "K", "f-length": "100", "f-ducts": "d", "f-strands": "24", "f-illustrative": "yes" }),
    ),
    {
      strands: 24,
      rate: null,
    },
  );
});
