import { type Context, type InputOf, type OutputOf } from "#kernel";
import { holdersOf } from "#registry";
import { actOf, withdrawAct } from "../acts/store.ts";
import { type Folder, officeFolder, officialOf, subjectOf } from "../cases/access.ts";
import { handleCases } from "../cases/contracts.ts";
import { advance, moved, sameVersion, touch } from "../cases/moves.ts";
import { readCaseNumber } from "../cases/number.ts";
import { definitionOf } from "../catalogue/definitions.ts";
import { type DeskAction, deskActions } from "../cases/rules.ts";
import * as facts from "../facts.ts";
import { manyLines, oneLine } from "../forms/plain.ts";
import { issueAct, notify, searchRegisterJob } from "../jobs.ts";
import {
  answersWrong,
  candidateUnknown,
  colleagueUnknown,
  conclusionWrong,
  fieldNotCorrectable,
  groundUnknown,
  notInHand,
  notNow,
  searchFirst,
} from "../problems.ts";
import type * as api from "./contracts.ts";
import { mentionsOf } from "./rules.ts";
import { counts, judge, pageSize, queue, saveSearch, searchOf } from "./store.ts";
import { correctableOf, deskCase, queueItem, searched, type Searched } from "./view.ts";

export async function readQueue(ctx: Context, input: InputOf<typeof api.readQueue>): Promise<OutputOf<typeof api.readQueue>> {
  const { institution, account } = officialOf(ctx);
  const view = input.view ?? "to-take";
  const page = input.page ?? 1;
  // a number that cannot be one finds nothing
  const number = input.q ? (readCaseNumber(input.q) ?? "-") : undefined;
  const rows = await queue(ctx, { institution, account, view: number ? "all" : view, procedure: input.procedure, number, page });
  const items = [];
  for (const row of rows.slice(0, pageSize)) items.push(queueItem(ctx, row, await definitionOf(ctx, row)));
  return { view, page, more: rows.length > pageSize, items, counts: await counts(ctx, institution, account) };
}

export async function readDeskCase(ctx: Context, { number }: InputOf<typeof api.readDeskCase>): Promise<OutputOf<typeof api.readDeskCase>> {
  return deskCase(ctx, await officeFolder(ctx, number));
}

interface Ready extends Folder {
  s: Searched;
}

/** The case, if this official may do this to it now: the very rule that decides what the desk shows. */
async function ready(ctx: Context, input: { number: string; version: number }, action: DeskAction): Promise<Ready> {
  const folder = await officeFolder(ctx, input.number);
  sameVersion(folder.row, input.version);
  const caller = officialOf(ctx);
  const s = await searched(ctx, folder);
  const mine = folder.row.assignee === caller.account;
  const allowed = deskActions({
    state: folder.row.state,
    mine,
    assigned: folder.row.assignee !== null,
    permissions: caller.permissions,
    search: s.state,
    left: s.left,
  });
  if (!allowed.includes(action)) {
    if (folder.row.state === "in-instruction" && !mine && action !== "claim") throw notInHand();
    if (action === "conclude" && folder.row.state === "in-instruction") throw searchFirst();
    throw notNow();
  }
  return { ...folder, s };
}

type Output = OutputOf<typeof api.claimCase>;

export async function claimCase(ctx: Context, input: InputOf<typeof api.claimCase>): Promise<Output> {
  const { row, procedure } = await ready(ctx, input, "claim");
  const after = await advance(ctx, row, procedure, "claim", { assignee: officialOf(ctx).account });
  await ctx.record(facts.caseClaimed, subjectOf(row), { version: after.version });
  return moved(after);
}

export async function releaseCase(ctx: Context, input: InputOf<typeof api.releaseCase>): Promise<Output> {
  const { row, procedure } = await ready(ctx, input, "release");
  const after = await advance(ctx, row, procedure, "release", { assignee: null });
  await ctx.record(facts.caseReleased, subjectOf(row), { version: after.version });
  return moved(after);
}

export async function assignCase(ctx: Context, input: InputOf<typeof api.assignCase>): Promise<Output> {
  const { row, procedure } = await ready(ctx, input, "assign");
  const { institution } = officialOf(ctx);
  if (!(await holdersOf(ctx, { institution, permission: handleCases.id })).includes(input.account)) throw colleagueUnknown();
  const after = await advance(ctx, row, procedure, "assign", { assignee: input.account });
  await ctx.record(facts.caseAssigned, subjectOf(row), { version: after.version, account: input.account });
  return moved(after);
}

export async function searchRegister(ctx: Context, input: InputOf<typeof api.searchRegister>): Promise<Output> {
  const { row } = await ready(ctx, input, "search");
  const round = ((await searchOf(ctx, row.id))?.round ?? 0) + 1;
  const after = await touch(ctx, row);
  const { account } = officialOf(ctx);
  await saveSearch(ctx, row.id, {
    state: "asked",
    round,
    askedAt: ctx.clock.now(),
    askedBy: account,
    answeredAt: null,
    exchanges: [],
    requests: [],
    expectedBy: null,
  });
  await ctx.record(facts.registerAsked, subjectOf(row), { version: after.version, round });
  await ctx.enqueue(searchRegisterJob, { number: row.number });
  return moved(after);
}

