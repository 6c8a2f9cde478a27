import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { exchange } from "../index.ts";
import { keepBody, keptBody } from "../log/bodies.ts";
import { exportMessage, type Exported } from "./export.ts";
import { institutions, writeExchange, type Written } from "./test-log.ts";

const lacking = ["xmlsec1", "openssl", "unzip"].find((tool) => spawnSync(tool, ["--version"]).error);
const skip = lacking && !process.env.CI ? `${lacking} is missing: apt-get install ${lacking}` : false;

let w: World;
let written: Written;
const dir = mkdtempSync(join(tmpdir(), "toguna-asic-"));
const anchors = join(dir, "anchors.pem");
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf", start: new Date() }); // judges look at today's clock
  writeFileSync(anchors, (await w.fetch("/trust/anchors.pem")).text);
  for (let i = 0; i < 5; i++) written = await writeExchange(w);
  await w.sweep("exchange.seal-log");
});
after(async () => {
  await w.close();
  rmSync(dir, { recursive: true });
});

const exported = (direction: "request" | "response", side: "client" | "provider" = "client", exchange = written.exchange) =>
  w.transaction((ctx) => exportMessage(ctx, { exchange, side, direction }), { institution: institutions[side] });

function unpacked(e: Exported | undefined): string {
  assert.ok(e);
  const at = mkdtempSync(join(dir, "c-"));
  writeFileSync(join(at, "c.asice"), e.bytes);
  execFileSync("unzip", ["-q", "c.asice"], { cwd: at });
  return at;
}
const xmlsec = (at: string, trusted = anchors) =>
  spawnSync(
    "xmlsec1",
    [
      "--verify",
      "--trusted-pem",
      trusted,
      "--enabled-key-data",
      "x509",
      "--id-attr:Id",
      "SignedProperties",
      "--url-map:/message.xml",
      "message.xml",
      "--url-map:/attachment1",
      "attachment1",
      "META-INF/signatures.xml",
    ],
    { cwd: at, encoding: "utf8" },
  );
const openssl = (at: string, ...args: string[]) => spawnSync("openssl", args, { cwd: at, encoding: "utf8" });
const stampHolds = (at: string) =>
  openssl(at, "ts", "-verify", "-data", "ts-hashchainresult.xml", "-in", "META-INF/timestamp.tst", "-token_in", "-CAfile", anchors);

test("before its time stamp a message has a container, told as not stamped", { skip }, async () => {
  const e = await exported("response");
  assert.equal(e?.stamped, false);
  const at = unpacked(e);
  assert.equal(xmlsec(at).status, 0);
});

test("xmlsec1, openssl and unzip take the container of either side", { skip }, async () => {
  await w.sweep("exchange.stamp-log");
  for (const side of ["client", "provider"] as const)
    for (const direction of ["request", "response"] as const) {
      const e = await exported(direction, side);
      assert.equal(e?.stamped, true);
      assert.equal(e.body, "included");
      const at = unpacked(e);
      const xml = xmlsec(at);
      assert.equal(xml.status, 0, xml.stdout + xml.stderr);
      assert.match(xml.stdout + xml.stderr, /3\/3/);
      const stamp = stampHolds(at);
      assert.match(stamp.stdout, /Verification: OK/, stamp.stderr);
      assert.equal(readFileSync(join(at, "message.xml"), "utf8"), direction === "request" ? written.requestPart : written.responsePart);
      assert.match(execFileSync("unzip", ["-z", "c.asice"], { cwd: at, encoding: "utf8" }), /mimetype=application\/vnd\.etsi\.asic-e\+zip/);
      assert.equal(e.bytes.subarray(30, 38).toString(), "mimetype");
    }
});

