/** Why does it not answer? Each cause by its name: directory, access, DNS, connection, TLS, certificate, provider, time; views too. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as secureServer } from "node:https";
import { createServer as tcpServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { listDiagnoses, listTroubles, readDiagnosis, startDiagnosis } from "#exchange/api";
import { type House, house, justice, persons } from "./port.ts";
import { gatewayId, twoServers } from "./two-servers.ts";

const service = persons.slice(4);
let h: House;
const opened: Server[] = [];
const folder = mkdtempSync(join(tmpdir(), "toguna-diagnosis-"));
before(async () => {
  // the clock of the test is the machine's, so that two clocks agree
  h = await house({}, new Date());
  execFileSync(
    "openssl",
    [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost".split(
        " ",
      ),
      "-keyout",
      join(folder, "key.pem"),
      "-out",
      join(folder, "cert.pem"),
    ],
    { stdio: "pipe" },
  );
});
after(async () => {
  for (const server of opened) server.close();
  await h.close();
  rmSync(folder, { recursive: true });
});
const as = () => h.world.clerk("bf-oni", ["exchange.read-operations"]);
async function look(asked: object): Promise<string[]> {
  const { id } = await h.world.call(startDiagnosis, asked, { as: as() });
  assert.equal((await h.world.call(readDiagnosis, { id }, { as: as() })).ended, false);
  await h.world.settle();
  const found = await h.world.call(readDiagnosis, { id }, { as: as() });
  assert.ok(found.ended);
  return found.steps.map((s) => (s.state === "good" ? s.step : `${s.step}: ${s.cause}`));
}
const at = (base: string, more = "") => h.world.owner(`update exchange.service set base_url = $1 ${more} where id = $2`, [base, service]);
const listening = async (server: Server): Promise<number> => {
  opened.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
};

test("a system that answers: every step good, and it was asked nothing but OPTIONS", async () => {
  h.behave((_, res) => void res.writeHead(204).end());
  assert.deepEqual(await look({ service }), ["directory", "address", "dns", "connect", "provider", "time"]);
  assert.deepEqual(
    h.visits.map((v) => v.method),
    ["OPTIONS"],
  );
});

test("each cause has its name", async () => {
  const last = async () => (await look({ service })).at(-1);
  h.behave((_, res) => void res.writeHead(503).end());
  assert.equal(await last(), "time", "a system that errs still tells the time");
  assert.ok((await look({ service })).includes("provider: error"));
  h.behave((_, res) => void res.writeHead(401).end());
  assert.ok((await look({ service })).includes("provider: refuses-us"));
  h.behave((_, res) => void res.writeHead(204, { date: "Mon, 01 Jan 2024 00:00:00 GMT" }).end());
  assert.equal(await last(), "time: clocks-differ");
  h.behave((req) => void req.socket.destroy());
  assert.equal(await last(), "provider: cut");

  await at("http://127.0.0.1:1/x");
  assert.equal(await last(), "connect: refused");
  await at("http://no-such-name.invalid/x");
  assert.equal(await last(), "dns: unknown-name");
  await at("nowhere:/x");
  assert.equal(await last(), "address: unknown-base");
  const key = { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "cert.pem")) };
  const port = await listening(secureServer(key, (_, res) => void res.writeHead(204).end()) as unknown as Server);
  await at(`https://localhost:${port}/x`);
  assert.equal(await last(), "certificate: unknown-authority");
  await h.world.owner("update exchange.service set ca = $1 where id = $2", [key.cert.toString(), service]);
  assert.deepEqual((await look({ service })).slice(1), ["address", "certificate", "dns", "connect", "tls", "provider", "time"]);
  await at(`https://127.0.0.1:${port}/x`);
  assert.equal(await last(), "certificate: wrong-name");
  const dumb = await listening(tcpServer((socket) => void socket.on("error", () => undefined).end("no tls here\r\n")));
  await at(`https://localhost:${dumb}/x`);
  assert.equal(await last(), "tls: handshake");
  await at("sandbox:/registers/bf-oni/persons", ", ca = null");
});

test("directory and access: closed, unknown, no right, another purpose; a foreign system is not called", async () => {
  h.behave((_, res) => void res.writeHead(204).end());
  assert.deepEqual(await look({ service: "BF/GOV/ONI/IDENTITE/none" }), ["directory: unknown-service"]);
  assert.deepEqual((await look({ service, client: justice, purpose: "criminal-record-extract" })).slice(0, 2), ["directory", "access"]);
  assert.deepEqual(await look({ service, client: justice, purpose: "other" }), ["directory", "access: purpose"]);
  assert.deepEqual(await look({ service, client: "BF/GOV/SONABEL/ABONNES", purpose: "x" }), ["directory", "access: right"]);
  assert.deepEqual(await look({ service, client: "BF/GOV/NOBODY/X", purpose: "x" }), ["directory", "access: unknown-client"]);
  await h.world.owner("update exchange.service set enabled = false where id = $1", [service]);
  assert.deepEqual(await look({ service }), ["directory: closed"]);
  await h.world.owner("update exchange.service set enabled = true where id = $1", [service]);
  h.visits.length = 0;
  const foreign = await h.world.owner(
    "select id from exchange.service where kind = 'http' and institution <> 'bf-oni' order by id limit 1",
  );
  assert.deepEqual(await look({ service: (foreign.rows[0] as { id: string }).id }), ["directory"]);
  assert.equal(h.visits.length, 0);
});

test("a view without its connection, a server nobody knows", async () => {
  await h.world.owner("update exchange.service set kind = 'view', base_url = null where id = $1", [service]);
  assert.deepEqual(await look({ service }), ["directory", "source: not-connected"]);
  await h.world.owner("update exchange.service set kind = 'http', base_url = 'sandbox:/x' where id = $1", [service]);
  assert.deepEqual(await look({ server: "BF/GOV/ONI/NONE" }), ["server: unknown-server"]);
});

test("one subject, one's own diagnoses, by permission", async () => {
  await assert.rejects(h.world.call(startDiagnosis, {}, { as: as() }), /diagnosis-unfit/);
  await assert.rejects(h.world.call(startDiagnosis, { service, server: "BF/X" }, { as: as() }), /diagnosis-unfit/);
  await assert.rejects(h.world.call(startDiagnosis, { service }, { as: h.world.clerk("bf-oni") }), /forbidden/);
  await assert.rejects(h.world.call(startDiagnosis, { service }), /sign-in/);
  const { id } = await h.world.call(startDiagnosis, { service }, { as: as() });
  await assert.rejects(
    h.world.call(readDiagnosis, { id }, { as: h.world.clerk("bf-min-justice", ["exchange.read-operations"]) }),
    /diagnosis-unknown/,
  );
  await h.world.settle();
});

test("what others may do between them is not told; six a minute and person, thirty and institution", async () => {
  const sonabel = h.world.clerk("bf-sonabel", ["exchange.read-operations"]);
  const asked = { service, client: justice, purpose: "criminal-record-extract" };
  await assert.rejects(h.world.call(startDiagnosis, asked, { as: sonabel }), /diagnosis-of-others/);
  await assert.rejects(h.world.call(startDiagnosis, { server: "BF/X", client: justice }, { as: sonabel }), /diagnosis-of-others/);
  const reader = h.world.clerk("bf-sonabel", ["exchange.read-operations", "exchange.read-rights"]);
  await h.world.call(startDiagnosis, asked, { as: reader });
  // one's own as a client is one's own to ask about
  await h.world.call(startDiagnosis, asked, { as: h.world.clerk("bf-min-justice", ["exchange.read-operations"]) });

  h.world.clock.advance(120);
  const one = h.world.clerk("bf-sonabel", ["exchange.read-operations"]);
  for (let i = 0; i < 6; i++) await h.world.call(startDiagnosis, { service }, { as: one });
  await assert.rejects(h.world.call(startDiagnosis, { service }, { as: one }), /too-many-requests/);
  for (let i = 6; i < 30; i++)
    await h.world.call(startDiagnosis, { service }, { as: h.world.clerk("bf-sonabel", ["exchange.read-operations"]) });
  await assert.rejects(h.world.call(startDiagnosis, { service }, { as: reader }), /too-many-requests/);
  await h.world.call(startDiagnosis, { service }, { as: as() });
  h.world.clock.advance(61);
  await h.world.call(startDiagnosis, { service }, { as: one });
  await h.world.settle();
  const { diagnoses } = await h.world.call(listDiagnoses, {}, { as: one });
  assert.equal(diagnoses.length, 30);
  assert.ok(diagnoses.every((d) => d.ended && d.service === service && d.client === undefined));
});

test("what did not succeed, by service and cause: one's own, of all only for who follows all", async () => {
  const denied = { headers: { "X-Road-Client": justice, "Exchange-Purpose": "none-such" } };
  await h.call(`/r1/${service}?nip=1`, denied);
  await h.call(`/r1/${service}?nip=2`, denied);
  const from = new Date(h.world.clock.now().getTime() - 60_000).toISOString();
  const seen = async (who: ReturnType<typeof as>, more = {}) => {
    const { troubles, total } = await h.world.call(listTroubles, { from, ...more }, { as: who });
    return [total, ...troubles.map((t) => [t.service, t.errorType, t.role, t.count])];
  };
  const what = "server.serverproxy.access_denied.purpose";
  assert.deepEqual(await seen(as()), [2, [service, what, "answered", 2]]);
  assert.deepEqual(await seen(h.world.clerk("bf-min-justice", ["exchange.read-operations"])), [2, [service, what, "asked", 2]]);
  const stranger = h.world.clerk("bf-sonabel", ["exchange.read-operations"]);
  assert.deepEqual(await seen(stranger), [0]);
  await assert.rejects(h.world.call(listTroubles, { everyone: true }, { as: stranger }), /forbidden/);
  const auditor = h.world.clerk("bf-sonabel", ["exchange.read-operations", "exchange.read-traffic"]);
  assert.deepEqual(await seen(auditor, { everyone: true }), [2, [service, what, "others", 2]]);
});

test("another server is dialled as for a message, mutual TLS and all", async () => {
  const p = await twoServers();
  const ofServer = async (server: string) => {
    const as = p.house.clerk("bf-anptic", ["exchange.read-operations"]);
    const { id } = await p.house.call(startDiagnosis, { server }, { as });
    await p.house.settle();
    return (await p.house.call(readDiagnosis, { id }, { as })).steps;
  };
  try {
    const [first, time] = await ofServer(gatewayId);
    assert.deepEqual(first, { step: "server", state: "good", detail: gatewayId });
    // the other side's clock is the machine's, ours the test's
    assert.equal(time!.step, "time");
    const away = "BF/GOV/ARCEP/SRV1";
    await p.house.owner(
      "insert into exchange.server (id, institution, address, centre, since) values ($1, 'bf-arcep', '127.0.0.1:1', false, now())",
      [away],
    );
    await p.house.owner("insert into exchange.server_member (server, institution) values ($1, 'bf-arcep')", [away]);
    await p.look();
    assert.deepEqual(
      (await ofServer(away)).map((s) => [s.step, s.cause]),
      [["connect", "unreachable"]],
    );
  } finally {
    await p.close();
  }
});
