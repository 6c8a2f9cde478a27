/**
 * Two servers of one institution, two processes on one database: either is killed under load and the other answers. What was
 * acknowledged happened once, the log's tree has one history, and a retired server leaves the other's seal alone.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { ask, keepUp, setBase } from "#exchange";
import { retireServer } from "#exchange/api";
import type { World } from "#kernel/testing";
import { openExchangePort, type ExchangePort } from "../../apps/server/exchange-port.ts";
import { writeToken } from "../../modules/exchange/servers/token.ts";
import { until } from "../client.ts";
import { type GatewayProcess, gatewayProcess } from "./gateway-process.ts";
import { houseWorld, listening, mayAsk, tokenFrom } from "./two-servers.ts";

const persons = "BF/GOV/ONI/IDENTITE/persons";
const numbers = "BF/GOV/ARCEP/NUMEROS/sim-changes";
const justice = "BF/GOV/MIN-JUSTICE/SERVICES";
const office = "BF/GOV/ONI/IDENTITE";
const purpose = "criminal-record-extract";

let house: World;
let door: ExchangePort;
let a: GatewayProcess;
let b: GatewayProcess;
/** What the institution's system was told, in order. */
const hits: string[] = [];
const system = createServer((req, res) => {
  const pieces: Buffer[] = [];
  req.on("data", (piece: Buffer) => pieces.push(piece));
  req.on("end", () => {
    hits.push(pieces.length > 0 ? (JSON.parse(Buffer.concat(pieces).toString()) as { n: string }).n : "read");
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ rows: [{ nip: "1" }] }));
  });
});
const hj = () => house.kernel.jobContext("exchange.test");

before(async () => {
  house = await houseWorld(new Date());
  const url = await listening(system);
  await house.transaction((ctx) => setBase(ctx, "sandbox", url));
  await mayAsk(house.owner, "posts", persons, justice);
  await mayAsk(house.owner, "asks", numbers, office);
  await house.owner("update exchange.service set timeout_seconds = 20, subject = null");
  door = (await openExchangePort(house.kernel, 0))!;
  a = await gatewayProcess();
  await a.start("--join", writeToken(await tokenFrom(house)));
  b = await gatewayProcess({ beside: a });
  await b.start("--join", writeToken(await tokenFrom(house, "SRV2")));
  await keepUp(hj());
});
after(async () => {
  await door.stop();
  await b?.close();
  await a?.close();
  system.closeAllConnections();
  system.close();
  await house.close();
});

const ready = { "X-Road-Client": justice, "Exchange-Purpose": purpose };
const pinned = (server: string) =>
  fetch(`${door.url}/r1/${persons}`, { headers: { ...ready, "X-Road-Security-Server": `BF/GOV/ONI/${server}` } });
const own = (g: GatewayProcess) =>
  fetch(`${g.clients}/r1/${numbers}`, { headers: { "X-Road-Client": office, "Exchange-Purpose": purpose } });

test("both answer for the institution, each with a seal of its own, into one log; its systems may use either", async () => {
  for (const server of ["SRV1", "SRV2"]) {
    const answer = await pinned(server);
    assert.equal(answer.status, 200, await answer.text());
  }
  for (const g of [a, b]) {
    const answer = await own(g);
    assert.equal(answer.status, 200, await answer.text());
  }
  const rows = await a.owner(
    "select count(distinct serial)::int as seals, count(*)::int as n from exchange.outcome where side = 'provider'",
  );
  assert.deepEqual(rows, [{ seals: 2, n: 2 }]);
});

/** Writing calls, one after the other in each of six lines, until told to stop: what each was answered. */
function load(from: string) {
  const said = new Map<string, string>();
  let over = false;
  let count = 0;
  const line = async (): Promise<void> => {
    while (!over) {
      const n = `${from}${count++}`;
      const answer = await ask(hj(), { client: justice, service: persons, method: "POST", body: { n }, purpose });
      said.set(n, answer.outcome);
    }
  };
  const lines = [1, 2, 3, 4, 5, 6].map(line);
  const answered = () => [...said.values()].filter((one) => one === "answered").length;
  return {
    said,
    answered,
    more: (n: number) => {
      const goal = answered() + n;
      return until(
        `${n} more are answered`,
        async () => answered(),
        (now) => now >= goal,
        60,
      );
    },
    async stop() {
      over = true;
      await Promise.all(lines);
    },
  };
}

/** `npm test` samples what soak does at length. */
const more = process.env.TOGUNA_SOAK === "1" ? 400 : 20;

const send = async (key: string, n: string): Promise<string> => {
  const headers = { ...ready, Prefer: "respond-async", "Exchange-Order-Key": key, "Content-Type": "application/json" };
  const answer = await fetch(`${door.url}/r1/${persons}`, { method: "POST", headers, body: JSON.stringify({ n }) });
  assert.equal(answer.status, 202, await answer.text());
  return answer.headers.get("location")!;
};
const statusOf = async (address: string): Promise<string> =>
  ((await (await fetch(`${door.url}${address}`, { headers: ready })).json()) as { status: string }).status;

