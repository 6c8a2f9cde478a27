/** A line where something was measured, a gap where nothing was. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { graph } from "./graph.ts";

const text = (points: readonly (number | null)[], least?: number) =>
  graph({ label: "Délai", points: points.map((value, at) => ({ at, value })), say: (n) => `au plus ${n}`, ...(least ? { least } : {}) })
    .html;
const curve = (html: string) => /d-curve" d="([^"]*)"/u.exec(html)?.[1] ?? "";

test("what was not measured is a gap, not a zero", () => {
  const d = curve(text([1, 2, null, null, 4, null]));
  assert.deepEqual(d.match(/[ML]/gu), ["M", "L", "M"]);
});

test("nothing at all, one moment, and only zeros are drawn without a fault; the highest figure is said", () => {
  assert.equal(curve(text([])), "");
  assert.equal(curve(text([null, null])), "");
  assert.match(text([]), /–/u);
  for (const points of [[5], [0, 0, 0], [1e-9, 1e12]]) assert.doesNotMatch(curve(text(points)), /NaN|Infinity/u);
  assert.match(text([3, 7, 5]), /au plus 7/u);
  assert.notEqual(curve(text([0.1, 0.2])), curve(text([0.1, 0.2], 1)), "the top of the drawing may be given");
});
