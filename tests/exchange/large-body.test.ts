/** Questions too large to be held, passing through two servers while they arrive; and what is left when they come to no end. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readlinkSync } from "node:fs";
import { type ClientRequest, request, type RequestListener } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { pull } from "#exchange";
import { openExchangePort } from "../../apps/server/exchange-port.ts";
import { directoryNow } from "../../modules/exchange/directory/snapshot.ts";
import { cutConnections } from "../../modules/exchange/transport/connections.ts";
import { until as untilTrue } from "../client.ts";
import { mayAsk, type Pair, twoServers } from "./two-servers.ts";

const persons = "BF/GOV/ONI/IDENTITE/persons";
const justice = "BF/GOV/MIN-JUSTICE/SERVICES";
const MiB = 1 << 20;
const body = randomBytes(6 * MiB);
const digest = createHash("sha512").update(body).digest("hex");

const until = (is: () => Promise<boolean>, what: string) => untilTrue(what, is, (yes) => yes);

let p: Pair;
let door: { url: string; stop(): Promise<void> };
before(async () => {
  p = await twoServers();
  door = (await openExchangePort(p.house.kernel, 0))!;
  await mayAsk(p.house.owner, "posts", persons, justice, "{POST}");
  await p.house.owner("update exchange.service set timeout_seconds = 20, subject = null");
  await pull(p.gj);
});
after(async () => {
  await door.stop();
  await p.close();
});

/** How far the institution's system got with the last question. */
let heard = { size: 0, hash: "", whole: false, length: "", ended: false };
const listens: RequestListener = (req, res) => {
  const now = { size: 0, hash: "", whole: false, length: req.headers["content-length"] ?? "", ended: false };
  heard = now;
  const hash = createHash("sha512");
  req.on("data", (piece: Buffer) => {
    now.size += piece.length;
    hash.update(piece);
  });
  req.on("error", () => undefined);
  req.once("end", () => {
    now.hash = hash.digest("hex");
    res.writeHead(200, { "content-type": "text/plain" }).end("taken");
  });
  req.once("close", () => {
    now.whole = req.complete;
    now.ended = true;
  });
};
beforeEach(() => {
  p.system.hits.length = 0;
  p.system.answer = listens;
  heard = { size: 0, hash: "", whole: false, length: "", ended: false };
});

interface Said {
  status: number;
  text: string;
}
/** A question whose body is written by hand. */
function opened(headers: Record<string, string> = {}): { req: ClientRequest; said: Promise<Said> } {
  // exchanges are numbered by the clock: the last one is the newest
  p.house.clock.advance(1);
  const req = request(`${door.url}/r1/${persons}`, {
    method: "POST",
    agent: false,
    headers: { "X-Road-Client": justice, "Exchange-Purpose": "criminal-record-extract", ...headers },
  });
  const said = new Promise<Said>((done) => {
    req.on("error", () => done({ status: 0, text: "" }));
    req.once("response", (res) => {
      let text = "";
      res.on("data", (piece: Buffer) => (text += piece.toString()));
      res.on("error", () => undefined);
      res.once("close", () => done({ status: res.complete ? res.statusCode! : 0, text }));
    });
  });
  return { req, said };
}
const announced = { "content-length": String(body.length) };
const reached = (bytes: number) => until(async () => heard.size >= bytes && !heard.ended, "the system hears the beginning");

interface Row {
  outcome: string | null;
  error: string | null;
  opening: boolean;
  hash: string | null;
}
/** What both logs say of the last question: client's side, provider's side. */
async function logs(): Promise<(Row | undefined)[]> {
  const sql = `select o.outcome, o.error_type as error, r.header_part like '%Exchange-Opening:%' as opening, encode(r.body_hash, 'hex') as hash
    from exchange.request r left join exchange.outcome o using (exchange, side) where exchange = $1 and side = $2`;
  const last = await p.house.owner("select exchange from exchange.request order by exchange desc limit 1");
  const { exchange } = last.rows[0] as { exchange: string };
  const one = async (w: Pair["house"], side: string) => (await w.owner(sql, [exchange, side])).rows[0] as Row | undefined;
  return [await one(p.house, "client"), await one(p.gateway, "provider")];
}
const count = async (w: Pair["house"]) => Number((await w.owner("select count(*)::int as n from exchange.request")).rows[0].n);
const spoolFiles = (): string[] =>
  readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const to = readlinkSync(`/proc/self/fd/${fd}`);
      return to.includes("/spool/") ? [to] : [];
    } catch {
      return [];
    }
  });
/** Nothing but their openings, each with its end; nothing on the disk. */
async function cameToNothing(end: string, error: RegExp): Promise<void> {
  await until(async () => (await logs()).every((row) => row?.outcome != null), "both sides conclude");
  for (const row of await logs()) {
    assert.deepEqual([row!.outcome, row!.opening, row!.hash], [end, true, null], JSON.stringify(row));
    assert.match(row!.error!, error);
  }
  assert.deepEqual(spoolFiles(), []);
}

