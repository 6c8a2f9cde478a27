/** A view of an institution's own database as a service: asked, checked, signed and logged as any other. */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { connectView, listConnectors, lookConnection, readProof, tryConnector } from "#exchange/api";
import { factsOf } from "#kernel";
import type { World } from "#kernel/testing";
import { answerRows } from "../../modules/exchange/connectors/answer.ts";
import { serviceOf } from "../../modules/exchange/directory/store.ts";
import {
  giveRight,
  houseOf,
  justice,
  line,
  manager,
  publishView,
  question,
  type Register,
  typed,
  viewDefinition,
  viewService,
} from "./connectors.ts";

const register: Register = {
  asked: [],
  tables: {
    naissances: [
      line("001"),
      line("002", { NOM: "Zongo", NE_LE: null, POIDS: "", SEXE: "M" }),
      ...Array.from({ length: 4 }, () => line("003")),
      line("004", { NE_LE: "31/02/1990" }),
      line("005", { SEXE: "X" }),
      line("006", { NOM: null }),
    ],
  },
};
let w: World;
before(async () => {
  w = await houseOf({ register });
  await publishView(w);
  await giveRight(w, viewService, null);
  await w.owner("update exchange.service set timeout_seconds = 1 where id = $1", [viewService]);
});
after(() => w.close());
afterEach(() => {
  delete register.fault;
  register.asked = [];
});
const get = (query: Record<string, string>, more: object = {}) => question(w, viewService, query, more);
const shown = async () => (await w.call(listConnectors, {}, { as: manager(w) })).connectors.find((c) => c.service === viewService)!;

test("a row becomes the service's JSON: dates, numbers, choices, empty cells left out", async () => {
  const answer = await get({ nip: "001" });
  assert.deepEqual(
    [answer.outcome, (answer as { body?: unknown }).body],
    ["answered", { rows: [{ nip: "001", family: "Ouédraogo", birth: { date: "1990-02-28", weight: 3.25 }, sex: "female" }] }],
  );
  assert.deepEqual(((await get({ nip: "002" })) as { body?: unknown }).body, { rows: [{ nip: "002", family: "Zongo", sex: "male" }] });
  assert.deepEqual(((await get({ nip: "999" })) as { body?: unknown }).body, { rows: [] });
  const { url, where, limit, columns } = register.asked[0]!;
  assert.deepEqual([where, limit, columns], [[{ column: "NIP", type: "text", value: "001" }], 4, ["NIP", "NOM", "NE_LE", "POIDS", "SEXE"]]);
  assert.match(url, /secret/);
});

test("HEAD tells whether it would be answered, without a body; writing is no question", async () => {
  const j = w.kernel.jobContext("exchange.test");
  const service = (await w.transaction((ctx) => serviceOf(ctx.db, viewService)))!;
  const said = async (method: string) => {
    const result = await answerRows(j, service, { method, path: "/", query: { nip: "001" } });
    return result.kind === "response" ? [result.status, result.body.length > 0] : result.kind;
  };
  assert.deepEqual(
    [await said("GET"), await said("HEAD"), await said("POST")],
    [
      [200, true],
      [200, false],
      [405, true],
    ],
  );
  register.asked = [];
});

test("fields of the right only leave, and the proof is the one of every exchange", async () => {
  await giveRight(w, viewService, ["/rows/*/family"]);
  const person = w.citizen().person!;
  const answer = await get({ nip: "001", born: "1990-02-28" }, { person });
  assert.deepEqual((answer as { body?: unknown }).body, { rows: [{ family: "Ouédraogo" }] });
  assert.deepEqual(register.asked[0]!.where, [
    { column: "NIP", type: "text", value: "001" },
    { column: "NE_LE", type: "text", value: "28/02/1990" },
  ]);
  const exchange = answer.exchangeId!;
  const proof = await w.call(readProof, { exchange }, { as: w.clerk("bf-oni", ["exchange.prove-message"]) });
  assert.deepEqual(
    proof.messages.map((m) => m.direction),
    ["request", "response"],
  );
  const facts = await w.transaction((ctx) => factsOf(ctx, { subject: `person:${person}` }));
  assert.deepEqual(facts.map((f) => f.type).sort(), ["exchange.answered", "exchange.asked", "kernel.personal-read"]);
  await giveRight(w, viewService, null);
});

