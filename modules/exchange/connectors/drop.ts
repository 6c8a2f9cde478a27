/** The nightly file: found in its folder when it is no longer being written, taken whole or not at all. */
import { createHash } from "node:crypto";
import { type JobContext, sweep } from "#kernel";
import type { FieldSpec } from "../pack.ts";
import { dropFolder, faultOf, type FileSeen, type Line, type SheetFormat } from "../ports.ts";
import { connectionOf } from "./connection.ts";
import { type FileDefinition, isFile } from "./definition.ts";
import { asOfName, headerOf, type Header, lineOf } from "./drop-rules.ts";
import { fileRefused, fileTaken } from "./facts.ts";
import { planOf } from "./rules.ts";
import { clearTrouble, type Connector, fileConnectors, putTrouble } from "./store.ts";
import {
  beginGeneration,
  type DropRow,
  dropUnfinished,
  forgetOld,
  generationsOf,
  inForce,
  type LineFault,
  looked,
  putInForce,
  putRows,
  putSeen,
  refuseGeneration,
} from "./store-drop.ts";

/** A file whose size and time have not moved for so long is no longer being written. */
const quiet = 20_000;
const mostFaults = 1000;
const portion = 1000;
const year = 366 * 86_400_000;
/** A clock may be wrong by hours, not by days. */
const ahead = 36 * 3_600_000;

type FileConnector = Connector & { fields: FieldSpec[]; definition: FileDefinition };
const within = (c: Connector) => ({ institution: c.institution });

export const watchFolders = sweep("exchange.dropped-files", { seconds: 30 }, async (j) => {
  const all = await j.transaction((ctx) => fileConnectors(ctx.db), { readOnly: true });
  for (const c of all) {
    if (j.signal.aborted) return;
    const { definition } = c;
    if (isFile(definition)) await watch(j, { ...c, definition });
  }
  if (all.length > 0) await j.transaction((ctx) => forgetOld(ctx.db, new Date(ctx.clock.now().getTime() - year)));
});

async function watch(j: JobContext, c: FileConnector): Promise<void> {
  const at = connectionOf(j.config, c.definition.connection, c.institution);
  const files =
    at?.kind === "folder"
      ? await j
          .port(dropFolder)
          .files(at.folder)
          .catch(() => undefined)
      : undefined;
  if (at?.kind !== "folder" || !files) {
    await j.transaction((ctx) => putTrouble(ctx.db, c.service, at ? "no-folder" : "not-connected", ctx.clock.now()), within(c));
    return;
  }
  const now = j.clock.now();
  const named = files.flatMap((f) => {
    const asOf = asOfName(c.definition.file, f);
    return asOf ? [{ ...f, asOf }] : [];
  });
  const { ready, current } = await j.transaction(async ({ db }) => {
    await clearTrouble(db, c.service);
    await dropUnfinished(db, c.service);
    const since = await putSeen(db, c.service, named, now);
    const ready: typeof named = [];
    for (const f of named)
      if (now.getTime() - since.get(f.name)!.getTime() >= quiet && !(await looked(db, c.service, f, c.changedAt))) ready.push(f);
    return { ready, current: await inForce(db, c.service) };
  }, within(c));
  // read by another definition, what is in force may be read again
  const again = current !== undefined && current.beganAt < c.changedAt;
  const tooOld = (f: (typeof ready)[number]): boolean => {
    if (!current) return false;
    const later = f.asOf.getTime() - current.asOf.getTime() || f.modified.getTime() - current.modified.getTime();
    return again ? later < 0 : later <= 0;
  };
  const inFuture = (f: (typeof ready)[number]): boolean => f.asOf.getTime() > now.getTime() + ahead;
  const [newest] = ready
    .filter((f) => !inFuture(f))
    .sort((a, b) => b.asOf.getTime() - a.asOf.getTime() || b.modified.getTime() - a.modified.getTime());
  for (const f of ready) {
    if (inFuture(f)) await refuse(j, c, f, "future");
    else if (f !== newest || tooOld(f)) await refuse(j, c, f, "older");
  }
  if (newest && !tooOld(newest)) await take(j, c, at.folder, newest);
}

async function begin(j: JobContext, c: FileConnector, f: FileSeen & { asOf: Date }): Promise<string> {
  const { name, size, modified, asOf } = f;
  const { service, institution } = c;
  return j.transaction(
    (ctx) => beginGeneration(ctx.db, { service, institution, name, size, modified, asOf, beganAt: ctx.clock.now() }),
    within(c),
  );
}

