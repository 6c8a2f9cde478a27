import { type Context, type InputOf, notFound, type OutputOf } from "#kernel";
import type { listOperations, readDiagnosis, readYear, startDiagnosis } from "./contracts.ts";
import { diagnoseJob } from "./diagnose.ts";
import { diagnosisUnfit, diagnosisUnknown } from "./problems.ts";
import { isField, recordsOf } from "./query.ts";
import { yearOf, type YearLine } from "./store.ts";
import { diagnosisOf, putDiagnosis } from "./store-diagnosis.ts";

function own(ctx: Context): string {
  if (ctx.caller.kind !== "official") throw notFound();
  return ctx.caller.institution;
}

export async function operationsShown(ctx: Context, q: InputOf<typeof listOperations>): Promise<OutputOf<typeof listOperations>> {
  const { recordsFrom, recordsTo, client } = q;
  const fields = q.fields?.split(",").filter(isField);
  return recordsOf(ctx.db, ctx.clock.now(), { institution: own(ctx) }, { recordsFrom, recordsTo, client, fields });
}

export async function yearShown(ctx: Context, { year }: InputOf<typeof readYear>): Promise<OutputOf<typeof readYear>> {
  const institution = own(ctx);
  const zone = ctx.country.timeZone;
  const [from, to] = [new Date(firstMoment(year, zone)), new Date(firstMoment(year + 1, zone))];
  const lines = await yearOf(ctx.db, { institution, from, to, zone });
  const count = (some: readonly YearLine[]) => some.reduce((n, one) => n + one.count, 0);
  const of = (role: YearLine["role"]) => lines.filter((one) => one.role === role);
  return {
    institution,
    year,
    over: ctx.clock.now() >= to,
    asked: grouped(ctx, of("asked")),
    answered: grouped(ctx, of("answered")),
    months: Array.from({ length: 12 }, (_, i) => ({
      month: i + 1,
      asked: count(of("asked").filter((one) => one.month === i + 1)),
      answered: count(of("answered").filter((one) => one.month === i + 1)),
    })),
    outcomes: (["asked", "answered"] as const).flatMap((role) =>
      [...new Set(of(role).map((one) => one.outcome))].map((outcome) => ({
        role,
        outcome: outcome as "answered",
        count: count(of(role).filter((one) => one.outcome === outcome)),
      })),
    ),
  };
}

function grouped(ctx: Context, lines: readonly YearLine[]): OutputOf<typeof readYear>["asked"] {
  const groups = new Map<string, YearLine[]>();
  for (const line of lines) {
    const key = `${line.service} ${line.other}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()]
    .map((some) => {
      const [first] = some as [YearLine, ...YearLine[]];
      const busiest = some.reduce((a, b) => (b.count > a.count ? b : a));
      return {
        service: first.service,
        title: first.title ? ctx.say(first.title) : first.service,
        other: { institution: first.other, name: first.otherName ? ctx.say(first.otherName) : first.other },
        total: some.reduce((n, one) => n + one.count, 0),
        answered: some.filter((one) => one.outcome === "answered").reduce((n, one) => n + one.count, 0),
        median: Math.round(busiest.median),
      };
    })
    .sort((a, b) => b.total - a.total || (a.service < b.service ? -1 : 1));
}

/** When a year begins in the country's own time, in milliseconds. */
function firstMoment(year: number, zone: string): number {
  const guess = Date.UTC(year, 0, 1);
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(guess);
  return guess - (Date.parse(`${parts.replace(" ", "T")}Z`) - guess);
}

export async function diagnosisStarted(ctx: Context, asked: InputOf<typeof startDiagnosis>): Promise<OutputOf<typeof startDiagnosis>> {
  if ((asked.service === undefined) === (asked.server === undefined)) throw diagnosisUnfit();
  const id = ctx.ids.uuid();
  await putDiagnosis(ctx.db, { id, institution: own(ctx), asked, at: ctx.clock.now() });
  await ctx.enqueue(diagnoseJob, { id });
  return { id };
}

export async function diagnosisShown(ctx: Context, { id }: InputOf<typeof readDiagnosis>): Promise<OutputOf<typeof readDiagnosis>> {
  const d = await diagnosisOf(ctx.db, id);
  if (!d || d.institution !== own(ctx)) throw diagnosisUnknown();
  return { ended: d.endedAt !== null, steps: d.steps ?? [] };
}
