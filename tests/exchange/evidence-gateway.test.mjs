import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, join, keepUp, pull } from "#exchange";
import { provide } from "#kernel";
import { world } from "#kernel/testing";
import { testKeys } from "#trust/conformance";
import { timeStampPort } from "#trust/ports";
import { exportMessage } from "../../modules/exchange/evidence/export.ts";
import { checkContainer } from "../../verify/asic-e.mjs";
import { modulesOfGateway, tokenFrom, twoServers, urlOf } from "./two-servers.ts";

const question = {
  client: "BF/GOV/MIN-JUSTICE/SERVICES",
  service: "BF/GOV/ONI/IDENTITE/persons",
  query: { nip: "1" },
  purpose: "criminal-record-extract",
};
let p, exchangeId;
const anchors = async (w) => (await w.fetch("/trust/anchors.pem")).text;
const sealed = async (w) => {
  await w.sweep("exchange.seal-log");
  await w.sweep("exchange.stamp-log");
};
before(async () => {
  p = await twoServers();
  const answer = await ask(p.hj, question);
  assert.equal(answer.outcome, "answered", JSON.stringify(answer));
  exchangeId = answer.exchangeId;
  for (const w of [p.house, p.gateway]) await sealed(w);
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

test("with the centre's authority as its own stamper, the centre's root is enough", async () => {
  const stamper = httpStamps(`${urlOf(p.house)}/tsa`);
  const other = await world({
    modules: modulesOfGateway,
    drivers: [testKeys, provide(timeStampPort, () => stamper)],
    country: "bf",
    env: { TOGUNA_ROLE: "gateway", TOGUNA_GATEWAY_PORT: "0", TOGUNA_TSA_URL: `${urlOf(p.house)}/tsa` },
  });
  try {
    const j = other.kernel.jobContext("exchange.test");
    const token = await tokenFrom(p.house, "SRV2", "bf-arcep");
    assert.equal((await join(j, { token, address: "127.0.0.1:0" }))?.state, "joined");
    for (const [job, look] of [
      [j, keepUp],
      [p.hj, keepUp],
      [j, pull],
    ])
      await look(job);
    await other.owner(`insert into exchange.base (name, url) values ('sandbox', $1) on conflict (name) do update set url = $1`, [
      p.system.url,
    ]);
    const { rows } = await p.house.owner(
      "select r.service, r.subject, r.purposes[1] as purpose from exchange.access_right r join exchange.service s on s.id = r.service where s.institution = 'bf-arcep' and s.kind = 'http' and r.subject like 'BF/%' limit 1",
    );
    const answer = await ask(p.hj, { client: rows[0].subject, service: rows[0].service, purpose: rows[0].purpose });
    assert.equal(answer.outcome, "answered", JSON.stringify(answer));
    await sealed(other);
    const o = { exchange: answer.exchangeId, side: "provider", direction: "response" };
    const made = await other.transaction((ctx) => exportMessage(ctx, o), { institution: "bf-arcep" });
    const said = checkContainer(made.bytes, await anchors(p.house));
    assert.deepEqual(said.faults, []);
    assert.ok(said.stampedAt instanceof Date);
    assert.match(said.notes.join(), /its place in the tree is not proven to you/);
    assert.deepEqual(checkContainer(made.bytes, await anchors(other)).faults, []);
  } finally {
    await other.close();
  }
});

function httpStamps(url) {
  return {
    async stamp(body) {
      const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/timestamp-query" }, body });
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}
