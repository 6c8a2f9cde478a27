/** Who must not get through the server port: strangers, servers that lie, bytes that are no message. */
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as tlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { after, before, test } from "node:test";
import { ask, invite, keepUp, openPort, pull, readToken } from "#exchange";
import { certify, makeTlsKey, takeTlsCertificate, tlsIdentities, type TlsIdentity } from "#trust";
import { frame } from "../../modules/exchange/transport/frames.ts";
import { openingOf } from "../../modules/exchange/gateway/message.ts";
import { dialled, message, partOf, passing, post, said, type Shown } from "./peer.ts";
import { gatewayId, listening, mayAsk, type Pair, sidesOf, twoServers, urlOf } from "./two-servers.ts";

let p: Pair;
let port: number;
/** A registered server of another institution, its key in our hands. */
let enemy: TlsIdentity;
const enemyId = "BF/GOV/CNSS/SRV9";
const cnss = "BF/GOV/CNSS/PRESTATIONS";
const justice = "BF/GOV/MIN-JUSTICE/SERVICES";
const persons = "BF/GOV/ONI/IDENTITE/persons";
const question = { client: justice, service: persons, query: { nip: "1" }, purpose: "criminal-record-extract" };
const fresh = () => p.hj.ids.uuid();

before(async () => {
  p = await twoServers();
  port = openPort(p.gj)!;
  await mayAsk(p.house.owner, "cnss-asks", persons, cnss);
  const made = await makeTlsKey(p.hj, enemyId);
  const ask = { invitation: "", secret: "", address: "127.0.0.1:1", tls: made.csr, seal: made.csr };
  const { token } = await p.house.transaction((ctx) => invite(ctx, { institution: "bf-cnss", code: "SRV9" }), {
    caller: { kind: "system", module: "gateway-invite" },
  });
  const { invitation, secret } = readToken(token)!;
  const answer = await fetch(`${urlOf(p.house)}/exchange/join`, { method: "POST", body: JSON.stringify({ ...ask, invitation, secret }) });
  const { tls } = (await answer.json()) as { tls: string };
  await p.hj.transaction((ctx) => takeTlsCertificate(ctx, made.id, tls));
  [enemy] = (await tlsIdentities(p.hj, enemyId)) as [TlsIdentity];
  await pull(p.gj);
});
after(() => p.close());

const mine = (part: string, body?: Buffer) => message(p.hj, "bf-cnss", part, body);
const own = () => partOf({ client: cnss, service: persons, exchange: fresh() });

test("the enemy's own honest message is answered: what follows is refused for what it is", async () => {
  assert.equal(said(await post(port, enemy, await mine(own()))), "A");
});

test("a stranger without a certificate, with one of its own, with one nobody registered: the connection ends unheard", async () => {
  const folder = mkdtempSync(path(tmpdir(), "toguna-peer-"));
  try {
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=BF-GOV-ONI-SRV1",
        "-days",
        "9",
        "-keyout",
        "k",
        "-out",
        "c",
      ],
      { cwd: folder, stdio: "ignore" },
    );
    const self: Shown = { certificate: readFileSync(path(folder, "c"), "utf8"), key: readFileSync(path(folder, "k"), "utf8") };
    const made = await makeTlsKey(p.hj, "BF/GOV/CNSS/NOBODY");
    const { certificate } = await certify(p.hj, {
      kind: "tls",
      subject: "BF/GOV/CNSS/NOBODY",
      name: "x",
      host: "127.0.0.1",
      csr: made.csr,
    });
    await p.hj.transaction((ctx) => takeTlsCertificate(ctx, made.id, certificate));
    const [unregistered] = await tlsIdentities(p.hj, "BF/GOV/CNSS/NOBODY");
    for (const one of [undefined, self, unregistered])
      assert.equal(said(await post(port, one, await mine(own())).catch(() => "")), "closed");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a server that speaks for another institution's client, or signs with a foreign seal, is refused before the system hears of it", async () => {
  p.system.hits.length = 0;
  const foreign = partOf({ client: justice, service: persons, exchange: fresh() });
  const signedRightly = await message(p.hj, "bf-min-justice", foreign);
  assert.equal(said(await post(port, enemy, signedRightly)), "R server.serverproxy.invalid_client_identifier");
  const signedByAnother = await message(p.hj, "bf-min-justice", own());
  assert.equal(said(await post(port, enemy, signedByAnother)), "R server.serverproxy.invalid_signature_value");
  const elsewhere = partOf({ client: cnss, service: "BF/GOV/ARCEP/NUMEROS/sim-changes", exchange: fresh() });
  assert.equal(
    said(await post(port, enemy, await mine(elsewhere))),
    "R server.clientproxy.unknown_service",
    "a gateway is no way to others",
  );
  assert.deepEqual(p.system.hits, []);
});

