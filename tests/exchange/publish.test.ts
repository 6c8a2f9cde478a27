/** An institution publishes, a second person approves, a client is let in, and r1 answers; and those who try it otherwise. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import * as api from "#exchange/api";
import { type Caller, factsOf } from "#kernel";
import { loadCountryAgain, type House, house } from "./port.ts";

let h: House;
let system: Server;
let document: object;
let base: string;
const parcel = (more: object = {}) => ({
  openapi: "3.1.0",
  info: { title: "Parcels", version: "1" },
  paths: {
    "/parcels/{id}": {
      get: {
        parameters: [{ name: "lang", in: "query", schema: { type: "string" } }],
        responses: {
          200: {
            description: "ok",
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  properties: {
                    id: { type: "string" },
                    owner: { type: "object", properties: { nip: { type: "string" }, phone: { type: "string" } } },
                  },
                },
              },
            },
          },
        },
      },
    },
    ...more,
  },
});
before(async () => {
  h = await house();
  system = createServer((req, res) => {
    const answer =
      req.url === "/openapi.json"
        ? document
        : { id: req.url!.split("/").at(-1), owner: { nip: "99199400000169139", phone: "+22670000011" } };
    if (req.url === "/moved.json") return void res.writeHead(302, { location: "/openapi.json" }).end();
    if (req.url === "/endless.json") return void res.writeHead(200, { "content-type": "application/json" }).write(" ".repeat(3_000_000));
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => system.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(system.address() as AddressInfo).port}`;
  document = { ...parcel(), servers: [{ url: "/" }] };
});
after(async () => {
  system.closeAllConnections();
  system.close();
  await h.close();
});

const at = (institution: string, account: string, ...permissions: string[]): Caller => h.world.clerk(institution, permissions, { account });
const manager = () => at("bf-dgi", "manager", "exchange.manage-services", "exchange.read-rights");
const colleague = () => at("bf-dgi", "colleague", "exchange.approve-proposals", "exchange.read-rights");
const operator = () => at("bf-anptic", "operator", "exchange.approve-directory", "exchange.read-rights");
const cadastre = "BF/GOV/DGI/CADASTRE";
const parcels = `${cadastre}/parcels`;
const words = { fr: "Parcelles", en: "Parcels" };
const service = { subsystem: cadastre, code: "parcels", title: words };
const decide = (as: Caller, id: string, approve = true, reason?: string) =>
  h.world.call(api.decideProposal, { id, approve, ...(reason ? { reason } : {}) }, { as });
const version = async () => Number((await h.world.owner("select version from exchange.directory_version")).rows[0].version);

test("from an OpenAPI address to an answer over r1, each step by another hand", async () => {
  const { id, state } = await h.world.call(
    api.proposeService,
    { ...service, openapiUrl: `${base}/openapi.json`, subject: { answer: "/owner/nip" } },
    { as: manager() },
  );
  assert.equal(state, "reading");
  await assert.rejects(decide(operator(), id), /proposal-closed/, "nothing is approved unread");
  await h.world.settle();
  const read = await h.world.call(api.readProposal, { id }, { as: operator() });
  assert.deepEqual(
    [read.state, read.mayDecide, read.title, read.proposedBy, read.approver],
    ["waiting", true, "Parcelles", "manager", "operator"],
  );
  assert.deepEqual(read.service!.endpoints, [{ method: "GET", path: "/parcels/*" }]);
  assert.deepEqual(
    read.service!.fields.map((f) => f.pointer),
    ["/id", "/owner/nip", "/owner/phone"],
  );
  assert.equal(read.service!.baseUrl, base);
  await assert.rejects(h.world.call(api.readService, { id: parcels }), /service-unknown/);

  const before = await version();
  await decide(operator(), id);
  assert.ok((await version()) > before);
  const published = await h.world.call(api.readService, { id: parcels });
  assert.deepEqual([published.kind, published.enabled, published.query], ["http", true, ["lang"]]);

  // nobody may ask it yet
  const client = "BF/GOV/SONABEL/ABONNES";
  const ask = () => h.call(`/r1/${parcels}/parcels/7`, { headers: { "X-Road-Client": client, "Exchange-Purpose": "utility-connection" } });
  assert.equal((await ask()).head["x-road-error"], "server.serverproxy.access_denied");
  const right = {
    service: parcels,
    subject: client,
    purposes: ["utility-connection"],
    fields: ["/id", "/owner/nip"],
    methods: ["GET" as const],
    path: "/parcels/*",
    basis: { fr: "Accord n° 12", en: "Agreement 12" },
    from: "2026-01-01",
  };
  const granted = await h.world.call(api.proposeRight, right, { as: manager() });
  await assert.rejects(decide(operator(), granted.id), /proposal-unknown|not-your-decision/, "the operator grants nothing of another’s");
  await decide(colleague(), granted.id);
  const answer = await ask();
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(JSON.parse(answer.text), { id: "7", owner: { nip: "99199400000169139" } });

  const told = await h.world.transaction((ctx) => factsOf(ctx, { subject: "institution:bf-dgi" }));
  assert.deepEqual(
    told
      .map((f) => f.type)
      .filter((type) => type.startsWith("exchange."))
      .sort(),
    ["exchange.proposal-approved", "exchange.proposal-approved", "exchange.proposed", "exchange.proposed"],
  );

  // an agreement that ends, ends at once, and needs no second person
  const mine = (await h.world.call(api.listRights, { service: parcels }, { as: manager() })).rights[0]!;
  const end = { service: parcels, id: mine.id, subject: client, reason: "Accord dénoncé" };
  await assert.rejects(h.world.call(api.endRight, end, { as: at("bf-oni", "x", "exchange.manage-services") }), /right-unknown/);
  await h.world.call(api.endRight, end, { as: manager() });
  assert.equal((await ask()).head["x-road-error"], "server.serverproxy.access_denied");
});

test("what was registered survives the pack, a right of the pack that was ended stays ended", async () => {
  const [right] = (await h.world.call(api.listRights, { service: `${cadastre}/land-parcels` }, { as: manager() })).rights;
  await h.world.call(api.endRight, { service: right!.service, id: right!.id, subject: right!.subject, reason: "x" }, { as: manager() });
  await h.world.owner("update exchange.loaded set digest = 'old'");
  await loadCountryAgain(h);
  assert.equal((await h.world.call(api.readService, { id: parcels })).enabled, true);
  const rights = (await h.world.call(api.listRights, { service: right!.service }, { as: manager() })).rights;
  assert.ok(rights.length > 0 && !rights.some((r) => r.id === right!.id));
});

test("read again: less is taken over, more waits for a second person", async () => {
  const refresh = async () => {
    assert.equal((await h.world.call(api.refreshDescription, { id: parcels }, { as: manager() })).asked, true);
    await h.world.settle();
  };
  const waiting = async () => (await h.world.call(api.listProposals, { state: "waiting" }, { as: colleague() })).proposals;
  await refresh();
  assert.deepEqual(await waiting(), [], "nothing changed");

  document = { ...parcel({ "/owners": { get: { responses: {} } } }), servers: [{ url: "https://elsewhere.example" }] };
  await refresh();
  await refresh();
  const [wider, ...others] = await waiting();
  assert.ok(wider && others.length === 0, "asked once");
  const detail = await h.world.call(api.readProposal, { id: wider.id }, { as: colleague() });
  assert.deepEqual(detail.difference!.endpoints, { added: [{ method: "GET", path: "/owners" }], removed: [] });
  assert.equal(detail.service!.baseUrl, base, "a description does not move a system");
  assert.equal((await h.world.call(api.readService, { id: parcels })).endpoints.length, 1);
  await decide(colleague(), wider.id);
  assert.equal((await h.world.call(api.readService, { id: parcels })).endpoints.length, 2);

  document = parcel();
  await refresh();
  assert.equal((await h.world.call(api.readService, { id: parcels })).endpoints.length, 1);
  assert.deepEqual(await waiting(), []);
  document = { swagger: "2.0" };
  await refresh();
  const { description } = await h.world.call(api.readPublication, { id: parcels }, { as: manager() });
  assert.ok(description!.fault?.includes("openapi"));
  assert.equal((await h.world.call(api.readService, { id: parcels })).endpoints.length, 1, "an unreadable description changes nothing");
  document = parcel();
  h.world.clock.advance(2 * 86_400_000);
  await h.world.sweep("exchange.refresh-descriptions");
  await h.world.settle();
  assert.equal(
    (await h.world.call(api.readPublication, { id: parcels }, { as: manager() })).description!.fault,
    undefined,
    "once a day by itself",
  );
});

test("one person alone, another institution, and a stranger get nowhere", async () => {
  const both = at(
    "bf-dgi",
    "manager",
    "exchange.manage-services",
    "exchange.approve-proposals",
    "exchange.approve-directory",
    "exchange.read-rights",
  );
  const hand = { ...service, code: "by-hand", baseUrl: `${base}/x`, endpoints: [{ method: "GET" as const, path: "/" }] };
  const { id } = await h.world.call(api.proposeService, hand, { as: manager() });
  await assert.rejects(decide(both, id), /second-person/);
  await assert.rejects(
    h.world.owner("update exchange.proposal set state = 'approved', decided_by = 'manager', decided_at = proposed_at where id = $1", [id]),
    /check/,
    "the table says it again",
  );
  await assert.rejects(decide(colleague(), id), /not-your-decision/);
  const other = at("bf-oni", "manager", "exchange.manage-services", "exchange.approve-proposals", "exchange.read-rights");
  await assert.rejects(h.world.call(api.withdrawProposal, { id }, { as: other }), /proposal-unknown/);
  await assert.rejects(h.world.call(api.readProposal, { id }, { as: other }), /proposal-unknown/);
  await assert.rejects(h.world.call(api.proposeService, { ...hand, code: "z" }, { as: other }), /not-own-directory/);
  await assert.rejects(h.world.call(api.proposeServiceChange, { id: parcels, timeoutSeconds: 3 }, { as: other }), /not-own-directory/);
  await assert.rejects(h.world.call(api.refreshDescription, { id: parcels }, { as: other }), /not-own-directory/);
  for (const contract of [
    api.proposeSubsystem,
    api.proposeService,
    api.proposeRight,
    api.decideProposal,
    api.listProposals,
    api.endRight,
  ] as const)
    await assert.rejects(h.world.call(contract as typeof api.listProposals, {} as never), /sign-in|invalid/);
  await assert.rejects(h.world.call(api.listProposals, {}, { as: h.world.citizen() }), /forbidden/);
  await assert.rejects(decide(operator(), id, false), /reason-missing/);
  await decide(operator(), id, false, "Il existe déjà");
  await assert.rejects(decide(operator(), id), /proposal-closed/);
  const seen = await h.world.call(api.readProposal, { id }, { as: manager() });
  assert.deepEqual([seen.state, seen.reason, seen.mayWithdraw], ["refused", "Il existe déjà", false]);
});

test("proposals that do not fit are refused with what is wrong", async () => {
  const as = manager();
  const endpoints = [{ method: "GET" as const, path: "/" }];
  const propose = (more: object) =>
    h.world.call(api.proposeService, { ...service, code: "fit", baseUrl: base, endpoints, ...more } as never, { as });
  await assert.rejects(propose({ code: "listMethods" }), /code-reserved/);
  await assert.rejects(propose({ code: "a/b" }), /invalid/);
  await assert.rejects(propose({ code: "parcels" }), /already-published/);
  await assert.rejects(propose({ baseUrl: "ftp://x.example" }), /address-unfit/);
  await assert.rejects(propose({ baseUrl: "https://u:p@x.example" }), /address-unfit/);
  await assert.rejects(propose({ ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }), /authority-unfit/);
  await assert.rejects(propose({ openapi: "swagger: '2.0'" }), /description-unfit/);
  await assert.rejects(propose({ endpoints: undefined }), /description-missing/);
  await assert.rejects(propose({ endpoints: [{ method: "GET", path: "/a/../b?c" }] }), /invalid/);
  const right = {
    service: parcels,
    subject: "BF/GOV/SONABEL/ABONNES",
    purposes: ["utility-connection"],
    methods: ["GET"],
    path: "**",
    basis: { fr: "x" },
    from: "2026-01-01",
  };
  const grant = (more: object) => h.world.call(api.proposeRight, { ...right, ...more } as never, { as });
  await assert.rejects(grant({ subject: "BF/GOV/NOBODY/X" }), /right-unfit/);
  await assert.rejects(grant({ subject: "group:nobody" }), /right-unfit/);
  await assert.rejects(grant({ purposes: ["no-such-purpose"] }), /right-unfit/);
  await assert.rejects(grant({ fields: ["/owner/secret"] }), /right-unfit/);
  await assert.rejects(grant({ from: "2026-02-30" }), /right-unfit/);
  await assert.rejects(grant({ until: "2025-01-01" }), /right-unfit/);
  await assert.rejects(grant({ service: "BF/GOV/ONI/IDENTITE/persons" }), /not-own-directory/);
});

test("descriptions that do not come, move, or never end fail with a word", async () => {
  for (const [path, said] of [
    ["/moved.json", /autre chose/],
    ["/endless.json", /trop long/],
  ] as const) {
    const { id } = await h.world.call(
      api.proposeService,
      { ...service, code: path.slice(1, 6), openapiUrl: base + path },
      { as: manager() },
    );
    await h.world.settle();
    const read = await h.world.call(api.readProposal, { id }, { as: manager() });
    assert.equal(read.state, "failed");
    assert.match(read.fault!, said);
  }
});

test("a subsystem of one’s own enters the directory by the operator’s hand", async () => {
  const { id } = await h.world.call(api.proposeSubsystem, { code: "ENQUETES", name: { fr: "Enquêtes" } }, { as: manager() });
  await assert.rejects(
    h.world.call(api.proposeSubsystem, { code: "ENQUETES", name: { fr: "x" } }, { as: manager() }),
    /already-published/,
    "one proposal at a time",
  );
  assert.equal((await h.world.call(api.listProposals, { state: "waiting" }, { as: operator() })).waiting, 1);
  await decide(operator(), id);
  const { members } = await h.world.call(api.listMembers, {}, { lang: "en" });
  assert.ok(
    members.find((m) => m.institution === "bf-dgi")!.subsystems.some((s) => s.id === "BF/GOV/DGI/ENQUETES" && s.name === "Enquêtes"),
  );
  const clients = await h.call("/listClients", { headers: { Accept: "application/json" } });
  assert.ok(clients.text.includes('"ENQUETES"'));
});