async function refuse(
  j: JobContext,
  c: FileConnector,
  f: FileSeen & { asOf: Date },
  cause: string,
  o: { id?: string; faultCount?: number; faults?: readonly LineFault[] } = {},
): Promise<void> {
  const id = o.id ?? (await begin(j, c, f));
  const [faultCount, faults] = [o.faultCount ?? 0, o.faults ?? []];
  await j.transaction(async (ctx) => {
    await refuseGeneration(ctx.db, { id, at: ctx.clock.now(), cause, faultCount, faults });
    await ctx.record(fileRefused, `institution:${c.institution}`, { service: c.service, file: f.name, cause, faults: faultCount });
  }, within(c));
  j.metric.count("exchange_dropped_files_total", { state: "refused" });
}

async function take(j: JobContext, c: FileConnector, folder: string, f: FileSeen & { asOf: Date }): Promise<void> {
  const id = await begin(j, c, f);
  const load = loading(j, c, id);
  try {
    for await (const lines of j.port(dropFolder).lines(folder, f, formatOf(c.definition), j.signal)) await load.take(lines);
  } catch (error) {
    const unreadable = faultOf(error);
    if (!unreadable) throw error;
    // still being written after all, or taken away: as if never seen
    if (unreadable.fault === "changed" || unreadable.fault === "gone") {
      await j.transaction((ctx) => dropUnfinished(ctx.db, c.service), within(c));
      return;
    }
    const faults = unreadable.line === undefined ? [] : [{ line: unreadable.line, fault: unreadable.fault }];
    await refuse(j, c, f, unreadable.fault, { id, faults, faultCount: faults.length });
    return;
  }
  const { rows, digest, faults, faultCount } = await load.end();
  const wrong =
    faultCount > 0
      ? load.headerFits()
        ? "lines"
        : "columns"
      : rows === 0
        ? "empty"
        : rows < (c.definition.least ?? 1)
          ? "too-few-lines"
          : undefined;
  if (wrong) return refuse(j, c, f, wrong, { id, faults, faultCount });
  const replayed = await j.transaction(async (ctx) => {
    // The name has no date of its own, so an old file copied again looks new: its content tells.
    const dated = c.definition.file.includes("{date}");
    const past = dated ? [] : await generationsOf(ctx.db, c.service, 400);
    const current = past.find((g) => g.state === "whole");
    if (!current?.digest?.equals(digest) && past.some((g) => g.state === "replaced" && g.digest?.equals(digest))) return true;
    const { service } = c;
    await putInForce(ctx.db, { id, service, at: ctx.clock.now(), rows, digest });
    await ctx.record(fileTaken, `institution:${c.institution}`, { service, file: f.name, rows, asOf: f.asOf.toISOString() });
    return false;
  }, within(c));
  if (replayed) return refuse(j, c, f, "replayed", { id });
  j.metric.count("exchange_dropped_files_total", { state: "taken" });
}

const formatOf = (d: FileDefinition): SheetFormat => ({
  format: d.format,
  ...(d.separator === undefined ? {} : { separator: d.separator }),
  ...(d.encoding === undefined ? {} : { encoding: d.encoding }),
  ...(d.quote === undefined ? {} : { quote: d.quote }),
  ...(d.sheet === undefined ? {} : { sheet: d.sheet }),
});

/** Lines to rows of the new generation, a portion a transaction; once a line is wrong, only the report goes on. */
function loading(j: JobContext, c: FileConnector, id: string) {
  const plan = planOf(c.definition, c.fields);
  const hash = createHash("sha256");
  const faults: LineFault[] = [];
  let [rows, faultCount, header] = [0, 0, undefined as Header | undefined];
  let waiting: DropRow[] = [];
  const fault = (all: readonly LineFault[]) => {
    faultCount += all.length;
    faults.push(...all.slice(0, mostFaults - faults.length));
  };
  const flush = async () => {
    const ready = waiting;
    waiting = [];
    if (faultCount === 0 && ready.length > 0) await j.transaction((ctx) => putRows(ctx.db, id, c.institution, ready), within(c));
  };
  return {
    headerFits: () => header !== undefined && "at" in header,
    async take(lines: readonly Line[]) {
      for (const line of lines) {
        if (line.line < (c.definition.header ?? 1)) continue;
        if (!header) {
          header = headerOf(plan, line);
          if ("faults" in header) fault(header.faults);
          continue;
        }
        if (!("at" in header)) return;
        const read = lineOf(c.definition, plan, header, line);
        if ("faults" in read) {
          fault(read.faults);
          continue;
        }
        rows += 1;
        hash.update(JSON.stringify([read.row.asked, read.row.data])).update("\n");
        if (faultCount === 0) waiting.push(read.row);
        if (waiting.length >= portion) await flush();
      }
    },
    async end() {
      await flush();
      return { rows, digest: hash.digest(), faults, faultCount };
    },
  };
}
