/** A case as the office sees it. */
import type { Context } from "#kernel";
import { officialNames } from "#identity";
import { initialsOf } from "../acts/compose.ts";
import { actOf } from "../acts/store.ts";
import { type Folder, officialOf } from "../cases/access.ts";
import { clockView } from "../cases/calendar.ts";
import { historyOf } from "../cases/history.ts";
import { deskActions } from "../cases/rules.ts";
import { type CaseRow, evidenceOf } from "../cases/store.ts";
import { actView, decisionView, stateLabels } from "../cases/view.ts";
import { viewWorld } from "../cases/world.ts";
import type { Procedure, Search } from "../catalogue/procedure.ts";
import { feesView } from "../catalogue/view.ts";
import { evidenceViews } from "../evidence/view.ts";
import { isPresent, valueAt } from "../forms/expression.ts";
import { isLocked } from "../forms/validate.ts";
import { dayInWords, summarise } from "../forms/view.ts";
import { allDivisions, officeName } from "../offices.ts";
import { paymentsOf, receiptOf } from "../payments/store.ts";
import { receiptView } from "../payments/view.ts";
import { compare, entriesOf, type Entry, mentionsOf } from "./rules.ts";
import type { Candidate, Conviction, DeskCase, QueueItem, RegisterSearch } from "./schemas.ts";
import { type CandidateRow, candidatesOf, searchOf, type SearchRow } from "./store.ts";

const text = (values: Readonly<Record<string, unknown>>, id: string): string => (typeof values[id] === "string" ? values[id] : "");

/** « NIKIÉMA Mariam Awa ». */
export function applicantName(procedure: Procedure, row: Pick<CaseRow, "known" | "answers">): string {
  const all = { ...row.answers, ...row.known };
  return `${text(all, procedure.applicant.family).toUpperCase()} ${text(all, procedure.applicant.given)}`.trim();
}

export function queueItem(ctx: Context, row: CaseRow, procedure: Procedure): QueueItem {
  const { account } = officialOf(ctx);
  const clock = clockView(ctx, row, procedure.delay);
  return {
    number: row.number,
    version: row.version,
    procedure: ctx.say(procedure.title),
    state: row.state,
    stateLabel: ctx.say(stateLabels[row.state]),
    // initials: a list names nobody, so that only opening a case is a read of personal data
    applicant: initialsOf(applicantName(procedure, row)),
    submittedAt: (row.submittedAt ?? row.createdAt).toISOString(),
    ...(clock && !row.endedAt ? { clock } : {}),
    ...(row.assignee ? { assignee: row.assignee } : {}),
    mine: row.assignee === account,
  };
}

type Words = (path: string, value: unknown) => string;

/** Values of a register as people read them: days in words, places by name. */
async function wording(ctx: Context): Promise<Words> {
  const divisions = await allDivisions(ctx);
  return (_path, value) => {
    if (!isPresent(value)) return "";
    const plain = String(value);
    if (/^\d{4}(-\d\d){0,2}$/.test(plain)) return dayInWords(plain, ctx.lang);
    const place = divisions.get(plain);
    return place ? ctx.say(place.name) : plain;
  };
}

function convictionView(ctx: Context, search: Search, e: Entry, words: Words): Conviction {
  const rule = e.withheldBy === undefined ? undefined : search.entries.withheld[e.withheldBy];
  return {
    id: e.id,
    rows: search.entries.rows.flatMap((r) => {
      const value = valueAt(e.row, r.from);
      if (!isPresent(value)) return [];
      const choice = r.choices?.[String(value)];
      return [{ label: ctx.say(r.label), value: r.as === "choice" && choice ? ctx.say(choice) : words(r.from, value) }];
    }),
    disclosable: rule === undefined,
    ...(rule ? { reason: ctx.say(rule.reason) } : {}),
  };
}

function candidateView(ctx: Context, search: Search, applicant: Record<string, unknown>, c: CandidateRow, words: Words): Candidate {
  const { matches } = compare(search, applicant, c.row);
  return {
    id: c.id,
    reference: c.reference,
    score: c.score,
    matches: matches.map((m, i) => ({
      label: ctx.say(search.compare[i]?.label ?? { fr: m.field, en: m.field }),
      asked: words(m.field, m.asked),
      found: words(m.field, m.found),
      alike: m.alike,
    })),
    convictions: entriesOf(search, c.row).map((e) => convictionView(ctx, search, e, words)),
    ...(c.verdict ? { verdict: c.verdict } : {}),
    ...(c.reason ? { reason: c.reason } : {}),
    ...(c.reviewedAt ? { reviewedAt: c.reviewedAt.toISOString() } : {}),
  };
}

export interface Searched {
  row: SearchRow | undefined;
  candidates: CandidateRow[];
  state: RegisterSearch["state"];
  left: number;
}

export async function searched(ctx: Context, { row, procedure }: Folder): Promise<Searched> {
  if (!procedure.search) return { row: undefined, candidates: [], state: "not-needed", left: 0 };
  const found = await searchOf(ctx, row.id);
  const candidates = found ? await candidatesOf(ctx, row.id, found.round) : [];
  return { row: found, candidates, state: found?.state ?? "to-do", left: candidates.filter((c) => c.verdict === null).length };
}

