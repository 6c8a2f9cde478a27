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
import { requestOn } from "../../modules/exchange/transport/dial.ts";
import { ownIdentity } from "../../modules/exchange/transport/own.ts";
import { gatewayId, type Pair, r1Call, twoServers, urlOf } from "./two-servers.ts";

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

test("a read is not hidden behind one that a gateway told before under the same number", async () => {
  const exchange = p.gj.ids.uuid();
  const read = { exchange, client: "BF/GOV/ONI/IDENTITE", purpose: "criminal-record-extract", status: 200, fields: [], given: ["N-9"] };
  const own = Buffer.from(JSON.stringify({ reads: [{ ...read, service: persons }] }));
  assert.equal(await post({ method: "POST", path: "/concerned", body: own }), 204);
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
