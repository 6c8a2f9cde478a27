/** The query of operational monitoring by period, whoever asks and however. */
import { networkInterfaces } from "node:os";
import type { Db } from "#kernel";
import { type FieldName, fieldNames, type OperationalRecord, pageOf, recordOf } from "./record.ts";
import { monitored, type MonitoredRow, type Period, type Whose } from "./store.ts";

/** Rows reach the log in batches: the last minute may still grow. */
export const settled = 60;
const limit = 1000;
/** Of one second, which comes whole: ten times what a gateway has ever logged in one. */
const mostOfSecond = 20_000;
/** What the product calls itself where X-Road's records name a version. */
const version = "toguna 0.1.0";

export interface PeriodQuestion {
  /** Seconds, both included. */
  recordsFrom: number;
  recordsTo: number;
  client?: string | undefined;
  fields?: readonly FieldName[] | undefined;
}
export interface PeriodAnswer {
  recordsCount: number;
  records: OperationalRecord[];
  nextRecordsFrom?: number;
}

export async function recordsOf(db: Db, now: Date, whose: Whose, q: PeriodQuestion): Promise<PeriodAnswer> {
  const available = Math.floor(now.getTime() / 1000) - settled;
  const last = Math.min(q.recordsTo, available);
  const period = { whose, from: new Date(q.recordsFrom * 1000), to: new Date((last + 1) * 1000), client: q.client, limit: limit + 1 };
  const self = { internalIp: internalIp(), version };
  const shown = (rows: readonly MonitoredRow[]) => rows.map((r) => chosen(recordOf(r, self), q.fields));
  const found = last < q.recordsFrom ? [] : await monitored(db, period);
  const page = pageOf(found, limit);
  let [records, following] = [shown(page.rows), page.nextRecordsFrom];
  if (page.rows.length === 0 && following !== undefined) {
    records = await ofSecond(db, period, following, shown);
    following = following < last ? following + 1 : undefined;
  }
  // what was asked for beyond what is settled comes later
  const next = following ?? (q.recordsTo > available ? Math.max(q.recordsFrom, available + 1) : undefined);
  return { recordsCount: records.length, records, ...(next === undefined ? {} : { nextRecordsFrom: next }) };
}

/** A page at a time: header parts are read and let go, only what is shown is kept. */
async function ofSecond(
  db: Db,
  period: Period,
  second: number,
  shown: (rows: readonly MonitoredRow[]) => OperationalRecord[],
): Promise<OperationalRecord[]> {
  const bounds = { ...period, from: new Date(second * 1000), to: new Date((second + 1) * 1000), limit };
  const records: OperationalRecord[] = [];
  for (let after: MonitoredRow | undefined; records.length < mostOfSecond;) {
    const rows = await monitored(db, { ...bounds, after });
    records.push(...shown(rows));
    after = rows.at(-1);
    if (rows.length < limit) break;
  }
  return records;
}

const chosen = (r: OperationalRecord, fields: readonly FieldName[] | undefined): OperationalRecord =>
  fields ? (Object.fromEntries(Object.entries(r).filter(([name]) => fields.includes(name as FieldName))) as OperationalRecord) : r;

export const isField = (name: string): name is FieldName => (fieldNames as readonly string[]).includes(name);

function internalIp(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find((one) => !one.internal && one.family === "IPv4")?.address ?? "127.0.0.1";
}
