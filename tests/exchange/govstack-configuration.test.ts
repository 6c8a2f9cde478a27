/** GovStack's Configuration Management: what a program wishes becomes proposals, what it may not wish is refused whole. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decideProposal, listProposals } from "#exchange/api";
import { govstackConfiguration } from "../../modules/exchange/gates/govstack/serve.ts";
import type { Configuration, Done } from "../../modules/exchange/gates/govstack/shapes.ts";
import { r1 } from "../../modules/exchange/gates/r1/serve.ts";
import { type House, house, justice } from "./port.ts";

let h: House;
before(async () => {
  h = await house();
});
after(() => h.close());

const oni = "BF/GOV/ONI/IDENTITE";
const base = "/govstack/api/v1";
const send = async (method: string, path: string, o: { body?: unknown; text?: string; client?: string; purpose?: string } = {}) => {
  const body = o.text ?? (o.body === undefined ? undefined : JSON.stringify(o.body));
  const r = await h.call(`${base}${path}`, {
    method,
    headers: {
      "X-GovStack-Client": o.client ?? oni,
      ...(o.purpose ? { "Exchange-Purpose": o.purpose } : {}),
      ...(body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(body)) }),
    },
    ...(body === undefined ? {} : { body }),
  });
  assert.equal(r.head["content-type"], "application/json; charset=utf-8");
  return {
    status: r.status,
    json: JSON.parse(r.text) as Done & Configuration & { code: string; message: string; allowList: Listed[]; nextPageToken?: string },
  };
};
interface Listed {
  memberClass: string;
  memberCode: string;
  applicationId: string;
  serviceId: string;
  rights: { memberClass: string; memberCode: string; applicationId: string }[];
}
const mine = (applications: unknown[], more: object = {}) => ({
  instance: "BF",
  members: [{ class: "GOV", code: "ONI", applications, ...more }],
});
const waiting = async () =>
  (await h.world.call(listProposals, {}, { as: h.world.clerk("bf-oni", ["exchange.manage-services", "exchange.read-rights"]) })).proposals;
const approve = (id: string, institution = "bf-oni", permission = "exchange.approve-proposals") =>
  h.world.call(decideProposal, { id, approve: true }, { as: h.world.clerk(institution, [permission]) });

test("the configuration reads as GovStack writes it: one's own whole, of the others what the catalogue says", async () => {
  const { status, json } = await send("GET", "/config");
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json).sort(), ["domain", "instance", "members"]);
  const own = json.members.find((m) => m.class === "GOV" && m.code === "ONI")!;
  const persons = own.applications!.find((a) => a.id === "IDENTITE")!.services!.find((s) => s.id === "persons")!;
  assert.equal(persons.serviceUrl, "sandbox:/registers/bf-oni/persons");
  assert.ok(persons.rights!.some((r) => r.member === "GOV/MIN-JUSTICE" && r.application === "SERVICES"));
  const others = json.members.filter((m) => m !== own).flatMap((m) => m.applications!.flatMap((a) => a.services!));
  assert.ok(
    others.every((s) => s.serviceUrl!.startsWith("/r1/BF/")),
    "no address inside another institution",
  );
  assert.ok(
    others.some((s) => s.rights!.length > 0),
    "what oneself may ask",
  );
  const state = await send("GET", "/status");
  assert.deepEqual([state.status, Object.keys(state.json).sort()], [200, ["instance", "status", "version"]]);
  const back = await send("PATCH", "/config", { body: json });
  assert.deepEqual(
    [back.status, back.json.proposals, back.json.closed, back.json.ended],
    [201, [], [], []],
    "sent back unchanged it wishes nothing",
  );
});

test("a new application, its service and who may ask it come one after the other, each by a second person", async () => {
  const wish = mine([
    {
      id: "CONSULATS",
      connection: "http",
      services: [
        {
          id: "cards",
          serviceUrl: "http://127.0.0.1:9/cards",
          specUrl: "http://127.0.0.1:9/openapi.json",
          rights: [{ member: "GOV/MIN-JUSTICE", application: "SERVICES" }],
        },
      ],
    },
  ]);
  const first = await send("PATCH", "/config", { body: wish });
  assert.equal(first.status, 202);
  assert.deepEqual(
    first.json.proposals.map(({ kind, about, state }) => ({ kind, about, state })),
    [{ kind: "subsystem", about: "BF/GOV/ONI/CONSULATS", state: "waiting" }],
  );
  assert.deepEqual(first.json.later, ["BF/GOV/ONI/CONSULATS/cards"]);
  const again = await send("PATCH", "/config", { body: wish });
  assert.deepEqual([again.status, again.json.proposals[0]!.id], [202, first.json.proposals[0]!.id], "asked again it is the same proposal");
  assert.equal((await waiting())[0]!.proposedBy, oni);
  assert.equal(
    (await send("GET", "/config")).json.members.find((m) => m.code === "ONI")!.applications!.some((a) => a.id === "CONSULATS"),
    false,
  );
  await approve(first.json.proposals[0]!.id, "bf-anptic", "exchange.approve-directory");
  const second = await send("PATCH", "/config", { body: wish });
  assert.deepEqual([second.status, second.json.proposals.map((p) => p.kind)], [202, ["service"]]);
  assert.equal(second.json.proposals[0]!.state, "reading", "its description is fetched by a job");
});

test("rights: allowed by a second person, denied at once, listed by pages", async () => {
  const asks = (rights: object[], more: object = {}) => [
    { memberClass: "GOV", memberCode: "ONI", applicationId: "IDENTITE", serviceId: "cards", rights, ...more },
  ];
  const cnss = { memberClass: "GOV", memberCode: "DGI", applicationId: "IMMATRICULATION" };
  const without = await send("PATCH", "/rights/allow", { body: asks([cnss]) });
  assert.deepEqual([without.status, without.json.code], [400, "exchange.configuration-unfit"], "a right names its purposes");
  const made = await send("PATCH", "/rights/allow", { body: asks([cnss]), purpose: "taxpayer-registration" });
  assert.deepEqual([made.status, made.json.proposals.length], [202, 1]);
  const listed = async (query = "") => (await send("GET", `/rights/allow?memberClass=GOV&memberCode=ONI&serviceId=cards${query}`)).json;
  const holds = async () => (await listed()).allowList.some((s) => s.rights.some((r) => r.applicationId === "IMMATRICULATION"));
  assert.equal(await holds(), false);
  await approve(made.json.proposals[0]!.id);
  assert.equal(await holds(), true);
  assert.equal((await send("PATCH", "/rights/allow", { body: asks([cnss]), purpose: "taxpayer-registration" })).json.unchanged, 1);

  const whole = await send("GET", "/rights/allow?serviceId=persons");
  const seen: string[] = [];
  for (let token: string | undefined = "", turns = 0; token !== undefined; turns++) {
    assert.ok(turns < 100);
    const page: { allowList: Listed[]; nextPageToken?: string } = (
      await send("GET", `/rights/allow?serviceId=persons&pageSize=40${token ? `&nextPageToken=${token}` : ""}`)
    ).json;
    const pairs = page.allowList.flatMap((s) => s.rights.map((r) => `${s.memberCode}/${s.serviceId} ${r.memberCode}/${r.applicationId}`));
    assert.ok(pairs.length <= 40);
    seen.push(...pairs);
    token = page.nextPageToken;
  }
  assert.equal(new Set(seen).size, seen.length);
  assert.equal(
    seen.length,
    whole.json.allowList.reduce((sum, s) => sum + s.rights.length, 0),
  );

  const denied = await send("PATCH", "/rights/deny", { body: asks([cnss]) });
  assert.deepEqual([denied.status, denied.json.ended.length], [200, 1]);
  assert.equal(await holds(), false);
  assert.equal((await send("PATCH", "/rights/deny", { body: asks([cnss]) })).json.unchanged, 1);
});

test("PUT closes and ends what it does not name, in one's own institution alone", async () => {
  const now = (await send("GET", "/config")).json;
  const own = now.members.find((m) => m.code === "ONI")!;
  const identity = own.applications!.find((a) => a.id === "IDENTITE")!;
  const persons = identity.services!.find((s) => s.id === "persons")!;
  const { rows } = await h.world.owner(
    "select subject from exchange.access_right where service = $1 and subject not like 'group:%' order by 1 limit 1",
    [`${oni}/persons`],
  );
  const [, memberClass, code, application] = (rows[0].subject as string).split("/");
  const kept = {
    ...persons,
    rights: persons.rights!.filter((r) => r.member !== `${memberClass}/${code}` || r.application !== application),
  };
  const put = await send("PUT", "/config", { body: { ...now, members: [{ ...own, applications: [{ ...identity, services: [kept] }] }] } });
  assert.equal(put.status, 201, JSON.stringify(put.json));
  assert.ok(put.json.closed.includes(`${oni}/cards`) && !put.json.closed.includes(`${oni}/persons`));
  assert.deepEqual(put.json.ended, [`${oni}/persons ${rows[0].subject}`]);
  const open = await h.world.owner(
    "select institution, count(*) filter (where enabled)::int as n from exchange.service where institution in ('bf-oni', 'bf-dgi') group by 1 order by 1",
  );
  assert.ok(open.rows[0].n > 1, "another institution's stay open");
  assert.equal(open.rows[1].n, 1);
  await h.world.owner("update exchange.service set enabled = true, notice = null where institution = 'bf-oni'");
});

test("nobody configures for another, nothing half, nothing unreadable, nothing without a name", async () => {
  const before = (await waiting()).length;
  const refused = async (method: string, path: string, o: Parameters<typeof send>[2], status = 400) => {
    const r = await send(method, path, o);
    assert.equal(r.status, status, JSON.stringify(r.json));
    assert.ok(r.json.code && r.json.message);
  };
  const another = { instance: "BF", members: [{ class: "GOV", code: "DGI", applications: [{ id: "X", services: [] }] }] };
  await refused("PATCH", "/config", { body: another });
  await refused("PATCH", "/config", { body: { ...mine([]), members: [...mine([{ id: "NEW" }]).members, ...another.members] } });
  await refused("PATCH", "/config", { body: { ...mine([{ id: "NEW" }]), instance: "TG" } });
  await refused("PATCH", "/config", { body: mine([{ id: "NEW" }, { id: "../x" }]) });
  await refused("PUT", "/config", { body: { instance: "BF", members: [] } });
  await refused("POST", "/config", { body: mine([{ id: "IDENTITE", services: [{ id: "persons" }] }]) });
  await refused("POST", "/config?init=true", { body: mine([]) });
  await refused("PATCH", "/config", { body: mine([{ id: "IDENTITE", services: [{ id: "persons", serviceUrl: "file:///etc/passwd" }] }]) });
  await refused("PATCH", "/config", {
    body: mine([{ id: "IDENTITE", services: [{ id: "persons", rights: [{ member: "GOV/NOBODY", application: "X" }] }] }]),
    purpose: "passport",
  });
  await refused("PATCH", "/rights/allow", {
    body: [
      {
        memberClass: "GOV",
        memberCode: "DGI",
        applicationId: "IMMATRICULATION",
        serviceId: "taxpayers",
        rights: [{ memberClass: "GOV", memberCode: "ONI", applicationId: "IDENTITE" }],
      },
    ],
    purpose: "passport",
  });
  for (const text of [
    "",
    "{",
    "[]",
    "[1]",
    "a: [",
    "x".repeat(400_000),
    `{"instance":"BF","members":${"[".repeat(5000)}`,
    '{"instance":"BF","members":{}}',
  ])
    await refused("PATCH", "/config", { text });
  await refused("PATCH", "/rights/allow", { text: '[{"memberClass":"GOV"}]' });
  await refused("GET", "/rights/allow?pageSize=0", {});
  await refused("GET", "/rights/allow?nextPageToken=%00", {});
  for (const client of ["BF/GOV/NOBODY/X", "", "BF/GOV/ONI"]) {
    await refused("GET", "/config", { client }, 401);
    await refused("PATCH", "/config", { client, body: mine([]) }, 401);
  }
  await refused("DELETE", "/config", {}, 405);
  await refused("GET", "/nothing", {}, 404);
  assert.equal((await waiting()).length, before, "of what is refused nothing waits");
  const yaml = await send("PATCH", "/config", {
    text: "instance: BF\nmembers:\n  - {class: GOV, code: ONI, applications: [{id: IDENTITE, services: [{id: persons}]}]}\n",
  });
  assert.deepEqual([yaml.status, yaml.json.unchanged], [201, 1]);
});

test("outside a demonstration only the subsystems its operator named configure, each behind its own certificate", async () => {
  assert.equal(govstackConfiguration("/govstack/api/v10"), undefined);
  const { config } = h.world.kernel;
  const j = () => {
    const made = h.world.kernel.jobContext("exchange.test");
    return {
      ...made,
      config: {
        ...made.config,
        demo: false,
        setting: (name: string) => (name === "govstack_configuration" ? justice : config.setting(name)),
      },
    };
  };
  const ask = async (client: string, allowed: "any" | ReadonlySet<string>) => {
    const { createServer } = await import("node:http");
    const surface = r1(j, { identify: () => allowed, precise: true, legacy: false });
    const server = createServer((req, res) => surface.request(req, res));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    const r = await fetch(`http://127.0.0.1:${port}${base}/config`, {
      method: "PATCH",
      headers: { "X-GovStack-Client": client },
      body: JSON.stringify(mine([])),
    });
    server.close();
    return r.status;
  };
  assert.equal(await ask(oni, new Set([oni])), 401, "a program of the institution, but not one that configures");
  assert.equal(await ask(justice, new Set([oni])), 401, "not behind this certificate");
  assert.equal(await ask(justice, new Set([justice])), 400, "it configures, but its own institution only");
});
