/** From rows to the statement of a month: gathered once for all institutions, worked out by the pure calculation. */
import { createHash } from "node:crypto";
import { institutions } from "#registry";
import { canonical, type Context } from "#kernel";
import { measured } from "../monitoring/doors.ts";
import type { CauseKind } from "../monitoring/shapes.ts";
import { current } from "../plant/current.ts";
import { answered } from "../tickets/store.ts";
import { siteMonth, totals, type SiteResult, type Totals } from "./compute.ts";
import { union, type Interval } from "./intervals.ts";
import { agreementFor, type Agreement } from "./pack.ts";
import * as store from "./store.ts";
import { monthBounds } from "./time.ts";

export interface SiteStatement extends SiteResult {
  node: string;
  name: string;
  /** Interruptions as they were, counted or not; `to` is absent while it lasts. */
  outages: { from: string; to?: string; kind: CauseKind; alarm: string }[];
}
export interface StatementBody {
  month: string;
  from: string;
  to: string;
  institution: { id: string; name: { fr: string; en: string } };
  agreement: Agreement;
  currency: string;
  sites: SiteStatement[];
  totals: Totals;
  tickets: { opened: number; answeredLate: number };
  /** Some interruption was only simulated. */
  simulated: boolean;
}

/** Figures alone: names may change without anything being owed. */
export function digestOf(b: StatementBody): string {
  // availability has three decimals, and canonical JSON here knows whole numbers: strings carry the rest
  const figures = JSON.parse(JSON.stringify({ sites: b.sites.map(({ name: _name, ...s }) => s), totals: b.totals }), (_k, v) =>
    typeof v === "number" && !Number.isSafeInteger(v) ? String(v) : v,
  ) as unknown;
  return createHash("sha256").update(canonical(figures)).digest("hex");
}

/** What an earlier statement fixed, when it is worked out again. */
export type Fixed = Pick<StatementBody, "institution" | "agreement"> & { sites: readonly { node: string; name: string }[] };

/**
 * Statements of a month up to now, of all institutions that had a place then, or of those given with what is fixed of
 * them. A place counts for each institution that works there.
 */
export async function statementsFor(
  ctx: Context,
  month: string,
  o: { only?: string; fixed?: readonly Fixed[] } = {},
): Promise<StatementBody[]> {
  const { from, to } = monthBounds(month, ctx.country.timeZone);
  const now = ctx.clock.now();
  const until = now < to ? now : to;
  if (until <= from) return [];
  const { model: m } = await current(ctx);
  const at = new Map(m.nodes.flatMap((n) => (n.site ? [[n.site, { node: n.id, name: n.name }] as const] : [])));
  const wanted: readonly Fixed[] =
    o.fixed ??
    (await institutions(ctx, o.only ? { ids: [o.only] } : {}))
      .filter((i) => i.state === "active")
      .map((i) => ({
        institution: { id: i.id, name: { fr: i.name.fr, en: i.name.en } },
        agreement: agreementFor(ctx, i),
        sites: i.sites.flatMap((s) => at.get(s.id) ?? []),
      }));
  const lives = new Map((await store.lifetimes(ctx)).map((l) => [l.id, l]));
  const outages = Map.groupBy(await store.outagesIn(ctx, { from, to: until }), (x) => x.node);
  const works = Map.groupBy(await store.worksIn(ctx, { from, to: until }), (x) => `${x.institution}\n${x.node}`);
  const seen = Map.groupBy(await measured(ctx, { from, to: until }), (x) => x.node);
  const reports = Map.groupBy(await answered(ctx, { from, to: until }), (x) => x.institution);
  const span: Interval = [from.getTime(), to.getTime()];
  const measuredAt = new Map([...seen].map(([node, list]) => [node, union(list.map((x): Interval => [x.from.getTime(), x.to.getTime()]))]));
  return wanted.flatMap(({ institution, agreement, sites }) => {
    const list = sites.flatMap(({ node, name }): SiteStatement[] => {
      const life = lives.get(node);
      if (!life || life.from >= until) return [];
      const own = outages.get(node) ?? [];
      const service: Interval = [life.from.getTime(), Math.min(life.until?.getTime() ?? Infinity, until.getTime())];
      if (service[1] <= span[0]) return [];
      const result = siteMonth({
        month: span,
        service,
        outages: own.map((x) => ({
          from: x.began.getTime(),
          to: x.ended?.getTime() ?? Infinity,
          cause: x.kind === "power" && x.element === node ? "own-power" : "network",
        })),
        works: (works.get(`${institution.id}\n${node}`) ?? []).map((w) => ({
          from: w.starts.getTime(),
          to: w.ends.getTime(),
          toldAt: w.told?.getTime() ?? Infinity,
        })),
        measured: measuredAt.get(node) ?? [],
        terms: agreement,
      });
      const told = own.map((x) => ({
        from: x.began.toISOString(),
        ...(x.ended && x.ended <= until ? { to: x.ended.toISOString() } : {}),
        kind: x.kind,
        alarm: x.alarm,
      }));
      return [{ ...result, node, name, outages: told }];
    });
    if (list.length === 0) return [];
    const mine = reports.get(institution.id) ?? [];
    const late = mine.filter((t) => (t.answered_at ?? now).getTime() - t.opened_at.getTime() > agreement.responseHours * 3_600_000);
    const body: StatementBody = {
      month,
      from: from.toISOString(),
      to: until.toISOString(),
      institution,
      agreement,
      currency: ctx.country.currency.code,
      sites: list.toSorted((x, y) => (x.node < y.node ? -1 : 1)),
      totals: totals(list),
      tickets: { opened: mine.length, answeredLate: late.length },
      simulated: list.some((x) => (outages.get(x.node) ?? []).some((r) => r.simulated)),
    };
    return [body];
  });
}
