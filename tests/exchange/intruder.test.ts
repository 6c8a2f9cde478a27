/** A gateway whose keys are in the wrong hands: what it may not do to others, nor go on doing once it is known. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import type { JobContext } from "#kernel";
import { ask, keepUp } from "#exchange";
import { makeTlsKey } from "#trust";
import { revokeCertificate } from "#trust/api";
import { openExchangePort } from "../../apps/server/exchange-port.ts";
import { reportConcerned } from "../../modules/exchange/access/report.ts";
import { pageKeeper, tellNow } from "../../modules/exchange/access/tell.ts";
import { emptyParcel, writeParcel } from "../../modules/exchange/outbox/parcel.ts";
import { callCentre } from "../../modules/exchange/servers/centre.ts";
import { moved, renew } from "../../modules/exchange/servers/renewal.ts";
import { signMessage } from "../../modules/exchange/gateway/signatures.ts";
import { requestOn } from "../../modules/exchange/transport/dial.ts";
import { ownIdentity } from "../../modules/exchange/transport/own.ts";
import { partOf } from "./peer.ts";
import { gatewayId, oni, type Pair, r1Call, twoServers, urlOf } from "./two-servers.ts";

const persons = "BF/GOV/ONI/IDENTITE/persons";
const numbers = "BF/GOV/ARCEP/NUMEROS/sim-changes";
const justice = "BF/GOV/MIN-JUSTICE/SERVICES";

let p: Pair;
before(async () => (p = await twoServers()));
after(() => p.close());

const post = async (o: { method: string; path: string; body: Buffer }): Promise<number> => {
  const res = await requestOn(p.gj, "BF/CENTRE", { ...o, signal: AbortSignal.timeout(5000) });
  res.resume();
  return res.statusCode!;
};

/** A question as ONI's own key signs it: the one key this gateway holds. */
async function signedBy(institution: string, e: { client: string; service: string; exchange: string; nip?: string }) {
  const part = partOf(e).replace("nip=1", `nip=${e.nip ?? "1"}`);
  const at = institution === oni ? p.gj : p.hj;
  const signed = await signMessage(at, { id: institution, name: institution }, { part, bodyHash: undefined });
  const { serial, certificate } = signed;
  const signature = Buffer.from(signed.signature).toString("base64");
  return { part, signature, certificate, serial, signedAt: signed.signedAt.toISOString() };
}
const report = (...reads: object[]) => post({ method: "POST", path: "/concerned", body: Buffer.from(JSON.stringify({ reads })) });
const refusedFor = async (exchange: string): Promise<string[] | undefined> =>
  (
    await p.house.owner("select data from kernel.fact f join kernel.fact_data d on d.fact = f.id where f.type = 'exchange.report-refused'")
  ).rows
    .map((row: { data: { why: string[]; exchanges: string[] } }) => row.data)
    .find((one: { exchanges: string[] }) => one.exchanges.includes(exchange))?.why;

test("a read is not hidden behind one that a gateway told before under the same number", async () => {
  await p.house.owner(`update exchange.service set subject = '{"query":"nip","answer":"/rows/*/nip"}' where id = $1`, [persons]);
  const exchange = p.gj.ids.uuid();
  const client = "BF/GOV/ONI/IDENTITE";
  const read = { exchange, client, purpose: "criminal-record-extract", status: 200, fields: [], given: ["N-9"] };
  const question = await signedBy(oni, { client, service: persons, exchange });
  assert.equal(await report({ read: { ...read, service: persons }, question }), 204);
  // now the true one: the gateway asks another register about the same person, under the number it has used up
  for (const _ of [1, 2]) await tellNow(p.hj, pageKeeper(p.hj)!, "bf-arcep", { ...read, service: numbers });
  const { rows } = await p.house.owner("select service from exchange.concern where exchange = $1 and person = 'page-N-9' order by 1", [
    exchange,
  ]);
  assert.deepEqual(
    rows.map((row: { service: string }) => row.service),
    [numbers, persons],
  );
});

