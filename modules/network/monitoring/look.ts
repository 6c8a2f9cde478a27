/** The look at the whole network, every few seconds: what is seen, what most likely causes it, what the alarm list becomes. */
import { sweep, type Context, type JobContext } from "#kernel";
import { simulatedFabricPort, type FabricDriver, type SimulatedSite } from "../ports.ts";
import { equipmentTroubles } from "../equipment/troubles.ts";
import { fabric } from "../fabric/store.ts";
import { ratesOf, usualRate } from "../intent/intent.ts";
import { modelIfAny } from "../plant/current.ts";
import { sitesIn, type Model } from "../resilience/model.ts";
import { correlate, type Finding } from "./correlate.ts";
import { elementName, explain } from "./explain.ts";
import { alarmChanged, alarmCleared, alarmRaised } from "./facts.ts";
import { gather, linkOf, type Gathered } from "./gather.ts";
import { optical } from "./optical.ts";
import { policyOf, type Policy } from "./policy.ts";
import { turn, type Change } from "./rules.ts";
import { severities, type Alarm } from "./shapes.ts";
import * as measured from "./store-measured.ts";
import * as store from "./store.ts";
import { thresholds } from "./thresholds.ts";
import { plannedWork } from "../works/doors.ts";

/** When this process first looked: nobody is silent to it before. */
const began = new WeakMap<object, number>();

export async function look(j: JobContext): Promise<void> {
  const at = j.clock.now().getTime();
  if (!began.has(j.config)) began.set(j.config, at);
  const read = await j.transaction(
    async (ctx) => {
      if (!(await fabric(ctx)).inService) return undefined;
      const m = await modelIfAny(ctx);
      if (!m) return undefined;
      const [seen, inService, open] = [await seenNow(ctx), await measured.spansSeen(ctx), await store.currentAlarms(ctx)];
      return { m, seen, inService, open, faults: ctx.config.demo ? await measured.faults(ctx) : [] };
    },
    { readOnly: true },
  );
  if (!read) return;
  const { m, seen, inService } = read;
  const real = new Set(seen.map((s) => s.node));
  const cutForReal = new Map<string, number>();
  for (const l of seen.flatMap((s) => s.links ?? [])) {
    const span = l.up ? undefined : m.spans[linkOf(m, l.name) ?? -1]?.id;
    if (span !== undefined && inService.has(span)) cutForReal.set(span, Date.parse(l.since));
  }
  const simulated = simulate(j, m, { at, real, faults: read.faults, cutForReal });
  const policy = policyOf(j);
  const g = gather(m, { at, since: began.get(j.config)!, seen, simulated, inService, wasSilent: new Set(read.open.flatMap((a) => a.silent)), policy }); // prettier-ignore
  const fresh = [...new Set(g.up.map((l) => m.spans[l]!.id))].filter((id) => !inService.has(id));
  const causes = correlate(m, g.sightings);
  const findings = [...causes, ...(await figuresNow(j, m, { at, policy, open: read.open, findings: causes }))];
  gauges(j, g, read.open);
  if (fresh.length === 0 && findings.length === 0 && read.open.length === 0) return;
  await j.transaction(async (ctx) => {
    if (fresh.length) await measured.addSpansSeen(ctx, fresh);
    await keep(ctx, m, findings, g);
  });
}

/** Reckoned anew each half minute: samples come each minute. */
const reckoned = new WeakMap<object, { at: number; model: Model; findings: Finding[] }>();
const cutLike = new Set(["cut", "link-down", "node-down", "power"]);

