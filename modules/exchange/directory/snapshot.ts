/**
 * The directory as exchanges see it: held in memory, at most a second old. Nothing is decided on that second alone: the log's
 * writer brings back the directory's version with every row, and a decision made on an older one is made again.
 */
import type { JobContext } from "#kernel";
import { perProgram } from "../memory/program.ts";
import { directoryVersion, readSnapshot, type Snapshot } from "./store-snapshot.ts";

export type { Snapshot } from "./store-snapshot.ts";

interface Held {
  snapshot: Snapshot | undefined;
  /** Monotonic milliseconds of the last look at the version. */
  looked: number;
  running: Promise<Snapshot> | undefined;
  next: Promise<Snapshot> | undefined;
}
const held = perProgram((): Held => ({ snapshot: undefined, looked: 0, running: undefined, next: undefined }));
const oldest = 1000;

export function directory(j: JobContext): Promise<Snapshot> {
  const h = held(j);
  if (h.snapshot && performance.now() - h.looked < oldest) return Promise.resolve(h.snapshot);
  return h.running ?? look(j, h);
}

/** As it is now: read after this call began, whoever else waits shares the reading. */
export function directoryNow(j: JobContext): Promise<Snapshot> {
  const h = held(j);
  if (!h.running) return look(j, h);
  const then = () => {
    h.next = undefined;
    return look(j, h);
  };
  return (h.next ??= h.running.then(then, then));
}

/** The one that a row was written beside: the same, or read again. */
export const directoryAt = (j: JobContext, seen: Snapshot, version: number): Promise<Snapshot> | Snapshot =>
  seen.version === version ? seen : directoryNow(j);

function look(j: JobContext, h: Held): Promise<Snapshot> {
  const began = performance.now();
  const reading = j.transaction(
    async ({ db }) => {
      const version = await directoryVersion(db);
      return h.snapshot?.version === version ? h.snapshot : readSnapshot(db, version);
    },
    { readOnly: true },
  );
  h.running = reading;
  const done = () => {
    if (h.running === reading) h.running = undefined;
  };
  return reading.then(
    (snapshot) => {
      done();
      h.snapshot = snapshot;
      h.looked = began;
      return snapshot;
    },
    (error: unknown) => {
      done();
      throw error;
    },
  );
}
