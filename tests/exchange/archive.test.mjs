import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { exchange, nextArchive } from "#exchange";
import { readConfig } from "#kernel/config";
import { world } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { run } from "../../apps/server/commands/archive-exchange-log.ts";
import { keysFile } from "../../drivers/keys-file/index.ts";
import { writeExchange } from "../../modules/exchange/evidence/test-log.ts";
import { zip } from "../../modules/exchange/evidence/zip.ts";
import { checkArchive } from "../../verify/exchange-archive.mjs";
import { unzip } from "../../verify/zip.mjs";

const day = 86_400_000;
const person = "0199aaaa-0000-7000-8000-00000000a4c4";
const verifier = fileURLToPath(new URL("../../verify/exchange-archive.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "toguna-archive-"));
let w, config, anchors, young;
const old = [];
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [keysFile], country: "bf", start: new Date(Date.now() - 120 * day) });
  old.push(
    await writeExchange(w),
    await writeExchange(w, { refused: true }),
    await writeExchange(w, { sides: ["provider"], bodies: false }),
  );
  await w.owner("update exchange.request set person = $2 where exchange = $1", [old[0].exchange, person]);
  await w.sweep("exchange.seal-log");
  await w.sweep("exchange.stamp-log");
  w.clock.advance(60 * 86_400);
  young = await writeExchange(w);
  await w.sweep("exchange.seal-log");
  await w.sweep("exchange.stamp-log");
  const { dataDir } = w.kernel.config;
  writeFileSync(join(dataDir, "runtime.password"), "run-time-password-of-tests");
  config = readConfig({
    TOGUNA_DEMO: "1",
    TOGUNA_LOG: "silent",
    TOGUNA_DATA: dataDir,
    DATABASE_URL: w.ownerUrl,
    TOGUNA_COUNTRY: "bf",
  });
  anchors = (await w.fetch("/trust/anchors.pem")).text;
});
after(async () => {
  await w.close();
  rmSync(folder, { recursive: true });
});

const date = (daysAgo) => new Date(Date.now() - daysAgo * day).toISOString().slice(0, 10);
const kept = async () => (await w.owner("select distinct exchange from exchange.request order by 1")).rows.map((r) => r.exchange);
const files = () => readdirSync(folder).sort();

test("only what is old, ended and under a time stamp; a young date or a missing word is refused", async () => {
  await assert.rejects(run(config, [folder]), /usage/);
  await assert.rejects(run(config, [folder, "--before", "yesterday"]), /usage/);
  await assert.rejects(run(config, [folder, "--before", date(30)]), /last 90 days stays/);
  const unfinished = await writeExchange(w, { sides: ["client"] });
  await w.owner("update exchange.request set at = $2 where exchange = $1", [unfinished.exchange, new Date(Date.now() - 119 * day)]);
  // a run that died after its first file was written and before its rows left
  const before = new Date(`${date(100)}T00:00:00Z`);
  const died = await nextArchive(w.kernel.jobContext("exchange.test"), { before, number: 1 });
  writeFileSync(join(folder, died.name), died.bytes);
  await run(config, [folder, "--before", date(100)]);
  assert.deepEqual(await kept(), [young.exchange, unfinished.exchange].sort());
  assert.deepEqual(files(), ["exchange-log-000001.zip", "exchange-log-000002.zip"]);
  await assert.rejects(
    w.owner("select exchange.drop_archived($1, $2)", [[young.exchange], new Date(Date.now() - 100 * day)]),
    /too young, unfinished or not under a time stamp/,
  );
  const asProgram = w.transaction(({ db }) =>
    db.run({ kind: "sql", parts: ["select exchange.drop_archived('{}', '2020-01-01')"], values: [] }),
  );
  await assert.rejects(asProgram, /permission denied/);
});

test("the file is whole: containers, every row, certificates; leaves stay, the look is told to the person", async () => {
  const file = unzip(readFileSync(join(folder, files()[1])));
  const rows = file.get("rows.jsonl").toString().trim().split("\n").map(JSON.parse);
  assert.equal(rows.length, 10);
  assert.ok(rows.every((r, i) => i === 0 || rows[i - 1].leaf < r.leaf));
  const containers = [...file.keys()].filter((name) => name.endsWith(".asice"));
  assert.equal(containers.length, 5);
  assert.deepEqual(new Set(rows.map((r) => r.exchange)), new Set(old.map((o) => o.exchange)));
  const leaves = await w.owner("select count(*)::int as n from exchange.leaf where exchange = any($1)", [old.map((o) => o.exchange)]);
  assert.equal(leaves.rows[0].n, 10);
  const facts = await w.owner("select type from kernel.fact where subject = $1 or type = 'exchange.log-archived' order by type", [
    `person:${person}`,
  ]);
  assert.deepEqual(facts.rows, [{ type: "exchange.log-archived" }, { type: "kernel.personal-read" }]);
});

test("a stranger finds the files genuine in their order, and refuses a changed, missing or foreign one", async () => {
  await run(config, [folder, "--before", date(91)]);
  await w.owner("update exchange.request set at = at"); // nothing older was left: no second file
  assert.equal(files().length, 2);
  const [first, bytes] = files().map((name) => readFileSync(join(folder, name)));
  const { sha512: previous, faults } = checkArchive(first, anchors);
  assert.deepEqual(faults, []);
  const r = checkArchive(bytes, anchors, previous);
  assert.deepEqual(r.faults, []);
  assert.equal(r.containers, 5);
  assert.ok(r.stampedAt instanceof Date);
  const bent = (change) => {
    const all = unzip(bytes);
    change(all);
    return checkArchive(
      zip(
        [...all].map(([name, data]) => ({ name, bytes: data })),
        new Date(),
      ),
      anchors,
      previous,
    ).faults.join();
  };
  assert.match(
    bent((f) => f.set("rows.jsonl", Buffer.from("{}\n"))),
    /rows\.jsonl is not the file/,
  );
  assert.match(
    bent((f) => f.delete([...f.keys()][0])),
    /is missing/,
  );
  assert.match(
    bent((f) => f.set("more", Buffer.from("x"))),
    /more is not in the manifest/,
  );
  assert.match(
    bent((f) => f.set("manifest.json", Buffer.from(f.get("manifest.json").toString().replace('"rows": 10', '"rows": 11')))),
    /time stamp does not hold[\s\S]*signature of the manifest/,
  );
  assert.match(checkArchive(bytes, anchors, "00").faults.join(), /named before this one/);
  assert.match(checkArchive(Buffer.from("PK"), anchors).faults.join(), /not a zip/);
  writeFileSync(join(folder, "anchors.pem"), anchors);
  const said = spawnSync(process.execPath, [verifier, "--anchors", "anchors.pem", ...files().filter((n) => n.endsWith(".zip"))], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(said.status, 0, said.stdout + said.stderr);
});