async function figuresNow(
  j: JobContext,
  m: Model,
  o: { at: number; policy: Policy; open: readonly Alarm[]; findings: readonly Finding[] },
): Promise<Finding[]> {
  const last = reckoned.get(j.config);
  if (last && last.model === m && o.at - last.at < 30_000 && o.at >= last.at) return last.findings;
  const since = new Date(o.at - o.policy.window.minutes * 60_000);
  const { samples, alarms, outages, equipment } = await j.transaction(
    async (ctx) => {
      const alarms = await store.currentAlarms(ctx, { since });
      const outages = await store.outagesOf(ctx, alarms.map((a) => a.id)); // prettier-ignore
      return { samples: await measured.samplesSince(ctx, since), alarms, outages, equipment: await equipmentTroubles(ctx) };
    },
    { readOnly: true },
  );
  const down = Map.groupBy(outages, (x) => x.alarm);
  const disturbed = [
    ...alarms.filter((a) => cutLike.has(a.kind)).map((a) => ({ began: a.began.getTime(), ended: a.ended?.getTime(), spans: new Set(a.spans), nodes: new Set([...a.silent, ...(down.get(a.id) ?? []).map((x) => x.node)]) })), // prettier-ignore
    ...o.findings.filter((f) => cutLike.has(f.kind)).map((f) => ({ began: f.began, ended: undefined, spans: new Set(f.spans), nodes: new Set([...f.silent, ...f.down]) })), // prettier-ignore
  ];
  const rates = ratesOf(m.plant);
  const rate = (id: string) => {
    const s = m.spans[m.span.get(id)!]!;
    return ("capacity" in s && s.capacity) || rates.get(id) || usualRate;
  };
  const stands = (kind: string, element: string) => o.open.some((a) => a.kind === kind && a.element === element);
  const findings = [
    ...thresholds(m, { at: o.at, samples, disturbed, rate, stands, policy: o.policy }),
    // light that does not arrive at all is the cut's to tell
    ...optical(m, equipment, o.at).filter((f) => !disturbed.some((d) => d.ended === undefined && d.spans.has(f.element))),
  ];
  reckoned.set(j.config, { at: o.at, model: m, findings });
  return findings;
}

/** What sites said last, as this process read it: most say the same for hours. */
const sights = new WeakMap<object, Map<string, { sequence: string } & Omit<measured.Seen, "heardAt">>>();

async function seenNow(ctx: Context): Promise<measured.Seen[]> {
  let known = sights.get(ctx.config);
  if (!known) sights.set(ctx.config, (known = new Map()));
  const rows = await measured.heard(ctx);
  const news = rows.filter((r) => r.sequence !== null && known.get(r.node)?.sequence !== r.sequence).map((r) => r.node);
  if (news.length) for (const s of await measured.sights(ctx, news)) known.set(s.node, s);
  return rows.map(({ node, heardAt, sequence }) => {
    const s = sequence === null ? undefined : known.get(node);
    return { node, heardAt, links: s?.links ?? null, power: s?.power ?? null, batterySince: s?.batterySince ?? null };
  });
}

/** What the simulated sites would say; a span that is cut for real is cut for them too. */
function simulate(
  j: JobContext,
  m: Model,
  o: { at: number; real: ReadonlySet<string>; faults: readonly measured.Fault[]; cutForReal: ReadonlyMap<string, number> },
): SimulatedSite[] {
  if (!j.config.demo || o.real.size === m.nodes.length) return [];
  let driver: FabricDriver;
  try {
    driver = j.port(simulatedFabricPort);
  } catch {
    return [];
  }
  const faults = [
    ...[...o.cutForReal].map(([element, since]) => ({ element, kind: "span" as const, since })),
    ...o.faults.map((f) => ({ element: f.element, kind: f.kind, since: f.since.getTime() })),
  ];
  const links = m.spans.map((s) => ({ span: s.id, a: s.a, b: s.b, metres: s.length }));
  return (
    driver.simulate?.({
      at: o.at,
      nodes: m.nodes.map((n) => ({ id: n.id, core: n.kind === "core", simulated: !o.real.has(n.id) })),
      links,
      faults,
    }) ?? []
  );
}

