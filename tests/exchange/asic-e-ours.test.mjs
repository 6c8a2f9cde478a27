import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { exchange } from "#exchange";
import { world } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { exportMessage } from "../../modules/exchange/evidence/export.ts";
import { institutions, writeExchange } from "../../modules/exchange/evidence/test-log.ts";
import { zip } from "../../modules/exchange/evidence/zip.ts";
import { checkContainer } from "../../verify/asic-e.mjs";
import { unzip } from "../../verify/zip.mjs";

let w, written, anchors;
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf" });
  for (let i = 0; i < 3; i++) written = await writeExchange(w);
  await w.owner("update exchange.request set configuration = $1", [{ version: 7, age: 86_400 }]);
  await w.sweep("exchange.seal-log");
  await w.sweep("exchange.stamp-log");
  anchors = (await w.fetch("/trust/anchors.pem")).text;
});
after(() => w.close());

const container = async (direction) => {
  const o = { exchange: written.exchange, side: "client", direction };
  return (await w.transaction((ctx) => exportMessage(ctx, o), { institution: institutions.client })).bytes;
};
const proofName = "META-INF/tree-proof.json";

test("a stranger's verifier says genuine with the tree's proof, and refuses every change to it", async () => {
  const bytes = await container("request");
  const said = checkContainer(bytes, anchors);
  assert.deepEqual(said.faults, []);
  assert.match(said.notes.join(), /configuration 7 of the directory, 86400 s old/);
  assert.match(said.notes.join(), /certificate good[\s\S]*leaf \d+ of the tree .*time stamp/);
  assert.equal(said.entry.exchange, written.exchange);
  const files = unzip(bytes);
  const bent = (change) => {
    const tree = JSON.parse(files.get(proofName).toString());
    change(tree);
    const all = new Map([...files, [proofName, JSON.stringify(tree)]]);
    return checkContainer(
      zip(
        [...all].map(([name, bytes]) => ({ name, bytes })),
        new Date(),
      ),
      anchors,
    ).faults.join();
  };
  assert.equal(
    bent(() => undefined),
    "",
  );
  const flip = (hash) => (hash.startsWith("0") ? "1" : "0") + hash.slice(1);
  for (const [change, words] of [
    [(t) => (t.entry = t.entry.replace("GOV", "COM")), /not the entry sealed/],
    [(t) => delete t.entry, /entry is missing/],
    [(t) => (t.index += 1), /does not lead/],
    [(t) => (t.head.root = flip(t.head.root)), /does not say this origin/],
    [(t) => (t.head.signature = Buffer.alloc(64).toString("base64")), /signature of the head/],
    [(t) => (t.stamp.beside = Buffer.alloc(64).toString("base64")), /it is for something else/],
  ])
    assert.match(bent(change), words);
  const other = JSON.parse(
    unzip(await container("response"))
      .get(proofName)
      .toString(),
  );
  assert.match(
    bent((t) => Object.assign(t, other)),
    /about another message/,
  );
});

test("fuzz: one changed byte in any signed or stamped file is refused, in any other file never a crash", async () => {
  const files = unzip(await container("response"));
  const names = ["META-INF/signatures.xml", "message.xml", "attachment1", "ts-hashchainresult.xml", "META-INF/timestamp.tst", proofName];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 1, max: 255 }), (name, at, bit) => {
      const changed = Buffer.from(files.get(name));
      changed[at % changed.length] ^= bit;
      const all = new Map([...files, [name, changed]]);
      const { faults } = checkContainer(
        zip(
          [...all].map(([one, bytes]) => ({ name: one, bytes })),
          new Date(),
        ),
        anchors,
      );
      // a token's spare certificates and a proof's blanks are nobody's promise
      if (name !== "META-INF/timestamp.tst" && name !== proofName) assert.notDeepEqual(faults, [], `${name} ${at % changed.length}`);
    }),
    { numRuns: 120 },
  );
});

test("with the body erased the message is still proven", async () => {
  await w.owner("delete from exchange.body where exchange = $1", [written.exchange]);
  const bytes = await container("response");
  const said = checkContainer(bytes, anchors);
  assert.deepEqual(said.faults, []);
  assert.equal(said.body, "hash proven");
  assert.deepEqual(checkContainer(bytes, anchors, { body: written.responseBody }).faults, []);
  assert.match(checkContainer(bytes, anchors, { body: written.requestBody }).faults.join(), /attachment1 is not/);
});
