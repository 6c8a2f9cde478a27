import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import * as api from "../api.ts";
import { exchange } from "../index.ts";
import { loadCountry } from "./load.ts";

let w: World;
before(async () => {
  w = await world({ modules: [registry, { ...trust, start: async () => undefined }, exchange], country: "bf" });
});
after(() => w.close());

test("anyone reads who takes part and what is published", async () => {
  const { instance, members } = await w.call(api.listMembers, {});
  assert.equal(instance, "BF");
  const office = members.find((m) => m.institution === "bf-oni")!;
  assert.deepEqual([office.id, office.subsystems[0]!.id], ["BF/GOV/ONI", "BF/GOV/ONI/IDENTITE"]);
  const { services } = await w.call(api.listServices, { institution: "bf-oni" }, { lang: "en" });
  assert.deepEqual(
    services.filter((s) => s.id.endsWith("/persons")).map((s) => [s.id, s.title, s.kind, s.enabled]),
    [["BF/GOV/ONI/IDENTITE/persons", "Identity of a person", "http", true]],
  );
  const birth = await w.call(api.readService, { id: "BF/GOV/EC-SOURGOU/ETAT-CIVIL/births" });
  assert.deepEqual([birth.kind, birth.answersInDays, birth.provider.institution], ["person", 3, "bf-ec-sourgou"]);
  await assert.rejects(w.call(api.readService, { id: "BF/GOV/X/Y/z" }), /service-unknown/);
});

test("every commune has its registry, by hand until it has a system", async () => {
  const { services } = await w.call(api.listServices, {});
  const births = services.filter((s) => s.id.endsWith("/births"));
  assert.ok(births.length > 300);
  assert.ok(births.some((s) => s.kind === "http") && births.some((s) => s.kind === "person"));
});

test("who may read what, and why, is there for auditors and managers only", async () => {
  const { rights } = await w.call(
    api.listRights,
    { service: "BF/GOV/ONI/IDENTITE/persons" },
    { as: w.clerk("bf-cil", ["exchange.read-rights"]) },
  );
  const extract = rights.find((r) => r.id === "extract-identity")!;
  assert.equal(extract.subject, "group:justice");
  assert.ok(extract.fields!.includes("/rows/*/birth") && !extract.fields!.some((f) => f.includes("phone")));
  assert.ok(extract.basis && extract.purposes[0]!.label);
  await assert.rejects(w.call(api.listRights, {}, { as: w.clerk("bf-cil") }), /forbidden/);
  await assert.rejects(w.call(api.listRights, {}), /sign-in/);
});

test("loading again changes nothing, and what an institution closed stays closed when the pack changes", async () => {
  assert.equal(await w.transaction((ctx) => loadCountry(ctx)), undefined);
  const id = "BF/GOV/ONI/IDENTITE/persons";
  const as = w.clerk("bf-oni", ["exchange.manage-services"]);
  await w.call(api.setServiceState, { id, enabled: false, notice: "Travaux" }, { as });
  await w.owner("update exchange.loaded set digest = 'old'");
  const loaded = await w.transaction((ctx) => loadCountry(ctx));
  assert.ok(loaded!.members > 400 && loaded!.rights > 400);
  assert.deepEqual([(await w.call(api.readService, { id })).enabled, (await w.call(api.readService, { id })).notice], [false, "Travaux"]);
});

test("what left the pack is closed, not forgotten: its exchanges stay readable", async () => {
  await w.owner(
    "insert into exchange.service (id, subsystem, code, institution, kind, title, base_url, timeout_seconds, endpoints, query, fields, keep_days) values ('BF/GOV/ONI/IDENTITE/old', 'BF/GOV/ONI/IDENTITE', 'old', 'bf-oni', 'http', '{\"fr\":\"a\",\"en\":\"a\"}', 'http://x', 5, '[]', '[]', '[]', 1)",
  );
  await w.owner("update exchange.loaded set digest = 'older'");
  await w.transaction((ctx) => loadCountry(ctx));
  const state = async (id: string) => (await w.call(api.readService, { id })).enabled;
  assert.equal(await state("BF/GOV/ONI/IDENTITE/old"), false);
  // And what comes back is open again.
  await w.owner("update exchange.service set withdrawn = true where id = 'BF/GOV/EC-SOURGOU/ETAT-CIVIL/births'");
  assert.equal(await state("BF/GOV/EC-SOURGOU/ETAT-CIVIL/births"), false);
  await w.owner("update exchange.loaded set digest = 'oldest'");
  await w.transaction((ctx) => loadCountry(ctx));
  assert.equal(await state("BF/GOV/EC-SOURGOU/ETAT-CIVIL/births"), true);
  assert.equal(await state("BF/GOV/ONI/IDENTITE/old"), false);
});

test("another country is another pack, nothing else", async () => {
  const other = await world({ modules: [registry, { ...trust, start: async () => undefined }, exchange], country: "tg" });
  const { instance, members } = await other.call(api.listMembers, {});
  assert.equal(instance, "TG");
  assert.ok(members.length > 50 && members.every((m) => m.id.startsWith("TG/GOV/")));
  assert.equal((await other.call(api.readService, { id: "TG/GOV/DGDN/IDENTITE/persons" })).kind, "http");
  await other.close();
});
