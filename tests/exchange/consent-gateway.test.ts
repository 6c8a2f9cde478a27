/** A register behind its own gateway: how it knows of consents, how soon of one taken back, and what it does when nobody tells it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask } from "#exchange";
import * as api from "#exchange/api";
import { consentsSince } from "../../modules/exchange/consent/gate.ts";
import { judgeSaid, pullConsents } from "../../modules/exchange/consent/pull.ts";
import { reportConcerned } from "../../modules/exchange/access/report.ts";
import { tellGateways } from "../../modules/exchange/servers/sweeps.ts";
import { signMessage } from "../../modules/exchange/gateway/signatures.ts";
import { receive } from "../../modules/exchange/gateway/provider.ts";
import { noBody } from "../../modules/exchange/gateway/spool.ts";
import { requestOn } from "../../modules/exchange/transport/dial.ts";
import { until } from "../client.ts";
import { partOf } from "./peer.ts";
import { gatewayId, type Pair, twoServers } from "./two-servers.ts";

const service = "BF/GOV/ONI/IDENTITE/persons";
const client = "BF/GOV/DGTTM/TRANSPORTS";
const purpose = "vehicle-registration";

let p: Pair;
before(async () => {
  p = await twoServers();
  await p.house.owner("update exchange.access_right set consent_days = 30 where id = 'registration-identity'");
  await p.look();
  p.system.answer = (req, res) => {
    const nip = new URL(req.url!, "http://x").searchParams.get("nip");
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ rows: [{ nip, family: "Zongo", phone: "1" }] }));
  };
});
after(() => p.close());

const clerk = () => p.house.clerk("bf-dgttm", ["exchange.ask-consent"]);
const herself = (nip: string) => p.house.citizen({ person: `page-${nip}` });
const wanted = async (nip: string) =>
  (await p.house.call(api.askConsent, { client, service, purpose, identityNumber: nip, present: false }, { as: clerk() })).id;
async function given(nip: string): Promise<string> {
  const id = await wanted(nip);
  await p.house.call(api.giveConsent, { id }, { as: herself(nip) });
  return id;
}
const read = (nip: string, consent: string) => ask(p.hj, { client, service, purpose, query: { nip }, consent });
const refused = async (nip: string, consent: string): Promise<string> => {
  const answer = await read(nip, consent);
  assert.equal(answer.outcome, "refused", JSON.stringify(answer));
  return (answer as { type: string }).type.replace(/^server\.serverproxy\.(access_denied\.)?/, "");
};
const pulled = () =>
  until(
    "the centre is heard",
    () => pullConsents(p.gj),
    (one) => one.ok,
  );

test("a consent given a moment ago is found at the centre; the answer says what the gateway knew, and the read is on her page under it", async () => {
  const id = await given("N1001");
  const answer = await until(
    "the consent is known",
    () => read("N1001", id),
    (one) => one.outcome === "answered",
  );
  assert.ok(answer.outcome === "answered");
  assert.match(answer.headers["exchange-consent"]!, new RegExp(`^${id};age=\\d+$`));
  assert.deepEqual(answer.body, { rows: [{ nip: "N1001", family: "Zongo" }] });
  // no number lies in the gateway's list
  const { rows } = await p.gateway.owner("select row_to_json(c)::text as line from exchange.consent_known c");
  assert.ok(rows.length === 1 && !rows[0].line.includes("N1001"));
  await until(
    "the read is on her page",
    () => reportConcerned.run(p.gj).then(() => p.house.owner("select consent from exchange.concern where person = 'page-N1001'")),
    ({ rows }) => rows.length > 0,
  );
  const mine = await p.house.call(api.myConsent, { id }, { as: herself("N1001") });
  assert.deepEqual([mine.consent.uses, mine.reads[0]?.consent], [1, id]);
  // hers, not another's; and not for another's number
  assert.equal(await refused("N1002", id), "consent_unfit");
  assert.equal(await refused("N1001", p.gj.ids.uuid()), "consent_unfit");
});

test("a consent stands beside a read only on the page of who gave it, whatever a gateway's report says", async () => {
  const id = await given("N1501");
  const exchange = p.gj.ids.uuid();
  const part = partOf({ client, service, exchange }).replace("nip=1", "nip=N1502").replace("criminal-record-extract", purpose);
  const signed = await signMessage(
    p.hj,
    { id: "bf-dgttm", name: "DGTTM" },
    { part: `${part}Exchange-Consent:${id}\r\n`, bodyHash: undefined },
  );
  const { serial, certificate } = signed;
  const question = {
    part: signed.part,
    signature: Buffer.from(signed.signature).toString("base64"),
    certificate,
    serial,
    signedAt: signed.signedAt.toISOString(),
  };
  const read = { exchange, client, service, purpose, status: 200, fields: [], given: ["N1502"], consent: id };
  const body = Buffer.from(JSON.stringify({ reads: [{ read, question }] }));
  const res = await requestOn(p.gj, "BF/CENTRE", { method: "POST", path: "/concerned", body, signal: AbortSignal.timeout(5000) });
  res.resume();
  assert.equal(res.statusCode, 204);
  const { rows } = await p.house.owner("select person, consent from exchange.concern where exchange = $1", [exchange]);
  assert.deepEqual(rows, [{ person: "page-N1502", consent: null }]);
});

test("one taken back is told to the gateway at the next look of the house, nothing passes any more", async () => {
  const id = await given("N2001");
  await pulled();
  assert.equal((await read("N2001", id)).outcome, "answered");
  await p.house.call(api.withdrawConsent, { id }, { as: herself("N2001") });
  await tellGateways.run(p.hj);
  const told = () => p.gateway.owner("select withdrawn_at from exchange.consent_known where id = $1", [id]);
  await until("it is taken back there", told, ({ rows }) => rows[0]?.withdrawn_at !== null);
  assert.equal(await refused("N2001", id), "consent_withdrawn");
});

test("alone, the gateway goes on with what it knows and says how old that is; what it cannot know it refuses, beyond the policy all", async () => {
  const known = await given("N3001");
  await pulled();
  const centre = (await p.gateway.owner("select centre from exchange.joined")).rows[0].centre as string;
  await p.gateway.owner("update exchange.joined set centre = 'http://127.0.0.1:1'");
  try {
    const unheard = await given("N3002");
    for (const w of [p.house, p.gateway]) w.clock.advance(3600);
    const answer = await read("N3001", known);
    assert.ok(answer.outcome === "answered", JSON.stringify(answer));
    const age = Number(/age=(\d+)/.exec(answer.headers["exchange-consent"]!)![1]);
    assert.ok(age >= 3600 && age < 3700, String(age));
    assert.equal(
      await refused("N3002", unheard),
      "consent_stale",
      "perhaps given since: not the client's fault, and no reason to believe it",
    );
    // a message that waits anyway waits until the centre is heard
    const part = partOf({ client, service, exchange: p.gj.ids.uuid() })
      .replace("nip=1", "nip=N3002")
      .replace("criminal-record-extract", purpose);
    const asked = `${part}Exchange-Consent:${unheard}\r\n`;
    const { bodyHash: _, ...signed } = await signMessage(p.hj, { id: "bf-dgttm", name: "DGTTM" }, { part: asked, bodyHash: undefined });
    const waiting = { ...signed, body: noBody, person: undefined, keep: false, verbatim: true };
    const expires = new Date(p.gateway.clock.now().getTime() + 3_600_000);
    assert.deepEqual(await receive(p.gj, waiting, { stored: { expires } }), {
      kind: "failed",
      type: "server.serverproxy.consent_stale",
      sent: false,
    });
    // a clock set back makes nothing valid again: the centre has spoken since
    const spoken = new Date(p.gateway.clock.now().getTime() - 100_000);
    await p.gateway.owner("update exchange.consent_heard set at = $1", [spoken]);
    await p.gateway.owner("update exchange.consent_known set until_at = $2::timestamptz - interval '20 minutes' where id = $1", [
      known,
      spoken,
    ]);
    p.gateway.clock.advance(-3000);
    assert.equal(await refused("N3001", known), "consent_expired");
    p.gateway.clock.advance(3000);
    await p.gateway.owner("update exchange.consent_heard set at = at - interval '8 days'");
    assert.equal(await refused("N3001", known), "consent_stale");
  } finally {
    await p.gateway.owner("update exchange.joined set centre = $1", [centre]);
  }
  await pulled();
});

test("only the centre's own newest word to this very server counts", async () => {
  const said = await consentsSince(p.hj, gatewayId, "0");
  const { rows } = await p.gateway.owner("select anchor from exchange.joined");
  const q = { server: gatewayId, since: "0", now: p.house.clock.now(), anchors: new Set([rows[0].anchor as string]) };
  const judged = judgeSaid(said, q);
  assert.ok(judged.ok && judged.lines.length >= 4);
  const no = (s: typeof said, more: Partial<typeof q> = {}) => assert.equal(judgeSaid(s, { ...q, ...more }).ok, false);
  no({ ...said, list: said.list.replace('"withdrawn":"', '"withdrawn":null,"x":"') });
  no({ ...said, list: "[]" });
  no({ ...said, word: said.word.replace(gatewayId, "BF/GOV/DGI/SRV1") });
  no({ ...said, signature: Buffer.alloc(64).toString("base64") });
  no(said, { server: "BF/GOV/DGI/SRV1" });
  no(said, { since: "1" });
  no(said, { anchors: new Set(["00"]) });
  no(said, { now: new Date(q.now.getTime() - 3_600_000) });
  // another server is told nothing of it
  assert.deepEqual(JSON.parse((await consentsSince(p.hj, "BF/GOV/DGI/SRV1", "0")).list), []);
  // an old answer played again takes no withdrawal back
  const before = (await p.gateway.owner("select count(*)::int as n from exchange.consent_known where withdrawn_at is not null")).rows[0].n;
  await p.gateway.owner("update exchange.consent_heard set upto = 0, at = at - interval '1 hour'");
  await pulled();
  const after = (await p.gateway.owner("select count(*)::int as n from exchange.consent_known where withdrawn_at is not null")).rows[0].n;
  assert.deepEqual([before, after], [1, 1]);
});
