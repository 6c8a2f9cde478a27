/** A file dropped each night as a service: taken whole or not at all, never half, never an older one. */
import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { connectFile, listConnectors, listDrops, lookConnection, tryConnector } from "#exchange/api";
import { factsOf } from "#kernel";
import type { World } from "#kernel/testing";
import { fileDefinition, fileService, giveRight, houseOf, manager, publishFile, question } from "./connectors.ts";

const folder = mkdtempSync(join(tmpdir(), "toguna-nuit-"));
let w: World;
before(async () => {
  w = await houseOf({ env: { TOGUNA_CONNECTOR_NUIT_FOLDER: folder, TOGUNA_CONNECTOR_NUIT_INSTITUTION: "bf-oni" } });
  await publishFile(w);
  await giveRight(w, fileService, ["/rows/*/family"]);
});
after(async () => {
  await w.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  await w.owner("delete from exchange.drop_generation; delete from exchange.drop_row; delete from exchange.drop_seen");
});

const head = "NIP;NOM;NE_LE;POIDS;SEXE";
const person = (nip: string, family = "Ouédraogo") => `${nip};${family};28/02/1990;3,25;F`;
/** As written at this moment of the world's clock, unless said. */
function put(name: string, lines: string[], at = w.clock.now()): void {
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  utimesSync(join(folder, name), at, at);
}
const day = (shift = 0): string => new Date(w.clock.now().getTime() + shift * 86_400_000).toISOString().slice(0, 10);
const sweep = () => w.sweep("exchange.dropped-files");
/** Seen, then seen unchanged: taken. */
async function night(): Promise<void> {
  await sweep();
  w.clock.advance(30);
  await sweep();
}
const families = async (nip: string): Promise<unknown> => {
  const answer = await question(w, fileService, { nip });
  return answer.outcome === "answered"
    ? (answer.body as { rows: { family: string }[] }).rows.map((r) => r.family)
    : (answer as { type?: string }).type;
};
const drops = async () => (await w.call(listDrops, { service: fileService }, { as: manager(w) })).drops;
const shown = async () => (await w.call(listConnectors, {}, { as: manager(w) })).connectors[0]!;

test("before the first file there is no answer; then there is, with the age of the data", async () => {
  assert.equal(await families("001"), "server.serverproxy.network_error");
  assert.equal((await shown()).trouble?.cause, "no-data");
  put(`naissances-${day()}.csv`, [head, person("001"), person("002", "Zongo"), person("002", "Zongo-Kaboré")]);
  await sweep();
  assert.equal(await families("001"), "server.serverproxy.network_error", "seen once, it may still be growing");
  w.clock.advance(30);
  await sweep();
  assert.deepEqual([await families("001"), await families("002"), await families("009")], [["Ouédraogo"], ["Zongo", "Zongo-Kaboré"], []]);
  const answer = (await question(w, fileService, { nip: "001", born: "1990-02-28" })) as { body: unknown; headers: Record<string, string> };
  assert.deepEqual(answer.body, { rows: [{ family: "Ouédraogo" }] });
  assert.equal(answer.headers["last-modified"], new Date(`${day()}T00:00:00Z`).toUTCString());
  const age = Number(answer.headers["exchange-data-age"]);
  assert.ok(Math.abs(age - (w.clock.now().getTime() - Date.parse(`${day()}T00:00:00Z`)) / 1000) < 5);
  assert.deepEqual(((await question(w, fileService, { nip: "001", born: "1990-03-01" })) as { body: unknown }).body, { rows: [] });
  const { data } = await shown();
  assert.deepEqual([data!.rows, data!.late, data!.file], [3, false, `naissances-${day()}.csv`]);
  w.clock.advance(2 * 86_400);
  assert.equal((await shown()).data!.late, true, "nobody dropped a file for two nights");
});

test("the next night replaces the whole; what left the register is gone from here", async () => {
  put(`naissances-${day(-1)}.csv`, [head, person("001"), person("002")]);
  await night();
  put(`naissances-${day()}.csv`, [head, person("001", "Nikiéma")]);
  await night();
  assert.deepEqual([await families("001"), await families("002")], [["Nikiéma"], []]);
  const rows = await w.owner("select count(*)::int as n from exchange.drop_row");
  assert.deepEqual(rows.rows, [{ n: 1 }]);
  assert.deepEqual(
    (await drops()).map((d) => [d.state, d.rows]),
    [
      ["whole", 1],
      ["replaced", 2],
    ],
  );
});

