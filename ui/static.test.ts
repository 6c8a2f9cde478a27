import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

test("the committed files are what the sources make", () => {
  const check = spawnSync(process.execPath, [new URL("build.mjs", import.meta.url).pathname, "--check"], { encoding: "utf8" });
  assert.equal(check.status, 0, check.stderr);
});

test("the citizen's stylesheet stays small, loads nothing, and has no crest", () => {
  const css = read("static/toguna.css");
  const size = brotliCompressSync(css).length;
  assert.ok(size <= 5000, `toguna.css is ${size} bytes compressed; the budget is 5,000`);
  assert.ok(!/url\(|@import|@font-face|GDS Transport|crest/i.test(css));
  const scripts = readdirSync(new URL("static/", import.meta.url)).filter((name) => name.endsWith(".js"));
  for (const name of scripts) assert.ok(brotliCompressSync(read(`static/${name}`)).length <= 1500, name);
});

/** WCAG 2.2, 1.4.3: relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const tokens = read("scss/_tokens.scss");
const themes = tokens
  .split("@media")
  .map(
    (part) => Object.fromEntries([...part.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]])) as Record<string, string>,
  );

test("words and edges are readable by day and by night", () => {
  assert.equal(themes.length, 2);
  for (const [index, c] of themes.entries()) {
    for (const ground of ["paper", "raise", "sink"])
      for (const ink of ["ink", "soft", "link", "bad", "good", "ochre"]) {
        const ratio = contrast(c[ink] as string, c[ground] as string);
        // Ochre and green carry words in tags: they too need the ratio of text.
        assert.ok(ratio >= 4.5, `theme ${index}: ${ink} on ${ground} is ${ratio.toFixed(2)}`);
      }
    assert.ok(contrast(c["on-roof"] as string, c.roof as string) >= 7, "words on indigo");
    assert.ok(contrast(c.edge as string, c.raise as string) >= 3, "the edge of a field");
    assert.ok(contrast(c.edge as string, c.paper as string) >= 3, "the edge of a button");
    assert.ok(contrast("#1d1f47", c.glow as string) >= 7, "words in focus");
  }
});
