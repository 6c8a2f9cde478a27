/** Operational monitoring: every message with X-Road's field names, by period; who sees what; the year of an institution. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listOperations, readNationalYear, readYear } from "#exchange/api";
import { asks, echo, type House, house, justice, persons, typeOf } from "./port.ts";

/** PR-OPMON, as X-Road 7.8 writes them, and xRequestId. */
const names =
  `monitoringDataTs securityServerInternalIp securityServerType requestInTs requestOutTs responseInTs responseOutTs clientXRoadInstance clientMemberClass
  clientMemberCode clientSubsystemCode serviceXRoadInstance serviceMemberClass serviceMemberCode serviceSubsystemCode serviceCode restMethod restPath serviceVersion
  representedPartyClass representedPartyCode messageId messageUserId messageIssue messageProtocolVersion clientSecurityServerAddress serviceSecurityServerAddress
  requestSize requestMimeSize requestAttachmentCount responseSize responseMimeSize responseAttachmentCount succeeded serviceType faultCode faultString statusCode
  xRoadVersion xRequestId`
    .split(/\s+/)
    .filter(Boolean);

let h: House;
const start = new Date("2026-11-23T09:00:00Z");
const seconds = () => Math.floor(h.world.clock.now().getTime() / 1000);
type Found = { recordsCount: number; records: Record<string, string | number | boolean>[]; nextRecordsFrom?: number };
const ask = async (query: string, client = justice): Promise<Found> => {
  const r = await h.call(`/operationalData?${query}`, { headers: { "X-Road-Client": client } });
  assert.equal(r.status, 200, r.text);
  return JSON.parse(r.text) as Found;
};
const from = () => `recordsFrom=${start.getTime() / 1000}`;

before(async () => {
  h = await house({ TOGUNA_EXCHANGE_MONITORING: "BF/GOV/ANPTIC/PORTAIL" }, start);
  h.behave((req, res) => {
    if (req.url!.includes("gone")) return void res.writeHead(404).end();
    res.writeHead(200, { "content-type": "application/json" }).end('{"rows":[{"nip":"1","family":"Zongo"}]}');
  });
  await h.call(`${persons}?nip=1`, {
    headers: { ...asks, "X-Road-Id": "M-1", "X-Road-UserId": "BF-7", "X-Road-Issue": "RG-1", "X-Road-Represented-Party": "COM/77" },
  });
  await h.call(`${echo}/items`, { method: "POST", body: '{"a":1}', headers: { ...asks, "Content-Type": "application/json" } });
  await h.call(`${echo}/items/gone`);
  await h.call(`${persons}?nip=1`, { headers: { "X-Road-Client": justice, "Exchange-Purpose": "identity-proof" } });
});
after(() => h.close());

test("the names are X-Road's thirty-nine and the number of the exchange; nothing else leaves", async () => {
  const { fieldNames } = await import("../../modules/exchange/monitoring/record.ts");
  assert.deepEqual([...fieldNames], names);
});

test("the last minute comes later, and the answer says from when to ask on", async () => {
  const early = await ask(`${from()}&recordsTo=${seconds()}`);
  assert.deepEqual([early.recordsCount, early.nextRecordsFrom! >= start.getTime() / 1000], [0, true]);
  h.world.clock.advance(120);
  const later = await ask(`${from()}&recordsTo=${seconds() - 60}`);
  assert.deepEqual([later.recordsCount, later.nextRecordsFrom], [4, undefined]);
});

