import assert from "node:assert/strict";
import { test } from "node:test";
import { late } from "./page.ts";

const now = new Date("2026-11-23T09:00:00Z");
const sweep = (o: { last?: string; error?: string; every?: number }) => ({
  name: "x.y",
  everySeconds: o.every ?? 30,
  lastRunAt: o.last ?? null,
  tookMs: 3,
  error: o.error ?? null,
});

test("a sweep is late after three of its periods, or when it failed; one that has not begun is not", () => {
  assert.equal(late(sweep({ last: "2026-11-23T08:59:00Z" }), now), false);
  assert.equal(late(sweep({ last: "2026-11-23T08:58:00Z" }), now), true);
  assert.equal(late(sweep({ last: "2026-11-23T04:00:00Z", every: 21_600 }), now), false);
  assert.equal(late(sweep({ last: "2026-11-23T08:59:59Z", error: "boom" }), now), true);
  assert.equal(late(sweep({}), now), false);
});
