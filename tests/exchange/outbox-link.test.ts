/** Stored messages between two servers, over a link that the test cuts, narrows and abuses. */
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { request as plain } from "node:http";
import { request } from "node:https";
import { after, before, test } from "node:test";
import { keepUp, pull } from "#exchange";
import { sql } from "#kernel";
import { openExchangePort, type ExchangePort } from "../../apps/server/exchange-port.ts";
import { until } from "../client.ts";
import { echo, justice, publishEcho } from "./link/echo.ts";
import { wall } from "./link/wall.ts";
import { gatewayId, type Pair, twoServers } from "./two-servers.ts";

/** Everything between house and gateway passes here. */
const link = wall();
let p: Pair;
let door: ExchangePort;
const visits: { url: string; body: Buffer }[] = [];
before(async () => {
  p = await twoServers();
  p.system.answer = (req, res) => {
    const pieces: Buffer[] = [];
    req.on("data", (piece: Buffer) => pieces.push(piece));
    req.on("end", () => {
      visits.push({ url: req.url!, body: Buffer.concat(pieces) });
      res.writeHead(200, { "content-type": "application/octet-stream" }).end(visits.at(-1)!.body);
    });
  };
  await publishEcho(p.house);
  await keepUp(p.hj);
  await pull(p.gj);
  await p.gateway.owner("update exchange.service set base_url = $1 where id = $2", [`${p.system.url}/echo`, echo]);
  const { rows } = await p.house.owner("select address from exchange.server where id = $1", [gatewayId]);
  link.target = Number((rows[0] as { address: string }).address.split(":")[1]);
  // the gateway says its address again and again: at this house it stays the link's
  const narrow = `127.0.0.1:${await link.listen()}`;
  await p.house.owner(`create function exchange.by_the_link() returns trigger language plpgsql as
    $$ begin if new.id = '${gatewayId}' then new.address := '${narrow}'; end if; return new; end $$`);
  await p.house.owner("create trigger link before update on exchange.server for each row execute function exchange.by_the_link()");
  await p.house.owner("update exchange.server set address = '' where id = $1", [gatewayId]);
  await keepUp(p.hj);
  door = (await openExchangePort(p.house.kernel, 0))!;
});
after(async () => {
  link.end();
  await door.stop();
  await p.close();
});

interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}
const call = (path: string, o: { method?: string; headers?: Record<string, string>; body?: Buffer | string } = {}): Promise<Reply> =>
  new Promise((done, fail) => {
    const req = plain(`${door.url}${path}`, {
      method: o.method ?? "GET",
      headers: { "X-Road-Client": justice, ...o.headers },
      agent: false,
    });
    req.once("error", fail);
    req.once("response", (res) => {
      const pieces: Buffer[] = [];
      res.on("data", (piece: Buffer) => pieces.push(piece));
      res.on("end", () => done({ status: res.statusCode!, headers: res.headers as Record<string, string>, body: Buffer.concat(pieces) }));
    });
    req.end(o.body);
  });
const send = async (body: Buffer | string, more: Record<string, string> = {}): Promise<string> => {
  const headers = { Prefer: "respond-async", "Exchange-Purpose": "criminal-record-extract", "Content-Type": "text/plain", ...more };
  const r = await call(`/r1/${echo}/x`, { method: "POST", headers, body });
  assert.equal(r.status, 202, r.body.toString());
  return r.headers.location!;
};
const status = async (address: string) =>
  JSON.parse((await call(address)).body.toString()) as { status: string; statements: { kind: string; text: string }[] };
const turn = async (): Promise<void> => {
  for (const w of [p.house, p.gateway]) w.clock.advance(20);
  await p.house.sweep("exchange.outbox");
  await p.gateway.sweep("exchange.inbox");
  for (const w of [p.house, p.gateway]) w.clock.advance(20);
  await p.house.sweep("exchange.outbox");
};

