import assert from "node:assert/strict";
import { test } from "node:test";
import { noPlant, type Plant } from "../plant/shapes.ts";
import { differences, farEnd, type Compared } from "./compare.ts";
import { directionOf, dBmOfWatts, type InterfaceSeen, type Reading } from "./driver.ts";
import { margin } from "./light.ts";
import { digestOf, partsOf, sound } from "./read.ts";
import { mostSwept, portAllowed, reach, swept } from "./reach.ts";

const illustrative = false;
/** Two places, 40 km of fibre in two pieces spliced half way, a device at each end. */
function plant(): Plant {
  return {
    ...noPlant(),
    node: [
      { id: "a", kind: "core", name: "A", lon: 0, lat: 0, illustrative },
      { id: "m", kind: "joint", name: "M", lon: 0, lat: 0.2, illustrative },
      { id: "b", kind: "site", name: "B", lon: 0, lat: 0.3, illustrative },
    ],
    cable: [
      { id: "am", a: "a", b: "m", length: 30_000, strands: 12, ducts: [], illustrative },
      { id: "mb", a: "m", b: "b", length: 10_000, strands: 12, ducts: [], illustrative },
    ],
    splice: [{ id: "s", node: "m", cable: "am", strand: 1, into_cable: "mb", into_strand: 5, count: 2, illustrative }],
    device: [
      { id: "sw-a", node: "a", name: "SW-A", serial: "X1", illustrative },
      { id: "sw-b", node: "b", name: "SW-B", illustrative },
      { id: "sw-c", node: "b", name: "SW-C", illustrative },
    ],
    port: [
      { id: "pa", device: "sw-a", name: "Ge0", cable: "am", strand: 1, capacity: 10_000, illustrative },
      { id: "pa2", device: "sw-a", name: "ge1", illustrative },
      { id: "pb", device: "sw-b", name: "eth7", cable: "mb", strand: 5, capacity: 10_000, illustrative },
      { id: "pc", device: "sw-c", name: "eth7", illustrative },
    ],
    prefix: [
      { id: "pool", prefix: "10.0.0.0/9", role: "pool", serves: "segment", illustrative },
      { id: "la", prefix: "10.1.0.1/32", role: "loopback", node: "a", illustrative },
      { id: "lb", prefix: "10.1.0.2/32", role: "loopback", node: "b", illustrative },
    ],
  };
}
const ge0 = {
  name: "ge0",
  kind: "ethernet",
  speed: 10_000,
  admin: "up",
  oper: "up",
  mac: "0a:00:00:00:00:01",
  addresses: ["10.1.0.1/32"],
} satisfies InterfaceSeen;
const ge1 = { name: "ge1", kind: "ethernet", admin: "up", oper: "down", addresses: [] } satisfies InterfaceSeen;
const b = {
  interface: "ge0",
  chassis: "ba:00:00:00:00:02",
  port: "ba:00:00:00:00:02",
  portDescription: "eth7",
  name: "sw-b.example",
  addresses: [],
};
const same = (): Reading =>
  structuredClone<Reading>({
    system: { description: "", name: "sw-a.example", serial: "X1" },
    interfaces: [ge0, ge1],
    neighbours: [b],
  });
const of = (reading: Reading, o: Partial<Compared> = {}) => {
  const p = o.plant ?? plant();
  return differences({ plant: p, device: p.device[0], name: "SW-A", reading, others: [], ...o });
};
const kinds = (reading: Reading, o?: Partial<Compared>) => of(reading, o).map((d) => `${d.severity} ${d.key}`);

test("a device as the inventory has it differs in nothing", () => assert.deepEqual(of(same()), []));

test("each part may be missing, and then says nothing", () => {
  assert.deepEqual(of({}), []);
  const { interfaces: _, ...rest } = same();
  assert.deepEqual(of(rest), []);
});

test("serial, name, ports, speed", () => {
  const r = same();
  r.system = { description: "", name: "core1", serial: "X2" };
  r.interfaces = [{ ...ge0, addresses: [], speed: 1000 }, { ...ge1, name: "ge9", oper: "up", addresses: [], speed: 100 }, { ...ge1, name: "br0", kind: "other", oper: "up", addresses: [] }]; // prettier-ignore
  assert.deepEqual(kinds(r), [
    "serious serial:X2",
    "warning missing-port:pa2",
    "warning speed:pa:1000",
    "note name:core1",
    "note unexpected-port:ge9",
  ]);
  const by = Object.fromEntries(of(r).map((d) => [d.kind, d.changes]));
  assert.deepEqual(by.serial, [{ op: "change", kind: "device", id: "sw-a", fields: { serial: "X2" } }]);
  assert.deepEqual(by["missing-port"], [{ op: "remove", kind: "port", id: "pa2" }]);
  assert.deepEqual(by["unexpected-port"], [{ op: "add", kind: "port", id: "sw-a:ge9", fields: { device: "sw-a", name: "ge9", capacity: 100, illustrative: false } }]); // prettier-ignore
});

