import { relay, type Context, type OutputOf } from "#kernel";
import { letterhead, render, type ReportData } from "#documents";
import { authorities } from "#registry";
import { plantReported } from "../facts.ts";
import { current } from "../plant/current.ts";
import type { planNext } from "../api.ts";
import type { makeReport as contract } from "./contracts.ts";
import { figure, reportWords } from "./explain.ts";
import { meanAvailability, samples, seed } from "./figures.ts";
import { planNext as plan, readOverview } from "./handlers.ts";
import { reached, type Reached } from "./people.ts";
import { yearHours } from "./availability.ts";

const usualBudget = 200;

/** What the report says, in the caller's language; the paper itself is set outside the transaction. */
async function dataOf(ctx: Context, km: number): Promise<{ data: ReportData; revision: number }> {
  const { model: m } = await current(ctx);
  const o = await readOverview(ctx);
  const next: OutputOf<typeof planNext> = await plan(ctx, { km, most: 3 });
  const { institutions, services } = await reached(ctx, m);
  const w = reportWords(ctx.lang);
  const say = (n: number) => figure(ctx.lang, n);
  const percent = (n: number) =>
    `${new Intl.NumberFormat(ctx.lang === "en" ? "en-GB" : "fr-FR", { maximumFractionDigits: 3 }).format(n * 100)}\u00a0%`;
  const mean = meanAvailability(m);
  const date = new Intl.DateTimeFormat(ctx.lang === "en" ? "en-GB" : "fr-FR", { dateStyle: "long", timeZone: ctx.country.timeZone }).format(
    ctx.clock.now(),
  );
  const institution = ctx.caller.kind === "official" ? ctx.caller.institution : undefined;
  const line = institution
    ? (await authorities(ctx, institution)).map((a) => ctx.say(a.name))
    : [ctx.say(ctx.country.name as { fr: string; en: string })];
  const row = (r: Reached & { institutionName?: string }) => [
    r.institutionName ? `${r.name} – ${r.institutionName}` : r.name,
    percent(r.value),
    w.between(percent(r.low), percent(r.high)),
    w.hours(say(r.hours)),
  ];
  const reach = { columns: [w.who, w.available, w.interval, w.off], widths: [6, 2, 4, 2] };
  const data: ReportData = {
    lang: ctx.lang,
    author: line.at(-1)!,
    title: w.title,
    reference: w.reference(o.revision, date),
    footer: w.footer(o.revision, date),
    ...(o.notice ? { mark: o.notice } : {}),
    letterhead: letterhead(ctx.country, ctx.lang, line),
    figures: [
      { label: w.sites, value: say(o.totals.sites) },
      { label: w.fibre, value: say(Math.round(o.totals.cableKm)) },
      { label: w.exposed, value: say(o.totals.exposed) },
      { label: w.cuts, value: say(o.totals.cutsPerYear) },
    ],
    lead: [
      w.lead(percent(mean), say((1 - mean) * yearHours), say(o.totals.siteHoursPerYear)),
      ...(o.totals.unreached ? [w.unreached(say(o.totals.unreached))] : []),
    ],
    sections: [
      {
        heading: w.worst,
        text: [w.worstText],
        table: {
          columns: [w.cut, w.lost, w.everyYears, w.yearly],
          widths: [6, 2, 3, 2],
          rows: o.worst
            .filter((f) => f.hoursPerYear >= 0.05)
            .slice(0, 8)
            .map((f) => [
              f.name,
              say(f.sites),
              f.perYear >= 0.95 ? w.times(say(f.perYear)) : w.once(say(1 / f.perYear)),
              w.hours(say(f.hoursPerYear)),
            ]),
        },
        numeric: [1, 3],
      },
      { heading: w.next, text: [next.summary, ...next.stretches.map((s, i) => `${i + 1}. ${s.why}`)] },
      {
        heading: w.institutions,
        text: [w.institutionsText(say(institutions.length))],
        table: { ...reach, rows: institutions.slice(0, 8).map(row) },
        numeric: [1, 3],
      },
      ...(services.length
        ? [
            {
              heading: w.services,
              text: [w.servicesText(say(services.length))],
              table: { ...reach, rows: services.slice(0, 6).map(row) },
              numeric: [1, 3],
            },
          ]
        : []),
    ],
    verification: { heading: w.how, steps: [w.method(say(samples), String(seed)), w.noAct] },
    legal: [],
  };
  return { data, revision: o.revision };
}

export const makeReport = relay<typeof contract, { data: ReportData; revision: number }, Uint8Array>({
  before: (ctx, q) => dataOf(ctx, q.km ?? usualBudget),
  outside: (out, { data }) => render(out, "report", data),
  async after(ctx, { revision }, bytes) {
    await ctx.record(plantReported, "network:plant", { revision });
    const name = ctx.lang === "en" ? "network" : "reseau";
    return { fileName: `${name}-${ctx.clock.today()}.pdf`, mediaType: "application/pdf", content: Buffer.from(bytes).toString("base64") };
  },
});
