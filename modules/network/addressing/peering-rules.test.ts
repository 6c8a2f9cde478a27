import assert from "node:assert/strict";
import { test } from "node:test";
import { noPlant, type Peering } from "../plant/shapes.ts";
import { peeringFaults } from "./peering-rules.ts";

const good: Peering = {
  id: "tg",
  illustrative: false,
  node: "core",
  name: "Lomé",
  local_as: 64_512,
  remote_as: 64_513,
  own4: "198.51.100.1/30",
  peer4: "198.51.100.2",
  announces: ["10.0.2.0/24"],
  accepts: ["172.20.0.0/16"],
};
function faults(...list: Partial<Peering>[]): string[] {
  const out: string[] = [];
  const row = { illustrative: false, lon: 0, lat: 0, name: "n" };
  const plant = {
    ...noPlant(),
    node: [{ ...row, id: "core", kind: "core" as const }, { ...row, id: "site", kind: "site" as const }], // prettier-ignore
    prefix: [{ id: "pool", illustrative: false, prefix: "10.0.0.0/9", role: "pool" as const, serves: "segment" as const }],
    peering: list.map((x, i) => ({ ...good, id: `p${i}`, ...x })),
  };
  peeringFaults(plant, (_kind, _id, column, _fr, en) => void out.push(`${column}: ${en}`));
  return out;
}

test("a session that holds together has no fault, in one family or both, with a default route where it is written", () => {
  assert.deepEqual(faults(good), []);
  assert.deepEqual(faults({ own6: "2001:db8::1/64", peer6: "2001:db8::2", accepts: ["0.0.0.0/0", "::/0"] }), []);
});

test("what would let another network take our place, or nobody’s, is refused by column", () => {
  assert.match(faults({ accepts: ["10.1.0.0/16"] }).join(), /accepts: 10\.1\.0\.0\/16 overlaps our addresses/);
  assert.match(faults({ accepts: ["8.0.0.0/5"] }).join(), /overlaps our/, "nor by a wider one");
  for (const bad of ["127.0.0.0/8", "169.254.1.0/24", "230.0.0.0/8", "fe80::/64", "::1/128"])
    assert.match(faults({ accepts: [bad] }).join(), /nobody’s address/, bad);
  assert.match(faults({ announces: ["192.0.2.0/24"] }).join(), /announces: 192\.0\.2\.0\/24 is not ours/);
  assert.match(faults({ accepts: ["172.20.0.1/16"] }).join(), /no prefix/);
});

test("ends that are not two of one prefix, strangers, our own number, a site, two sessions with one neighbour", () => {
  assert.match(faults({ peer4: "198.51.100.9" }).join(), /other end/);
  assert.match(faults({ peer4: "198.51.100.1" }).join(), /other end/);
  assert.match(faults({ peer4: "2001:db8::2" }).join(), /no addresses/);
  assert.match(faults({ own4: "198.51.100.1" }).join(), /no addresses/);
  assert.match(faults({ own4: "198.51.100.1/30\n neighbor 1.1.1.1" }).join(), /no addresses/);
  assert.match(faults({ remote_as: 64_512 }).join(), /our own number/);
  assert.match(faults({ node: "site" }).join(), /at a core/);
  assert.match(faults({}, {}).join(), /neighbour p0 already/);
  assert.match(faults({}, { local_as: 64_520, peer4: "198.51.100.3" }).join(), /speaks for AS 64512/);
});