async function searchView(ctx: Context, { row, procedure }: Folder, s: Searched, words: Words): Promise<RegisterSearch> {
  const { search } = procedure;
  if (!search) return { state: "not-needed", holder: "", purpose: "", legalBasis: "", criteria: [], candidates: [], left: 0 };
  const applicant = { ...row.answers, ...row.known };
  const basis = procedure.legalBasis.find((l) => l.id === search.legalBasis);
  return {
    state: s.state,
    holder: row.institution ? `${ctx.say(search.holder)}, ${await officeName(ctx, row.institution)}` : ctx.say(search.holder),
    purpose: ctx.say(search.purposeText),
    legalBasis: basis ? ctx.say(basis.text) : "",
    criteria: search.compare.map((c) => ({ label: ctx.say(c.label), value: words(c.field, valueAt(applicant, c.field)) })),
    ...(s.row ? { askedAt: s.row.askedAt.toISOString() } : {}),
    ...(s.row?.expectedBy && s.state === "asked" ? { expectedBy: s.row.expectedBy.toISOString() } : {}),
    ...(s.row?.answeredAt ? { answeredAt: s.row.answeredAt.toISOString() } : {}),
    ...(s.row?.exchanges.length ? { exchange: s.row.exchanges.join(", ") } : {}),
    candidates: s.candidates.map((c) => candidateView(ctx, search, applicant, c, words)),
    left: s.left,
  };
}

/** Fields the applicant herself filled: what a register said is not hers to correct. */
export function correctableOf(ctx: Context, { row, procedure }: Folder): { path: string; label: string }[] {
  const fixed = new Set(["title", "explanation", "computed"]);
  return procedure.sections
    .flatMap((s) => s.fields)
    .filter((f) => !fixed.has(f.type) && !isLocked(f, row.known) && isPresent(row.answers[f.id]))
    .map((f) => ({ path: f.id, label: ctx.say(f.label) }));
}

export async function deskCase(ctx: Context, folder: Folder): Promise<DeskCase> {
  const { row, procedure } = folder;
  const caller = officialOf(ctx);
  const world = await viewWorld(ctx, procedure);
  const s = await searched(ctx, folder);
  const words = await wording(ctx);
  const act = await actOf(ctx, row.id);
  const receipt = row.paidBy ? await receiptOf(ctx, row.id) : undefined;
  const payments = receipt ? await paymentsOf(ctx, row.id) : [];
  const clock = clockView(ctx, row, procedure.delay);
  const mentions = mentionsOf(procedure.search, s.candidates);
  const outcome = mentions.length > 0 ? "mentions" : "none";
  const ready = row.state === "in-instruction" && s.left === 0 && (s.state === "done" || s.state === "not-needed");
  const decision = decisionView(ctx, procedure, row);
  const history = await historyOf(ctx, row.number, "office");
  const names = await officialNames(
    ctx,
    history.flatMap((h) => h.by ?? []),
  );
  const sight = {
    state: row.state,
    mine: row.assignee === caller.account,
    assigned: row.assignee !== null,
    permissions: caller.permissions,
    search: s.state,
    left: s.left,
  };
  return {
    number: row.number,
    version: row.version,
    state: row.state,
    stateLabel: ctx.say(stateLabels[row.state]),
    institution: { id: caller.institution, name: await officeName(ctx, caller.institution) },
    procedure: { slug: row.procedure, title: ctx.say(procedure.title), version: row.procedureVersion },
    applicant: { person: row.person, name: applicantName(procedure, row) },
    submittedAt: (row.submittedAt ?? row.createdAt).toISOString(),
    ...(clock && !row.endedAt ? { clock } : {}),
    ...(row.assignee ? { assignee: row.assignee } : {}),
    mine: sight.mine,
    actions: deskActions(sight),
    answers: summarise(procedure.sections, row.answers, row.known, world),
    correctable: correctableOf(ctx, folder),
    evidence: await evidenceViews(ctx, procedure, row, await evidenceOf(ctx, row.id), world),
    search: await searchView(ctx, folder, s, words),
    fees: await feesView(ctx, procedure, { ...row.answers, ...row.known }, row.institution),
    ...(receipt
      ? {
          receipt: await receiptView(
            ctx,
            receipt,
            payments.find((p) => p.id === receipt.payment),
          ),
        }
      : {}),
    ...(ready
      ? {
          proposal: {
            outcome,
            mentions: procedure.search ? mentions.map((e) => convictionView(ctx, procedure.search as Search, e, words)) : [],
            text: ctx.say(procedure.output.conclusions[outcome]),
          },
        }
      : {}),
    grounds: procedure.grounds.map((g) => {
      const basis = procedure.legalBasis.find((l) => l.id === g.legalBasis);
      return { code: g.code, text: ctx.say(g.text), ...(basis ? { legalBasis: ctx.say(basis.text) } : {}) };
    }),
    ...(decision ? { decision } : {}),
    ...(act?.issuedAt ? { act: actView(ctx, procedure, act) } : {}),
    ...(row.signingProblem ? { signingProblem: row.signingProblem } : {}),
    history: history.map((h) => ({ at: h.at, label: h.label, ...(h.by && names[h.by] ? { by: names[h.by] } : {}) })),
  };
}
