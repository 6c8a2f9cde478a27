import assert from "node:assert/strict";
import { createPublicKey, verify as ecVerify, X509Certificate } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, test } from "node:test";
import fc from "fast-check";
import { factsOf } from "#kernel";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import * as api from "../api.ts";
import type { Answer, Question } from "../door.ts";
import { ask, exchange, offer, setBase, subsystemOf } from "../index.ts";
import { toBeSigned } from "../evidence/xades.ts";
import { requestHash } from "../protocol/header.ts";
import { accept } from "./ask.ts";
import { hashOf, readRequest, requestOf, responseOf } from "./message.ts";
import { receive } from "./provider.ts";
import { signMessage } from "./signatures.ts";
import { bodyOf, noBody } from "./spool.ts";

const justice = "BF/GOV/MIN-JUSTICE/SERVICES";
const persons = "BF/GOV/ONI/IDENTITE/persons";
const rowsOf = (request: IncomingMessage): object => ({
  rows: [
    {
      nip: new URL(request.url!, "http://h").searchParams.get("nip"),
      family: "Zongo",
      birth: { date: "1985-06-20" },
      phone: "+22670000013",
    },
  ],
});
const proper: RequestListener = (req, res) => {
  res
    .writeHead(200, { "content-type": "application/json", "set-cookie": "a=b", "x-road-service": "ZZ/forged" })
    .end(JSON.stringify(rowsOf(req)));
};

let w: World;
let visits: IncomingMessage[] = [];
let reply: RequestListener = proper;
const system = createServer((req, res) => {
  visits.push(req);
  reply(req, res);
});
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf" });
  await new Promise<void>((done) => system.listen(0, "127.0.0.1", done));
  await w.transaction((ctx) => setBase(ctx, "sandbox", `http://127.0.0.1:${(system.address() as AddressInfo).port}`));
  await w.owner("update exchange.service set timeout_seconds = 1 where id = $1", [persons]);
});
after(async () => {
  system.closeAllConnections();
  system.close();
  await w.close();
});
afterEach(() => {
  reply = proper;
  visits = [];
});

const job = () => w.kernel.jobContext("exchange.test");
const question: Question = { client: justice, service: persons, query: { nip: "99198500000353836" }, purpose: "criminal-record-extract" };
const put = (more: Partial<Question> = {}): Promise<Answer> => ask(job(), { ...question, ...more });
const refusedAs = async (type: string, more: Partial<Question>) => {
  const answer = await put(more);
  assert.ok(answer.outcome === "refused", answer.outcome);
  assert.equal(answer.type, type);
  assert.ok(answer.problem.kind.title.fr.length > 10);
  return answer;
};
const manager = (institution: string) =>
  w.clerk(institution, ["exchange.search-log", "exchange.prove-message", "exchange.manage-services", "exchange.read-rights"]);
const logged = async (exchangeId: string) =>
  (
    await w.owner(
      "select r.side, o.outcome, o.error_type from exchange.request r left join exchange.outcome o using (exchange, side) where exchange = $1 order by side",
      [exchangeId],
    )
  ).rows as { side: string; outcome: string; error_type: string | null }[];

test("the whole way: asked, answered, filtered, signed twice, logged four times", async () => {
  const answer = await put({ issue: "ZZ-1", userId: "account-1" });
  assert.ok(answer.outcome === "answered", JSON.stringify(answer));
  assert.deepEqual(answer.body, { rows: [{ nip: "99198500000353836", family: "Zongo", birth: { date: "1985-06-20" } }] });
  assert.deepEqual([answer.status, answer.answeredBy.institution, answer.answeredBy.kind], [200, "bf-oni", "system"]);
  assert.equal(answer.headers["x-road-service"], persons);
  assert.ok(!("set-cookie" in answer.headers), "no header of the provider passes beside restricted fields");
  assert.equal(visits[0]!.headers["x-road-client"], justice);
  assert.equal(visits[0]!.headers["exchange-purpose"], "criminal-record-extract");
  assert.deepEqual(await logged(answer.exchangeId), [
    { side: "client", outcome: "answered", error_type: null },
    { side: "provider", outcome: "answered", error_type: null },
  ]);
});

