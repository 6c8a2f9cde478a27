/** Approved changes of a small network carried out by sites in memory: operations, undo, keys, and who may not. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { provide, type Caller } from "#kernel";
import { world, type World } from "#kernel/testing";
import { network } from "#network";
import * as api from "#network/api";
import { forgetAsked } from "../../modules/network/fabric/apply.ts";
import { simulatedFabricPort } from "#network/ports";
import { registry } from "#registry";
import { createMemoryFabric } from "../../drivers/fabric-memory/index.ts";

const memory = createMemoryFabric(undefined, 5);
let w: World;
let operator: Caller;
let second: Caller;
const rights = ["network.read-plant", "network.edit-plant", "network.plan-changes", "network.approve-changes", "network.operate-fabric"];
const row = (...cells: (string | number)[]) => cells.join(",");
const plant = [
  "type,id,kind,name,lon,lat,a,b,length,strands",
  row("node", "core", "core", "Core", -1.5, 12.3, "", "", "", ""),
  row("node", "hub", "hub", "Hub", -1.49, 12.3, "", "", "", ""),
  row("node", "s1", "site", "Site 1", -1.48, 12.3, "", "", "", ""),
  row("node", "s2", "site", "Site 2", -1.47, 12.3, "", "", "", ""),
  row("cable", "k1", "", "", "", "", "core", "hub", 1200, 12),
  row("cable", "k2", "", "", "", "", "hub", "s1", 1200, 12),
  row("cable", "k3", "", "", "", "", "s1", "s2", 1200, 12),
  row("cable", "k4", "", "", "", "", "s2", "core", 3600, 12),
].join("\n");

before(async () => {
  w = await world({
    modules: [registry, network],
    drivers: [provide(simulatedFabricPort, () => memory)],
    country: "bf",
  });
  operator = w.clerk("bf-anptic", rights);
  second = w.clerk("bf-anptic", rights);
  await w.call(api.importPlant, { format: "csv", text: plant }, { as: operator });
  await assert.rejects(w.call(api.putInService, {}, { as: operator }), /no-addresses/);
  await w.call(api.assignAddresses, {}, { as: operator });
});
after(() => w.close());

const fabric = () => w.call(api.readFabric, {}, { as: operator });
const operations = (q = {}) => w.call(api.listOperations, q, { as: operator }).then((r) => r.operations);
async function run(rounds = 3): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await w.settle();
    await w.sweep("network.node");
    w.clock.advance(61);
  }
}
async function change(changes: object[], title: string): Promise<void> {
  const { id, version } = await w.call(api.openBranch, { title, changes: changes as never }, { as: operator });
  await w.call(api.proposeBranch, { id, version }, { as: operator });
  await w.call(api.approveBranch, { id, version }, { as: second });
  await w.call(api.mergeBranch, { id, version }, { as: second });
}

test("nothing is carried out before the network is put in service, and then everything is", async () => {
  await run();
  assert.equal(memory.effects.length, 0);
  assert.equal((await fabric()).inService, false);
  await w.call(api.putInService, {}, { as: operator });
  await run();
  const now = await fabric();
  assert.deepEqual([now.inService, now.counts.nodes, now.counts.inStep], [true, 4, 4]);
  assert.ok(now.nodes.every((n) => n.driver === "simulated"));
  const ops = await operations();
  assert.equal(ops.length, 4);
  assert.ok(ops.every((o) => o.state === "COMPLETED" && o.simulated));
  assert.match(memory.text("hub", "routing") ?? "", /router ospf/);
  assert.match(memory.text("s1", "overlay") ?? "", /PublicKey = /, "tunnels know their peers from the first");
});

test("an approved change reaches the sites it concerns and no others, with its text, its journal, its undoing", async () => {
  const before_ = memory.effects.length;
  await change([{ op: "change", kind: "cable", id: "k4", fields: { length: 25_000 } }], "Détour");
  await run();
  const touched = new Set(memory.effects.slice(before_).map((e) => e.node));
  assert.deepEqual([...touched].toSorted(), ["core", "s2"]);
  const [last] = await operations({ node: "s2", limit: 1 });
  assert.equal(last?.state, "COMPLETED");
  const whole = await w.call(api.readOperation, { id: last!.id }, { as: operator });
  assert.deepEqual(whole.changes.map((c) => c.part), ["routing"]); // prettier-ignore
  assert.match(whole.changes[0]?.after ?? "", /ip ospf cost 11/);
  assert.deepEqual(whole.journal.map((j) => [j.step, j.attempts, j.receiptAt !== undefined]), [["routing", 1, true]]); // prettier-ignore
  assert.deepEqual(whole.commands, ["undo"]);
  await w.call(api.commandOperation, { id: last!.id, command: "undo" }, { as: operator });
  await run(1);
  assert.doesNotMatch(memory.text("s2", "routing") ?? "", /cost 11/);
  // a house that starts again looks at every site anew, and does not overrule who took it back
  forgetAsked();
  await w.call(api.putInService, {}, { as: operator });
  await run(2);
  assert.doesNotMatch(memory.text("s2", "routing") ?? "", /cost 11/);
  const { nodes } = await w.call(api.readFabric, {}, { as: operator });
  assert.deepEqual(nodes.filter((n) => n.takenBack).map((n) => n.id), ["s2"]); // prettier-ignore
});

test("a site that answers late, twice, or not at all gets there; one that refuses waits for people", async () => {
  memory.fault("s2", "late", "lost-answer", "twice");
  await change([{ op: "change", kind: "cable", id: "k4", fields: { length: 70_000 } }], "Autre détour");
  await run(5);
  assert.equal((await operations({ node: "s2", limit: 1 }))[0]?.state, "COMPLETED");
  memory.away("s2", true);
  await change([{ op: "change", kind: "cable", id: "k4", fields: { length: 3600 } }], "Retour");
  await run(2);
  const [waiting] = await operations({ node: "s2", limit: 1 });
  assert.equal(waiting?.state, "PROCESSING", "who is away is waited for");
  memory.away("s2", false);
  await run(2);
  assert.equal((await operations({ node: "s2", limit: 1 }))[0]?.state, "COMPLETED");
});

test("keys are changed in three phases: never a moment without a tunnel that both ends know", async () => {
  const first = memory.text("s1", "overlay")!;
  await w.call(api.rotateKeys, {}, { as: operator });
  await assert.rejects(w.call(api.rotateKeys, {}, { as: operator }), /rotation-under-way/);
  const seen = new Set<string>();
  for (let i = 0; i < 8; i++) {
    await run(1);
    const slots = ["core", "hub", "s1", "s2"].map(
      (n) => JSON.parse(memory.text(n, "overlay")!) as { interfaces: { slot: number }[]; routes: { interface: string } },
    );
    // whoever sends by a slot finds it up at every other end
    for (const s of slots) for (const t of slots) assert.ok(t.interfaces.some((x) => `wg${x.slot}` === s.routes.interface));
    seen.add(slots.map((s) => s.interfaces.map((x) => x.slot).join("")).join());
    await w.sweep("network.rotation");
  }
  assert.ok(seen.has("01,01,01,01"));
  const last = JSON.parse(memory.text("s1", "overlay")!) as { interfaces: { slot: number; conf: string }[] };
  assert.deepEqual(last.interfaces.map((i) => i.slot), [1]); // prettier-ignore
  assert.equal((await fabric()).rotation, undefined, "through");
  const keys = (t: string) => [...t.matchAll(/PublicKey = (\S+?)\\n/g)].map((m) => m[1]);
  assert.ok(keys(first).length > 0);
  assert.ok(keys(memory.text("s1", "overlay")!).every((k) => !keys(first).includes(k)));
});

test("who may only read changes nothing; strangers see nothing; what is malformed is refused", async () => {
  const reader = w.clerk("bf-anptic", ["network.read-plant"]);
  const [any] = await operations({ limit: 1 });
  await assert.rejects(w.call(api.putInService, {}, { as: reader }), /kernel.forbidden/);
  await assert.rejects(w.call(api.rotateKeys, {}, { as: reader }), /kernel.forbidden/);
  await assert.rejects(w.call(api.commandOperation, { id: any!.id, command: "undo" }, { as: reader }), /kernel.forbidden/);
  for (const as of [w.stranger, w.citizen(), w.clerk("bf-anptic", [])])
    await assert.rejects(w.call(api.readFabric, {}, { as }), /kernel\.(forbidden|sign-in)/);
  const enrol = (o: object) => w.call(api.enrolAgent, o as never, { as: operator });
  await assert.rejects(enrol({ node: "nowhere", publicKey: "x", keys: ["a", "b"] }), /node-unknown/);
  await assert.rejects(enrol({ node: "s1", publicKey: "bm90IGEga2V5", keys: ["a", "b"] }), /agent-key-malformed/);
  await assert.rejects(w.call(api.dismissAgent, { node: "s1" }, { as: operator }), /agent-unknown/);
  await assert.rejects(w.call(api.readOperation, { id: "00000000-0000-7000-8000-000000000000" }, { as: operator }), /operation-unknown/);
  await assert.rejects(w.call(api.commandOperation, { id: any!.id, command: "retry" }, { as: operator }), /operation-state/);
});

test("a node that leaves the plant is cleared", async () => {
  await change([{ op: "remove", kind: "cable", id: "k3" }, { op: "remove", kind: "cable", id: "k2" }, { op: "remove", kind: "node", id: "s1" }], "Fermeture"); // prettier-ignore
  await run();
  assert.equal(memory.text("s1", "routing"), undefined);
  assert.equal((await fabric()).counts.nodes, 3);
});
