/** Two exchange servers, each with its own database and keys, and what passes between them. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, afterEach, before, test } from "node:test";
import { ask, bookOf, keepUp, pull } from "#exchange";
import { listServers, retireServer, setOfflinePolicy } from "#exchange/api";
import { revokeCertificate } from "#trust/api";
import { openExchangePort } from "../../apps/server/exchange-port.ts";
import { reportConcerned } from "../../modules/exchange/access/report.ts";
import { requestOn } from "../../modules/exchange/transport/dial.ts";
import { renewCertificates } from "../../modules/exchange/servers/sweeps.ts";
import { forgetOwn, ownIdentity } from "../../modules/exchange/transport/own.ts";
import { gatewayId, mayAsk, type Pair, r1Call, sidesOf, twoServers } from "./two-servers.ts";

let p: Pair;
let door: { url: string; stop(): Promise<void> };
before(async () => {
  p = await twoServers();
  door = (await openExchangePort(p.house.kernel, 0))!;
  await mayAsk(p.house.owner, "oni-asks", numbers, office);
  // without a subject its answers may be of any size: nobody has to look into them
  await p.house.owner("update exchange.service set timeout_seconds = 60, subject = null");
  await mayAsk(p.house.owner, "posts", persons, justice, "{POST}");
  await p.house.owner(`update exchange.service set endpoints = endpoints || '[{"method":"POST","path":"/"}]' where id = $1`, [persons]);
  await pull(p.gj);
});
after(async () => {
  await door.stop();
  await p.close();
});
const proper = { "content-type": "application/json" };
afterEach(() => {
  p.system.hits.length = 0;
  p.system.answer = (_req, res) => void res.writeHead(200, proper).end(JSON.stringify({ rows: [{ nip: "1", family: "Zongo" }] }));
});

const persons = "BF/GOV/ONI/IDENTITE/persons";
const justice = "BF/GOV/MIN-JUSTICE/SERVICES";
const office = "BF/GOV/ONI/IDENTITE";
const numbers = "BF/GOV/ARCEP/NUMEROS/sim-changes";
const question = { client: justice, service: persons, query: { nip: "1" }, purpose: "criminal-record-extract" };
const manager = () =>
  p.house.clerk("bf-anptic", ["exchange.manage-servers", "exchange.read-servers", "trust.manage-certificates", "trust.read-certificates"]);

test("the house asks, the gateway answers: one row a side, each in its own database", async () => {
  const answer = await ask(p.hj, question);
  assert.ok(answer.outcome === "answered", JSON.stringify(answer));
  assert.deepEqual((answer.body as { rows: unknown[] }).rows, [{ nip: "1", family: "Zongo" }]);
  assert.deepEqual(await sidesOf(p.house, answer.exchangeId), ["client answered"]);
  assert.deepEqual(await sidesOf(p.gateway, answer.exchangeId), ["provider answered"]);
  assert.equal(p.system.hits.length, 1);
});

test("the gateway asks, the house answers, and what the gateway knew of the directory stands in both logs", async () => {
  const { version } = bookOf(p.gj)!.configuration!;
  const answer = await ask(p.gj, { client: office, service: numbers, purpose: "criminal-record-extract" });
  assert.ok(answer.outcome === "answered", JSON.stringify(answer));
  assert.deepEqual(await sidesOf(p.gateway, answer.exchangeId), ["client answered"]);
  assert.deepEqual(await sidesOf(p.house, answer.exchangeId), ["provider answered"]);
  for (const w of [p.house, p.gateway]) {
    const { rows } = await w.owner("select (configuration->>'version')::int as version from exchange.request where exchange = $1", [
      answer.exchangeId,
    ]);
    assert.equal(rows[0].version, version);
  }
});

test("connections are kept and used again, and the console counts them", async () => {
  for (let i = 0; i < 5; i++) assert.equal((await ask(p.hj, question)).outcome, "answered");
  const { servers } = await p.house.call(listServers, {}, { as: manager() });
  const one = servers.find((s) => s.id === gatewayId)!;
  assert.equal(one.connections.to, 1);
  assert.equal(one.state, "current");
  assert.equal(one.certificates.length, 1);
});

test("a large body crosses both ways in pieces, unchanged", async () => {
  const big = randomBytes(5_000_000).toString("base64");
  let received = "";
  p.system.answer = (req, res) => {
    const hash = createHash("sha256");
    req.on("data", (piece: Buffer) => hash.update(piece));
    req.on("end", () => {
      received = hash.digest("hex");
      res.writeHead(200, proper).end(JSON.stringify({ rows: [{ nip: big }] }));
    });
  };
  const answer = await ask(p.hj, { client: justice, service: persons, method: "POST", body: { big }, purpose: "criminal-record-extract" });
  assert.ok(answer.outcome === "answered", JSON.stringify(answer).slice(0, 300));
  assert.equal(received, createHash("sha256").update(JSON.stringify({ big })).digest("hex"));
  assert.equal((answer.body as { rows: { nip: string }[] }).rows[0]!.nip, big);
});

const r1 = (body?: Buffer, query = "") =>
  r1Call(`${door.url}/r1/${persons}${query}`, { "X-Road-Client": justice, "Exchange-Purpose": "criminal-record-extract" }, body);

test("bodies far above what memory may hold stream through both servers; an answer that breaks on the way is never taken for whole", async () => {
  const big = randomBytes(24 * 1024 * 1024);
  const digest = createHash("sha256").update(big).digest("hex");
  p.system.answer = (req, res) => {
    res.writeHead(200, { "content-type": "application/octet-stream" });
    req.pipe(res);
  };
  const whole = await r1(big);
  assert.deepEqual([whole.status, whole.size, whole.hash, whole.cut], [200, big.length, digest, false]);
  p.system.answer = (req, res) => {
    req.resume();
    res.writeHead(200, { "content-type": "application/octet-stream", "content-length": String(big.length) });
    res.write(big.subarray(0, 4_000_000), () => setTimeout(() => res.destroy(), 50));
  };
  const broken = await r1(Buffer.from("x"));
  assert.ok(broken.cut, JSON.stringify(broken));
  for (const w of [p.house, p.gateway]) {
    const { rows } = await w.owner("select count(*)::int as n from exchange.outcome where outcome = 'unknown'");
    assert.equal(rows[0].n, 1, "a writing call whose answer broke may have been carried out");
  }
});

test("a program's read of a register behind a gateway appears on the page of whom it names, once the house is reached", async () => {
  await p.house.owner(`update exchange.service set subject = '{"query":"nip","answer":"/rows/*/nip"}' where id = $1`, [persons]);
  await pull(p.gj);
  await keepUp(p.gj);
  p.system.answer = (_req, res) => void res.writeHead(200, proper).end(JSON.stringify({ rows: [{ nip: "N-4711" }, { nip: "N-4712" }] }));
  const { status } = await r1(undefined, "?nip=N-4711");
  assert.equal(status, 200);
  const due = async () => (await p.gateway.owner("select count(*)::int as n from exchange.concern_due")).rows[0].n as number;
  const pages = async () => (await p.house.owner("select person, institution, service from exchange.concern order by person")).rows;
  assert.equal(await due(), 1, "kept at the gateway before the answer left");
  assert.deepEqual(await pages(), []);
  const address = (await p.gateway.owner("select address from exchange.server where centre")).rows[0].address as string;
  await p.gateway.owner("update exchange.server set address = '127.0.0.1:1' where centre");
  await keepUp(p.gj);
  await reportConcerned.run(p.gj);
  assert.equal(await due(), 1, "the house is not reached: it waits");
  await p.gateway.owner("update exchange.server set address = $1 where centre", [address]);
  await keepUp(p.gj);
  await reportConcerned.run(p.gj);
  assert.equal(await due(), 0);
  const told = ["page-N-4711", "page-N-4712"].map((person) => ({ person, institution: "bf-oni", service: persons }));
  assert.deepEqual(await pages(), told);
  // told twice, and about a register that is not its own: nothing is added
  const read = {
    exchange: p.gj.ids.uuid(),
    client: justice,
    service: numbers,
    purpose: "criminal-record-extract",
    status: 200,
    fields: [],
    given: ["N-1"],
  };
  for (const body of [
    JSON.stringify({ reads: [{ read }] }),
    JSON.stringify({ reads: [{ read, more: 1 }] }),
    JSON.stringify({ reads: [read] }),
    "[]",
    "{",
  ]) {
    const res = await requestOn(p.gj, "BF/CENTRE", {
      method: "POST",
      path: "/concerned",
      body: Buffer.from(body),
      signal: AbortSignal.timeout(5000),
    });
    res.resume();
    assert.ok([204, 422].includes(res.statusCode!));
  }
  assert.deepEqual(await pages(), told);
});

