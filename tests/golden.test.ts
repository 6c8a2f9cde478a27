import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { goldenFiles } from "./golden-files.ts";
import { root } from "./tree.ts";
// needs a world: #kernel/testing

test("golden files tell the program's surfaces as they are", async () => {
  const stale: string[] = [];
  for (const [name, text] of Object.entries(await goldenFiles())) {
    let before = "";
    try {
      before = readFileSync(join(root, "golden", name), "utf8");
    } catch {
      // a new surface
    }
    if (before !== text) stale.push(name);
  }
  assert.deepEqual(stale, [], "A surface changed: run `npm run golden`, read the diff, commit it.");
});
