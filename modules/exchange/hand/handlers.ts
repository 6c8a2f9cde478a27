import { type Context, type Lang, notFound, say } from "#kernel";
import type { answerHandRequest, declineHandRequest, HandRequestLine, HandRequestView, listHandRequests, readHandRequest } from "../api.ts";
import type { InputOf, OutputOf } from "#kernel";
import { basisOf, purposeMap } from "../directory/store.ts";
import { fieldView } from "../directory/views.ts";
import { answerIncomplete, handRequestClosed, handRequestUnknown } from "../errors.ts";
import { sealed } from "../log/at-rest.ts";
import { deliverAnswer } from "./jobs.ts";
import { answerBody, declineBody, fieldsAsked, rowOf } from "./rules.ts";
import { aboutAnswer, answerRequest, handLine, handLines, type HandLine, waitingCount } from "./store.ts";

/** The institution is the caller's own, never one she names. */
function institutionOf(ctx: Context): string {
  const institution = ctx.caller.kind === "official" || ctx.caller.kind === "system" ? ctx.caller.institution : undefined;
  if (institution === undefined) throw notFound();
  return institution;
}

function lineView(ctx: Context, h: HandLine, purpose: string): HandRequestLine {
  return {
    id: h.id,
    state: h.state,
    service: { id: h.service, title: ctx.say(h.title) },
    client: { id: h.client, name: h.clientName ? ctx.say(h.clientName) : h.client },
    purpose,
    ...(h.issue === null ? {} : { issue: h.issue }),
    askedAt: h.askedAt.toISOString(),
    expectedBy: h.expectedBy.toISOString(),
    overdue: h.state === "waiting" && h.expectedBy < ctx.clock.now(),
  };
}

/** A date as people read it; anything else as it was asked. */
function spoken(value: string, lang: Lang): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(value) || Number.isNaN(Date.parse(value))) return value;
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "fr-FR", { dateStyle: "long", timeZone: "UTC" }).format(new Date(value));
}

async function view(ctx: Context, h: HandLine): Promise<HandRequestView> {
  const purposes = await purposeMap(ctx.db);
  const purpose = purposes.get(h.purpose);
  const basis = await basisOf(ctx.db, h.service, h.rights);
  const labels = new Map(h.labels.map((l) => [l.name, l.label]));
  return {
    ...lineView(ctx, h, purpose ? ctx.say(purpose.label) : h.purpose),
    asked: h.query.map(([name, value]) => {
      const label = labels.get(name);
      return { name: label ? say(label, ctx.lang) : name, value: spoken(value, ctx.lang) };
    }),
    fields: fieldsAsked(h.fields, h.keep).map((f) => fieldView(f, ctx.lang)),
    basis: basis ? ctx.say(basis) : "",
    ...(h.answeredAt === null ? {} : { answeredAt: h.answeredAt.toISOString() }),
    ...(h.declineReason === null ? {} : { declineReason: h.declineReason }),
  };
}

export async function listOf(ctx: Context, input: InputOf<typeof listHandRequests>): Promise<OutputOf<typeof listHandRequests>> {
  const institution = institutionOf(ctx);
  const limit = input.limit ?? 50;
  const rows = await handLines(ctx.db, { institution, state: input.state, after: input.after, limit: limit + 1 });
  const purposes = await purposeMap(ctx.db);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    requests: shown.map((h) => {
      const purpose = purposes.get(h.purpose);
      return lineView(ctx, h, purpose ? ctx.say(purpose.label) : h.purpose);
    }),
    waiting: await waitingCount(ctx.db, institution),
    ...(rows.length > limit && last ? { next: last.id } : {}),
  };
}

async function find(ctx: Context, id: string): Promise<HandLine> {
  const row = await handLine(ctx.db, institutionOf(ctx), id);
  if (!row) throw handRequestUnknown();
  return row;
}

/** Names are on this page: the person concerned sees that they were read. */
export async function readOne(ctx: Context, { id }: InputOf<typeof readHandRequest>): Promise<HandRequestView> {
  const row = await find(ctx, id);
  if (row.person !== null) await ctx.recordRead(row.person, "exchange.answer-by-hand", "exchange.read-hand-request");
  return view(ctx, row);
}

const accountOf = (ctx: Context): string => ("account" in ctx.caller ? ctx.caller.account : `system:${ctx.caller.kind}`);

async function close(
  ctx: Context,
  row: HandLine,
  a: { state: "answered" | "declined"; answer: { status: number; body: unknown }; reason: string | null },
): Promise<HandRequestView> {
  const { state, reason } = a;
  const answer = sealed(ctx, aboutAnswer(row.id), Buffer.from(JSON.stringify(a.answer)));
  const done = await answerRequest(ctx.db, { id: row.id, at: ctx.clock.now(), by: accountOf(ctx), state, reason, answer });
  if (!done) throw handRequestClosed();
  await ctx.enqueue(deliverAnswer, { request: row.id });
  return view(ctx, await find(ctx, row.id));
}

const faultText = {
  missing: { fr: "Ce champ est obligatoire.", en: "This field is required." },
  unknown: { fr: "Ce champ n’est pas demandé.", en: "This field is not asked for." },
  type: { fr: "Cette valeur n’a pas la forme attendue.", en: "This value does not have the expected form." },
};

export async function answerOne(ctx: Context, input: InputOf<typeof answerHandRequest>): Promise<HandRequestView> {
  const row = await find(ctx, input.id);
  if (row.state !== "waiting") throw handRequestClosed();
  const made = rowOf(fieldsAsked(row.fields, row.keep), input.values);
  if ("faults" in made)
    throw answerIncomplete({ fields: made.faults.map((f) => ({ path: `values.${f.name}`, message: faultText[f.fault] })) });
  return close(ctx, row, { state: "answered", answer: answerBody(made.row, row.keep), reason: null });
}

export async function declineOne(ctx: Context, input: InputOf<typeof declineHandRequest>): Promise<HandRequestView> {
  const row = await find(ctx, input.id);
  if (row.state !== "waiting") throw handRequestClosed();
  return close(ctx, row, { state: "declined", answer: declineBody(input.reason, input.note), reason: input.reason });
}
