/** Two instances that exchanged anchors: what each shows the other, who may ask, what is kept of it, who ends it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, invite, join, keepUp, pull, readToken } from "#exchange";
import { openToInstance, readFederation, decideFederation, resumeFederation, retireServer, suspendFederation } from "#exchange/api";
import { renewConfigurationKey } from "#trust";
import { exportMessage } from "../../modules/exchange/evidence/export.ts";
import { r1 } from "../../modules/exchange/gates/r1/serve.ts";
import { monitored, yearOf } from "../../modules/exchange/monitoring/store.ts";
import { readsOf } from "../../modules/exchange/log/store-search.ts";
import { hear } from "../../modules/exchange/federation/pull.ts";
import { ensureAnchor } from "../../modules/exchange/federation/own.ts";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { until } from "../client.ts";
import { gatewayId, gatewayWorld, sidesOf } from "./two-servers.ts";
import { client, federated, fingerprintOf, granted, type Instance, question, service } from "./two-instances.ts";
// @ts-expect-error plain JavaScript, for strangers
import { checkContainer } from "../../verify/asic-e.mjs";

let bf: Instance;
let tg: Instance;
let ids: { bf: string; tg: string };
before(async () => {
  ({ bf, tg, ids } = await federated());
});
after(async () => {
  await bf?.close();
  await tg?.close();
});

test("each sees of the other what was opened to it, and nothing else", async () => {
  const seen = await tg.world.call(readFederation, { id: ids.tg }, { as: tg.first });
  assert.deepEqual([seen.members.map((m) => m.id), seen.services.map((s) => s.id)], [["BF/GOV/ONI"], [service]]);
  assert.deepEqual([seen.federation.outdated, seen.federation.fault], [false, undefined]);
  const other = await bf.world.call(readFederation, { id: ids.bf }, { as: bf.first });
  assert.deepEqual([other.members.map((m) => m.id), other.services], [["TG/GOV/ATD"], []]);
  const shown = JSON.stringify((await bf.world.owner("select document from exchange.federation_published")).rows);
  assert.doesNotMatch(
    shown,
    /sandbox|127\.0\.0\.1:(?!\d+\\")\d+\/|CASIER|bf-oni/,
    "no address of a system, no other member, no name of the registry",
  );
});

test("a program at the other instance's port reads its catalogue as X-Road lists a foreign instance", async () => {
  const surface = r1(() => tg.j, { identify: () => "any", precise: false, legacy: false });
  const port = createServer((req, res) => surface.request(req, res));
  await new Promise<void>((done) => port.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(port.address() as AddressInfo).port}`;
  try {
    const get = async (path: string) => {
      const r = await fetch(url + path, { headers: { accept: "application/json", "X-Road-Client": client } });
      return { status: r.status, body: (await r.json()) as Record<string, never[]> };
    };
    const foreign = await get("/listClients?xRoadInstance=BF");
    assert.deepEqual(
      (foreign.body.member as { id: object; name: string; subsystem_name?: string }[]).map((m) => m.id),
      [
        { object_type: "MEMBER", xroad_instance: "BF", member_class: "GOV", member_code: "ONI" },
        { object_type: "SUBSYSTEM", xroad_instance: "BF", member_class: "GOV", member_code: "ONI", subsystem_code: "IDENTITE" },
      ],
    );
    const own = await get("/listClients");
    assert.ok((own.body.member as { id: { xroad_instance: string } }[]).every((m) => m.id.xroad_instance === "TG"));
    assert.equal((await get("/listClients?xRoadInstance=ML")).status, 400);
    const methods = await get("/r1/BF/GOV/ONI/IDENTITE/listMethods");
    assert.deepEqual(
      (methods.body.service as { service_code: string }[]).map((s) => s.service_code),
      ["persons"],
    );
    const none = await get("/r1/BF/GOV/ONI/IDENTITE/allowedMethods");
    assert.deepEqual(none.body.service, []);
    assert.equal((await get("/r1/BF/GOV/ONI/IDENTITE/getOpenAPI?serviceCode=persons")).status, 200);
    // waiting messages do not cross a border, and say so before anything is signed
    const later = await fetch(`${url}/r1/${service}?nip=1`, {
      headers: { "X-Road-Client": client, "Exchange-Purpose": "identity-proof", Prefer: "respond-async" },
    });
    assert.equal(later.status, 400, await later.text());
  } finally {
    port.close();
  }
});

test("without a right the question is refused by its provider; with one, only its fields cross the border", async () => {
  const refused = await ask(tg.j, question);
  assert.match((refused as { type: string }).type, /serverproxy\.access_denied/);
  assert.deepEqual(bf.system.hits, []);
  await granted(bf);
  const answer = await ask(tg.j, question);
  assert.ok(answer.outcome === "answered", JSON.stringify(answer));
  assert.deepEqual(answer.body, { rows: [{ family: "Zongo", given: "Awa" }] });
  const wrong = await ask(tg.j, { ...question, purpose: "electoral-roll" });
  assert.match((wrong as { type: string }).type, /access_denied\.purpose/);
  assert.equal(bf.system.hits.length, 1);
  // the client's own instance cannot be borrowed: each house signs for its members alone
  const borrowed = await ask(bf.j, question);
  assert.equal(borrowed.outcome, "refused");
  const rows = await bf.world.owner("select count(*)::int as n from trust.certificate where subject like 'TG/%'");
  assert.equal(rows.rows[0].n, 0, "no authority of ours certified a member of theirs");
});

test("both sides prove both messages with both anchors, and with one's own alone they do not", async () => {
  const answer = await ask(tg.j, question);
  assert.ok(answer.outcome === "answered");
  const exchange = answer.exchangeId;
  for (const one of [bf, tg]) {
    await one.world.sweep("exchange.seal-log");
    await one.world.sweep("exchange.stamp-log");
  }
  const roots = async (one: Instance): Promise<string> =>
    (JSON.parse(JSON.parse(await one.file()).anchor) as { authorities: string[] }).authorities.join("");
  const both = (await roots(bf)) + (await roots(tg));
  for (const direction of ["request", "response"] as const) {
    const sides = await Promise.all([
      tg.world.transaction((ctx) => exportMessage(ctx, { exchange, side: "client", direction }), { institution: "tg-atd" }),
      bf.world.transaction((ctx) => exportMessage(ctx, { exchange, side: "provider", direction }), { institution: "bf-oni" }),
    ]);
    for (const [i, made] of sides.entries()) {
      assert.ok(made?.stamped, `${direction} ${i}`);
      assert.deepEqual(checkContainer(made.bytes, both).faults, []);
      const foreign = (direction === "request") === (i === 1);
      const alone = checkContainer(made.bytes, await roots(i === 0 ? tg : bf)).faults as string[];
      assert.equal(alone.length > 0, foreign, `${direction} ${i}: ${alone.join()}`);
    }
  }
});

test("what a citizen and an auditor read of it carries the other instance's names", async () => {
  const { rows } = await bf.world.owner("select person from exchange.concern limit 1");
  const read = await bf.world.transaction((ctx) => readsOf(ctx.db, rows[0].person as string, undefined, 5));
  assert.deepEqual([read[0]!.client, read[0]!.clientName?.en], [client, "Togo Digital Agency"]);
  const all = { from: new Date(0), to: new Date("2100-01-01"), client: undefined, limit: 100 };
  const seen = await tg.world.transaction((ctx) => monitored(ctx.db, { ...all, whose: "all" }));
  const year = await tg.world.transaction((ctx) => yearOf(ctx.db, { institution: "tg-atd", from: all.from, to: all.to, zone: "UTC" }));
  assert.ok(year.some((line) => line.other === "BF/GOV/ONI" && line.otherName?.fr && line.title?.fr));
  assert.ok(seen.some((row) => row.service === service && row.outcome === "answered" && row.personAt === 0));
});

test("a new signing key, signed for by the one before, interrupts nobody", async () => {
  const before = await fingerprintOf(bf);
  bf.world.clock.advance(60);
  tg.world.clock.advance(60);
  await renewConfigurationKey(bf.j);
  await ensureAnchor(bf.j);
  assert.notEqual(await fingerprintOf(bf), before);
  const heard = await hear(tg.j, "BF", { fresh: true });
  assert.ok(heard.ok, JSON.stringify(heard));
  const seen = await tg.world.call(readFederation, { id: ids.tg }, { as: tg.first });
  assert.deepEqual([seen.federation.fingerprint, seen.federation.state], [await fingerprintOf(bf), "approved"]);
  assert.equal((await ask(tg.j, question)).outcome, "answered");
});

test("an institution’s own gateway answers across the border, and asks there; what its centre stops, it stops", async () => {
  const gateway = await gatewayWorld();
  const g = gateway.kernel.jobContext("exchange.test");
  try {
    const { token } = await bf.world.transaction((ctx) => invite(ctx, { institution: "bf-oni", code: "SRV1" }), {
      caller: { kind: "system", module: "gateway-invite" },
    });
    assert.equal((await join(g, { token: readToken(token)!, address: "127.0.0.1:0" }))?.state, "joined");
    await keepUp(bf.j);
    await hear(tg.j, "BF", { fresh: true });
    assert.ok((await pull(g)).ok);
    await keepUp(g);
    const answer = await ask(tg.j, question);
    assert.ok(answer.outcome === "answered", JSON.stringify(answer));
    assert.deepEqual(await sidesOf(gateway, answer.exchangeId), ["provider answered"]);
    assert.deepEqual(await sidesOf(bf.world, answer.exchangeId), [], "the house has no part in it");

    // the other way: opened there to us, opened here to them, and refused by the one who has the right to refuse
    const register = "TG/GOV/DGDN/IDENTITE/persons";
    await tg.world.call(openToInstance, { instance: "BF", what: register, open: true }, { as: tg.first });
    await hear(bf.j, "TG", { fresh: true });
    assert.ok((await pull(g)).ok);
    const asking = { ...question, client: "BF/GOV/ONI/IDENTITE", service: register };
    const other = await ask(g, asking);
    assert.match((other as { type?: string }).type ?? JSON.stringify(other), /serverproxy\.access_denied/);

    await bf.world.call(suspendFederation, { id: ids.bf, reason: "Essai" }, { as: bf.first });
    assert.ok((await pull(g)).ok);
    await keepUp(g);
    assert.equal((await ask(tg.j, question)).outcome, "unavailable");
    await until(
      "the gateway knows the other instance no more",
      () => ask(g, asking),
      (one) => /unknown_service/.test((one as { type?: string }).type ?? ""),
    );
    await bf.world.call(resumeFederation, { id: ids.bf }, { as: bf.first });
    await bf.world.call(decideFederation, { id: ids.bf, outcome: "approved", fingerprint: await fingerprintOf(tg) }, { as: bf.second });
    const retired = bf.world.clerk("bf-anptic", ["exchange.manage-servers"]);
    await bf.world.call(retireServer, { id: gatewayId }, { as: retired });
    await bf.world.settle();
    await keepUp(bf.j);
    await hear(tg.j, "BF", { fresh: true });
  } finally {
    await gateway.close();
  }
});

test("closing the opening closes the way; suspending cuts what is under way, and two people open it again", async () => {
  await bf.world.call(openToInstance, { instance: "TG", what: service, open: false }, { as: bf.first });
  await hear(tg.j, "BF", { fresh: true });
  // the directory in memory may be a second old
  await until(
    "the service is unknown",
    () => ask(tg.j, question),
    (answer) => /unknown_service/.test((answer as { type?: string }).type ?? ""),
  );
  await bf.world.call(openToInstance, { instance: "TG", what: service, open: true }, { as: bf.first });
  await hear(tg.j, "BF", { fresh: true });

  let reached = (): void => undefined;
  const arrived = new Promise<void>((done) => (reached = done));
  const usual = bf.system.answer;
  bf.system.answer = (_req, res) => {
    res.writeHead(200, { "content-type": "application/json" }).write('{"rows":[');
    reached();
  };
  const running = ask(tg.j, question);
  await arrived;
  await bf.world.call(suspendFederation, { id: ids.bf, reason: "Convention à revoir" }, { as: bf.first });
  const cut = await running;
  assert.equal(cut.outcome, "unavailable", JSON.stringify(cut));
  bf.system.answer = usual;
  const refused = await ask(tg.j, question);
  assert.equal(refused.outcome, "unavailable", "its certificate opens nothing there any more");
  const heard = await hear(tg.j, "BF", { fresh: true });
  assert.match((heard as { why: string }).why, /partner-not-proved/);
  const seen = await tg.world.call(readFederation, { id: ids.tg }, { as: tg.first });
  assert.match(seen.federation.fault!, /partner-not-proved/);

  await assert.rejects(bf.world.call(suspendFederation, { id: ids.bf, reason: "encore" }, { as: bf.first }), /federation-closed/);
  await bf.world.call(resumeFederation, { id: ids.bf }, { as: bf.first });
  const approve = { id: ids.bf, outcome: "approved" as const, fingerprint: await fingerprintOf(tg) };
  await assert.rejects(bf.world.call(decideFederation, approve, { as: bf.first }), /federation-second-person/);
  await bf.world.call(decideFederation, approve, { as: bf.second });
  await bf.world.settle();
  await keepUp(bf.j);
  assert.ok((await hear(tg.j, "BF", { fresh: true })).ok);
  assert.equal((await ask(tg.j, question)).outcome, "answered");
});