test("a provider that never answers: failed for a reading call, unknown for a writing one, on both sides", async () => {
  const patience = (seconds: number) =>
    Promise.all([p.house, p.gateway].map((w) => w.owner("update exchange.service set timeout_seconds = $1", [seconds])));
  await patience(1);
  p.system.answer = () => undefined;
  const reading = await ask(p.hj, question);
  assert.equal(reading.outcome, "unavailable");
  const writing = await ask(p.hj, { ...question, query: undefined as never, method: "POST", body: { a: 1 } });
  assert.equal(writing.outcome, "unknown");
  assert.deepEqual(await sidesOf(p.house, writing.exchangeId), ["client unknown"]);
  assert.deepEqual(await sidesOf(p.gateway, writing.exchangeId), ["provider unknown"]);
  await patience(20);
});

test("no right, no answer: the refusal crosses as its type and is logged on both sides", async () => {
  const answer = await ask(p.hj, { ...question, purpose: "passport" });
  assert.ok(answer.outcome === "refused");
  assert.match(answer.type, /access_denied/);
  assert.deepEqual(await sidesOf(p.gateway, answer.exchangeId), ["provider refused"]);
});

test("a client may insist on the server that answers, and on no other", async () => {
  const on = async (server: string): Promise<number> => {
    const headers = { "X-Road-Client": justice, "Exchange-Purpose": "criminal-record-extract", "X-Road-Security-Server": server };
    return (await r1Call(`${door.url}/r1/${persons}?nip=1`, headers)).status;
  };
  p.system.hits.length = 0;
  assert.equal(await on(gatewayId), 200);
  for (const other of ["BF/CENTRE", "BF/GOV/ONI/SRV2", "BF/GOV/ARCEP/SRV1"]) assert.equal(await on(other), 500, other);
  assert.equal(p.system.hits.length, 1);
});

