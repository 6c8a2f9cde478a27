/** A procedure as the catalogue shows it, in the caller's language. */
import type { Context, Text } from "#kernel";
import { delayText } from "../cases/calendar.ts";
import { officeName } from "../offices.ts";
import { linesDue, totalDue } from "../payments/fees.ts";
import type { Answers } from "../cases/store.ts";
import { type Entry, lifeEvents, type LifeEvent, type Procedure, type Provenance } from "./procedure.ts";
import type { EntryView, EvidencePreview, FeesView, LifeEventView, ProcedureSummary, ProcedureView, SourceView } from "./schemas.ts";

export function sourceView(p: Provenance): SourceView {
  return { text: p.text, ...(p.date ? { date: p.date } : {}), reliability: p.reliability, toConfirm: !p.confirmed };
}

const competentOffice: Text = { fr: "Institution qui décide", en: "Deciding institution" };

export async function feesView(ctx: Context, procedure: Procedure, values: Answers, deciding: string | null): Promise<FeesView> {
  const due = linesDue(procedure, values, deciding ?? undefined);
  const lines = [];
  for (const d of due) {
    const named = typeof d.line.payee === "object" ? d.line.payee.name : undefined;
    const payee = named ? ctx.say(named) : d.payee === "competent" ? ctx.say(competentOffice) : await officeName(ctx, d.payee);
    lines.push({ id: d.id, label: ctx.say(d.line.label), payee, amount: d.amount, source: sourceView(d.line.source) });
  }
  return { currency: ctx.country.currency.code, total: totalDue(due), lines };
}

export function summaryView(ctx: Context, p: Procedure): ProcedureSummary {
  return {
    slug: p.slug,
    title: ctx.say(p.title),
    summary: ctx.say(p.summary),
    authority: ctx.say(p.authority.text),
    total: totalDue(linesDue(p, {}, undefined)),
    currency: ctx.country.currency.code,
    delay: delayText(p.delay, ctx.lang),
    lifeEvents: p.lifeEvents,
    online: true,
  };
}

/** What is due for sure; an amount that depends is not added up. */
export function entrySummary(ctx: Context, e: Entry): ProcedureSummary {
  return {
    slug: e.slug,
    title: ctx.say(e.title),
    summary: ctx.say(e.office),
    authority: ctx.say(e.office),
    total: e.fees.filter((f) => !f.optional).reduce((sum, f) => sum + (f.amount ?? 0), 0),
    currency: ctx.country.currency.code,
    delay: e.delay ? ctx.say(e.delay) : "",
    lifeEvents: e.lifeEvents,
    online: false,
  };
}

export function entryView(ctx: Context, e: Entry): EntryView {
  const events = ctx.country.get(lifeEvents).filter((one) => e.lifeEvents.includes(one.id));
  return {
    slug: e.slug,
    title: ctx.say(e.title),
    office: ctx.say(e.office),
    documents: e.documents.map((d) => ctx.say(d)),
    documentsUnknown: e.documentsUnknown ?? false,
    free: e.free ?? false,
    ...(e.feeText ? { feeText: ctx.say(e.feeText) } : {}),
    fees: e.fees.map((f) => ({
      label: ctx.say(f.label),
      ...(f.amount === undefined ? {} : { amount: f.amount }),
      optional: f.optional ?? false,
    })),
    currency: ctx.country.currency.code,
    ...(e.delay ? { delay: ctx.say(e.delay) } : {}),
    ...(e.validity ? { validity: ctx.say(e.validity) } : {}),
    sources: e.sources.map(sourceView),
    lifeEvents: events.map((one) => ({ id: one.id, title: ctx.say(one.title) })),
  };
}

export function eventView(ctx: Context, event: LifeEvent, all: Iterable<Pick<Procedure, "slug" | "lifeEvents">>): LifeEventView {
  return {
    id: event.id,
    title: ctx.say(event.title),
    summary: ctx.say(event.summary),
    procedures: [...all].filter((p) => p.lifeEvents.includes(event.id)).map((p) => p.slug),
  };
}

const basisOf = (ctx: Context, p: Procedure, id: string | undefined): string => {
  const found = p.legalBasis.find((l) => l.id === id);
  return found ? ctx.say(found.text) : "";
};

/** Labels of the fields a register fills: what is asked of it, by name. */
export function evidencePreview(ctx: Context, p: Procedure, e: Procedure["evidence"][number]): EvidencePreview {
  const fields = new Map(p.sections.flatMap((s) => s.fields).map((f) => [f.id, f]));
  return {
    id: e.id,
    title: ctx.say(e.title),
    holder: ctx.say(e.holder),
    purpose: ctx.say(e.purposeText),
    legalBasis: basisOf(ctx, p, e.legalBasis),
    fields: e.fields.flatMap((f) => {
      const field = fields.get(f.to);
      return field ? [ctx.say(field.label)] : [];
    }),
    ...(e.byHand ? { byHand: ctx.say(e.byHand) } : {}),
  };
}

export async function procedureView(ctx: Context, p: Procedure): Promise<ProcedureView> {
  const events = ctx.country.get(lifeEvents);
  const { abroad, legalBasis } = p.authority;
  return {
    slug: p.slug,
    version: p.version,
    title: ctx.say(p.title),
    summary: ctx.say(p.summary),
    description: p.description.map((t) => ctx.say(t)),
    whoMay: p.whoMay.map((t) => ctx.say(t)),
    authority: {
      text: ctx.say(p.authority.text),
      ...(abroad ? { abroad: ctx.say(abroad.text) } : {}),
      ...(legalBasis ? { legalBasis: basisOf(ctx, p, legalBasis) } : {}),
    },
    fees: await feesView(ctx, p, {}, null),
    delay: { amount: p.delay.amount, unit: p.delay.unit, text: delayText(p.delay, ctx.lang), source: sourceView(p.delay.source) },
    ...(p.output.validity ? { validity: validityText(ctx, p.output.validity) } : {}),
    legalBasis: p.legalBasis.map((l) => ({
      id: l.id,
      text: ctx.say(l.text),
      ...(l.reference ? { reference: l.reference } : {}),
      source: sourceView(l.source),
    })),
    evidence: p.evidence.map((e) => evidencePreview(ctx, p, e)),
    asked: p.sections
      .flatMap((s) => s.fields)
      .flatMap((f) => (f.evidence || f.type === "title" || f.type === "explanation" ? [] : [ctx.say(f.label)])),
    steps: p.steps.map((t) => ctx.say(t)),
    output: ctx.say(p.output.title),
    appeal: p.appeal.map((t) => ctx.say(t)),
    lifeEvents: events.filter((e) => p.lifeEvents.includes(e.id)).map((e) => ({ id: e.id, title: ctx.say(e.title) })),
  };
}

const spans: Record<"days" | "months" | "years", (n: number) => Text> = {
  days: (n) => ({ fr: n === 1 ? "1 jour" : `${n} jours`, en: n === 1 ? "1 day" : `${n} days` }),
  months: (n) => ({ fr: `${n} mois`, en: n === 1 ? "1 month" : `${n} months` }),
  years: (n) => ({ fr: n === 1 ? "1 an" : `${n} ans`, en: n === 1 ? "1 year" : `${n} years` }),
};

export function validityText(ctx: Pick<Context, "say">, v: { amount: number; unit: "days" | "months" | "years" }): string {
  return ctx.say(spans[v.unit](v.amount));
}
