/** What iproute2 6.1, lldpd 1.0.16, FRR 8.4.4 and netconfd 2.13 said in the laboratory of the conformance suite, the kernel’s name replaced: read without any device. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Reading } from "#network/ports";
import { frrInterfaces, frrVersion, ipJson, lldpJson } from "./decode.ts";
import { dialogue } from "./dialogue.ts";
import { readingOf } from "./models.ts";
import { profiles } from "./profiles.ts";
import { all, parse } from "./xml.ts";

const recorded = (name: string) => readFileSync(new URL(`./recorded/${name}`, import.meta.url), "utf8");

test("ip -j address and lldpcli -f json0", () => {
  const r: Reading = {};
  ipJson(recorded("ip.json"), r);
  lldpJson(recorded("lldp.json"), r);
  assert.deepEqual(r.interfaces!.map((i) => [i.name, i.kind, i.admin, i.oper]), [["lo", "loopback", "up", "up"], ["mgmt", "ethernet", "up", "up"], ["ge0", "ethernet", "up", "up"]]); // prettier-ignore
  assert.ok(r.interfaces![2]!.addresses.includes("fd00:99::1/64") && BigInt(r.interfaces![2]!.counters!.outOctets!) > 0n);
  assert.deepEqual(r.neighbours!.map((n) => [n.interface, n.name, n.portDescription, n.addresses[0]]), [["ge0", "sw-b.example", "eth7", "10.99.0.0"]]); // prettier-ignore
});

test("a session of vtysh, byte by byte", async () => {
  // what was typed ahead is repeated before the first prompt
  const text = recorded("frr.txt").replace(/^[\s\S]*?(?=\r\nHello)/, "");
  async function* bytes() {
    for (const c of text) yield Buffer.from(c);
  }
  const r: Reading = {};
  const read = [() => undefined, frrVersion, frrInterfaces];
  let i = 0;
  for await (const said of dialogue(profiles.frr, ["terminal length 0", "show version", "show interface json"], bytes(), () => undefined)) read[i++]!(said, r); // prettier-ignore
  assert.deepEqual([r.system!.name, r.system!.description.split(" ").slice(0, 2)], ["sw-a.example", ["FRRouting", "8.4.4"]]);
  const ge0 = r.interfaces!.find((x) => x.name === "ge0")!;
  assert.deepEqual([ge0.kind, ge0.speed, ge0.oper, ge0.addresses[0]], ["ethernet", 10_000, "up", "10.99.0.1/31"]);
});

test("ietf-interfaces of netconfd", async () => {
  const reply = await parse(recorded("netconf.xml"));
  const r = readingOf({ interfaces: all(reply, "data", "interfaces-state") });
  assert.deepEqual(r.interfaces!.map((i) => [i.name, i.oper, i.addresses]).at(-1), ["ge0", "up", ["10.99.0.1/31"]]);
  assert.match(r.interfaces!.at(-1)!.counters!.inOctets!, /^\d+$/);
  assert.deepEqual([r.neighbours, r.optics, r.system], [undefined, undefined, undefined]);
});
