/** Fetching evidence: what the State holds, no citizen brings. One question a requirement, through the exchange. */
import { type Context, type JobContext, say, type Static, unavailable } from "#kernel";
import { type Answer, ask, consentFor, offer, type Question, subsystemOf } from "#exchange";
import { subjectOf } from "../cases/access.ts";
import { type CaseRow, type EvidenceRow, evidenceOf, lockCase, saveEvidence, saveKnown } from "../cases/store.ts";
import { formWorld } from "../cases/world.ts";
import { definitionOf } from "../catalogue/definitions.ts";
import type { EvidenceRequirement, Procedure } from "../catalogue/procedure.ts";
import * as facts from "../facts.ts";
import { isPresent, valueAt } from "../forms/expression.ts";
import { readers } from "../forms/readers.ts";
import type { Answers } from "../forms/validate.ts";
import type { fetchEvidence } from "../jobs.ts";
import * as jobs from "../jobs.ts";
import { providerOf } from "../offices.ts";
import { queryOf, rowsIn } from "./question.ts";
import { applicable, isComplete } from "./view.ts";

interface Open {
  requirement: EvidenceRequirement;
  row: EvidenceRow;
  holder: string;
  question: Question;
}

/** One requirement after another: the second may need what the first answers (the commune, to know its registry). */
export async function runFetchEvidence(j: JobContext, { number }: Static<(typeof fetchEvidence)["data"]>): Promise<void> {
  for (let guard = 0; guard < 20; guard++) {
    const next = await j.transaction((ctx) => begin(ctx, number));
    if (next === "none") return;
    if (next === "settled") continue;
    const answer = await ask(j, next.question);
    await j.transaction((ctx) => settle(ctx, number, next, answer, j.lastAttempt));
    if (answer.outcome === "unavailable" && !j.lastAttempt) throw unavailable({ retryAfter: answer.retryAfter });
  }
}

/** The next requirement that can be asked now: written as asked before the question leaves. */
async function begin(ctx: Context, number: string): Promise<Open | "none" | "settled"> {
  const row = await lockCase(ctx, number);
  if (!row || row.state !== "evidence") return "none";
  const procedure = await definitionOf(ctx, row);
  const rows = await evidenceOf(ctx, row.id);
  const received = new Set(rows.filter((r) => r.state === "received").map((r) => r.requirement));
  for (const requirement of applicable(procedure, row.known)) {
    const before = rows.find((r) => r.requirement === requirement.id);
    // a requirement that became applicable only by another's answer was authorised with the plan
    const mine = before ?? fresh(requirement.id);
    if (mine.state !== "to-ask" && mine.state !== "asked") continue;
    if (!(requirement.after ?? []).every((id) => received.has(id))) continue;
    const open = await prepare(ctx, row, procedure, requirement, mine);
    if (!open) {
      await note(ctx, row, requirement, { ...mine, state: "failed" });
      return "settled";
    }
    if ("wanted" in open) {
      await note(ctx, row, requirement, { ...mine, state: "awaiting-consent", holder: open.holder, request: open.wanted });
      return "settled";
    }
    await saveEvidence(ctx, row.id, { ...mine, state: "asked", holder: open.holder, askedAt: mine.askedAt ?? ctx.clock.now() });
    return open;
  }
  return "none";
}

