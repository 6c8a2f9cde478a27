import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { factsOf, Problem } from "#kernel";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import * as api from "../api.ts";
import type { Answer, Question } from "../door.ts";
import { ask, exchange } from "../index.ts";

let w: World;
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf" });
});
after(() => w.close());

const town = "bf-ec-sourgou";
const person = "0192a000-0000-7000-8000-00000000000a";
const question: Question = {
  client: "BF/GOV/MIN-JUSTICE/SERVICES",
  service: "BF/GOV/EC-SOURGOU/ETAT-CIVIL/births",
  query: { family: "Kaboré", given: "Issouf", "birth.date": "1988-11-02" },
  purpose: "criminal-record-extract",
  person,
  issue: "BF-2026-000001",
};
let serial = 0;
const put = (key = `k-${(serial += 1)}`): Promise<Answer> =>
  ask(w.kernel.jobContext("exchange.test"), { ...question, idempotencyKey: key });
const registrar = (institution = town) => w.clerk(institution, ["exchange.answer-by-hand"]);
async function waiting(key?: string): Promise<string> {
  const answer = await put(key);
  assert.ok(answer.outcome === "pending-person", JSON.stringify(answer));
  return answer.requestId;
}
const typed = { act: "1988/0010", family: "Kaboré", given: "Issouf", sex: "M", "birth.date": "1988-11-02", "birth.place": "Sourgou" };
const code = (wanted: string) => (error: unknown) => error instanceof Problem && error.code === wanted;

test("from the question to the signed answer, by a registrar’s hand", async () => {
  const id = await waiting("whole");
  const again = await put("whole");
  assert.ok(again.outcome === "pending-person" && again.requestId === id, "asked again, it is still the same request");
  // Monday 23 November 2026: three working days on, at closing time.
  assert.equal(again.expectedBy.toISOString(), "2026-11-26T16:00:00.000Z");

  const queue = await w.call(api.listHandRequests, { state: "waiting" }, { as: registrar() });
  assert.ok(queue.requests.some((r) => r.id === id) && queue.waiting > 0);
  assert.ok(!JSON.stringify(queue).includes("Kaboré"), "the queue names nobody");
  const seen = await w.call(api.readHandRequest, { id }, { as: registrar() });
  assert.deepEqual(seen.asked, [
    { name: "Nom", value: "Kaboré" },
    { name: "Prénoms", value: "Issouf" },
    { name: "Date de naissance", value: "2 novembre 1988" },
  ]);
  assert.ok(seen.fields.some((f) => f.name === "birth.date" && f.type === "date" && f.required));
  assert.equal(seen.client.name, "Ministère de la Justice");
  assert.match(seen.purpose, /bulletin/);

  const done = await w.call(api.answerHandRequest, { id, values: typed }, { as: registrar() });
  assert.equal(done.state, "answered");
  const lying = await w.owner("select row_to_json(h)::text as line from exchange.hand_request h where id = $1", [id]);
  assert.doesNotMatch(lying.rows[0].line, /1988\/0010/, "what waits to be signed is sealed");
  await w.settle();
  const answer = await put("whole");
  assert.ok(answer.outcome === "answered");
  assert.deepEqual(answer.body, {
    rows: [{ act: "1988/0010", family: "Kaboré", given: "Issouf", sex: "M", birth: { date: "1988-11-02", place: "Sourgou" } }],
  });
  assert.deepEqual([answer.answeredBy.institution, answer.answeredBy.kind], [town, "person"]);
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: `exchange-request:${id}` }));
  assert.deepEqual(
    facts.map((f) => f.type),
    ["exchange.answered-by-hand", "exchange.asked-of-person"],
  );
  const { rows } = await w.owner(
    "select state, coalesce(answer::text, answer_sealed::text) as answer, answered_by is not null as by from exchange.hand_request where id = $1",
    [id],
  );
  assert.deepEqual(rows[0], { state: "delivered", answer: null, by: true });
});

test("the person sees that the registrar read her names, and what was handed over", async () => {
  const reads = (await w.call(api.readsOfMe, {}, { as: w.citizen({ person }) })).reads;
  const read = reads.find((r) => r.outcome === "answered")!;
  assert.equal(read.provider.kind, "person");
  assert.ok(read.fields.includes("Date de naissance"));
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: `person:${person}`, types: ["kernel.personal-read"] }));
  assert.ok(facts.length > 0);
});

test("both sides hold the signed answer", async () => {
  const answer = await put("whole");
  const as = w.clerk("bf-min-justice", ["exchange.prove-message", "exchange.search-log"]);
  const proof = await w.call(api.readProof, { exchange: answer.exchangeId }, { as });
  assert.deepEqual(
    proof.messages.map((m) => m.direction),
    ["request", "response"],
  );
  const found = await w.call(api.searchLog, { issue: "BF-2026-000001", outcome: "answered" }, { as });
  assert.deepEqual(
    found.entries.map((e) => e.exchange),
    [answer.exchangeId],
  );
  assert.ok(!JSON.stringify(found).includes("Kabor"), "the search shows metadata, never the query");
  assert.deepEqual((await w.call(api.searchLog, {}, { as: w.clerk("bf-cnss", ["exchange.search-log"]) })).entries, []);
});

