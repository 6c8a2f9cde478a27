import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { JobContext } from "#kernel";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import * as api from "../api.ts";
import type { Question } from "../door.ts";
import { deliver } from "../hand/jobs.ts";
import { ask, exchange, setBase } from "../index.ts";

const persons = "BF/GOV/ONI/IDENTITE/persons";
let w: World;
let visits: string[] = [];
const system = createServer((req, res) => {
  visits.push(req.method!);
  res.writeHead(200, { "content-type": "application/json" }).end('{"rows":[{"nip":"1"}]}');
});
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf" });
  await new Promise<void>((done) => system.listen(0, "127.0.0.1", done));
  await w.transaction((ctx) => setBase(ctx, "sandbox", `http://127.0.0.1:${(system.address() as AddressInfo).port}`));
  await w.owner("update exchange.access_right set methods = '{GET,POST}' where service = $1 and id = 'extract-identity'", [persons]);
});
after(async () => {
  system.closeAllConnections();
  system.close();
  await w.close();
});

class Crash extends Error {}
/** A process that dies at its n-th transaction: before it commits, or just after. Counts those of the whole house, signatures' too. */
function mortal(n: number, when: "before" | "after"): { j: JobContext; died: () => boolean } {
  const j = w.kernel.jobContext("exchange.test");
  let count = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw new Crash();
  };
  const transaction: JobContext["transaction"] = async (fn, o) => {
    if (dead) return die();
    count += 1;
    if (count !== n) return j.transaction(fn, o);
    if (when === "after") await j.transaction(fn, o);
    return die();
  };
  return { j: { ...j, transaction }, died: () => dead };
}
async function everyDeath(
  run: (j: JobContext, name: string) => Promise<unknown>,
  survive: (name: string) => Promise<void>,
): Promise<number> {
  let deaths = 0;
  for (const when of ["before", "after"] as const)
    for (let n = 1; n < 40; n += 1) {
      const { j, died } = mortal(n, when);
      const name = `${when}-${n}`;
      await run(j, name).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      if (!died()) break;
      deaths += 1;
      await survive(name);
    }
  return deaths;
}

const question = { client: "BF/GOV/MIN-JUSTICE/SERVICES", service: persons, query: { nip: "1" }, purpose: "criminal-record-extract" };
const whole = async (): Promise<void> => {
  w.clock.advance(300);
  await w.sweep("exchange.orphans");
  const { rows } = await w.owner(
    "select r.exchange, r.side from exchange.request r left join exchange.outcome o using (exchange, side) where o.exchange is null and not r.by_person",
  );
  assert.deepEqual(rows, [], "every request row has its outcome");
};

test("a reading call that dies anywhere is answered when asked again", async () => {
  const put = (j: JobContext, key: string) => ask(j, { ...question, idempotencyKey: `read-${key}` });
  const deaths = await everyDeath(put, async (key) => {
    await whole();
    assert.equal((await put(w.kernel.jobContext("exchange.test"), key)).outcome, "answered", key);
  });
  assert.ok(deaths >= 10, `died ${deaths} times`);
});

test("a writing call that dies anywhere happens once at most, and says what it knows", async () => {
  const write: Question = { ...question, method: "POST", body: { a: 1 } };
  const put = (j: JobContext, key: string) => {
    visits = [];
    return ask(j, { ...write, idempotencyKey: `write-${key}` });
  };
  await everyDeath(put, async (key) => {
    const done = visits.length;
    await whole();
    const again = await put(w.kernel.jobContext("exchange.test"), key);
    assert.ok(done + visits.length <= 1, `${key}: called ${done + visits.length} times`);
    assert.ok(["answered", "unknown"].includes(again.outcome), `${key}: ${again.outcome}`);
    if (done === 0 && visits.length === 0) assert.equal(again.outcome, "unknown", "never a made-up answer");
  });
});

test("an answer by hand that dies on its way arrives once, with one signature", async () => {
  const births = { ...question, service: "BF/GOV/EC-SOURGOU/ETAT-CIVIL/births", query: { family: "Kaboré" } };
  const as = w.clerk("bf-ec-sourgou", ["exchange.answer-by-hand"]);
  const values = { act: "1", family: "Kaboré", sex: "M", "birth.date": "1988-11-02", "birth.place": "Sourgou" };
  const put = (key: string) => ask(w.kernel.jobContext("exchange.test"), { ...births, idempotencyKey: `hand-${key}` });
  const run = async (j: JobContext, key: string) => {
    const asked = await put(key);
    assert.ok(asked.outcome === "pending-person");
    await w.call(api.answerHandRequest, { id: asked.requestId, values }, { as });
    await deliver.run(j, { request: asked.requestId } as never);
  };
  const deaths = await everyDeath(run, async (key) => {
    await w.settle();
    const first = await put(key);
    assert.ok(first.outcome === "answered", `${key}: ${first.outcome}`);
    const { rows } = await w.owner(
      "select count(*)::int as n, count(distinct signature)::int as signatures from exchange.outcome where exchange = $1",
      [first.exchangeId],
    );
    assert.deepEqual(rows[0], { n: 2, signatures: 1 });
    const told = await w.owner(
      "select count(*)::int as n from kernel.fact f join exchange.hand_request h on f.subject = 'exchange-request:' || h.id where h.exchange = $1 and f.type = 'exchange.answered-by-hand'",
      [first.exchangeId],
    );
    assert.deepEqual(told.rows[0], { n: 1 }, `${key}: told once`);
  });
  assert.ok(deaths >= 6, `died ${deaths} times`);
});