test("either side proves the exchange to a stranger who has only Node", async () => {
  const answer = await put();
  for (const institution of ["bf-min-justice", "bf-oni"]) {
    const proof = await w.call(api.readProof, { exchange: answer.exchangeId }, { as: manager(institution) });
    assert.equal(proof.messages.length, 2);
    for (const m of proof.messages) {
      const bodyHash = m.bodyHash ? Buffer.from(m.bodyHash, "base64") : undefined;
      const covered = (part: string) => toBeSigned({ part, bodyHash, certificate: m.certificate, signedAt: new Date(m.signedAt) });
      const key = createPublicKey(new X509Certificate(m.certificate).publicKey.export({ format: "pem", type: "spki" }));
      const check = (b: Buffer) => ecVerify("sha256", b, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(m.signature, "base64"));
      assert.ok(check(covered(m.headerPart)));
      assert.ok(!check(covered(m.headerPart.replace("r", "R"))));
      assert.equal(m.bodyKept, false);
    }
    assert.equal(proof.facts.length, 0, "nobody is concerned: the rows themselves are the record");
    assert.ok(proof.messages[1]!.headerPart.includes(`x-road-request-hash:${requestHash(proof.messages[0]!.headerPart)}\r\n`));
  }
  await assert.rejects(w.call(api.readProof, { exchange: answer.exchangeId }, { as: manager("bf-cnss") }), /exchange-unknown/);
});

test("the person concerned sees who asked, why, and which fields; nobody else does", async () => {
  const citizen = w.citizen();
  await put({ person: citizen.person!, issue: "ZZ-2" });
  w.clock.advance(1);
  await refusedAs("server.serverproxy.access_denied.purpose", { person: citizen.person!, purpose: "passport" });
  const { reads } = await w.call(api.readsOfMe, {}, { as: citizen });
  assert.deepEqual(
    reads.map((r) => r.outcome),
    ["refused", "answered"],
  );
  const read = reads[1]!;
  assert.equal(read.provider.name, "Office national d’identification");
  assert.equal(read.client.name, "Ministère de la Justice");
  assert.deepEqual(read.fields, ["Numéro d’identité", "Nom", "Date de naissance"]);
  assert.match(read.purpose, /bulletin/);
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: `person:${citizen.person}` }));
  assert.deepEqual(facts.map((f) => f.type).reverse(), ["exchange.asked", "exchange.answered", "exchange.asked", "exchange.refused"]);
  assert.ok(facts.some((f) => f.id === read.fact));
  assert.deepEqual((await w.call(api.readsOfMe, {}, { as: w.citizen() })).reads, []);
  const first = await w.call(api.readsOfMe, { limit: 1 }, { as: citizen });
  const second = await w.call(api.readsOfMe, { limit: 1, after: first.next! }, { as: citizen });
  assert.deepEqual([first.reads[0]!.outcome, second.reads[0]!.outcome, second.next], ["refused", "answered", undefined]);
});

