import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkConsistency, checkInclusion } from "./check.ts";
import { emptyRoot, factLeaf, leafHash, nodeHash, sha256 } from "./hash.ts";
import { append, edgeTiles, proofFrom, type Tile, tileMap, tilesFor, width } from "./tiles.ts";
import { consistencyRanges, inclusionRanges, rangeRoot } from "./tree.ts";

// The definitions of RFC 9162, section 2.1, as recursions over the whole list: slow, short, obviously right.
const k = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));
const mth = (d: Uint8Array[]): Uint8Array =>
  d.length === 0 ? emptyRoot : d.length === 1 ? d[0]! : nodeHash(mth(d.slice(0, k(d.length))), mth(d.slice(k(d.length))));
const path = (m: number, d: Uint8Array[]): Uint8Array[] => {
  if (d.length === 1) return [];
  const s = k(d.length);
  return m < s ? [...path(m, d.slice(0, s)), mth(d.slice(s))] : [...path(m - s, d.slice(s)), mth(d.slice(0, s))];
};
const subproof = (m: number, d: Uint8Array[], b: boolean): Uint8Array[] => {
  if (m === d.length) return b ? [] : [mth(d)];
  const s = k(d.length);
  return m <= s ? [...subproof(m, d.slice(0, s), b), mth(d.slice(s))] : [...subproof(m - s, d.slice(s), false), mth(d.slice(0, s))];
};

/** A store of tiles in memory that grows as the table does: a tile is only ever made longer. */
const grow = () => {
  const tiles = new Map<string, Tile>();
  let size = 0;
  let root: Uint8Array = emptyRoot;
  const edge = () => new Map(edgeTiles(size).map((e) => [e.level, tiles.get(`${e.level}/${e.index}`)!.hashes]));
  return {
    add(leaves: Uint8Array[]) {
      const done = append(size, edge(), leaves);
      for (const tile of done.tiles) {
        const old = tiles.get(`${tile.level}/${tile.index}`);
        if (old) assert.deepEqual(tile.hashes.subarray(0, old.hashes.length), old.hashes);
        tiles.set(`${tile.level}/${tile.index}`, tile);
      }
      size = done.size;
      root = done.root;
    },
    proof(ranges: ReturnType<typeof inclusionRanges>, of: number) {
      const wanted = tilesFor(ranges).map((t) => tiles.get(`${t.level}/${t.index}`)!);
      return { wanted: wanted.length, proof: proofFrom(wanted, of, ranges) };
    },
    get size() {
      return size;
    },
    get root() {
      return root;
    },
    tiles,
  };
};

const leavesOf = (n: number) => Array.from({ length: n }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));

test("the published vectors: empty tree, empty leaf, and the eight-leaf tree of the RFC 6962 test log", () => {
  assert.equal(emptyRoot.toString("hex"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(leafHash(new Uint8Array()).toString("hex"), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  const entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  const roots = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];
  const tree = grow();
  for (const [i, entry] of entries.entries()) {
    tree.add([leafHash(Buffer.from(entry, "hex"))]);
    assert.equal(Buffer.from(tree.root).toString("hex"), roots[i]);
  }
});

test("the proof shapes RFC 9162 prints for its seven-leaf tree", () => {
  // d0: b h l; d3: c g l; d4: f j k; d6: i k. Ranges name the nodes of its figure.
  assert.deepEqual(inclusionRanges(0, 7), [
    [1, 2],
    [2, 4],
    [4, 7],
  ]);
  assert.deepEqual(inclusionRanges(3, 7), [
    [2, 3],
    [0, 2],
    [4, 7],
  ]);
  assert.deepEqual(inclusionRanges(4, 7), [
    [5, 6],
    [6, 7],
    [0, 4],
  ]);
  assert.deepEqual(inclusionRanges(6, 7), [
    [4, 6],
    [0, 4],
  ]);
  // PROOF(3): c d g l; PROOF(4): l; PROOF(6): i j k.
  assert.deepEqual(consistencyRanges(3, 7), [
    [2, 3],
    [3, 4],
    [0, 2],
    [4, 7],
  ]);
  assert.deepEqual(consistencyRanges(4, 7), [[4, 7]]);
  assert.deepEqual(consistencyRanges(6, 7), [
    [4, 6],
    [6, 7],
    [0, 4],
  ]);
});

test("roots and proofs from tiles equal the recursion, whatever the batches", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }), fc.nat(), fc.nat(), (batches, a, b) => {
      const total = batches.reduce((sum, n) => sum + n, 0);
      const leaves = leavesOf(total);
      const tree = grow();
      for (let at = 0, i = 0; i < batches.length; at += batches[i]!, i++) tree.add(leaves.slice(at, at + batches[i]!));
      assert.deepEqual(Buffer.from(tree.root), Buffer.from(mth(leaves)));
      const size = 1 + (a % total);
      const index = b % size;
      const { proof } = tree.proof(inclusionRanges(index, size), size);
      assert.deepEqual(
        proof.map((p) => Buffer.from(p)),
        path(index, leaves.slice(0, size)).map((p) => Buffer.from(p)),
      );
      const old = mth(leaves.slice(0, size));
      assert.ok(checkInclusion(leaves[index]!, index, size, proof, old));
      const steps = tree.proof(consistencyRanges(size, total), total).proof;
      assert.deepEqual(
        steps.map((p) => Buffer.from(p)),
        subproof(size, leaves, true).map((p) => Buffer.from(p)),
      );
      assert.ok(checkConsistency(size, total, steps, old, tree.root));
    }),
    { numRuns: 60 },
  );
});