test("a client's record: identifiers, stamps in order, sizes, outcome", async () => {
  const { records } = await ask(`${from()}&recordsTo=${seconds()}`);
  const r = records.find((one) => one.messageId === "M-1")!;
  assert.ok(Object.keys(r).every((name) => names.includes(name)));
  assert.deepEqual(
    {
      ...r,
      monitoringDataTs: 0,
      requestInTs: 0,
      requestOutTs: 0,
      responseInTs: 0,
      responseOutTs: 0,
      securityServerInternalIp: "",
      xRequestId: "",
      requestSize: 0,
      responseSize: 0,
      clientSecurityServerAddress: "",
      serviceSecurityServerAddress: "",
    },
    {
      monitoringDataTs: 0,
      securityServerInternalIp: "",
      securityServerType: "Client",
      requestInTs: 0,
      requestOutTs: 0,
      responseInTs: 0,
      responseOutTs: 0,
      clientXRoadInstance: "BF",
      clientMemberClass: "GOV",
      clientMemberCode: "MIN-JUSTICE",
      clientSubsystemCode: "SERVICES",
      serviceXRoadInstance: "BF",
      serviceMemberClass: "GOV",
      serviceMemberCode: "ONI",
      serviceSubsystemCode: "IDENTITE",
      serviceCode: "persons",
      restMethod: "GET",
      restPath: "/",
      representedPartyClass: "COM",
      representedPartyCode: "77",
      messageId: "M-1",
      messageUserId: "BF-7",
      messageIssue: "RG-1",
      messageProtocolVersion: "1",
      clientSecurityServerAddress: "",
      serviceSecurityServerAddress: "",
      requestSize: 0,
      requestAttachmentCount: 0,
      responseSize: 0,
      responseAttachmentCount: 1,
      succeeded: true,
      serviceType: "REST",
      statusCode: 200,
      xRoadVersion: "toguna 0.1.0",
      xRequestId: "",
    },
  );
  const stamps = ["requestInTs", "requestOutTs", "responseInTs", "responseOutTs"].map((name) => r[name] as number);
  assert.deepEqual(
    stamps,
    stamps.toSorted((a, b) => a - b),
  );
  assert.ok((r.requestSize as number) > 150 && (r.responseSize as number) > 200);
  const posted = records.find((one) => one.restMethod === "POST")!;
  assert.deepEqual([posted.requestAttachmentCount, posted.succeeded], [1, true]);
  const gone = records.find((one) => one.restPath === "/items/gone")!;
  assert.deepEqual([gone.succeeded, gone.statusCode], [false, 404]);
  const denied = records.find((one) => one.faultCode !== undefined)!;
  assert.deepEqual([denied.succeeded, denied.faultCode], [false, "server.serverproxy.access_denied.purpose"]);
  assert.match(String(denied.faultString), /does not cover this purpose/);
});

test("a subsystem sees its own messages as client and as provider, the operator's named one sees all, others none", async () => {
  const types = async (client: string) =>
    (await ask(`${from()}&recordsTo=${seconds()}`, client)).records.map((r) => r.securityServerType).sort();
  assert.deepEqual(await types(justice), ["Client", "Client", "Client", "Client"]);
  assert.deepEqual(await types("BF/GOV/ONI/IDENTITE"), ["Producer", "Producer", "Producer", "Producer"]);
  assert.equal((await types("BF/GOV/ANPTIC/PORTAIL")).length, 8);
  assert.deepEqual(await types("BF/GOV/SONABEL/ABONNES"), []);
  const filtered = await ask(`${from()}&recordsTo=${seconds()}&client=${justice}&fields=messageId,succeeded`, "BF/GOV/ANPTIC/PORTAIL");
  assert.ok(filtered.records.every((r) => Object.keys(r).every((name) => name === "messageId" || name === "succeeded")));
  assert.equal(filtered.recordsCount, 8);
});

test("an official reads his own institution's, by permission; another's are not there", async () => {
  const period = { recordsFrom: start.getTime() / 1000, recordsTo: seconds() };
  const as = h.world.clerk("bf-oni", ["exchange.read-operations"]);
  const own = await h.world.call(listOperations, period, { as });
  assert.deepEqual([own.recordsCount, new Set(own.records.map((r) => r.securityServerType))], [4, new Set(["Producer"])]);
  assert.equal(
    (await h.world.call(listOperations, period, { as: h.world.clerk("bf-sonabel", ["exchange.read-operations"]) })).recordsCount,
    0,
  );
  await assert.rejects(h.world.call(listOperations, period, { as: h.world.clerk("bf-oni") }), /forbidden/);
  await assert.rejects(h.world.call(listOperations, period), /sign-in/);
  await assert.rejects(h.world.call(listOperations, { ...period, fields: "person" }, { as }), /input|invalid/i);
});

