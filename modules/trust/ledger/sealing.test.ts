import assert from "node:assert/strict";
import { createHash, createPublicKey, verify as verifySignature, X509Certificate } from "node:crypto";
import { after, before, test } from "node:test";
import * as api from "../api.ts";
import { inclusionProof, verifyLedger } from "../index.ts";
import { fromHex } from "../der/read.ts";
import { noted, trustWorld, type TrustWorld } from "../test-world.ts";
import { checkConsistency, checkInclusion } from "./check.ts";
import { factLeaf } from "./hash.ts";
import { sealBatch, sealWaiting } from "./seal.ts";
import { latestHead } from "./store.ts";

let w: TrustWorld;
before(async () => {
  w = await trustWorld();
  // The chain's own facts are the first leaves.
  await w.seal();
});
after(() => w.close());

const audit = () => w.transaction((ctx) => verifyLedger(ctx), { readOnly: true });
const kinds = async () => [...new Set((await audit()).faults.map((f) => f.kind))].sort();
const sizeNow = async () => (await w.call(api.readHead, {})).size;

/** As the owner of the tables, whom no trigger and no revoked right stops. */
const tampering = async (steps: string[], undo: string[]): Promise<string[]> => {
  await w.owner("set session_replication_role = replica");
  for (const step of steps) await w.owner(step);
  const found = await kinds();
  for (const step of undo) await w.owner(step);
  await w.owner("set session_replication_role = origin");
  assert.deepEqual(await kinds(), [], "the ledger is whole again");
  return found;
};

test("a fact is sealed, and a stranger proves it is in the signed ledger from the answers alone", async () => {
  const [id] = await w.note("a");
  await assert.rejects(w.call(api.readInclusion, { fact: id! }), { code: "trust.not-sealed-yet" });
  await w.seal();
  const proof = await w.call(api.readInclusion, { fact: id! });
  const { head } = proof;
  assert.ok(checkInclusion(fromHex(proof.leaf), proof.index, head.size, proof.proof.map(fromHex), fromHex(head.root)));
  assert.equal(head.checkpoint, `${head.origin}\n${head.size}\n${Buffer.from(fromHex(head.root)).toString("base64")}\n`);
  const [ledger, issuing] = head.certificate.split(/(?=-----BEGIN)/).map((pem) => new X509Certificate(pem));
  assert.ok(
    verifySignature(
      "sha256",
      Buffer.from(head.checkpoint),
      { key: ledger!.publicKey, dsaEncoding: "ieee-p1363" },
      Buffer.from(head.signature, "base64"),
    ),
  );
  const root = new X509Certificate((await w.fetch("/trust/anchors.pem")).text);
  assert.ok(ledger!.verify(issuing!.publicKey) && issuing!.verify(root.publicKey));
  assert.ok(createPublicKey(root.publicKey.export({ format: "pem", type: "spki" })).asymmetricKeyType === "ec");
  const inside = await w.transaction((ctx) => inclusionProof(ctx, id!));
  assert.equal(inside!.leaf, proof.leaf);
  assert.equal(Buffer.from(factLeaf(inside!.header, fromHex(inside!.dataHash))).toString("hex"), proof.leaf);
  assert.ok(!("header" in proof), "a stranger gets hashes, not the fact");
});

test("the ledger grows consistently, in batches of any size", async () => {
  const sizes = [await sizeNow()];
  const roots = [(await w.call(api.readHead, {})).root];
  for (const n of [1, 5, 300, 2]) {
    await w.note(...Array.from({ length: n }, (_, i) => `n${i}`));
    await w.seal();
    const head = await w.call(api.readHead, {});
    sizes.push(head.size);
    roots.push(head.root);
  }
  assert.deepEqual(
    sizes.map((s, i) => s - (sizes[i - 1] ?? sizes[0]!)),
    [0, 1, 5, 300, 2],
  );
  for (let i = 1; i < sizes.length; i++) {
    const { proof } = await w.call(api.readConsistency, { from: sizes[i - 1]!, to: sizes[i]! });
    assert.ok(checkConsistency(sizes[i - 1]!, sizes[i]!, proof.map(fromHex), fromHex(roots[i - 1]!), fromHex(roots[i]!)));
  }
  const size = sizes[sizes.length - 1]!;
  for (const index of [0, 1, 255, 256, size - 1]) {
    const proof = await w.call(api.readInclusion, { index });
    assert.ok(checkInclusion(fromHex(proof.leaf), index, size, proof.proof.map(fromHex), fromHex(proof.head.root)));
  }
  assert.deepEqual(await kinds(), []);
  for (const bad of [
    { from: 0, to: 1 },
    { from: 2, to: 1 },
    { from: 1, to: size + 1 },
  ])
    await assert.rejects(w.call(api.readConsistency, bad), { code: "trust.no-such-range" });
  await assert.rejects(w.call(api.readInclusion, { index: size }), { code: "trust.not-sealed-yet" });
  await assert.rejects(w.call(api.readInclusion, {}), { code: "trust.not-sealed-yet" });
});

