/**
 * The log's writer. Rows of many exchanges go into one transaction and each waits for its COMMIT: while one transaction is
 * under way the next gathers. When one fails, each of its entries is tried alone, so that a bad row fails nobody else.
 * The transaction is nobody's (unscoped); whose row it is stands in the row, and reading it stays its institution's.
 */
import { type Context, type JobContext, unavailable } from "#kernel";
import { directoryVersion } from "../directory/store-snapshot.ts";
import { perProgram } from "../memory/program.ts";
import { type Batch, putBatch, type TrafficRow } from "./store-batch.ts";
import { keepBody } from "./bodies.ts";
import { type BodyRow, type OutcomeRow, type RequestRow } from "./store.ts";

export interface Entry {
  request?: RequestRow;
  outcome?: OutcomeRow;
  traffic?: TrafficRow;
  /** PEM by serial, once per signer is enough. */
  certificate?: { serial: string; pem: string };
  body?: BodyRow;
}
export interface Written {
  /** False when this side had a request of that number already: a replay. */
  fresh: boolean;
  /** False when the outcome was known already: the first word stands. */
  first: boolean;
  /** The directory's, as the transaction saw it. */
  version: number;
}

interface Waiting {
  j: JobContext;
  entry: Entry;
  done(w: Written): void;
  failed(error: unknown): void;
}
interface Writer {
  waiting: Waiting[];
  busy: boolean;
  /** Monotonic milliseconds before which the next transaction does not begin. */
  next: number;
  certificates: Set<string>;
}
const writers = perProgram((): Writer => ({ waiting: [], busy: false, next: 0, certificates: new Set() }));
const mostAtOnce = 256;
/** Milliseconds between two beginnings where several share a transaction; a lone exchange waits for nobody. */
const apart = 4;

/** Resolves once the rows are durable. */
export function write(j: JobContext, entry: Entry): Promise<Written> {
  const w = writers(j);
  return new Promise((done, failed) => {
    w.waiting.push({ j, entry, done, failed });
    if (w.busy) return;
    w.busy = true;
    const wait = w.next - performance.now();
    // what this turn of the event loop still brings travels along
    if (wait <= 0) setImmediate(() => void empty(w));
    else setTimeout(() => void empty(w), wait);
  });
}

async function empty(w: Writer): Promise<void> {
  for (;;) {
    const taken = w.waiting.splice(0, mostAtOnce);
    if (taken.length === 0) break;
    w.next = taken.length > 1 ? performance.now() + apart : 0;
    await commit(w, taken);
    const wait = w.next - performance.now();
    if (wait > 0 && w.waiting.length > 0) await new Promise((done) => setTimeout(done, wait));
  }
  w.busy = false;
}

async function commit(w: Writer, taken: readonly Waiting[]): Promise<void> {
  try {
    const { j } = taken[0]!;
    const entries = taken.map((one) => one.entry);
    const written = await j.transaction((ctx) => put(ctx, entries, w.certificates));
    remember(w, entries);
    taken.forEach((one, i) => one.done(written[i]!));
  } catch (error) {
    // a database that is away is away for each of them
    if (taken.length === 1 || unavailable.is(error)) return taken.forEach((one) => one.failed(error));
    for (const one of taken) await commit(w, [one]);
  }
}

/** The same in a transaction of the caller's own, where more than rows must be written together. */
export async function writeIn(ctx: Context, entry: Entry): Promise<Written> {
  return (await put(ctx, [entry]))[0]!;
}

async function put(ctx: Context, entries: readonly Entry[], known?: ReadonlySet<string>): Promise<Written[]> {
  const batch: Batch = { requests: [], outcomes: [], traffic: [], certificates: new Map() };
  const bodies: BodyRow[] = [];
  for (const { request, outcome, traffic, certificate, body } of entries) {
    if (request) batch.requests.push(request);
    if (outcome) batch.outcomes.push(outcome);
    if (traffic) batch.traffic.push(traffic);
    if (certificate && !known?.has(certificate.serial)) batch.certificates.set(certificate.serial, certificate.pem);
    if (body) bodies.push(body);
  }
  const [version, put] = await Promise.all([
    directoryVersion(ctx.db),
    putBatch(ctx.db, batch),
    ...bodies.map((body) => keepBody(ctx, body)),
  ]);
  return entries.map(({ request, outcome }) => ({
    fresh: !request || put.requests.has(`${request.exchange}/${request.side}`),
    first: !outcome || put.outcomes.has(`${outcome.exchange}/${outcome.side}`),
    version,
  }));
}

/** Signers whose certificate is durable need not be written again; a set that forgets costs one insert more. */
function remember(w: Writer, entries: readonly Entry[]): void {
  if (w.certificates.size >= 1000) w.certificates.clear();
  for (const { certificate } of entries) if (certificate) w.certificates.add(certificate.serial);
}
