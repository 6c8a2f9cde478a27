/** The statement on paper: set by documents, sealed by the institution that closed the month. */
import { createHash } from "node:crypto";
import { letterhead, render, type ReportData } from "#documents";
import { authorities, institution as byId } from "#registry";
import { signPdf } from "#trust";
import { job, T, work, type Context, type JobContext, type Lang } from "#kernel";
import { statementSealed } from "./facts.ts";
import type { StatementBody } from "./statement.ts";
import * as store from "./store.ts";
import { words } from "./words.ts";

export const sealStatement = job("network.seal-statement", T.Object({ statement: T.String() }), { retryLimit: 10, retryDelay: 5 });

const mostSites = 24;
const mostOutages = 24;
/** The language of the State's papers. */
const lang: Lang = "fr";

interface Draft {
  statement: store.Statement;
  data: ReportData;
  sealer: { id: string; name: string };
}

/** A length of time in hours and minutes, as an invoice says it. */
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds > 0 && minutes === 0) return `${seconds}\u00a0s`;
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return `${m}\u00a0min`;
  return m === 0 ? `${h}\u00a0h` : `${h}\u00a0h\u00a0${String(m).padStart(2, "0")}`;
}

export function paperData(
  ctx: Pick<Context, "country">,
  s: Pick<store.Statement, "number" | "month" | "body">,
  line: string[],
): ReportData {
  const w = words(lang);
  const b: StatementBody = s.body;
  const { totals: t, agreement: a } = b;
  const figure = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 3 });
  const percent = (n: number | undefined) => (n === undefined ? w.none : `${figure.format(n)}\u00a0%`);
  const { format: money } = new Intl.NumberFormat("fr-FR", { style: "currency", currency: b.currency, maximumFractionDigits: 0 });
  const hours = (n: number) => `${figure.format(n)}\u00a0h`;
  const when = new Intl.DateTimeFormat("fr-FR", { dateStyle: "short", timeStyle: "short", timeZone: ctx.country.timeZone });
  const month = new Intl.DateTimeFormat("fr-FR", { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${s.month}-15`));
  const promise =
    t.availability === undefined
      ? t.down > 0 && t.atBest !== undefined
        ? w.atBest(percent(t.atBest), percent(a.target))
        : w.unmeasured
      : (t.availability >= a.target ? w.met : w.missed)(percent(t.availability), percent(a.target));
  const outages = b.sites.flatMap((x) => x.outages.map((o) => ({ ...o, site: x.name }))).toSorted((x, y) => (x.from < y.from ? -1 : 1));
  const sites = b.sites.toSorted((x, y) => y.credit - x.credit || y.down - x.down || (x.name < y.name ? -1 : 1));
  return {
    lang,
    author: line.at(-1)!,
    title: w.title,
    subtitle: b.institution.name.fr,
    reference: w.reference(month, s.number),
    footer: w.footer(b.institution.name.fr, month),
    ...(b.simulated ? { mark: w.demo } : {}),
    letterhead: letterhead(ctx.country, lang, line),
    figures: [
      { label: w.availability, value: percent(t.availability) },
      { label: w.target, value: percent(a.target) },
      { label: w.lost, value: duration(t.down) },
      { label: w.credit, value: money(t.credit) },
    ],
    lead: [
      promise,
      ...(t.unknown > 0 && t.service > 0 ? [w.unknown(percent(Math.ceil((t.unknown / t.service) * 1000) / 10))] : []),
      ...(t.credit > 0 ? [w.owed(money(t.credit))] : []),
      ...(s.number > 1 ? [w.corrects(s.number - 1)] : []),
      ...(b.tickets.opened ? [w.tickets(b.tickets.opened, b.tickets.answeredLate)] : []),
    ],
    sections: [
      {
        heading: w.sites,
        ...(sites.length > mostSites ? { text: [w.moreSites(figure.format(sites.length - mostSites))] } : {}),
        table: {
          columns: [w.site, w.up, w.down, w.excluded, w.unknownHead, w.rate, w.creditHead],
          widths: [5, 2, 2, 2, 2, 2, 2],
          rows: sites
            .slice(0, mostSites)
            .map((x) => [
              x.name,
              duration(x.up),
              duration(x.down),
              duration(x.excludedWorks + x.excludedPower),
              duration(x.unknown),
              x.availability === undefined ? "–" : percent(x.availability),
              money(x.credit),
            ]),
        },
        numeric: [1, 2, 3, 4, 5, 6],
      },
      {
        heading: w.outages,
        ...(outages.length === 0
          ? { text: [w.outagesNone] }
          : {
              ...(outages.length > mostOutages ? { text: [w.outagesMore(figure.format(outages.length - mostOutages))] } : {}),
              table: {
                columns: [w.site, w.from, w.to, w.cause],
                widths: [5, 3, 3, 3],
                rows: outages
                  .slice(0, mostOutages)
                  .map((o) => [
                    o.site,
                    when.format(Date.parse(o.from)),
                    o.to ? when.format(Date.parse(o.to)) : w.lasting,
                    w[`kind-${o.kind}`],
                  ]),
              },
            }),
      },
      {
        heading: `${w.terms} : ${a.name.fr}`,
        text: [
          w.steps(a.credits.map((c) => w.step(percent(c.below), percent(c.percent))).join(" · ") || "–"),
          w.rules(percent(a.lateRepair), hours(a.repairHours), percent(a.cap)),
          w.works(hours(a.worksHours), hours(a.worksNoticeHours)),
          w.power,
        ],
      },
    ],
    verification: { heading: w.how, steps: [w.method, w.seal] },
    legal: [],
  };
}

async function draft(ctx: Context, id: string): Promise<Draft | undefined> {
  const statement = await store.statementById(ctx, id);
  if (!statement || (await store.paperOf(ctx, id))) return undefined;
  const month = await store.monthRow(ctx, statement.month);
  const sealer = month && (await byId(ctx, month.institution));
  if (!sealer) return undefined;
  const line = (await authorities(ctx, sealer.id)).map((x) => x.name.fr);
  return { statement, data: paperData(ctx, statement, line), sealer: { id: sealer.id, name: sealer.name.fr } };
}

export async function runSealStatement(j: JobContext, { statement: id }: { statement: string }): Promise<void> {
  const d = await j.transaction((ctx) => draft(ctx, id));
  if (!d) return;
  const pdf = await render(j, "report", d.data);
  const signed = await signPdf(j, { pdf, institution: d.sealer, reason: `${words(lang).title}, ${d.statement.month}` });
  await j.transaction(async (ctx) => {
    if ((await store.keepPaper(ctx, id, signed.pdf, signed.at)) === 0) return;
    const { month, institution, number } = d.statement;
    const sha256 = createHash("sha256").update(signed.pdf).digest("hex");
    await ctx.record(statementSealed, `network:statement:${id}`, { month, institution, number, sha256 });
  });
}

export const sealing = work(sealStatement, runSealStatement, { concurrency: 1 });
