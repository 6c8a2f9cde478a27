/** Puts a question in front of the officials of the institution asked, with the day the answer is due. */
import type { Context } from "#kernel";
import type { Service } from "../directory/store.ts";
import { handAsked } from "../facts.ts";
import type { Envelope } from "../gateway/message.ts";
import { dueDay } from "./rules.ts";
import { putHandRequest } from "./store.ts";

export async function askPerson(
  ctx: Context,
  q: {
    envelope: Envelope;
    service: Service;
    clientInstitution: string;
    person: string | undefined;
    rights: string[];
    fields: string[] | null;
  },
): Promise<{ request: string; expectedBy: Date }> {
  const { envelope: e, service } = q;
  const id = ctx.ids.uuid();
  const at = ctx.clock.now();
  const { week, holidaysOf } = ctx.country;
  const due = dueDay(ctx.clock.today(), service.answersInDays ?? 1, {
    days: week.days,
    holidaysOf: (year) => holidaysOf.call(ctx.country, year),
  });
  const expectedBy = endOfDay(due, ctx);
  await putHandRequest(ctx.db, {
    id,
    exchange: e.exchange,
    service: service.id,
    institution: service.institution,
    client: e.client,
    clientInstitution: q.clientInstitution,
    purpose: e.purpose,
    issue: e.issue ?? null,
    person: q.person ?? null,
    query: Object.entries(e.query ?? {}),
    keep: q.fields,
    rights: q.rights,
    state: "waiting",
    askedAt: at,
    expectedBy,
    lapsesAt: new Date(at.getTime() + (service.lapsesInDays ?? 30) * 86_400_000),
    answeredAt: null,
    answer: null,
    plainAnswer: null,
    declineReason: null,
  });
  await ctx.record(handAsked, `exchange-request:${id}`, {
    request: id,
    exchange: e.exchange,
    service: service.id,
    expectedBy: expectedBy.toISOString(),
  });
  return { request: id, expectedBy };
}

/** When the office closes on that day, local time. */
function endOfDay(day: string, ctx: Context): Date {
  const closing = ctx.country.week.hours.at(-1)?.[1] ?? "17:00";
  const guess = new Date(`${day}T${closing}:00Z`);
  const local = new Date(
    `${new Intl.DateTimeFormat("sv-SE", { timeZone: ctx.country.timeZone, dateStyle: "short", timeStyle: "medium" }).format(guess).replace(" ", "T")}Z`,
  );
  return new Date(guess.getTime() - (local.getTime() - guess.getTime()));
}
