import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as api from "../api.ts";
import { sign } from "../index.ts";
import { court, trustWorld, type TrustWorld } from "../test-world.ts";
import { scratch } from "../x509/test-authority.ts";

// The stand-alone verifier as a stranger runs it: its own process, files from the API, the oldest Node we promise when it is here.
const script = fileURLToPath(new URL("../../../verify/ledger.mjs", import.meta.url));
const node = existsSync("/usr/bin/node") ? "/usr/bin/node" : process.execPath;

let w: TrustWorld;
let box: ReturnType<typeof scratch>;
before(async () => {
  w = await trustWorld();
  await w.note(...Array.from({ length: 20 }, (_, i) => `a${i}`));
  await w.seal();
  await w.sweep("trust.stamp-heads");
  box = scratch({
    "anchors.pem": (await w.fetch("/trust/anchors.pem")).text,
    "older.json": (await w.fetch("/api/trust/ledger/head")).text,
  });
  await w.note(...Array.from({ length: 13 }, (_, i) => `b${i}`));
  await w.seal();
  await w.sweep("trust.stamp-heads");
});
after(async () => {
  box.remove();
  await w.close();
});

const put = (name: string, value: unknown) =>
  writeFileSync(join(box.folder, name), typeof value === "string" ? value : JSON.stringify(value));
const run = (...args: string[]) => {
  const done = spawnSync(node, [script, ...args, "--anchors", "anchors.pem"], { cwd: box.folder, encoding: "utf8" });
  return { code: done.status, out: `${done.stdout}${done.stderr}` };
};
const holds = (...args: string[]) => assert.deepEqual([run(...args).code, /It holds/.test(run(...args).out)], [0, true], run(...args).out);
const refused = (words: RegExp, ...args: string[]) => {
  const { code, out } = run(...args);
  assert.equal(code, 1, out);
  assert.match(out, words);
};

test("inclusion: holds as it came over HTTP, time stamp shown; any changed part is refused", async () => {
  const proof = JSON.parse((await w.fetch("/api/trust/ledger/inclusion?index=7")).text);
  put("p.json", proof);
  holds("inclusion", "p.json");
  assert.match(run("inclusion", "p.json").out, /Time stamp: 2026-11-23T09:00:00/);
  const flip = (text: string) => (text.startsWith("0") ? "1" : "0") + text.slice(1);
  put("p.json", { ...proof, leaf: flip(proof.leaf) });
  refused(/does not lead to the signed root/, "inclusion", "p.json");
  put("p.json", { ...proof, index: 8 });
  refused(/does not lead/, "inclusion", "p.json");
  put("p.json", { ...proof, proof: proof.proof.slice(1) });
  refused(/does not lead/, "inclusion", "p.json");
  put("p.json", { ...proof, head: { ...proof.head, root: flip(proof.head.root) } });
  refused(/does not say this origin/, "inclusion", "p.json");
  const signature = Buffer.from(proof.head.signature, "base64");
  signature[3]! ^= 1;
  put("p.json", { ...proof, head: { ...proof.head, signature: signature.toString("base64") } });
  refused(/signature of the head does not hold/, "inclusion", "p.json");
  const token = Buffer.from(proof.head.timeStamp, "base64");
  token[token.length - 5]! ^= 1;
  put("p.json", { ...proof, head: { ...proof.head, timeStamp: token.toString("base64") } });
  refused(/time stamp does not hold/, "inclusion", "p.json");
});

test("a head signed with another certificate of the same authority is no head", async () => {
  const proof = JSON.parse((await w.fetch("/api/trust/ledger/inclusion?index=7")).text);
  const { timeStamp: _timeStamp, ...head } = proof.head;
  const seal = await sign(w.j, { institution: court, bytes: Buffer.from(head.checkpoint) });
  put("p.json", { ...proof, head: { ...head, signature: Buffer.from(seal.signature).toString("base64"), certificate: seal.certificate } });
  refused(/not one for signing this ledger/, "inclusion", "p.json");
});

test("an entry handed to its person carries its header, and a header retouched is refused", async () => {
  const me = w.citizen();
  const { noted } = await import("../test-world.ts");
  const id = await w.transaction((ctx) => ctx.record(noted, `person:${me.person}`, { text: "x" }));
  await w.seal();
  const mine = await w.call(api.readMyEntry, { fact: id }, { as: me });
  put("mine.json", mine);
  holds("inclusion", "mine.json");
  put("mine.json", { ...mine, header: mine.header.replace("system", "sistem") });
  refused(/not the entry sealed/, "inclusion", "mine.json");
  assert.equal(mine.data, '{"text":"x"}');
  put("mine.json", { ...mine, data: '{"text":"y"}' });
  refused(/particulars shown are not those sealed/, "inclusion", "mine.json");
  await w.owner("delete from kernel.fact_data where fact = $1", [id]);
  const erased = await w.call(api.readMyEntry, { fact: id }, { as: me });
  assert.equal(erased.data, undefined);
  put("mine.json", erased);
  holds("inclusion", "mine.json");
});

test("consistency: a later head continues an earlier one; a forked ledger is refused", async () => {
  const newer = JSON.parse((await w.fetch("/api/trust/ledger/head")).text);
  const older = await w.call(api.listHeads, {}).then((r) => r.heads[0]!);
  put("newer.json", newer);
  const proof = await w.call(api.readConsistency, { from: older.size, to: newer.size });
  put("c.json", proof);
  holds("consistency", "older.json", "newer.json", "c.json");
  put("c.json", { ...proof, proof: [...proof.proof].reverse() });
  refused(/does not continue/, "consistency", "older.json", "newer.json", "c.json");
  put("c.json", { ...proof, from: older.size - 1 });
  refused(/other sizes/, "consistency", "older.json", "newer.json", "c.json");
});

test("entries: the whole export gives the signed root; one missing, changed or swapped does not", async () => {
  const head = await w.call(api.readHead, {});
  const auditor = w.clerk("zz-audit", ["trust.audit-ledger"]);
  const segments = [
    await w.call(api.exportEntries, { from: 0, to: 10 }, { as: auditor }),
    await w.call(api.exportEntries, { from: 10, to: head.size }, { as: auditor }),
  ];
  put("h.json", head);
  put("e0.json", segments[0]);
  put("e1.json", segments[1]);
  holds("entries", "h.json", "e0.json", "e1.json");
  refused(/missing or out of order/, "entries", "h.json", "e1.json", "e0.json");
  refused(/were signed/, "entries", "h.json", "e0.json");
  const entries = segments[1]!.entries.map((e, i) => (i === 3 ? { ...e, header: e.header.replace("notes", "Notes") } : e));
  put("e1.json", { ...segments[1], entries });
  refused(/not the signed ones/, "entries", "h.json", "e0.json", "e1.json");
});

test("somebody else's anchors, an empty file and a wrong word are said clearly", async () => {
  const other = await trustWorld();
  put("p.json", (await w.fetch("/api/trust/ledger/inclusion?index=1")).text);
  put("anchors.pem", (await other.fetch("/trust/anchors.pem")).text);
  await other.close();
  refused(/leads to none of your anchors/, "inclusion", "p.json");
  put("p.json", "{");
  assert.equal(run("inclusion", "p.json").code, 2);
  assert.equal(run("inclusion").code, 2);
  assert.match(run("dance", "p.json").out, /Usage/);
});
