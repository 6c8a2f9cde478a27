/** docs/guides/connect-a-view.md, walked: its SQL, its settings, its file, its question, on real PostgreSQL. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import pg from "pg";
import { connectLocally } from "#exchange";
import { decideProposal, listConnectors, proposeRight } from "#exchange/api";
import { testCluster, type World } from "#kernel/testing";
import { rowsFromPostgres } from "../../drivers/rows-postgres/index.ts";
import { houseOf, justice, manager, question } from "./connectors.ts";

const guide = readFileSync(new URL("../../docs/guides/connect-a-view.md", import.meta.url), "utf8");
const block = (language: string, n = 0) => [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))][n]![1]!;
const settings = Object.fromEntries([...block("sh").matchAll(/export (\w+)='?([^'\n]+)'?/g)].map((m) => [m[1]!, m[2]!]));

const name = `guide_${randomBytes(5).toString("hex")}`;
const driver = rowsFromPostgres();
let [cluster, w] = ["", undefined as unknown as World];
let register: pg.Client;
const server = async (text: string) => {
  const client = new pg.Client({ connectionString: cluster });
  await client.connect();
  await client.query(text);
  await client.end();
};
before(async () => {
  cluster = await testCluster();
  await server(`create database ${name}`);
  register = new pg.Client({ connectionString: cluster.replace(/\/[^/]*$/, `/${name}`) });
  await register.connect();
  await register.query(`create table births (nip text, family_name text, born_on date, weight_kg numeric(5,3), sex text, withdrawn boolean, cause text);
    insert into births values ('001', 'Ouédraogo', '1990-02-28', 3.25, 'F', false, 'not theirs'), ('002', 'Zongo', '1991-01-01', null, 'M', true, 'x')`);
  // roles are the cluster's: this test's own name for it
  await register.query(block("sql").replaceAll("exchange_reader", name));
  const at = new URL(cluster);
  const url = settings.TOGUNA_CONNECTOR_REGISTER_URL!.replace("exchange_reader", name).replace("5432/registry", `${at.port}/${name}`);
  w = await houseOf({ env: { ...settings, TOGUNA_CONNECTOR_REGISTER_URL: url }, postgres: driver });
});
after(async () => {
  await driver.close();
  await w.close();
  await register.end();
  await server(`drop database ${name} with (force)`);
  await server(`drop role ${name}`);
});

const service = (JSON.parse(block("json")) as { service: string }).service;
const ask = (nip: string) => question(w, service, { nip });

test("the file of the guide publishes the service, and says at once that its source is there", async () => {
  assert.deepEqual(await connectLocally(w.kernel.host, block("json")), { service, kind: "view", faults: [] });
  const [shown] = (await w.call(listConnectors, {}, { as: manager(w) })).connectors;
  assert.deepEqual([shown!.service, shown!.connected, shown!.title], [service, true, "Registre des naissances"]);
});

test("nobody may ask it until two officials gave a right; then the fields of the right leave", async () => {
  assert.equal((await ask("001")).outcome, "refused");
  const right = {
    service,
    subject: justice,
    purposes: ["criminal-record-extract"],
    fields: ["/rows/*/family", "/rows/*/birth/date"],
    methods: ["GET" as const],
    path: "/",
    basis: { fr: "Convention", en: "Agreement" },
    from: "2026-11-01",
  };
  const { id } = await w.call(proposeRight, right, { as: manager(w) });
  await w.call(decideProposal, { id, approve: true }, { as: w.clerk("bf-oni", ["exchange.approve-proposals"]) });
  const answer = await ask("001");
  assert.deepEqual((answer as { body?: unknown }).body, { rows: [{ family: "Ouédraogo", birth: { date: "1990-02-28" } }] });
  assert.deepEqual(((await ask("002")) as { body?: unknown }).body, { rows: [] }, "the view leaves her out");
});

test("a view that changed is a failure with its cause, until it is mended", async () => {
  await register.query("alter view exchange_births rename column family_name to name");
  assert.equal(((await ask("001")) as { type?: string }).type, "server.serverproxy.service_failed.malformed_response");
  const trouble = async () => (await w.call(listConnectors, {}, { as: manager(w) })).connectors[0]!.trouble?.cause;
  assert.equal(await trouble(), "no-column");
  assert.deepEqual((await connectLocally(w.kernel.host, block("json"))).faults, [{ fault: "no-column", name: "family_name" }]);
  await register.query("alter view exchange_births rename column name to family_name");
  assert.equal((await ask("001")).outcome, "answered");
  assert.equal(await trouble(), undefined);
});

test("a file that is none, of another's service or another's connection changes nothing", async () => {
  const said = JSON.parse(block("json")) as object;
  const with_ = (more: object) => connectLocally(w.kernel.host, JSON.stringify({ ...said, ...more }));
  await assert.rejects(connectLocally(w.kernel.host, "nothing"), /definition-unfit/);
  await assert.rejects(connectLocally(w.kernel.host, "[]"), /definition-unfit/);
  await assert.rejects(with_({ service: "BF/GOV/NOWHERE/X/y" }), /connector-unknown/);
  await assert.rejects(with_({ service: `${justice}/births` }), /connection-unknown/);
  await assert.rejects(with_({ definition: { ...(said as { definition: object }).definition, sql: "select 1" } }), /input|invalid/i);
  await assert.rejects(with_({ surplus: true }), /input|invalid/i);
});