test("one bad line refuses the file: each is reported by number and cause, without its values, and the old one stays", async () => {
  put(`naissances-${day(-1)}.csv`, [head, person("001")]);
  await night();
  put(`naissances-${day()}.csv`, [
    head,
    person("001", "Autre"),
    "003;;28/02/1990;3,25;F",
    "004;Secret;30/02/1990;3,25;F",
    ";Zongo;;;",
    "005;Zongo;;3.25.1;X",
    "006;Zongo",
    `${person("007")};extra`,
  ]);
  await night();
  assert.deepEqual(await families("001"), ["Ouédraogo"]);
  const [refused] = await drops();
  assert.deepEqual([refused!.state, refused!.cause, refused!.faultCount], ["refused", "lines", 7]);
  assert.deepEqual(
    refused!.faults.map((f) => `${f.line} ${f.column ?? ""} ${f.fault}`),
    ["3 NOM missing", "4 NE_LE type", "5 NIP missing", "6 POIDS type", "6 SEXE type", "7  too-few-cells", "8  too-many-cells"],
  );
  assert.ok(!JSON.stringify(await drops()).includes("Secret"));
  assert.equal((await shown()).refused?.faults, 7);
  await sweep();
  assert.equal((await drops()).length, 2, "a refused file is looked at once");
  // mended under the same name, it is another file
  w.clock.advance(5 * 60);
  put(`naissances-${day()}.csv`, [head, person("001", "Autre")]);
  await night();
  assert.deepEqual(await families("001"), ["Autre"]);
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: "institution:bf-oni" }));
  assert.ok(["exchange.file-taken", "exchange.file-refused"].every((type) => facts.some((f) => f.type === type)));
  assert.ok(!JSON.stringify(facts).includes("Secret"));
});

test("a file that still grows is left alone; one that grows while it is read is as if never seen", async () => {
  const name = `naissances-${day()}.csv`;
  put(name, [head, person("001")]);
  for (let i = 2; i < 5; i++) {
    await sweep();
    w.clock.advance(15);
    appendFileSync(join(folder, name), `${person(`00${i}`)}\n`);
    utimesSync(join(folder, name), w.clock.now(), w.clock.now());
  }
  assert.deepEqual(await drops(), []);
  await night();
  assert.equal((await shown()).data?.rows, 4);
});

test("older files, replayed files, files of tomorrow: refused, and the one in force stays", async () => {
  put(`naissances-${day()}.csv`, [head, person("001", "Neuf")]);
  await night();
  put(`naissances-${day(-3)}.csv`, [head, person("001", "Vieux")]);
  put(`naissances-${day(20)}.csv`, [head, person("001", "Futur")]);
  await night();
  assert.deepEqual(await families("001"), ["Neuf"]);
  assert.deepEqual((await drops()).map((d) => d.cause).sort(), ["future", "older", undefined].sort());
});

test("a file without a day in its name: its own time counts, and old content under a new time is a replay", async () => {
  const definition = { ...fileDefinition, file: "registre.csv" };
  await publishFile(w, { definition });
  const one = [head, person("001", "Un")];
  put("registre.csv", one);
  await night();
  w.clock.advance(24 * 3600);
  put("registre.csv", [head, person("001", "Deux")]);
  await night();
  assert.deepEqual(await families("001"), ["Deux"]);
  w.clock.advance(24 * 3600);
  put("registre.csv", one);
  await night();
  assert.deepEqual([await families("001"), (await drops())[0]!.cause], [["Deux"], "replayed"]);
  put("registre.csv", [head, person("001", "Deux")]);
  await night();
  assert.ok((await shown()).data!.ageSeconds < 120, "the same content again is the register of today");
  put("registre.csv", one, new Date(w.clock.now().getTime() - 9 * 86_400_000));
  await night();
  assert.equal((await drops())[0]!.cause, "older");
  await publishFile(w);
});

