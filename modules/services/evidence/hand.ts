/** A person answered one of our questions by hand, or let it lapse. */
import { factById, type JobContext, type Static } from "#kernel";
import { unanswered } from "#exchange";
import { type EvidenceRow, evidenceByRequest, evidenceOf, lockCase, saveEvidence } from "../cases/store.ts";
import { lapseSearch } from "../desk/jobs.ts";
import { caseBySearchRequest } from "../desk/store.ts";
import type { handAnswered } from "../jobs.ts";
import * as jobs from "../jobs.ts";
import { note } from "./jobs.ts";

/**
 * Answered: ask again under the same key, and the exchange gives what there is. Lapsed: it failed, openly; asking anew is
 * another round.
 */
export async function runHandAnswered(j: JobContext, { fact, subject }: Static<(typeof handAnswered)["data"]>): Promise<void> {
  await j.transaction(async (ctx) => {
    const request = subject.replace(/^exchange-request:/, "");
    const lapsed = (await factById(ctx, fact))?.type === unanswered.type;
    const searching = await caseBySearchRequest(ctx, request);
    if (searching) return lapsed ? lapseSearch(ctx, searching.number) : ctx.enqueue(jobs.searchRegisterJob, { number: searching.number });
    const found = await evidenceByRequest(ctx, request);
    const row = found && (await lockCase(ctx, found.number));
    const waiting: EvidenceRow | undefined = row && (await evidenceOf(ctx, row.id)).find((e) => e.requirement === found.requirement);
    if (!row || waiting?.state !== "waiting-person") return;
    if (lapsed) return note(ctx, row, { id: waiting.requirement }, { ...waiting, state: "failed" });
    await saveEvidence(ctx, row.id, { ...waiting, state: "asked" });
    await ctx.enqueue(jobs.fetchEvidence, { number: row.number });
  });
}
