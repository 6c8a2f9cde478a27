import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { world } from "#kernel/testing";
import { ask, exchange, setBase } from "#exchange";
import { readProof } from "#exchange/api";
import { registry } from "#registry";
import { sign, trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { checkExchangeProof } from "./exchange-proof.mjs";

const body = '{"rows":[{"nip":"1"}]}';
const system = createServer((_, res) => res.writeHead(200, { "content-type": "application/json" }).end(body));
let w, as, proof, anchors;
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf" });
  await new Promise((done) => system.listen(0, "127.0.0.1", done));
  await w.transaction((ctx) => setBase(ctx, "sandbox", `http://127.0.0.1:${system.address().port}`));
  const question = {
    client: "BF/GOV/MIN-JUSTICE/SERVICES",
    service: "BF/GOV/ONI/IDENTITE/persons",
    query: { nip: "1" },
    purpose: "criminal-record-extract",
  };
  const answer = await ask(w.kernel.jobContext("exchange.test"), question);
  assert.equal(answer.outcome, "answered");
  await w.sweep("exchange.seal-log");
  await w.sweep("exchange.stamp-log");
  as = w.clerk("bf-oni", ["exchange.prove-message"]);
  proof = await w.call(readProof, { exchange: answer.exchangeId }, { as });
  anchors = (await w.fetch("/trust/anchors.pem")).text;
});
after(async () => {
  system.close();
  await w.close();
});

test("a genuine exchange is genuine, body or no body", () => {
  const plain = checkExchangeProof(proof, anchors);
  assert.deepEqual(plain.faults, []);
  assert.ok(plain.stampedAt instanceof Date);
  assert.equal(proof.tree.length, 2);
  assert.match(plain.signers.request, /Justice/);
  assert.match(plain.signers.response, /identification/);
  assert.ok(checkExchangeProof(proof, anchors, { response: Buffer.from(body) }).ok);
});

const bent = (change) => {
  const copy = structuredClone(proof);
  change(copy);
  return checkExchangeProof(copy, anchors);
};
test("one character anywhere, and it is refused", () => {
  const [request, response] = [0, 1];
  for (const change of [
    (p) => (p.messages[request].headerPart = p.messages[request].headerPart.replace("nip=1", "nip=2")),
    (p) => (p.messages[response].headerPart = p.messages[response].headerPart.replace("200", "404")),
    (p) => (p.messages[response].bodyHash = Buffer.alloc(64).toString("base64")),
    (p) => delete p.messages[response].bodyHash,
    (p) => (p.messages[request].signature = p.messages[response].signature),
    (p) => (p.messages[request].certificate = p.messages[response].certificate),
    (p) => (p.messages[request].certificate = ""),
    (p) => (p.messages[request].signedAt = "2001-01-01T00:00:00Z"),
    (p) => (p.purpose = "passport"),
    (p) => (p.client = "BF/GOV/CNSS/PRESTATIONS"),
    (p) => (p.exchange = "other"),
    (p) => p.messages.shift(),
    (p) => delete p.messages[request].signatureFile,
    (p) => (p.messages[request].signatureFile = p.messages[response].signatureFile),
    (p) => (p.messages[request].format = "hashes"),
    (p) => (p.tree[0].entry = p.tree[1].entry),
    (p) => (p.tree[0].index += 1),
    (p) => (p.tree[1].stamp.beside = Buffer.alloc(64).toString("base64")),
  ])
    assert.equal(bent(change).ok, false, String(change));
  assert.equal(checkExchangeProof(proof, anchors, { response: Buffer.from("{}") }).ok, false);
});

test("a root one does not trust proves nothing", () => {
  assert.equal(checkExchangeProof(proof, "").ok, false);
});

test("from the command line", () => {
  const dir = mkdtempSync(join(tmpdir(), "toguna-proof-"));
  const files = { proof: join(dir, "proof.json"), anchors: join(dir, "anchors.pem"), body: join(dir, "body") };
  writeFileSync(files.proof, JSON.stringify(proof));
  writeFileSync(files.anchors, anchors);
  writeFileSync(files.body, `${body} `);
  const run = (...args) =>
    spawnSync(process.execPath, [new URL("./exchange-proof.mjs", import.meta.url).pathname, ...args], { encoding: "utf8" });
  const good = run(files.proof, files.anchors);
  assert.equal(good.status, 0, good.stdout + good.stderr);
  assert.match(good.stdout, /GENUINE/);
  const bad = run(files.proof, files.anchors, "--response", files.body);
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /REFUSED/);
  assert.equal(run().status, 2);
  rmSync(dir, { recursive: true });
});

test("rows of the first form, signed over two hashes, stay provable", async () => {
  const j = w.kernel.jobContext("exchange.test");
  for (const [table, m, id] of [
    ["request", proof.messages[0], "bf-min-justice"],
    ["outcome", proof.messages[1], "bf-oni"],
  ]) {
    const hash = createHash("sha512").update(m.headerPart).digest();
    const bytes = m.bodyHash ? Buffer.concat([hash, Buffer.from(m.bodyHash, "base64")]) : hash;
    const made = await sign(j, { institution: { id, name: id }, bytes });
    await w.owner(`update exchange.${table} set format = 'hashes', signed_at = null, signature = $2 where exchange = $1`, [
      proof.exchange,
      made.signature,
    ]);
  }
  const old = await w.call(readProof, { exchange: proof.exchange }, { as });
  assert.equal(old.messages[0].format, "hashes");
  // these very rows were sealed with other signatures: the tree says so
  assert.match(checkExchangeProof(old, anchors).faults.join(), /the entry shown is not the entry sealed/);
  assert.deepEqual(checkExchangeProof({ ...old, tree: [] }, anchors).faults, []);
  old.messages[0].headerPart += " ";
  assert.match(checkExchangeProof({ ...old, tree: [] }, anchors).faults.join(), /request: the signature does not fit/);
});