test("a proof with one bit changed, a wrong index, a wrong size or a step too many is refused", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 600 }), fc.nat(), fc.nat(), fc.nat(), (size, a, b, bit) => {
      const leaves = leavesOf(size);
      const tree = grow();
      tree.add(leaves);
      const index = a % size;
      const { proof } = tree.proof(inclusionRanges(index, size), size);
      const flip = (at: number) =>
        proof.map((p, i) => (i === at ? Uint8Array.from(p, (x, j) => (j === (bit >> 3) % 32 ? x ^ (1 << (bit & 7)) : x)) : p));
      assert.ok(!checkInclusion(leaves[index]!, index, size, flip(b % proof.length), tree.root));
      assert.ok(!checkInclusion(leaves[index]!, (index + 1) % size, size, proof, tree.root));
      assert.ok(!checkInclusion(leaves[index]!, index, size, [...proof, sha256()], tree.root));
      assert.ok(!checkInclusion(leaves[index]!, index, size, proof.slice(1), tree.root));
      const from = 1 + (b % size);
      const steps = tree.proof(consistencyRanges(from, size), size).proof;
      const old = rangeRoot((level, i) => mth(leaves.slice(i * 2 ** level, (i + 1) * 2 ** level)), 0, from);
      assert.ok(checkConsistency(from, size, steps, old, tree.root));
      assert.ok(!checkConsistency(from, size, steps, sha256(old), tree.root));
      assert.ok(!checkConsistency(from, size, steps, old, sha256(tree.root)));
      assert.ok(!checkConsistency(from, size, [...steps, sha256()], old, tree.root));
    }),
    { numRuns: 60 },
  );
});

test("a proof among 70,000 leaves reads few tiles, across two full levels", () => {
  const leaves = leavesOf(70_001);
  const tree = grow();
  tree.add(leaves.slice(0, 65_536));
  tree.add(leaves.slice(65_536));
  assert.equal(tree.tiles.size, Math.ceil(70_001 / width) + 2 + 1);
  for (const index of [0, 255, 256, 65_535, 65_536, 70_000]) {
    const { proof, wanted } = tree.proof(inclusionRanges(index, 70_001), 70_001);
    assert.ok(wanted <= 6);
    assert.ok(checkInclusion(leaves[index]!, index, 70_001, proof, tree.root));
  }
});

test("an edge that does not fit the size is an error, not a wrong root", () => {
  assert.throws(() => append(3, new Map(), leavesOf(1)), /does not fit/);
  assert.throws(() => proofFrom([], 5, inclusionRanges(1, 5)), /missing/);
  assert.equal(tileMap([]).size, 0);
});

test("a fact leaf binds header and data hash", () => {
  const data = sha256(Buffer.from("x"));
  assert.notDeepEqual(factLeaf('{"a":1}', data), factLeaf('{"a":2}', data));
  assert.notDeepEqual(factLeaf('{"a":1}', data), factLeaf('{"a":1}', sha256()));
  assert.throws(() => factLeaf("{}", Buffer.alloc(31)), /32 bytes/);
});