test("the same message twice: the second is refused, the system heard it once", async () => {
  p.system.hits.length = 0;
  const id = fresh();
  const bytes = await mine(partOf({ client: cnss, service: persons, exchange: id }));
  assert.equal(said(await post(port, enemy, bytes)), "A");
  assert.equal(said(await post(port, enemy, bytes)), "R server.serverproxy.replayed_request");
  assert.equal(p.system.hits.length, 1);
  assert.deepEqual(await sidesOf(p.gateway, id), ["provider answered"]);
});

test("altered, cut short, too long, out of order, more than said: nothing of it counts", async () => {
  p.system.hits.length = 0;
  const whole = await mine(partOf({ client: cnss, service: persons, exchange: fresh(), method: "POST" }), Buffer.from('{"a":1}'));
  const altered = Buffer.from(whole);
  altered[altered.indexOf('{"a":1}') + 5] = "2".charCodeAt(0);
  const long = Buffer.alloc(5);
  long.write("H");
  long.writeUInt32BE(0x7fffffff, 1);
  const head = Buffer.from(own());
  const cases: Record<string, Buffer> = {
    altered,
    "another header part": Buffer.from(whole.toString("latin1").replace("nip=1", "nip=2"), "latin1"),
    "a length nobody has": Buffer.concat([long, Buffer.alloc(1000)]),
    "no header part": whole.subarray(5 + whole.readUInt32BE(1)),
    "no seal": Buffer.concat([frame("H", head), frame("B", Buffer.from("x"))]),
    "two header parts": Buffer.concat([frame("H", head), frame("H", head)]),
    "an answer instead of a question": frame("A", Buffer.from("{}")),
    "a seal that is no JSON": Buffer.concat([frame("H", head), frame("S", Buffer.from("nothing"))]),
    "something after the seal": Buffer.concat([whole, frame("B", Buffer.from("more"))]),
    "never released by its own side": whole.subarray(0, whole.length - 5),
    "released twice": Buffer.concat([whole, frame("G", Buffer.alloc(0))]),
    "half a frame": whole.subarray(0, whole.length - 10),
    nothing: Buffer.alloc(0),
    "not frames at all": Buffer.from("GET / HTTP/1.1\r\n\r\n"),
  };
  for (const [name, bytes] of Object.entries(cases)) assert.match(said(await post(port, enemy, bytes)), /^([RF] server\.|closed)/, name);
  // promised more than was sent, then gone
  assert.equal(said(await post(port, enemy, whole.subarray(0, 40), { length: whole.length })), "closed");
  assert.deepEqual(p.system.hits, []);
  assert.match(
    said(await post(port, enemy, Buffer.alloc(0), { path: "/changed" })),
    /status 404/,
    "only the centre tells of a new directory",
  );
});

test("a large question that lies about itself: the system may hear its beginning, never its end", async () => {
  const ends: boolean[] = [];
  const before = p.system.answer;
  p.system.answer = (req, res) => {
    req.resume().on("error", () => undefined);
    req.once("end", () => before(req, res));
    req.once("close", () => ends.push(req.complete));
  };
  const body = Buffer.alloc(600_000, "x");
  const part = (exchange = fresh()) => partOf({ client: cnss, service: persons, exchange, method: "POST" });
  const own = (lie: Parameters<typeof passing>[4], at = part()) => passing(p.hj, "bf-cnss", at, body, lie);
  const lies: [string, Buffer, RegExp][] = [
    ["opened by another", await own({ opener: "bf-min-justice" }), /^R .*invalid_signature_value/],
    ["opened with the signature of the whole", await own({ unopened: true }), /^R .*invalid_signature_value/],
    ["sealed by another", await own({ sealer: "bf-min-justice" }), /^R .*invalid_signature_value/],
    ["another body than the one signed", await own({ signed: Buffer.from("other") }), /^F .*io_error/],
    ["longer than announced", await own({ announced: 1000 }), /^F .*io_error/],
    ["shorter than announced", await own({ announced: 900_000 }), /^F .*io_error/],
    ["a piece left out", await own({ short: true }), /^F .*io_error/],
    ["a length that is none", await own({ announced: -5 }), /^R .*bad_request/],
    ["an opening passed off as a message", await message(p.hj, "bf-cnss", openingOf(part(), 600_000)), /^R .*bad_request/],
  ];
  for (const [name, bytes, expected] of lies) assert.match(said(await post(port, enemy, bytes)), expected, name);
  assert.ok(!ends.includes(true), "nothing was whole");
  const id = fresh();
  const honest = await own({}, part(id));
  assert.equal(said(await post(port, enemy, honest)), "A");
  assert.match(said(await post(port, enemy, honest)), /replayed/, "said twice, heard whole once");
  assert.equal(ends.filter(Boolean).length, 1);
  assert.deepEqual(await sidesOf(p.gateway, id), ["provider answered"]);
  p.system.answer = before;
});

