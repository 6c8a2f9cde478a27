/** The year of an institution as a paper to be printed and filed. */
import { type Context, relay } from "#kernel";
import { letterhead, render, type ReportData } from "#documents";
import { authorities } from "#registry";
import type { makeYearReport as contract } from "./contracts.ts";
import { yearReported } from "./facts.ts";
import { whose, type Year, yearShown } from "./year.ts";
import { yearWords } from "./year-words.ts";

const most = 25;

async function dataOf(ctx: Context, y: Year): Promise<ReportData> {
  const w = yearWords(ctx.lang);
  const locale = ctx.lang === "en" ? "en-GB" : "fr-FR";
  const { timeZone } = ctx.country;
  const say = (n: number) => new Intl.NumberFormat(locale).format(n);
  const percent = (part: number, all: number) =>
    all === 0 ? "–" : new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(part / all);
  const month = (n: number) => new Intl.DateTimeFormat(locale, { month: "long", timeZone: "UTC" }).format(Date.UTC(2000, n - 1, 15));
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone }).format(ctx.clock.now());
  const sum = (lines: Year["asked"], pick: (one: Year["asked"][number]) => number) => lines.reduce((n, one) => n + pick(one), 0);
  const [asked, given] = [sum(y.asked, (one) => one.total), sum(y.answered, (one) => one.total)];
  const partners = new Set([...y.asked, ...y.answered].map((one) => one.other.institution)).size;
  const line = (await authorities(ctx, y.institution)).map((a) => ctx.say(a.name));
  const table = (heading: string, lines: Year["asked"]) => ({
    heading,
    ...(lines.length > most ? { text: [w.first(most, lines.length)] } : {}),
    table: {
      columns: [w.service, w.partner, w.total, w.done, w.median],
      widths: [6, 5, 2, 2, 3],
      rows: lines
        .slice(0, most)
        .map((one) => [one.title, one.other.name, say(one.total), percent(one.answered, one.total), `${say(one.median)}\u00a0ms`]),
    },
    numeric: [2, 3, 4],
  });
  const outcomes = [...new Set(y.outcomes.map((one) => one.outcome))];
  const of = (outcome: string, role: string) => y.outcomes.find((one) => one.outcome === outcome && one.role === role)?.count ?? 0;
  return {
    lang: ctx.lang,
    author: y.name,
    title: w.title(y.year),
    reference: w.reference(y.name, y.over ? w.whole(y.year) : w.until(date)),
    footer: w.footer(y.year, date),
    letterhead: letterhead(ctx.country, ctx.lang, line.length ? line : [y.name]),
    figures: [
      { label: w.answered, value: say(given) },
      {
        label: w.share,
        value: percent(
          sum(y.answered, (one) => one.answered),
          given,
        ),
      },
      { label: w.asked, value: say(asked) },
      {
        label: w.shareAsked,
        value: percent(
          sum(y.asked, (one) => one.answered),
          asked,
        ),
      },
    ],
    lead: [asked + given === 0 ? w.none : w.lead(say(asked), say(given), partners)],
    sections:
      asked + given === 0
        ? []
        : [
            {
              heading: w.months,
              table: {
                columns: [w.month, w.received, w.put],
                widths: [4, 2, 2],
                rows: y.months.map((one) => [month(one.month), say(one.answered), say(one.asked)]),
              },
              numeric: [1, 2],
            },
            {
              heading: w.outcomes,
              table: {
                columns: [w.outcome, w.received, w.put],
                widths: [4, 2, 2],
                rows: outcomes.map((one) => [w[`outcome-${one}`], say(of(one, "answered")), say(of(one, "asked"))]),
              },
              numeric: [1, 2],
            },
            ...(y.answered.length ? [table(w.provided, y.answered)] : []),
            ...(y.asked.length ? [table(w.requested, y.asked)] : []),
          ],
    verification: { heading: w.how, steps: [w.method, w.noAct] },
    legal: [],
  };
}

export const makeYearReport = relay<typeof contract, { data: ReportData; institution: string; year: number }, Uint8Array>({
  async before(ctx, q) {
    const institution = whose(ctx, q.institution);
    return { data: await dataOf(ctx, await yearShown(ctx, { ...q, institution })), institution, year: q.year };
  },
  outside: (out, { data }) => render(out, "report", data),
  async after(ctx, { institution, year }, bytes) {
    await ctx.record(yearReported, `institution:${institution}`, { institution, year });
    const name = ctx.lang === "en" ? "exchanges" : "bilan-echanges";
    return { fileName: `${name}-${institution}-${year}.pdf`, mediaType: "application/pdf", content: Buffer.from(bytes).toString("base64") };
  },
});
