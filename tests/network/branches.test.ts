/** Planned changes of the network: drafted, reviewed by somebody else, merged or refused, taken back. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { factsOf, type Caller } from "#kernel";
import { world, type World } from "#kernel/testing";
import { network } from "#network";
import * as api from "#network/api";
import { registry } from "#registry";
import { inverse, lines, replay } from "../../modules/network/branches/rules.ts";
import type { Change } from "../../modules/network/branches/shapes.ts";
import { noPlant, type Plant } from "../../modules/network/plant/shapes.ts";

let w: World;
let author: Caller;
let other: Caller;
let reviewer: Caller;
before(async () => {
  w = await world({ modules: [registry, network], country: "bf" });
  author = w.clerk("bf-anptic", ["network.read-plant", "network.plan-changes", "network.approve-changes"]);
  other = w.clerk("bf-anptic", ["network.read-plant", "network.plan-changes"]);
  reviewer = w.clerk("bf-anptic", ["network.read-plant", "network.approve-changes"]);
});
after(() => w.close());

const cable = (id: string, a: string, b: string, length: number, more = {}): Change => ({
  op: "add",
  kind: "cable",
  id,
  fields: { a, b, length, strands: 24, ...more },
});
const site = (id: string, lon: number, lat: number): Change => ({
  op: "add",
  kind: "node",
  id,
  fields: { kind: "site", name: id, lon, lat },
});
const change = (id: string, fields: Record<string, unknown>): Change => ({ op: "change", kind: "node", id, fields });
const open = async (changes: Change[], as = author, title = "Essai") => w.call(api.openBranch, { title, changes }, { as });
const read = (id: string, as = author) => w.call(api.readBranch, { id }, { as });
async function merged(changes: Change[], o: { as?: Caller; title?: string } = {}) {
  const { id } = await open(changes, o.as, o.title);
  await w.call(api.proposeBranch, { id, version: 1 }, { as: o.as ?? author });
  await w.call(api.approveBranch, { id, version: 1 }, { as: reviewer });
  return w.call(api.mergeBranch, { id, version: 1 }, { as: reviewer });
}
const fieldsOf = async (p: Promise<unknown>) => {
  try {
    await p;
  } catch (error) {
    const e = error as { code: string; more: { fields?: { path: string; message: { fr: string } }[] } };
    return { code: e.code, fields: e.more.fields ?? [] };
  }
  throw new Error("nothing was refused");
};

test("a new site: addresses come by rule, the effect is told, a second person approves, the network becomes it", async () => {
  const { id } = await open([
    site("e-test", -1.5, 12.35),
    cable("e-k1", "coeur", "e-test", 6000),
    cable("e-k2", "presidence", "e-test", 7000),
  ]);
  const seen = await read(id);
  assert.deepEqual(seen.faults, []);
  assert.deepEqual(seen.difference.decided.map((l) => `${l.op} ${l.kind} ${l.id}`), ["add node e-test", "add cable e-k1", "add cable e-k2"]); // prettier-ignore
  const derived = seen.difference.derived.map((l) => l.kind).toSorted();
  assert.deepEqual(
    derived,
    ["asn", ...Array.from({ length: 10 }, () => "prefix"), "vlan"],
    "loopback, segment, overlay, two links, each in both families",
  );
  const fresh = seen.equipment.nodes[0]!;
  assert.deepEqual([fresh.node, fresh.state], ["e-test", "new"]);
  const part = (node: string, name: string) => seen.equipment.nodes.find((n) => n.node === node)?.parts.find((x) => x.part === name);
  assert.deepEqual(part("e-test", "routing")?.added, ["e-k1 → coeur", "e-k2 → presidence"]);
  assert.equal(part("e-test", "tunnels")?.added.length, 2);
  assert.deepEqual(part("coeur", "routing")?.added, ["e-k1 → e-test"]);
  assert.ok(part("coeur", "tunnels")?.added.includes("e-test"), "the gateway gets its peer");
  assert.ok(seen.effect!.after.sites === seen.effect!.before.sites + 1);
  assert.deepEqual(seen.drawing.added.map((s) => s.id), ["e-k1", "e-k2"]); // prettier-ignore
  await assert.rejects(w.call(api.mergeBranch, { id, version: 1 }, { as: reviewer }), /branch-state/, "nobody approved it");
  await w.call(api.proposeBranch, { id, version: 1 }, { as: author });
  await assert.rejects(w.call(api.approveBranch, { id, version: 1 }, { as: author }), /own-branch/);
  await assert.rejects(w.call(api.approveBranch, { id, version: 1 }, { as: other }), /forbidden/);
  await w.call(api.approveBranch, { id, version: 1 }, { as: reviewer });
  const before_ = await w.call(api.readOverview, {}, { as: author });
  const done = await w.call(api.mergeBranch, { id, version: 1 }, { as: author });
  assert.equal(done.revision, before_.revision + 1);
  const now = await w.call(api.readOverview, {}, { as: author });
  assert.deepEqual([now.origin, now.totals.sites, now.notice !== undefined], ["branch", before_.totals.sites + 1, true]);
  const kept = await w.transaction((ctx) => factsOf(ctx, { subject: `network:branch:${id}` }));
  assert.deepEqual(kept.map((f) => f.type).toReversed().toSorted(), ["network.branch-approved", "network.branch-merged", "network.branch-opened", "network.branch-proposed"]); // prettier-ignore
  const then = await read(id);
  assert.equal(then.difference.decided.length, 3 + derived.length, "a merged branch is shown as it was done");
});

test("an approval is of one version: an edit takes it away, and whoever edited cannot approve", async () => {
  const { id } = await open([change("e-test", { name: "Nouveau nom" })]);
  await w.call(api.proposeBranch, { id, version: 1 }, { as: author });
  await w.call(api.approveBranch, { id, version: 1 }, { as: reviewer });
  const edited = await w.call(api.editBranch, { id, version: 1, changes: [change("e-test", { name: "Autre nom" })] }, { as: other });
  assert.deepEqual([edited.state, edited.version], ["draft", 2]);
  await assert.rejects(w.call(api.mergeBranch, { id, version: 2 }, { as: reviewer }), /branch-state/);
  await assert.rejects(w.call(api.proposeBranch, { id, version: 1 }, { as: author }), /branch-moved/);
  await w.call(api.proposeBranch, { id, version: 2 }, { as: author });
  await assert.rejects(w.call(api.approveBranch, { id, version: 2 }, { as: author }), /own-branch/, "the first author is still one");
  const refused = await w.call(api.refuseBranch, { id, version: 2, reason: "Pas maintenant" }, { as: reviewer });
  assert.equal(refused.state, "refused");
  assert.equal((await read(id)).decision, "Pas maintenant");
  assert.equal((await w.call(api.withdrawBranch, { id, version: 2 }, { as: other })).state, "withdrawn");
  await assert.rejects(w.call(api.editBranch, { id, version: 2, title: "Encore" }, { as: author }), /branch-state/);
});

test("two operators change the same site: the second is refused by name; brought up to date, it is reviewed again", async () => {
  const [mine, theirs] = [await open([change("e-test", { name: "Mien" })]), await open([change("e-test", { power: 12 })], other)];
  for (const one of [mine, theirs]) {
    await w.call(api.proposeBranch, { id: one.id, version: 1 }, { as: author });
    await w.call(api.approveBranch, { id: one.id, version: 1 }, { as: reviewer });
  }
  await w.call(api.mergeBranch, { id: mine.id, version: 1 }, { as: reviewer });
  const { code, fields } = await fieldsOf(w.call(api.mergeBranch, { id: theirs.id, version: 1 }, { as: reviewer }));
  assert.equal(code, "network.branch-conflicts");
  assert.deepEqual(fields.map((f) => f.path), ["node.e-test"]); // prettier-ignore
  assert.match(fields[0]!.message.fr, /changé entre-temps/u);
  const fresh = await w.call(api.rebaseBranch, { id: theirs.id, version: 1 }, { as: other });
  assert.deepEqual([fresh.state, fresh.version], ["draft", 2]);
  assert.deepEqual((await read(theirs.id)).conflicts, []);
  await w.call(api.proposeBranch, { id: theirs.id, version: 2 }, { as: other });
  await w.call(api.approveBranch, { id: theirs.id, version: 2 }, { as: reviewer });
  await w.call(api.mergeBranch, { id: theirs.id, version: 2 }, { as: reviewer });
  const node = await w.call(api.readNode, { id: "e-test" }, { as: author });
  assert.deepEqual([node.name, node.power], ["Mien", 12], "both changes hold");
});

test("branches that touch different things merge in any order, and addresses never clash", async () => {
  const [one, two] = [await open([site("f-one", -1.51, 12.36), cable("f-k1", "coeur", "f-one", 9000)]), await open([site("f-two", -1.52, 12.36), cable("f-k2", "coeur", "f-two", 9000)], other)]; // prettier-ignore
  for (const b of [two, one]) {
    await w.call(api.proposeBranch, { id: b.id, version: 1 }, { as: author });
    await w.call(api.approveBranch, { id: b.id, version: 1 }, { as: reviewer });
    await w.call(api.mergeBranch, { id: b.id, version: 1 }, { as: reviewer });
  }
  const { features } = await w.call(api.readPlantFile, {}, { as: author });
  const loops = (features as { properties: { type: string; role?: string; prefix: string } }[]).map((f) => f.properties).filter((p) => p.type === "prefix" && p.role !== "pool").map((p) => p.prefix); // prettier-ignore
  assert.equal(new Set(loops).size, loops.length);
});

test("a plan that would cut somebody off is refused, unless forced with a reason, which is kept and shown", async () => {
  const { id } = await open([{ op: "remove", kind: "cable", id: "f-k1" }]);
  assert.deepEqual((await read(id)).isolated.map((n) => n.id), ["f-one"]); // prettier-ignore
  const { code, fields } = await fieldsOf(w.call(api.proposeBranch, { id, version: 1 }, { as: author }));
  assert.deepEqual([code, fields.map((f) => f.path)], ["network.would-isolate", ["node.f-one"]]);
  await w.call(api.proposeBranch, { id, version: 1, force: "Le bâtiment ferme en mai" }, { as: author });
  assert.equal((await read(id, reviewer)).forced, "Le bâtiment ferme en mai");
  await w.call(api.approveBranch, { id, version: 1 }, { as: reviewer });
  await w.call(api.mergeBranch, { id, version: 1 }, { as: reviewer });
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: `network:branch:${id}` }));
  assert.ok(JSON.stringify(facts).includes("f-one"));
  const { id: bare } = await open([site("f-air", -1.5, 12.4)]);
  assert.equal(
    (await fieldsOf(w.call(api.proposeBranch, { id: bare, version: 1 }, { as: author }))).code,
    "network.would-isolate",
    "a new site without a way",
  );
});

test("a merged branch is taken back by another, reviewed alike; the plant is what it was", async () => {
  const shape = async () =>
    JSON.stringify(
      (await w.call(api.readPlantFile, {}, { as: author })).features.toSorted((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1)),
    );
  const was = await shape();
  const { id } = await merged([
    site("g-one", -1.5, 12.37),
    cable("g-k1", "coeur", "g-one", 9000),
    change("presidence", { power: null, name: "Palais" }),
  ]);
  assert.notEqual(await shape(), was);
  const undo = await w.call(api.undoBranch, { id }, { as: other });
  assert.equal((await read(undo.id)).undoes, id);
  await w.call(api.proposeBranch, { id: undo.id, version: 1 }, { as: other });
  await w.call(api.approveBranch, { id: undo.id, version: 1 }, { as: reviewer });
  await w.call(api.mergeBranch, { id: undo.id, version: 1 }, { as: reviewer });
  assert.equal(await shape(), was);
  // somebody built on it meanwhile: taking it back conflicts
  const second = await merged([site("g-two", -1.5, 12.38), cable("g-k2", "coeur", "g-two", 9000)]);
  await merged([change("g-two", { name: "Renommé" })]);
  const late = await w.call(api.undoBranch, { id: second.id }, { as: other });
  assert.equal((await fieldsOf(w.call(api.proposeBranch, { id: late.id, version: 1 }, { as: other }))).code, "network.branch-conflicts");
});

test("bad plans are refused by their place: twice, nowhere, outside the country, overlapping, a site borne twice", async () => {
  const faults = async (changes: Change[]) => {
    const { id } = await open(changes);
    const refused = await fieldsOf(w.call(api.proposeBranch, { id, version: 1 }, { as: author }));
    assert.equal(refused.code, "network.branch-faulty");
    assert.deepEqual((await read(id)).effect, undefined);
    return refused.fields.map((f) => `${f.path} ${f.message.fr}`).join("\n");
  };
  assert.match(await faults([site("coeur", -1.5, 12.3)]), /change 1 coeur : existe déjà/u);
  assert.match(await faults([{ op: "remove", kind: "cable", id: "zz" }]), /change 1 zz : n’existe pas/u);
  assert.match(await faults([site("h-far", 40, 12.3), cable("h-k", "coeur", "h-far", 9e6)]), /hors du pays/u);
  assert.match(await faults([cable("h-k", "coeur", "nulle-part", 9000)]), /le nœud « nulle-part » n’existe pas/u);
  assert.match(await faults([cable("h-k", "coeur", "presidence", 9000, { colour: "red" })]), /colour/u);
  assert.match(await faults([cable("h-k", "coeur", "presidence", -4)]), /change 1 h-k/u);
  assert.match(await faults([{ op: "add", kind: "prefix", id: "h-p", fields: { prefix: "10.0.0.0/16", role: "other" } }]), /recouvre/u);
  assert.match(await faults([{ ...site("h-twin", -1.5, 12.3), fields: { kind: "site", name: "x", lon: -1.5, lat: 12.3, site: "bf-site-presidence" } }]), /le site porte déjà/u); // prettier-ignore
  const empty = await open([]);
  assert.equal((await fieldsOf(w.call(api.proposeBranch, { id: empty.id, version: 1 }, { as: author }))).code, "network.branch-empty");
});

test("strangers, citizens, readers and malformed input meet a closed door", async () => {
  const { id } = await open([change("presidence", { power: 3 })]);
  const reader = w.clerk("bf-anptic", ["network.read-plant"]);
  for (const as of [w.stranger, w.citizen(), w.clerk("bf-anptic", [])])
    await assert.rejects(w.call(api.readBranch, { id }, { as }), /kernel\./);
  for (const as of [reader, reviewer])
    await assert.rejects(w.call(api.editBranch, { id, version: 1, title: "Autre" }, { as }), /forbidden/);
  await assert.rejects(w.call(api.openBranch, { title: "x" }, { as: author }), /invalid/);
  await assert.rejects(w.call(api.readBranch, { id: "00000000-0000-7000-8000-000000000000" }, { as: author }), /branch-unknown/);
  const many = Array.from({ length: 5001 }, (_, i) => change(`n${i}`, {}));
  await assert.rejects(w.call(api.openBranch, { title: "Trop", changes: many }, { as: author }), /invalid/);
});

test("a study stands on nothing, is costed and drawn, and is never applied", async () => {
  const { id } = await w.call(api.openBranch, { title: "Ailleurs", study: true, changes: [{ op: "add", kind: "node", id: "m-core", fields: { kind: "core", name: "M", lon: -4, lat: 14.5 }, phase: 1 }, { ...site("m-far", -0.05, 16.27), phase: 2 }, { ...cable("m-k", "m-core", "m-far", 600_000), phase: 2 }] }, { as: author }); // prettier-ignore
  const seen = await read(id);
  assert.deepEqual([seen.faults, seen.isolated, seen.effect!.after.cableKm], [[], [], 600]);
  assert.deepEqual(seen.effect!.phases.map((p) => [p.phase, p.km]), [[1, 0], [2, 600]]); // prettier-ignore
  assert.equal((await fieldsOf(w.call(api.proposeBranch, { id, version: 1 }, { as: author }))).code, "network.study-only");
});

test("two approvers at once: one decides, the other is told", async () => {
  const { id } = await open([change("presidence", { power: 7 })]);
  await w.call(api.proposeBranch, { id, version: 1 }, { as: author });
  const second = w.clerk("bf-anptic", ["network.read-plant", "network.approve-changes"]);
  const both = await Promise.allSettled([w.call(api.approveBranch, { id, version: 1 }, { as: reviewer }), w.call(api.refuseBranch, { id, version: 1, reason: "Non merci" }, { as: second })]); // prettier-ignore
  const won = both.filter((r) => r.status === "fulfilled").length;
  assert.ok(won >= 1);
  const merges = await Promise.allSettled([1, 2].map(() => w.call(api.mergeBranch, { id, version: 1 }, { as: author })));
  assert.ok(merges.filter((r) => r.status === "fulfilled").length <= 1, "never merged twice");
});

test("replaying the inverse of any changes gives back what was", () => {
  const base: Plant = {
    ...noPlant(),
    node: ["a", "b", "c"].map((id, i) => ({
      id,
      kind: i ? ("site" as const) : ("core" as const),
      name: id,
      lon: i,
      lat: 0,
      illustrative: false,
    })),
  };
  const one: fc.Arbitrary<Change> = fc.oneof(
    fc.record({ op: fc.constant("add" as const), kind: fc.constant("node" as const), id: fc.constantFrom("a", "d", "e"), fields: fc.record({ kind: fc.constantFrom("site", "hub"), name: fc.constantFrom("x", "y"), lon: fc.nat(9), lat: fc.nat(9) }) }), // prettier-ignore
    fc.record({ op: fc.constant("change" as const), kind: fc.constant("node" as const), id: fc.constantFrom("a", "b", "d"), fields: fc.record({ name: fc.constantFrom("x", "z"), power: fc.option(fc.nat(9)) }, { requiredKeys: [] }) }), // prettier-ignore
    fc.record({ op: fc.constant("remove" as const), kind: fc.constant("node" as const), id: fc.constantFrom("b", "c", "d") }), // prettier-ignore
    fc.record({ op: fc.constant("add" as const), kind: fc.constant("duct" as const), id: fc.constantFrom("t", "u"), fields: fc.record({ kind: fc.constant("duct"), name: fc.constant("t"), length: fc.integer({ min: 1, max: 9 }) }) }), // prettier-ignore
  );
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), (changes) => {
      const { plant } = replay(base, changes);
      const back = replay(plant, inverse(base, plant));
      assert.deepEqual(back.faults, []);
      assert.deepEqual(lines(base, back.plant), []);
    }),
  );
});