test("a port that ends a strand is never taken out because the device is silent about it", () => {
  const r = { ...same(), interfaces: [ge1], neighbours: [] };
  const d = of(r).find((x) => x.kind === "missing-port")!;
  assert.deepEqual([d.severity, d.changes], ["serious", []]);
});

test("a dark port, and one switched off by hand", () => {
  const down = (admin: "up" | "down") => ({ ...same(), neighbours: [b], interfaces: [{ ...ge0, oper: "down", admin, addresses: [] }, { ...ge1, addresses: [] }] }) as Reading; // prettier-ignore
  assert.deepEqual(kinds(down("up")), ["serious port-down:pa:up"]);
  assert.deepEqual(kinds(down("down")), ["warning port-down:pa:down"]);
});

test("the far end is found through splices", () => {
  const p = plant();
  assert.deepEqual(farEnd(p, p.port[0]!), { port: p.port[2], way: { metres: 40_000, splices: 1 } });
  assert.equal(farEnd(p, p.port[2]!)?.port.id, "pa");
  assert.equal(farEnd(p, p.port[1]!), undefined);
});

test("another neighbour, an unknown one, one nobody planned, one that fell silent", () => {
  const with_ = (n: object) => ({ ...same(), neighbours: [{ ...b, ...n }] }) as Reading;
  assert.deepEqual(kinds(with_({ name: "sw-c" })), ["serious other-neighbour:ge0:sw-c:ba:00:00:00:00:02"]);
  assert.deepEqual(kinds(with_({ name: "stranger" })), ["serious unknown-neighbour:ge0:ba:00:00:00:00:02:ba:00:00:00:00:02"]);
  assert.deepEqual(kinds(with_({ interface: "ge1" })), ["warning unplanned-neighbour:ge1:sw-b"]);
  const silent = { ...same(), neighbours: [] };
  assert.deepEqual(kinds(silent), [], "nobody knows whether the other one speaks");
  const others = [{ device: "sw-b", address: "10.1.0.2", reading: { neighbours: [] } }];
  assert.deepEqual(kinds(silent, { others }), ["warning neighbour-lost:pa"]);
});

test("a neighbour is known by the MAC or the address of one that was read, whatever it calls itself", () => {
  const n = { ...b, name: "factory-default" };
  const others = [{ device: "sw-b", address: "10.1.0.2", reading: { interfaces: [{ ...ge0, mac: b.chassis, addresses: [] }] } as Reading }];
  assert.deepEqual(kinds({ ...same(), neighbours: [n] }, { others }), []);
  assert.deepEqual(kinds({ ...same(), neighbours: [{ ...n, addresses: ["10.1.0.2"] }] }, { others: [{ device: "sw-b", address: "10.1.0.2" }] }), []); // prettier-ignore
});

test("an address of nobody, and one of another place", () => {
  const with_ = (address: string) =>
    ({
      ...same(),
      interfaces: [
        { ...ge0, addresses: [address] },
        { ...ge1, addresses: [] },
      ],
    }) as Reading;
  assert.deepEqual(kinds(with_("192.0.2.9/30")), ["warning address:192.0.2.9/30"]);
  assert.deepEqual(of(with_("192.0.2.9/30"))[0]!.changes[0]!.fields, {
    prefix: "192.0.2.8/30",
    role: "other",
    node: "a",
    illustrative: false,
  });
  assert.deepEqual(kinds(with_("10.1.0.2/32")), ["serious address:10.1.0.2/32:b"]);
  for (const fine of ["fe80::1/64", "127.0.0.1/8", "10.2.0.1/24"]) assert.deepEqual(kinds(with_(fine)), [], fine);
});

test("light below what the fibre may lose", () => {
  // 40 km and one splice: 16 + 0.1 + 1 + 3 = 20.1 dB
  assert.deepEqual(margin({ launched: 0, received: -20.1, way: { metres: 40_000, splices: 1 } }), { loss: 20.1, budget: 20.1, margin: 0 });
  const with_ = (rx: number, tx?: number) =>
    ({ ...same(), optics: [{ interface: "ge0", sensor: "rx", direction: "receive", dBm: rx }, ...(tx === undefined ? [] : [{ interface: "ge0", sensor: "tx", direction: "transmit", dBm: tx }])] }) as Reading; // prettier-ignore
  assert.deepEqual(of(with_(-20, 0)), []);
  assert.deepEqual(of(with_(-29, undefined)), [], "without what was launched nobody can say");
  const [weak] = of(with_(-21.5, 0));
  assert.deepEqual([weak!.severity, weak!.margin, weak!.port], ["warning", -1.4, "pa"]);
  assert.match(weak!.words.fr, /−21,5 dBm.*marge −1,4 dB.*supposée/);
  const others = [{ device: "sw-b", address: "10.1.0.2", reading: { optics: [{ interface: "eth7", sensor: "tx", direction: "transmit", dBm: 4 }] } as Reading }]; // prettier-ignore
  const [measured] = of(with_(-21.5, 0), { others });
  assert.deepEqual([measured!.severity, measured!.margin], ["serious", -5.4]);
  assert.doesNotMatch(measured!.words.en, /taken to/);
});

