/** Two exchange servers, each with its own database and keys, and what passes between them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, pull } from "#exchange";
import { gatewayId, oni, type Pair, twoServers } from "./two-servers.ts";

let p: Pair;
before(async () => {
  p = await twoServers();
});
after(() => p.close());

const persons = "BF/GOV/ONI/IDENTITE/persons";
const justice = "BF/GOV/MIN-JUSTICE/SERVICES";
const office = "BF/GOV/ONI/IDENTITE";
const numbers = "BF/GOV/ARCEP/NUMEROS/sim-changes";
const question = { client: justice, service: persons, query: { nip: "1" }, purpose: "criminal-record-extract" };
const sides = async (w: Pair["house"], exchange: string) =>
  (
    await w.owner(
      "select r.side, o.outcome, o.error_type from exchange.request r left join exchange.outcome o using (exchange, side) where exchange = $1",
      [exchange],
    )
  ).rows as { side: string; outcome: string | null; error_type: string | null }[];

test("the house asks, the gateway answers: one row a side, each in its own database", async () => {
  const answer = await ask(p.hj, question);
  assert.ok(answer.outcome === "answered", JSON.stringify(answer));
  assert.deepEqual((answer.body as { rows: unknown[] }).rows, [{ nip: "1", family: "Zongo" }]);
  assert.deepEqual(await sides(p.house, answer.exchangeId), [{ side: "client", outcome: "answered", error_type: null }]);
  assert.deepEqual(await sides(p.gateway, answer.exchangeId), [{ side: "provider", outcome: "answered", error_type: null }]);
  assert.equal(p.system.hits.length, 1);
  assert.ok(gatewayId && oni);
});

test("the gateway asks, the house answers", async () => {
  await p.house.owner(
    `insert into exchange.access_right (id, service, subject, methods, path, purposes, basis, from_day)
     select 'oni-asks', id, $1, '{GET,POST}', '**', '{criminal-record-extract}', '{"fr":"","en":""}', '2026-01-01' from exchange.service where id = $2`,
    [office, numbers],
  );
  await pull(p.gj);
  p.system.hits.length = 0;
  const answer = await ask(p.gj, { client: office, service: numbers, purpose: "criminal-record-extract" });
  assert.ok(answer.outcome === "answered", JSON.stringify(answer));
  assert.equal(p.system.hits.length, 1);
  assert.deepEqual(await sides(p.gateway, answer.exchangeId), [{ side: "client", outcome: "answered", error_type: null }]);
  assert.deepEqual(await sides(p.house, answer.exchangeId), [{ side: "provider", outcome: "answered", error_type: null }]);
});
