import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Caller } from "#kernel";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import * as api from "../api.ts";
import { network } from "../index.ts";

let w: World;
let as: Caller;
before(async () => {
  w = await world({ modules: [registry, network], country: "tg" });
  as = w.clerk("tg-atd", ["network.read-plant", "network.edit-plant"]);
});
after(() => w.close());

const file = [
  "type,id,node,name,room,units,rack,unit,height,role,device,vid,prefix,vlan,number",
  "room,r1,coeur,Salle A,,,,,,,,,,,",
  "rack,k1,,Baie 1,r1,42,,,,,,,,,",
  "device,d9,coeur,Serveur,,,k1,10,4,server,,,,,",
  "device,d8,coeur,Pare-feu,,,k1,40,,firewall,,,,,",
  "port,baie-p9,,eth0,,,,,,,d9,,,,",
].join("\n");

test("rooms, racks and devices come in, are told from the top down, and go out again in every format", async () => {
  const done = await w.call(api.importPlant, { format: "csv", text: file, mode: "merge" }, { as });
  assert.equal(done.added, 5);
  const s = await w.call(api.readInventory, { id: "coeur" }, { as });
  assert.deepEqual(s.rooms.map((r) => [r.name, r.racks.map((k) => [k.name, k.units, k.free, k.devices.map((d) => [d.id, d.unit, d.height])])]), [["Salle A", [["Baie 1", 42, 37, [["d8", 40, 1], ["d9", 10, 4]]]]]]); // prettier-ignore
  assert.deepEqual(s.rooms[0]!.racks[0]!.devices[1]!.ports, [{ name: "eth0" }]);
  assert.ok(s.as! >= 4_200_000_000 && s.prefixes.some((p) => p.role === "loopback") && s.vlans.length > 0);
  assert.ok(s.loose.length > 0);
  for (const format of ["csv", "geojson", "netbox"] as const) {
    const { text } = await w.call(api.exportPlant, { format }, { as });
    const again = await w.call(api.importPlant, { format, text, check: true }, { as });
    assert.deepEqual([again.added, again.changed, again.removed], [0, 0, 0], format);
  }
  const { features } = await w.call(api.readPlantFile, { revision: 1 }, { as });
  assert.ok(!(features as { properties: { type: string } }[]).some((f) => f.properties.type === "rack"), "as it stood before");
  await assert.rejects(w.call(api.readInventory, { id: "zz" }, { as }), /node-unknown/);
  await assert.rejects(w.call(api.readInventory, { id: "coeur" }, { as: w.citizen() }), /forbidden/);
});

test("a device above the top, on another's unit, or in another place's rack is refused by its line", async () => {
  const more = (line: string) => w.call(api.importPlant, { format: "csv", text: `${file.split("\n")[0]}\n${line}`, mode: "merge" }, { as });
  for (const [line, column] of [
    ["device,x,coeur,X,,,k1,42,2,,,,,,", "unit"],
    ["device,x,coeur,X,,,k1,12,,,,,,,", "unit"],
    ["device,x,s090,X,,,k1,1,,,,,,,", "rack"],
    ["device,x,coeur,X,,,k7,1,,,,,,,", "rack"],
    ["rack,x,,X,r7,10,,,,,,,,,", "room"],
    ["vlan,x,coeur,X,,,,,,,,5000,,,", "vid"],
    ["asn,x,coeur,X,,,,,,,,,,,0", "number"],
  ] as const)
    await assert.rejects(more(line), (e: { more: { fields: { path: string }[] } }) => {
      assert.equal(e.more.fields[0]!.path, `line 2.${column}`, line);
      return true;
    });
});