test("a slow neighbour holds nobody up", async () => {
  const slow = await Promise.all(Array.from({ length: 50 }, () => dialled(port, enemy)));
  for (const socket of slow) socket.write("POST /message HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nH");
  const answer = await ask(p.hj, question);
  assert.equal(answer.outcome, "answered", JSON.stringify(answer));
  for (const socket of slow) socket.destroy();
});

test("another server at the registered address, or the right one at an address its certificate does not name: nothing is sent", async () => {
  const heard: string[] = [];
  const impostor = tlsServer({ cert: enemy.certificate, key: enemy.key }, (req, res) => {
    heard.push(req.url ?? "");
    res.end();
  });
  const at = Number(new URL((await listening(impostor as never)).replace("http:", "https:")).port);
  const address = async (text: string) => {
    await p.house.owner("update exchange.server set address = $1 where id = $2", [text, gatewayId]);
    // the first may join a look that began before the change
    await keepUp(p.hj);
    await keepUp(p.hj);
  };
  try {
    for (const [text, type] of [
      [`127.0.0.1:${at}`, "server.serverproxy.ssl_authentication_failed"],
      [`localhost:${port}`, "server.serverproxy.ssl_authentication_failed"],
      ["nowhere.invalid:5500", "server.serverproxy.network_error"],
      ["127.0.0.1:1", "server.serverproxy.network_error"],
    ] as const) {
      await address(text);
      const answer = await ask(p.hj, question);
      assert.ok(answer.outcome === "unavailable", `${text}: ${JSON.stringify(answer)}`);
      assert.equal(answer.type, type, text);
    }
    assert.deepEqual(heard, []);
  } finally {
    await address(`127.0.0.1:${port}`);
    impostor.closeAllConnections();
    impostor.close();
  }
  assert.equal((await ask(p.hj, question)).outcome, "answered");
});

test("a certificate that has ended is nobody's, by the house's own clock", async () => {
  const year = 366 * 86_400;
  p.gateway.clock.advance(year);
  try {
    assert.equal(said(await post(port, enemy, await mine(own())).catch(() => "")), "closed");
  } finally {
    p.gateway.clock.advance(-year);
  }
});

test("openssl agrees: TLS 1.3 only, a chain to the centre's root, made for both ends and for this host", async () => {
  const folder = mkdtempSync(path(tmpdir(), "toguna-judge-"));
  try {
    const { rows } = await p.house.owner("select kind, der from trust.certificate where kind in ('root', 'issuing')");
    const pem = (kind: string) => {
      const { der } = rows.find((row: { kind: string }) => row.kind === kind) as { der: Buffer };
      return `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
    };
    writeFileSync(path(folder, "root"), pem("root"));
    writeFileSync(path(folder, "issuing"), pem("issuing"));
    writeFileSync(path(folder, "leaf"), enemy.certificate);
    writeFileSync(path(folder, "key"), enemy.key);
    const at = String(Math.floor(p.house.clock.now().getTime() / 1000));
    const judge = (...more: string[]) =>
      spawnSync("openssl", ["verify", "-attime", at, "-CAfile", "root", "-untrusted", "issuing", ...more, "leaf"], { cwd: folder }).status;
    for (const purpose of ["sslserver", "sslclient"])
      assert.equal(judge("-x509_strict", "-purpose", purpose, "-verify_ip", "127.0.0.1"), 0, purpose);
    assert.notEqual(judge("-verify_ip", "127.0.0.2"), 0);
    const speak = (version: string) =>
      new Promise<string>((done) => {
        const child = spawn("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, version, "-cert", "leaf", "-key", "key"], {
          cwd: folder,
        });
        let text = "";
        for (const out of [child.stdout, child.stderr])
          out.on("data", (piece) => {
            text += String(piece);
            if (/Verify return code/.test(text)) child.stdin.end();
          });
        child.once("close", () => done(text));
        setTimeout(() => child.stdin.end(), 3000).unref();
      });
    assert.match(await speak("-tls1_3"), /BF\/GOV\/ONI\/SRV1[\s\S]*TLSv1\.3/);
    assert.match(await speak("-tls1_2"), /alert protocol version|wrong version|no protocols available/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("an institution's second server answers while the first is not there; what may have arrived is not tried on another", async () => {
  await p.house.owner(
    `insert into exchange.server (id, institution, address, centre, since) values ('BF/GOV/ONI/SRV0', 'bf-oni', '127.0.0.1:1', false, $1)`,
    [new Date()],
  );
  await p.house.owner("insert into exchange.server_member values ('BF/GOV/ONI/SRV0', 'bf-oni')");
  await keepUp(p.hj);
  try {
    p.system.hits.length = 0;
    assert.equal((await ask(p.hj, question)).outcome, "answered");
    assert.equal(p.system.hits.length, 1);
  } finally {
    await p.house.owner("delete from exchange.server where id = 'BF/GOV/ONI/SRV0'");
    await keepUp(p.hj);
  }
});
