import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { provide, type Caller, type OfficialCaller } from "#kernel";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import * as api from "../api.ts";
import { network } from "../index.ts";
import { snmpEquipment, type EquipmentAnswer, type EquipmentDriver, type EquipmentTarget, type Reading } from "./driver.ts";
import { equipmentTroubles } from "./troubles.ts";

let w: World;
let operator: OfficialCaller;
let planner: OfficialCaller;
let approver: OfficialCaller;
/** Who stands at each address of the outside: the only thing made up here. */
const outside = new Map<string, (t: EquipmentTarget) => EquipmentAnswer | Promise<EquipmentAnswer>>();
const asked: EquipmentTarget[] = [];
const fake: EquipmentDriver = {
  usualPort: 161,
  async read(t) {
    asked.push(structuredClone(t));
    return (await outside.get(t.address)?.(t)) ?? { trouble: "silent", detail: "no answer" };
  },
  probe: async (address) => (outside.has(address) ? { identity: `80ff${address}`, greeting: "SNMPv3" } : undefined),
};
before(async () => {
  w = await world({
    modules: [registry, network],
    drivers: [provide(snmpEquipment, () => fake)],
    country: "tg",
  });
  operator = w.clerk("tg-atd", ["network.read-plant", "network.operate-fabric"]);
  planner = w.clerk("tg-atd", ["network.read-plant", "network.plan-changes"]);
  approver = w.clerk("tg-atd", ["network.read-plant", "network.approve-changes"]);
});
after(() => w.close());

const secret = {
  kind: "snmp-v3",
  user: "lecteur",
  authentication: "sha256",
  authenticationKey: "un-mot-de-passe-long",
  privacy: "aes128",
  privacyKey: "un-autre-mot-de-passe",
} as const;
const engine = "80001f8880c48b606a2c68026b";
/** As a real one: says who it is first, and only then what it has. */
const honest =
  (reading: () => Reading, identity = () => engine) =>
  (t: EquipmentTarget): EquipmentAnswer => {
    const is = identity();
    if (t.identity === undefined) return { trouble: "identity-unknown", detail: "", identity: is };
    return t.identity === is ? { reading: reading() } : { trouble: "identity-changed", detail: "", identity: is };
  };
let device = "";
const start = async (address: string, more: object = {}) =>
  (await w.call(api.registerEquipment, { name: `Routeur ${address}`, protocol: "snmp", address, secret, ...more }, { as: operator })).id;
const see = (id: string) => w.call(api.readEquipment, { id }, { as: planner });
const approve = async (id: string, identity = engine) => {
  await w.call(api.approveEquipment, { id, identity }, { as: operator });
  await w.settle();
};

test("an inventory with a device to compare", async () => {
  const editor = w.clerk("tg-atd", ["network.read-plant", "network.edit-plant"]);
  const text = [
    "type,id,node,name,device,capacity,serial,prefix,role",
    "device,eq-1,coeur,Routeur du cœur,,,S-1,,",
    "port,eq-1:ge0,,ge0,eq-1,1000,,,",
    "prefix,lab,,,,,,198.18.40.0/24,other",
  ].join("\n");
  await w.call(api.importPlant, { format: "csv", text, mode: "merge" }, { as: editor });
  for (const format of ["csv", "geojson", "netbox"] as const) {
    const out = await w.call(api.exportPlant, { format }, { as: editor });
    assert.match(out.text, /S-1/, `${format} carries the serial number`);
    const again = await w.call(api.importPlant, { format, text: out.text, check: true }, { as: editor });
    assert.deepEqual([again.added, again.changed, again.removed], [0, 0, 0], format);
  }
  device = "eq-1";
});

test("who may: strangers, citizens, other officials and planners register nothing", async () => {
  const ask = { name: "x", protocol: "snmp", address: "198.18.40.1", secret } as const;
  for (const as of [w.stranger, w.citizen(), w.clerk("tg-justice", []), planner, approver])
    await assert.rejects(w.call(api.registerEquipment, ask, { as }), /forbidden|sign-in-first/);
  await assert.rejects(w.call(api.listEquipment, {}, { as: w.clerk("tg-justice", []) }), /forbidden/);
  await assert.rejects(w.call(api.searchEquipment, { prefix: "198.18.40.0/24" }, { as: planner }), /forbidden/);
  await assert.rejects(
    w.call(api.adoptDifferences, { id: "00000000-0000-4000-8000-000000000000", keys: ["x"] }, { as: operator }),
    /forbidden/,
  );
});

