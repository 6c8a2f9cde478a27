/** The operations pages name only what exists: metrics of the program, local commands, settings it reads. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createMetrics } from "../kernel/metrics.ts";
import { root, sources } from "./tree.ts";

const folder = join(root, "docs/operations");
const pages = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")] as const);
const all = (await sources()).filter((s) => !/\.test\./.test(s.path));
const code = all.filter((s) => !s.path.startsWith("tests/"));

test("every metric an alarm names is counted somewhere", async () => {
  const registry = createMetrics({ defaults: true }).registry;
  const known = new Set(registry.getMetricsAsArray().map((m) => m.name));
  for (const s of code) for (const m of s.text.matchAll(/metrics?\.(?:count|gauge|observe)\(\s*"([a-z_]+)"/g)) known.add(`toguna_${m[1]}`);
  for (const [name, text] of pages)
    for (const [metric] of text.matchAll(/toguna_[a-z_]+[a-z]/g))
      if (metric !== "toguna_run" && metric !== "toguna_owner" && metric !== "toguna_export")
        assert.ok(known.has(metric) || known.has(metric.replace(/_(count|sum|bucket)$/, "")), `${name} names ${metric}`);
});

test("every setting a page names is read somewhere", () => {
  // the soak and the bench read settings of their own
  const words = all.map((s) => s.text).join("\n");
  for (const [name, text] of pages)
    for (const [setting] of text.matchAll(/TOGUNA_[A-Z0-9_]*[A-Z0-9]/g)) {
      const asked = setting.replace("TOGUNA_", "").toLowerCase();
      assert.ok(words.includes(setting) || words.includes(`"${asked}"`), `${name} names ${setting}`);
    }
});

test("every local command a page names is there", () => {
  const commands = readdirSync(join(root, "apps/server/commands")).map((n) => n.replace(/\.ts$/, ""));
  for (const [name, text] of pages)
    for (const [, command] of text.matchAll(/npm run (?:--silent )?toguna -- ([a-z-]+)/g))
      assert.ok(commands.includes(command as string), `${name} names ${command}`);
});