test("no right, no purpose, no such thing: refused, and the institution’s system is never asked", async () => {
  await refusedAs("server.serverproxy.access_denied", { client: "BF/GOV/CNSS/PRESTATIONS" });
  await refusedAs("server.serverproxy.access_denied.purpose", { purpose: "curiosity" });
  await refusedAs("server.serverproxy.access_denied", { method: "POST", body: {} });
  await refusedAs("server.serverproxy.access_denied", { path: "/all" });
  await refusedAs("server.serverproxy.bad_request", { query: { nip: "1", fields: "*" } });
  await refusedAs("server.clientproxy.unknown_member", { client: "BF/GOV/NOBODY/SERVICES" });
  await refusedAs("server.clientproxy.unknown_member", { client: "ZZ/GOV/MIN-JUSTICE/SERVICES" });
  await refusedAs("server.clientproxy.unknown_service", { service: "BF/GOV/ONI/IDENTITE/everything" });
  await refusedAs("client.clientproxy.invalid_client_identifier", { client: "BF/GOV/MIN-JUSTICE" });
  await refusedAs("client.clientproxy.invalid_client_identifier", { client: `${justice}\r\nX-Road-Client:BF/GOV/ONI/IDENTITE` });
  for (const path of ["/../x", "/%2e%2e/x", "/a%2fb", "/a//b", "nip"]) await refusedAs("client.clientproxy.bad_request", { path });
  await refusedAs("client.clientproxy.bad_request", { issue: "a\r\nX-Road-Client:x" });
  await refusedAs("client.clientproxy.bad_request", { purpose: "" });
  assert.equal(visits.length, 0);
});

test("fuzz: whatever is asked, the answer is one of the five, and nothing made up reaches the institution", async () => {
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom(justice, persons, "criminal-record-extract", "\u0000", "\ud800", "x".repeat(9000)),
  );
  const odd = fc.record(
    {
      client: word,
      service: word,
      path: word,
      purpose: word,
      person: word,
      userId: word,
      issue: word,
      idempotencyKey: word,
      query: fc.dictionary(word, word, { maxKeys: 2, noNullPrototype: true }),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(odd, async (change) => {
      const answer = await put(change as Partial<Question>);
      assert.ok(["answered", "refused"].includes(answer.outcome), answer.outcome);
      const { client = justice, service = persons } = change;
      if (answer.outcome === "answered") assert.deepEqual([client, service], [justice, persons]);
    }),
    { numRuns: 60 },
  );
  for (const visit of visits) assert.ok([...new URL(visit.url!, "http://h").searchParams.keys()].every((name) => name === "nip"));
});

/** A message as the client's side would make it, to be bent. */
async function message(client = "bf-min-justice", more: object = {}) {
  const envelope = {
    exchange: job().ids.uuid(),
    messageId: "BF-1",
    method: "GET",
    path: "/",
    userId: undefined,
    issue: undefined,
    ...question,
    query: question.query,
    ...more,
  };
  const { part } = requestOf(envelope, undefined)!;
  const { bodyHash: _, ...signed } = await signMessage(job(), { id: client, name: client }, { part, bodyHash: undefined });
  return { envelope, message: { ...signed, body: noBody, person: undefined, keep: false, verbatim: false } };
}
const refusal = async (m: Parameters<typeof receive>[1]) => {
  const r = await receive(job(), m);
  if (r.kind === "answering") await r.sealed;
  return r.kind === "refused" ? r.refusal.type : r.kind;
};

test("a replayed, altered or borrowed signature is not accepted", async () => {
  const bad = "server.serverproxy.invalid_signature_value";
  const { message: m } = await message();
  assert.equal(await refusal({ ...m, part: m.part.replace("criminal-record-extract", "nationality-certificate") }), bad);
  assert.equal(await refusal({ ...m, body: bodyOf(Buffer.from("{}")) }), bad);
  assert.equal(await refusal({ ...m, signature: m.signature.map((b, i) => (i === 9 ? b ^ 1 : b)) }), bad);
  assert.equal(await refusal({ ...m, certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" }), bad);
  assert.equal(await refusal((await message("bf-cnss")).message), bad, "signed by another institution than it names");
  assert.equal(await refusal({ ...m, part: m.part.replace(/Exchange-Purpose[^\r]*\r\n/, "") }), "server.serverproxy.bad_request");
  assert.equal(visits.length, 0);
  assert.equal(await refusal({ ...m, signedAt: new Date(m.signedAt.getTime() + 1) }), bad, "another signing time");
  assert.equal(visits.length, 0);
  assert.equal(await refusal(m), "answering");
  assert.equal(await refusal(m), "server.serverproxy.replayed_request", "the same message twice");
  assert.equal(visits.length, 1);
});

test("fuzz: a signed message that is not one is refused, whatever its bytes", async () => {
  const { message: m } = await message();
  const line = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom(...m.part.split("\r\n"), "\r", "\u0000", ":", "x-road-client:"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 9 }), async (lines) => {
      const r = await receive(job(), { ...m, part: lines.map((one) => `${one}\r\n`).join("") });
      assert.equal(r.kind, "refused");
    }),
    { numRuns: 60 },
  );
  assert.equal(visits.length, 0);
});

