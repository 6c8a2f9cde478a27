import { rawSql, sql, type Context } from "#kernel";
import { decode, encode } from "./sketch.ts";
import { kept, type Level, type SeriesKey, type Sums } from "./sums.ts";
import { unpacked, type PackedRow, type RawRow } from "./store-measured.ts";

const day = 86_400_000;
/** Where a stretch lies in its level's ring; days have none. */
const slotOf = (level: Level, at: Date): number =>
  level === "minutes5" ? Math.floor(at.getTime() / day) % 8 : (at.getUTCFullYear() * 12 + at.getUTCMonth()) % 5;

/** One at a time; waits for samples on their way in, so that no number is overtaken. */
export async function lockHistory(ctx: Context): Promise<{ added: string; emptied: string | null }> {
  await ctx.db.run(sql`select pg_advisory_xact_lock(7460820)`);
  return ctx.db.one(sql`select added::text as added, emptied from network.history for update`);
}
export async function rawAfter(ctx: Context, id: string, limit: number): Promise<(RawRow & { id: string })[]> {
  const rows = await ctx.db.rows<PackedRow & { id: string }>(sql`
    select r.id::text as id, node, at, seconds, unsure, body from network.raw r where r.id > ${id}::bigint order by r.id limit ${limit}`);
  return rows.map((r) => ({ ...unpacked(r), id: r.id }));
}
export async function setAdded(ctx: Context, id: string): Promise<void> {
  await ctx.db.run(sql`update network.history set added = ${id}::bigint`);
}

export async function seriesIds(ctx: Context, keys: readonly (SeriesKey & { simulated?: boolean })[]): Promise<number[]> {
  const parts = [keys.map((k) => k.node), keys.map((k) => k.kind), keys.map((k) => k.target)] as const;
  await ctx.db.run(sql`
    insert into network.series (node, kind, target, simulated)
    select x.node, x.kind, x.target, x.simulated
    from unnest(${parts[0]}::text[], ${parts[1]}::text[], ${parts[2]}::text[], ${keys.map((k) => k.simulated ?? false)}::boolean[])
      as x (node, kind, target, simulated)
    where not exists (select from network.series s where s.node = x.node and s.kind = x.kind and s.target = x.target)
    on conflict do nothing`);
  const rows = await ctx.db.rows<{ id: number; i: number }>(sql`
    select s.id, x.i::int as i from unnest(${parts[0]}::text[], ${parts[1]}::text[], ${parts[2]}::text[]) with ordinality as x (node, kind, target, i)
    join network.series s on s.node = x.node and s.kind = x.kind and s.target = x.target`);
  const out: number[] = [];
  for (const r of rows) out[r.i - 1] = r.id;
  return out;
}

interface Row extends Omit<Sums, "delays"> {
  series: number;
  at: Date;
  delays: Buffer;
}
const columns = rawSql(`series, at, seconds, sent, lost, unsure, delay_min as "min", delay_max as "max", delay_sum as "sum", delays,
  rx_bytes as "rxBytes", tx_bytes as "txBytes", rx_peak as "rxPeak", tx_peak as "txPeak", dropped, down_seconds as "downSeconds"`);
const table = (level: Level) => rawSql(`network.${level}`);
const read = ({ series, at, delays, ...r }: Row): { series: number; at: Date; sums: Sums } => ({ series, at, sums: { ...r, delays: decode(delays) } }); // prettier-ignore

/** Sums of these stretches, where there are any. */
export async function sumsAt(ctx: Context, level: Level, list: readonly { series: number; at: Date }[]) {
  const slots = level === "days" ? sql`` : sql`t.slot = x.slot and`;
  const rows = await ctx.db.rows<Row>(sql`
    select ${rawSql("t.series, t.at, t.seconds, t.sent, t.lost, t.unsure")}, delay_min as "min", delay_max as "max", delay_sum as "sum", delays,
      rx_bytes as "rxBytes", tx_bytes as "txBytes", rx_peak as "rxPeak", tx_peak as "txPeak", dropped, down_seconds as "downSeconds"
    from unnest(${list.map((x) => x.series)}::integer[], ${list.map((x) => x.at)}::timestamptz[], ${list.map((x) => slotOf(level, x.at))}::smallint[])
      as x (series, at, slot)
    join ${table(level)} t on ${slots} t.series = x.series and t.at = x.at`);
  return rows.map(read);
}

