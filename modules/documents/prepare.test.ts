import assert from "node:assert/strict";
import { test } from "node:test";
import { coverage } from "./fonts.ts";
import { prepare } from "./prepare.ts";
import { samples } from "./samples.ts";

test("arms stay as given, the code becomes a drawing, every other text is cleaned", () => {
  const { json, replaced } = prepare<"act">({ ...samples.act, title: "Extrait\u202E", lang: "<x>" }, coverage());
  const ready = JSON.parse(json);
  assert.equal(ready.letterhead.arms, samples.act.letterhead.arms);
  assert.match(ready.verification.code, /^<svg .*<path d="M/);
  assert.equal(ready.title, "Extrait");
  assert.equal(ready.lang, "fr");
  assert.deepEqual(replaced, ["\u202E"]);
});

test("a table with a short row is refused: it would move cells under the wrong heading", () => {
  const table = { columns: ["Date", "Peine"], rows: [["2021"]] };
  assert.throws(() => prepare<"act">({ ...samples.act, conclusion: { table } }, coverage()), /2 cells/);
  assert.throws(
    () => prepare<"certificate">({ ...samples.certificate, table: { ...table, rows: [], widths: [1] } }, coverage()),
    /2 cells/,
  );
});

test("data without measure are refused before any type is set", () => {
  assert.throws(() => prepare<"act">({ ...samples.act, opening: ["a ".repeat(125_000)] }, coverage()), /at most/);
});
