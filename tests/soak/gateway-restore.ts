/**
 * Soak: backup of a gateway while it runs, restore into an empty folder, started there. The restored log is behind what its centre
 * has seen: it says so and goes on under another name; nothing is signed twice. (`npm test` tries the same rules on two worlds in
 * one process, tests/exchange/epoch.test.ts.)
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { ask, keepUp, setBase } from "#exchange";
import { runningPostgres, startPostgres } from "#kernel/postgres";
import type { World } from "#kernel/testing";
import { writeToken } from "../../modules/exchange/servers/token.ts";
import { until } from "../client.ts";
import { root } from "../tree.ts";
import { type GatewayProcess, gatewayProcess } from "../exchange/gateway-process.ts";
import { houseWorld, listening, tokenFrom } from "../exchange/two-servers.ts";

const persons = "BF/GOV/ONI/IDENTITE/persons";
const question = { client: "BF/GOV/MIN-JUSTICE/SERVICES", service: persons, query: { nip: "1" }, purpose: "criminal-record-extract" };

let house: World;
let g: GatewayProcess;
let room: string;
const system = createServer((_req, res) =>
  res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ rows: [{ nip: "1" }] })),
);
const hj = () => house.kernel.jobContext("exchange.test");

before(async () => {
  room = mkdtempSync(join(tmpdir(), "toguna-restore-"));
  chmodSync(room, 0o711);
  house = await houseWorld(new Date());
  const url = await listening(system);
  await house.transaction((ctx) => setBase(ctx, "sandbox", url));
  // an institution's own machine: the embedded database in the gateway's own folder
  g = await gatewayProcess({ folder: join(room, "first") });
  await g.start("--join", writeToken(await tokenFrom(house)));
  await keepUp(hj());
});
after(async () => {
  await g?.close();
  system.closeAllConnections();
  system.close();
  await house.close();
  for (const name of ["first", "second"]) {
    const data = join(room, name, "postgres");
    if (runningPostgres(data)) await (await startPostgres(data)).stop("immediate");
  }
  rmSync(room, { recursive: true, force: true });
});

const command = (folder: string, ...args: string[]): Promise<{ code: number | null; text: string }> =>
  new Promise((done) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(root, "apps/server/main.ts"), ...args], {
      cwd: root,
      env: { ...process.env, TOGUNA_DATA: folder, TOGUNA_DEMO: "1", TOGUNA_LOG: "warn", NODE_OPTIONS: "", DATABASE_URL: undefined },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
    child.once("exit", (code) => done({ code, text }));
  });
const rows = async (text: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: runningPostgres(join(g.dataDir, "postgres"))!.replace(/\/postgres$/, "/toguna") });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};
const sealed = (least: number) =>
  until(
    `${least} leaves are sealed`,
    async () => Number((await rows("select coalesce(max(size), 0)::int as n from exchange.head where signature is not null"))[0]!.n),
    (n) => n >= least,
  );
/** What the centre has seen, under each name of the log. */
const seen = async () =>
  (await house.owner("select origin, size::int from exchange.witnessed order by at, origin")).rows as { origin: string; size: number }[];
const asked = async (): Promise<void> => assert.equal((await ask(hj(), question)).outcome, "answered");

test("a backup while it runs; the restored log is behind what the centre saw, and goes on under another name", async () => {
  await asked();
  await sealed(2);
  const made = await command(g.dataDir, "backup", join(room, "copy"));
  assert.equal(made.code, 0, made.text);
  assert.ok(!existsSync(join(room, "copy", "admin.json")));
  for (let i = 0; i < 4; i++) await asked();
  await sealed(10);
  // told that the directory changed, the gateway asks, and shows its tree
  await house.owner("update exchange.service set timeout_seconds = 19 where id = $1", [persons]);
  await house.sweep("exchange.tell-gateways");
  await until("the centre has seen it", seen, (all) => all.some((one) => one.size >= 10));
  const [before] = await seen();
  await g.kill();

  const restored = await command(join(room, "second"), "restore", join(room, "copy"));
  assert.equal(restored.code, 0, restored.text);
  assert.match(restored.text, /agrees with itself: \d+ leaves, \d+ heads compared\. It is sealed on once its centre was asked/);

  const old = runningPostgres(join(g.dataDir, "postgres"));
  if (old) await (await startPostgres(join(g.dataDir, "postgres"))).stop("immediate");
  g.dataDir = join(room, "second");
  await g.start();
  await keepUp(hj());
  await asked();
  const [epoch] = await until(
    "an epoch has begun",
    () => rows("select * from exchange.epoch"),
    (all) => all.length > 0,
  );
  assert.deepEqual([epoch!.why, Number(epoch!.seen), Number(epoch!.size) < before!.size], ["put-back", before!.size, true]);
  await sealed(Number(epoch!.size) + 1);
  const later = await rows(`select distinct origin from exchange.head where size > ${Number(epoch!.size)}`);
  assert.deepEqual(later, [{ origin: epoch!.origin }], "nothing of the old name is signed again");
  assert.equal((await seen()).find((one) => one.origin === before!.origin)!.size, before!.size, "the centre's memory stands");
  assert.match((await command(g.dataDir, "doctor")).text, /note The log was put back on .* the centre had seen 1\d: since then .*epoch-2/);
});
