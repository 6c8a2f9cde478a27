/** Where agents call: who is not known, lies, repeats himself or floods gets nothing; who has an old clock is told. No root needed. */
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";
import { after, before, test } from "node:test";
import { randomIds, systemClock } from "#kernel";
import type { SiteReport } from "#network/ports";
import { FabricAway, FabricRefused } from "#network/ports";
import { createAgentFabric } from "./index.ts";

const clock = systemClock("UTC");
const driver = createAgentFabric(clock, randomIds(clock));
const [a, b] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
const der = (key: KeyObject) => key.export({ type: "spki", format: "der" }).toString("base64");
const agents = new Map([["a", der(a.publicKey)], ["b", der(b.publicKey)]]); // prettier-ignore
const told: SiteReport[] = [];
const heard = new Map<string, number>();
let away = false;
let door: Awaited<ReturnType<typeof driver.listen>>;
before(async () => {
  door = await driver.listen(
    {
      agent: async (node) => (agents.has(node) ? { node, publicKey: agents.get(node)!, sequence: 10, heard: 10 } : undefined),
      async reports(list, numbers) {
        if (away) throw new Error("the database is away");
        told.push(...list);
        for (const [node, n] of numbers) heard.set(node, n);
      },
    },
    { port: 0, host: "127.0.0.1", key: Buffer.alloc(32, 3) },
  );
});
after(() => door.stop());

async function ask(path: string, body: object, o: { key?: KeyObject; signature?: string; text?: string } = {}) {
  const text = o.text ?? JSON.stringify(body);
  const signature = o.signature ?? sign(null, Buffer.from(`${path}\n${text}`), o.key ?? a.privateKey).toString("base64url");
  const r = await fetch(`http://127.0.0.1:${door.port}${path}`, { method: "POST", body: text, headers: { "x-signature": signature } });
  return { status: r.status, text: await r.text(), signature, house: r.headers.get("x-signature") ?? "" };
}
const report = (node: string, number: number, more = {}) => ({ node, number, now: 0, report: { keys: ["", ""], ...more } });

test("an answer is signed by the house over the question’s signature, and tells the house’s time: a clock of 1970 learns it", async () => {
  const r = await ask("/agent/v1/report", report("a", 11));
  assert.equal(r.status, 200);
  const key = createPublicKey({ key: Buffer.from(door.publicKey, "base64"), format: "der", type: "spki" });
  const signed = (q: string) => verify(null, Buffer.from(`${q}\n${r.text}`), key, Buffer.from(r.house, "base64url"));
  assert.equal(signed(r.signature), true);
  assert.equal(signed("another question"), false);
  assert.ok(Math.abs((JSON.parse(r.text) as { house: number }).house - clock.now().getTime()) < 5000);
});

test("strangers, other sites’ keys, bent, repeated, older and malformed questions are refused", async () => {
  const path = "/agent/v1/report";
  assert.equal((await ask(path, report("nobody", 1))).status, 401);
  assert.equal((await ask(path, report("a", 20), { key: b.privateKey })).status, 401, "b cannot speak for a");
  assert.equal((await ask(path, report("a", 20), { signature: "AAAA" })).status, 401);
  const good = await ask(path, report("a", 21));
  assert.equal(good.status, 200);
  assert.equal((await ask(path, report("a", 21), { signature: good.signature })).status, 409, "heard before");
  assert.equal((await ask(path, report("a", 5))).status, 409, "older than what was kept before the restart");
  assert.equal((await ask("/agent/v1/receipt", report("a", 22), { signature: good.signature })).status, 401, "signed for another path");
  for (const text of ["", "{", "null", "[]", '{"node":1,"number":1}', '{"node":"a","number":1e400}'])
    assert.equal((await ask(path, {}, { text })).status, 400, text);
  assert.equal((await ask("/agent/v1/other", report("a", 30))).status, 404);
  assert.equal((await fetch(`http://127.0.0.1:${door.port}/agent/v1/poll`)).status, 404);
  assert.equal((await ask(path, report("a", 31, { flood: "x".repeat(1_100_000) }))).status, 413);
});

test("an order reaches the one it is for; a refusal and an absence are told apart", async () => {
  await assert.rejects(driver.observe("nowhere", AbortSignal.timeout(500)), FabricAway);
  const answer = async (number: number, result: object) => {
    const r = JSON.parse((await ask("/agent/v1/poll", { node: "a", number, now: 0 })).text) as {
      order?: { id: string; verb: string; part?: string };
    };
    await ask("/agent/v1/receipt", { node: "a", number, now: 0, order: r.order?.id, ...result });
    return r.order;
  };
  const order = { idempotencyKey: "k", fence: 3n, signal: AbortSignal.timeout(5000), deadline: 0 };
  const put = { verb: "put", part: "routing", hash: "h", text: "t" } as const;
  const taken = driver.apply("a", put, order);
  assert.equal((await answer(100, { ok: true, result: { done: "put" } }))?.part, "routing");
  assert.deepEqual(await taken, { done: "put" });
  const refused = assert.rejects(driver.apply("a", put, order), FabricRefused);
  await answer(101, { ok: false, refused: true, problem: "no" });
  await refused;
  await assert.rejects(driver.apply("a", put, { ...order, signal: AbortSignal.timeout(100) }), FabricAway);
  assert.equal(
    await Promise.race([
      ask("/agent/v1/poll", { node: "b", number: 12, now: 0 }, { key: b.privateKey }).then(() => "told"),
      new Promise((r) => setTimeout(() => r("held"), 300)),
    ]),
    "held",
    "nothing of a’s is told to b",
  );
});

test("a report is answered once it is kept: what the house could not keep is refused, and the agent has it still", async () => {
  assert.deepEqual(told.map((r) => [r.node, r.sequence]), [["a", 11], ["a", 21]]); // prettier-ignore
  away = true;
  assert.equal((await ask("/agent/v1/report", report("a", 200))).status, 503);
  away = false;
  assert.equal((await ask("/agent/v1/report", report("a", 201))).status, 200);
  assert.deepEqual(told.map((r) => r.sequence), [11, 21, 201]); // prettier-ignore
  assert.equal(heard.get("a"), 201, "the highest number on any path goes with it");
});

test("after a restart nothing heard before is heard again, on any path", async () => {
  const again = createAgentFabric(clock, randomIds(clock));
  const other = await again.listen(
    { agent: async (node) => ({ node, publicKey: agents.get(node)!, sequence: 11, heard: 101 }), reports: async () => undefined },
    { port: 0, host: "127.0.0.1", key: Buffer.alloc(32, 3) },
  );
  try {
    for (const path of ["/agent/v1/poll", "/agent/v1/receipt", "/agent/v1/report"]) {
      const text = JSON.stringify({ ...report("a", 101), order: "x" });
      const signature = sign(null, Buffer.from(`${path}\n${text}`), a.privateKey).toString("base64url");
      const r = await fetch(`http://127.0.0.1:${other.port}${path}`, { method: "POST", body: text, headers: { "x-signature": signature } });
      assert.equal(r.status, 409, path);
    }
  } finally {
    await other.stop();
  }
});
