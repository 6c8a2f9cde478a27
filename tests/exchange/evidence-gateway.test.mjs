import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask } from "#exchange";
import { exportMessage } from "../../modules/exchange/evidence/export.ts";
import { checkContainer } from "../../verify/asic-e.mjs";
import { twoServers } from "./two-servers.ts";

let p, exchangeId;
const anchors = async (w) => (await w.fetch("/trust/anchors.pem")).text;
before(async () => {
  p = await twoServers();
  const answer = await ask(p.hj, {
    client: "BF/GOV/MIN-JUSTICE/SERVICES",
    service: "BF/GOV/ONI/IDENTITE/persons",
    query: { nip: "1" },
    purpose: "criminal-record-extract",
  });
  assert.equal(answer.outcome, "answered", JSON.stringify(answer));
  exchangeId = answer.exchangeId;
  for (const w of [p.house, p.gateway]) {
    await w.sweep("exchange.seal-log");
    await w.sweep("exchange.stamp-log");
  }
});
after(() => p.close());

const container = (w, side, institution, direction) =>
  w.transaction((ctx) => exportMessage(ctx, { exchange: exchangeId, side, direction }), { institution });

test("each side proves both messages from its own log, tree and time stamp", async () => {
  for (const direction of ["request", "response"]) {
    const house = await container(p.house, "client", "bf-min-justice", direction);
    const gateway = await container(p.gateway, "provider", "bf-oni", direction);
    const [one, other] = [checkContainer(house.bytes, await anchors(p.house)), checkContainer(gateway.bytes, await anchors(p.gateway))];
    assert.deepEqual([one.faults, other.faults], [[], []]);
    assert.equal(one.message.toString(), other.message.toString());
    assert.equal(one.signer, other.signer);
    assert.notEqual(one.entry.side, other.entry.side);
    assert.equal(one.entry.signature, other.entry.signature);
  }
});

test("a gateway's stamp is its own authority's: who trusts the centre's root only is told so", async () => {
  const made = await container(p.gateway, "provider", "bf-oni", "response");
  assert.match(checkContainer(made.bytes, await anchors(p.house)).faults.join(), /time stamp does not hold/);
});