test("no address outside the inventory, of this machine or of its host; no other ports, no names", async () => {
  const refused = (o: object) => assert.rejects(start("198.18.40.1", o), /address-refused|invalid-input/, JSON.stringify(o));
  for (const address of ["127.0.0.1", "169.254.169.254", "::1", "192.0.2.1", "localhost", "198.18.40.1/32", "fe80::1"])
    await refused({ address });
  for (const port of [25, 443, 5432 - 5000]) await refused({ port });
  for (const prefix of ["127.0.0.0/24", "192.0.2.0/24", "10.0.0.0/9", "0.0.0.0/0"])
    await assert.rejects(w.call(api.searchEquipment, { prefix }, { as: operator }), /address-refused/);
  await w.settle();
  assert.deepEqual(asked, [], "nobody was called");
});

test("what does not fit is refused: protocol and secret, v2c without a mark, profile, unknown and taken devices", async () => {
  await assert.rejects(start("198.18.40.1", { secret: { kind: "password", user: "u", password: "p" } }), /secret-unfit/);
  await assert.rejects(start("198.18.40.1", { secret: { kind: "snmp-v2c", community: "public" } }), /weak-refused/);
  await assert.rejects(start("198.18.40.1", { secret: { ...secret, privacyKey: "court" } }), /invalid-input/);
  await assert.rejects(start("198.18.40.1", { profile: "linux" }), /profile-unknown/);
  await assert.rejects(start("198.18.40.1", { protocol: "cli", profile: "toString", secret: { kind: "password", user: "u", password: "p" } }), /profile-unknown/); // prettier-ignore
  await assert.rejects(start("198.18.40.1", { device: "nobody" }), /device-unknown/);
});

let id = "";
let said: Reading = {};
let shown = engine;
test("first contact: its identity is shown, a person approves exactly it, then it is read", async () => {
  said = {
    system: { description: "d", name: "eq-1", serial: "S-1" },
    interfaces: [{ name: "ge0", kind: "ethernet", speed: 1000, admin: "up", oper: "up", addresses: ["198.18.40.1/24"] }],
  };
  outside.set("198.18.40.1", honest(() => said, () => shown)); // prettier-ignore
  id = await start("198.18.40.1", { device });
  await assert.rejects(start("198.18.40.1"), /equipment-twice/);
  await assert.rejects(start("198.18.40.2", { device }), /device-taken/);
  await w.settle();
  const first = await see(id);
  assert.deepEqual(
    [first.trouble?.cause, first.met?.identity, first.identity, first.reading],
    ["identity-unknown", engine, undefined, undefined],
  );
  await assert.rejects(w.call(api.approveEquipment, { id, identity: "80001f88aabbccdd" }, { as: operator }), /identity-moved/);
  await approve(id);
  const s = await see(id);
  assert.deepEqual([s.trouble, s.identity, s.reading, s.list], [undefined, engine, said, []]);
  assert.deepEqual(asked.at(-1)!.secret, secret, "opened for the reading");
});

test("the secret is in no answer, fact, log of answers or row", async () => {
  const { rows } = await w.owner(`
    select string_agg(t, ' ') as all from (
      select e::text as t from network.equipment e union all select data::text from kernel.fact_data
      union all select output::text from kernel.answer union all select data::text from pgboss.job) x`);
  const shownAll = rows[0].all + JSON.stringify([await see(id), await w.call(api.listEquipment, {}, { as: planner })]);
  for (const word of [secret.authenticationKey, secret.privacyKey, secret.user, Buffer.from(secret.privacyKey).toString("hex")])
    assert.ok(!shownAll.includes(word), word);
  const { rows: sealed } = await w.owner("select length(secret) as n, secret from network.equipment where id = $1", [id]);
  assert.ok(sealed[0].n > 100 && !sealed[0].secret.includes("lecteur"));
});

