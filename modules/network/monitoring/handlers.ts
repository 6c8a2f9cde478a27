import type { Context, InputOf, OutputOf } from "#kernel";
import { publishedServices } from "#exchange";
import { institution } from "#registry";
import * as fabric from "../fabric/store.ts";
import { ratesOf, usualRate } from "../intent/intent.ts";
import { linkInterface } from "../intent/names.ts";
import { readPlant } from "../permissions.ts";
import { current } from "../plant/current.ts";
import { nodeUnknown, spanUnknown } from "../problems.ts";
import { sitesIn, type Model } from "../resilience/model.ts";
import { institutionsAt } from "../resilience/views.ts";
import type * as api from "./contracts.ts";
import { elementName } from "./explain.ts";
import { linkOf } from "./gather.ts";
import { policyOf } from "./policy.ts";
import { alarmUnknown, notSimulated } from "./problems.ts";
import { isFlapping } from "./rules.ts";
import type { Alarm, AlarmLine, Outage } from "./shapes.ts";
import * as past from "./store-history.ts";
import * as measured from "./store-measured.ts";
import * as store from "./store.ts";
import { figures } from "./sums.ts";

type In<K extends keyof typeof api> = InputOf<(typeof api)[K]>;
type Out<K extends keyof typeof api> = Promise<OutputOf<(typeof api)[K]>>;

/** Whoever may see the plant sees every alarm; others those that cut off their own institution: its nodes. */
async function seenBy(ctx: Context, m: Model): Promise<{ all: boolean; nodes?: string[] }> {
  const c = ctx.caller;
  if (c.kind === "system" || (c.kind === "official" && c.permissions.has(readPlant.id))) return { all: true };
  const own = c.kind === "official" ? await institution(ctx, c.institution) : undefined;
  const sites = new Set(own?.sites.map((s) => s.id));
  return { all: false, nodes: m.nodes.filter((n) => n.site && sites.has(n.site)).map((n) => n.id) };
}

function line(ctx: Context, m: Model, a: Alarm, outages: readonly Outage[], all: boolean): AlarmLine {
  const end = a.ended ?? ctx.clock.now();
  const nodes = new Set(outages.filter((o) => a.ended !== null || o.to === null).map((o) => o.node));
  return {
    id: a.id,
    kind: a.kind,
    ...(all ? { element: a.element, name: elementName(m, a.element) } : {}),
    severity: a.severity,
    cleared: a.ended !== null,
    began: a.began.toISOString(),
    ...(a.ended ? { ended: a.ended.toISOString() } : {}),
    seconds: Math.max(0, Math.round((end.getTime() - a.began.getTime()) / 1000)),
    occurrences: a.occurrences,
    flapping: isFlapping(a, policyOf(ctx)),
    sites: sitesIn(m, [...nodes].flatMap((id) => m.at.get(id) ?? [])), // prettier-ignore
    planned: a.work !== null,
    simulated: a.simulated,
  };
}

async function outagesFor(ctx: Context, list: readonly Alarm[], nodes: readonly string[] | undefined): Promise<Map<string, Outage[]>> {
  const own = nodes && new Set(nodes);
  const rows = await store.outagesOf(ctx, list.map((a) => a.id)); // prettier-ignore
  return Map.groupBy(own ? rows.filter((o) => own.has(o.node)) : rows, (o) => o.alarm);
}

export async function listAlarms(ctx: Context, q: In<"listAlarms">): Out<"listAlarms"> {
  const { model: m } = await current(ctx);
  const who = await seenBy(ctx, m);
  const limit = q.limit ?? 50;
  const rows = await store.alarms(ctx, {
    open: q.open,
    nodes: who.nodes,
    before: q.before ? new Date(q.before) : undefined,
    limit: limit + 1,
  });
  const outages = await outagesFor(ctx, rows, who.nodes);
  const { inService } = await fabric.fabric(ctx);
  const alarms = rows.slice(0, limit).map((a) => line(ctx, m, a, outages.get(a.id) ?? [], who.all));
  return { watched: inService, alarms, more: rows.length > limit };
}

