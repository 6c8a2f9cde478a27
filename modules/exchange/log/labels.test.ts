import assert from "node:assert/strict";
import { test } from "node:test";
import { labelsOf } from "./labels.ts";

const fields = ["family", "birth.date", "birth.place", "documents"].map((name) => ({ name, label: { fr: name, en: name } }));
const labels = (...pointers: string[]) => labelsOf(pointers, fields).map((label) => label.fr);

test("pointers become words; a field covers all that lies under its name", () => {
  assert.deepEqual(labels("/rows/*/family"), ["family"]);
  assert.deepEqual(labels("/rows/*/birth/date"), ["birth.date"]);
  assert.deepEqual(labels("/rows/*/documents/*/kind", "/rows/*/documents/*/number"), ["documents"]);
  assert.deepEqual(labels(), []);
  assert.deepEqual(labels("/rows/*/phone", "/total", "/rows"), []);
  assert.deepEqual(labels(""), ["family", "birth.date", "birth.place", "documents"], "the whole answer");
  const elsewhere = [{ name: "owner.nip", pointer: "/items/*/owner/nip", label: { fr: "nip", en: "nip" } }];
  assert.equal(labelsOf(["/items/*/owner/nip"], elsewhere).length, 1);
  assert.equal(labelsOf(["/rows/*/owner/nip"], elsewhere).length, 0);
});
