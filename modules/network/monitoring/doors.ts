/** What the rest of the module may ask of monitoring. */
import type { Context } from "#kernel";
import * as store from "./store.ts";
import type { Alarm } from "./shapes.ts";
import * as past from "./store-history.ts";
import { quantile } from "./sketch.ts";
import { covered, nothing, plus, type Level } from "./sums.ts";
import { current } from "../plant/current.ts";

/**
 * Times without network in a period, clipped to it, oldest first; `site` is the registry's site. Two alarms of one site may
 * overlap: whoever adds up takes the union.
 */
export async function outages(
  ctx: Context,
  o: { from: Date; to: Date; site?: string },
): Promise<
  { node: string; site: string | undefined; from: Date; to: Date | undefined; alarm: string; planned: boolean; work: string | undefined }[]
> {
  return (await store.outagesBetween(ctx, o)).map((x) => ({
    node: x.node,
    site: x.site ?? undefined,
    from: x.from < o.from ? o.from : x.from,
    to: x.to === null ? undefined : x.to > o.to ? o.to : x.to,
    alarm: x.alarm,
    planned: x.work !== null,
    work: x.work ?? undefined,
  }));
}

/** Alarms that last, oldest first. */
export function openAlarms(ctx: Context): Promise<Alarm[]> {
  return store.currentAlarms(ctx);
}

/** Stretches in which each place was really measured, whole minutes, merged, clipped to the period; outside them nothing is known. */
export async function measured(
  ctx: Context,
  o: { from: Date; to: Date; nodes?: readonly string[] },
): Promise<{ node: string; from: Date; to: Date }[]> {
  const days = Map.groupBy(await past.coverage(ctx, o), (d) => d.node);
  const out: { node: string; from: Date; to: Date }[] = [];
  for (const [node, list] of days)
    for (const x of covered(list)) {
      const [from, to] = [x.from < o.from ? o.from : x.from, x.to > o.to ? o.to : x.to];
      if (from < to) out.push({ node, from, to });
    }
  return out;
}

export interface Quality {
  sent: number;
  lost: number;
  /** 0 to 1; undefined when nothing was sent. */
  loss: number | undefined;
  /** Milliseconds there and back, within 4.5 %. */
  median: number | undefined;
  p95: number | undefined;
  seconds: number;
}
/**
 * Loss and delay of a registry's site in a period, from the sums that still hold it: on its way to the hub that it reaches best;
 * where it measured no way, on its links. Undefined when it measured nothing.
 */
export async function quality(ctx: Context, o: { site: string; from: Date; to: Date }): Promise<Quality | undefined> {
  const { model: m } = await current(ctx);
  const nodes = m.nodes.filter((n) => n.site === o.site).map((n) => n.id);
  const series = await past.seriesOf(ctx, nodes);
  if (series.length === 0) return undefined;
  const hours = 3600_000;
  const age = (ctx.clock.now().getTime() - o.from.getTime()) / (24 * hours);
  const whole = (at: Date) => at.getTime() % (24 * hours) === 0;
  const level: Level = age > 89 || (whole(o.from) && whole(o.to)) ? "days" : "hours";
  const rows = await past.history(ctx, level, { series: series.map((s) => s.id), from: o.from, to: o.to, most: 200_000 }); // prettier-ignore
  const by = Map.groupBy(rows, (r) => r.series);
  const all = series.flatMap((s) => {
    const list = by.get(s.id);
    return list ? [{ kind: s.kind, sums: list.reduce((a, r) => plus(a, r.sums), nothing()) }] : [];
  });
  const some = all.filter((x) => x.sums.sent > 0);
  const ways = some.filter((x) => x.kind === "path");
  const rest = some.filter((x) => x.kind === "link");
  const best = ways.toSorted((x, y) => x.sums.lost / x.sums.sent - y.sums.lost / y.sums.sent)[0]?.sums;
  const sums = best ?? (rest.length ? rest.reduce((a, x) => plus(a, x.sums), nothing()) : undefined);
  if (!sums) return undefined;
  return {
    sent: sums.sent,
    lost: sums.lost,
    loss: sums.sent > 0 ? sums.lost / sums.sent : undefined,
    median: quantile(sums.delays, 0.5),
    p95: quantile(sums.delays, 0.95),
    seconds: sums.seconds,
  };
}
