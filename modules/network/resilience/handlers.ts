import type { Context, InputOf, OutputOf } from "#kernel";
import type * as api from "../api.ts";
import type { readReach as readReachContract } from "./contracts.ts";
import { plantFile } from "../pack.ts";
import { current } from "../plant/current.ts";
import { everImported } from "../plant/store.ts";
import { kinds } from "../plant/shapes.ts";
import { trace, type Hop } from "../plant/trace.ts";
import { nodeUnknown, spanUnknown, strandUnknown } from "../problems.ts";
import type { Availability } from "./availability.ts";
import { doubleCuts } from "./cuts.ts";
import { availability, figuresOf, samples, seed } from "./figures.ts";
import { figure, words } from "./explain.ts";
import { articulationPoints } from "./graph.ts";
import { candidates, failuresOfSpan, risks, sitesIn, spanName, type Model } from "./model.ts";
import { nextKilometres, type Step } from "./next.ts";
import { disjointPaths } from "./paths.ts";
import { reached } from "./people.ts";
import * as views from "./views.ts";

type In<K extends keyof typeof api> = InputOf<(typeof api)[K]>;
type Out<K extends keyof typeof api> = Promise<OutputOf<(typeof api)[K]>>;
const { round } = views;

export async function readOverview(ctx: Context): Out<"readOverview"> {
  const { revision, model: m } = await current(ctx);
  const { plant, nodes } = m;
  const file = ctx.country.get(plantFile);
  const dug = m.failures.filter((f) => f.kind !== "power");
  const { cableKm, circuitKm, unreached, exposed, cutsPerYear, siteHoursPerYear } = figuresOf(m);
  const sum = (pick: (n: (typeof nodes)[number]) => number | undefined) => nodes.reduce((n, one) => n + (pick(one) ?? 0), 0);
  const all = kinds.flatMap((k) => plant[k] as { illustrative: boolean }[]);
  const worst = dug
    .filter((f) => f.fallen.length > 0 && f.rate > 0)
    .toSorted((x, y) => sitesIn(m, y.fallen) * y.rate * y.repair - sitesIn(m, x.fallen) * x.rate * x.repair);
  return {
    revision: revision.number,
    at: revision.at.toISOString(),
    origin: revision.origin,
    ...(!Array.isArray(file) && !(await everImported(ctx)) ? { notice: ctx.say(file.notice) } : {}),
    totals: {
      hubs: nodes.filter((n) => n.kind === "hub" || n.kind === "core").length,
      sites: nodes.filter((n) => n.kind === "site").length,
      buildings: sum((n) => n.buildings),
      establishments: sum((n) => n.establishments),
      cables: plant.cable.length,
      cableKm,
      circuits: plant.circuit.length,
      circuitKm,
      illustrative: all.filter((e) => e.illustrative).length,
      elements: all.length,
      unreached,
      exposed,
      cutsPerYear,
      siteHoursPerYear,
    },
    worst: worst.slice(0, 12).map((f) => views.failureView(m, f)),
    crossings: articulationPoints(m.tree)
      .filter((v) => v < m.root && nodes[v]!.kind !== "site")
      .map((v) => views.nodeLine(m, v)),
  };
}

export async function readMap(ctx: Context): Out<"readMap"> {
  const { revision, model: m } = await current(ctx);
  const all = views.summariesOf(m);
  return {
    revision: revision.number,
    nodes: m.nodes.map((_, v) => views.nodeLine(m, v)),
    spans: m.spans.map((s, l) => ({
      id: s.id,
      kind: s.kind,
      name: spanName(m, s),
      line: views.lineOf(m, s),
      sites: all[l]!.sites,
      hoursPerYear: round(all[l]!.hoursPerYear, 3),
    })),
  };
}

/** A part of a list, and where the next one begins. */
function part<T>(list: readonly T[], q: { from?: number | undefined; limit?: number | undefined }) {
  const from = q.from ?? 0;
  const end = from + (q.limit ?? 50);
  return { items: list.slice(from, end), total: list.length, ...(end < list.length ? { next: end } : {}) };
}

export async function listSpans(ctx: Context, q: In<"listSpans">): Out<"listSpans"> {
  const { model: m } = await current(ctx);
  const sought = views.folded(q.q?.trim() ?? "");
  const lines = m.spans
    .map((_, l) => views.spanLine(m, l))
    .filter((s) => (!q.kind || s.kind === q.kind) && (!sought || views.folded(`${s.name} ${s.id}`).includes(sought)))
    .toSorted((x, y) => y.sites * y.hoursPerYear - x.sites * x.hoursPerYear || (x.id < y.id ? -1 : 1));
  const { items, ...rest } = part(lines, q);
  return { spans: items, ...rest };
}

