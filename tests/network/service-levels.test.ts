/** A month from what was measured to the sealed paper: closed once, corrected beside, one's own only. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { checkPdf } from "#trust";
import * as api from "#network/api";
import { alarmRow, serviceWorld, uuid, type ServiceWorld } from "./service-world.ts";

let s: ServiceWorld;
const month = "2026-10";
const court = "bf-ca-ouagadougou";
before(async () => {
  s = await serviceWorld();
  // connected since the 11th; cut from October into November, and once more inside the first time
  await s.w.owner("update network.revision set at = '2026-10-11T00:00:00Z'");
  await alarmRow(s.w, { id: uuid(1), element: "k4", began: "2026-10-31T12:00:00Z", ended: "2026-11-02T12:00:00Z", down: ["cil", "court"] });
  await alarmRow(s.w, { id: uuid(2), element: "k2", began: "2026-10-31T14:00:00Z", ended: "2026-10-31T16:00:00Z", down: ["court"] });
  await alarmRow(s.w, {
    id: uuid(3),
    kind: "power",
    element: "court",
    began: "2026-10-20T08:00:00Z",
    ended: "2026-10-20T18:00:00Z",
    down: ["court"],
  });
});
after(() => s?.w.close());

const level = (institution = court, as = s.rodrigue, more: object = {}) =>
  s.w.call(api.readServiceLevel, { institution, month, ...more }, { as });
const bytes = (p: { content: string }) => Buffer.from(p.content, "base64");

test("before it is closed: a part of the month, two interruptions at once, one across the month's end, power of one's own", async () => {
  const l = await level();
  assert.equal(l.number, undefined);
  const { service, down, excludedPower, unknown, fee, late, availability } = l.totals;
  assert.deepEqual([service, down, excludedPower, late], [21 * 86_400, 12 * 3600, 10 * 3600, 0]);
  assert.equal(unknown, 21 * 86_400 - 22 * 3600, "no agent there measured anything");
  assert.equal(availability, undefined);
  assert.equal(fee, Math.round((180_000 * 21) / 31));
  const november = await s.w.call(api.readServiceLevel, { institution: court, month: "2026-11" }, { as: s.rodrigue });
  assert.deepEqual([november.totals.down, november.totals.late], [36 * 3600, 1], "its repair time ran out on the first");
  const list = await s.w.call(api.listServiceLevels, { month }, { as: s.rodrigue });
  assert.deepEqual(list.lines.map((x) => x.institution).toSorted(), ["bf-anptic", "bf-ca-ouagadougou", "bf-cil", "bf-oni"]); // prettier-ignore
});

test("malformed months, months to come, other people's statements: refused", async () => {
  for (const bad of ["2026-13", "2026-00", "2026-1", "octobre", "2026-10-01", "1999-10", "'; drop table x", "x".repeat(400)]) {
    await assert.rejects(s.w.call(api.closeMonth, { month: bad }, { as: s.rodrigue }), /invalid-input/, bad);
    await assert.rejects(s.w.call(api.listServiceLevels, { month: bad }, { as: s.rodrigue }), /invalid-input/, bad);
  }
  await assert.rejects(s.w.call(api.closeMonth, { month: "2026-11" }, { as: s.rodrigue }), /network\.month-not-over/);
  await assert.rejects(s.w.call(api.closeMonth, { month: "2026-09" }, { as: s.rodrigue }), /network\.month-unknown/);
  for (const as of [s.court, s.w.stranger, s.w.citizen(), s.w.clerk("bf-anptic", ["network.read-plant"])])
    await assert.rejects(s.w.call(api.closeMonth, { month }, { as }), /kernel\./);
  await assert.rejects(level(court, s.oni), /network\.statement-unknown/);
  await assert.rejects(s.w.call(api.readStatementPaper, { institution: court, month }, { as: s.oni }), /network\.statement-unknown/);
  await assert.rejects(s.w.call(api.listServiceLevels, { month }, { as: s.court }), /kernel\.forbidden/);
  assert.equal((await level(court, s.court)).institution, court);
});

const reader = spawnSync("which", ["pdftotext"]).status === 0 || process.env.CI !== undefined;
test("closed once, by one of two at the same moment; sealed; then nothing changes what it says", async () => {
  const both = await Promise.allSettled([1, 2].map(() => s.w.call(api.closeMonth, { month }, { as: s.rodrigue })));
  assert.deepEqual(both.map((r) => r.status).toSorted(), ["fulfilled", "rejected"]); // prettier-ignore
  await assert.rejects(s.w.call(api.closeMonth, { month }, { as: s.alizeta }), /network\.month-closed/);
  await assert.rejects(s.w.call(api.readStatementPaper, { institution: court, month }, { as: s.court }), /network\.statement-not-sealed/);
  await s.w.settle();
  const paper = bytes(await s.w.call(api.readStatementPaper, { institution: court, month }, { as: s.court }));
  const report = await s.w.transaction((ctx) => checkPdf(ctx, paper));
  assert.ok(report.signatures.length === 1 && report.signatures.every((x) => x.ok), JSON.stringify(report));
  if (reader) {
    const dir = mkdtempSync(join(tmpdir(), "statement-"));
    writeFileSync(join(dir, "a.pdf"), paper);
    const text = execFileSync("pdftotext", ["-layout", join(dir, "a.pdf"), "-"], { encoding: "utf8" });
    rmSync(dir, { recursive: true });
    assert.match(text, /Relevé mensuel de service[\s\S]*octobre 2026[\s\S]*12\s*h[\s\S]*Interruptions[\s\S]*courant/u);
  }
  await s.w.owner('update registry.institution set name = \'{"fr":"Autre nom","en":"Other name"}\' where id = $1', [court]);
  await s.w.sweep("network.statements");
  await s.w.settle();
  const l = await level();
  assert.deepEqual([l.number, l.numbers, l.totals.down, l.sealed], [1, 1, 12 * 3600, true]);
  assert.deepEqual(bytes(await s.w.call(api.readStatementPaper, { institution: court, month }, { as: s.court })), paper, "the same bytes");
});

test("what is learnt late makes a correction beside the statement, once, with its own paper", async () => {
  await alarmRow(s.w, { id: uuid(4), element: "k3", began: "2026-10-15T00:00:00Z", ended: "2026-10-16T06:00:00Z", down: ["oni"] });
  await s.w.sweep("network.statements");
  await s.w.sweep("network.statements");
  await s.w.settle();
  const [first, last] = [await level("bf-oni", s.oni, { number: 1 }), await level("bf-oni", s.oni)];
  assert.deepEqual([first.totals.down, last.totals.down, last.number, last.numbers], [0, 30 * 3600, 2, 2]);
  assert.deepEqual([last.met, last.totals.late], [false, 1]);
  assert.ok(last.totals.credit > first.totals.credit && Number.isInteger(last.totals.credit));
  assert.equal((await level()).numbers, 1, "nobody else is touched");
  await assert.rejects(level("bf-oni", s.oni, { number: 3 }), /network\.statement-unknown/);
  const papers = await Promise.all(
    [1, 2].map((number) => s.w.call(api.readStatementPaper, { institution: "bf-oni", month, number }, { as: s.oni })),
  );
  assert.notDeepEqual(papers[0]!.content, papers[1]!.content);
  await assert.rejects(
    s.w.owner("set role toguna_run; update network.statement set digest = 'x'").finally(() => s.w.owner("reset role")),
    /permission denied/,
  );
});

test("announced works told in time do not count; the same hours without notice do", async () => {
  const open = async (starts: string, ends: string) => {
    const w = await s.w.call(api.openWork, { title: "Travaux", reason: "Câble", starts, ends, elements: ["k4"] }, { as: s.rodrigue });
    await s.w.call(api.proposeWork, { id: w.id, version: 1, force: "Accord de la CIL" }, { as: s.rodrigue });
    await s.w.call(api.approveWork, { id: w.id, version: 1 }, { as: s.alizeta });
    await s.w.settle();
  };
  await open("2026-11-28T20:00", "2026-11-28T23:00");
  s.w.clock.set(new Date("2026-11-29T10:00:00Z"));
  await open("2026-11-29T20:00", "2026-11-29T23:00");
  await alarmRow(s.w, { id: uuid(5), element: "k4", began: "2026-11-28T20:30:00Z", ended: "2026-11-28T22:30:00Z", down: ["cil"] });
  await alarmRow(s.w, { id: uuid(6), element: "k4", began: "2026-11-29T20:30:00Z", ended: "2026-11-29T21:30:00Z", down: ["cil"] });
  s.w.clock.set(new Date("2026-11-30T10:00:00Z"));
  const l = await s.w.call(api.readServiceLevel, { institution: "bf-cil", month: "2026-11" }, { as: s.rodrigue });
  assert.deepEqual(
    [l.totals.excludedWorks, l.totals.down],
    [2 * 3600, 36 * 3600 + 3600],
    "five days ahead counts; ten hours ahead does not",
  );
});