test("an answer that was altered, or answers something else, is refused by the client’s side", async () => {
  const { message: m } = await message();
  const envelope = readRequest(m.part)!;
  const client = { id: justice, institution: "bf-min-justice", name: { fr: "", en: "" }, memberName: { fr: "", en: "" }, groups: [] };
  const service = { id: persons, institution: "bf-oni" } as never;
  const body = Buffer.from('{"rows":[]}');
  const take = async (o: { hash?: string; by?: string; change?: boolean }) => {
    const e = { ...envelope, exchange: job().ids.uuid() };
    await w.owner(
      "insert into exchange.request select $1, 'client', institution, message_id, at, client, service, method, path, purpose, person, user_id, issue, by_person, expires, header_part, body_hash, signature, serial, fact, format, signed_at from exchange.request where side = 'client' limit 1",
      [e.exchange],
    );
    const { part } = responseOf({ status: 200, reason: "OK", headers: [["Content-Type", "application/json"]] }, e, o.hash ?? "right");
    const signer = o.by ?? "bf-oni";
    const signed = await signMessage(job(), { id: signer, name: signer }, { part, bodyHash: hashOf(body) });
    await w.owner("insert into exchange.certificate values ($1, $2) on conflict do nothing", [signed.serial, signed.certificate]);
    const r = { body: o.change ? Buffer.from('{"rows":[1]}') : body, ...signed, at: w.clock.now(), by: "system" as const };
    const answer = await accept(job(), { envelope: e, client, service, person: undefined, requestHash: "right" }, r);
    return answer.outcome === "refused" ? answer.type : answer.outcome;
  };
  assert.equal(await take({}), "answered");
  assert.equal(await take({ change: true }), "server.clientproxy.invalid_signature_value");
  assert.equal(await take({ by: "bf-cnss" }), "server.clientproxy.invalid_signature_value");
  assert.equal(await take({ hash: "other" }), "server.clientproxy.inconsistent_response");
});

test("a closed service says so, and only its own institution opens or closes it", async () => {
  const close = (institution: string, enabled: boolean) =>
    w.call(api.setServiceState, { id: persons, enabled, notice: "Maintenance" }, { as: manager(institution) });
  await assert.rejects(close("bf-cnss", false), /service-not-own/);
  assert.equal((await close("bf-oni", false)).notice, "Maintenance");
  await refusedAs("server.serverproxy.service_disabled", {});
  assert.equal((await close("bf-oni", true)).enabled, true);
  assert.equal((await put()).outcome, "answered");
});

test("where an institution’s answers are found", async () => {
  const found = await w.transaction(async (ctx) => [
    await offer(ctx, { institution: "bf-oni", service: "persons" }),
    await offer(ctx, { institution: "bf-ec-sourgou", service: "births" }),
    await offer(ctx, { institution: "bf-oni", service: "births" }),
    await subsystemOf(ctx, { institution: "bf-min-justice" }),
    await subsystemOf(ctx, { institution: "bf-min-justice", code: "OTHER" }),
  ]);
  assert.deepEqual(found, [
    { service: persons, kind: "http", institution: "bf-oni", enabled: true },
    { service: "BF/GOV/EC-SOURGOU/ETAT-CIVIL/births", kind: "person", institution: "bf-ec-sourgou", enabled: true, answersInDays: 3 },
    undefined,
    justice,
    undefined,
  ]);
});