export async function readAlarm(ctx: Context, q: In<"readAlarm">): Out<"readAlarm"> {
  const { model: m } = await current(ctx);
  const who = await seenBy(ctx, m);
  const a = await store.alarmById(ctx, q.id);
  const outages = a ? ((await outagesFor(ctx, [a], who.nodes)).get(a.id) ?? []) : [];
  if (!a || (!who.all && outages.length === 0)) throw alarmUnknown();
  const named = (id: string) => ({ id, name: elementName(m, id) });
  const down = [...new Set(outages.map((o) => o.node))].flatMap((id) => m.at.get(id) ?? []);
  const own = !who.all && ctx.caller.kind === "official" ? ctx.caller.institution : undefined;
  const institutions = (await institutionsAt(ctx, m, down)).filter((i) => own === undefined || i.id === own);
  const there = new Set(institutions.map((i) => i.id));
  const services = (await publishedServices(ctx)).filter((s) => s.enabled && there.has(s.institution));
  return {
    ...line(ctx, m, a, outages, who.all),
    ...(who.all ? { explanation: ctx.say(a.explanation) } : {}),
    others: who.all ? a.others.map((o) => ({ ...o, name: elementName(m, o.element) })) : [],
    spans: who.all ? a.spans.map(named) : [],
    silent: who.all ? a.silent.map(named) : [],
    ...(a.work ? { work: a.work } : {}),
    ...(a.mergedInto ? { mergedInto: a.mergedInto } : {}),
    places: outages.map((o) => ({
      ...named(o.node),
      ...(o.site ? { site: o.site } : {}),
      from: o.from.toISOString(),
      ...(o.to ? { to: o.to.toISOString() } : {}),
    })),
    institutions: institutions.map(({ id, name }) => ({ id, name })),
    services: services.map((s) => ({ id: s.id, name: ctx.say(s.title), institution: s.institution })),
    changes: (await store.changesOf(ctx, a.id)).map(({ at, element, sites, ...c }) => ({ ...c, sites: who.all ? sites : down.length, at: at.toISOString(), ...(who.all ? { element } : {}) })), // prettier-ignore
  };
}

const usualDays = { minutes5: 1, hours: 7, days: 400 } as const;
const mostStretches = 2000;

export async function readHistory(ctx: Context, q: In<"readHistory">): Out<"readHistory"> {
  const { model: m } = await current(ctx);
  if (!m.at.has(q.node)) throw nodeUnknown();
  const now = ctx.clock.now();
  const to = q.to ? new Date(q.to) : now;
  const from = q.from ? new Date(q.from) : new Date(to.getTime() - usualDays[q.step] * 86_400_000);
  const rates = ratesOf(m.plant);
  const series = (await past.seriesOf(ctx, [q.node])).filter((s) => s.kind === "path" || m.span.has(s.target));
  let more = false;
  const out: OutputOf<typeof api.readHistory>["series"] = [];
  for (const s of series) {
    const rows = await past.history(ctx, q.step, { series: [s.id], from, to, most: mostStretches + 1 });
    more ||= rows.length > mostStretches;
    const span = m.spans[m.span.get(s.target) ?? -1];
    const rate = span && s.kind === "link" ? ("capacity" in span && span.capacity) || rates.get(span.id) || usualRate : undefined;
    out.push({
      kind: s.kind,
      target: s.target,
      name: elementName(m, s.target),
      ...(rate ? { rate: rate * 1e6 } : {}),
      simulated: s.simulated,
      figures: rows.slice(-mostStretches).map((r) => figures(r.at, r.sums)),
    });
  }
  return { node: { id: q.node, name: elementName(m, q.node) }, step: q.step, series: out, more };
}

export async function listRoutingEvents(ctx: Context, q: In<"listRoutingEvents">): Out<"listRoutingEvents"> {
  const { model: m } = await current(ctx);
  const span = q.span === undefined ? undefined : m.spans[m.span.get(q.span) ?? -1];
  if (q.span !== undefined && !span) throw spanUnknown();
  if (q.node !== undefined && !m.at.has(q.node)) throw nodeUnknown();
  const rows = await measured.events(ctx, {
    ...(span ? { names: [linkInterface(span.kind, span.id)] } : {}),
    node: q.node,
    from: q.from ? new Date(q.from) : new Date(0),
    to: q.to ? new Date(q.to) : new Date(ctx.clock.now().getTime() + 1),
    limit: q.limit ?? 100,
  });
  return {
    events: rows.map(({ name, at, ...e }) => {
      const link = linkOf(m, name);
      return { ...e, at: at.toISOString(), ...(link === undefined ? {} : { span: m.spans[link]!.id }) };
    }),
  };
}

/** Only in a demonstration, and only where no real agent speaks. */
export async function simulateFault(ctx: Context, q: In<"simulateFault">): Out<"simulateFault"> {
  const { model: m } = await current(ctx);
  const span = m.spans[m.span.get(q.element) ?? -1];
  if (q.kind === "span" ? !span : !m.at.has(q.element)) throw q.kind === "span" ? spanUnknown() : nodeUnknown();
  const ends = q.kind === "span" ? [span!.a, span!.b] : [q.element];
  const agents = new Set((await fabric.agents(ctx)).map((a) => a.node));
  if (!ctx.config.demo || ends.every((n) => agents.has(n))) throw notSimulated();
  if (q.on) await measured.setFault(ctx, q);
  else await measured.endFault(ctx, q.element);
  return { element: q.element };
}
