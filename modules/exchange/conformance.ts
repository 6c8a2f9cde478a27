/** What every driver of the exchange must do; each driver's test runs it against its own outside. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RowsDriver, RowsQuestion } from "./ports.ts";

export { memoryRows, type MemoryFault } from "./connectors/test-rows.ts";

/**
 * The table `births` every outside holds: columns nip, family, born, weight, living, note; nip is indexed.
 * `view` shows the same rows under the same names, `slow` never answers.
 */
export const births: { nip: string; family: string; born: string | null; weight: string | null; living: string; note: string | null }[] = [
  { nip: "001", family: "Ouédraogo", born: "1990-02-28", weight: "3.250", living: "1", note: "a 'quoted' \"name\" `x` \\ ; --" },
  { nip: "002", family: "OUEDRAOGO", born: "1990-02-28", weight: "2.900", living: "0", note: null },
  { nip: "003", family: "Nikiéma", born: null, weight: null, living: "1", note: "Tɛnɛ Ŋguɩn 😀\nline two" },
  { nip: "004", family: "Zongo", born: "2000-12-31", weight: "3.250", living: "1", note: "x".repeat(300) },
];

export interface RowsOutside {
  driver: RowsDriver;
  url: string;
  /** The same with another password, with another port where nothing listens. */
  wrongPassword?: string;
  nowhere: string;
  schema?: string;
  /** A table that the log-in may not read. */
  forbidden?: string;
  /** It does not tell a table that is not there from one that may not be read. */
  hides?: boolean;
}

const never = new AbortController().signal;

