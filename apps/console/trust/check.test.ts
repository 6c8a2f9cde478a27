import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { headHolds, onlyAdds, rootOf } from "./check.ts";

const sha = (...parts: Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
const leafOf = (i: number) => sha(Buffer.from([0]), Buffer.from(String(i)));
const below = (n: number) => 2 ** Math.ceil(Math.log2(n) - 1);

/** RFC 9162, 2.1.1 to 2.1.4 as written there: the tree the checker must agree with. */
function root(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0] as Buffer;
  const k = below(leaves.length);
  return sha(Buffer.from([1]), root(leaves.slice(0, k)), root(leaves.slice(k)));
}
function path(m: number, leaves: Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = below(leaves.length);
  return m < k ? [...path(m, leaves.slice(0, k)), root(leaves.slice(k))] : [...path(m - k, leaves.slice(k)), root(leaves.slice(0, k))];
}
function between(m: number, leaves: Buffer[], whole: boolean): Buffer[] {
  if (m === leaves.length) return whole ? [] : [root(leaves)];
  const k = below(leaves.length);
  return m <= k
    ? [...between(m, leaves.slice(0, k), whole), root(leaves.slice(k))]
    : [...between(m - k, leaves.slice(k), false), root(leaves.slice(0, k))];
}
const tree = (n: number) => Array.from({ length: n }, (_, i) => leafOf(i));
const hex = (list: Buffer[]) => list.map((b) => b.toString("hex"));

test("every leaf of every small tree leads to the root, and to no other from another place", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, a, b) => {
      const leaves = tree(size);
      const [at, elsewhere] = [a % size, b % size];
      const proof = hex(path(at, leaves));
      const top = root(leaves).toString("hex");
      assert.equal(rootOf((leaves[at] as Buffer).toString("hex"), at, size, proof), top);
      if (elsewhere !== at) assert.notEqual(rootOf((leaves[at] as Buffer).toString("hex"), elsewhere, size, proof), top);
      assert.notEqual(rootOf(leafOf(999).toString("hex"), at, size, proof), top);
    }),
  );
});

test("a tree that grew only adds; one that lost or changed a leaf is seen", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 70 }), fc.nat(), (size, n) => {
      const from = 1 + (n % (size - 1));
      const leaves = tree(size);
      const proof = hex(between(from, leaves, true));
      const [before, now] = [root(leaves.slice(0, from)).toString("hex"), root(leaves).toString("hex")];
      assert.equal(onlyAdds(from, size, proof, before, now), true);
      const changed = root([leafOf(999), ...leaves.slice(1, from)]).toString("hex");
      assert.equal(onlyAdds(from, size, proof, changed, now), false);
    }),
  );
  assert.equal(onlyAdds(3, 3, [], "aa", "aa"), true);
  assert.equal(onlyAdds(3, 3, [], "aa", "bb"), false);
});

test("a head without a certificate, or whose text says something else, does not hold", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const top = leafOf(1);
  const checkpoint = `origin\n4\n${top.toString("base64")}\n`;
  const signature = sign("sha256", Buffer.from(checkpoint), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64");
  const head = { origin: "origin", size: 4, root: top.toString("hex"), checkpoint, signature, certificate: "" };
  assert.equal(headHolds(head), false);
  assert.equal(headHolds({ ...head, size: 5 }), false);
});