test("a read that no client's signature proves is on nobody's page, and the attempt is a fact", async () => {
  const stranger = "page-N-66";
  const none = async () => assert.deepEqual(await pages(stranger), []);
  const ids = () => ({ exchange: p.gj.ids.uuid(), client: justice, service: persons });
  const readOf = (e: ReturnType<typeof ids>) => ({ ...e, purpose: "criminal-record-extract", status: 200, fields: [], given: ["N-66"] });
  const tries: [string, (e: ReturnType<typeof ids>) => Promise<[object, object?]>][] = [
    ["unsigned", async (e) => [readOf(e)]],
    // the key it holds signs in another institution's name
    ["signature", async (e) => [readOf(e), await signedBy(oni, e)]],
    // a true question of the ministry, told as another
    ["differs", async (e) => [{ ...readOf(e), purpose: "passport" }, await signedBy("bf-min-justice", e)]],
    ["differs", async (e) => [readOf(e), await signedBy("bf-min-justice", { ...e, exchange: p.gj.ids.uuid() })]],
    ["signature", async (e) => [readOf(e), { ...(await signedBy("bf-min-justice", e)), part: partOf(e).replace("nip=1", "nip=N-66") }]],
    ["moment", async (e) => [readOf(e), { ...(await signedBy("bf-min-justice", e)), signedAt: "2020-01-01T00:00:00.000Z" }]],
    // a register that is not its own
    ["service", async (e) => [{ ...readOf(e), service: numbers }, await signedBy("bf-min-justice", { ...e, service: numbers })]],
  ];
  for (const [why, make] of tries) {
    const e = ids();
    const [read, question] = await make(e);
    assert.equal(await report({ read, ...(question ? { question } : {}) }), 204);
    assert.deepEqual(await refusedFor(e.exchange), [why]);
    await none();
  }
  // the true one counts; what was asked is read from what was signed, not from what is claimed; said again it is no news
  const e = ids();
  const question = await signedBy("bf-min-justice", { ...e, nip: "N-67" });
  const read = { ...readOf(e), asked: "N-66", given: ["N-67"] };
  for (const _ of [1, 2]) assert.equal(await report({ read, question }), 204);
  assert.deepEqual(await pages("page-N-67"), [persons]);
  await none();
  // and said otherwise it is refused: one question cannot carry reads of ever more people
  assert.equal(await report({ read: { ...read, given: ["N-66"] }, question }), 204);
  assert.deepEqual(await refusedFor(e.exchange), ["replayed"]);
  await none();
});

test("a server that names very many people is told to come back", async () => {
  const many = async (from: number) => {
    const e = { exchange: p.gj.ids.uuid(), client: "BF/GOV/ONI/IDENTITE", service: persons };
    const given = Array.from({ length: 1000 }, (_, i) => `M-${from + i}`);
    const read = { ...e, purpose: "criminal-record-extract", status: 200, fields: [], given };
    return { read, question: await signedBy(oni, e) };
  };
  // as if it had named them before: a thousand is told here, the rest is what the row of an hour says
  assert.equal(await report(await many(0)), 204);
  await p.house.owner("update exchange.report set persons = 5000 where persons >= 1000");
  assert.equal(await report(await many(1000)), 429);
  assert.deepEqual(await pages("page-M-1500"), []);
  // an hour later
  await p.house.owner("update exchange.report set at = at - interval '61 minutes'");
  assert.equal(await report(await many(1000)), 204);
  assert.deepEqual(await pages("page-M-1500"), [persons]);
});

const due = async () => (await p.gateway.owner("select count(*)::int as n from exchange.concern_due")).rows[0].n as number;
const pages = async (person: string) =>
  (await p.house.owner("select service from exchange.concern where person = $1", [person])).rows.map(
    (row: { service: string }) => row.service,
  );
const says = (rows: object[]) => {
  p.system.answer = (_req, res) => void res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ rows }));
};

test("whether a read appears on a person's page is not the asking server's to say", async () => {
  await p.house.owner(`update exchange.service set subject = '{"query":"phone","answer":"/rows/*/phone"}' where id = $1`, [numbers]);
  await keepUp(p.hj);
  says([{ phone: "P-7001" }]);
  // not said to be an institution's own message: as if it came from a procedure that has told her itself
  const question = { client: "BF/GOV/ONI/IDENTITE", service: numbers, purpose: "account-protection" };
  const asked = await ask(p.gj, { ...question, query: { phone: "P-7001" } });
  assert.equal(asked.outcome, "answered", JSON.stringify(asked));
  assert.deepEqual(await pages("page-P-7001"), [numbers]);
  // that she is in the register is an answer too
  const door = (await openExchangePort(p.gateway.kernel, 0))!;
  const headers = { "X-Road-Client": question.client, "Exchange-Purpose": question.purpose };
  const head = await fetch(`${door.url}/r1/${numbers}?phone=P-7002`, { method: "HEAD", headers });
  await door.stop();
  assert.equal(head.status, 200);
  assert.deepEqual(await pages("page-P-7002"), [numbers]);
});

