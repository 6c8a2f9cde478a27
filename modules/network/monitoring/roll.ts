/** Adds up what came in, each sample once, whenever it comes; and empties what is too old. */
import { sweep, type Context, type JobContext } from "#kernel";
import { modelIfAny } from "../plant/current.ts";
import type { Model } from "../resilience/model.ts";
import * as store from "./store-history.ts";
import { dropEvents } from "./store-measured.ts";
import { bySeries, cover, levelNames, plus, stretchOf, type Level, type Measured, type SeriesKey, type Sums } from "./sums.ts";

const batch = 2000;
/** Days that routing events are kept. */
const eventDays = 30;

/** Each batch with its number in one transaction: killed in between, nothing is added twice and nothing is lost. */
export async function addUp(j: JobContext, o: { batch?: number } = {}): Promise<number> {
  let total = 0;
  for (;;) {
    const n = await j.transaction(async (ctx) => {
      const { added } = await store.lockHistory(ctx);
      const rows = await store.rawAfter(ctx, added, o.batch ?? batch);
      const m = rows.length ? await modelIfAny(ctx) : undefined;
      if (rows.length) await store.setAdded(ctx, rows.at(-1)!.id);
      if (m) await add(ctx, m, rows);
      return rows.length;
    });
    total += n;
    if (n < (o.batch ?? batch)) return total;
  }
}

/** Measured stretches into every level they belong to. */
export async function add(ctx: Context, m: Model, rows: readonly Measured[], simulated = false): Promise<void> {
  const now = ctx.clock.now();
  const keys = new Map<string, SeriesKey & { simulated: boolean }>();
  const sums = new Map<Level, Map<string, { key: string; at: Date; sums: Sums }>>(levelNames.map((l) => [l, new Map()]));
  const bits = new Map<string, Buffer>();
  for (const row of rows) {
    cover(bits, row);
    for (const { key, sums: more } of bySeries(m, row)) {
      const id = `${key.node}\n${key.kind}\n${key.target}`;
      keys.set(id, { ...key, simulated });
      for (const level of levelNames) {
        const at = stretchOf(level, row, now);
        if (!at) continue;
        const place = `${id}\n${at.getTime()}`;
        const before = sums.get(level)!.get(place);
        sums.get(level)!.set(place, { key: id, at, sums: before ? plus(before.sums, more) : more });
      }
    }
  }
  const ids = [...keys.keys()];
  const numbers = await store.seriesIds(ctx, [...keys.values()]);
  const number = new Map(ids.map((id, i) => [id, numbers[i]!]));
  for (const level of levelNames) {
    const list = [...sums.get(level)!.values()].map((x) => ({ series: number.get(x.key)!, at: x.at, sums: x.sums }));
    if (list.length === 0) continue;
    const there = new Map((await store.sumsAt(ctx, level, list)).map((x) => [`${x.series} ${x.at.getTime()}`, x.sums]));
    const whole = list.map((x) => {
      const before = there.get(`${x.series} ${x.at.getTime()}`);
      return before ? { ...x, sums: plus(before, x.sums) } : x;
    });
    await store.putSums(ctx, level, whole);
  }
  const days = [...bits].map(([key, minutes]) => ({ node: key.slice(0, -11), day: key.slice(-10), minutes }));
  if (days.length === 0) return;
  const known = new Map((await store.coverageAt(ctx, days)).map((c) => [`${c.node} ${c.day}`, c.minutes]));
  await store.putCoverage(ctx, days.map((d) => ({ ...d, minutes: either(d.minutes, known.get(`${d.node} ${d.day}`)) }))); // prettier-ignore
}

function either(a: Buffer, b: Buffer | undefined): Buffer {
  return b ? Buffer.from(a.map((byte, i) => byte | b[i]!)) : a;
}

export async function roll(j: JobContext): Promise<void> {
  const n = await addUp(j);
  if (n) j.metric.count("network_samples_added_total", {}, n);
  await j.transaction(async (ctx) => {
    const { emptied } = await store.lockHistory(ctx);
    const now = ctx.clock.now();
    if (emptied === store.dayOf(now)) return;
    await store.emptyAhead(ctx, now);
    await dropEvents(ctx, new Date(now.getTime() - eventDays * 86_400_000));
  });
}
export const rolling = sweep("network.history", { seconds: 300 }, roll);
