import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { book, failed, refillSeconds, rules, settle, succeeded, take, type Bucket } from "./rules.ts";

const rule = { capacity: 3, refill: 60, slowest: 960, free: 2, forget: 3600 };
const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000);

test("a burst passes, then one token a refill", () => {
  let b: Bucket | undefined;
  const waits = [0, 0, 0, 0].map(() => {
    const r = take(b, rule, at(0));
    b = r.bucket;
    return r.wait;
  });
  assert.deepEqual(waits, [0, 0, 0, 60]);
  assert.equal(take(b, rule, at(59)).wait, 1);
  assert.equal(take(b, rule, at(60)).wait, 0);
});

test("failures slow the refill, calm and success forget them", () => {
  assert.deepEqual(
    [0, 2, 3, 4, 6, 30].map((n) => refillSeconds(n, rule)),
    [60, 60, 120, 240, 960, 960],
  );
  let b = settle(undefined, rule, at(0));
  for (let i = 0; i < 4; i++) b = failed(b);
  assert.equal(b.strain, 4);
  assert.equal(settle(b, rule, at(7200)).strain, 2);
  assert.equal(succeeded(b).strain, 0);
});

test("over any stretch of time no more passes than capacity and refill allow", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -30, max: 200 }), { minLength: 1, maxLength: 200 }), (gaps) => {
      let b: Bucket | undefined;
      let t = 0;
      let newest = gaps[0] as number; // the first try opens a full bucket
      let passed = 0;
      for (const gap of gaps) {
        t += gap; // the clock may go back
        newest = Math.max(newest, t);
        const r = take(b, rule, at(t));
        b = r.bucket;
        if (r.wait === 0) passed++;
        assert.ok(passed <= rule.capacity + (newest - (gaps[0] as number)) / rule.refill + 1e-6);
      }
    }),
  );
});

test("booking delays instead of refusing, further each time", () => {
  let b: Bucket | undefined;
  const waits: number[] = [];
  for (let i = 0; i < 6; i++) {
    const r = book(b, rule, at(0));
    b = r.bucket;
    waits.push(r.wait);
  }
  assert.deepEqual(waits, [0, 0, 0, 60, 120, 180]);
});

test("every rule refills, and none slows below its own refill", () => {
  for (const r of Object.values(rules)) assert.ok(r.capacity >= 1 && r.refill > 0 && r.slowest >= r.refill);
});
