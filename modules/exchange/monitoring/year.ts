/** The year of an institution, counted from what auditors see: no person, no case. */
import { type Context, forbidden, type InputOf, notFound, type OutputOf, type Text } from "#kernel";
import { memberNames } from "../directory/store.ts";
import { followTraffic } from "../permissions.ts";
import type { readNationalYear, readYear } from "./contracts.ts";
import { firstExchange, partiesOf, yearOf, type YearLine } from "./store.ts";

export type Year = OutputOf<typeof readYear>;

const named = (ctx: Context, names: ReadonlyMap<string, Text>, id: string): string => {
  const name = names.get(id);
  return name ? ctx.say(name) : id;
};

/** Another institution's year is for who follows all traffic. */
export function whose(ctx: Context, institution: string | undefined): string {
  if (ctx.caller.kind !== "official") throw notFound();
  if (institution === undefined || institution === ctx.caller.institution) return ctx.caller.institution;
  if (!ctx.caller.permissions.has(followTraffic.id)) throw forbidden();
  return institution;
}

export async function yearShown(ctx: Context, q: InputOf<typeof readYear>): Promise<Year> {
  const { year } = q;
  const institution = whose(ctx, q.institution);
  const zone = ctx.country.timeZone;
  const { from, to } = bounds(year, zone);
  const lines = await yearOf(ctx.db, { institution, from, to, zone });
  const count = (some: readonly YearLine[]) => some.reduce((n, one) => n + one.count, 0);
  const of = (role: YearLine["role"]) => lines.filter((one) => one.role === role);
  const [asked, answered] = [of("asked"), of("answered")];
  const first = await firstExchange(ctx.db);
  return {
    institution,
    name: named(ctx, await memberNames(ctx.db, [institution]), institution),
    year,
    since: first ? yearIn(first, zone) : year,
    over: ctx.clock.now() >= to,
    asked: grouped(ctx, asked),
    answered: grouped(ctx, answered),
    months: Array.from({ length: 12 }, (_, i) => ({
      month: i + 1,
      asked: count(asked.filter((one) => one.month === i + 1)),
      answered: count(answered.filter((one) => one.month === i + 1)),
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

export async function nationalYear(ctx: Context, { year }: InputOf<typeof readNationalYear>): Promise<OutputOf<typeof readNationalYear>> {
  const found = await partiesOf(ctx.db, bounds(year, ctx.country.timeZone));
  const names = await memberNames(
    ctx.db,
    found.map((one) => one.institution),
  );
  return { institutions: found.map((one) => ({ ...one, name: named(ctx, names, one.institution) })) };
}

function grouped(ctx: Context, lines: readonly YearLine[]): Year["asked"] {
  return [...Map.groupBy(lines, (line) => `${line.service} ${line.other}`).values()]
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

const bounds = (year: number, zone: string) => ({
  from: new Date(firstMoment(year, zone)),
  to: new Date(firstMoment(year + 1, zone)),
});

/** When a year begins in the country's own time, in milliseconds. */
function firstMoment(year: number, zone: string): number {
  const guess = Date.UTC(year, 0, 1);
  return guess - (Date.parse(`${localTime(guess, zone).replace(" ", "T")}Z`) - guess);
}

const localTime = (at: number | Date, zone: string): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(at);

const yearIn = (at: Date, zone: string): number => Number(localTime(at, zone).slice(0, 4));
