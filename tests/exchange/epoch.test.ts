/** A gateway's tree beside what its centre has seen of it: behind or otherwise, it goes on under another name and says so. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, beginEpoch, gatewayHealth, holdSeals, pull, verifyLog } from "#exchange";
import { gatewayId, type Pair, twoServers } from "./two-servers.ts";

const question = {
  client: "BF/GOV/MIN-JUSTICE/SERVICES",
  service: "BF/GOV/ONI/IDENTITE/persons",
  query: { nip: "1" },
  purpose: "criminal-record-extract",
};
let p: Pair;
before(async () => (p = await twoServers()));
after(() => p.close());

const more = async (): Promise<void> => {
  assert.equal((await ask(p.hj, question)).outcome, "answered");
  p.gateway.clock.advance(1);
  await p.gateway.sweep("exchange.seal-log");
};
const seen = async () =>
  (await p.house.owner("select origin, size::int, encode(root, 'hex') as root, server from exchange.witnessed order by origin")).rows as {
    origin: string;
    size: number;
    root: string;
    server: string;
  }[];
const heads = async () =>
  (await p.gateway.owner("select origin, size::int, encode(root, 'hex') as root from exchange.head order by size")).rows as {
    origin: string;
    size: number;
    root: string;
  }[];
const epochs = async () => (await p.gateway.owner("select origin, size::int, seen::int, why from exchange.epoch order by at, origin")).rows;

test("the centre remembers the largest tree a log has shown, and a larger one only from who has the last one in it", async () => {
  await more();
  await pull(p.gj);
  await more();
  await pull(p.gj);
  await pull(p.gj);
  const [head] = (await heads()).slice(-1);
  assert.deepEqual(await seen(), [{ ...head!, server: gatewayId }]);
  assert.deepEqual(await epochs(), []);
  const verdict = await verifyLog(p.gj);
  assert.ok(verdict.ok && verdict.leaves === head!.size && verdict.heads === (await heads()).length, JSON.stringify(verdict));
});

test("a restored log is not sealed before the centre was asked; as it is what the centre saw, it goes on", async () => {
  await p.gateway.transaction(holdSeals, { caller: { kind: "system", module: "exchange" } });
  const before = (await heads()).length;
  await more();
  assert.equal((await heads()).length, before, "held");
  assert.match((await gatewayHealth(p.gj)).why.join(), /not sealed before the centre was asked/);
  await pull(p.gj);
  await more();
  assert.ok((await heads()).length > before);
  assert.deepEqual(await epochs(), []);
});

test("the centre has seen more than is here: an epoch begins, its fact and its numbers say so, the old name is never signed again", async () => {
  await pull(p.gj);
  await pull(p.gj);
  const [known] = await seen();
  await p.house.owner("update exchange.witnessed set size = size + 7");
  await pull(p.gj);
  const [epoch] = await epochs();
  assert.deepEqual([epoch.size, epoch.seen, epoch.why], [known!.size, known!.size + 7, "put-back"]);
  await more();
  const later = (await heads()).filter((head) => head.size > epoch.size);
  assert.ok(later.length > 0 && later.every((head) => head.origin === epoch.origin && epoch.origin !== known!.origin));
  await pull(p.gj);
  await pull(p.gj);
  const all = await seen();
  assert.deepEqual(
    all.map((one) => one.origin),
    [known!.origin, epoch.origin],
  );
  assert.equal(all[0]!.size, known!.size + 7, "the old name keeps what was seen under it");
  assert.ok((await verifyLog(p.gj)).ok, "what is here agrees with itself");
});

test("another tree of the same size was seen: contradicted, another epoch; and one begun by hand without the centre", async () => {
  const name = (await epochs())[0].origin;
  await p.house.owner("update exchange.witnessed set root = decode(repeat('ab', 32), 'hex') where origin = $1", [name]);
  await pull(p.gj);
  assert.deepEqual(
    (await epochs()).map((one: { why: string }) => one.why),
    ["put-back", "contradicted"],
  );
  assert.equal((await seen()).find((one) => one.origin === name)!.root, "ab".repeat(32), "nobody overwrites it");
  p.gateway.clock.advance(1);
  const origin = await beginEpoch(p.gj);
  await more();
  assert.equal((await heads()).at(-1)!.origin, origin);
});

test("a leaf changed by the owner of the tables is found, and at which head", async () => {
  await p.gateway.owner("update exchange.leaf set hash = decode(repeat('00', 32), 'hex') where index = 1");
  const verdict = await verifyLog(p.gj);
  assert.ok(!verdict.ok);
  assert.match(verdict.fault, /the head at \d+ is of other leaves/);
});