export function rowsConformance(name: string, outside: () => Promise<RowsOutside>, o: { skip?: string | false } = {}): void {
  const skip = o.skip ?? false;
  const ask = async (more: Partial<RowsQuestion> = {}, signal: AbortSignal = never) => {
    const at = await outside();
    return at.driver.find(
      {
        url: at.url,
        ...(at.schema === undefined ? {} : { schema: at.schema }),
        table: "births",
        columns: ["nip", "family"],
        where: [{ column: "nip", type: "text", value: "001" }],
        limit: 10,
        cellLimit: 4000,
        byteLimit: 1_000_000,
        deadlineMs: 5000,
        needsTls: false,
        ...more,
      },
      signal,
    );
  };
  const troubleOf = async (answer: Promise<unknown>): Promise<unknown> => ((await answer) as { trouble?: unknown }).trouble;

  test(`${name}: rows come as they stand, columns in the order asked`, { skip }, async () => {
    for (const table of ["births", "view"])
      for (const one of births)
        assert.deepEqual(
          await ask({ table, columns: ["note", "nip", "born", "family"], where: [{ column: "nip", type: "text", value: one.nip }] }),
          { rows: [[one.note, one.nip, one.born, one.family]] },
        );
    const { rows } = (await ask({ columns: ["weight", "living"] })) as { rows: string[][] };
    assert.equal(Number(rows[0]![0]), 3.25);
    assert.match(rows[0]![1]!, /^(1|true)$/);
  });

  test(`${name}: numbers, dates and truths are compared as such, text to the letter`, { skip }, async () => {
    const nips = async (where: RowsQuestion["where"]) =>
      ((await ask({ columns: ["nip"], where })) as { rows: string[][] }).rows.flat().sort();
    assert.deepEqual(await nips([{ column: "weight", type: "number", value: "3.25" }]), ["001", "004"]);
    assert.deepEqual(await nips([{ column: "born", type: "date", value: "1990-02-28" }]), ["001", "002"]);
    assert.deepEqual(await nips([{ column: "living", type: "boolean", value: "false" }]), ["002"]);
    assert.deepEqual(await nips([{ column: "family", type: "text", value: "Ouédraogo" }]), ["001"]);
    assert.deepEqual(await nips([{ column: "family", type: "text", value: "ouedraogo" }]), []);
    assert.deepEqual(
      await nips([
        { column: "born", type: "date", value: "1990-02-28" },
        { column: "living", type: "boolean", value: "true" },
      ]),
      ["001"],
    );
  });

  test(`${name}: what is asked is a value, whatever it looks like`, { skip }, async () => {
    for (const value of [
      "' or '1'='1",
      "001' or 1=1 --",
      '" or ""="',
      "\\' or 1=1 #",
      "001; drop table births",
      "%",
      "_01",
      "*",
      "$1",
      "?",
      ":x",
      "x".repeat(500),
    ])
      assert.deepEqual(await ask({ where: [{ column: "nip", type: "text", value }] }), { rows: [] }, value);
    assert.equal(((await ask()) as { rows: unknown[] }).rows.length, 1);
  });

  test(`${name}: a name is a name, whatever it looks like`, { skip }, async () => {
    for (const bad of ['nip" from births; drop table births; --', "nip`, (select 1)", "nip, family", "*", "1", "nip--"]) {
      assert.equal(await troubleOf(ask({ columns: [bad] })), "no-column", bad);
      assert.equal(await troubleOf(ask({ where: [{ column: bad, type: "text", value: "1" }] })), "no-column", bad);
      assert.equal(await troubleOf(ask({ table: bad })), (await outside()).hides ? "forbidden" : "no-table", bad);
    }
    assert.equal(((await ask()) as { rows: unknown[] }).rows.length, 1);
  });

  test(`${name}: no condition, no question; never more rows than said`, { skip }, async () => {
    await assert.rejects(async () => {
      const answer = await ask({ where: [] });
      if ("trouble" in answer) throw new Error(answer.trouble);
    });
    const two = [{ column: "born", type: "date", value: "1990-02-28" }] as const;
    assert.equal(((await ask({ where: two, limit: 1 })) as { rows: unknown[] }).rows.length, 1);
  });

  test(`${name}: a cell or an answer beyond what is said is too large`, { skip }, async () => {
    const long = { columns: ["note"], where: [{ column: "nip", type: "text", value: "004" }] } as const;
    assert.equal(((await ask({ ...long, cellLimit: 300 })) as { rows: unknown[] }).rows.length, 1);
    assert.equal(await troubleOf(ask({ ...long, cellLimit: 299 })), "too-large");
    assert.equal(await troubleOf(ask({ ...long, byteLimit: 299 })), "too-large");
  });

  test(`${name}: a view that never answers is left in time, and the next question is answered`, { skip }, async () => {
    const began = performance.now();
    assert.equal(await troubleOf(ask({ table: "slow", deadlineMs: 400 })), "timeout");
    const away = new AbortController();
    setTimeout(() => away.abort(), 100);
    assert.equal(await troubleOf(ask({ table: "slow" }, away.signal)), "cut");
    assert.equal(await troubleOf(ask({}, AbortSignal.abort())), "cut");
    assert.ok(performance.now() - began < 3000);
    assert.equal(((await ask()) as { rows: unknown[] }).rows.length, 1);
  });

  test(`${name}: every trouble has its name, and none tells the password`, { skip }, async () => {
    const at = await outside();
    const cases: [string, Partial<RowsQuestion>][] = [
      [at.hides ? "forbidden" : "no-table", { table: "nothing" }],
      ["no-column", { columns: ["nothing"] }],
      ["unreachable", { url: at.nowhere }],
      ["unreachable", { url: "ftp://somewhere" }],
      ...(at.wrongPassword ? [["credentials", { url: at.wrongPassword }] as [string, Partial<RowsQuestion>]] : []),
      ...(at.forbidden ? [["forbidden", { table: at.forbidden }] as [string, Partial<RowsQuestion>]] : []),
    ];
    for (const [trouble, more] of cases) {
      const answer = (await ask(more)) as { trouble?: string; detail?: string };
      assert.equal(answer.trouble, trouble, JSON.stringify(answer));
      assert.ok(!answer.detail!.includes("secret"), answer.detail);
    }
  });

  test(`${name}: shows the tables and views it may read`, { skip }, async () => {
    const at = await outside();
    const answer = await at.driver.tables({ url: at.url, deadlineMs: 5000, needsTls: false }, never);
    assert.ok("tables" in answer, JSON.stringify(answer));
    const view = answer.tables.find((t) => t.name === "view" && (at.schema === undefined || t.schema === at.schema));
    assert.deepEqual(
      view?.columns.map((c) => c.name),
      ["nip", "family", "born", "weight", "living", "note"],
    );
    assert.ok(!answer.tables.some((t) => t.name === at.forbidden));
    const nothing = await at.driver.tables({ url: at.nowhere, deadlineMs: 3000, needsTls: false }, never);
    assert.equal((nothing as { trouble?: string }).trouble, "unreachable");
  });
}