test("fifty messages cross in a few parcels, in order, and their answers come back; both sides say so", async () => {
  visits.length = 0;
  const addresses: string[] = [];
  for (let i = 0; i < 50; i++) addresses.push(await send(`message ${i} ${"x".repeat(280)}`));
  await turn();
  assert.deepEqual(
    visits.map((v) => v.body.toString().split(" ")[1]),
    addresses.map((_, i) => String(i)),
  );
  for (const [i, address] of addresses.entries()) {
    assert.equal((await status(address)).status, "answered", address);
    assert.match((await call(`${address}/answer`)).body.toString(), new RegExp(`^message ${i} `));
  }
  const receipts = (await status(addresses[0]!)).statements;
  assert.deepEqual(
    receipts.map((s) => s.kind),
    ["received"],
  );
  assert.match(receipts[0]!.text, /\nconfiguration:version \d+, \d+ s old\ncertificate-status:\d+ s old\n/, "on what the gateway judged");
  assert.equal(receipts[0]!.text.match(/^message:/gm)!.length, 50, "one signature for all that came together");
  const told = await p.gateway.owner("select count(*)::int as n from exchange.inbox where told_at is not null");
  assert.deepEqual(told.rows, [{ n: 50 }]);
  const left = await p.gateway.owner(
    "select (select count(*) from exchange.parcel where way_out) + (select count(*) from exchange.statement_due) as n",
  );
  assert.equal(Number((left.rows[0] as { n: string }).n), 0, "nothing is kept for an acknowledgement that came");
});

test("after a cut a large message goes on where it stopped, on the way there and on the way back", async () => {
  visits.length = 0;
  const body = randomBytes(700_000);
  const address = await send(body, { "Content-Type": "image/jpeg" });
  link.sent = 0;
  link.cutAfter = 600_000;
  await turn();
  assert.ok(link.closed, "it was cut");
  const { rows } = await p.gateway.owner(
    "select sum(size)::int as n, bool_or(bytes like '%image/jpeg%'::bytea) as open from exchange.piece",
  );
  assert.ok((rows[0] as { n: number }).n > 250_000, "what came is kept");
  assert.equal((rows[0] as { open: boolean }).open, false, "and sealed");
  assert.equal(visits.length, 0);
  link.closed = false;
  await turn();
  assert.ok(link.sent < 850_000, `${link.sent} bytes for 700 000`);
  assert.equal(visits.length, 1);
  assert.ok(visits[0]!.body.equals(body));
  await turn();
  assert.ok((await call(`${address}/answer`)).body.equals(body));
});

test("a link that dies while it carries loses nothing, doubles nothing, keeps the order", async () => {
  visits.length = 0;
  const addresses: string[] = [];
  for (let i = 0; i < 40; i++)
    addresses.push(await send(Buffer.concat([Buffer.from(`${i} `), randomBytes(3000)]), { "Exchange-Order-Key": `k${i % 4}` }));
  for (let round = 0; round < 30; round++) {
    link.closed = round % 3 === 2;
    link.cutAfter = link.sent + 9000 + round * 3000;
    await turn();
    if ((await p.house.owner("select 1 from exchange.outbox where ended_at is null limit 1")).rowCount === 0) break;
  }
  link.closed = false;
  link.cutAfter = Number.POSITIVE_INFINITY;
  await turn();
  for (const address of addresses) assert.equal((await status(address)).status, "answered");
  const seen = visits.map((v) => Number(v.body.toString("latin1").split(" ")[0]));
  assert.equal(seen.length, 40);
  assert.equal(new Set(seen).size, 40);
  for (const k of [0, 1, 2, 3])
    assert.deepEqual(
      seen.filter((n) => n % 4 === k),
      seen.filter((n) => n % 4 === k).toSorted((a, b) => a - b),
    );
});