export async function reviewCandidate(ctx: Context, input: InputOf<typeof api.reviewCandidate>): Promise<Output> {
  const folder = await officeFolder(ctx, input.number);
  sameVersion(folder.row, input.version);
  const { account } = officialOf(ctx);
  if (folder.row.state !== "in-instruction") throw notNow();
  if (folder.row.assignee !== account) throw notInHand();
  const found = await searchOf(ctx, folder.row.id);
  if (found?.state !== "done") throw searchFirst();
  const reason = oneLine(input.reason, 500);
  if ("problem" in reason) throw answersWrong({ fields: [{ path: "reason", message: reason.problem }] });
  const v = { candidate: input.candidate, round: found.round, verdict: input.verdict, reason: reason.value, by: account };
  if (!(await judge(ctx, folder.row.id, v))) throw candidateUnknown();
  const after = await touch(ctx, folder.row);
  await ctx.record(facts.candidateReviewed, subjectOf(folder.row), {
    version: after.version,
    candidate: input.candidate,
    verdict: input.verdict,
  });
  return moved(after);
}

export async function concludeCase(ctx: Context, input: InputOf<typeof api.concludeCase>): Promise<Output> {
  const { row, procedure, s } = await ready(ctx, input, "conclude");
  const mentions = mentionsOf(procedure.search, s.candidates);
  if (input.outcome !== (mentions.length > 0 ? "mentions" : "none")) throw conclusionWrong();
  const after = await advance(ctx, row, procedure, "conclude", {
    decision: {
      outcome: "granted",
      at: ctx.clock.now().toISOString(),
      by: officialOf(ctx).account,
      conclusion: input.outcome,
      mentions: mentions.map((m) => ({ id: m.id, row: { ...m.row } })),
    },
    signingProblem: null,
  });
  await ctx.record(facts.caseConcluded, subjectOf(row), { version: after.version, outcome: input.outcome, mentions: mentions.length });
  return moved(after);
}

export async function requestCorrection(ctx: Context, input: InputOf<typeof api.requestCorrection>): Promise<Output> {
  const folder = await ready(ctx, input, "correct");
  const { row, procedure } = folder;
  const allowed = new Set(correctableOf(ctx, folder).map((f) => f.path));
  const note = input.note === undefined ? undefined : manyLines(input.note, 2000);
  if (note && "problem" in note) throw answersWrong({ fields: [{ path: "note", message: note.problem }] });
  const fields = input.fields.map((f, i) => {
    if (!allowed.has(f.path)) throw fieldNotCorrectable();
    const message = oneLine(f.message, 500);
    if ("problem" in message) throw answersWrong({ fields: [{ path: `fields[${i}].message`, message: message.problem }] });
    return { path: f.path, message: message.value };
  });
  const after = await advance(ctx, row, procedure, "request-correction", {
    correction: { at: ctx.clock.now().toISOString(), ...(note && note.value !== "" ? { note: note.value } : {}), fields },
    corrections: row.corrections + 1,
  });
  await ctx.record(facts.correctionRequested, subjectOf(row), { version: after.version, fields: fields.map((f) => f.path) });
  await ctx.enqueue(notify, { number: row.number, what: "correction" });
  return moved(after);
}

export async function refuseCase(ctx: Context, input: InputOf<typeof api.refuseCase>): Promise<Output> {
  const { row, procedure } = await ready(ctx, input, "refuse");
  const grounds = [...new Set(input.grounds)];
  if (!grounds.every((code) => procedure.grounds.some((g) => g.code === code))) throw groundUnknown();
  const explanation = manyLines(input.explanation, 4000);
  if ("problem" in explanation) throw answersWrong({ fields: [{ path: "explanation", message: explanation.problem }] });
  const after = await advance(ctx, row, procedure, "refuse", {
    decision: {
      outcome: "refused",
      at: ctx.clock.now().toISOString(),
      by: officialOf(ctx).account,
      grounds,
      explanation: explanation.value,
    },
    signingProblem: null,
  });
  await ctx.record(facts.caseRefused, subjectOf(row), { version: after.version, grounds });
  return moved(after);
}

export async function signAct(ctx: Context, input: InputOf<typeof api.signAct>): Promise<Output> {
  const { row, procedure } = await ready(ctx, input, "sign");
  // who signs takes the decision over: the act bears this name, and the fact says who decided
  const { account, role } = officialOf(ctx);
  const decision = row.decision && { ...row.decision, signer: account, signerRole: role };
  const after = await advance(ctx, row, procedure, "sign", { decision, signingProblem: null });
  await ctx.record(facts.signatureAsked, subjectOf(row), { version: after.version });
  await ctx.enqueue(issueAct, { number: row.number });
  return moved(after);
}

export async function revokeAct(ctx: Context, input: InputOf<typeof api.revokeAct>): Promise<Output> {
  const { row } = await officeFolder(ctx, input.number);
  sameVersion(row, input.version);
  const act = await actOf(ctx, row.id);
  const reason = oneLine(input.reason, 500);
  if ("problem" in reason) throw answersWrong({ fields: [{ path: "reason", message: reason.problem }] });
  if (!act?.issuedAt || !(await withdrawAct(ctx, act.number))) throw notNow();
  const after = await touch(ctx, row);
  await ctx.record(facts.actRevoked, subjectOf(row), { version: after.version, act: act.number, reason: reason.value });
  await ctx.enqueue(notify, { number: row.number, what: "revoked" });
  return moved(after);
}
