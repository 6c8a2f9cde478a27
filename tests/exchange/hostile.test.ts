/** What the r1 port refuses, and that it always says so in the protocol's words: never a bare error, never a second reading. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { asks, echo, type House, house, justice, persons, typeOf } from "./port.ts";

let h: House;
before(async () => {
  h = await house();
});
after(() => h.close());
const { "X-Road-Client": _, ...purposeOnly } = asks;
const from = (client: string, more: Record<string, string> = {}) => ({ ...purposeOnly, "X-Road-Client": client, ...more });

async function refused(
  type: string,
  target: string,
  headers: Record<string, string | string[]> | string[] = asks,
  method = "GET",
  body?: Buffer,
) {
  const before = h.visits.length;
  const r = await h.call(target, { headers, method, ...(body ? { body } : {}) });
  assert.equal(typeOf(r), type, `${method} ${target}`);
  assert.equal(r.status, type.startsWith("server.") ? 500 : 400);
  assert.equal(h.visits.length, before, "the institution’s system heard of it");
  return r;
}

test("who asks: strangers, other people’s names, members without a subsystem, malformed names", async () => {
  await refused("server.clientproxy.unknown_member", `${persons}?nip=1`, from("BF/GOV/NOBODY/SUB"));
  await refused("server.clientproxy.unknown_member", `${persons}?nip=1`, from("BF/GOV/MIN-JUSTICE"));
  await refused("server.clientproxy.unknown_member", `${persons}?nip=1`, from("XX/GOV/MIN-JUSTICE/SERVICES"));
  await refused("server.serverproxy.access_denied", `${persons}?nip=1`, from("BF/GOV/CNSS/PRESTATIONS"));
  for (const name of [
    "",
    "BF",
    "BF/GOV",
    "BF/GOV/M/S/X",
    "BF/GOV/../S",
    "BF/GOV/%2e%2e/S",
    "BF/GOV/M%2fS/X",
    "BF/GOV/M%00/S",
    "BF/GOV/%ff/S",
    "a".repeat(5000),
  ])
    await refused("client.clientproxy.invalid_client_identifier", `${persons}?nip=1`, from(name));
  await refused("client.clientproxy.invalid_client_identifier", `${persons}?nip=1`, purposeOnly);
  await refused("server.clientproxy.unknown_member", `${persons}?nip=1`, [
    ...Object.entries(asks).flat(),
    "x-road-client",
    "BF/GOV/NOBODY/SUB",
  ]);
});

test("what for: no purpose, another purpose, two purposes", async () => {
  const who = { "X-Road-Client": justice };
  const bare = await refused("server.serverproxy.access_denied", `${persons}?nip=1`, who);
  assert.match(bare.text, /Exchange-Purpose/);
  await refused("server.serverproxy.access_denied", `${persons}?nip=1`, { ...who, "Exchange-Purpose": "passport" });
  await refused("server.serverproxy.access_denied", `${persons}?nip=1`, { ...who, "X-Road-Issue": "nothing-known:1" });
  await refused("client.clientproxy.bad_request", `${persons}?nip=1`, [...Object.entries(asks).flat(), "exchange-purpose", "passport"]);
});

test("what: unknown services, services a person answers, verbs and parameters the agreement does not name", async () => {
  await refused("server.clientproxy.unknown_service", "/r1/BF/GOV/ONI/IDENTITE/nothing");
  await refused("server.clientproxy.unknown_service", "/r1/BF/GOV/NOBODY/SUB/persons");
  await refused("server.clientproxy.service_type", "/r1/BF/GOV/EC-SOURGOU/ETAT-CIVIL/births?nip=1");
  await refused("server.serverproxy.access_denied", `${persons}?nip=1`, asks, "POST");
  await refused("server.serverproxy.access_denied", `${persons}/other?nip=1`);
  await refused("client.clientproxy.bad_request", `${persons}/99198500000353836//?nip=99198500000353836`);
  await refused("server.serverproxy.bad_request", `${persons}?nip=1&fields=all`);
  const told = await h.world.owner(
    "select d.data from kernel.fact f join kernel.fact_data d on d.fact = f.id where f.type = 'exchange.refused'",
  );
  assert.ok(told.rows.length > 5, "each refusal is a fact");
  assert.ok(!JSON.stringify(told.rows).includes("99198500000353836"), "no number of a person in it");
  await h.world.owner("update exchange.service set enabled = false where id = $1", [persons.slice(4)]);
  await refused("server.serverproxy.service_disabled", `${persons}?nip=1`);
  await h.world.owner("update exchange.service set enabled = true where id = $1", [persons.slice(4)]);
});

test("paths and queries that two programs could read differently", async () => {
  const below = [
    "/..",
    "/a/../b",
    "/%2e%2e/b",
    "/%2E%2e",
    "/a%2fb",
    "/a%5cb",
    "/a\\b",
    "/%252e%252e",
    "/%25",
    "/a//b",
    "/a;b",
    "/a%00",
    "/%zz",
    "/.",
    "/a%0d%0ab",
    "/a..b",
    "/e%CC%81",
  ];
  for (const path of below) await refused("client.clientproxy.bad_request", echo + path);
  for (const target of [
    "/",
    "/r1",
    "/r1/",
    "/r2/BF/GOV/A/B/c",
    "/R1/BF/GOV/ONI/IDENTITE/echo",
    "//r1/BF/GOV/ONI/IDENTITE/echo",
    "/r1/BF/GOV/ONI/IDENTITE",
    "/%72%31/BF/GOV/ONI/IDENTITE/echo",
    "http://127.0.0.1/r1/BF/GOV/ONI/IDENTITE/echo",
    "/r1/BF/GOV/ONI/../IDENTITE/echo",
    "/r1/BF/GOV/ONI%2fIDENTITE/echo/x",
  ])
    await refused("client.clientproxy.bad_request", target);
  for (const query of ["x=1&x=2", "x=1+2", "x=1;x=2", "%78=1&x=2", "x=%zz&x=1", 'x="', "x=1|2"])
    await refused("client.clientproxy.bad_request", `${echo}/items/1?${query}`);
  assert.ok((await h.call(`${echo}/items/1?x=`)).status === 200);
});

test("headers: malformed, said twice, too long, of a server nobody has", async () => {
  const more = (...lines: string[]) => [...Object.entries(asks).flat(), ...lines];
  for (const lines of [
    ["X-Road-Id", "a", "X-Road-Id", "b"],
    ["X-Road-UserId", "a", "x-road-userid", "b"],
    ["X-Road-Id", ""],
    ["X-Road-UserId", "u".repeat(256)],
    ["X-Road-Represented-Party", "A/B/C"],
    ["X-Road-Represented-Party", "A%2fB"],
  ])
    await refused("client.clientproxy.bad_request", `${echo}/items/1`, more(...lines));
  await refused("server.clientproxy.invalid_security_server", `${echo}/items/1`, more("X-Road-Security-Server", "BF/GOV/ONI/SRV"));
  assert.equal((await h.call(`${echo}/items/1`, { headers: more("X-Road-Represented-Party", "COM/123") })).status, 200);
});

test("web pages open in a browser on the same machine are not this machine’s systems", async () => {
  await refused("server.clientproxy.ssl_authentication_failed", `${echo}/items/1`, { ...asks, Host: "attacker.example" });
  await refused("server.clientproxy.ssl_authentication_failed", `${echo}/items/1`, { ...asks, Origin: "https://attacker.example" });
});

test("bodies: what cannot be asked is refused before its body is read, however long it says to be", async () => {
  h.behave((_, res) => void res.end("ok"));
  const said = await h.raw(
    `POST ${echo}/items HTTP/1.1\r\nHost: localhost\r\nX-Road-Client: BF/GOV/NOBODY/SUB\r\nContent-Length: ${2 ** 40}\r\n\r\nabc`,
  );
  assert.match(said, /^HTTP\/1\.1 500 [^]*X-Road-Error: server\.clientproxy\.unknown_member/i);
  assert.match(said, /connection: close/i);
  assert.equal(h.visits.length, 0);
});

test("request smuggling: one reading or none", async () => {
  h.behave((_, res) => void res.end("ok"));
  const head = `POST ${echo}/items HTTP/1.1\r\nHost: localhost\r\nX-Road-Client: ${justice}\r\nExchange-Purpose: criminal-record-extract\r\n`;
  const second = `GET ${persons}?nip=1 HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  for (const lines of [
    `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second}`,
    `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${second}`,
    `Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
    `Content-Length: +4\r\n\r\nabcd`,
    `Content-Length: 4, 4\r\n\r\nabcd`,
    `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    `X-A: b\r\n c\r\nX-Road-Client\r\n: ${justice}\r\n\r\n`,
    `X-A: b\rX-B: c\r\n\r\n`,
    `X-A: b\0c\r\n\r\n`,
    `Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
    `X-Long: ${"a".repeat(20_000)}\r\n\r\n`,
  ]) {
    const answer = await h.raw(head + lines);
    assert.match(answer, /^HTTP\/1\.1 400 [^]*X-Road-Error: client\.clientproxy\.bad_request/i, JSON.stringify(lines.slice(0, 80)));
    assert.equal(answer.match(/HTTP\/1\.1/g)!.length, 1, "one request, one answer");
  }
  for (const first of [
    "CONNECT localhost:1 HTTP/1.1",
    `GET ${echo}/items/1 HTTP/9.9`,
    `GET ${echo}/items/\u00e9 HTTP/1.1`,
    "\x16\x03\x01\x02\x00",
  ])
    assert.match(
      await h.raw(`${first}\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
      /^HTTP\/1\.1 (400|500) [^]*X-Road-Error: /i,
      first,
    );
  assert.equal(h.visits.length, 0);
});

test("a provider that is down, never answers, answers half, too much, or no HTTP", async () => {
  const cases: [string, Parameters<House["behave"]>[0]][] = [
    ["server.serverproxy.service_failed.timeout", () => undefined],
    ["server.serverproxy.io_error", (_, res) => (res.writeHead(200, { "content-length": 90 }), void res.write("{", () => res.destroy()))],
    ["server.serverproxy.service_failed.timeout", (_, res) => void res.writeHead(200, { "content-length": 9 << 20 }).write("x")],
    ["server.serverproxy.service_failed.malformed_response", (_, res) => void res.socket!.end("nonsense\r\n\r\n")],
    [
      "server.serverproxy.service_failed.malformed_response",
      (_, res) => void res.socket!.end("HTTP/1.1 099 Odd\r\ncontent-length: 0\r\n\r\n"),
    ],
  ];
  for (const [type, listener] of cases) {
    h.behave(listener);
    const r = await h.call(`${echo}/items/1`);
    assert.equal(typeOf(r), type);
    assert.equal(r.status, 500);
    const { detail } = JSON.parse(r.text) as { detail: string };
    const { rows } = await h.world.owner("select outcome, error_type from exchange.outcome where exchange = $1 order by side", [detail]);
    assert.deepEqual(
      rows,
      [1, 2].map(() => ({ outcome: "failed", error_type: type })),
      "detail leads to both logs",
    );
  }
  h.behave(() => undefined);
  assert.match((await h.call(`${echo}/items`, { method: "POST", body: "{}" })).text, /may have been carried out/);
  await h.world.owner("update exchange.service set base_url = 'http://127.0.0.1:1/' where id = $1", [echo.slice(4)]);
  assert.equal(typeOf(await h.call(`${echo}/items/1`)), "server.serverproxy.network_error");
  await h.world.owner("update exchange.service set base_url = 'sandbox:/echo' where id = $1", [echo.slice(4)]);
});

/** `npm run soak` asks for more. */
const runs = Number(process.env.TOGUNA_FUZZ_REQUESTS ?? 5000);
test("5,000 requests made of anything: each gets an answer of the protocol, and what reached the provider was meant for it", async () => {
  h.behave((_, res) => void res.end("ok"));
  const piece = fc.oneof(
    fc.constantFrom("..", "%2e%2e", "%2f", "%00", "a", "items", "", "%", ";x", "é", "\\", "*", "?", "%252f", "listMethods"),
    fc.string({ maxLength: 6 }),
  );
  const target = fc.oneof(
    { weight: 4, arbitrary: fc.array(piece, { maxLength: 4 }).map((p) => `${echo}/${p.join("/")}`) },
    { weight: 2, arbitrary: fc.array(piece, { maxLength: 8 }).map((p) => `/r1/${p.join("/")}`) },
    { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  );
  const line = fc.oneof(
    fc.constantFrom(
      `X-Road-Client: ${justice}`,
      "X-Road-Client: x",
      "Exchange-Purpose: passport",
      "Content-Length: 3",
      "Transfer-Encoding: chunked",
      "Expect: 100-continue",
      "Expect: x",
      "Upgrade: h2c",
      "Accept: text/xml",
      ": x",
      "X-A : b",
    ),
    fc.string({ maxLength: 12 }),
  );
  const verb = fc.oneof({ weight: 5, arbitrary: fc.constantFrom("GET", "POST", "HEAD", "PUT", "OPTIONS") }, fc.string({ maxLength: 5 }));
  let sent = 0;
  const bare: string[] = [];
  const good = `X-Road-Client: ${justice}\r\nExchange-Purpose: criminal-record-extract\r\n`;
  await fc.assert(
    fc.asyncProperty(verb, target, fc.array(line, { maxLength: 4 }), fc.boolean(), async (v, t, lines, known) => {
      sent += 1;
      const bytes = `${v} ${t} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${known ? good : ""}${lines.map((l) => `${l}\r\n`).join("")}\r\nzz\r\n\r\n`;
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(h.port, "127.0.0.1", () => socket.write(bytes));
        let text = "";
        socket.setTimeout(5000, () => socket.destroy(new Error("silent")));
        socket.on("data", (p) => (text += p.toString("latin1")));
        socket.once("close", () => resolve(text));
        socket.once("error", () => undefined);
      });
      const final = answer.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(final) ?? [];
      // a body cut short by the caller gets no answer: nobody is there to read it
      if (final !== "" && status !== "200" && !/\r\nX-Road-Error: /i.test(final))
        bare.push(`${JSON.stringify(bytes)} -> ${final.slice(0, 200)}`);
      assert.ok(final !== "" || /content-length|transfer-encoding/i.test(bytes), JSON.stringify(bytes));
    }),
    { numRuns: runs },
  );
  assert.equal(sent, runs);
  assert.deepEqual(bare, []);
  assert.ok(h.visits.length > 10, "some of it is a proper call");
  for (const v of h.visits) assert.match(v.url, /^\/echo(\/|$|\?)/);
  for (const v of h.visits) assert.ok(!/\.\.|%2e%2e|%2f|%25|\\|;/i.test(v.url), v.url);
});
