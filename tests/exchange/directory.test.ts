/** The exchange a newcomer finds: its institutions, services and rights are counted, and each service is called through r1. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { setBase } from "#exchange";
import { listMembers, listRights, listServices, readPolicies, type RightView, type ServiceView } from "#exchange/api";
import { loadCountry } from "#kernel";
import { type Sandbox, startSandbox } from "../../apps/sandbox/index.ts";
import { registers } from "../../apps/sandbox/pack.ts";
import { valueAt } from "../../apps/sandbox/registers/search.ts";
import { type House, house } from "./port.ts";

const sources = loadCountry("bf", [registers]).get(registers);
let h: House;
let sandbox: Sandbox;
let services: ServiceView[];
let rights: RightView[];
let members: Awaited<ReturnType<typeof read>>["members"];
const read = () => h.world.call(listMembers, {});
before(async () => {
  h = await house();
  sandbox = await startSandbox({ country: "bf", port: 0, faults: {} });
  await h.world.transaction((ctx) => setBase(ctx, "sandbox", sandbox.url));
  ({ services } = await h.world.call(listServices, {}));
  ({ rights } = await h.world.call(listRights, {}, { as: h.world.clerk("bf-cil", ["exchange.read-rights"]) }));
  ({ members } = await read());
});
after(async () => {
  await sandbox.stop();
  await h.close();
});

const systems = () => services.filter((s) => s.kind === "http" && s.enabled && !s.id.endsWith("/echo"));
const codeOf = (id: string) => id.split("/").at(-1)!;
const ownerOf = (s: ServiceView) => s.provider.institution;

test("at least 12 institutions answer by their systems, with at least 30 different services", () => {
  assert.ok(new Set(systems().map(ownerOf)).size >= 12);
  assert.ok(new Set(systems().map((s) => codeOf(s.id))).size >= 30);
  for (const s of services) {
    assert.ok(s.title && s.fields.every((f) => f.label), s.id);
    assert.ok(
      s.kind !== "http" || sources.some((r) => r.owner === ownerOf(s) && r.register === codeOf(s.id)) || s.id.endsWith("/echo"),
      s.id,
    );
  }
});

test("every right names its purposes, its basis, and fields that its service has", () => {
  for (const r of rights) {
    const service = services.find((s) => s.id === r.service)!;
    assert.ok(
      r.purposes.every((p) => p.label && p.label !== p.code),
      r.id,
    );
    const names = service.fields.map((f) => `/rows/*/${f.name.replaceAll(".", "/")}`);
    for (const pointer of r.fields ?? [])
      assert.ok(
        names.some((name) => name === pointer || name.startsWith(`${pointer}/`)),
        `${r.id}: ${service.id} has no ${pointer}`,
      );
    // what names a person is never read whole
    if (r.fields === undefined && r.id !== "echo" && !r.id.startsWith("extract-convictions"))
      assert.ok(!service.fields.some((f) => f.name === "nip"), `${r.id}: all of ${r.service}`);
  }
});

/** A client that may ask, with what the register really holds: nothing here knows the services by name. */
function question(s: ServiceView): { target: string; headers: Record<string, string>; right: RightView } | undefined {
  const mine = rights.filter((r) => r.service === s.id);
  for (const right of mine) {
    const group = right.subject.startsWith("group:") ? right.subject.slice(6) : undefined;
    const client =
      group === undefined ? right.subject : members.flatMap((m) => m.subsystems).find((u) => groupsOf(u.id).includes(group))?.id;
    const source = sources.find((r) => r.owner === ownerOf(s) && r.register === codeOf(s.id))!;
    const key = s.query.find((name) => source.rows.some((row) => valueAt(row, name) !== undefined))!;
    const value = source.rows
      .filter((row) => !("_fault" in row))
      .map((row) => valueAt(row, key))
      .flat()
      .find((v) => v !== undefined);
    if (!client || value === undefined) continue;
    const target = `/r1/${s.id}?${key}=${encodeURIComponent(String(value))}`;
    return { target, right, headers: { "X-Road-Client": client, "Exchange-Purpose": right.purposes[0]!.code } };
  }
  return undefined;
}
let groups: Map<string, string[]>;
const groupsOf = (id: string) => groups.get(id) ?? [];

test("each of them is called through r1, answers, and gives no field beyond the right", async () => {
  const found = await h.world.owner("select id, groups from exchange.subsystem where cardinality(groups) > 0");
  groups = new Map((found.rows as { id: string; groups: string[] }[]).map((r) => [r.id, r.groups]));
  const called = new Set<string>();
  for (const s of systems()) {
    // registers of one family (civil registries, courts) answer alike: one of each is enough
    if (called.has(codeOf(s.id))) continue;
    const q = question(s);
    assert.ok(q, `${s.id}: nobody may ask it anything`);
    const reply = await h.call(q.target, { headers: q.headers });
    if (q.right.consentDays !== undefined) {
      assert.match(reply.text, /consent of the person concerned/, q.target);
      continue;
    }
    assert.equal(reply.status, 200, `${q.target} ${reply.text}`);
    const { rows } = JSON.parse(reply.text) as { rows: Record<string, unknown>[] };
    assert.ok(rows.length > 0 && rows.some((row) => Object.keys(row).length > 0), `${q.target} ${reply.text}`);
    const names = new Set((q.right.fields ?? []).map((pointer) => pointer.split("/")[3]));
    if (q.right.fields) for (const row of rows) for (const name of Object.keys(row)) assert.ok(names.has(name), `${s.id} gave ${name}`);
    called.add(codeOf(s.id));
  }
  assert.ok(called.size >= 30, `${called.size} services answered`);
});

test("an entry is asked by path where the service publishes one", async () => {
  const card = sources.find((r) => r.register === "cards")!.rows[0] as { number: string };
  const reply = await h.call(`/r1/BF/GOV/ONI/IDENTITE/cards/${card.number}`, {
    headers: { "X-Road-Client": "BF/GOV/PASSEPORTS/PASSEPORTS", "Exchange-Purpose": "passport" },
  });
  assert.equal(reply.status, 200, reply.text);
  assert.equal((JSON.parse(reply.text) as { rows: { number: string }[] }).rows[0]!.number, card.number);
});

test("the other country of the demonstration has its own", () => {
  const other = loadCountry("tg", [registers]).get(registers);
  assert.ok(new Set(other.map((r) => r.register)).size >= 15);
});

test("every right of the country is a policy that Cedar reads", async () => {
  const { text, policies } = await h.world.call(readPolicies, {}, { as: h.world.clerk("bf-cil", ["exchange.read-rights"]) });
  assert.equal(policies, rights.length);
  const cedar = createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs") as { checkParsePolicySet(set: object): object };
  assert.deepEqual(cedar.checkParsePolicySet({ staticPolicies: text, templates: {}, templateLinks: [] }), { type: "success" });
});