test("a message that was taken in is not withdrawn by a lost answer: the next turn hears of it", async () => {
  visits.length = 0;
  const address = await send("once");
  const { rows } = await p.house.owner("select exchange::text as id from exchange.outbox order by seq desc limit 1");
  await turn();
  // the house forgets that it was told, as if the reply had been lost after the other side had acted
  await p.house.owner("update exchange.outbox set state = 'sent', received_at = null, ended_at = null where exchange = $1", [
    (rows[0] as { id: string }).id,
  ]);
  await p.gateway.owner("update exchange.inbox set told_at = null where exchange = $1", [(rows[0] as { id: string }).id]);
  await turn();
  assert.equal((await status(address)).status, "answered");
  assert.equal(visits.length, 1, "called once");
});

test("the doors of the link: other servers' parcels, wrong places, too much, and what is no parcel at all", async () => {
  // a stranger without a registered certificate hears nothing at all
  const stranger = await new Promise<string>((done) => {
    const req = request({
      host: "127.0.0.1",
      port: link.target,
      path: `/weak/parcels/${randomUUID()}`,
      rejectUnauthorized: false,
      agent: false,
    });
    req.once("error", (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    req.once("response", (res) => done(String(res.statusCode)));
    req.end();
  });
  assert.doesNotMatch(stranger, /^[1-5]\d\d$/);
  const { requestOn } = await import("../../modules/exchange/transport/dial.ts");
  const ask = async (method: string, path: string, body?: Buffer): Promise<[number, string]> => {
    const res = await requestOn(p.hj, gatewayId, { method, path, ...(body ? { body } : {}), signal: AbortSignal.timeout(5000) });
    const pieces: Buffer[] = [];
    for await (const one of res as AsyncIterable<Buffer>) pieces.push(one);
    return [res.statusCode!, Buffer.concat(pieces).toString()];
  };
  const id = randomUUID();
  assert.equal((await ask("GET", `/weak/parcels/${id}`))[0], 404);
  assert.equal((await ask("GET", `/weak/replies/${id}?offset=0`))[0], 404);
  assert.equal((await ask("DELETE", `/weak/parcels/${id}`))[0], 400);
  assert.equal((await ask("GET", "/weak/parcels/../../etc/passwd"))[0], 404);
  assert.equal((await ask("PUT", `/weak/parcels/${id}?size=999999999&offset=0`, Buffer.from("x")))[0], 400);
  assert.equal((await ask("PUT", `/weak/parcels/${id}?size=-1&offset=0`, Buffer.from("x")))[0], 400);
  assert.deepEqual(await ask("PUT", `/weak/parcels/${id}?size=10&offset=0`, Buffer.from("EXP1")), [200, '{"offset":4}']);
  assert.equal((await ask("PUT", `/weak/parcels/${id}?size=10&offset=2`, Buffer.from("x")))[0], 409, "not from there");
  assert.equal((await ask("PUT", `/weak/parcels/${id}?size=11&offset=4`, Buffer.from("x")))[0], 409, "not of that size");
  assert.equal((await ask("PUT", `/weak/parcels/${id}?size=10&offset=4`, Buffer.from("much more")))[0], 400, "larger than it said");
  assert.equal((await ask("PUT", `/weak/parcels/${id}?size=10&offset=0`, Buffer.from("0123456789")))[0], 400, "no parcel");
  assert.equal((await ask("GET", `/weak/parcels/${id}`))[0], 404, "and nothing is kept of it");
  // one server has four requests in turn, not more, however slow the turns
  let refused = 0;
  const begin = async (): Promise<void> => {
    const [status] = await ask("PUT", `/weak/parcels/${randomUUID()}?size=10&offset=0`, Buffer.from("x"));
    if (status === 429) refused += 1;
  };
  const { all } = await p.gateway.transaction(async ({ db }) => {
    await db.run(sql`lock table exchange.parcel in access exclusive mode`);
    const eight = Array.from({ length: 8 }, begin);
    await until("four are refused", async () => refused, (n) => n === 4); // prettier-ignore
    return { all: eight };
  });
  await Promise.all(all);
  assert.equal(refused, 4);
  for (let i = 0; i < 25; i++) await ask("PUT", `/weak/parcels/${randomUUID()}?size=10&offset=0`, Buffer.from("x"));
  assert.equal(
    (await ask("PUT", `/weak/parcels/${randomUUID()}?size=10&offset=0`, Buffer.from("x")))[0],
    429,
    "nobody fills the disk with beginnings",
  );
  await p.gateway.owner("delete from exchange.parcel");
});

test("parcels of others' making: altered, foreign, replayed messages are refused or ignored, and the refusal is signed", async () => {
  const { readParcel, writeParcel } = await import("../../modules/exchange/outbox/parcel.ts");
  const { apply } = await import("../../modules/exchange/outbox/apply.ts");
  const { gather } = await import("../../modules/exchange/outbox/gather.ts");
  visits.length = 0;
  link.closed = true;
  const address = await send("genuine");
  const { parcel } = await p.house.transaction((ctx) => gather(ctx, gatewayId, ["bf-oni"]));
  const one = parcel.messages[0]!;
  const altered = { ...parcel, messages: [{ ...one, body: Buffer.from("altered") }] };
  const house = [...(await p.gateway.owner("select id from exchange.server where centre")).rows][0] as { id: string };
  await apply(p.gj, house.id, readParcel(writeParcel(altered))!);
  const { rows } = await p.gateway.owner(
    "select s.kind, s.text from exchange.statement s join exchange.statement_of o on o.statement = s.id where o.exchange = $1",
    [one.exchange],
  );
  assert.deepEqual(
    rows.map((r) => (r as { kind: string }).kind),
    ["refused"],
  );
  assert.match((rows[0] as { text: string }).text, /invalid_signature_value/);
  await p.gateway.sweep("exchange.inbox");
  assert.equal(visits.length, 0);
  // that refusal names another hash: the sender does not take it for the end of its own message
  link.closed = false;
  await turn();
  assert.equal((await status(address)).status, "answered");
  assert.equal(visits.length, 1);
  await apply(p.gj, house.id, readParcel(writeParcel(parcel))!);
  await p.gateway.sweep("exchange.inbox");
  assert.equal(visits.length, 1, "replayed: a receipt again, no call");
  // a server that brings another institution's message may not
  const fresh = await p.house.transaction((ctx) => gather(ctx, gatewayId, ["bf-oni"]));
  assert.equal(fresh.parcel.messages.length, 0);
  await apply(p.hj, gatewayId, readParcel(writeParcel(parcel))!);
  assert.equal((await p.house.owner("select 1 from exchange.inbox where exchange = $1", [one.exchange])).rowCount, 0);
});

test("a gateway that has not heard the centre answers for seven days, says how old its directory is, then waits and catches up", async () => {
  const days = (n: number) => [p.house, p.gateway].forEach((w) => w.clock.advance(n * 86_400));
  days(3);
  await send("after three days");
  await turn();
  const { rows } = await p.house.owner("select exchange::text as id, state from exchange.outbox order by seq desc limit 1");
  const first = rows[0] as { id: string; state: string };
  assert.equal(first.state, "answered");
  const said = (await status(`/async/${first.id}`)).statements[0]!.text;
  const [, age = "0"] = /configuration:version \d+, (\d+) s old/.exec(said) ?? [];
  assert.ok(Number(age) >= 3 * 86_400, said);
  days(5);
  const late = await send("after eight days");
  visits.length = 0;
  await turn();
  assert.equal((await status(late)).status, "under-way");
  assert.equal(visits.length, 0);
  const why = await p.gateway.owner("select why from exchange.way where name like 'service:%echo'");
  assert.deepEqual(why.rows, [{ why: "server.clientproxy.global_conf_outdated" }]);
  await p.look();
  p.gateway.clock.advance(600);
  p.house.clock.advance(600);
  await turn();
  assert.equal((await status(late)).status, "answered");
});
