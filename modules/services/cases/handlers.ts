import type { Context, InputOf, OutputOf } from "#kernel";
import { currentProcedure, definitionOf } from "../catalogue/definitions.ts";
import { applicable, awaited, evidenceViews, isComplete } from "../evidence/view.ts";
import { fetchEvidence, forgetCase, notify } from "../jobs.ts";
import * as facts from "../facts.ts";
import { check, type Wrong } from "../forms/validate.ts";
import { showForm } from "../forms/view.ts";
import { decidingOffice } from "../offices.ts";
import { operatorsOf } from "../payments/operators.ts";
import { dueOf } from "../payments/due.ts";
import { answersTooLarge, answersWrong, evidenceMissing, noOffice, notNow, tooManyDrafts } from "../problems.ts";
import { ownFolder, personOf, subjectOf } from "./access.ts";
import type * as api from "./contracts.ts";
import { advance, moved, sameVersion, touch } from "./moves.ts";
import { caseNumber } from "./number.ts";
import { type Answers, type CaseRow, countDrafts, evidenceOf, type EvidenceRow, insertCase, ownCases, saveEvidence } from "./store.ts";
import { caseSummary, caseView } from "./view.ts";
import { formWorld, viewWorld } from "./world.ts";

/** Drafts a person may keep open; `TOGUNA_MOST_DRAFTS` sets another number. */
const mostDrafts = (ctx: Context): number => Number(ctx.config.setting("most_drafts") ?? 20);
const largestAnswers = 48 * 1024;

export async function startCase(ctx: Context, input: InputOf<typeof api.startCase>): Promise<OutputOf<typeof api.startCase>> {
  const procedure = currentProcedure(ctx, input.procedure);
  const { person, account } = personOf(ctx);
  if ((await countDrafts(ctx, person)).drafts >= mostDrafts(ctx)) throw tooManyDrafts();
  const createdAt = ctx.clock.now();
  const base = {
    id: ctx.ids.uuid(),
    person,
    account,
    lang: ctx.lang,
    procedure: procedure.slug,
    procedureVersion: procedure.version,
    createdAt,
  };
  const year = Number(ctx.clock.today().slice(0, 4));
  for (let i = 0; i < 5; i++) {
    const number = caseNumber(year, ctx.ids.digits(8));
    if (!(await insertCase(ctx, { ...base, number }))) continue;
    await ctx.record(facts.caseStarted, `case:${number}`, { procedure: procedure.slug, version: procedure.version });
    return { number, version: 1, state: "draft" };
  }
  throw new Error("no free case number in five draws");
}

export async function listCases(ctx: Context): Promise<OutputOf<typeof api.listCases>> {
  const cases = [];
  for (const row of await ownCases(ctx, personOf(ctx).person)) cases.push(await caseSummary(ctx, row, await definitionOf(ctx, row)));
  return { cases };
}

export async function readCase(ctx: Context, { number }: InputOf<typeof api.readCase>): Promise<OutputOf<typeof api.readCase>> {
  const { row, procedure } = await ownFolder(ctx, number);
  return caseView(ctx, row, procedure, operatorsOf(ctx));
}

export async function readEvidencePlan(
  ctx: Context,
  { number }: InputOf<typeof api.readEvidencePlan>,
): Promise<OutputOf<typeof api.readEvidencePlan>> {
  const { row, procedure } = await ownFolder(ctx, number);
  const rows = await evidenceOf(ctx, row.id);
  return {
    number: row.number,
    version: row.version,
    title: ctx.say(procedure.title),
    authorised: row.authorisedAt !== null,
    ...(row.authorisedAt ? { authorisedAt: row.authorisedAt.toISOString() } : {}),
    complete: isComplete(procedure, row, rows),
    evidence: await evidenceViews(ctx, procedure, row, rows, await viewWorld(ctx, procedure)),
  };
}

const toAsk = (requirement: string, round: number): EvidenceRow => ({
  requirement,
  state: "to-ask",
  round,
  holder: null,
  askedAt: null,
  expectedBy: null,
  answeredAt: null,
  answeredBy: null,
  exchange: null,
  request: null,
  row: null,
  note: null,
});

export async function authoriseEvidence(
  ctx: Context,
  input: InputOf<typeof api.authoriseEvidence>,
): Promise<OutputOf<typeof api.authoriseEvidence>> {
  const { row, procedure } = await ownFolder(ctx, input.number);
  sameVersion(row, input.version);
  const rows = await evidenceOf(ctx, row.id);
  const wanted = applicable(procedure, row.known).filter((e) => {
    const before = rows.find((r) => r.requirement === e.id);
    return !before || (before.state !== "received" && before.state !== "to-ask" && !awaited.has(before.state));
  });
  if (wanted.length === 0) throw notNow();
  const after = await advance(ctx, row, procedure, "authorise", { authorisedAt: row.authorisedAt ?? ctx.clock.now() });
  for (const e of wanted) await saveEvidence(ctx, row.id, toAsk(e.id, (rows.find((r) => r.requirement === e.id)?.round ?? 0) + 1));
  await ctx.record(facts.evidenceAuthorised, subjectOf(row), { version: after.version, requirements: wanted.map((e) => e.id) });
  await ctx.enqueue(fetchEvidence, { number: row.number });
  return moved(after);
}

const editable = new Set<CaseRow["state"]>(["draft", "evidence"]);