test("without a right, another purpose, another verb or path: refused, and the register is not asked", async () => {
  for (const more of [{ client: "BF/GOV/ONI/IDENTITE" }, { purpose: "identity-proof" }, { method: "POST", body: {} }, { path: "/other" }])
    assert.equal((await get({ nip: "001" }, more)).outcome, "refused", JSON.stringify(more));
  assert.equal((await get({ nip: "001", "NIP) or (1": "1" })).outcome, "refused");
  assert.deepEqual(register.asked, []);
});

test("what is no value of its parameter, or no question, is told so; the register is not asked", async () => {
  const wrong: Record<string, string>[] = [
    {},
    { born: "1990-02-28" },
    { nip: "" },
    { nip: " 001" },
    { nip: "x".repeat(501) },
    { nip: "001", born: "28/02/1990" },
    { nip: "001", born: "1990-02-30" },
  ];
  for (const query of wrong) {
    const answer = await get(query);
    assert.equal((answer as { status?: number }).status, 400, JSON.stringify([query, answer]));
  }
  assert.deepEqual(register.asked, []);
});

test("more rows than the service gives is a question too wide, never a shorter answer", async () => {
  const answer = await get({ nip: "003" });
  assert.deepEqual(
    [(answer as { status?: number }).status, (answer as { body?: unknown }).body],
    [422, { error: "too-many-rows", most: 3 }],
  );
});

test("a row that is not what the service promises is no answer at all", async () => {
  for (const nip of ["004", "005", "006"]) {
    const answer = await get({ nip });
    assert.deepEqual(
      [answer.outcome, (answer as { type?: string }).type],
      ["unavailable", "server.serverproxy.service_failed.malformed_response"],
      nip,
    );
  }
  assert.equal((await shown()).trouble?.cause, "unfit");
  await get({ nip: "001" });
  assert.equal((await shown()).trouble, undefined, "an answer ends the trouble");
});

test("a register that is late, silent, cut in the middle, changed, closed or wrongly keyed: a failure with its cause, in time", async () => {
  const cases: [Register["fault"], string, string][] = [
    [{ kind: "never" }, "timeout", "service_failed.timeout"],
    [{ kind: "late", ms: 3000 }, "timeout", "service_failed.timeout"],
    [{ kind: "half" }, "cut", "io_error"],
    [{ kind: "types" }, "unfit", "service_failed.malformed_response"],
    [{ kind: "trouble", trouble: "no-column" }, "no-column", "service_failed.malformed_response"],
    [{ kind: "trouble", trouble: "no-table" }, "no-table", "service_failed.malformed_response"],
    [{ kind: "trouble", trouble: "credentials" }, "credentials", "network_error"],
    [{ kind: "trouble", trouble: "unreachable" }, "unreachable", "network_error"],
    [{ kind: "trouble", trouble: "busy" }, "busy", "network_error"],
    [{ kind: "trouble", trouble: "too-large" }, "too-large", "service_failed.too_large"],
  ];
  for (const [fault, cause, type] of cases) {
    register.fault = fault!;
    // `types` shows cells of another kind: the number asked for must still be found
    const began = performance.now();
    const answer = await get({ nip: "001" });
    if (fault!.kind === "types") assert.deepEqual((answer as { body?: unknown }).body, { rows: [] }, "no row is about what was asked");
    else {
      assert.deepEqual(
        [answer.outcome, (answer as { type?: string }).type],
        ["unavailable", `server.serverproxy.${type}`],
        JSON.stringify(fault),
      );
      assert.equal((await shown()).trouble?.cause, cause);
    }
    assert.ok(performance.now() - began < 2500);
  }
  register.fault = { kind: "late", ms: 100 };
  assert.equal((await get({ nip: "001" })).outcome, "answered");
});

