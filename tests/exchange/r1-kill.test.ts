/** kill -9 in the middle of many calls: rows of many exchanges share a transaction, and yet no answer was given without its own. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import pg from "pg";
import { asks, echo } from "./port.ts";

const system = createServer((req, res) => {
  req.resume();
  req.once("end", () => void res.end(`answer to ${req.url}`));
});
await new Promise<void>((done) => system.listen(0, "127.0.0.1", done));
after(() => (system.closeAllConnections(), void system.close()));

const program = new URL("./alone.ts", import.meta.url).pathname;

test("whatever was answered stands in the log four times; what does not was not answered", async () => {
  const base = `http://127.0.0.1:${(system.address() as AddressInfo).port}/echo`;
  const child = spawn(process.execPath, [program, base], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { port, ownerUrl } = JSON.parse(line) as { port: number; ownerUrl: string };
  const answered: string[] = [];
  let cut = 0;
  let stop = false;
  const call = (): Promise<void> =>
    new Promise((done) => {
      const req = request({ host: "127.0.0.1", port, path: `${echo}/items/1`, headers: asks, agent: false }, (res) => {
        res.resume();
        res.once("end", () => {
          // whole to its last byte: an answer was given
          if (res.complete && res.statusCode === 200) answered.push(String(res.headers["x-road-request-id"]));
          else cut += 1;
          done();
        });
        res.on("error", () => ((cut += 1), done()));
      });
      req.once("error", () => ((cut += 1), done()));
      req.end();
    });
  const clients = Array.from({ length: 40 }, async () => {
    while (!stop) await call();
  });
  while (answered.length < 150) await new Promise((r) => setTimeout(r, 5));
  child.kill("SIGKILL");
  stop = true;
  await Promise.all(clients);
  await once(child, "exit").catch(() => undefined);
  const db = new pg.Client({ connectionString: ownerUrl });
  await db.connect();
  try {
    const { rows } = await db.query<{ exchange: string; n: number }>(
      `select exchange::text, count(*)::int as n from
         (select exchange from exchange.request union all select exchange from exchange.outcome where outcome = 'answered') r
       where exchange = any($1::uuid[]) group by exchange`,
      [answered],
    );
    assert.ok(cut > 0, "some calls were under way");
    assert.equal(rows.length, answered.length);
    assert.ok(rows.every((r) => r.n === 4));
    const half = await db.query(
      "select 1 from exchange.request r where not exists (select 1 from exchange.outcome o where o.exchange = r.exchange)",
    );
    assert.ok(half.rowCount! <= 40, "at most one a client was cut between its rows");
  } finally {
    await db.end();
  }
  const cluster = new pg.Client({ connectionString: ownerUrl.replace(/\/[^/]*$/, "/postgres") });
  await cluster.connect();
  await cluster.query(`drop database ${new URL(ownerUrl).pathname.slice(1)} with (force)`);
  await cluster.end();
});