test("a gateway signs for its own institution only", async () => {
  const answer = await ask(p.gj, question);
  assert.ok(answer.outcome === "refused");
  assert.equal(answer.type, "server.clientproxy.unknown_member");
});

test("seven days without the centre traffic goes on; then it is refused with its reason; one word of the centre and it flows", async () => {
  const listener = p.house.http.server;
  const day = 86_400;
  const local = { client: office, service: numbers, purpose: "criminal-record-extract" };
  for (const w of [p.house, p.gateway]) w.clock.advance(6 * day);
  assert.equal((await ask(p.gj, local)).outcome, "answered");
  assert.ok(listener.listening);
  for (const w of [p.house, p.gateway]) w.clock.advance(1.1 * day);
  const late = await ask(p.gj, local);
  assert.ok(late.outcome === "refused");
  assert.equal(late.type, "server.clientproxy.global_conf_outdated");
  const asked = await ask(p.hj, question);
  assert.ok(asked.outcome === "refused", "nor does it answer");
  assert.equal(asked.type, "server.clientproxy.global_conf_outdated");
  await p.house.call(setOfflinePolicy, { dataClass: "ordinary", days: 8 }, { as: manager() });
  const pulled = await pull(p.gj);
  assert.ok(pulled.ok, JSON.stringify(pulled));
  assert.equal((await ask(p.gj, local)).outcome, "answered");
  assert.equal((await ask(p.hj, question)).outcome, "answered");
});

