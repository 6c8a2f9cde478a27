import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { ask, exchange, setBase } from "#exchange";
import { readProof } from "#exchange/api";
import { world } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { keep, state } from "../../modules/exchange/outbox/statements.ts";
import { checkExchangeProof } from "../../verify/exchange-proof.mjs";

const system = createServer((_, res) => res.writeHead(200, { "content-type": "application/json" }).end('{"rows":[]}'));
let w, proof, anchors;
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf" });
  await new Promise((done) => system.listen(0, "127.0.0.1", done));
  await w.transaction((ctx) => setBase(ctx, "sandbox", `http://127.0.0.1:${system.address().port}`));
  const j = w.kernel.jobContext("exchange.test");
  const question = {
    client: "BF/GOV/MIN-JUSTICE/SERVICES",
    service: "BF/GOV/ONI/IDENTITE/persons",
    query: { nip: "1" },
    purpose: "criminal-record-extract",
  };
  const { exchangeId, headers } = await ask(j, question);
  const messages = [{ exchange: exchangeId, hash: headers["x-road-request-hash"] }];
  const institution = { id: "bf-oni", name: "ONI" };
  const said = await state(j, { kind: "received", institution, clientInstitution: "bf-min-justice", messages });
  await w.transaction((ctx) => keep(ctx, said, "here"));
  await w.sweep("exchange.seal-log");
  await w.sweep("exchange.stamp-log");
  proof = await w.call(readProof, { exchange: exchangeId }, { as: w.clerk("bf-min-justice", ["exchange.prove-message"]) });
  anchors = (await w.fetch("/trust/anchors.pem")).text;
});
after(async () => {
  system.close();
  await w.close();
});

test("a signed receipt is proven with the message it names, and is a leaf of the tree", () => {
  const [receipt] = proof.statements;
  assert.equal(receipt.kind, "received");
  assert.deepEqual(checkExchangeProof(proof, anchors).faults, []);
  assert.equal(JSON.parse(receipt.tree.entry).kind, "statement");
  assert.ok(receipt.tree.stamp);
});

test("another text, signer, message or leaf is refused", () => {
  const refused = (change, words) => {
    const copy = structuredClone(proof);
    change(copy.statements[0], copy);
    assert.match(checkExchangeProof(copy, anchors).faults.join("; "), words);
  };
  refused((s) => (s.text = s.text.replace("received", "expired")), /received: the signature does not fit/);
  refused((s) => (s.kind = "expired"), /the text says something else/);
  refused((s, p) => (s.certificate = p.messages[0].certificate), /the signature does not fit/);
  refused((s) => (s.certificate = ""), /no certificate/);
  refused((s, p) => (p.exchange = "0199aaaa-0000-7000-8000-000000000001"), /it is about another message/);
  refused((s, p) => (s.tree = p.tree[0]), /the entry is about another statement/);
  refused((s) => (s.tree.index += 1), /does not lead/);
});
