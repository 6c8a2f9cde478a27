/** What agents say, taken apart: how their links and power stand, what they measured, what happened meanwhile. */
import type { Context } from "#kernel";
import type { LinkState, Sample, SiteReport } from "../ports.ts";
import { isSoundSample } from "../fabric/report.ts";
import * as store from "./store-measured.ts";

/** What this process last wrote of each site: what has not changed is not written again. */
const written = new WeakMap<object, Map<string, string>>();
function writtenBy(j: Pick<Context, "config">): Map<string, string> {
  let map = written.get(j.config);
  if (!map) written.set(j.config, (map = new Map()));
  return map;
}

export async function noteReports(ctx: Context, list: readonly SiteReport[]): Promise<void> {
  const now = ctx.clock.now();
  const known = writtenBy(ctx);
  const sights: store.SightRow[] = [];
  for (const r of list) {
    const sight = { links: linksOf(r, now), power: r.power };
    const text = JSON.stringify([sight.links.map((l) => [l.name, l.up, l.carrier, l.since]), r.power.source, charge(r)]);
    if (known.get(r.node) === text) continue;
    known.set(r.node, text);
    sights.push({ node: r.node, sequence: r.sequence, ...sight });
  }
  if (sights.length) await store.putSights(ctx, sights, now);
  const told = list.filter((r) => r.samples?.length);
  if (told.length) await noteSamples(ctx, told, now);
}
/** A battery's charge in steps of five: each percent is no news. */
const charge = (r: SiteReport) => (r.power.charge === undefined ? -1 : Math.floor(r.power.charge / 5));

/** A report whose transaction failed was not written: nothing is remembered of it. */
export function forgetWritten(j: Pick<Context, "config">, list: readonly SiteReport[]): void {
  for (const r of list) written.get(j.config)?.delete(r.node);
}

/** As the agent tells them, times never in the future; of an agent that does not tell, by its neighbours and its light. */
export function linksOf(r: SiteReport, now: Date): LinkState[] {
  const before = (text: string) => {
    const at = Date.parse(text);
    return new Date(Number.isNaN(at) ? now.getTime() : Math.min(at, now.getTime())).toISOString();
  };
  if (r.links) return r.links.map((l) => ({ name: l.name, up: l.up, carrier: l.carrier, since: before(l.since) }));
  const neighbour = new Map(r.neighbours.map((n) => [n.interface, n.bfd === "none" ? n.state === "full" : n.bfd === "up"]));
  const links = r.interfaces.filter((i) => /^[fc]-/.test(i.name));
  return links.map((i) => ({ name: i.name, up: i.up && (neighbour.get(i.name) ?? false), carrier: i.up, since: before(r.at) }));
}

/** Older than this a sample belongs to no figure any more; days. */
const oldest = 400;

/**
 * Each sample once, by its number; a time in the future or before there was an agent is that of arrival, and marked so.
 * What does not hold together is left out and counted, so that it does not come again.
 */
async function noteSamples(ctx: Context, told: readonly SiteReport[], now: Date): Promise<void> {
  const marks = await store.serials(ctx, told.map((r) => r.node)); // prettier-ignore
  const rows: store.RawRow[] = [];
  const events: store.EventRow[] = [];
  let refused = 0;
  const last = new Map<string, number>();
  for (const r of told.toSorted((x, y) => x.sequence - y.sequence)) {
    const mark = marks.get(r.node);
    if (!mark) continue;
    for (const s of r.samples!) {
      const known = last.get(r.node) ?? mark.serial;
      if (!isSoundSample(s)) {
        refused++;
        const serial = (s as { serial?: unknown } | null)?.serial;
        if (Number.isSafeInteger(serial) && (serial as number) > known) last.set(r.node, serial as number);
        continue;
      }
      if (s.serial <= known) continue;
      last.set(r.node, s.serial);
      const { at, unsure } = placed(s.at, s.unsure, { now, from: mark.enrolledAt });
      if (now.getTime() - at.getTime() > oldest * 86_400_000) {
        refused++;
        continue;
      }
      rows.push({ node: r.node, at, seconds: s.seconds, unsure, body: { probes: s.probes, traffic: s.traffic, power: s.power } });
      for (const e of s.events) events.push({ node: r.node, name: e.name, what: e.what, up: e.up, ...placed(e.at, s.unsure, { now, from: mark.enrolledAt }) }); // prettier-ignore
    }
  }
  if (last.size) await store.keepSamples(ctx, { rows, events, last, now });
  if (rows.length) ctx.metric.count("network_samples_total", {}, rows.length);
  if (refused) ctx.metric.count("network_samples_refused_total", {}, refused);
}

/** A minute ahead is the journey's and the clock's; a time that cannot be is replaced by the arrival's, and said to be. */
export function placed(text: Sample["at"], unsure: boolean, o: { now: Date; from: Date }): { at: Date; unsure: boolean } {
  const at = Date.parse(text);
  if (!Number.isNaN(at) && at <= o.now.getTime() + 60_000 && at >= o.from.getTime() - 60_000)
    return { at: new Date(Math.min(at, o.now.getTime())), unsure };
  return { at: o.now, unsure: true };
}
