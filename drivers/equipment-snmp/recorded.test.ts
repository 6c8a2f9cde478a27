/** Tables as Debian's snmpd 5.9.3 with lldpd 1.0.16 gave them (recorded in the laboratory of the conformance suite, the kernel’s name replaced): read without any agent. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as mib from "./mib.ts";
import type { Cell, Table } from "./walk.ts";

type Shown = string | number | { hex: string } | { counter64: string };
const file = JSON.parse(readFileSync(new URL("./recorded/snmpd.json", import.meta.url), "utf8")) as {
  scalars: Record<string, Shown>;
  tables: Record<keyof typeof mib.tables, Record<string, Record<string, Shown>>>;
};
const cell = (v: Shown): Cell => (typeof v !== "object" ? v : "hex" in v ? Buffer.from(v.hex, "hex") : BigInt(v.counter64));
const table = (name: keyof typeof mib.tables): Table =>
  new Map(Object.entries(file.tables[name]).map(([i, r]) => [i, new Map(Object.entries(r).map(([c, v]) => [Number(c), cell(v)]))]));
const named = { interfaces: table("interfaces"), more: table("interfacesMore") };

test("system and serial number", () => {
  const s = mib.systemOf(new Map(Object.entries(file.scalars).map(([o, v]) => [o, cell(v)])), table("entities"))!;
  assert.deepEqual(
    [s.description, s.name, s.serial, s.objectId],
    ["Laboratory switch", "sw-a.example", "LAB-4711", "1.3.6.1.4.1.8072.3.2.10"],
  );
  assert.ok(s.uptime! < 100);
  assert.equal(mib.systemOf(new Map(), undefined), undefined);
});

test("interfaces with their addresses, by ipAddressTable and, where an agent is older, by ipAddrTable", () => {
  const list = mib.interfacesOf({ ...named, addresses: mib.addressesOf(table("addresses"), undefined) })!;
  assert.deepEqual(list.map((i) => [i.name, i.kind, i.speed, i.admin, i.oper]), [["lo", "loopback", 10, "up", "up"], ["mgmt", "ethernet", 10_000, "up", "up"], ["ge0", "ethernet", 10_000, "up", "up"]]); // prettier-ignore
  const ge0 = list[2]!;
  assert.match(ge0.mac!, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  assert.deepEqual(ge0.addresses.filter((a) => !a.startsWith("fe80")), ["10.99.0.1/31", "fd00:99::1/64"]); // prettier-ignore
  assert.ok(BigInt(ge0.counters!.inOctets!) > 0n);
  const old = mib.interfacesOf({ ...named, addresses: mib.addressesOf(undefined, table("oldAddresses")) })!;
  assert.deepEqual(old[2]!.addresses, ["10.99.0.1/31"]);
  assert.equal(mib.interfacesOf({ ...named, interfaces: undefined, addresses: new Map() }), undefined);
});

test("the neighbour at the port it was heard on, with its management addresses", () => {
  const t = { ...named, neighbours: table("neighbours"), addresses: table("neighbourAddresses"), ports: table("localPorts") };
  const [n, ...rest] = mib.neighboursOf(t)!;
  assert.deepEqual(
    [n!.interface, n!.name, n!.portDescription, n!.addresses[0], rest.length],
    ["ge0", "sw-b.example", "eth7", "10.99.0.0", 0],
  );
  assert.deepEqual(mib.neighboursOf({ ...t, neighbours: undefined }), [], "ports that speak, and nobody there");
  assert.equal(mib.neighboursOf({ ...t, neighbours: undefined, ports: undefined }), undefined, "not offered");
});

test("light at its port; a power supply's watts are none, nor a sensor that does not work", () => {
  const t = { ...named, sensors: table("sensors"), entities: table("entities"), aliases: table("aliases") };
  assert.deepEqual(mib.opticsOf(t)!.map((o) => [o.interface, o.direction, o.dBm]), [["ge0", "receive", -5.2], ["ge0", "transmit", -2.1]]); // prettier-ignore
  t.sensors.get("3")!.set(5, 2);
  assert.equal(mib.opticsOf(t)!.length, 1);
  assert.equal(mib.opticsOf({ ...t, sensors: undefined }), undefined);
});
