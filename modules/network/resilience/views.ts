import { institutions } from "#registry";
import type { Context, OutputOf } from "#kernel";
import type { planNext, readSpan } from "../api.ts";
import type { Point } from "../plant/shapes.ts";
import { figure, words } from "./explain.ts";
import { failuresOfSpan, sitesIn, spanName, type Failure, type Model, type Span } from "./model.ts";
import type { Step } from "./next.ts";

type SpanView = OutputOf<typeof readSpan>;

export const round = (n: number, digits = 2) => Math.round(n * 10 ** digits) / 10 ** digits;

export function nodeLine(m: Model, v: number): SpanView["a"] {
  const n = m.nodes[v]!;
  return { id: n.id, name: n.name, kind: n.kind, point: [n.lon, n.lat] };
}

export function lineOf(m: Model, s: Span): Point[] {
  const [a, b] = [m.nodes[m.at.get(s.a)!]!, m.nodes[m.at.get(s.b)!]!];
  return [[a.lon, a.lat], ...(s.path ?? []), [b.lon, b.lat]];
}

export function failureView(m: Model, f: Failure): SpanView["failures"][number] {
  const { kind, id, name } = f;
  return {
    kind,
    id,
    name,
    sites: sitesIn(m, f.fallen),
    perYear: round(f.rate, 4),
    hours: round(f.repair),
    hoursPerYear: round(f.rate * f.repair, 3),
    ...(f.kind !== "power" && f.links[0] !== undefined ? { through: m.spans[f.links[0]]!.id } : {}),
  };
}

export interface Summary {
  alone: number;
  sites: number;
  hoursPerYear: number;
}

const summaries = new WeakMap<Model, Summary[]>();

/** What a digger at each span takes down: worked out once a revision, one pass over the failures. */
export function summariesOf(m: Model): Summary[] {
  let all = summaries.get(m);
  if (all) return all;
  all = m.spans.map(() => ({ alone: 0, sites: 0, hoursPerYear: 0 }));
  for (const f of m.failures) {
    if (f.kind === "power") continue;
    const sites = sitesIn(m, f.fallen);
    for (const l of f.links) {
      const s = all[l]!;
      if (f.kind === "span") s.alone = sites;
      s.sites = Math.max(s.sites, sites);
      if (sites > 0) s.hoursPerYear += f.rate * f.repair;
    }
  }
  summaries.set(m, all);
  return all;
}

export function spanLine(m: Model, link: number) {
  const s = m.spans[link]!;
  const { alone, sites, hoursPerYear } = summariesOf(m)[link]!;
  return {
    id: s.id,
    kind: s.kind,
    name: spanName(m, s),
    km: round(s.length / 1000),
    sites,
    alone,
    hoursPerYear: round(hoursPerYear, 3),
    illustrative: s.illustrative,
  };
}

/** Everybody who falls by any of the cuts a digger at this span may cause. */
export function fallenAt(m: Model, link: number): number[] {
  const all = new Set(failuresOfSpan(m, link).flatMap((f) => [...f.fallen]));
  return [...all].filter((v) => v < m.root);
}

/** Institutions that work at these nodes, by the registry's sites. */
export async function institutionsAt(ctx: Context, m: Model, nodes: readonly number[]): Promise<SpanView["institutions"]> {
  const at = new Map(nodes.flatMap((v) => (m.nodes[v]!.site ? [[m.nodes[v]!.site!, m.nodes[v]!.id] as const] : [])));
  if (at.size === 0) return [];
  const all = (await institutions(ctx)).filter((i) => i.state === "active");
  return all.flatMap((i) => {
    const node = i.sites.map((s) => at.get(s.id)).find((n) => n !== undefined);
    return node === undefined ? [] : [{ id: i.id, name: ctx.say(i.name), node }];
  });
}

export function stretch(ctx: Context, m: Model, s: Step): OutputOf<typeof planNext>["stretches"][number] {
  const [helped, freed] = [sitesIn(m, s.helped), sitesIn(m, s.freed)];
  const [a, b] = [nodeLine(m, s.a), nodeLine(m, s.b)];
  const say = (n: number) => figure(ctx.lang, n);
  return {
    a,
    b,
    km: s.km,
    saved: round(s.saved),
    helped,
    freed,
    why: words(ctx.lang).why(say(s.km), a.name, b.name, helped, freed, say(s.saved)),
  };
}

/** Letters without accents, for lists one searches. */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
