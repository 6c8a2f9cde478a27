import assert from "node:assert/strict";
import { test } from "node:test";
import { safeNext } from "./page.ts";

test("after signing in one goes to a page of the desk or the console, nowhere else", () => {
  assert.equal(safeNext("/bureau/dossiers?vue=late"), "/bureau/dossiers?vue=late");
  assert.equal(safeNext("/console"), "/console");
  for (const bad of [
    undefined,
    "",
    "//evil.example",
    "https://evil.example/bureau",
    "/bureaux",
    "/\\evil",
    "/bureau\\..",
    "/mes-donnees",
    "javascript:alert(1)",
  ])
    assert.equal(safeNext(bad), "/bureau", String(bad));
});