test("one nobody linked differs in that, and its ports are not judged", () => {
  assert.deepEqual(kinds(same(), { device: undefined }), ["warning unknown-device"]);
});

test("sensors: watts to dBm, and which way the light goes by its name", () => {
  assert.equal(dBmOfWatts(0.001), 0);
  assert.equal(dBmOfWatts(0.0000005), -33);
  assert.deepEqual(["Te0/1 Rx Power", "SFP-3 TX power", "Receive power", "module 4 temperature", "indexed"].map(directionOf), ["receive", "transmit", "receive", "unknown", "unknown"]); // prettier-ignore
});

test("what a device says is cleaned of what no database keeps, and refused when it is no reading", () => {
  const evil = { system: { description: "a\u0000b\ud800c\u202ed\u001b[31m", name: "n".repeat(400) } };
  assert.deepEqual(sound(evil), { system: { description: "a bcd [31m", name: "n".repeat(120) } });
  assert.equal(sound({ interfaces: [{ name: "x", kind: "radio" }] } as never), undefined);
  assert.equal(sound({ interfaces: [{ ...ge0, addresses: [], counters: { inOctets: "1; drop table" } }] } as never), undefined);
});

test("counters, uptime and the level of light are no change; the rest is", () => {
  const [x, y] = [same(), same()];
  y.system!.uptime = 5;
  y.interfaces![0]!.counters = { inOctets: "9" };
  x.optics = [{ sensor: "s", direction: "receive", dBm: -1 }];
  y.optics = [{ sensor: "s", direction: "receive", dBm: -9 }];
  assert.ok(digestOf(x).equals(digestOf(y)));
  y.interfaces![0]!.oper = "down";
  assert.deepEqual(partsOf(x, y), ["interfaces"]);
});

test("only addresses of the inventory are called, never this machine, the link or the host", () => {
  const all = [...plant().prefix, { id: "x", prefix: "0.0.0.0/0", role: "other" as const, illustrative }, { id: "y", prefix: "::/0", role: "other" as const, illustrative }]; // prettier-ignore
  for (const bad of [
    "127.0.0.1",
    "0.0.0.0",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fd00:ec2::254",
    "100.100.100.200",
  ])
    // prettier-ignore
    assert.ok("refused" in reach(all, bad), bad);
  for (const odd of [
    "localhost",
    "10.1.2.3.4",
    "010.1.2.3",
    "0x0a010203",
    "10.1",
    "167838211",
    "10.1.2.3/32",
    "10.1.2.3%eth0",
    " 10.1.2.3",
    "10.1.2.3\n",
  ])
    assert.deepEqual(reach(all, odd), { refused: "malformed" }, odd);
  assert.deepEqual(reach(plant().prefix, "192.0.2.1"), { refused: "outside" });
  assert.deepEqual(reach(plant().prefix, "10.1.2.3"), { address: "10.1.2.3" });
  assert.deepEqual(reach(all, "2001:DB8:0:0::1"), { address: "2001:db8::1" });
  assert.deepEqual([22, 161, 830, 1024, 65_535, 25, 80, 443, 0, 65_536].map(portAllowed), [true, true, true, true, true, false, false, false, false, false]); // prettier-ignore
});

test("a sweep stays in the inventory and within its bound", () => {
  const p = plant().prefix;
  assert.deepEqual(swept(p, "10.1.0.0/30"), { prefix: "10.1.0.0/30", addresses: ["10.1.0.1", "10.1.0.2"] });
  assert.deepEqual(swept(p, "10.1.0.0/31"), { prefix: "10.1.0.0/31", addresses: ["10.1.0.0", "10.1.0.1"] });
  assert.equal((swept(p, "10.1.0.0/22") as { addresses: string[] }).addresses.length, Number(mostSwept) - 2);
  assert.deepEqual(swept(p, "10.0.0.0/9"), { refused: "too-wide" });
  assert.deepEqual(swept(p, "10.0.0.0/8"), { refused: "outside" });
  assert.deepEqual(swept([...p, { id: "x", prefix: "0.0.0.0/0", role: "other", illustrative }], "126.0.0.0/7"), { refused: "never" });
  assert.deepEqual(swept(p, "10.1.0.1/30"), { refused: "malformed" });
});