test("what the house's own procedures ask about a person stands on her page once", async () => {
  await p.house.owner(`update exchange.service set subject = '{"query":"nip","answer":"/rows/*/nip"}' where id = $1`, [persons]);
  await p.look();
  says([{ nip: "N-5001" }, { nip: "N-5002" }]);
  const question = {
    client: justice,
    service: persons,
    query: { nip: "N-5001" },
    purpose: "criminal-record-extract",
    person: "page-N-5001",
  };
  const asked = await ask(p.hj, question);
  assert.equal(asked.outcome, "answered", JSON.stringify(asked));
  await reportConcerned.run(p.gj);
  assert.equal(await due(), 0);
  assert.deepEqual(await pages("page-N-5001"), [], "the question itself is there");
  assert.deepEqual(await pages("page-N-5002"), [persons]);
});

test("an answer that another server brings for a message it does not answer for ends nothing", async () => {
  const door = (await openExchangePort(p.house.kernel, 0))!;
  try {
    await p.house.owner("update exchange.service set stored = true where id = $1", [numbers]);
    await p.house.owner(
      `insert into exchange.access_right (id, service, subject, methods, path, purposes, basis, from_day)
       values ('intruder', $1, $2, '{GET}', '**', '{criminal-record-extract}', '{"fr":"","en":""}', '2026-01-01')`,
      [numbers, justice],
    );
    const headers = { "X-Road-Client": justice, "Exchange-Purpose": "criminal-record-extract", Prefer: "respond-async" };
    assert.equal((await r1Call(`${door.url}/r1/${numbers}?nip=1`, headers)).status, 202);
  } finally {
    await door.stop();
  }
  const row = async () =>
    (await p.house.owner("select exchange, state from exchange.outbox where service = $1", [numbers])).rows[0] as Record<string, string>;
  const { exchange } = await row();
  const at = p.house.clock.now();
  const answer = {
    exchange: exchange!,
    by: "system" as const,
    at,
    signedAt: at,
    signature: randomBytes(64),
    serial: "1",
    body: Buffer.alloc(0),
  };
  const body = writeParcel({ ...emptyParcel(), answers: [{ ...answer, part: "200 OK\r\n" }] });
  const path = `/weak/parcels/${p.gj.ids.uuid()}?size=${body.length}&offset=0`;
  assert.equal(await post({ method: "PUT", path, body }), 200);
  assert.equal((await row()).state, "queued");
});

test("a server that is retired meanwhile stays retired, whatever it was asking for", async () => {
  const { csr } = await makeTlsKey(p.gj, "intruder");
  const { address } = (await p.house.owner("select address from exchange.server where id = $1", [gatewayId])).rows[0] as {
    address: string;
  };
  const retired = async () =>
    (await p.house.owner("select retired_at from exchange.server where id = $1", [gatewayId])).rows[0] as { retired_at: Date | null };
  // retired between the look and the write
  let looks = 0;
  const slow: JobContext = {
    ...p.hj,
    transaction: async (fn, o) => {
      const done = await p.hj.transaction(fn, o);
      looks += 1;
      if (looks === 1) await p.house.owner("update exchange.server set retired_at = now() where id = $1", [gatewayId]);
      return done;
    },
  };
  await assert.rejects(renew(slow, gatewayId, { kind: "tls", csr, address }));
  assert.ok((await retired()).retired_at);
  await moved(p.hj, gatewayId, address.replace(/:\d+$/, ":9"));
  assert.ok((await retired()).retired_at);
  await p.house.owner("update exchange.server set retired_at = null where id = $1", [gatewayId]);
});

test("a key revoked a moment ago buys no new certificate", async () => {
  const own = (await ownIdentity(p.gj))!;
  const { csr } = await makeTlsKey(p.gj, "intruder again");
  const manager = p.house.clerk("bf-anptic", ["trust.manage-certificates"]);
  await p.house.call(revokeCertificate, { serial: own.serial, reason: "keyCompromise" }, { as: manager });
  const reply = await callCentre(p.gj, {
    centre: urlOf(p.house),
    method: "POST",
    path: "/exchange/renew",
    as: { server: gatewayId, key: own.key },
    body: JSON.stringify({ kind: "tls", csr, address: "127.0.0.1:1" }),
  });
  assert.ok(reply.ok);
  assert.notEqual(reply.status, 200);
});