test("a renewal interrupts nobody: a call under way ends on the old certificate while the next one goes with the new", async () => {
  for (const w of [p.house, p.gateway]) w.clock.advance(250 * 86_400);
  assert.ok((await pull(p.gj)).ok);
  let finish: () => void = () => undefined;
  const held = new Promise<void>((go) => {
    p.system.answer = (_req, res) => {
      finish = () => void res.writeHead(200, proper).end(JSON.stringify({ rows: [{ nip: "held" }] }));
      go();
    };
  });
  const first = ask(p.hj, question);
  await held;
  const before = (await ownIdentity(p.hj))!.serial;
  await renewCertificates.run(p.hj);
  await renewCertificates.run(p.gj);
  assert.ok((await pull(p.gj)).ok);
  for (const w of [p.house, p.gateway]) w.clock.advance(180);
  for (const j of [p.hj, p.gj]) {
    forgetOwn(j);
    await keepUp(j);
  }
  assert.notEqual((await ownIdentity(p.hj))!.serial, before);
  p.system.answer = (_req, res) => void res.writeHead(200, proper).end(JSON.stringify({ rows: [{ nip: "next" }] }));
  const second = await ask(p.hj, question);
  assert.ok(second.outcome === "answered", JSON.stringify(second));
  finish();
  const answer = await first;
  assert.ok(answer.outcome === "answered", JSON.stringify(answer));
  assert.deepEqual([answer.body, second.body], [{ rows: [{ nip: "held" }] }, { rows: [{ nip: "next" }] }]);
});

test("a revoked certificate: connections are cut at the next look, nothing passes any more", async () => {
  assert.equal((await ask(p.hj, question)).outcome, "answered");
  const { servers } = await p.house.call(listServers, {}, { as: manager() });
  for (const { serial } of servers.find((s) => s.id === gatewayId)!.certificates)
    await p.house.call(revokeCertificate, { serial, reason: "keyCompromise" }, { as: manager() });
  await keepUp(p.hj);
  const after = await p.house.call(listServers, {}, { as: manager() });
  assert.deepEqual(after.servers.find((s) => s.id === gatewayId)!.connections, { to: 0, from: 0 });
  const answer = await ask(p.hj, question);
  assert.ok(answer.outcome === "unavailable", JSON.stringify(answer));
  assert.equal(answer.type, "server.serverproxy.ssl_authentication_failed");
  const other = await ask(p.gj, { client: office, service: numbers, purpose: "criminal-record-extract" });
  assert.equal(other.outcome, "unavailable");
  assert.deepEqual(await pull(p.gj).then((r) => r.ok), false, "nor does it get the directory");
});

test("a retired server: the house answers again, nobody but itself had to be told", async () => {
  await p.house.call(retireServer, { id: gatewayId }, { as: manager() });
  await keepUp(p.hj);
  const answer = await ask(p.hj, question);
  assert.ok(answer.outcome === "answered", JSON.stringify(answer));
  assert.deepEqual(await sidesOf(p.house, answer.exchangeId), ["client answered", "provider answered"]);
});

test("what a retired server held speaks for nobody: its certificates are revoked, its old token gets nothing", async () => {
  const { rows } = await p.house.owner(
    `select c.kind, bool_and(s.revoked_at is not null) as revoked from trust.certificate c join trust.certificate_status s on s.certificate = c.id
     where c.key is null and (c.kind = 'tls' and c.subject = $1 or c.kind = 'seal' and c.subject = (select institution from exchange.server where id = $1)) group by c.kind order by c.kind`,
    [gatewayId],
  );
  assert.deepEqual(rows, [{ kind: "seal", revoked: true }, { kind: "tls", revoked: true }]); // prettier-ignore
});
