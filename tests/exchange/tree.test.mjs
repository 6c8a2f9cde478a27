import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { exchange } from "#exchange";
import { readProof, readTreeConsistency, readTreeHead, readTreeState } from "#exchange/api";
import { rawSql } from "#kernel";
import { world } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { sealBatch, sealWaiting } from "../../modules/exchange/evidence/seal.ts";
import { exportMessage } from "../../modules/exchange/evidence/export.ts";
import { institutions, writeExchange } from "../../modules/exchange/evidence/test-log.ts";
import { checkContainer } from "../../verify/asic-e.mjs";
import { certificates } from "../../verify/head.mjs";
import { isConsistent } from "../../verify/merkle.mjs";
import { checkProof } from "../../verify/tree.mjs";

let w, j, anchors;
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf" });
  j = w.kernel.jobContext("exchange.test");
  anchors = (await w.fetch("/trust/anchors.pem")).text;
});
after(() => w.close());

const head = (size) => w.call(readTreeHead, size === undefined ? {} : { size });
const scalar = async (text) => Object.values((await w.owner(text)).rows[0])[0];
const clerk = () => w.clerk(institutions.client, ["exchange.prove-message"]);
const container = async (written, direction = "request") => {
  const o = { exchange: written.exchange, side: "client", direction };
  return w.transaction((ctx) => exportMessage(ctx, o), { institution: institutions.client });
};

test("however the rows arrive, every leaf is in every later head, and each head continues those before", async () => {
  const heads = [];
  const written = [];
  const rounds = fc.array(fc.record({ rows: fc.integer({ min: 1, max: 5 }), refused: fc.boolean() }), { minLength: 3, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(rounds, async (list) => {
      for (const { rows, refused } of list) {
        for (let i = 0; i < rows; i++)
          written.push(await writeExchange(w, { refused, bodies: false, sides: i % 2 ? ["client"] : undefined }));
        await w.sweep("exchange.seal-log");
        heads.push(await head());
      }
    }),
    { numRuns: 3 },
  );
  for (const { exchange: id } of written) {
    const { tree } = await w.call(readProof, { exchange: id }, { as: clerk() });
    assert.equal(tree.length, 2);
    for (const proof of tree) {
      const faults = [];
      checkProof(proof, certificates(anchors), faults);
      assert.deepEqual(faults, []);
      assert.equal(JSON.parse(proof.entry).exchange, id);
    }
  }
  for (const [i, one] of heads.entries()) {
    const other = heads.at(-1 - (i % 3));
    const [from, to] = one.size <= other.size ? [one, other] : [other, one];
    const { proof } = await w.call(readTreeConsistency, { from: from.size, to: to.size });
    const hashes = proof.map((h) => Buffer.from(h, "hex"));
    assert.ok(isConsistent(from.size, to.size, hashes, Buffer.from(from.root, "hex"), Buffer.from(to.root, "hex")));
  }
  await assert.rejects(w.call(readTreeConsistency, { from: 1, to: 1_000_000 }), { code: "exchange.tree-head-unknown" });
  await assert.rejects(head(999_999), { code: "exchange.tree-head-unknown" });
});

test("two sealers at once, or a death between tree and signature: no leaf lost, none doubled", async () => {
  for (let i = 0; i < 6; i++) await writeExchange(w, { bodies: false });
  await Promise.all([sealWaiting(j), sealWaiting(j), sealWaiting(j)]);
  await sealWaiting(j);
  const rows = "(select count(*) from exchange.request) + (select count(*) from exchange.outcome)";
  assert.equal(
    await scalar(`select (${rows}) = (select count(*) from exchange.leaf) and (select max(index) + 1 from exchange.leaf) = (${rows})`),
    true,
  );
  await writeExchange(w, { bodies: false });
  await w.transaction(sealBatch);
  const before = (await head()).size;
  assert.equal(await scalar("select max(size)::int from exchange.head"), before + 4);
  await w.sweep("exchange.seal-log");
  assert.equal((await head()).size, before + 4);
});

test("the authority away for a day: traffic and heads go on, an alarm rises, one stamp then covers the whole day", async () => {
  const day = [];
  await w.sweep("exchange.stamp-log");
  const stamps = await scalar("select count(*)::int from exchange.stamp");
  await w.owner("update trust.certificate set retired_at = now() where kind = 'tsa'");
  for (let hour = 0; hour < 4; hour++) {
    day.push(await writeExchange(w));
    await w.sweep("exchange.seal-log");
    await assert.rejects(w.sweep("exchange.stamp-log"));
    w.clock.advance(6 * 3600);
  }
  await assert.rejects(w.sweep("exchange.stamp-log"));
  assert.match(await w.kernel.metrics.registry.metrics(), /exchange_stamp_lag_seconds 86400/);
  const auditor = w.clerk("bf-cil", ["exchange.read-traffic"]);
  const late = await w.call(readTreeState, {}, { as: auditor });
  assert.equal(Date.parse(late.unstampedSince), w.clock.now().getTime() - 86_400_000);
  assert.equal(late.waiting, 0);
  await assert.rejects(w.call(readTreeState, {}), { status: 401 });
  assert.equal((await container(day[0])).stamped, false);
  await w.owner("update trust.certificate set retired_at = null where kind = 'tsa'");
  await w.sweep("exchange.stamp-log");
  assert.equal(await scalar("select count(*)::int from exchange.stamp"), stamps + 1);
  assert.equal((await w.call(readTreeState, {}, { as: auditor })).unstampedSince, undefined);
  for (const one of day) {
    const made = await container(one, "response");
    assert.equal(made.stamped, true);
    assert.deepEqual(checkContainer(made.bytes, anchors).faults, []);
  }
  assert.match(await w.kernel.metrics.registry.metrics(), /exchange_stamp_lag_seconds 0/);
});

test("who runs the program can neither change nor drop what was sealed", async () => {
  const refused = (text) =>
    assert.rejects(
      w.transaction(({ db }) => db.run(rawSql(text))),
      /permission denied|only grows|written once/,
    );
  await refused("update exchange.leaf set hash = hash");
  await refused("delete from exchange.leaf");
  await refused("delete from exchange.stamp");
  await refused("delete from exchange.batch");
  await refused("update exchange.tile set hashes = decode(repeat('00', length(hashes)), 'hex')");
  await refused("update exchange.head set root = decode(repeat('00', 32), 'hex')");
});