test("a new address does not make another ledger", async () => {
  const { origin, size } = await w.call(api.readHead, {});
  await w.note("moved");
  const moved = { ...w.j.config, origin: "https://elsewhere.example" };
  assert.equal(await w.transaction((ctx) => sealBatch({ ...ctx, config: moved })), 1);
  await w.seal();
  const head = await w.call(api.readHead, {});
  assert.deepEqual([head.origin, head.size], [origin, size + 1]);
});

test("several sealers at once give each fact one leaf", async () => {
  const before = await sizeNow();
  await Promise.all(Array.from({ length: 6 }, (_, i) => w.note(`p${i}`, `q${i}`)));
  await Promise.all([sealWaiting(w.j), w.seal(), sealWaiting(w.j), sealWaiting(w.j), sealWaiting(w.j)]);
  await w.seal();
  assert.equal(await sizeNow(), before + 12);
  assert.deepEqual(await kinds(), []);
});

test("a transaction undone leaves no leaf; a sealer that dies in the middle loses and doubles nothing", async () => {
  const before = await sizeNow();
  await assert.rejects(
    w.transaction(async (ctx) => {
      await ctx.record(noted, "note:lost", { text: "lost" });
      throw new Error("undone");
    }),
  );
  await w.note("kept");
  const keys = w.j.port;
  // Dies between the tree and the signature: the head stays unsigned, the next round signs it.
  const dead = {
    ...w.j,
    port: (() => {
      throw new Error("killed");
    }) as typeof keys,
  };
  await assert.rejects(sealWaiting(dead), /killed/);
  assert.equal((await w.transaction((ctx) => latestHead(ctx)))!.signature, null);
  assert.equal(await sizeNow(), before, "an unsigned head is not shown");
  await w.seal();
  assert.equal(await sizeNow(), before + 1);
  assert.deepEqual(await kinds(), []);
});

test("each minute the head is time-stamped, so that not even the operator dates it back", async () => {
  await w.sweep("trust.stamp-heads");
  const head = await w.call(api.readHead, {});
  assert.ok(head.timeStamp && head.stampedAt);
  const { heads } = await w.call(api.listHeads, {});
  assert.equal(heads.at(-1)?.size, head.size);
  const { readToken } = await import("../tsp/read.ts");
  const stamp = readToken(new Uint8Array(Buffer.from(head.timeStamp, "base64")))!;
  assert.deepEqual(Buffer.from(stamp.imprint), createHash("sha256").update(head.checkpoint).digest());
  // Nothing new: nothing more to stamp.
  await w.sweep("trust.stamp-heads");
  assert.equal((await w.call(api.listHeads, {})).heads.length, heads.length);
});

test("old heads without a time stamp go after a day; stamped ones and the newest stay", async () => {
  await w.note("later");
  await w.seal();
  await w.note("last");
  await w.seal();
  const { rows: before } = await w.owner("select count(*)::int as n from trust.head where token is null");
  assert.ok(before[0].n >= 2);
  w.clock.advance(2 * 86_400);
  await w.sweep("trust.stamp-heads");
  const { rows } = await w.owner(
    "select count(*) filter (where token is null)::int as bare, count(*) filter (where token is not null)::int as stamped from trust.head",
  );
  assert.deepEqual(rows[0], { bare: 0, stamped: 2 });
  assert.deepEqual(await kinds(), []);
});

