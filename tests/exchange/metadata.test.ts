/** The catalogue of the r1 port, as X-Road's software reads it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { asks, type House, house, justice, typeOf } from "./port.ts";

const run = promisify(execFile);
let h: House;
before(async () => {
  h = await house();
});
after(() => h.close());
const identity = "/r1/BF/GOV/ONI/IDENTITE";
const read = async (target: string, headers: Record<string, string> = asks) => {
  const r = await h.call(target, { headers });
  assert.equal(r.status, 200, r.text);
  assert.equal(r.head["content-type"], "application/json;charset=utf-8");
  return JSON.parse(r.text) as Record<string, never>;
};
interface Method {
  service_code: string;
  service_type: string;
  object_type: string;
  member_code: string;
  endpoint_list: { method: string; path: string }[];
}

test("listClients: members and subsystems, JSON when asked for, else XML", async () => {
  const { member } = (await read("/listClients", { Accept: "application/json" })) as unknown as {
    member: { id: Record<string, string>; name: string; subsystem_name?: string }[];
  };
  const count = await h.world.owner(
    "select (select count(*) from exchange.member)::int + (select count(*) from exchange.subsystem)::int as n",
  );
  assert.equal(member.length, count.rows[0].n);
  assert.deepEqual(member.find((m) => m.id.subsystem_code === "SERVICES" && m.id.member_code === "MIN-JUSTICE")?.id, {
    object_type: "SUBSYSTEM",
    xroad_instance: "BF",
    member_class: "GOV",
    member_code: "MIN-JUSTICE",
    subsystem_code: "SERVICES",
  });
  assert.ok(member.every((m) => m.name && (m.id.object_type === "MEMBER") === (m.subsystem_name === undefined)));
  const xml = await h.call("/listClients?xRoadInstance=BF", { headers: {} });
  assert.equal(xml.head["content-type"], "text/xml;charset=utf-8");
  assert.equal(xml.text.match(/<xrd:member>/g)!.length, member.length);
  await h.world.owner(`update exchange.member set name = jsonb_set(name, '{fr}', '"A & <B>"') where id = 'BF/GOV/ONI'`);
  // a strict XML reader that is not ours
  const { stdout } = await run("bash", [
    "-c",
    `curl -s http://127.0.0.1:${h.port}/listClients | python3 -c 'import sys, xml.dom.minidom as m; d = m.parse(sys.stdin.buffer); print([n.firstChild.data for n in d.getElementsByTagName("xrd:name") if "&" in n.firstChild.data][0])'`,
  ]);
  assert.equal(stdout.trim(), "A & <B>");
  assert.equal(typeOf(await h.call("/listClients?xRoadInstance=ZZ")), "client.clientproxy.bad_request");
  assert.equal(typeOf(await h.call("/listClients", { method: "POST", body: "x" })), "client.clientproxy.bad_request");
});

test("listMethods shows all, allowedMethods what the caller may use; neither what a person answers", async () => {
  const all = ((await read(`${identity}/listMethods`)) as unknown as { service: Method[] }).service;
  assert.deepEqual(
    all.map((s) => [s.object_type, s.member_code, s.service_code, s.endpoint_list]),
    [
      [
        "SERVICE",
        "ONI",
        "cards",
        [
          { method: "GET", path: "/" },
          { method: "GET", path: "/*" },
        ],
      ],
      [
        "SERVICE",
        "ONI",
        "echo",
        [
          { method: "GET", path: "/items/*" },
          { method: "POST", path: "/items" },
        ],
      ],
      ["SERVICE", "ONI", "persons", [{ method: "GET", path: "/" }]],
    ],
  );
  const allowed = async (client: string) =>
    ((await read(`${identity}/allowedMethods`, { "X-Road-Client": client })) as unknown as { service: Method[] }).service.map(
      (s) => s.service_code,
    );
  assert.deepEqual(await allowed(justice), ["echo", "persons"]);
  assert.deepEqual(await allowed("BF/GOV/PASSEPORTS/PASSEPORTS"), ["cards", "persons"]);
  assert.deepEqual(await allowed("BF/GOV/CNSS/PRESTATIONS"), []);
  await h.world.owner("update exchange.access_right set until_day = '2026-01-02' where id = 'echo'");
  assert.deepEqual(await allowed(justice), ["persons"]);
  const byHand = (await read("/r1/BF/GOV/EC-SOURGOU/ETAT-CIVIL/listMethods")) as unknown as { service: Method[] };
  assert.deepEqual(byHand.service, []);
});

test("getOpenAPI: what the directory says of a service; not where its system is", async () => {
  const document = await read(`${identity}/getOpenAPI?serviceCode=persons`);
  const text = JSON.stringify(document);
  assert.ok(!text.includes("sandbox"));
  const { paths, servers, openapi } = document as unknown as {
    openapi: string;
    servers: object[];
    paths: Record<
      string,
      Record<
        string,
        {
          parameters: { name: string }[];
          responses: Record<
            string,
            { content: Record<string, { schema: { properties: { rows: { items: { properties: Record<string, object> } } } } }> }
          >;
        }
      >
    >;
  };
  assert.match(openapi, /^3\.0\./);
  assert.deepEqual(servers, [{ url: "/r1/BF/GOV/ONI/IDENTITE/persons" }]);
  const get = paths["/"]!.get!;
  assert.deepEqual(get.parameters.map((p) => p.name).slice(0, 2), ["nip", "phone"]);
  assert.ok("birth" in get.responses["200"]!.content["application/json"]!.schema.properties.rows.items.properties);
  const echo = (await read(`${identity}/getOpenAPI?serviceCode=echo`)) as unknown as { paths: object };
  assert.deepEqual(Object.keys(echo.paths), ["/items/{part1}", "/items"]);
});

test("the catalogue refuses in the protocol’s words", async () => {
  for (const [target, headers, type] of [
    [`${identity}/listMethods`, {}, "client.clientproxy.invalid_client_identifier"],
    [`${identity}/listMethods`, { "X-Road-Client": "BF/GOV/NOBODY/SUB" }, "server.clientproxy.unknown_member"],
    ["/r1/BF/GOV/NOBODY/SUB/allowedMethods", asks, "server.clientproxy.unknown_member"],
    [`${identity}/getOpenAPI`, asks, "client.clientproxy.bad_request"],
    [`${identity}/getOpenAPI?serviceCode=none`, asks, "server.clientproxy.unknown_service"],
    ["/r1/BF/GOV/EC-SOURGOU/ETAT-CIVIL/getOpenAPI?serviceCode=births", asks, "server.clientproxy.unknown_service"],
    ["/r1/BF/GOV/%2e%2e/IDENTITE/listMethods", asks, "server.clientproxy.unknown_member"],
  ] as const)
    assert.equal(typeOf(await h.call(target, { headers })), type, target);
});

test("by switch, statuses say what happened", async () => {
  const other = await house({ TOGUNA_EXCHANGE_ERRORS: "precise" });
  try {
    const status = async (target: string, headers: Record<string, string> = asks) => (await other.call(target, { headers })).status;
    assert.deepEqual(
      [
        await status(`${identity}/persons?nip=1`, { ...asks, "X-Road-Client": "BF/GOV/CNSS/PRESTATIONS" }),
        await status(`${identity}/nothing`),
        await status(`${identity}/persons/..`),
        await status(`${identity}/echo/x`, { ...asks, Origin: "https://elsewhere.example" }),
      ],
      [403, 404, 400, 401],
    );
  } finally {
    await other.close();
  }
});