test("a database that folds what it compares does not widen the answer", async () => {
  const rows = register.tables.naissances!;
  register.tables.naissances = [line("aB")];
  const find = Object.getOwnPropertyDescriptor(Array.prototype, "filter")!.value as typeof Array.prototype.filter;
  // the memory compares exactly: make it answer another row, as a case-folding collation would
  register.tables.naissances = Object.assign([line("aB")], { filter: () => find.call([line("ab"), line("aB")], () => true) }) as never;
  assert.deepEqual(
    ((await get({ nip: "aB" })) as { body: { rows: { nip: string }[] } }).body.rows.map((r) => r.nip),
    ["aB"],
  );
  register.tables.naissances = rows;
});

test("only one's own subsystem, one's own connection, and a definition that fits", async () => {
  const as = manager(w);
  const typedView = { ...typed, code: "autre", definition: viewDefinition };
  await assert.rejects(w.call(connectView, typedView, { as: manager(w, "bf-min-justice") }), /not-own-directory/);
  await assert.rejects(w.call(connectView, typedView, { as: w.clerk("bf-oni") }), /forbidden/);
  await assert.rejects(w.call(connectView, typedView), /sign-in/);
  await assert.rejects(
    w.call(connectView, { ...typedView, subsystem: justice }, { as: manager(w, "bf-min-justice") }),
    /connection-unknown/,
    "another institution's connection is nobody's",
  );
  await assert.rejects(w.call(connectView, { ...typedView, code: "persons" }, { as }), /code-taken/);
  await assert.rejects(w.call(connectView, { ...typedView, code: "listMethods" }, { as }), /code-reserved/);
  const unfit = async (definition: object, cause: RegExp) =>
    assert.rejects(w.call(connectView, { ...typedView, definition: { ...viewDefinition, ...definition } } as never, { as }), cause);
  await unfit({ parameters: viewDefinition.parameters.map((p) => ({ ...p, required: false })) }, /no parameter is required/);
  await unfit({ columns: viewDefinition.columns.slice(1) }, /field nip is always answered/);
  await unfit({ columns: [...viewDefinition.columns, { field: "secret", column: "X" }] }, /no such field/);
  await unfit({ parameters: viewDefinition.parameters.slice(0, 1) }, /parameter born of the service has no column/);
  for (const table of ['a"; drop table x', "a`b", "a'b", "a;b", "a\\b", "a\nb", "", "x".repeat(64)])
    await unfit({ table }, /input|invalid/i);
  await unfit({ sql: "select 1" }, /input|invalid/i);
});

test("a look and a trial tell what is there; strangers learn nothing, and nobody the password", async () => {
  const as = manager(w);
  const seen = await w.call(lookConnection, { connection: "registre" }, { as });
  assert.deepEqual([seen.kind, seen.tables[0]!.columns.map((c) => c.name)], ["postgres", ["NIP", "NOM", "NE_LE", "POIDS", "SEXE"]]);
  assert.deepEqual((await w.call(tryConnector, { service: viewService }, { as })).faults, [{ fault: "no-table", name: "naissances" }]);
  await w.owner('update exchange.connector set definition = definition || \'{"schema":"memory"}\' where service = $1', [viewService]);
  assert.equal((await w.call(tryConnector, { service: viewService }, { as })).works, true);
  await assert.rejects(w.call(lookConnection, { connection: "registre" }, { as: manager(w, "bf-min-justice") }), /connection-unknown/);
  await assert.rejects(w.call(tryConnector, { service: viewService }, { as: manager(w, "bf-min-justice") }), /connector-unknown/);
  assert.deepEqual((await w.call(listConnectors, {}, { as: manager(w, "bf-min-justice") })).connectors, []);
  assert.ok(!JSON.stringify([seen, await w.call(listConnectors, {}, { as })]).includes("secret"));
  const kept = await w.owner("select definition::text as text from exchange.connector");
  assert.ok(!JSON.stringify(kept.rows).includes("secret"));
});