test("another institution’s registrar sees nothing and answers nothing", async () => {
  const id = await waiting();
  const other = registrar("bf-ec-koudougou");
  assert.deepEqual((await w.call(api.listHandRequests, {}, { as: other })).requests, []);
  await assert.rejects(w.call(api.readHandRequest, { id }, { as: other }), code("exchange.hand-request-unknown"));
  await assert.rejects(w.call(api.answerHandRequest, { id, values: typed }, { as: other }), code("exchange.hand-request-unknown"));
  await assert.rejects(w.call(api.readHandRequest, { id }, { as: w.clerk(town) }), code("kernel.forbidden"));
  await assert.rejects(w.call(api.readHandRequest, { id: "x' or '1'='1" }, { as: registrar() }), code("exchange.hand-request-unknown"));
});

test("what is missing or not asked for comes back field by field, and nothing is sent", async () => {
  const id = await waiting();
  const wrong = { ...typed, act: "", sex: "X", phone: "1" };
  await assert.rejects(w.call(api.answerHandRequest, { id, values: wrong }, { as: registrar() }), (error: unknown) => {
    assert.ok(error instanceof Problem && error.code === "exchange.answer-incomplete");
    assert.deepEqual(error.more.fields?.map((f) => f.path).sort(), ["values.act", "values.phone", "values.sex"]);
    return true;
  });
  assert.equal((await w.call(api.readHandRequest, { id }, { as: registrar() })).state, "waiting");
});

test("answered once: the second hand, or the same form sent twice, changes nothing", async () => {
  const id = await waiting("once");
  const as = registrar();
  const first = await w.call(api.answerHandRequest, { id, values: typed }, { as, key: "form-1" });
  assert.deepEqual(await w.call(api.answerHandRequest, { id, values: typed }, { as, key: "form-1" }), first);
  await assert.rejects(
    w.call(api.answerHandRequest, { id, values: { ...typed, act: "other" } }, { as: registrar() }),
    code("exchange.hand-request-closed"),
  );
  await w.settle();
  await assert.rejects(w.call(api.declineHandRequest, { id, reason: "not-found" }, { as }), code("exchange.hand-request-closed"));
  const answer = await put("once");
  assert.ok(answer.outcome === "answered" && JSON.stringify(answer.body).includes("1988/0010"));
});

test("declining: nobody of that name, or why no answer can be given", async () => {
  const none = await waiting("none");
  await w.call(api.declineHandRequest, { id: none, reason: "not-found" }, { as: registrar() });
  const torn = await waiting("torn");
  const view = await w.call(api.declineHandRequest, { id: torn, reason: "unreadable", note: "Page déchirée" }, { as: registrar() });
  assert.deepEqual([view.state, view.declineReason], ["declined", "unreadable"]);
  await w.settle();
  const first = await put("none");
  assert.ok(first.outcome === "answered" && first.status === 200);
  assert.deepEqual(first.body, { rows: [] });
  const second = await put("torn");
  assert.ok(second.outcome === "answered" && second.status === 422);
  assert.deepEqual(second.body, { declined: "unreadable", note: "Page déchirée" });
});

test("killed while handing over: the signature made is the signature given", async () => {
  const id = await waiting("killed");
  await w.call(api.answerHandRequest, { id, values: typed }, { as: registrar() });
  await w.settle();
  const answer = await put("killed");
  // As after a kill between the provider's signature and the client's row.
  await w.owner("delete from exchange.outcome where exchange = $1 and side = 'client'", [answer.exchangeId]);
  await w.owner("update exchange.hand_request set state = 'answered', answer = $2 where id = $1", [
    id,
    JSON.stringify({ status: 200, body: { rows: [{ act: "again" }] } }),
  ]);
  await w.transaction((ctx) => ctx.enqueue({ kind: "job", name: "exchange.deliver-answer" } as never, { request: id } as never));
  await w.settle();
  const again = await put("killed");
  assert.deepEqual(again, answer);
});

test("late is shown; never is said, and the question may be put anew", async () => {
  const id = await waiting("never");
  w.clock.advance(10 * 86_400);
  assert.equal((await w.call(api.readHandRequest, { id }, { as: registrar() })).overdue, true);
  await w.sweep("exchange.hand-requests");
  assert.equal((await w.call(api.readHandRequest, { id }, { as: registrar() })).state, "waiting");
  w.clock.advance(25 * 86_400);
  await w.sweep("exchange.hand-requests");
  assert.equal((await w.call(api.readHandRequest, { id }, { as: registrar() })).state, "expired");
  await assert.rejects(w.call(api.answerHandRequest, { id, values: typed }, { as: registrar() }), code("exchange.hand-request-closed"));
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: `exchange-request:${id}` }));
  assert.equal(facts[0]!.type, "exchange.unanswered");
  assert.notEqual(await waiting("never"), id);
});

test("the queue pages, the most urgent first", async () => {
  for (let i = 0; i < 3; i += 1) await waiting();
  const all = await w.call(api.listHandRequests, { state: "waiting" }, { as: registrar() });
  const first = await w.call(api.listHandRequests, { state: "waiting", limit: 2 }, { as: registrar() });
  const rest = await w.call(api.listHandRequests, { state: "waiting", after: first.next! }, { as: registrar() });
  assert.deepEqual(
    [...first.requests, ...rest.requests].map((r) => r.id),
    all.requests.map((r) => r.id),
  );
  const due = all.requests.map((r) => r.expectedBy);
  assert.deepEqual(due, [...due].sort());
});
