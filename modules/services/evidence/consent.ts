/** The applicant answered a question for her consent, on her page or at a counter. */
import { factById, type JobContext, say, type Static } from "#kernel";
import { consentGiven } from "#exchange";
import { evidenceByRequest, evidenceOf, lockCase, saveEvidence } from "../cases/store.ts";
import type { consentAnswered } from "../jobs.ts";
import * as jobs from "../jobs.ts";
import { note } from "./jobs.ts";

const refused = {
  fr: "Vous n’avez pas donné votre accord. Vous pouvez changer d’avis\u202f: redemandez.",
  en: "You did not give your consent. You may change your mind: ask again.",
};

/** Given: the register is asked now. Refused: nothing is asked, and she may have it asked again. */
export async function runConsentAnswered(j: JobContext, { fact }: Static<(typeof consentAnswered)["data"]>): Promise<void> {
  await j.transaction(async (ctx) => {
    const told = await factById(ctx, fact);
    const { consent } = (told?.data ?? {}) as { consent?: string };
    const found = consent === undefined ? undefined : await evidenceByRequest(ctx, consent);
    const row = found && (await lockCase(ctx, found.number));
    const waiting = row && (await evidenceOf(ctx, row.id)).find((e) => e.requirement === found.requirement);
    if (!row || waiting?.state !== "awaiting-consent") return;
    if (told?.type !== consentGiven.type)
      return note(ctx, row, { id: waiting.requirement }, { ...waiting, state: "refused", request: null, note: say(refused, row.lang) });
    await saveEvidence(ctx, row.id, { ...waiting, state: "to-ask", request: null });
    await ctx.enqueue(jobs.fetchEvidence, { number: row.number });
  });
}
