/** Bodies of any size through both sides of the exchange, and answers that come to nothing on their way. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { after, before, test } from "node:test";
import { directoryNow } from "../../modules/exchange/directory/snapshot.ts";
import { asks, echo, type House, house, persons, typeOf } from "./port.ts";

let h: House;
before(async () => {
  h = await house({ TOGUNA_EXCHANGE_SPOOL_MIB: "8" });
});
after(() => h.close());

const MiB = 1 << 20;
const block = Buffer.alloc(MiB, "toguna ");
/** `count` MiB, as fast as it is read, until nobody reads any more. */
const pour = (to: Writable, count: number): Promise<void> =>
  new Promise((done) => {
    let left = count;
    const go = (): void => {
      while (left > 0 && !to.destroyed) {
        left -= 1;
        if (!to.write(block)) return;
      }
      to.off("drain", go);
      done();
    };
    to.on("drain", go);
    to.once("close", done);
    go();
  });
interface Got {
  status: number;
  size: number;
  hash: string;
  id: string | undefined;
  text: string;
  /** The answer came to its own end. */
  whole: boolean;
}
const call = (o: { method?: string; target?: string; mebibytes?: number; version?: string }): Promise<Got> =>
  new Promise((resolve) => {
    h.world.clock.advance(1);
    const size = (o.mebibytes ?? 0) * MiB;
    const headers = { ...asks, ...(size ? { "content-length": String(size) } : {}) };
    const req = request({
      host: "127.0.0.1",
      port: h.port,
      path: o.target ?? `${echo}/items`,
      method: o.method ?? "POST",
      headers,
      agent: false,
    });
    let answered = false;
    // reset before or while it was read: no answer either way
    req.on("error", (error) => !answered && resolve({ status: 0, size: 0, hash: "", id: undefined, text: String(error), whole: false }));
    req.once("response", (res: IncomingMessage) => {
      answered = true;
      const hash = createHash("sha512");
      const got: Got = { status: res.statusCode!, size: 0, hash: "", id: undefined, text: "", whole: false };
      got.id = res.headers["x-road-request-id"] as string | undefined;
      res.on("data", (piece: Buffer) => {
        got.size += piece.length;
        hash.update(piece);
        if (got.size < 2000) got.text += piece.toString();
      });
      res.on("error", () => undefined);
      res.once("close", () => resolve({ ...got, hash: hash.digest("hex"), whole: res.complete }));
    });
    void pour(req, o.mebibytes ?? 0).then(() => req.end());
  });
const outcomes = async (id: string) =>
  (
    await h.world.owner(
      "select r.side, o.outcome, o.error_type, encode(r.body_hash, 'hex') as asked, encode(o.body_hash, 'hex') as told from exchange.request r left join exchange.outcome o using (exchange, side) where exchange = $1 order by side",
      [id],
    )
  ).rows as { side: string; outcome: string; error_type: string | null; asked: string | null; told: string | null }[];
const last = async () =>
  ((await h.world.owner("select exchange from exchange.request order by exchange desc limit 1")).rows[0] as { exchange: string }).exchange;
const drained = async (req: IncomingMessage): Promise<{ size: number; hash: string }> => {
  const hash = createHash("sha512");
  let size = 0;
  for await (const piece of req as AsyncIterable<Buffer>) {
    size += piece.length;
    hash.update(piece);
  }
  return { size, hash: hash.digest("hex") };
};
const answering = (res: ServerResponse) => res.writeHead(200, { "content-type": "application/octet-stream" });

test("256 MiB each way, hashed and signed on the way, in bounded memory; nothing of it stays on the disk", async () => {
  let arrived = { size: 0, hash: "" };
  h.stream(async (req, res) => {
    arrived = await drained(req);
    answering(res);
    await pour(res, 256);
    res.end();
  });
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const got = await call({ mebibytes: 256 });
  clearInterval(watch);
  assert.deepEqual([got.status, got.size, got.whole, arrived.size], [200, 256 * MiB, true, 256 * MiB]);
  const rows = await outcomes(got.id!);
  assert.deepEqual(
    rows.map((r) => [r.side, r.outcome, r.asked, r.told]),
    [
      ["client", "answered", arrived.hash, got.hash],
      ["provider", "answered", arrived.hash, got.hash],
    ],
  );
  // caller, both sides and the institution's system in one process: a whole body held anywhere would show
  assert.ok(peak - before < 200 * MiB, `${Math.round((peak - before) / MiB)} MiB more than before`);
  assert.equal(existsSync(join(h.world.kernel.config.dataDir, "spool")), false, "neither way is anything of it put down");
});

