import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { dataHashOf, leafOf, rootFrom } from "./merkle.ts";

const hash = (prefix: number, ...parts: Buffer[]) =>
  createHash("sha256").update(Uint8Array.of(prefix)).update(Buffer.concat(parts)).digest();

/** RFC 9162, 2.1.1 and 2.1.3.1, by the recursion of the text. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
function root(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0] as Buffer;
  const k = split(leaves.length);
  return hash(1, root(leaves.slice(0, k)), root(leaves.slice(k)));
}
function path(index: number, leaves: Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...path(index, leaves.slice(0, k)), root(leaves.slice(k))]
    : [...path(index - k, leaves.slice(k)), root(leaves.slice(0, k))];
}

test("every leaf of every small tree is proven, and no other leaf is", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (size, pick) => {
      const leaves = Array.from({ length: size }, (_, i) => hash(0, Buffer.from(`entry ${i}`)));
      const index = pick % size;
      const steps = path(index, leaves).map((step) => step.toString("hex"));
      const leaf = (leaves[index] as Buffer).toString("hex");
      const top = root(leaves).toString("hex");
      assert.equal(rootFrom(leaf, index, size, steps), top);
      assert.notEqual(rootFrom(hash(0, Buffer.from("other")).toString("hex"), index, size, steps), top);
      assert.notEqual(rootFrom(leaf, index, size, [...steps, leaf]), top);
      if (steps.length) assert.notEqual(rootFrom(leaf, index, size, steps.slice(1)), top);
    }),
  );
  assert.equal(rootFrom("00", 3, 3, []), undefined);
});

test("a leaf binds the header and the data", () => {
  const data = "ab".repeat(32);
  assert.notEqual(leafOf("{}", data), leafOf("{ }", data));
  assert.notEqual(leafOf("{}", data), leafOf("{}", "cd".repeat(32)));
  assert.equal(leafOf("{}", data), hash(0, Buffer.from("{}"), Buffer.from(data, "hex")).toString("hex"));
});

test("the salt stands before the data, as bytes", () => {
  const expected = createHash("sha256").update(Buffer.from("00ff", "hex")).update('{"a":"é"}', "utf8").digest("hex");
  assert.equal(dataHashOf("00ff", '{"a":"é"}'), expected);
  assert.notEqual(dataHashOf("00fe", '{"a":"é"}'), expected);
});
