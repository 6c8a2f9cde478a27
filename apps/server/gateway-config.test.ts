import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gatewayConfig } from "./gateway-config.ts";

const folder = mkdtempSync(join(tmpdir(), "toguna-gateway-config-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const mark = "toguna-join-1.";
const token = (more: object = {}) =>
  mark +
  Buffer.from(
    JSON.stringify({
      c: "https://centre.example",
      i: "0199aaaa-0000-7000-8000-000000000001",
      s: "s".repeat(43),
      a: "a".repeat(64),
      k: "bf",
      d: 1,
      ...more,
    }),
  ).toString("base64url");
const data = (name: string) => ({ TOGUNA_DATA: join(folder, name) });

test("the token says country, centre and whether all this is a demonstration; the next start remembers", () => {
  const first = gatewayConfig(data("one"), ["--join", token(), "--port", "9001"]);
  assert.equal(first.config.role, "gateway");
  assert.equal(first.config.demo, true);
  assert.equal(first.config.country, "bf");
  assert.equal(first.config.setting("tsa_url"), "https://centre.example/tsa");
  assert.equal(first.options.clientPort, 9001);
  const second = gatewayConfig(data("one"), []);
  assert.equal(second.options.token, undefined);
  assert.deepEqual([second.config.demo, second.config.country, second.options.adminPort], [true, "bf", 8182]);
  assert.equal(gatewayConfig(data("one"), ["--centre", "https://moved.example/"]).config.setting("tsa_url"), "https://moved.example/tsa");
});

test("what is not a token, a port or an address is refused in words", () => {
  assert.throws(() => gatewayConfig(data("none"), []), /--join <token>/);
  for (const bad of [
    "",
    "x",
    mark,
    `${mark}e30`,
    token({ k: "../x" }),
    token({ c: "file:///etc" }),
    token({ more: 1 }),
    token().slice(0, -8),
  ])
    assert.throws(() => gatewayConfig(data("none"), ["--join", bad]), /whole token/, bad);
  assert.throws(() => gatewayConfig(data("none"), ["--join", token(), "--port", "70000"]), /must be a port/);
  assert.throws(() => gatewayConfig(data("none"), ["--join", token(), "--address", "two words:1"]), /host:port/);
  assert.throws(() => gatewayConfig(data("none"), ["--join", token(), "--nonsense"]), /nonsense/);
});

test("production: the centre by https, an address of its own, a passphrase that is not the demonstration's", () => {
  const real = token({ d: 0 });
  assert.throws(() => gatewayConfig(data("real"), ["--join", token({ d: 0, c: "http://centre.example" })]), /https/);
  assert.throws(() => gatewayConfig(data("real"), ["--join", real]), /--address/);
  assert.throws(() => gatewayConfig(data("real"), ["--join", real, "--address", "exchange.example:5500"]), /PASSPHRASE/);
  const file = join(folder, "phrase");
  writeFileSync(file, "une longue phrase secrète");
  const env = { ...data("real"), TOGUNA_KEYS_PASSPHRASE_FILE: file };
  const { config } = gatewayConfig(env, ["--join", real, "--address", "exchange.example:5500"]);
  assert.equal(config.production, true);
  assert.equal(config.setting("gateway_address"), "exchange.example:5500");
});
