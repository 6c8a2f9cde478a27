/** X-Road's REST interface, as software that knows nothing of us speaks it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { request, Agent } from "node:http";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { readProof } from "#exchange/api";
import { factsOf } from "#kernel";
import { asks, echo, type House, house, justice, persons, typeOf } from "./port.ts";

const run = promisify(execFile);
let h: House;
before(async () => {
  h = await house();
});
after(() => h.close());

const sha512 = (data: Buffer | string) => createHash("sha512").update(data).digest();
const json = { "content-type": "application/json" };
const one = JSON.stringify({ rows: [{ nip: "1", family: "Zongo", phone: "+22670000013" }] });
const rows = async (id: string) =>
  (
    await h.world.owner(
      "select r.side, r.user_id, r.issue, r.message_id, r.header_part, o.outcome, o.status from exchange.request r left join exchange.outcome o using (exchange, side) where exchange = $1 order by side",
      [id],
    )
  ).rows as Record<string, unknown>[];

test("a call: filtered, signed and logged on both sides, the hash computable by the caller", async () => {
  h.behave((_, res) => res.writeHead(200, json).end(one));
  const r = await h.call(`${persons}?nip=1`, {
    headers: [
      "X-Road-Client",
      justice,
      "X-Road-UserId",
      "BF1990",
      "X-Road-Issue",
      "criminal-record-extract:ZZ-2026-1",
      "X-Road-Id",
      "mine-1",
    ],
  });
  assert.equal(r.status, 200, r.text);
  assert.deepEqual(JSON.parse(r.text), { rows: [{ nip: "1", family: "Zongo" }] });
  const id = r.head["x-road-request-id"]!;
  assert.deepEqual([r.head["x-road-id"], r.head["x-road-client"], r.head["x-road-service"]], ["mine-1", justice, persons.slice(4)]);
  // header part: the client's own lines in order, then the exchange's number
  const part =
    `GET\r\n${persons}?nip=1\r\nX-Road-Client:${justice}\r\nX-Road-UserId:BF1990\r\nX-Road-Issue:criminal-record-extract:ZZ-2026-1\r\n` +
    `X-Road-Id:mine-1\r\nx-road-request-id:${id}\r\n`;
  assert.equal(r.head["x-road-request-hash"], sha512(part).toString("base64"));
  const logged = await rows(id);
  assert.deepEqual(
    logged.map((l) => [l.side, l.outcome, l.status, l.user_id, l.issue, l.message_id, l.header_part === part]),
    ["client", "provider"].map((side) => [side, "answered", 200, "BF1990", "ZZ-2026-1", "mine-1", true]),
  );
  const proof = await h.world.call(readProof, { exchange: id }, { as: h.world.clerk("bf-oni", ["exchange.prove-message"]) });
  assert.equal(proof.messages.length, 2);
  const told = await h.world.transaction((ctx) => factsOf(ctx, { subject: `exchange:${id}` }));
  assert.deepEqual(told, [], "nobody is concerned: the four signed rows are the record");
  const sealing = await h.world.owner("select side, kind from exchange.waiting where exchange = $1 order by 1, 2", [id]);
  assert.deepEqual(
    sealing.rows.map((r: { side: string; kind: string }) => `${r.side} ${r.kind}`),
    ["client outcome", "client request", "provider outcome", "provider request"],
    "each of them a leaf of the tree to be",
  );
});

test("a body: both hashes, the very bytes at the provider, headers in order with repeats, hop-by-hop gone both ways", async () => {
  const answer = Buffer.from([0, 1, 2, 255, 254]);
  h.behave((_, res) =>
    res
      .writeHead(201, "Made so", [
        "Content-Type",
        "x/y",
        "X-A",
        "1",
        "X-A",
        "2",
        "Server",
        "s",
        "X-Road-Service",
        "ZZ/f",
        "X-Road-Error",
        "forged",
        "Keep-Alive",
        "x",
      ] as never)
      .end(answer),
  );
  const sent = Buffer.from('{"a":1}\u00e9');
  const headers = [
    ...[
      "X-Road-Client",
      "ZZ/GOV/FORGED/SUB",
      "x-road-client",
      justice,
      "Exchange-Purpose",
      "criminal-record-extract",
      "X-B",
      "2",
      "X-Name",
      "Kabor\u00c3\u00a9",
    ],
    ...[
      "X-B",
      "1",
      "User-Agent",
      "curl",
      "TE",
      "trailers",
      "X-Road-Request-Id",
      "forged",
      "X-Road-Request-Hash",
      "forged",
      "Authorization",
      "Bearer a.b.c",
    ],
    ...["Content-Length", String(sent.length)],
  ];
  const r = await h.call(`${echo}/items/a%20b?x=1%2C2`, { method: "POST", headers, body: sent });
  assert.deepEqual([r.status, r.reason, r.body], [201, "Made so", answer]);
  assert.deepEqual(
    r.headers.filter(([n]) => /^(x-a|server|x-road-error)$/i.test(n)),
    [
      ["X-A", "1"],
      ["X-A", "2"],
    ],
  );
  const v = h.visits[0]!;
  assert.deepEqual([v.method, v.url, v.body], ["POST", "/echo/items/a%20b?x=1%2C2", sent]);
  const id = r.head["x-road-request-id"]!;
  const order = v.headers.map(([n]) => n.toLowerCase()).filter((n) => !["host", "content-length", "connection", "accept"].includes(n));
  assert.deepEqual(order, [
    "x-road-client",
    "x-road-client",
    "exchange-purpose",
    "x-b",
    "x-name",
    "x-b",
    "authorization",
    "x-road-request-id",
    "x-road-id",
  ]);
  assert.equal(v.headers.find(([n]) => n === "Accept")?.[1], "application/json", "without Accept, JSON is asked for");
  assert.equal(v.headers.find(([n]) => n === "X-Name")?.[1], "Kabor\u00c3\u00a9", "the same bytes");
  const part =
    `POST\r\n${echo}/items/a%20b?x=1%2C2\r\nX-Road-Client:ZZ/GOV/FORGED/SUB\r\nx-road-client:${justice}\r\nExchange-Purpose:criminal-record-extract\r\n` +
    `X-B:2\r\nX-Name:Kabor\u00e9\r\nX-B:1\r\nAuthorization:Bearer a.b.c\r\nx-road-request-id:${id}\r\nx-road-id:${r.head["x-road-id"]}\r\n`;
  assert.equal(r.head["x-road-request-hash"], sha512(Buffer.concat([sha512(part), sha512(sent)])).toString("base64"));
  assert.match(r.head["x-road-id"]!, /^BF-[0-9a-f-]{36}$/);
});

test("the provider’s own errors and redirects pass unchanged and unfollowed; none is taken for ours", async () => {
  for (const [status, headers, body] of [
    [500, { "content-type": "text/plain" }, "my own trouble"],
    [404, json, '{"no":"such item"}'],
    [302, { location: "/elsewhere" }, ""],
    [204, {}, ""],
  ] as const) {
    h.behave((_, res) => res.writeHead(status, headers).end(body));
    const r = await h.call(`${echo}/items/1`);
    assert.deepEqual([r.status, r.text, r.head["x-road-error"], h.visits.length], [status, body, undefined, 1]);
    if (status === 302) assert.equal(r.head.location, "/elsewhere");
  }
});

test("beside restricted fields a packed answer is unpacked, an error page passes empty", async () => {
  h.behave((_, res) => res.writeHead(200, { ...json, "content-encoding": "gzip" }).end(gzipSync(one)));
  const r = await h.call(`${persons}?nip=1`, { headers: { ...asks, "Accept-Encoding": "gzip" } });
  assert.deepEqual(JSON.parse(r.text), { rows: [{ nip: "1", family: "Zongo" }] });
  h.behave((_, res) => res.writeHead(404, json).end('{"phone":"+22670000013"}'));
  const none = await h.call(`${persons}?nip=1`);
  assert.deepEqual([none.status, none.text], [404, ""]);
  h.behave((_, res) => res.writeHead(200, { ...json, "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(9 << 20))));
  assert.equal(typeOf(await h.call(`${persons}?nip=1`)), "server.serverproxy.service_failed.invalid_content");
});

test("every verb of X-Road; HEAD has no body and needs no more right than GET", async () => {
  h.behave((_, res) => res.writeHead(200, { "x-a": "1", "content-length": "5" }).end("hello"));
  for (const method of ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"]) {
    const r = await h.call(`${echo}/items/1`, { method });
    assert.deepEqual([r.status, r.text, r.head["x-a"]], [200, method === "HEAD" ? "" : "hello", "1"], method);
  }
  assert.equal(h.visits.length, 8);
  assert.equal(typeOf(await h.call(`${echo}/items/1`, { method: "PROPFIND" })), "client.clientproxy.bad_request");
});

test("one connection carries many calls, the good ones and the refused", async () => {
  h.behave((_, res) => res.end("ok"));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number>();
  const statuses: number[] = [];
  for (const target of [`${echo}/items/1`, `${echo}/none?y=1`, `${echo}/items/2`])
    await new Promise<void>((done, fail) => {
      const req = request({ host: "127.0.0.1", port: h.port, path: target, headers: asks, agent }, (res) => {
        ports.add(req.socket!.localPort!);
        statuses.push(res.statusCode!);
        res.resume().once("end", done);
      });
      req.once("error", fail).end();
    });
  agent.destroy();
  assert.deepEqual([statuses, ports.size], [[200, 500, 200], 1]);
});

test("errors in XML where the caller asks for it; curl is all one needs", async () => {
  const { stdout } = await run("curl", ["-s", "-i", "-H", "Accept: text/xml", `http://127.0.0.1:${h.port}${persons}?nip=1`]);
  assert.match(stdout, /^HTTP\/1\.1 400 /);
  assert.match(stdout, /x-road-error: client\.clientproxy\.invalid_client_identifier\r\n/i);
  assert.match(stdout, /content-type: text\/xml;charset=utf-8\r\n/i);
  assert.match(
    stdout,
    /<error><type>client\.clientproxy\.invalid_client_identifier<\/type><message>[^<]+<\/message><detail>[0-9a-f-]{36}<\/detail><\/error>$/,
  );
});