/** One writer at a time; the same look twice writes nothing. */
async function keep(ctx: Context, m: Model, findings: readonly Finding[], g: Gathered): Promise<void> {
  await store.lockAlarms(ctx);
  const policy = policyOf(ctx);
  const now = ctx.clock.now();
  const known = await store.currentAlarms(ctx, { since: new Date(now.getTime() - policy.flapping.window * 1000) });
  const sites = (nodes: readonly string[]) => sitesIn(m, nodes.flatMap((id) => m.at.get(id) ?? [])); // prettier-ignore
  const changes = turn({
    known,
    downBefore: await store.downNow(ctx, known.map((a) => a.id)), // prettier-ignore
    findings,
    now,
    policy,
    sites,
    explain: (f) => explain(m, f, sites(f.down)),
    simulated: (f) => !f.silent.some((id) => g.real.nodes.has(m.at.get(id)!)) && !f.spans.some((id) => g.real.links.has(m.span.get(id)!)) && !g.real.nodes.has(m.at.get(f.element) ?? -1), // prettier-ignore
    uuid: () => ctx.ids.uuid(),
  });
  for (const c of changes) await write(ctx, m, c, sites(c.down));
}

async function write(ctx: Context, m: Model, change: Change, sites: number): Promise<void> {
  const c = change.whats.some((w) => w === "raised" || w === "cause" || w === "again") ? await announced(ctx, change) : change;
  const a = c.alarm;
  await store.putAlarm(ctx, a);
  if (c.whats.length === 0) return;
  await store.addChanges(ctx, a, c.whats, sites);
  const siteOf = (id: string) => m.nodes[m.at.get(id) ?? -1]?.site ?? null;
  // whoever falls with the cause fell when it did; who joins later, then
  const now = ctx.clock.now();
  const from = c.whats.includes("raised") || now.getTime() - a.began.getTime() < 120_000 ? a.began : now;
  if (c.into) await store.moveOutages(ctx, a.id, c.into);
  await store.setOutages(ctx, a.id, c.down.map((node) => ({ node, site: siteOf(node) })), { from, to: a.ended ?? now }); // prettier-ignore
  const data = { kind: a.kind, element: a.element, severity: a.severity, sites, planned: a.work !== null, simulated: a.simulated };
  const subject = `network:alarm:${a.id}`;
  const [what] = c.whats;
  ctx.metric.count("network_alarm_changes_total", { what: what! });
  ctx.log.info({ alarm: a.id, what, ...data, name: elementName(m, a.element) }, "network alarm");
  if (what === "raised") await ctx.record(alarmRaised, subject, data);
  else if (what === "cleared") {
    const seconds = Math.max(0, Math.round((a.ended!.getTime() - a.began.getTime()) / 1000));
    await ctx.record(alarmCleared, subject, { ...data, seconds, occurrences: a.occurrences });
  } else await ctx.record(alarmChanged, subject, { ...data, what: what!, ...(c.into ? { into: c.into } : {}) });
}

/** Under announced work it is told as such, and nobody is woken. */
async function announced(ctx: Context, c: Change): Promise<Change> {
  if (c.alarm.work !== null) return c;
  const found = await plannedWork(ctx, { elements: [c.alarm.element, ...c.alarm.spans, ...c.down], at: ctx.clock.now() });
  return found ? { ...c, alarm: { ...c.alarm, work: found.id }, whats: c.whats.includes("raised") ? c.whats : [...c.whats, "planned"] } : c;
}

function gauges(j: JobContext, g: Gathered, open: readonly { severity: string }[]): void {
  const count = { heard: 0, late: 0, silent: 0 };
  for (const v of g.real.nodes) count[g.sightings.nodes.get(v)!.state]++;
  for (const [state, n] of Object.entries(count)) j.metric.gauge("network_agents", n, { state });
  for (const s of severities) j.metric.gauge("network_alarms_open", open.filter((a) => a.severity === s).length, { severity: s });
}

export const lookout = sweep("network.lookout", { seconds: 2 }, look);