test("another identity: nothing is read, the last state stays, somebody must look; the way back is a decision", async () => {
  shown = "80001f8880ffffffff";
  await w.call(api.refreshEquipment, { id }, { as: planner });
  await w.settle();
  const s = await see(id);
  assert.deepEqual([s.trouble?.cause, s.met?.identity, s.identity, s.reading], ["identity-changed", shown, engine, said]);
  const [state] = await w.transaction((ctx) => equipmentTroubles(ctx));
  assert.deepEqual([state!.device, state!.node, state!.trouble], [device, "coeur", "identity-changed"]);
  shown = engine;
  await w.call(api.refreshEquipment, { id }, { as: operator });
  await w.settle();
  assert.equal((await see(id)).trouble, undefined);
  const { rows } = await w.owner("select type from kernel.fact where subject = $1", [`network:equipment:${id}`]);
  assert.deepEqual(rows.map((r) => r.type.replace("network.equipment-", "")).toSorted(), ["approved", "recovered", "registered", "trouble", "trouble"]); // prettier-ignore
});

test("it is read when its time comes, not while paused, not once removed; history keeps what changed", async () => {
  const count = asked.length;
  await w.sweep("network.equipment");
  await w.settle();
  assert.equal(asked.length, count, "not due yet");
  w.clock.advance(301_000);
  said = structuredClone(said);
  said.interfaces![0]!.oper = "down";
  await w.sweep("network.equipment");
  await w.sweep("network.equipment");
  await w.settle();
  assert.equal(asked.length, count + 1, "once");
  assert.deepEqual((await see(id)).history.map((h) => h.parts), [["interfaces"], []]); // prettier-ignore
  await w.call(api.editEquipment, { id, name: "R", address: "198.18.40.1", device, paused: true }, { as: operator });
  w.clock.advance(400_000);
  await w.sweep("network.equipment");
  await w.settle();
  assert.equal(asked.length, count + 1, "paused");
  await w.call(api.editEquipment, { id, name: "R", address: "198.18.40.1", device }, { as: operator });
  await w.settle();
});

test("what a reading brings for an older registration is dropped", async () => {
  let go = () => {};
  const waiting = new Promise<void>((r) => (go = r));
  let called = () => {};
  const begun = new Promise<void>((r) => (called = r));
  outside.set("198.18.40.9", async (t) => {
    if (t.identity === undefined) {
      called();
      await waiting;
      return { trouble: "identity-unknown", detail: "", identity: "80aa80aa80aa" };
    }
    return { reading: {} };
  });
  const other = await start("198.18.40.9");
  const reading = w.settle();
  await begun;
  await w.call(api.editEquipment, { id: other, name: "moved", address: "198.18.40.10" }, { as: operator });
  go();
  await reading;
  const s = await see(other);
  assert.deepEqual([s.met, s.trouble?.cause], [undefined, "silent"], "the new address is silent, and the old one’s engine is nobody’s");
  await w.call(api.removeEquipment, { id: other }, { as: operator });
  await w.settle();
  const { rows } = await w.owner("select length(secret) as n from network.equipment where id = $1", [other]);
  assert.equal(rows[0].n, 0, "its secret is destroyed");
  await assert.rejects(see(other), /equipment-unknown/);
});

test("a difference is let be with a reason, for this value only", async () => {
  said = {
    ...said,
    interfaces: [{ ...said.interfaces![0]!, oper: "up", speed: 100 }],
    system: { description: "", name: "eq-1", serial: "S-2" },
  };
  await w.call(api.refreshEquipment, { id }, { as: operator });
  await w.settle();
  const s = await see(id);
  assert.deepEqual(s.list.map((d) => d.key), ["serial:S-2", "speed:eq-1:ge0:100"]); // prettier-ignore
  await w.call(api.acceptDifference, { id, key: "speed:eq-1:ge0:100", reason: "liaison provisoire" }, { as: planner });
  await assert.rejects(w.call(api.acceptDifference, { id, key: "speed:eq-1:ge0:10", reason: "non" }, { as: planner }), /difference-gone/);
  await assert.rejects(w.call(api.acceptDifference, { id, key: "serial:S-2", reason: "oui, oui" }, { as: operator }), /forbidden/);
  const after_ = await see(id);
  assert.deepEqual(
    [after_.differences, after_.list[1]!.accepted?.reason],
    [{ serious: 1, warning: 0, note: 0, accepted: 1 }, "liaison provisoire"],
  );
});