const fresh = (requirement: string): EvidenceRow => ({
  requirement,
  state: "to-ask",
  round: 1,
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

async function prepare(
  ctx: Context,
  row: CaseRow,
  procedure: Procedure,
  requirement: EvidenceRequirement,
  mine: EvidenceRow,
): Promise<Open | { wanted: string; holder: string } | undefined> {
  const holder = await providerOf(ctx, requirement.provider, row.known, row.institution ?? undefined);
  const found = holder ? await offer(ctx, { institution: holder, service: requirement.service }) : undefined;
  const service = found?.service;
  const client = await subsystemOf(ctx, { institution: procedure.asksFor });
  const asked = found?.kind === "person" ? [...requirement.query, ...(requirement.queryByHand ?? [])] : requirement.query;
  const query = await queryOf(ctx, row, asked, requirement.purpose, row.known);
  if (!holder || !service || !client || !query) {
    ctx.log.warn({ case: row.number, requirement: requirement.id, holder, service, client }, "a register cannot be asked");
    return undefined;
  }
  const { purpose } = requirement;
  const consent = await consentFor(ctx, { client, service, purpose, person: row.person, issue: row.number, by: "services" });
  if (consent?.state === "asked") return { wanted: consent.id, holder };
  return {
    requirement,
    row: mine,
    holder,
    question: {
      client,
      service,
      query,
      purpose,
      person: row.person,
      userId: row.account,
      issue: row.number,
      ...(consent ? { consent: consent.id } : {}),
      idempotencyKey: `${row.number}:${requirement.id}:${mine.round}`,
    },
  };
}

async function settle(ctx: Context, number: string, open: Open, answer: Answer, last: boolean): Promise<void> {
  const row = await lockCase(ctx, number);
  if (!row || row.state !== "evidence") return;
  const current = (await evidenceOf(ctx, row.id)).find((r) => r.requirement === open.requirement.id);
  if (!current || current.state === "received" || current.round !== open.row.round) return;
  const base = { ...current, exchange: answer.exchangeId };
  switch (answer.outcome) {
    case "pending-person":
      await saveEvidence(ctx, row.id, { ...base, state: "waiting-person", expectedBy: answer.expectedBy, request: answer.requestId });
      return;
    case "unavailable":
      if (last) await note(ctx, row, open.requirement, { ...base, state: "failed" });
      return;
    case "unknown":
      return note(ctx, row, open.requirement, { ...base, state: "failed" });
    case "refused":
      return note(ctx, row, open.requirement, { ...base, state: "refused", note: say(answer.problem.kind.title, row.lang) });
    case "answered":
      return answered(ctx, row, open, base, answer);
  }
}

async function answered(
  ctx: Context,
  row: CaseRow,
  open: Open,
  base: EvidenceRow,
  answer: Answer & { outcome: "answered" },
): Promise<void> {
  const by = {
    answeredAt: answer.answeredBy.at,
    answeredBy: answer.answeredBy.kind === "person" ? ("person" as const) : ("register" as const),
  };
  const { requirement } = open;
  if (answer.status === 422) return note(ctx, row, requirement, { ...base, ...by, state: "refused", note: declined(answer.body) });
  const rows = answer.status === 404 ? [] : answer.status === 200 ? rowsIn(answer.body) : undefined;
  if (!rows) return note(ctx, row, requirement, { ...base, state: "failed" });
  const [only, ...others] = rows;
  if (!only) return note(ctx, row, requirement, { ...base, ...by, state: "not-found" });
  if (others.length > 0)
    return note(ctx, row, requirement, {
      ...base,
      ...by,
      state: "not-found",
      note: say({ fr: "Plusieurs inscriptions correspondent.", en: "Several entries match." }, row.lang),
    });
  const procedure = await definitionOf(ctx, row);
  const values = await wellFormed(ctx, procedure, requirement, only);
  // only the fields asked for are kept: nothing else the register may have said
  await saveKnown(ctx, row.id, { ...row.known, ...values });
  await note(ctx, { ...row, known: { ...row.known, ...values } }, requirement, { ...base, ...by, state: "received", row: values });
}

/** What a register says is read like what a person says; a value that does not fit is left out and asked instead. */
async function wellFormed(
  ctx: Context,
  procedure: Procedure,
  requirement: EvidenceRequirement,
  row: Record<string, unknown>,
): Promise<Answers> {
  const fields = new Map(procedure.sections.flatMap((s) => s.fields).map((f) => [f.id, f]));
  const world = await formWorld(ctx, procedure, row);
  const values: Answers = {};
  for (const { from, to } of requirement.fields) {
    const field = fields.get(to);
    const raw = valueAt(row, from);
    if (
      !field ||
      !isPresent(raw) ||
      field.type === "group" ||
      field.type === "title" ||
      field.type === "explanation" ||
      field.type === "computed"
    )
      continue;
    const read = readers[field.type](raw, field, world, values);
    if ("value" in read) values[to] = read.value;
    else ctx.log.warn({ requirement: requirement.id, field: to }, "a register's value does not fit its field");
  }
  return values;
}

function declined(body: unknown): string {
  const said = typeof body === "object" && body !== null ? (body as { note?: unknown; declined?: unknown }) : {};
  return String(said.note ?? said.declined ?? "").slice(0, 500);
}

/** A requirement reached its end for now: one row, one fact, and the applicant told when everything is there after a wait. */
export async function note(ctx: Context, row: CaseRow, requirement: Pick<EvidenceRequirement, "id">, e: EvidenceRow): Promise<void> {
  await saveEvidence(ctx, row.id, e);
  await ctx.record(facts.evidenceSettled, subjectOf(row), {
    requirement: requirement.id,
    state: e.state,
    ...(e.holder ? { holder: e.holder } : {}),
    ...(e.exchange ? { exchange: e.exchange } : {}),
  });
  if (e.answeredBy !== "person") return;
  const procedure = await definitionOf(ctx, row);
  if (isComplete(procedure, row, await evidenceOf(ctx, row.id))) await ctx.enqueue(jobs.notify, { number: row.number, what: "evidence" });
}
