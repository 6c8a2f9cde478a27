/** A read over r1 appears on the page of whom it is about: found by the register's side, never from what the client claims. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { exchange, setBase } from "#exchange";
import { readProof, readsOfMe } from "#exchange/api";
import { identity, personByNumber, pseudonymOf } from "#identity";
import { factsOf } from "#kernel";
import { world, type World } from "#kernel/testing";
import { messages } from "#messages";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { openExchangePort } from "../../apps/server/exchange-port.ts";
import { personsOfExchange } from "../../apps/server/persons-of-exchange.ts";

let w: World;
let port: { url: string; stop(): Promise<void> };
let answer: unknown;
const system = createServer((_, res) => void res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer)));
const mariam = "99199400000169139";
const adama = "99198500000353836";
const namesake = "99199100000498167";

before(async () => {
  w = await world({
    modules: [registry, { ...messages, start: async () => undefined }, trust, identity, exchange],
    drivers: [testKeys, personsOfExchange],
    country: "bf",
  });
  await new Promise<void>((done) => system.listen(0, "127.0.0.1", done));
  await w.transaction((ctx) => setBase(ctx, "sandbox", `http://127.0.0.1:${(system.address() as { port: number }).port}`));
  port = (await openExchangePort(w.kernel, 0))!;
});
after(async () => {
  await port?.stop();
  system.closeAllConnections();
  system.close();
  await w?.close();
});

const ask = async (target: string, headers: Record<string, string> = {}) => {
  const r = await fetch(`${port.url}/r1/BF/GOV/ONI/IDENTITE/persons${target}`, {
    headers: { "X-Road-Client": "BF/GOV/DGTTM/TRANSPORTS", "Exchange-Purpose": "vehicle-registration", ...headers },
  });
  return { status: r.status, id: r.headers.get("x-road-request-id")!, text: await r.text() };
};
const personOf = (nip: string) => w.transaction((ctx) => pseudonymOf(ctx, nip));
const readsBy = async (nip: string) => (await w.call(readsOfMe, {}, { as: w.citizen({ person: await personOf(nip) }) })).reads;

test("she sees who asked, why, and which of her data left, with the fact in the sealed log", async () => {
  answer = { rows: [{ nip: mariam, family: "Nikiéma", given: "Mariam Awa", phone: "+22670000011", birth: { date: "1994-03-12" } }] };
  const { status, id, text } = await ask(`?nip=${mariam}`, { "X-Road-Issue": "vehicle-registration:IM-7" });
  assert.equal(status, 200, text);
  const [read, ...others] = await readsBy(mariam);
  assert.equal(others.length, 0);
  assert.deepEqual(
    [read!.exchange, read!.client.id, read!.provider.institution, read!.purpose, read!.outcome],
    [id, "BF/GOV/DGTTM/TRANSPORTS", "bf-oni", "Immatriculer un véhicule", "answered"],
  );
  assert.deepEqual(read!.fields, ["Numéro d’identité", "Nom", "Prénoms", "Date de naissance"], "not the telephone: it did not leave");
  const told = await w.transaction(async (ctx) => factsOf(ctx, { subject: `person:${await pseudonymOf(ctx, mariam)}` }));
  assert.deepEqual(
    told.map((f) => [f.type, f.id === read!.fact]),
    [["exchange.answered", true]],
  );
  // producing the proof is a read of her data as well
  await w.call(readProof, { exchange: id }, { as: w.clerk("bf-oni", ["exchange.prove-message"]) });
  const after = await w.transaction(async (ctx) => factsOf(ctx, { subject: `person:${await pseudonymOf(ctx, mariam)}` }));
  assert.equal(after.length, 2);
});

test("a search by name shows the read to every namesake it found, known here or not yet", async () => {
  answer = {
    rows: [
      { nip: mariam, family: "Nikiéma" },
      { nip: namesake, family: "Nikiéma" },
    ],
  };
  assert.equal(await w.transaction((ctx) => personByNumber(ctx, namesake)), undefined);
  await ask("?family=Nikiema");
  assert.equal((await readsBy(namesake)).length, 1);
  assert.equal((await readsBy(mariam)).length, 2);
});

test("one cannot point at another person, nor fill the house with numbers that are nobody’s", async () => {
  answer = { rows: [] };
  const before = (await w.owner("select count(*)::int as n from identity.person")).rows[0].n as number;
  for (const nip of ["1234567890", "'; drop table x;--", "%00%00%00%00%00"]) await ask(`?nip=${encodeURIComponent(nip)}`);
  assert.equal((await w.owner("select count(*)::int as n from identity.person")).rows[0].n, before);
  // headers of the client name nobody
  answer = { rows: [{ nip: adama }] };
  const known = await personOf(mariam);
  await ask(`?nip=${adama}`, { "X-Person": known, "Exchange-Person": known, "X-Road-UserId": mariam });
  assert.equal((await readsBy(mariam)).length, 2);
  assert.equal((await readsBy(adama)).length, 1);
  // asked about somebody we know, found nobody: she sees that she was asked about, and that nothing was handed over
  answer = { rows: [] };
  w.clock.advance(1000);
  await ask(`?nip=${adama}`);
  assert.deepEqual((await readsBy(adama))[0]!.fields, []);
  // a refused question hands nothing over and says nothing
  await ask(`?nip=${adama}`, { "Exchange-Purpose": "passport" });
  assert.equal((await readsBy(adama)).length, 2);
});

test("an answer that names more people than can be told does not leave", async () => {
  answer = { rows: Array.from({ length: 1001 }, (_, i) => ({ nip: String(10_000_000 + i) })) };
  const { status, text } = await ask("?family=x");
  assert.notEqual(status, 200);
  assert.match(text, /invalid_content/);
});