test("taken over by a branch of two people, the difference is gone", async () => {
  const b = await w.call(api.adoptDifferences, { id, keys: ["serial:S-2"] }, { as: planner });
  const branch = await w.call(api.readBranch, { id: b.branch }, { as: planner });
  assert.deepEqual([branch.state, branch.changes], ["draft", [{ op: "change", kind: "device", id: "eq-1", fields: { serial: "S-2" } }]]);
  await w.call(api.proposeBranch, { id: b.branch, version: 1 }, { as: planner });
  const both: Caller = { ...planner, permissions: new Set(["network.plan-changes", "network.approve-changes"]) };
  await assert.rejects(w.call(api.approveBranch, { id: b.branch, version: 1 }, { as: both }), /own-branch/);
  const { version } = await w.call(api.approveBranch, { id: b.branch, version: 1 }, { as: approver });
  await w.call(api.mergeBranch, { id: b.branch, version }, { as: approver });
  assert.deepEqual((await see(id)).list.map((d) => d.key), ["speed:eq-1:ge0:100"]); // prettier-ignore
  await assert.rejects(w.call(api.adoptDifferences, { id, keys: ["serial:S-2"] }, { as: planner }), /difference-gone/);
});

test("one nobody planned becomes a device of the inventory, linked once merged", async () => {
  outside.set("198.18.40.3", honest(() => ({ ...said, system: { description: "", name: "Annexe 7", serial: "S-9" } }))); // prettier-ignore
  const other = await start("198.18.40.3");
  await w.settle();
  await approve(other);
  assert.equal((await see(other)).list[0]!.key, "unknown-device");
  await assert.rejects(w.call(api.adoptDifferences, { id: other, keys: ["unknown-device"] }, { as: planner }), /device-unknown/);
  const b = await w.call(api.adoptDifferences, { id: other, keys: ["unknown-device"], node: "coeur" }, { as: planner });
  assert.equal((await see(other)).device, undefined, "not yet");
  await w.call(api.proposeBranch, { id: b.branch, version: 1 }, { as: planner });
  const { version } = await w.call(api.approveBranch, { id: b.branch, version: 1 }, { as: approver });
  await w.call(api.mergeBranch, { id: b.branch, version }, { as: approver });
  const s = await see(other);
  assert.deepEqual([s.device?.id, s.list], ["annexe-7", []]);
});

test("a search asks each address of the prefix once, without a secret, and goes on where it was", async () => {
  const count = asked.length;
  const { id: search, addresses } = await w.call(api.searchEquipment, { prefix: "198.18.40.0/28" }, { as: operator });
  assert.equal(addresses, 14);
  await assert.rejects(w.call(api.searchEquipment, { prefix: "198.18.40.0/28" }, { as: operator }), /search-under-way/);
  await w.owner("update network.equipment_search set done = 2 where id = $1", [search]);
  await w.settle();
  const { search: s } = await w.call(api.listEquipment, {}, { as: planner });
  assert.deepEqual([s!.done, s!.ended, s!.found.map((f) => [f.address, f.registered !== undefined])], [14, true, [["198.18.40.3", true], ["198.18.40.9", false]]]); // prettier-ignore
  assert.equal(asked.length, count, "no reading, so no secret");
});

test("a prefix that leaves the inventory takes its equipment out of reach", async () => {
  const editor = w.clerk("tg-atd", ["network.read-plant", "network.plan-changes"]);
  const b = await w.call(api.openBranch, { title: "sans labo", changes: [{ op: "remove", kind: "prefix", id: "lab" }] }, { as: editor });
  await w.call(api.proposeBranch, { id: b.id, version: 1 }, { as: editor });
  const { version } = await w.call(api.approveBranch, { id: b.id, version: 1 }, { as: approver });
  await w.call(api.mergeBranch, { id: b.id, version }, { as: approver });
  const count = asked.length;
  await w.call(api.refreshEquipment, { id }, { as: operator });
  await w.settle();
  assert.deepEqual([asked.length, (await see(id)).trouble?.cause], [count, "outside"]);
});