test("the certificate's status lies in the container, and openssl says good", { skip }, async () => {
  const at = unpacked(await exported("request"));
  const xml = readFileSync(join(at, "META-INF/signatures.xml"), "utf8");
  const der = (name: string) => [...xml.matchAll(new RegExp(`<[a-z]+:${name}>([^<]+)<`, "g"))].map((m) => Buffer.from(m[1]!, "base64"));
  writeFileSync(join(at, "ocsp.der"), der("EncapsulatedOCSPValue")[0]!);
  const [leaf, issuer] = der("X509Certificate");
  writeFileSync(join(at, "leaf.der"), leaf!);
  writeFileSync(join(at, "issuer.der"), issuer!);
  openssl(at, "x509", "-inform", "der", "-in", "issuer.der", "-out", "issuer.pem");
  openssl(at, "x509", "-inform", "der", "-in", "leaf.der", "-out", "leaf.pem");
  const said = openssl(
    at,
    "ocsp",
    "-respin",
    "ocsp.der",
    "-issuer",
    "issuer.pem",
    "-cert",
    "leaf.pem",
    "-CAfile",
    anchors,
    "-verify_other",
    "issuer.pem",
    "-no_nonce",
  );
  assert.match(said.stdout + said.stderr, /leaf\.pem: good[\s\S]*Response verify OK/, said.stdout + said.stderr);
});

test("one changed byte in body, header part or signed properties, a changed chain, another root: refused", { skip }, async () => {
  const swap = (at: string, name: string, from: RegExp, to: string) => {
    const text = readFileSync(join(at, name), "utf8");
    assert.notEqual(text.replace(from, to), text, name);
    writeFileSync(join(at, name), text.replace(from, to));
  };
  const changes: [string, RegExp, string][] = [
    ["attachment1", /1/, "2"],
    ["message.xml", /x-road-id/, "x-road-ie"],
    ["META-INF/signatures.xml", /SigningTime>20/, "SigningTime>19"],
  ];
  for (const [name, from, to] of changes) {
    const at = unpacked(await exported("request"));
    swap(at, name, from, to);
    assert.notEqual(xmlsec(at).status, 0, name);
  }
  const at = unpacked(await exported("request"));
  swap(at, "ts-hashchainresult.xml", /DigestValue>./, "DigestValue>_");
  assert.doesNotMatch(stampHolds(at).stdout, /OK/);
  writeFileSync(join(at, "other.pem"), "");
  assert.notEqual(xmlsec(at, "other.pem").status, 0);
});

test("an erased body leaves a container with its hash; a body changed in the store is not shown", { skip }, async () => {
  await w.owner("update exchange.body set bytes = $2 where exchange = $1", [written.exchange, Buffer.from("another")]);
  assert.equal((await exported("request"))?.body, "hash-only");
  await w.owner("delete from exchange.body where exchange = $1", [written.exchange]);
  const e = await exported("response");
  assert.equal(e?.body, "hash-only");
  assert.equal(e.stamped, true);
  assert.equal(openssl(unpacked(e), "version").status, 0);
});

test("a body is kept sealed: a copy of the database shows none, a moved or changed one is not read", async () => {
  const plain = Buffer.from("the secret of a person");
  const row = { exchange: written.exchange, clientInstitution: institutions.client, providerInstitution: institutions.provider };
  await w.owner("delete from exchange.body");
  await w.transaction((ctx) => keepBody(ctx, { ...row, direction: "request", bytes: plain, eraseAfter: new Date("2100-01-01") }));
  const { rows } = await w.owner("select bytes, sealed from exchange.body");
  assert.equal(rows[0].sealed, true);
  assert.equal(rows[0].bytes.includes("secret"), false);
  const read = (direction: "request" | "response") =>
    w.transaction((ctx) => keptBody(ctx, written.exchange, direction), { readOnly: true });
  assert.deepEqual(await read("request"), plain);
  assert.equal(await read("response"), undefined);
  await w.owner("update exchange.body set direction = 'response'");
  await assert.rejects(read("response"));
  await w.owner("update exchange.body set direction = 'request', bytes = set_byte(bytes, 20, 255 - get_byte(bytes, 20))");
  await assert.rejects(read("request"));
  assert.equal((await exported("request"))?.body, "hash-only");
});
