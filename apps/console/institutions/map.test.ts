import assert from "node:assert/strict";
import { test } from "node:test";
import { relative } from "./map.ts";

test("a path in whole pixels, each point from the one before", () => {
  assert.equal(relative("M10.2,20.4L12.6,18.1L12.9,18.2L30,40Z"), "M10 20l3-2 17 22z");
  assert.equal(relative("M1,1M5,5L6,5"), "M1 1M5 5l1 0");
  assert.equal(relative(""), "");
});
