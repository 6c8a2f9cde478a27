/** A lost packet is no alarm; a bad line is one, and so is whatever hangs on it; what a cut lost is the cut's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { linkInterface } from "../intent/names.ts";
import { noPlant } from "../plant/shapes.ts";
import { model } from "../resilience/model.ts";
import { usualPolicy, withDefaults } from "./policy.ts";
import { thresholds, type Disturbance } from "./thresholds.ts";
import type { Measured } from "./sums.ts";

const t0 = Date.UTC(2026, 10, 23, 9);
const p = noPlant();
p.node = ["c", "h", "a", "b"].map((id) => ({ id, name: id, kind: id === "c" ? "core" : id === "h" ? "hub" : "site", lon: 0, lat: 0, illustrative: false })); // prettier-ignore
const cable = (id: string, a: string, b: string, length = 1000) => ({ id, a, b, length, strands: 12, ducts: [], illustrative: false });
p.cable = [cable("ch", "c", "h", 400_000), cable("ha", "h", "a"), cable("hb", "h", "b")];
const m = model(p);
const probe = (to: string, lost: number, bucket = 24) => ({ to, sent: 30, lost, min: 0.4, max: 1, sum: 12, ...(lost < 30 ? { delays: [[bucket, 30 - lost]] as [number, number][] } : {}) }); // prettier-ignore
const line = (id: string) => linkInterface("cable", id);
/** Four minutes of one place. */
const minutes = (node: string, probes: ReturnType<typeof probe>[], bytes = 0, name = line("ch")): Measured[] =>
  [0, 1, 2, 3].map((i) => ({ node, at: new Date(t0 - i * 60_000), seconds: 60, unsure: false, body: { probes, traffic: [{ name, rxBytes: bytes, txBytes: 0, rxPeak: 0, txPeak: 0, dropped: 0, downSeconds: 0 }] } })); // prettier-ignore
const run = (samples: Measured[], o: { disturbed?: Disturbance[]; stands?: string[] } = {}) =>
  thresholds(m, { at: t0 + 1000, samples, disturbed: o.disturbed ?? [], rate: () => 1000, stands: (k, e) => (o.stands ?? []).includes(`${k} ${e}`), policy: usualPolicy }).map((f) => [f.kind, f.element]); // prettier-ignore

test("one lost packet, a few probes, or figures of hours are no alarm", () => {
  assert.deepEqual(run([...minutes("h", [probe(line("ch"), 0)]).slice(1), ...minutes("h", [probe(line("ch"), 2)]).slice(0, 1)]), []);
  assert.deepEqual(run(minutes("h", [probe(line("ch"), 30)]).slice(0, 1)), [], "thirty probes say too little");
  const long = minutes("h", [probe(line("ch"), 30)]).map((s) => ({ ...s, seconds: 3600 }));
  assert.deepEqual([run(long), run(minutes("h", [probe(line("ch"), 30)]).map((s) => ({ ...s, unsure: true })))], [[], []]);
});

test("raised above one bound, cleared below another: what lies between changes nothing", () => {
  const at = (lost: number) => [...minutes("h", [probe(line("ha"), lost)])];
  assert.deepEqual(run(at(1)), [["loss", "ha"]], "3 % of own fibre");
  const little = at(0).map((s, i) => (i < 2 ? s : minutes("h", [probe(line("ha"), 1)])[i]!)); // 2 of 120
  assert.deepEqual([run(little), run(little, { stands: ["loss ha"] })], [[], []], "never by two packets");
  const some = [...little, ...minutes("a", [probe(line("ha"), 0)]).map((s, i) => (i < 2 ? minutes("a", [probe(line("ha"), 1)])[i]! : s))]; // 4 of 240
  assert.deepEqual([run(some), run(some, { stands: ["loss ha"] })], [[], [["loss", "ha"]]]);
});

test("delay counts beyond the glass; load against the line’s rate", () => {
  const slow = 63; // 11.7 ms
  assert.deepEqual(run(minutes("h", [probe(line("ha"), 0, slow)])), [["delay", "ha"]]);
  assert.deepEqual(run(minutes("h", [probe(line("ch"), 0, slow)])), [], "400 km of glass take four of them");
  assert.deepEqual(run(minutes("h", [], 7_200_000_000)), [["saturation", "ch"]]);
  assert.deepEqual(run(minutes("h", [], 6_000_000_000)), []);
  assert.deepEqual(run(minutes("h", [], 6_000_000_000), { stands: ["saturation ch"] }), [["saturation", "ch"]]);
});

test("a bad line is one alarm, not one for each way over it; ways bad without one are told by where they lead", () => {
  const both = ["a", "b"].flatMap((n) => minutes(n, [probe("node:c", 6), probe(line(`h${n}`), 0)]));
  assert.deepEqual(run([...both, ...minutes("h", [probe(line("ch"), 6)])]), [["loss", "ch"]]);
  assert.deepEqual(run(both), [["loss", "c"]]);
  assert.deepEqual(run(minutes("a", [probe("node:c", 6)])), [["loss", "a"]]);
});

test("what was lost by a cut is the cut’s", () => {
  const lost = minutes("a", [probe("node:c", 15), probe(line("ha"), 15)]);
  assert.equal(run(lost).length, 1);
  const cut: Disturbance = { began: t0 - 200_000, ended: t0 - 50_000, spans: new Set(["ha"]), nodes: new Set(["a"]) };
  assert.deepEqual(run(lost, { disturbed: [cut] }), []);
  const far: Disturbance = { ...cut, spans: new Set(["hb"]), nodes: new Set(["b"]) };
  assert.deepEqual(run(lost, { disturbed: [far] }), [["loss", "ha"]], "another's cut excuses nothing for long");
});

test("a country's file changes what it names and nothing else", () => {
  const p2 = withDefaults({ silent: 90, classes: { circuit: { loss: 0.1 } } });
  assert.deepEqual([p2.silent, p2.late, p2.classes.circuit.loss, p2.classes.circuit.lossClear, p2.classes.cable], [90, 15, 0.1, 0.01, usualPolicy.classes.cable]); // prettier-ignore
});
