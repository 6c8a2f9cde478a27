/** A gateway in a process of its own is killed in the middle of calls, and the house falls silent: nothing is lost, nothing done twice. */
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { after, before, test } from "node:test";
import { ask, keepUp, setBase } from "#exchange";
import type { World } from "#kernel/testing";
import { type GatewayProcess, gatewayProcess } from "./gateway-process.ts";
import { houseWorld, listening, mayAsk, sidesOf, tokenFrom } from "./two-servers.ts";
import { writeToken } from "../../modules/exchange/servers/token.ts";

const persons = "BF/GOV/ONI/IDENTITE/persons";
const numbers = "BF/GOV/ARCEP/NUMEROS/sim-changes";
const justice = "BF/GOV/MIN-JUSTICE/SERVICES";
const office = "BF/GOV/ONI/IDENTITE";
const proper = { "content-type": "application/json" };
const answers: RequestListener = (_req, res) => void res.writeHead(200, proper).end(JSON.stringify({ rows: [{ nip: "1" }] }));

let house: World;
let gateway: GatewayProcess;
let behave: RequestListener = answers;
let hits = 0;
let hit: () => void = () => undefined;
const system = createServer((req, res) => {
  hits += 1;
  hit();
  behave(req, res);
});
const heard = () => new Promise<void>((go) => (hit = go));

before(async () => {
  house = await houseWorld(new Date());
  const url = await listening(system);
  await house.transaction((ctx) => setBase(ctx, "sandbox", url));
  await mayAsk(house.owner, "posts", persons, justice);
  await mayAsk(house.owner, "asks", numbers, office);
  await house.owner("update exchange.service set timeout_seconds = 10");
  gateway = await gatewayProcess();
  await gateway.start("--join", writeToken(await tokenFrom(house)));
  await keepUp(hj());
});
after(async () => {
  await gateway.close();
  system.closeAllConnections();
  system.close();
  await house.close();
});
const hj = () => house.kernel.jobContext("exchange.test");
const reading = { client: justice, service: persons, query: { nip: "1" }, purpose: "criminal-record-extract" };
const writing = { client: justice, service: persons, method: "POST" as const, body: { a: 1 }, purpose: "criminal-record-extract" };
const r1 = (method: "GET" | "POST" = "GET") =>
  fetch(`${gateway.clients}/r1/${numbers}`, {
    method,
    headers: {
      "X-Road-Client": office,
      "Exchange-Purpose": "criminal-record-extract",
      ...(method === "POST" ? { "content-type": "application/json" } : {}),
    },
    ...(method === "POST" ? { body: "{}" } : {}),
  });
/** What is open has outlived its time: the program's own sweep has to say how it ended. */
const concluded = async (): Promise<Record<string, unknown>[]> => {
  await gateway.owner("update exchange.request set expires = at");
  await gateway.start();
  await keepUp(hj());
  for (let i = 0; ; i++) {
    const open = await gateway.owner(
      "select 1 from exchange.request r where not exists (select from exchange.outcome o where o.exchange = r.exchange and o.side = r.side)",
    );
    if (open.length === 0) break;
    assert.ok(i < 100, "the sweep concludes what was open");
    await new Promise((go) => setTimeout(go, 100));
  }
  return gateway.owner(
    "select r.side, r.method, o.outcome from exchange.request r join exchange.outcome o using (exchange, side) order by r.at desc",
  );
};

test("joined by its token alone, both ways flow, its health says so", async () => {
  assert.equal((await ask(hj(), reading)).outcome, "answered");
  const answer = await r1();
  assert.equal(answer.status, 200, await answer.text());
  const health = (await (await fetch(`${gateway.admin}/healthz`)).json()) as { state: string; server: string };
  assert.deepEqual([health.state, health.server], ["well", "BF/GOV/ONI/SRV1"]);
  assert.match(await (await fetch(`${gateway.admin}/metrics`)).text(), /toguna_exchange_total/);
});

test("kill -9 of the provider's gateway in the middle of a writing call: outcome unknown on both sides, done once", async () => {
  hits = 0;
  behave = () => undefined;
  const reached = heard();
  const call = ask(hj(), writing);
  await reached;
  await gateway.kill();
  const answer = await call;
  assert.equal(answer.outcome, "unknown", JSON.stringify(answer));
  assert.deepEqual(await sidesOf(house, answer.exchangeId), ["client unknown"]);
  behave = answers;
  const rows = await concluded();
  assert.deepEqual(rows[0], { side: "provider", method: "POST", outcome: "unknown" });
  assert.equal(hits, 1);
  assert.equal((await ask(hj(), reading)).outcome, "answered", "and it answers again, without a token");
});

test("kill -9 of the client's gateway in the middle of its call: the provider's side is whole, its own says unknown", async () => {
  hits = 0;
  let finish: () => void = () => undefined;
  behave = (req, res) => void (finish = () => answers(req, res));
  const reached = heard();
  const call = r1("POST").then(
    (r) => r.status,
    () => "cut",
  );
  await reached;
  await gateway.kill();
  assert.equal(await call, "cut");
  finish();
  behave = answers;
  const rows = await concluded();
  assert.deepEqual(rows[0], { side: "client", method: "POST", outcome: "unknown" });
  assert.equal(hits, 1);
  const { rows: provider } = await house.owner(
    "select o.outcome from exchange.request r left join exchange.outcome o using (exchange, side) where side = 'provider' and method = 'POST' order by r.at desc limit 1",
  );
  assert.notEqual(provider[0].outcome, undefined);
});

test("the centre is down: a gateway killed meanwhile starts without it, and messages pass as before", async () => {
  await house.http.close();
  await gateway.kill();
  await gateway.start();
  await keepUp(hj());
  assert.equal((await ask(hj(), reading)).outcome, "answered");
  const answer = await r1();
  assert.equal(answer.status, 200, await answer.text());
});