const budgets = [1, 5, 20, 50, 100, 200, 400];

export async function readSpan(ctx: Context, q: In<"readSpan">): Out<"readSpan"> {
  const { model: m } = await current(ctx);
  const link = m.span.get(q.id);
  if (link === undefined) throw spanUnknown();
  const s = m.spans[link]!;
  const fallen = views.fallenAt(m, link);
  const own = new Set(failuresOfSpan(m, link).map((f) => f.id));
  const concerned = m.failures.filter((f) => f.kind !== "power" && own.has(f.id) && f.rate > 0);
  const hurt = concerned.map((f) => ({ links: f.links, hours: f.rate * f.repair }));
  let [budgetKm, steps]: [number, Step[]] = [q.km ?? 1, []];
  // without a budget: the smallest of these that buys anything
  for (budgetKm of q.km === undefined ? budgets : [q.km]) {
    const near = candidates(m, budgetKm, new Set(fallen));
    ({ steps } = nextKilometres(m.graph, m.root, hurt, m.weight, near, { budgetKm, most: 1, by: "whole" }));
    if (steps.length) break;
  }
  const sum = (pick: (n: Model["nodes"][number]) => number | undefined) => fallen.reduce((n, v) => n + (pick(m.nodes[v]!) ?? 0), 0);
  const ducts = new Map(m.plant.duct.map((d) => [d.id, d]));
  return {
    ...views.spanLine(m, link),
    a: views.nodeLine(m, m.at.get(s.a)!),
    b: views.nodeLine(m, m.at.get(s.b)!),
    line: views.lineOf(m, s),
    ...(s.kind === "cable" ? { strands: s.strands } : {}),
    ...(s.kind === "circuit" && s.provider ? { provider: s.provider } : {}),
    ...(s.kind === "circuit" && s.capacity ? { capacity: s.capacity } : {}),
    ground: s.ducts.map((id) => {
      const d = ducts.get(id)!;
      return { id, kind: d.kind, name: d.name, metres: d.length, spans: m.spans.filter((x) => x.ducts.includes(id)).length };
    }),
    failures: failuresOfSpan(m, link).map((f) => views.failureView(m, f)),
    fallen: fallen.map((v) => views.nodeLine(m, v)),
    buildings: sum((n) => n.buildings),
    establishments: sum((n) => (n.site ? 0 : n.establishments)),
    institutions: await views.institutionsAt(ctx, m, fallen),
    budgetKm,
    ...(steps[0] ? { next: views.stretch(ctx, m, steps[0]) } : {}),
  };
}

export async function listNodes(ctx: Context, q: In<"listNodes">): Out<"listNodes"> {
  const { model: m } = await current(ctx);
  const hours = new Float64Array(m.root + 1);
  const cuts = new Int32Array(m.root + 1);
  for (const f of m.failures)
    if (f.kind !== "power")
      for (const v of f.fallen) {
        hours[v]! += f.rate * f.repair;
        cuts[v]!++;
      }
  const sought = views.folded(q.q?.trim() ?? "");
  const lines = m.nodes
    .map((n, v) => ({ ...views.nodeLine(m, v), hoursPerYear: round(hours[v]!, 3), cuts: cuts[v]!, illustrative: n.illustrative }))
    .filter((n) => n.kind !== "joint" && (!sought || views.folded(`${n.name} ${n.id}`).includes(sought)))
    .toSorted((x, y) => y.hoursPerYear - x.hoursPerYear || (x.id < y.id ? -1 : 1));
  const { items, ...rest } = part(lines, q);
  return { nodes: items, ...rest };
}

const sixDigits = (a: Availability) => ({ value: round(a.value, 6), low: round(a.low, 6), high: round(a.high, 6) });