test("the last chunk waits for the log: when the log is lost, the caller sees no end", async () => {
  for (const table of ["outcome", "traffic"]) {
    h.stream(async (req, res) => {
      req.resume();
      answering(res);
      await pour(res, 2);
      await h.world.owner(`revoke insert on exchange.${table} from toguna_run`);
      res.end("the end");
    });
    const got = await call({});
    await h.world.owner(`grant insert on exchange.${table} to toguna_run`);
    assert.equal(got.whole, false, table);
    assert.ok(got.size < 2 * MiB + 7, `${got.size}`);
  }
});

test("an answer that breaks off in its middle is reset, and both sides say so; one that breaks off early is an error", async () => {
  for (const [mebibytes, method, end] of [
    [2, "GET", "failed"],
    [2, "POST", "unknown"],
    [0, "GET", "failed"],
  ] as const) {
    h.stream(async (req, res) => {
      req.resume();
      res.writeHead(200, { "content-length": 9 * MiB });
      await pour(res, mebibytes);
      res.write("x", () => res.destroy());
    });
    const got = await call({ method, target: `${echo}/items/1` });
    assert.equal(got.whole, mebibytes === 0);
    if (mebibytes === 0) assert.equal((JSON.parse(got.text) as { type: string }).type, "server.serverproxy.io_error");
    const rows = await outcomes(await last());
    assert.deepEqual(
      rows.map((r) => [r.outcome, r.error_type]),
      [
        [end, "server.serverproxy.io_error"],
        [end, "server.serverproxy.io_error"],
      ],
    );
  }
});

test("a caller that goes away while it is answered: both sides conclude, nothing is left open", async () => {
  let gone: () => void = () => undefined;
  const closed = new Promise<void>((done) => (gone = done));
  h.stream(async (req, res) => {
    req.resume();
    answering(res);
    res.once("close", gone);
    await pour(res, 40);
    if (!res.destroyed) res.end();
  });
  h.world.clock.advance(1);
  await new Promise<void>((done) => {
    const req = request({ host: "127.0.0.1", port: h.port, path: `${echo}/items/1`, headers: asks, agent: false }, (res) => {
      res.once("data", () => res.destroy());
      res.once("close", done);
      res.on("error", () => undefined);
    });
    req.on("error", () => undefined);
    req.end();
  });
  await closed;
  const id = await last();
  for (let i = 0; i < 100 && (await outcomes(id)).some((r) => r.outcome === null); i++) await new Promise((r) => setTimeout(r, 20));
  assert.deepEqual(
    (await outcomes(id)).map((r) => [r.outcome, r.error_type]),
    [1, 2].map(() => ["failed", "server.clientproxy.io_error"]),
  );
});

test("where fields are restricted, JSON up to 8 MiB is told apart, larger is refused", async () => {
  const rows = (count: number) =>
    JSON.stringify({ rows: Array.from({ length: count }, (_, i) => ({ nip: String(i), phone: "x".repeat(9000) })) });
  h.behave((_, res) => res.writeHead(200, { "content-type": "application/json" }).end(rows(500)));
  const fits = await h.call(`${persons}?nip=1`);
  assert.equal(fits.status, 200, fits.text);
  assert.ok(!fits.text.includes("phone"));
  h.behave((_, res) => res.writeHead(200, { "content-type": "application/json" }).end(rows(1000)));
  assert.equal(typeOf(await h.call(`${persons}?nip=1`)), "server.serverproxy.service_failed.too_large");
});

test("no room to spool: refused in words, and small messages still pass", async () => {
  const spool = join(h.world.kernel.config.dataDir, "spool");
  writeFileSync(spool, "");
  await h.world.owner("update exchange.service set spooled = true where code = 'echo'");
  await directoryNow(h.world.kernel.jobContext("exchange.test"));
  h.behave((_, res) => void res.end("ok"));
  const got = await h.call(`${echo}/items`, { method: "POST", body: Buffer.alloc(2 * MiB) });
  assert.equal(typeOf(got), "server.clientproxy.io_error");
  assert.equal(h.visits.length, 0);
  assert.equal((await h.call(`${echo}/items`, { method: "POST", body: Buffer.alloc(9) })).status, 200);
  rmSync(spool);
});

test("one client's bodies take no more of the disk than is his; another's still pass", async () => {
  h.behave((_, res) => void res.end("ok"));
  const got = await h.call(`${echo}/items`, { method: "POST", body: Buffer.alloc(9 * MiB) });
  assert.equal(typeOf(got), "server.clientproxy.io_error");
  assert.equal(h.visits.length, 0);
  for (let i = 0; i < 3; i++) assert.equal((await h.call(`${echo}/items`, { method: "POST", body: Buffer.alloc(5 * MiB) })).status, 200);
});
