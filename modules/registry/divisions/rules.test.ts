import assert from "node:assert/strict";
import { test } from "node:test";
import { common, dayWithin, nearest, validOn } from "./rules.ts";

test("a span counts its last day", () => {
  assert.equal(validOn({ from: "2001-07-02", until: "2025-07-01" }, "2025-07-01"), true);
  assert.equal(validOn({ from: "2001-07-02", until: "2025-07-01" }, "2025-07-02"), false);
  assert.equal(validOn({ from: "2025-07-02" }, "2025-07-01"), false);
  assert.equal(validOn({}, "1960-08-05"), true);
});

test("an ended territory is climbed on its last day, one not yet born on its first", () => {
  assert.equal(dayWithin({ until: "2025-07-01" }, "2026-11-23"), "2025-07-01");
  assert.equal(dayWithin({ from: "2025-07-02" }, "1990-01-01"), "2025-07-02");
  assert.equal(dayWithin({}, "1990-01-01"), "1990-01-01");
});

test("the nearest competence decides, and only on its days", () => {
  const chain = ["district", "commune", "province", "region"];
  const c = (division: string, institution: string, o = {}) => ({ division, institution, ...o });
  assert.equal(nearest(chain, [c("province", "court-p"), c("commune", "court-c")], "2026-01-01"), "court-c");
  assert.equal(nearest(chain, [c("province", "court-p"), c("commune", "court-c", { until: "2020-01-01" })], "2026-01-01"), "court-p");
  assert.equal(nearest(chain, [c("elsewhere", "x")], "2026-01-01"), undefined);
  assert.equal(nearest(chain, [c("commune", "b"), c("commune", "a")], "2026-01-01"), "a", "the same answer every time");
});

test("heirs answer for a divided territory only if they agree", () => {
  assert.equal(common(["a", "a"]), "a");
  assert.equal(common(["a", "b"]), undefined);
  assert.equal(common(["a", undefined]), undefined);
  assert.equal(common([]), undefined);
});
