import assert from "node:assert/strict";
import { test } from "node:test";
import type { EquipmentState } from "../equipment/troubles.ts";
import { noPlant } from "../plant/shapes.ts";
import { model } from "../resilience/model.ts";
import { explain } from "./explain.ts";
import { optical } from "./optical.ts";
import { usualPolicy } from "./policy.ts";
import { severityOf } from "./rules.ts";

const at = Date.UTC(2026, 10, 23, 9);
const p = noPlant();
const row = { illustrative: false };
p.node = ["c", "h"].map((id) => ({ ...row, id, name: id, kind: id === "c" ? "core" : "hub", lon: 0, lat: 0 }));
p.cable = [{ ...row, id: "k", name: "Kaya", a: "c", b: "h", length: 1000, strands: 12, ducts: [] }];
p.device = [{ ...row, id: "d", node: "c", name: "d" }];
p.port = [
  { ...row, id: "p1", device: "d", name: "1", cable: "k", strand: 1 },
  { ...row, id: "p2", device: "d", name: "2", cable: "k", strand: 2 },
  { ...row, id: "p3", device: "d", name: "3" },
];
const m = model(p);
const state = (optics: EquipmentState["optics"], readAt?: string): EquipmentState => ({ equipment: "e", name: "e", address: "x", ports: [], optics, ...(readAt ? { readAt } : {}) }); // prettier-ignore

test("one alarm a cable, by its weakest end; a port without a known cable is none", () => {
  const read = new Date(at - 60_000).toISOString();
  const found = optical(m, [state([{ name: "1", port: "p1", margin: -1.5 }, { name: "2", port: "p2", margin: -4 }], read), state([{ name: "3", port: "p3", margin: -9 }, { name: "?", margin: -9 }])], at); // prettier-ignore
  assert.deepEqual(found.map((f) => [f.kind, f.element, f.value, f.began]), [["optical", "k", -4, at - 60_000]]); // prettier-ignore
  assert.equal(severityOf(found[0]!, 0, usualPolicy), "warning");
  assert.match(explain(m, found[0]!, 0).fr, /trop faible au bout de «\sKaya\s»\s: 4\sdB sous le minimum/u);
});

test("nothing weak, nothing said; a reading from the future is of now", () => {
  assert.deepEqual(optical(m, [state([])], at), []);
  assert.equal(optical(m, [state([{ name: "1", port: "p1", margin: -1 }], new Date(at + 1e9).toISOString())], at)[0]!.began, at);
});
