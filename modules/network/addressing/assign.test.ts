import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { intentOf } from "../intent/intent.ts";
import { difference, plantFaults } from "../plant/rules.ts";
import { noPlant, type Plant } from "../plant/shapes.ts";
import { assign, withPlan, type Tenant } from "./assign.ts";
import { usualPools } from "./pools.ts";
import { addressText, cidrText, contains, overlaps, parseAddress, parseCidr } from "./prefix.ts";

const pools = usualPools(Uint8Array.of(1, 2, 3, 4, 5));
const real = false;

function chain(ids: readonly string[]): Plant {
  const p = noPlant();
  p.node = ids.map((id, i) => ({ id, kind: i ? "site" : "core", name: id, lon: i / 1000, lat: 0, illustrative: real }));
  p.cable = ids.slice(1).map((id, i) => ({ id: `k-${id}`, a: ids[i]!, b: id, length: 500, strands: 4, ducts: [], illustrative: real }));
  return p;
}
const tenants = (p: Plant): Tenant[] => p.node.map((n) => ({ node: n.id, institution: `i-${n.id}`, name: n.name }));
const faults = (p: Plant) => plantFaults(p, { sites: new Set(), box: undefined }, () => 1);

test("addresses are read and written as RFC 5952 has it, and nothing else is read", () => {
  for (const [given, written] of [
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::", "::"],
    ["fd00:0:0:1::", "fd00:0:0:1::"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["10.0.0.9", "10.0.0.9"],
  ] as const) {
    const a = parseAddress(given)!;
    assert.equal(addressText(a.family, a.base), written);
  }
  for (const bad of ["10.0.0", "10.0.0.256", "010.0.0.1", "1::2::3", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::12345", "a"])
    assert.equal(parseAddress(bad), undefined, bad);
  for (const bad of ["10.0.0.1/8", "10.0.0.0/33", "fd00::1/64", "10.0.0.0", "10.0.0.0/-1", "::/129"])
    assert.equal(parseCidr(bad), undefined, bad);
});

test("overlap and containment agree with counting every address", () => {
  const cidr = fc.tuple(fc.nat(255), fc.integer({ min: 24, max: 32 })).map(([n, length]) => {
    const block = 2 ** (32 - length);
    return parseCidr(`10.0.0.${n - (n % block)}/${length}`)!;
  });
  const each = (c: { base: bigint; length: number }) => new Set(Array.from({ length: 2 ** (32 - c.length) }, (_, i) => Number(c.base) + i));
  fc.assert(
    fc.property(cidr, cidr, (a, b) => {
      const [x, y] = [each(a), each(b)];
      assert.equal(overlaps(a, b), x.intersection(y).size > 0);
      assert.equal(contains(a, b), y.isSubsetOf(x));
      assert.deepEqual(parseCidr(cidrText(a)), a);
    }),
  );
});

test("nobody overlaps, everybody has both families, and what was given never moves when sites come and go", () => {
  const id = fc.string({ unit: fc.constantFrom(..."abcdefghij"), minLength: 1, maxLength: 4 });
  const ids = fc.uniqueArray(id, { minLength: 2, maxLength: 25 });
  fc.assert(
    fc.property(ids, ids, (first, second) => {
      const one = chain(first);
      const before = withPlan(one, assign(one, tenants(one), pools));
      assert.deepEqual(faults(before), []);
      const two = chain(second);
      const now = withPlan({ ...before, node: two.node, cable: two.cable }, assign({ ...before, node: two.node, cable: two.cable }, tenants(two), pools)); // prettier-ignore
      assert.deepEqual(faults(now), []);
      const again = assign(now, tenants(two), pools);
      assert.deepEqual([again.added, again.short], [{ prefix: [], vlan: [], asn: [] }, []]);
      const stay = new Set(second);
      for (const x of before.prefix)
        if (x.role === "loopback" && stay.has(x.node!)) assert.deepEqual(now.prefix.find((y) => y.id === x.id), x); // prettier-ignore
      for (const n of intentOf(now)) {
        assert.ok(n.loopback4 && n.loopback6 && n.as);
        assert.ok(n.links.every((l) => l.v4 && l.v6));
        assert.equal(n.segments.length, 1);
        assert.equal(new Set(n.links.map((l) => l.interface)).size, n.links.length);
        assert.ok(n.links.every((l) => l.interface.length <= 15));
      }
    }),
    { numRuns: 60 },
  );
});

test("both ends of a link agree, and a full pool is told instead of overrun", () => {
  const p = chain(["a", "b", "c"]);
  const tight = pools.map((x) => (x.serves === "link" && x.prefix.includes(".") ? { ...x, prefix: "10.252.0.0/31" } : x));
  const found = assign(p, tenants(p), tight);
  assert.deepEqual(found.short, [{ use: "link", family: 4, without: 1 }]);
  assert.deepEqual(found.capacity.find((c) => c.use === "link" && c.family === 4), { use: "link", family: 4, used: 1, total: 1 }); // prettier-ignore
  const [a, b, c] = intentOf(withPlan(p, found));
  assert.equal(a!.links[0]!.v4!.address, `${b!.links[0]!.v4!.peer}/31`);
  assert.equal(b!.links.find((l) => l.peer === "c")!.v4, undefined);
  assert.ok(c!.links[0]!.v6);
});

test("the intent is the same whatever the order of rows, and follows the plan alone", () => {
  const p = chain(["core", "x", "y", "z"]);
  const full = withPlan(p, assign(p, tenants(p), pools));
  const turned = Object.fromEntries(Object.entries(full).map(([k, list]) => [k, (list as unknown[]).toReversed()])) as unknown as Plant;
  const sort = (q: Plant) =>
    intentOf(q).map((n) => ({ ...n, groups: n.groups.map((g) => ({ ...g, v4: g.v4.toSorted(), v6: g.v6.toSorted() })) }));
  assert.deepEqual(sort(turned), sort(full));
  assert.deepEqual(difference(full, turned).counts, { added: 0, changed: 0, removed: 0 });
});

test("an imported prefix that lies in a pool is walked round; one that overlaps another is refused by name", () => {
  const p = chain(["a", "b"]);
  p.prefix = [{ id: "theirs", prefix: "10.0.0.0/23", role: "other", illustrative: real }];
  const full = withPlan(p, assign(p, tenants(p), pools));
  assert.deepEqual(faults(full), []);
  assert.ok(full.prefix.filter((x) => x.role === "segment" && !x.prefix.includes(":")).every((x) => !/^10\.0\.[01]\./.test(x.prefix)));
  full.prefix.push({ id: "clash", prefix: "10.0.1.0/24", role: "segment", node: "a", illustrative: real });
  assert.match(faults(full)[0]!.message.en, /10\.0\.1\.0\/24 overlaps 10\.0\.0\.0\/23/);
});

test("racks: nothing in the air, nothing twice in a unit, nothing above the top", () => {
  const p = chain(["a", "b"]);
  p.room = [{ id: "r", node: "a", name: "R", illustrative: real }];
  p.rack = [{ id: "k", room: "r", name: "K", units: 10, illustrative: real }];
  const device = (id: string, more: object) => ({ id, node: "a", name: id, illustrative: real, ...more });
  p.device = [device("d1", { rack: "k", unit: 1, height: 2 }), device("d2", { rack: "k", unit: 3 })];
  assert.deepEqual(faults(p), []);
  p.device.push(device("d3", { rack: "k", unit: 2 }), device("d4", { rack: "k", unit: 10, height: 2 }), device("d5", { unit: 1 }), { ...device("d6", { rack: "k" }), node: "b" }); // prettier-ignore
  assert.deepEqual(faults(p).map((f) => f.message.en.slice(0, 2)), ["d3", "d4", "d5", "d6"]); // prettier-ignore
});