test("questions that cannot be read are refused in the protocol's words", async () => {
  const wrong = [
    "",
    "recordsFrom=1",
    "recordsFrom=9&recordsTo=1",
    "recordsFrom=-1&recordsTo=5",
    "recordsFrom=1e3&recordsTo=2000",
    `${from()}&recordsTo=9999999999999`,
    `${from()}&recordsTo=${seconds()}&fields=person`,
    `${from()}&recordsTo=${seconds()}&client=x`,
  ];
  for (const query of wrong) {
    const r = await h.call(`/operationalData?${query}`, { headers: { "X-Road-Client": justice } });
    assert.equal(typeOf(r), "client.clientproxy.bad_request", query);
  }
  assert.equal(
    typeOf(await h.call("/operationalData?recordsFrom=1&recordsTo=2", { headers: {} })),
    "client.clientproxy.invalid_client_identifier",
  );
  assert.equal(
    typeOf(await h.call("/operationalData?recordsFrom=1&recordsTo=2", { headers: { "X-Road-Client": "BF/GOV/NOBODY/X" } })),
    "server.clientproxy.unknown_member",
  );
  assert.equal(
    typeOf(await h.call("/operationalData?recordsFrom=1&recordsTo=2", { method: "POST", headers: { "X-Road-Client": justice } })),
    "client.clientproxy.bad_request",
  );
});

test("more than a page is read on from a whole second, nothing twice and nothing lost", async () => {
  const { world } = h;
  await world.owner(
    `with n as (select gen_random_uuid() as exchange, i from generate_series(1, 2500) i),
     r as (insert into exchange.request (exchange, side, institution, message_id, at, client, service, method, path, purpose, by_person, expires, header_part, signature, serial, format)
       select n.exchange, 'client', 'bf-min-justice', 'B-' || i, $1::timestamptz, $2, $3, 'GET', '/', 'p', false, $1, 'GET' || chr(13) || chr(10), '', 's', 'hashes' from n returning exchange)
     insert into exchange.outcome (exchange, side, institution, at, outcome, error_type)
     select n.exchange, 'client', 'bf-min-justice', $1::timestamptz + make_interval(secs => case when i <= 1200 then 0 else i * 0.01 end), 'failed', 'server.serverproxy.network_error' from n`,
    [new Date("2026-11-22T09:00:00Z"), justice, persons.slice(4)],
  );
  const seen = new Set<unknown>();
  let next: number | undefined = Date.parse("2026-11-22T08:00:00Z") / 1000;
  const to = Date.parse("2026-11-22T10:00:00Z") / 1000;
  let pages = 0;
  while (next !== undefined && pages < 10) {
    const page: Found = await ask(`recordsFrom=${next}&recordsTo=${to}`);
    for (const r of page.records) {
      assert.ok(!seen.has(r.messageId), "twice");
      seen.add(r.messageId);
    }
    next = page.nextRecordsFrom;
    pages += 1;
  }
  assert.equal(seen.size, 2500);
});

test("the year of an institution: by service, partner and month, without persons", async () => {
  const year = await h.world.call(readYear, { year: 2026 }, { as: h.world.clerk("bf-oni", ["exchange.read-operations"]) });
  assert.deepEqual([year.over, year.asked, year.months[10]], [false, [], { month: 11, asked: 0, answered: 4 }]);
  assert.deepEqual(
    year.answered.map((one) => [one.service, one.other.institution, one.total, one.answered]),
    [
      [persons.slice(4), "bf-min-justice", 2, 1],
      [echo.slice(4), "bf-min-justice", 2, 2],
    ].toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
  );
  assert.equal(year.outcomes.find((o) => o.outcome === "refused")?.count, 1);
  const empty = await h.world.call(readYear, { year: 2020 }, { as: h.world.clerk("bf-oni", ["exchange.read-operations"]) });
  assert.deepEqual([empty.over, empty.answered], [true, []]);
  assert.deepEqual([empty.since, empty.name.length > 0], [2026, true]);
  await assert.rejects(h.world.call(readYear, { year: 2026 }, { as: h.world.clerk("bf-oni") }), /forbidden/);
  // another institution's is for who follows all traffic, and so is the country's
  const neighbour = h.world.clerk("bf-sonabel", ["exchange.read-operations"]);
  await assert.rejects(h.world.call(readYear, { year: 2026, institution: "bf-oni" }, { as: neighbour }), /forbidden/);
  await assert.rejects(h.world.call(readNationalYear, { year: 2026 }, { as: neighbour }), /forbidden/);
  const auditor = h.world.clerk("bf-sonabel", ["exchange.read-operations", "exchange.read-traffic"]);
  assert.deepEqual((await h.world.call(readYear, { year: 2026, institution: "bf-oni" }, { as: auditor })).answered, year.answered);
  const { institutions } = await h.world.call(readNationalYear, { year: 2026 }, { as: auditor });
  assert.deepEqual(
    institutions.map(({ institution, asked, answered }) => [institution, asked, answered]),
    [
      ["bf-min-justice", 4, 0],
      ["bf-oni", 0, 4],
    ],
  );
});
