import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chainRoot, pathOf, step } from "./chain.ts";

const digests = (n: number) => Buffer.concat(Array.from({ length: n }, (_, i) => Buffer.alloc(64, i)));

test("three leaves give the root that X-Road's rule gives", () => {
  assert.equal(
    chainRoot(digests(3)).toString("base64"),
    "YvB75/8PrX+sbIxrdFvoDO5u/nBk9XRjuXt9Aups7SQMmIf6h8e8teUTBw7r5UDK8wlFrBZ5rvofadQY/bJ5Xw==",
  );
});

test("from every leaf of every batch its path leads to the root; no digest, no root", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), (n) => {
      const all = digests(n);
      for (let i = 0; i < n; i++) {
        const top = pathOf(all, i).reduce<Uint8Array>(
          (below, s) => (s.side === "left" ? step(s.digest, below) : step(below, s.digest)),
          all.subarray(i * 64, i * 64 + 64),
        );
        assert.deepEqual(Buffer.from(top), chainRoot(all));
      }
    }),
    { numRuns: 20 },
  );
  assert.throws(() => chainRoot(Buffer.alloc(0)), RangeError);
  assert.throws(() => chainRoot(Buffer.alloc(65)), RangeError);
  assert.throws(() => pathOf(digests(2), 2), RangeError);
});
