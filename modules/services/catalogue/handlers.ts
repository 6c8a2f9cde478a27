import type { Context, InputOf, OutputOf } from "#kernel";
import { officeName } from "../offices.ts";
import type * as api from "./contracts.ts";
import { catalogueOf, currentProcedure, knownEntry } from "./definitions.ts";
import { lifeEvents } from "./procedure.ts";
import { byTitle, search } from "./search.ts";
import { type Figures, officeFigures } from "./store.ts";
import { entrySummary, entryView, eventView, procedureView, summaryView } from "./view.ts";

type Found = OutputOf<typeof api.searchCatalogue>;
/** What was asked lately, a day and a language: the catalogue is the pack's, the same for everybody. */
const asked = new WeakMap<object, Map<string, Found>>();

export async function searchCatalogue(ctx: Context, input: InputOf<typeof api.searchCatalogue>): Promise<Found> {
  const catalogue = catalogueOf(ctx.country);
  const known = asked.get(catalogue) ?? new Map<string, Found>();
  asked.set(catalogue, known);
  const key = JSON.stringify([ctx.lang, ctx.clock.today(), input.q ?? "", input.lifeEvent ?? ""]);
  const before = known.get(key);
  if (before) return before;
  const now = find(ctx, input);
  if (known.size >= 500) known.clear();
  known.set(key, now);
  return now;
}

function find(ctx: Context, input: InputOf<typeof api.searchCatalogue>): Found {
  const { bySlug, known, index } = catalogueOf(ctx.country);
  const q = (input.q ?? "").trim();
  const all = [...bySlug.values(), ...known.values()];
  const { found, corrected } = q === "" ? { found: all.map(({ slug }) => ({ slug })), corrected: false } : search(index, q);
  const results = found.flatMap(({ slug }) => {
    const [p, e] = [bySlug.get(slug), known.get(slug)];
    const summary = p ? summaryView(ctx, p) : e ? entrySummary(ctx, e) : undefined;
    return summary && (!input.lifeEvent || summary.lifeEvents.includes(input.lifeEvent)) ? [summary] : [];
  });
  // unasked, what can be done here comes first
  const order = byTitle(ctx.lang);
  if (q === "") results.sort((a, b) => Number(b.online) - Number(a.online) || order(a, b));
  const events = ctx.country.get(lifeEvents).map((e) => eventView(ctx, e, all));
  return { q, results, corrected, lifeEvents: events.filter((e) => e.procedures.length > 0) };
}

export async function listLifeEvents(ctx: Context): Promise<OutputOf<typeof api.listLifeEvents>> {
  const { bySlug, known } = catalogueOf(ctx.country);
  const all = ctx.country.get(lifeEvents).map((e) => eventView(ctx, e, [...bySlug.values(), ...known.values()]));
  return { lifeEvents: all.filter((e) => e.procedures.length > 0) };
}

export async function readProcedure(
  ctx: Context,
  { slug }: InputOf<typeof api.readProcedure>,
): Promise<OutputOf<typeof api.readProcedure>> {
  return procedureView(ctx, currentProcedure(ctx, slug));
}

export async function readEntry(ctx: Context, { slug }: InputOf<typeof api.readEntry>): Promise<OutputOf<typeof api.readEntry>> {
  return entryView(ctx, knownEntry(ctx, slug));
}

interface Recent {
  until: number;
  since: Date;
  rows: Figures[];
}
const recent = new WeakMap<object, Map<string, Recent>>();

/** Public figures count every case of a year: made at most once in five minutes, whoever asks how often. */
async function recentFigures(ctx: Context, procedure: string | undefined): Promise<Recent> {
  const now = ctx.clock.now().getTime();
  const kept = recent.get(ctx.country) ?? new Map<string, Recent>();
  recent.set(ctx.country, kept);
  const before = kept.get(procedure ?? "");
  if (before && before.until > now && before.until - now <= 300_000) return before;
  const since = new Date(now - 365 * 86_400_000);
  // only procedures that exist have a place of their own in this memory
  const known = procedure === undefined || catalogueOf(ctx.country).bySlug.has(procedure);
  const made = { until: now + 300_000, since, rows: known ? await officeFigures(ctx, procedure, since) : [] };
  if (known) kept.set(procedure ?? "", made);
  return made;
}

/** Under this many decided cases, a time would speak of persons and not of an office. */
const least = 5;

export async function readOfficeStatistics(
  ctx: Context,
  input: InputOf<typeof api.readOfficeStatistics>,
): Promise<OutputOf<typeof api.readOfficeStatistics>> {
  const { since, rows } = await recentFigures(ctx, input.procedure);
  const { bySlug } = catalogueOf(ctx.country);
  const offices = [];
  for (const r of rows) {
    const enough = r.issued + r.refused >= least;
    const hours = (minutes: number | null): number => Math.round((minutes ?? 0) / 6) / 10;
    offices.push({
      institution: r.institution,
      name: await officeName(ctx, r.institution),
      procedure: ctx.say(bySlug.get(r.procedure)?.title ?? { fr: r.procedure, en: r.procedure }),
      received: r.received,
      issued: r.issued,
      refused: r.refused,
      corrections: r.corrections,
      ...(enough
        ? { medianHours: hours(r.medianMinutes), p90Hours: hours(r.p90Minutes), withinDelay: Math.round((r.withinDelay ?? 0) * 100) / 100 }
        : {}),
    });
  }
  return { since: since.toISOString(), offices };
}
