import { publishedServices } from "#exchange";
import { institutions } from "#registry";
import type { Context } from "#kernel";
import { current } from "../plant/current.ts";
import { spanName, type Model } from "../resilience/model.ts";
import { lineOf } from "../resilience/views.ts";
import { effectOf, together, touched, type Dated, type Together, type Touched } from "./effect.ts";
import type { Effect } from "./shapes.ts";
import * as store from "./store.ts";

/** An institution with its places that a work touches. */
export interface Concerned {
  id: string;
  name: { fr: string; en: string };
  effect: Effect;
  down: number[];
  oneWay: number[];
  /** Every place it has on the network is down. */
  silent: boolean;
}
export interface Evaluation {
  model: Model;
  touched: Touched;
  /** Places where somebody works, in indices. */
  down: number[];
  oneWay: number[];
  /** All nodes that fall, joints too. */
  fallen: number[];
  together: Together[];
  others: store.Work[];
  concerned: Concerned[];
}

const dated = (m: Model, w: store.Work): Dated => ({
  id: w.id,
  starts: w.starts.getTime(),
  ends: w.ends.getTime(),
  touched: touched(m, w.elements),
});

/** A work on today's network, beside the others of its time. */
export async function evaluate(ctx: Context, w: store.Work): Promise<Evaluation> {
  const { model: m } = await current(ctx);
  const t = touched(m, w.elements);
  const { down: fallen, oneWay } = effectOf(m, t);
  const others = await store.overlapping(ctx, w);
  const place = (v: number) => m.weight[v]! > 0;
  const down = fallen.filter(place);
  return {
    model: m,
    touched: t,
    down,
    oneWay,
    fallen,
    others,
    together: together(
      m,
      dated(m, w),
      others.map((o) => dated(m, o)),
    )
      .map((x) => ({ ...x, nodes: x.nodes.filter(place) }))
      .filter((x) => x.nodes.length > 0),
    concerned: await concernedBy(ctx, m, down, oneWay),
  };
}

async function concernedBy(ctx: Context, m: Model, down: readonly number[], oneWay: readonly number[]): Promise<Concerned[]> {
  const at = new Map(m.nodes.flatMap((n, v) => (n.site ? [[n.site, v] as const] : [])));
  const [lost, alone] = [new Set(down), new Set(oneWay)];
  return (await institutions(ctx)).flatMap((i) => {
    const own = i.state === "active" ? i.sites.flatMap((s) => at.get(s.id) ?? []) : [];
    const [d, o] = [own.filter((v) => lost.has(v)), own.filter((v) => alone.has(v))];
    if (d.length + o.length === 0) return [];
    const name = { fr: i.name.fr, en: i.name.en };
    return [
      { id: i.id, name, effect: d.length ? ("down" as const) : ("one-way" as const), down: d, oneWay: o, silent: d.length === own.length },
    ];
  });
}

export async function servicesOf(
  ctx: Context,
  concerned: readonly Concerned[],
): Promise<{ id: string; name: string; institution: string }[]> {
  const silent = new Map(concerned.filter((c) => c.silent).map((c) => [c.id, c]));
  if (silent.size === 0) return [];
  return (await publishedServices(ctx))
    .filter((s) => s.enabled && silent.has(s.institution))
    .map((s) => ({ id: s.id, name: ctx.say(s.title), institution: ctx.say(silent.get(s.institution)!.name) }));
}

/** What an alarm is compared with: the elements, the spans that carry nothing, the nodes that fall. */
export function coversOf(e: Evaluation, elements: readonly string[]): string[] {
  const spans = e.touched.links.flatMap((l) => e.model.spans[l]?.id ?? []);
  return [...new Set([...elements, ...spans, ...e.fallen.map((v) => e.model.nodes[v]!.id)])];
}

type ElementKind = "cable" | "circuit" | "duct" | "node" | "device" | "unknown";
export function elementsOf(m: Model, ids: readonly string[]): { id: string; kind: ElementKind; name: string }[] {
  return ids.map((id) => {
    const l = m.span.get(id);
    if (l !== undefined) return { id, kind: m.spans[l]!.kind, name: spanName(m, m.spans[l]!) };
    const v = m.at.get(id);
    if (v !== undefined) return { id, kind: "node", name: m.nodes[v]!.name };
    const duct = m.plant.duct.find((d) => d.id === id);
    if (duct) return { id, kind: "duct", name: duct.name };
    const device = m.plant.device.find((d) => d.id === id);
    if (!device) return { id, kind: "unknown", name: id };
    const at = m.at.get(device.node);
    return { id, kind: "device", name: `${device.name}${at === undefined ? "" : ` (${m.nodes[at]!.name})`}` };
  });
}

export const linesOf = (e: Evaluation) => e.touched.links.flatMap((l) => (e.model.spans[l] ? [lineOf(e.model, e.model.spans[l]!)] : []));
