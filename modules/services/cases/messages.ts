/** The conversation of a case: the applicant and the office. Officials' names stay inside. */
import type { Context, InputOf, OutputOf } from "#kernel";
import * as facts from "../facts.ts";
import { manyLines } from "../forms/plain.ts";
import { notify } from "../jobs.ts";
import { officeName } from "../offices.ts";
import { answersWrong, notNow } from "../problems.ts";
import { type Folder, officeFolder, ownFolder, subjectOf } from "./access.ts";
import type * as api from "./contracts.ts";
import { insertMessage, markSeen, type MessageRow, messagesOf } from "./store.ts";

type Side = MessageRow["side"];

async function theirs(ctx: Context, number: string): Promise<Folder & { side: Side }> {
  return ctx.caller.kind === "official"
    ? { ...(await officeFolder(ctx, number)), side: "office" }
    : { ...(await ownFolder(ctx, number)), side: "applicant" };
}

async function shown(ctx: Context, institution: string, m: MessageRow): Promise<OutputOf<typeof api.writeMessage>> {
  const author = m.side === "office" ? await officeName(ctx, institution) : ctx.say({ fr: "La personne qui demande", en: "The applicant" });
  return { id: m.id, from: m.side, author, at: m.at.toISOString(), text: m.body };
}

export async function listMessages(ctx: Context, { number }: InputOf<typeof api.listMessages>): Promise<OutputOf<typeof api.listMessages>> {
  const { row, side } = await theirs(ctx, number);
  if (side === "office") await ctx.recordRead(row.person, "services.handle-case", "services.list-messages");
  await markSeen(ctx, row.id, side === "office" ? "applicant" : "office", ctx.clock.now());
  const messages = [];
  for (const m of await messagesOf(ctx, row.id)) messages.push(await shown(ctx, row.institution ?? "", m));
  return { number: row.number, messages };
}

export async function writeMessage(ctx: Context, input: InputOf<typeof api.writeMessage>): Promise<OutputOf<typeof api.writeMessage>> {
  const { row, side } = await theirs(ctx, input.number);
  if (!row.submittedAt || !row.institution) throw notNow();
  const text = manyLines(input.text, 4000);
  if ("problem" in text) throw answersWrong({ fields: [{ path: "text", message: text.problem }] });
  const account = "account" in ctx.caller ? ctx.caller.account : "system";
  const message: MessageRow = { id: ctx.ids.uuid(), at: ctx.clock.now(), side, account, body: text.value };
  await insertMessage(ctx, row.id, message);
  await ctx.record(facts.messageWritten, subjectOf(row), { message: message.id, side });
  if (side === "office") await ctx.enqueue(notify, { number: row.number, what: "message" });
  return shown(ctx, row.institution, message);
}
