/** The r1 port as production has it: mutual TLS with certificates registered for subsystems, or no port. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { type ExchangePort, openExchangePort } from "../../apps/server/exchange-port.ts";
import type { Kernel } from "#kernel/kernel";
import { asks, echo, type House, house, justice } from "./port.ts";

const skip = spawnSync("openssl", ["version"]).status === 0 ? false : "openssl is not installed";
const folder = mkdtempSync(join(tmpdir(), "toguna-r1-"));
const at = (name: string) => join(folder, name);
let h: House;
let door: ExchangePort;

function certificate(name: string, ...more: string[]): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at(`${name}.key`)];
  execFileSync("openssl", ["req", "-x509", ...key, "-out", at(`${name}.pem`), "-subj", `/CN=${name}`, "-days", "3650", ...more], {
    stdio: "ignore",
  });
}
let edits = 0;
function register(...lines: [string, string][]): void {
  writeFileSync(at("clients.json"), JSON.stringify(lines.map(([client, name]) => ({ client, certificate: `${name}.pem` }))));
  // two edits within one tick of the file system's clock would look like one
  utimesSync(at("clients.json"), 1_800_000_000 + edits, 1_800_000_000 + edits++);
}
const kernelWith = (more: object, settings: Record<string, string> = {}): Kernel => {
  const { kernel } = h.world;
  return { ...kernel, config: { ...kernel.config, ...more, setting: (name: string) => settings[name] ?? kernel.config.setting(name) } };
};
const production = { demo: false, production: true, host: "127.0.0.1" };
const settings = { exchange_tls_cert: at("server.pem"), exchange_tls_key: at("server.key"), exchange_clients: at("clients.json") };

before(async () => {
  if (skip) return;
  // certificates made now must be valid by the world's clock too
  h = await house({}, new Date(Math.max(Date.now() + 60_000, Date.parse("2026-11-23T09:00:00Z"))));
  for (const name of ["server", "justice", "passports", "stranger"]) certificate(name, "-addext", "subjectAltName=IP:127.0.0.1");
  // same name, other key
  certificate("justice-forged", "-subj", "/CN=justice");
  register([justice, "justice"], ["BF/GOV/PASSEPORTS/PASSEPORTS", "passports"]);
  door = (await openExchangePort(kernelWith(production, settings), 0))!;
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (skip) return;
  await door.stop();
  await h.close();
});

const port = () => Number(new URL(door.url).port);
function call(name: string | undefined, headers: Record<string, string> = asks, agent?: Agent): Promise<[number, string | undefined]> {
  const own = name === undefined ? {} : { cert: readFileSync(at(`${name}.pem`)), key: readFileSync(at(`${name}.key`)) };
  return new Promise((resolve, reject) => {
    const to = {
      host: "127.0.0.1",
      port: port(),
      path: `${echo}/items/1`,
      ca: readFileSync(at("server.pem")),
      headers,
      agent: agent ?? false,
      ...own,
    };
    const req = request(to as never, (res) => {
      res.resume().once("end", () => resolve([res.statusCode!, res.headers["x-road-error"] as string | undefined]));
    });
    req.once("error", reject).end();
  });
}
const unknown = [500, "server.clientproxy.ssl_authentication_failed"];

test("a registered certificate speaks for its subsystem, and for no other", { skip }, async () => {
  assert.match(door.url, /^https:/);
  h.behave((_, res) => void res.end("ok"));
  assert.deepEqual(await call("justice"), [200, undefined]);
  assert.deepEqual(await call("passports"), unknown, "another institution’s client id");
  assert.deepEqual(await call("passports", { ...asks, "X-Road-Client": "BF/GOV/PASSEPORTS/PASSEPORTS" }), [
    500,
    "server.serverproxy.access_denied",
  ]);
  assert.deepEqual(await call("justice", { ...asks, "X-Road-Client": "BF/GOV/%50ASSEPORTS/PASSEPORTS" }), unknown, "however it is spelt");
  for (const name of ["stranger", "justice-forged", undefined]) assert.deepEqual(await call(name), unknown, name);
  assert.equal(h.visits.length, 1);
});

test("the catalogue is no stranger’s either, and plain HTTP gets nothing", { skip }, async () => {
  const bare = await new Promise<string>((resolve) => {
    const socket = tlsConnect({ host: "127.0.0.1", port: port(), rejectUnauthorized: false }, () =>
      socket.write("GET /listClients HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    );
    let text = "";
    socket.on("data", (piece) => (text += piece.toString()));
    socket.once("close", () => resolve(text));
  });
  assert.match(bare, /^HTTP\/1\.1 500 [^]*ssl_authentication_failed/);
  const plain = await new Promise<string>((resolve) => {
    const socket = connect(port(), "127.0.0.1", () => socket.write("GET /listClients HTTP/1.1\r\nHost: x\r\n\r\n"));
    let text = "";
    socket.on("data", (piece) => (text += piece.toString("latin1")));
    socket.once("error", () => undefined);
    socket.once("close", () => resolve(text));
  });
  assert.ok(!plain.includes("HTTP/"), plain);
});

test(
  "a certificate taken out of the list is refused on the connection it already has; a broken list changes nothing",
  { skip },
  async () => {
    h.behave((_, res) => void res.end("ok"));
    const own = { cert: readFileSync(at("justice.pem")), key: readFileSync(at("justice.key")) };
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(at("server.pem")), ...own });
    assert.deepEqual(await call("justice", asks, agent), [200, undefined]);
    writeFileSync(at("clients.json"), "[{");
    assert.deepEqual(await call("justice", asks, agent), [200, undefined]);
    register(["BF/GOV/PASSEPORTS/PASSEPORTS", "passports"]);
    assert.deepEqual(await call("justice", asks, agent), unknown);
    register([justice, "justice"]);
    assert.deepEqual(await call("justice", asks), [200, undefined]);
    agent.destroy();
  },
);

test("a certificate whose dates have passed is refused", { skip }, async () => {
  h.world.clock.advance(11 * 365 * 86_400);
  assert.deepEqual(await call("justice"), unknown);
  h.world.clock.advance(-11 * 365 * 86_400);
});

test("production without certificates has no port, and a half-said configuration does not start", { skip }, async () => {
  assert.equal(await openExchangePort(kernelWith(production), 0), undefined);
  assert.equal(
    await openExchangePort(kernelWith(production, { exchange_tls_cert: at("server.pem"), exchange_tls_key: at("server.key") }), 0),
    undefined,
  );
  await assert.rejects(openExchangePort(kernelWith(production, { exchange_clients: at("clients.json") }), 0), /TOGUNA_EXCHANGE_TLS_CERT/);
  writeFileSync(at("wrong.json"), '[{"client":"BF/GOV/X","certificate":"justice.pem"}]');
  await assert.rejects(openExchangePort(kernelWith(production, { ...settings, exchange_clients: at("wrong.json") }), 0), /INSTANCE\/CLASS/);
});