export async function readForm(ctx: Context, { number }: InputOf<typeof api.readForm>): Promise<OutputOf<typeof api.readForm>> {
  const { row, procedure } = await ownFolder(ctx, number);
  const only = row.state === "correction-requested" ? asked(row) : undefined;
  if (!editable.has(row.state) && !only) throw notNow();
  const form = { sections: procedure.sections, known: row.known, ...(only ? { only } : {}) };
  const { problems } = check(form, {}, row.answers, await formWorld(ctx, procedure, row.answers), "submit");
  const sent = (row.correction?.fields ?? []).map((f) => ({ path: f.path, message: f.message }));
  return {
    number: row.number,
    version: row.version,
    sections: showForm(procedure.sections, row.answers, row.known, await viewWorld(ctx, procedure), only),
    problems: [...(only ? sent : []), ...problems.map((p) => said(ctx, p))],
    complete: problems.length === 0,
  };
}

const said = (ctx: Context, p: Wrong) => ({ path: p.path, message: ctx.say(p.message) });

/** The fields sent back; a repeated group is sent back whole. */
function asked(row: CaseRow): ReadonlySet<string> {
  return new Set((row.correction?.fields ?? []).map((f) => f.path.replace(/\[.*$/, "")));
}

function notTooLarge(answers: Answers): void {
  if (JSON.stringify(answers).length > largestAnswers) throw answersTooLarge();
}

export async function saveAnswers(ctx: Context, input: InputOf<typeof api.saveAnswers>): Promise<OutputOf<typeof api.saveAnswers>> {
  const { row, procedure } = await ownFolder(ctx, input.number);
  sameVersion(row, input.version);
  if (!editable.has(row.state)) throw notNow();
  notTooLarge(input.answers);
  const world = await formWorld(ctx, procedure, input.answers, row.answers);
  const form = { sections: procedure.sections, known: row.known };
  const { values, problems } = check(form, input.answers, row.answers, world, "draft");
  const answers = own(values, row);
  notTooLarge(answers);
  const after = await touch(ctx, row, { answers });
  await ctx.record(facts.answersSaved, subjectOf(row), { version: after.version });
  const complete = problems.length === 0 && check(form, {}, answers, world, "submit").problems.length === 0;
  return { ...moved(after), problems: problems.map((p) => said(ctx, p)), complete };
}

/** What registers said is kept apart from what the person said. */
function own(values: Answers, row: Pick<CaseRow, "known">): Answers {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !Object.hasOwn(row.known, key)));
}

export async function submitCase(ctx: Context, input: InputOf<typeof api.submitCase>): Promise<OutputOf<typeof api.submitCase>> {
  const { row, procedure } = await ownFolder(ctx, input.number);
  sameVersion(row, input.version);
  if (!editable.has(row.state)) throw notNow();
  if (procedure.evidence.length > 0 && !isComplete(procedure, row, await evidenceOf(ctx, row.id))) throw evidenceMissing();
  const world = await formWorld(ctx, procedure, row.answers);
  const { values, problems } = check({ sections: procedure.sections, known: row.known }, {}, row.answers, world, "submit");
  if (problems.length > 0) throw answersWrong({ fields: problems });
  const institution = await decidingOffice(ctx, procedure, values);
  if (!institution) throw noOffice();
  const fee = dueOf(procedure, { ...row, institution }).total;
  const after = await advance(ctx, row, procedure, "submit", { answers: own(values, row), institution, fee });
  if (after.state === "submitted") await recordSubmitted(ctx, after);
  else await ctx.record(facts.caseSent, subjectOf(row), { version: after.version, institution, fee });
  return moved(after);
}

/** The case is the office's now: one fact, and the applicant is told. */
export async function recordSubmitted(ctx: Context, row: CaseRow): Promise<void> {
  await ctx.record(facts.caseSubmitted, subjectOf(row), {
    version: row.version,
    procedure: row.procedure,
    institution: row.institution ?? "",
    ...(row.dueAt ? { due: row.dueAt.toISOString() } : {}),
  });
  await ctx.enqueue(notify, { number: row.number, what: "submitted" });
}

export async function answerCorrection(
  ctx: Context,
  input: InputOf<typeof api.answerCorrection>,
): Promise<OutputOf<typeof api.answerCorrection>> {
  const { row, procedure } = await ownFolder(ctx, input.number);
  sameVersion(row, input.version);
  if (row.state !== "correction-requested") throw notNow();
  notTooLarge(input.answers);
  const only = asked(row);
  const world = await formWorld(ctx, procedure, input.answers, row.answers);
  const { values, problems } = check({ sections: procedure.sections, known: row.known, only }, input.answers, row.answers, world, "submit");
  if (problems.length > 0) throw answersWrong({ fields: problems });
  const after = await advance(ctx, row, procedure, "correct", { answers: own(values, row), correction: null });
  await ctx.record(facts.caseCorrected, subjectOf(row), {
    version: after.version,
    fields: [...only],
    ...(after.dueAt ? { due: after.dueAt.toISOString() } : {}),
  });
  return moved(after);
}

export async function abandonCase(ctx: Context, input: InputOf<typeof api.abandonCase>): Promise<OutputOf<typeof api.abandonCase>> {
  const { row, procedure } = await ownFolder(ctx, input.number);
  sameVersion(row, input.version);
  const after = await advance(ctx, row, procedure, "abandon");
  await ctx.enqueue(forgetCase, { number: row.number });
  await ctx.record(facts.caseAbandoned, subjectOf(row), { version: after.version });
  return moved(after);
}