test("columns missing or twice, an empty file, too few lines, bytes that are no text", async () => {
  const cases: [string, (string | Buffer)[], object][] = [
    ["columns", ["NIP;NOM;NE_LE;POIDS", "1;a;;"], {}],
    ["columns", ["NIP;NOM;NE_LE;POIDS;SEXE;NIP", "1;a;;;;2"], {}],
    ["empty", [head], {}],
    ["too-few-lines", [head, person("001")], { least: 2 }],
    ["quotes", [head, '"001;x'], {}],
    ["not-a-workbook", ["NIP;NOM", "1;2"], { format: "xlsx", file: "naissances-{date}.xlsx" }],
  ];
  for (const [cause, lines, more] of cases) {
    w.clock.advance(1 * 60);
    const definition = { ...fileDefinition, ...more };
    await w.call(connectFile, { ...(await import("./connectors.ts")).typed, code: "registre-nuit", definition } as never, {
      as: manager(w),
    });
    put(definition.file.replace("{date}", day()), lines as string[]);
    await night();
    const [newest] = await drops();
    assert.equal(newest?.cause, cause, JSON.stringify(newest));
  }
  put(`naissances-${day()}.csv`, []);
  writeFileSync(join(folder, `naissances-${day()}.csv`), Buffer.from(`${head}\n001;Ou\xe9draogo;;;F\n`, "latin1"));
  utimesSync(join(folder, `naissances-${day()}.csv`), w.clock.now(), w.clock.now());
  await publishFile(w);
  await night();
  assert.equal((await drops())[0]!.cause, "encoding");
  await publishFile(w, { definition: { ...fileDefinition, encoding: "latin-1" } });
  w.clock.advance(1);
  await night();
  assert.deepEqual(await families("001"), ["Ouédraogo"], "read again by its new description");
  await publishFile(w);
});

test("killed while it loads: the old stays, what was half there goes, and the file is taken anew", async () => {
  put(`naissances-${day(-1)}.csv`, [head, person("001")]);
  await night();
  // what a program killed after a portion leaves behind
  const left = await w.owner(
    `insert into exchange.drop_generation (service, institution, name, size, modified, as_of, state, began_at)
     values ($1, 'bf-oni', $2, 1, $3, $3, 'loading', $3) returning id`,
    [fileService, `naissances-${day()}.csv`, w.clock.now()],
  );
  await w.owner("insert into exchange.drop_row values ($1, 'bf-oni', '001', '{}', '{\"family\":\"Half\"}')", [
    (left.rows[0] as { id: string }).id,
  ]);
  assert.deepEqual(await families("001"), ["Ouédraogo"]);
  put(`naissances-${day()}.csv`, [head, person("001", "Entier")]);
  await night();
  assert.deepEqual(await families("001"), ["Entier"]);
  assert.deepEqual((await w.owner("select count(*)::int as n from exchange.drop_row")).rows, [{ n: 1 }]);
});

test("a hundred thousand lines in bounded memory, found by number at once", async () => {
  const lines = [head];
  for (let i = 0; i < 100_000; i++) lines.push(person(String(i).padStart(6, "0")));
  put(`naissances-${day()}.csv`, lines);
  lines.length = 0;
  await sweep();
  w.clock.advance(30);
  const before = process.memoryUsage().rss;
  await sweep();
  const [drop] = await drops();
  assert.deepEqual([drop!.state, drop!.rows], ["whole", 100_000]);
  assert.ok(process.memoryUsage().rss - before < 150 * 1024 * 1024);
  const began = performance.now();
  assert.deepEqual(await families("099999"), ["Ouédraogo"]);
  assert.ok(performance.now() - began < 1000);
});

test("no folder, another institution's folder, a look by a stranger", async () => {
  const as = manager(w);
  put(`naissances-${day()}.csv`, [head, person("001")]);
  assert.deepEqual(
    (await w.call(lookConnection, { connection: "nuit" }, { as })).files.map((f) => f.name),
    [`naissances-${day()}.csv`],
  );
  assert.equal((await w.call(tryConnector, { service: fileService }, { as })).works, true);
  await assert.rejects(w.call(lookConnection, { connection: "nuit" }, { as: manager(w, "bf-min-justice") }), /connection-unknown/);
  await assert.rejects(w.call(listDrops, { service: fileService }, { as: manager(w, "bf-min-justice") }), /connector-unknown/);
  rmSync(folder, { recursive: true });
  await sweep();
  assert.equal((await shown()).trouble?.cause, "no-folder");
  assert.deepEqual((await w.call(tryConnector, { service: fileService }, { as })).faults, [{ fault: "no-folder" }]);
  (await import("node:fs")).mkdirSync(folder);
});
