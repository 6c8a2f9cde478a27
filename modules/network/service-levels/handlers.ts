import { sweep, type Context, type InputOf, type JobContext, type OutputOf } from "#kernel";
import { actorOf } from "../branches/begin.ts";
import { readPlant } from "../permissions.ts";
import { said, type SiteResult, type Totals } from "./compute.ts";
import type * as api from "./contracts.ts";
import * as facts from "./facts.ts";
import { serviceFile, type Agreement } from "./pack.ts";
import { sealStatement } from "./paper.ts";
import * as problems from "./problems.ts";
import { digestOf, statementsFor, type StatementBody } from "./statement.ts";
import * as store from "./store.ts";
import { monthBounds } from "./time.ts";

type In<K extends keyof typeof api> = InputOf<(typeof api)[K]>;
type Out<K extends keyof typeof api> = Promise<OutputOf<(typeof api)[K]>>;

const thisMonth = (ctx: Context) => ctx.clock.today().slice(0, 7);
const timesOf = (t: Totals | SiteResult) => ({
  service: t.service,
  up: t.up,
  down: t.down,
  excludedWorks: t.excludedWorks,
  excludedPower: t.excludedPower,
  unknown: t.unknown,
  ...(t.availability === undefined ? {} : { availability: t.availability }),
  ...(t.atBest === undefined ? {} : { atBest: t.atBest }),
  late: t.late,
  fee: t.fee,
  credit: t.credit,
});
/** Whether the promise was kept: missed for certain when even the best case misses it, unknown when too little was measured. */
function metOf(b: StatementBody): { met?: boolean } {
  const { availability, atBest } = b.totals;
  if (availability !== undefined) return { met: availability >= b.agreement.target };
  return atBest !== undefined && atBest < b.agreement.target ? { met: false } : {};
}
const termsOf = (ctx: Context, a: Agreement) => ({ ...a, name: ctx.say(a.name) });

export async function listServiceLevels(ctx: Context, q: In<"listServiceLevels">): Out<"listServiceLevels"> {
  const month = q.month ?? thisMonth(ctx);
  const closed = await store.monthRow(ctx, month);
  const made = closed ? await store.lastStatements(ctx, { month }) : [];
  const bodies = closed ? made.map((s) => s.body) : await statementsFor(ctx, month);
  const number = new Map(made.map((s) => [s.institution, s.number]));
  const lines = bodies.map((b) => ({
    institution: b.institution.id,
    name: ctx.say(b.institution.name),
    class: ctx.say(b.agreement.name),
    target: b.agreement.target,
    sites: b.totals.sites,
    ...timesOf(b.totals),
    ...metOf(b),
    ...(number.has(b.institution.id) ? { number: number.get(b.institution.id)! } : {}),
  }));
  const sum = (pick: (l: (typeof lines)[number]) => number) => lines.reduce((n, l) => n + pick(l), 0);
  const [up, down, unknown] = [sum((l) => l.up), sum((l) => l.down), sum((l) => l.unknown)];
  const overall = said(up + down, down, up + down + unknown);
  const file = ctx.country.get(serviceFile);
  return {
    month,
    ...(closed ? { closed: closed.closed_at.toISOString() } : {}),
    over: monthBounds(month, ctx.country.timeZone).to <= ctx.clock.now(),
    months: await store.monthsClosed(ctx),
    currency: ctx.country.currency.code,
    ...(!Array.isArray(file) && file.illustrative ? { notice: ctx.say(file.notice) } : {}),
    totals: {
      institutions: lines.length,
      service: sum((l) => l.service),
      up,
      down,
      excludedWorks: sum((l) => l.excludedWorks),
      excludedPower: sum((l) => l.excludedPower),
      unknown,
      ...(overall === undefined ? {} : { availability: overall }),
      late: sum((l) => l.late),
      fee: sum((l) => l.fee),
      credit: sum((l) => l.credit),
      met: lines.filter((l) => l.met === true).length,
      missed: lines.filter((l) => l.met === false).length,
      unmeasured: lines.filter((l) => l.met === undefined).length,
    },
    lines: lines.toSorted((x, y) => y.credit - x.credit || (x.availability ?? 101) - (y.availability ?? 101) || (x.name < y.name ? -1 : 1)),
  };
}

/** Somebody else's statement is as unknown as one that never was. */
function ownOnly(ctx: Context, institution: string): void {
  if (ctx.caller.kind !== "official") return;
  if (!ctx.caller.permissions.has(readPlant.id) && ctx.caller.institution !== institution) throw problems.statementUnknown();
}

