/** The module on a real database, with the real country pack. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { factsOf } from "#kernel";
import { world } from "#kernel/testing";
import * as api from "./api.ts";
import { fold } from "./institutions/fold.ts";
import { listDemoPeople } from "./institutions/handlers.ts";
import { authorities, competent, division, institution, institutionByCode, institutions, loadRegistry, registry } from "./index.ts";

const w = await world({ modules: [registry] });
after(() => w.close());
const court = "bf-tgi-koudougou";
const run = <R>(fn: Parameters<typeof w.transaction<R>>[0]) => w.transaction(fn);

test("loading the pack again touches nothing", async () => {
  const count = async () => (await w.owner("select count(*)::int as n, max(version) as v from registry.institution")).rows[0];
  const before = await count();
  assert.ok(before.n > 1000);
  assert.equal((await run(loadRegistry)).unchanged, true);
  await w.owner("update registry.pack set digest = 'other'");
  assert.deepEqual(await run(loadRegistry), { added: 0, changed: 0, closed: 0, unchanged: false });
  assert.deepEqual(await count(), before);
});

test("what was edited here stays when the pack changes; the rest follows the pack", async () => {
  const as = w.clerk("bf-mairie-koudougou", ["registry.edit-institution"]);
  const id = "bf-mairie-koudougou";
  const seen = await w.call(api.readInstitution, { id });
  const name = { fr: "Mairie de Koudougou, hôtel de ville", en: "Koudougou city hall" };
  const edited = await w.call(api.editInstitution, { id, version: seen.version, name, point: [-2.3621, 12.2522] }, { as });
  await assert.rejects(w.call(api.editInstitution, { id, version: seen.version, name }, { as }), { code: "kernel.conflict" });
  // the pack's next version: another acronym and another name
  await w.owner("update registry.institution set pack_hash = 'older', acronym = 'XX' where id = $1", [id]);
  await w.owner("update registry.pack set digest = 'older'");
  assert.equal((await run(loadRegistry)).changed, 1);
  const now = await w.call(api.readInstitution, { id });
  assert.equal(now.name, name.fr);
  assert.equal(now.acronym, undefined);
  assert.deepEqual(now.sites[0]?.point, [-2.3621, 12.2522]);
  assert.equal(now.sites[0]?.located, "surveyed");
  assert.ok(now.version > edited.version);
  const { changes } = await w.call(api.readHistory, { id }, { as });
  assert.deepEqual(
    changes.map((c) => c.actor),
    ["system:registry", as.account],
  );
  const [fact] = await run((ctx) => factsOf(ctx, { subject: `institution:${id}` }));
  assert.deepEqual(fact?.data?.fields, ["name", "point"]);
});

test("an institution that left the pack is closed, not lost", async () => {
  await w.owner(`insert into registry.institution (id, class, code, kind, name, division, basis, words, origin, pack_hash)
    values ('bf-gone', 'GOV', 'GONE', 'agency', '{"fr":"Disparue","en":"Gone"}', 'bf-com-koudougou', 'illustrative', 'disparue gone', 'pack', 'x')`);
  await w.owner("update registry.pack set digest = 'older'");
  assert.equal((await run(loadRegistry)).closed, 1);
  assert.equal((await w.call(api.readInstitution, { id: "bf-gone" })).state, "closed");
  assert.equal((await w.call(api.searchInstitutions, { q: "disparue" })).total, 0);
});

test("search: words in any order, without accents, by kind and territory, page by page", async () => {
  const found = await w.call(api.searchInstitutions, { q: "koudougou TRIBUNAL grande-instance" });
  assert.deepEqual(
    found.institutions.map((i) => i.id),
    [court],
  );
  assert.equal(found.institutions[0]?.code, "BF/GOV/TGI-KOUDOUGOU");
  assert.equal(
    (await w.call(api.searchInstitutions, { q: "%" })).total > 1000,
    true,
    "no word: everything, never a pattern of the caller’s",
  );
  assert.equal((await w.call(api.searchInstitutions, { q: "reo mairie" })).institutions[0]?.id, "bf-mairie-reo");
  assert.equal(
    (await w.call(api.searchInstitutions, { q: "tgi koudougou" })).institutions[0]?.id,
    "bf-tgi-koudougou",
    "the acronym in the code is a word too",
  );
  const region = await w.call(api.searchInstitutions, { kind: "town-hall", division: "bf-region-nando", limit: 200 });
  assert.equal(region.total, 38, "the town halls of the region that was Centre-Ouest");
  const names = region.institutions.map((i) => i.name);
  const byName = names.toSorted((a, b) => (fold(a) < fold(b) ? -1 : 1));
  assert.deepEqual(names, byName, "in the order a person would look for them");
  const seen: string[] = [];
  let next: string | undefined;
  do {
    const page = await w.call(api.searchInstitutions, { kind: "court-first-instance", limit: 10, ...(next ? { after: next } : {}) });
    seen.push(...page.institutions.map((i) => i.id));
    next = page.next;
  } while (next);
  assert.equal(seen.length, 26);
  assert.equal(new Set(seen).size, 26);
  const en = await w.call(api.readInstitution, { id: court }, { lang: "en" });
  assert.equal(en.name, "First-instance court of Koudougou");
  assert.ok(en.ground.source && en.ground.reliability);
  await assert.rejects(w.call(api.readInstitution, { id: "bf-nothing" }), { code: "registry.institution-unknown" });
});

test("who is competent: by commune, by district, for a province that ended, for births abroad", async () => {
  const of = (kind: string, id: string, on?: string) =>
    run(async (ctx) => (await competent(ctx, { kind, division: id, ...(on ? { on } : {}) }))?.id);
  assert.equal(await of("court", "bf-com-koudougou"), court);
  assert.equal(await of("court", "bf-com-sourgou"), court, "by its province");
  assert.equal(await of("court", "bf-arr-ouagadougou-6"), "bf-tgi-ouaga-2");
  assert.equal(await of("court", "bf-arr-ouagadougou-1"), "bf-tgi-ouaga-1");
  assert.equal(await of("court", "bf-com-saaba"), "bf-tgi-ouaga-2");
  assert.equal(await of("court", "bf-abroad"), "bf-ca-ouagadougou");
  assert.equal(await of("court", "bf-prov-tapoa"), "bf-tgi-diapaga", "a province that ended in 2025");
  assert.equal(await of("court", "bf-com-arbinda", "1990-05-01"), "bf-tgi-djibo", "born in the Soum of old");
  assert.equal(await of("civil-registry", "bf-com-sourgou"), "bf-ec-sourgou");
  assert.equal(await of("civil-registry", "bf-arr-bobo-dioulasso-3"), "bf-ec-bobo-dioulasso-3");
  assert.equal(await of("court", "bf-nowhere"), undefined);
  assert.equal(await of("no-such-kind", "bf-com-koudougou"), undefined);
  const page = await w.call(api.readDivision, { id: "bf-com-koudougou" });
  assert.deepEqual(
    page.within.map((d) => d.name),
    ["Boulkiemdé", "Nando", "Burkina Faso"],
  );
  const then = await w.call(api.readDivision, { id: "bf-com-koudougou", on: "2017-01-01" });
  assert.equal(then.within[1]?.name, "Centre-Ouest");
  assert.deepEqual(page.competent.map((c) => c.institution).toSorted(), ["bf-ec-koudougou", court]);
});

test("territory by day: thirteen regions then seventeen", async () => {
  const n = async (on: string, level: "region" | "province") => (await w.call(api.listDivisions, { level, on })).divisions.length;
  assert.deepEqual([await n("2017-01-01", "region"), await n("2017-01-01", "province")], [13, 45]);
  assert.deepEqual([await n("2026-11-23", "region"), await n("2026-11-23", "province")], [17, 47]);
  const old = await run((ctx) => division(ctx, "bf-region-sahel"));
  assert.deepEqual(old?.successors, ["bf-region-liptako", "bf-region-soum"]);
});

test("doors: by id, by member code, by kind", async () => {
  assert.equal((await run((ctx) => institution(ctx, court)))?.kind, "court-first-instance");
  assert.equal((await run((ctx) => institutionByCode(ctx, "ONI")))?.id, "bf-oni");
  assert.equal((await run((ctx) => institutions(ctx, { kind: "court-appeal" }))).length, 3);
  assert.deepEqual(
    (await run((ctx) => authorities(ctx, court))).map((a) => a.name.fr),
    ["Ministère de la Justice", "Cour d’appel de Ouagadougou", "Tribunal de grande instance de Koudougou"],
  );
  assert.deepEqual(
    (await run((ctx) => authorities(ctx, "bf-presidence"))).map((a) => a.id),
    ["bf-presidence"],
  );
  assert.equal(await run((ctx) => institution(ctx, "bf-nothing")), undefined);
});

test("who one can be: everyone of the pack, with words for roles and places; nobody outside the demonstration", async () => {
  const { people, counts } = await w.call(api.listDemoPeople, {});
  assert.ok(people.some((p) => p.institution === "Tribunal de grande instance de Koudougou" && p.role === "Greffier"));
  assert.ok(counts.sourced > 0);
  await assert.rejects(
    run((ctx) => listDemoPeople({ ...ctx, config: { ...ctx.config, demo: false } })),
    { code: "kernel.not-found" },
  );
});

test("an administrator keeps one's own institution, the operator any, strangers none", async () => {
  const name = { fr: "Autre", en: "Other" };
  const own = w.clerk(court, ["registry.edit-institution"]);
  await assert.rejects(w.call(api.editInstitution, { id: "bf-oni", version: 1, name }, { as: own }), {
    code: "registry.not-your-institution",
  });
  await assert.rejects(w.call(api.readHistory, { id: "bf-oni" }, { as: own }), { code: "registry.not-your-institution" });
  await assert.rejects(w.call(api.editInstitution, { id: "bf-oni", version: 1, name }, { as: w.citizen() }), { code: "kernel.forbidden" });
  await assert.rejects(w.call(api.editInstitution, { id: "bf-oni", version: 1, name }), { code: "kernel.sign-in-first" });
  const operator = w.clerk("bf-anptic", ["registry.edit-institutions"]);
  await assert.rejects(w.call(api.editInstitution, { id: "bf-oni", version: 1, point: [2.35, 48.85] }, { as: operator }), {
    code: "registry.import-refused",
  });
  assert.equal((await w.call(api.editInstitution, { id: "bf-oni", version: 1, acronym: "O.N.I." }, { as: operator })).version, 2);
});

test("import: all lines or none, told line by line; a trial writes nothing", async () => {
  const as = w.clerk("bf-anptic", ["registry.import-institutions"]);
  const file = (second: string) =>
    `id;kind;name_fr;division;lon;lat;source;source_date\nbf-lycee-x;school;Lycée Zangbeto;bf-com-koudougou;-2,36;12,25;Arrêté;2026-01-05\n${second}\n`;
  const bad = w.call(api.importInstitutions, { format: "csv", text: file("bf-oni;school;B;bf-com-nowhere;;;;") }, { as });
  await assert.rejects(bad, (e: { code: string; more: { fields: { path: string }[] } }) => {
    assert.equal(e.code, "registry.import-refused");
    assert.deepEqual(e.more.fields.map((f) => f.path).toSorted(), ["line 3.code", "line 3.division", "line 3.id"]);
    return true;
  });
  assert.equal((await w.call(api.searchInstitutions, { q: "zangbet" })).total, 0);
  const good = file("bf-lycee-y;school;Lycée Y;bf-com-koudougou;;;;");
  assert.equal((await w.call(api.importInstitutions, { format: "csv", text: good, check: true }, { as })).added, 0);
  assert.equal((await w.call(api.importInstitutions, { format: "csv", text: good }, { as })).added, 2);
  const x = await w.call(api.readInstitution, { id: "bf-lycee-x" });
  assert.deepEqual([x.basis, x.ground.source, x.ground.date, x.sites[0]?.point], ["sourced", "Arrêté", "2026-01-05", [-2.36, 12.25]]);
  assert.equal((await w.call(api.readInstitution, { id: "bf-lycee-y" })).basis, "illustrative");
  await w.owner("update registry.pack set digest = 'older'");
  assert.equal((await run(loadRegistry)).closed, 0, "the pack does not close what was imported here");
});

test("counts by ground are those of the rows", async () => {
  const c = await w.call(api.countInstitutions, {});
  assert.equal(c.sourced + c.derived + c.illustrative, c.total);
  assert.equal(
    c.kinds.reduce((n, k) => n + k.count, 0),
    c.total,
  );
  const { rows } = await w.owner("select count(*)::int as n from registry.institution where state = 'active' and basis = 'sourced'");
  assert.equal(c.sourced, rows[0].n);
  assert.ok((await w.call(api.mapInstitutions, {})).institutions.length > 700);
  assert.ok((await w.call(api.mapInstitutions, { kind: "hub" })).institutions.length >= 6);
});
