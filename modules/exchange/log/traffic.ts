import type { Context, InputOf, OutputOf } from "#kernel";
import type { readTraffic } from "../api.ts";
import { cursor, readCursor } from "./cursor.ts";
import { trafficFailures, trafficRows, trafficTotals } from "./store-traffic.ts";

const day = 86_400_000;

export async function trafficOf(ctx: Context, input: InputOf<typeof readTraffic>): Promise<OutputOf<typeof readTraffic>> {
  const to = input.to === undefined ? new Date(ctx.clock.now().getTime() + 1) : new Date(input.to);
  const from = input.from === undefined ? new Date(to.getTime() - day) : new Date(input.from);
  const q = { from, to, institution: input.institution, service: input.service, outcome: input.outcome };
  const limit = input.limit ?? 50;
  const rows = await trafficRows(ctx.db, q, readCursor(input.after), limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    entries: shown.map((r) => ({
      exchange: r.exchange,
      at: r.at.toISOString(),
      client: r.client,
      service: r.service,
      method: r.method,
      purpose: r.purpose,
      outcome: r.outcome,
      ...(r.errorType === null ? {} : { errorType: r.errorType }),
      ...(r.status === null ? {} : { status: r.status }),
      ...(r.by === null ? {} : { by: r.by }),
      milliseconds: Number(r.milliseconds),
    })),
    totals: (await trafficTotals(ctx.db, q)).map((t) => ({ ...t, median: Math.round(t.median) })),
    failures: (await trafficFailures(ctx.db, q)).map((one) => ({ ...one, last: one.last.toISOString() })),
    ...(rows.length > limit && last ? { next: cursor(last) } : {}),
  };
}