test("the system hears it while it is still being said; its end only when both logs have it", async () => {
  const before = [await count(p.house), await count(p.gateway)];
  let logged: number[] = [];
  p.system.answer = (req, res) => {
    listens(req, res);
    req.once("end", () => void Promise.all([count(p.house), count(p.gateway)]).then((now) => (logged = now)));
  };
  const { req, said } = opened(announced);
  req.write(body.subarray(0, 4 * MiB));
  await reached(2 * MiB);
  assert.deepEqual([await count(p.house), await count(p.gateway)], before, "nothing is logged of what is not signed");
  assert.deepEqual(spoolFiles(), []);
  req.end(body.subarray(4 * MiB));
  assert.deepEqual(await said, { status: 200, text: "taken" });
  assert.deepEqual([heard.hash, heard.whole, heard.length], [digest, true, announced["content-length"]]);
  await until(async () => logged.length === 2, "the system looks");
  assert.deepEqual(logged, [before[0]! + 1, before[1]! + 1]);
  const answered = { outcome: "answered", error: null, opening: false, hash: digest };
  assert.deepEqual(await logs(), [answered, answered]);
});

test("of unknown length it passes in chunks", async () => {
  const { req, said } = opened();
  for (let at = 0; at < body.length; at += MiB) req.write(body.subarray(at, at + MiB));
  req.end();
  assert.equal((await said).status, 200);
  assert.deepEqual([heard.hash, heard.whole, heard.length], [digest, true, ""]);
});

test("its sender goes away: the system never has the whole, both sides say so", async () => {
  for (const headers of [announced, undefined]) {
    const { req } = opened(headers);
    req.write(body.subarray(0, 4 * MiB));
    await reached(2 * MiB);
    req.destroy();
    await until(async () => heard.ended, "the system is told");
    assert.equal(heard.whole, false);
    await cameToNothing("failed", /^server\.clientproxy\.io_error$/);
  }
});

test("the system goes away: failed, not unknown, for it never had the whole", async () => {
  p.system.answer = (req, res) => {
    listens(req, res);
    req.on("data", () => heard.size > MiB && req.destroy());
  };
  const { req, said } = opened(announced);
  req.write(body.subarray(0, 5 * MiB));
  const { status, text } = await said;
  req.destroy();
  assert.equal(status, 500, text);
  assert.match(text, /io_error/);
  await cameToNothing("failed", /io_error|network_error/);
});

test("the servers lose each other: the system is cut off, the caller told, both sides conclude", async () => {
  const { req, said } = opened(announced);
  req.write(body.subarray(0, 4 * MiB));
  await reached(2 * MiB);
  cutConnections(p.gj, () => false);
  await until(async () => heard.ended, "the system is cut off");
  assert.equal(heard.whole, false);
  req.end(body.subarray(4 * MiB));
  assert.notEqual((await said).status, 200);
  await cameToNothing("failed", /io_error|network_error/);
});

test("a log that is lost meanwhile, or a service closed meanwhile: the end is withheld", async () => {
  const cases: [Pair["house"], string, string][] = [
    [p.gateway, "revoke insert on exchange.request from toguna_run", "grant insert on exchange.request to toguna_run"],
    [p.house, "revoke insert on exchange.request from toguna_run", "grant insert on exchange.request to toguna_run"],
    [p.gateway, "update exchange.service set enabled = false", "update exchange.service set enabled = true"],
  ];
  for (const [w, lose, mend] of cases) {
    const { req, said } = opened(announced);
    req.write(body.subarray(0, 4 * MiB));
    await reached(2 * MiB);
    await w.owner(lose);
    req.end(body.subarray(4 * MiB));
    const { status } = await said;
    await w.owner(mend);
    assert.notEqual(status, 200, lose);
    await until(async () => heard.ended, "the system is cut off");
    assert.equal(heard.whole, false, lose);
    assert.deepEqual(spoolFiles(), []);
  }
});

test("who has no right is told before he has said it all, and the system hears nothing", async () => {
  const { req, said } = opened({ ...announced, "Exchange-Purpose": "another-purpose" });
  req.write(body.subarray(0, 2 * MiB));
  const { status, text } = await said;
  assert.equal(status, 500, text);
  assert.match(text, /access_denied/);
  assert.deepEqual(p.system.hits, []);
  req.destroy();
  await cameToNothing("refused", /access_denied/);
});

test("a system that answers before it has read all: its answer waits for the proof of the whole question", async () => {
  p.system.answer = (req, res) => {
    listens(req, res);
    res.writeHead(413, { "content-type": "text/plain" }).end("too much");
  };
  const { req, said } = opened(announced);
  req.end(body);
  assert.deepEqual(await said, { status: 413, text: "too much" });
  assert.deepEqual(
    (await logs()).map((row) => [row?.outcome, row?.opening, row?.hash]),
    [1, 2].map(() => ["answered", false, digest]),
  );
});

test("a service that wants its questions whole hears nothing before", async () => {
  await p.gateway.owner("update exchange.service set spooled = true where id = $1", [persons]);
  await directoryNow(p.gj);
  const { req, said } = opened(announced);
  req.write(body.subarray(0, 4 * MiB));
  await until(async () => spoolFiles().length > 0, "it is spooled");
  assert.deepEqual(p.system.hits, []);
  req.end(body.subarray(4 * MiB));
  assert.equal((await said).status, 200);
  assert.deepEqual([heard.hash, heard.whole], [digest, true]);
  await until(async () => spoolFiles().length === 0, "nothing stays on the disk");
  await p.gateway.owner("update exchange.service set spooled = false where id = $1", [persons]);
});