export async function readNode(ctx: Context, q: In<"readNode">): Out<"readNode"> {
  const { model: m } = await current(ctx);
  const v = m.at.get(q.id);
  if (v === undefined) throw nodeUnknown();
  const real = (l: number) => l < m.spans.length;
  const ways = disjointPaths(m.graph, m.length, v, m.root).map((way) => way.filter(real));
  const line = (l: number) => ({ id: m.spans[l]!.id, name: spanName(m, m.spans[l]!), km: round(m.length[l]! / 1000) });
  const ground = ways.map((way) => new Set(way.flatMap((l) => m.spans[l]!.ducts)));
  const names = new Map(m.plant.duct.map((d) => [d.id, d.name]));
  return {
    ...m.nodes[v]!,
    spans: [...m.graph.at.subarray(m.graph.start[v]!, m.graph.start[v + 1]!)].filter(real).map(line),
    institutions: await views.institutionsAt(ctx, m, [v]),
    ways: ways.map((way) => ({ km: round(way.reduce((sum, l) => sum + m.length[l]!, 0) / 1000), spans: way.map(line) })),
    shared: ground.length === 2 ? [...ground[0]!].filter((d) => ground[1]!.has(d)).map((d) => names.get(d) ?? d) : [],
    failures: m.failures.filter((f) => f.fallen.includes(v)).map((f) => views.failureView(m, f)),
    availability: { ...sixDigits(availability(m, { samples, seed })[v]!), samples, seed },
  };
}

export async function readAvailability(ctx: Context, q: In<"readAvailability">): Out<"readAvailability"> {
  const { model: m } = await current(ctx);
  const o = { samples: q.samples ?? samples, seed: q.seed ?? seed };
  const found = availability(m, o);
  const sites = m.nodes.flatMap((n, v) => (m.weight[v]! > 0 ? [{ id: n.id, name: n.name, ...sixDigits(found[v]!) }] : []));
  return { ...o, sites: sites.toSorted((x, y) => x.value - y.value) };
}

/** About a second of one core: more pairs than this are not tried while somebody waits. */
const mostPairs = 400_000;

export async function readReach(ctx: Context, q: InputOf<typeof readReachContract>): Promise<OutputOf<typeof readReachContract>> {
  const { model: m } = await current(ctx);
  const { institutions, services } = await reached(ctx, m);
  const limit = q.limit ?? 50;
  return {
    samples,
    seed,
    institutions: institutions.slice(0, limit),
    services: services.slice(0, limit),
    total: { institutions: institutions.length, services: services.length },
  };
}

export async function findDoubleCuts(ctx: Context, q: In<"findDoubleCuts">): Out<"findDoubleCuts"> {
  const { model: m } = await current(ctx);
  // the most likely first, so that a bounded search leaves out the least likely pairs
  const events = m.failures.filter((f) => f.kind !== "power" && f.rate > 0).toSorted((x, y) => y.p - x.p);
  const found = doubleCuts(m.tree, events.map((f) => f.links), m.weight, { most: mostPairs, keep: q.limit ?? 20 }); // prettier-ignore
  return {
    pairs: found.cuts.map((c) => ({
      first: views.failureView(m, events[c.first]!),
      second: views.failureView(m, events[c.second]!),
      sites: sitesIn(m, c.fallen),
      extra: c.extra,
    })),
    examined: found.examined,
    complete: found.complete,
  };
}

export async function planNext(ctx: Context, q: In<"planNext">): Out<"planNext"> {
  const { model: m } = await current(ctx);
  const all = candidates(m, q.km);
  // thrift per kilometre leaves a large budget unspent on short stretches; both ways of choosing are tried, the better one stays
  const plans = (["kilometre", "whole"] as const).map((by) =>
    nextKilometres(m.graph, m.root, risks(m), m.weight, all, { budgetKm: q.km, most: q.most ?? 8, by }),
  );
  const { steps, before, after } = plans.toSorted((x, y) => x.after - y.after)[0]!;
  const used = round(steps.reduce((sum, s) => sum + s.km, 0));
  const w = words(ctx.lang);
  const say = (n: number) => figure(ctx.lang, n);
  return {
    km: q.km,
    used,
    before: round(before),
    after: round(after),
    stretches: steps.map((s) => views.stretch(ctx, m, s)),
    summary: steps.length
      ? w.summary(say(used), steps.length, say(before), say(after), say((100 * (before - after)) / before))
      : w.nothing(say(q.km)),
  };
}

export async function traceStrand(ctx: Context, q: In<"traceStrand">): Out<"traceStrand"> {
  const { model: m } = await current(ctx);
  const cable = m.plant.cable.find((c) => c.id === q.cable);
  if (!cable || q.strand > cable.strands) throw strandUnknown();
  const found = trace(m.plant, q);
  const hop = ({ node, splice: _splice, ...rest }: Hop) => ({ ...rest, node: views.nodeLine(m, m.at.get(node)!) });
  return { ...q, towardsA: found.towardsA.map(hop), towardsB: found.towardsB.map(hop) };
}
