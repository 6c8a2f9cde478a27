/** GovStack's Directory Services, in both forms, beside X-Road's catalogue: the same services in other words. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type House, house, justice } from "./port.ts";

/** What comes back is looked at freely: a test asserts what it finds. */
type Json = { member: Entry[] } & string;
interface Entry {
  [key: string]: unknown;
  id: Record<string, string>;
  endpointList: { member: [object, ...object[]] };
}

let h: House;
before(async () => {
  h = await house();
});
after(() => h.close());

const oni = "BF/GOV/ONI/IDENTITE";
async function get(path: string, headers: Record<string, string> = { "X-GovStack-Client": justice }, method = "GET") {
  const r = await h.call(`/govstack${path}`, { method, headers });
  return { status: r.status, type: r.head["content-type"], json: JSON.parse(r.text) as Json };
}
const keys = (value: object) => Object.keys(value).sort();

test("listMethods: the earlier form and the current one name the same services, with no other key", async () => {
  const before = await get(`/${oni}/listMethods`);
  const now = await get(`/r1/${oni}/listMethods`);
  assert.deepEqual([before.status, now.status], [200, 200]);
  assert.equal(now.type, "application/json; charset=utf-8");
  const [a, b] = [before.json.member[0]!, now.json.member[0]!];
  const common = [
    "memberClass",
    "memberCode",
    "applicationCode",
    "serviceCode",
    "serviceVersion",
    "serviceType",
    "objectType",
    "endpointList",
  ];
  assert.deepEqual(keys(a), [...common, "GovStackInstance"].sort());
  assert.deepEqual(keys(b), [...common, "instanceId"].sort());
  assert.deepEqual([a.objectType, b.objectType], [{ object_type: "SERVICE" }, "SERVICE"]);
  assert.deepEqual(keys(a.endpointList), ["member"]);
  assert.deepEqual(keys(a.endpointList.member[0]), ["method", "path"]);
  const codes = (json: Json) => json.member.map((m) => m.serviceCode as string).sort();
  assert.deepEqual(codes(before.json), codes(now.json));
  const xroad = await h.call(`/r1/${oni}/listMethods`, { headers: { "X-Road-Client": justice } });
  assert.deepEqual(
    codes(now.json),
    (JSON.parse(xroad.text) as { service: { service_code: string }[] }).service.map((s: { service_code: string }) => s.service_code).sort(),
  );
});

test("catalogue data is not refused to a client unknown; what is allowed is empty for it", async () => {
  for (const headers of [{}, { "X-GovStack-Client": "BF/GOV/NOBODY/X" }, { "X-GovStack-Client": "!!" }] as Record<string, string>[]) {
    assert.equal((await get(`/r1/${oni}/listMethods`, headers)).status, 200);
    assert.deepEqual((await get(`/r1/${oni}/allowedMethods`, headers)).json, { member: [] });
  }
  const mine = (await get(`/r1/${oni}/allowedMethods`, { "Information-Mediator-Client": justice })).json.member;
  assert.ok(mine.some((m) => m.serviceCode === "persons"));
  const one = await get(`/r1/${oni}/allowedMethods?serviceId=persons&unknown=1&unknown=2`);
  assert.deepEqual(
    one.json.member.map((m) => m.serviceCode),
    ["persons"],
  );
});

test("identifiers within quotation marks are read without them", async () => {
  const quoted = oni
    .split("/")
    .map((part) => `%22${part}%22`)
    .join("/");
  assert.equal((await get(`/r1/${quoted}/listMethods?serviceId=%22persons%22`)).json.member.length, 1);
  const client = justice
    .split("/")
    .map((part) => `"${part}"`)
    .join("/");
  assert.ok((await get(`/r1/${oni}/allowedMethods`, { "X-GovStack-Client": client })).json.member.length > 0);
});

test("getOpenAPI: a JSON string, and so is whatever is wrong", async () => {
  const good = await get(`/r1/${oni}/getOpenAPI?serviceCode=persons`);
  assert.equal(good.status, 200);
  assert.equal(typeof good.json, "string");
  assert.match(JSON.parse(good.json).openapi, /^3\./);
  const wrong: [string, Record<string, string>?][] = [
    [`/r1/${oni}/getOpenAPI`],
    [`/r1/${oni}/getOpenAPI?serviceCode=`],
    [`/${oni}/getOpenAPI?serviceCode=nothing`],
    [`/r1/BF/GOV/NOBODY/X/getOpenAPI?serviceCode=persons`],
    [`/r1/${oni}/getOpenAPI?serviceCode=persons`, {}],
    [`/r1/${oni}/getOpenAPI?serviceCode=persons`, { "X-GovStack-Client": "BF/GOV/NOBODY/X" }],
  ];
  for (const [path, headers] of wrong) {
    const r = await get(path, headers);
    assert.deepEqual([r.status, typeof r.json, r.type], [400, "string", "application/json; charset=utf-8"], path);
  }
});

test("listClients: flat in the earlier form, nested in the current one; other paths and verbs are told", async () => {
  const flat = (await get("/listClients", {})).json.member;
  const nested = (await get("/r1/listClients", {})).json.member;
  assert.equal(flat.length, nested.length);
  assert.deepEqual(keys(nested.find((m) => m.id.applicationCode)!.id), [
    "applicationCode",
    "instanceId",
    "memberClass",
    "memberCode",
    "objectType",
  ]);
  assert.ok(flat.some((m) => m.memberCode === "ONI" && m.GovStackInstance === "BF"));
  assert.deepEqual((await get("/r1/listClients?instanceId=ZZ", {})).json, { member: [] });
  assert.equal((await get("/nothing")).status, 404);
  assert.equal((await get(`/r1/${oni}/listMethods`, undefined, "DELETE")).status, 405);
});
