import assert from "node:assert/strict";
import { test } from "node:test";
import { labelsOf } from "./labels.ts";

const fields = ["family", "birth.date", "birth.place"].map((name) => ({ name, label: { fr: name, en: name } }));
const labels = (...pointers: string[]) => labelsOf(pointers, fields).map((label) => label.fr);

test("pointers become words, a branch all its words, the whole answer every word", () => {
  assert.deepEqual(labels("/rows/*/family"), ["family"]);
  assert.deepEqual(labels("/rows/*/birth"), ["birth.date", "birth.place"]);
  assert.deepEqual(labels(""), ["family", "birth.date", "birth.place"]);
  assert.deepEqual(labels(), []);
  assert.deepEqual(labels("/rows/*/phone", "/rows/*/birth/date/day"), []);
});