test("kill -9 of either under load: the other goes on, what was acknowledged happened once, stored messages keep their order", async () => {
  const waiting = new Map<string, string>();
  for (let i = 0; i < 18; i++)
    waiting.set(`${"xyz"[i % 3]}${String(i).padStart(2, "0")}`, await send("xyz"[i % 3]!, `${"xyz"[i % 3]}${String(i).padStart(2, "0")}`));
  let carrying = true;
  const carrier = (async () => {
    while (carrying) {
      await house.sweep("exchange.outbox");
      house.clock.advance(1);
      await new Promise((go) => setTimeout(go, 200));
    }
  })();
  const l = load("n");
  await l.more(more);
  await a.kill();
  await l.more(more);
  await a.start();
  await keepUp(hj());
  await l.more(more / 2);
  await b.kill();
  await l.more(more);
  await l.stop();

  const ended = await until(
    "every stored message has ended",
    async () => Promise.all([...waiting].map(async ([n, at]) => [n, await statusOf(at)] as const)),
    (all) => all.every(([, status]) => status === "answered" || status === "unknown"),
    60,
  );
  carrying = false;
  await carrier;

  const told = (n: string) => hits.filter((one) => one === n).length;
  for (const [n, outcome] of [...l.said, ...ended]) {
    if (outcome === "answered") assert.equal(told(n), 1, `${n} was answered, so it happened once`);
    else if (outcome === "unknown") assert.ok(told(n) <= 1, `${n} is unknown, and never twice`);
    else assert.equal(told(n), 0, `${n} is ${outcome}: it did not happen`);
  }
  const doubtful = [...l.said.values(), ...ended.map(([, status]) => status)].filter((one) => one === "unknown").length;
  // under way at the two kills: six lines, and four calls of stored messages
  assert.ok(doubtful <= 20, `${doubtful} of unknown outcome`);
  for (const key of "xyz") {
    const order = hits.filter((one) => one.startsWith(key));
    assert.deepEqual(order, order.toSorted(), `the messages of ${key} kept their order`);
  }
  const [{ n }] = (await a.owner("select count(*)::int as n from exchange.outcome where side = 'provider' and outcome = 'answered'")) as [
    { n: number },
  ];
  assert.ok(n >= l.answered(), "each has its row in the one log");
});

/** RFC 9162, 2.1.1. */
function root(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return createHash("sha256")
    .update(Buffer.from([1]))
    .update(root(leaves.slice(0, k)))
    .update(root(leaves.slice(k)))
    .digest();
}

test("one tree: every head that either signed is a beginning of it", async () => {
  await until(
    "nothing waits for the sealer",
    async () => (await a.owner("select count(*)::int as n from exchange.waiting"))[0]!.n,
    (n) => n === 0,
  );
  const leaves = (await a.owner("select index::int, hash from exchange.leaf order by index")) as { index: number; hash: Buffer }[];
  assert.deepEqual(
    leaves.map((leaf) => leaf.index),
    leaves.map((_, i) => i),
  );
  const heads = (await a.owner("select size::int, root, serial from exchange.head where signature is not null order by size")) as {
    size: number;
    root: Buffer;
    serial: string;
  }[];
  assert.ok(new Set(heads.map((head) => head.serial)).size >= 2, "both signed");
  const hashes = leaves.map((leaf) => leaf.hash);
  for (const head of heads) assert.ok(root(hashes.slice(0, head.size)).equals(head.root), `the head at ${head.size}`);
});

test("its own machine's commands: doctor names the cause, maintenance is entered and told, not left without the folder's token", async () => {
  chmodSync(`${a.dataDir}/master.key`, 0o644);
  const { code, text } = await a.command("doctor");
  chmodSync(`${a.dataDir}/master.key`, 0o600);
  assert.equal(code, 1, text);
  assert.match(text, /FAIL Permissions of the folder: others on this machine can read master\.key/);
  for (const line of [/ok {2}Membership: BF\/GOV\/ONI\/SRV1/, /ok {2}Centre: /, /ok {2}Certificate \(tls\): until/, /ok {2}Server port: /])
    assert.match(text, line);
  const on = await a.command("gateway-maintenance", "on", "--for", "2h", "--message", "Changement de disque");
  assert.match(on.text, /SRV1 is in maintenance until .*Changement de disque\.\nNothing is under way/);
  assert.match(await (await own(a)).text(), /SRV1 is in maintenance until/);
  const { url, token } = JSON.parse(readFileSync(`${a.dataDir}/admin.json`, "utf8")) as { url: string; token: string };
  const leave = (headers: Record<string, string>) => fetch(`${url}/maintenance`, { method: "DELETE", headers });
  for (const headers of [{}, { authorization: "Bearer x" }] as Record<string, string>[]) assert.equal((await leave(headers)).status, 401);
  assert.equal((await leave({ authorization: `Bearer ${token}` })).status, 200);
  await keepUp(hj());
});

test("a folder with other secrets is not let in", async () => {
  writeFileSync(`${b.dataDir}/master.key`, "A".repeat(43), { mode: 0o600 });
  await assert.rejects(b.start(), /another master secret or passphrase/);
});

test("one of the two retires: its seal and its TLS certificate are revoked, the other's stand and answer", async () => {
  const manager = house.clerk("bf-anptic", ["exchange.manage-servers", "exchange.read-servers"]);
  await house.call(retireServer, { id: "BF/GOV/ONI/SRV2" }, { as: manager });
  await keepUp(hj());
  const { rows } = await house.owner(
    `select c.kind, c.place, s.revoked_at is not null as revoked from trust.certificate c join trust.certificate_status s on s.certificate = c.id
     where c.place like 'BF/GOV/ONI/%' order by c.place, c.kind`,
  );
  assert.deepEqual(rows, [
    { kind: "seal", place: "BF/GOV/ONI/SRV1", revoked: false },
    { kind: "tls", place: "BF/GOV/ONI/SRV1", revoked: false },
    { kind: "seal", place: "BF/GOV/ONI/SRV2", revoked: true },
    { kind: "tls", place: "BF/GOV/ONI/SRV2", revoked: true },
  ]);
  const answer = await ask(hj(), { client: justice, service: persons, query: { nip: "1" }, purpose });
  assert.equal(answer.outcome, "answered", JSON.stringify(answer));
  assert.equal((await pinned("SRV2")).headers.get("x-road-error"), "server.clientproxy.invalid_security_server");
});