test("verify-ledger names what was changed: header, data, order, a fact or a place gone, a head replaced", async () => {
  const size = await sizeNow();
  const at = Math.min(9, size - 3);
  const fact = `(select fact from kernel.leaf where index = ${at})`;
  assert.deepEqual(
    await tampering(
      [
        `create temp table kept as select * from kernel.fact where id = ${fact}`,
        `update kernel.fact set header = replace(header, '"actor"', '"Actor"') where id = ${fact}`,
      ],
      [`update kernel.fact f set header = k.header from kept k where k.id = f.id`, "drop table kept"],
    ),
    ["leaf-changed", "root"],
  );
  assert.deepEqual(
    await tampering(
      [
        `create temp table kept as select * from kernel.fact_data where fact = ${fact}`,
        `update kernel.fact_data set data = data || '{"x": "y"}' where fact = ${fact}`,
      ],
      [`update kernel.fact_data d set data = k.data from kept k where k.fact = d.fact`, "drop table kept"],
    ),
    ["data-changed"],
  );
  const swap = [
    `update kernel.leaf set index = -1 where index = ${at}`,
    `update kernel.leaf set index = ${at} where index = ${at + 1}`,
    `update kernel.leaf set index = ${at + 1} where index = -1`,
  ];
  assert.deepEqual(await tampering(swap, swap), ["leaf-changed", "root"]);
  assert.deepEqual(
    await tampering(
      [`create temp table kept as select * from kernel.fact where id = ${fact}`, `delete from kernel.fact where id = ${fact}`],
      ["insert into kernel.fact overriding system value select * from kept", "drop table kept"],
    ),
    ["leaf-missing", "root"],
  );
  assert.deepEqual(
    await tampering(
      [`create temp table kept as select * from kernel.leaf where index = ${at}`, `delete from kernel.leaf where index = ${at}`],
      ["insert into kernel.leaf select * from kept", "drop table kept"],
    ),
    ["hidden", "leaf-missing", "root"],
  );
  assert.deepEqual(
    await tampering(
      [`create temp table kept as select * from trust.head where size = ${size}`, `delete from trust.head where size = ${size}`],
      ["insert into trust.head select * from kept", "drop table kept"],
    ),
    ["head-missing"],
  );
  assert.deepEqual(
    await tampering(
      [
        `create temp table kept as select * from trust.head where size = ${size}`,
        `update trust.head set root = sha256(root) where size = ${size}`,
      ],
      [`update trust.head h set root = k.root from kept k where k.size = h.size`, "drop table kept"],
    ),
    ["head-signature", "head-time-stamp", "root"],
  );
  await w.note("hidden");
  assert.deepEqual(
    await tampering(
      ["create temp table kept as select * from kernel.unsealed", "delete from kernel.unsealed"],
      ["insert into kernel.unsealed select * from kept", "drop table kept"],
    ),
    ["hidden"],
  );
  await w.seal();
});

test("erased data are no fault: the proof survives them", async () => {
  const [id] = await w.note("to be forgotten");
  await w.seal();
  await w.owner("delete from kernel.fact_data where fact = $1", [id]);
  assert.deepEqual(await kinds(), []);
  const proof = await w.call(api.readInclusion, { fact: id! });
  assert.ok(checkInclusion(fromHex(proof.leaf), proof.index, proof.size, proof.proof.map(fromHex), fromHex(proof.head.root)));
});

test("the run-time role cannot rewrite or drop what was sealed", async () => {
  const { sql } = await import("#kernel");
  const attempt = (q: Parameters<Parameters<TrustWorld["transaction"]>[0]>[0] extends never ? never : ReturnType<typeof sql>) =>
    w.transaction((ctx) => ctx.db.run(q));
  await assert.rejects(attempt(sql`update trust.tile set hashes = sha256(hashes)`), /only grows/);
  await assert.rejects(attempt(sql`delete from trust.tile`), /permission denied/);
  await assert.rejects(attempt(sql`update trust.head set root = sha256(root)`), /written once/);
  await assert.rejects(attempt(sql`update trust.head set signature = sha256(root) where signature is not null`), /written once/);
  await assert.rejects(attempt(sql`delete from trust.head where token is not null`), /is kept/);
  await assert.rejects(attempt(sql`delete from trust.certificate`), /permission denied/);
});

test("an auditor exports entries and builds the same tree; others may not", async () => {
  const auditor = w.clerk("zz-audit", ["trust.audit-ledger"]);
  const head = await w.call(api.readHead, {});
  const { entries } = await w.call(api.exportEntries, { from: 0, to: head.size }, { as: auditor });
  assert.equal(entries.length, head.size);
  const { append } = await import("./tiles.ts");
  const { root } = append(
    0,
    new Map(),
    entries.map((e) => factLeaf(e.header, fromHex(e.dataHash))),
  );
  assert.equal(Buffer.from(root).toString("hex"), head.root);
  await assert.rejects(w.call(api.exportEntries, { from: 0, to: head.size }, { as: w.clerk("zz-audit") }), { code: "kernel.forbidden" });
  await assert.rejects(w.call(api.exportEntries, { from: 0, to: head.size }), { code: "kernel.sign-in-first" });
  await assert.rejects(w.call(api.exportEntries, { from: 0, to: 5000 }, { as: auditor }), { code: "trust.no-such-range" });
});

test("a person reads the sealed entry about her, and nobody else's", async () => {
  const me = w.citizen();
  const id = await w.transaction((ctx) => ctx.record(noted, `person:${me.person}`, { text: "mine" }));
  await w.seal();
  const mine = await w.call(api.readMyEntry, { fact: id }, { as: me });
  assert.equal(JSON.parse(mine.header).subject, `person:${me.person}`);
  assert.equal(Buffer.from(factLeaf(mine.header, fromHex(mine.dataHash))).toString("hex"), mine.leaf);
  await assert.rejects(w.call(api.readMyEntry, { fact: id }, { as: w.citizen() }), { code: "trust.entry-unknown" });
  await assert.rejects(w.call(api.readMyEntry, { fact: id }, { as: w.citizen({ person: null }) }), { code: "trust.entry-unknown" });
  await assert.rejects(w.call(api.readMyEntry, { fact: id }, { as: w.citizen({ person: me.person, level: "low" }) }), {
    code: "kernel.level-too-low",
  });
});