export async function putSums(ctx: Context, level: Level, list: readonly { series: number; at: Date; sums: Sums }[]): Promise<void> {
  const of = <T>(pick: (s: Sums) => T) => list.map((x) => pick(x.sums));
  const ring = level !== "days";
  await ctx.db.run(sql`
    insert into ${table(level)} (${rawSql(ring ? "slot, " : "")} series, at, seconds, sent, lost, unsure, delay_min, delay_max, delay_sum, delays,
      rx_bytes, tx_bytes, rx_peak, tx_peak, dropped, down_seconds)
    select ${rawSql(ring ? "slot, " : "")} series, at, seconds, sent, lost, unsure, dmin, dmax, dsum, delays, rx, tx, rxp, txp, dropped, down
    from unnest(${list.map((x) => slotOf(level, x.at))}::smallint[], ${list.map((x) => x.series)}::integer[], ${list.map((x) => x.at)}::timestamptz[],
      ${of((s) => s.seconds)}::integer[], ${of((s) => s.sent)}::integer[], ${of((s) => s.lost)}::integer[], ${of((s) => s.unsure)}::integer[],
      ${of((s) => s.min)}::real[], ${of((s) => s.max)}::real[], ${of((s) => s.sum)}::float8[], ${of((s) => encode(s.delays))}::bytea[],
      ${of((s) => s.rxBytes)}::float8[], ${of((s) => s.txBytes)}::float8[], ${of((s) => s.rxPeak)}::real[], ${of((s) => s.txPeak)}::real[],
      ${of((s) => s.dropped)}::float8[], ${of((s) => s.downSeconds)}::integer[])
      as x (slot, series, at, seconds, sent, lost, unsure, dmin, dmax, dsum, delays, rx, tx, rxp, txp, dropped, down)
    on conflict (${rawSql(ring ? "slot, " : "")} series, at) do update set seconds = excluded.seconds, sent = excluded.sent, lost = excluded.lost,
      unsure = excluded.unsure, delay_min = excluded.delay_min, delay_max = excluded.delay_max, delay_sum = excluded.delay_sum,
      delays = excluded.delays, rx_bytes = excluded.rx_bytes, tx_bytes = excluded.tx_bytes, rx_peak = excluded.rx_peak, tx_peak = excluded.tx_peak,
      dropped = excluded.dropped, down_seconds = excluded.down_seconds`);
}

export interface SeriesRow extends SeriesKey {
  id: number;
  simulated: boolean;
}
export function seriesOf(ctx: Context, nodes: readonly string[]): Promise<SeriesRow[]> {
  return ctx.db.rows(
    sql`select id, node, kind, target, simulated from network.series where node = any(${[...nodes]}) order by node, kind, target`,
  );
}
/** Oldest first. */
export async function history(ctx: Context, level: Level, o: { series: readonly number[]; from: Date; to: Date; most: number }) {
  const rows = await ctx.db.rows<Row>(sql`
    select ${columns} from ${table(level)} where series = any(${[...o.series]}) and at >= ${o.from} and at < ${o.to}
    order by at desc, series limit ${o.most}`);
  return rows.map(read).toReversed();
}
/** Bits of the minutes measured, by node and day. */
export async function coverage(
  ctx: Context,
  o: { from: Date; to: Date; nodes?: readonly string[] },
): Promise<{ node: string; day: string; minutes: Buffer }[]> {
  return ctx.db.rows(sql`
    select node, day, minutes from network.coverage where day >= ${dayOf(o.from)}::date and day <= ${dayOf(o.to)}::date
    ${o.nodes ? sql`and node = any(${[...o.nodes]})` : sql``} order by node, day`);
}
export async function coverageAt(
  ctx: Context,
  list: readonly { node: string; day: string }[],
): Promise<{ node: string; day: string; minutes: Buffer }[]> {
  return ctx.db.rows(sql`
    select c.node, c.day, c.minutes from unnest(${list.map((x) => x.node)}::text[], ${list.map((x) => x.day)}::date[]) as x (node, day)
    join network.coverage c on c.node = x.node and c.day = x.day`);
}
export async function putCoverage(ctx: Context, list: readonly { node: string; day: string; minutes: Buffer }[]): Promise<void> {
  await ctx.db.run(sql`
    insert into network.coverage (node, day, minutes)
    select * from unnest(${list.map((x) => x.node)}::text[], ${list.map((x) => x.day)}::date[], ${list.map((x) => x.minutes)}::bytea[])
    on conflict (node, day) do update set minutes = excluded.minutes`);
}
export const dayOf = (at: Date) => at.toISOString().slice(0, 10);

/**
 * Empties the parts of the rings that tomorrow and next month will need: what lies there is older than what is kept. After a
 * long absence older rows stay in their part until its turn comes; nobody reads them.
 */
export async function emptyAhead(ctx: Context, today: Date): Promise<void> {
  const next = Math.floor(today.getTime() / day) + 1;
  const month = today.getUTCFullYear() * 12 + today.getUTCMonth() + 1;
  for (const part of [`raw_${next % 4}`, `minutes5_${next % 8}`, `hours_${month % 5}`])
    await ctx.db.run(rawSql(`truncate network.${part}`));
  await ctx.db.run(sql`delete from network.days where at < ${new Date(today.getTime() - kept.days * day)}`);
  await ctx.db.run(sql`delete from network.coverage where day < ${dayOf(new Date(today.getTime() - 400 * day))}::date`);
  await ctx.db.run(sql`update network.history set emptied = ${dayOf(today)}::date`);
}