export async function readServiceLevel(ctx: Context, q: In<"readServiceLevel">): Out<"readServiceLevel"> {
  ownOnly(ctx, q.institution);
  const month = q.month ?? thisMonth(ctx);
  const all = await store.statementsOf(ctx, { month, institution: q.institution });
  const made = q.number ? all.find((s) => s.number === q.number) : all.at(-1);
  if (q.number && !made) throw problems.statementUnknown();
  const b = made?.body ?? (await statementsFor(ctx, month, { only: q.institution }))[0];
  if (!b) throw problems.statementUnknown();
  return {
    institution: b.institution.id,
    name: ctx.say(b.institution.name),
    month,
    from: b.from,
    to: b.to,
    currency: b.currency,
    ...(made ? { number: made.number, madeAt: made.made_at.toISOString() } : {}),
    numbers: all.length,
    sealed: made?.sealed ?? false,
    simulated: b.simulated,
    months: (await store.lastStatements(ctx, { institution: q.institution })).map((s) => s.month),
    terms: termsOf(ctx, b.agreement),
    totals: { sites: b.totals.sites, ...timesOf(b.totals) },
    ...metOf(b),
    tickets: b.tickets,
    sites: b.sites.map((s) => ({
      node: s.node,
      name: s.name,
      ...timesOf(s),
      percent: s.percent,
      interruptions: s.interruptions,
      longest: s.longest,
      outages: s.outages,
    })),
  };
}

export async function closeMonth(ctx: Context, q: In<"closeMonth">): Out<"closeMonth"> {
  if (ctx.caller.kind !== "official") throw problems.statementUnknown();
  const { to } = monthBounds(q.month, ctx.country.timeZone);
  const now = ctx.clock.now();
  if (to > now) throw problems.monthOpen();
  const bodies = await statementsFor(ctx, q.month);
  if (bodies.length === 0) throw problems.monthUnknown();
  const { month } = q;
  const row = { month, closed_at: now, closed_by: actorOf(ctx), institution: ctx.caller.institution, statements: bodies.length };
  if ((await store.closeMonth(ctx, row)) === 0) throw problems.monthClosedAlready();
  const list = bodies.map((body): store.Statement => ({
    id: ctx.ids.uuid(),
    institution: body.institution.id,
    month,
    number: 1,
    body,
    digest: digestOf(body),
    made_at: now,
  }));
  await store.insertStatements(ctx, list);
  for (const s of list) await ctx.enqueue(sealStatement, { statement: s.id });
  const credit = bodies.reduce((n, b) => n + b.totals.credit, 0);
  await ctx.record(facts.monthClosed, `network:service-month:${month}`, { month, statements: list.length, credit });
  return { month, statements: list.length, credit };
}

/** How long what is learnt late still corrects a closed month. */
const correctableDays = 100;

/** Late data: the month is worked out again under its own terms; what differs is a new statement beside the old one. */
export async function correctMonth(ctx: Context, month: string): Promise<number> {
  const before = await store.lastStatements(ctx, { month });
  const now = await statementsFor(ctx, month, { fixed: before.map((s) => s.body) });
  const known = new Map(before.map((s) => [s.institution, s]));
  const list = now.flatMap((body): store.Statement[] => {
    const old = known.get(body.institution.id)!;
    const digest = digestOf(body);
    if (digest === old.digest) return [];
    const { institution, number } = old;
    return [{ id: ctx.ids.uuid(), institution, month, number: number + 1, body, digest, made_at: ctx.clock.now() }];
  });
  await store.insertStatements(ctx, list);
  for (const s of list) {
    await ctx.enqueue(sealStatement, { statement: s.id });
    const { institution, number, digest } = s;
    const was = known.get(institution)!.body.totals.credit;
    await ctx.record(facts.statementCorrected, `network:statement:${s.id}`, { month, institution, number, credit: s.body.totals.credit, before: was, digest }); // prettier-ignore
  }
  return list.length;
}

export const corrections = sweep("network.statements", { seconds: 3600 }, async (j: JobContext) => {
  const since = new Date(j.clock.now().getTime() - correctableDays * 86_400_000);
  const months = await j.transaction((ctx) => store.closedMonths(ctx, since), { readOnly: true });
  for (const { month } of months) {
    const made = await j.transaction((ctx) => correctMonth(ctx, month));
    if (made) j.metric.count("network_statements_corrected_total", {}, made);
  }
  // papers a crash or a failed seal left behind
  await j.transaction(async (ctx) => {
    const waiting = await store.unsealed(ctx, new Date(ctx.clock.now().getTime() - 600_000), 500);
    for (const statement of waiting) await ctx.enqueue(sealStatement, { statement });
  });
});

export async function readStatementPaper(ctx: Context, q: In<"readStatementPaper">): Out<"readStatementPaper"> {
  ownOnly(ctx, q.institution);
  const all = await store.statementsOf(ctx, q);
  const s = q.number ? all.find((x) => x.number === q.number) : all.at(-1);
  if (!s) throw problems.statementUnknown();
  const pdf = await store.paperOf(ctx, s.id);
  if (!pdf) throw problems.paperWaiting();
  const name = `${ctx.lang === "en" ? "network-statement" : "releve-reseau"}-${s.institution}-${s.month}${s.number > 1 ? `-${s.number}` : ""}.pdf`;
  return { fileName: name, mediaType: "application/pdf", content: pdf.toString("base64") };
}
