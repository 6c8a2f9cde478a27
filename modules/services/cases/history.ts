/** A case's history is its facts: nothing is told twice. */
import { type Context, factsOf, type Text } from "#kernel";
import * as facts from "../facts.ts";

const titles = new Map<string, Text>(Object.values(facts).map((f) => [f.type, f.title]));

/** What the office did among other people's records is the office's to read. */
const inner = new Set<string>([
  facts.registerAsked.type,
  facts.registerSearched.type,
  facts.candidateReviewed.type,
  facts.caseAssigned.type,
  facts.caseReleased.type,
  facts.signingFailed.type,
  facts.caseOverdue.type,
  facts.messageWritten.type,
]);
const small = new Set<string>([facts.answersSaved.type, facts.paymentMoved.type]);

export interface Happened {
  at: string;
  label: string;
  by?: string;
}

export async function historyOf(ctx: Context, number: string, side: "applicant" | "office"): Promise<Happened[]> {
  const types = [...titles.keys()].filter((t) => !small.has(t) && (side === "office" || !inner.has(t)));
  const all = await factsOf(ctx, { subject: `case:${number}`, types, limit: 100 });
  return all.reverse().map((f) => ({
    at: f.at.toISOString(),
    label: ctx.say(titles.get(f.type) as Text),
    ...(side === "office" && f.actor.startsWith("account:") ? { by: f.actor.slice(8) } : {}),
  }));
}
