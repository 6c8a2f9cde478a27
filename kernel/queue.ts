import { PgBoss } from "pg-boss";
import type { Listener, Work } from "./define.ts";
import type { JobContext, Log } from "./context.ts";
import type { Tx } from "./db.ts";

export interface PendingJob {
  name: string;
  data: object;
  afterSeconds?: number;
}

/** pg-boss behind one door: jobs go in with the business transaction, come out by polling and by a nudge after commit. */
export interface Queue {
  put(tx: Tx, jobs: readonly PendingJob[]): Promise<void>;
  /** After a commit of this process: look at once instead of at the next poll. */
  nudge(names: Iterable<string>): void;
  /** `alone`: no other program works on this database, so what is still taken was left by one that was killed: taken anew at once. */
  run(o?: { alone?: boolean }): void;
  /** Tests: run everything due until nothing is left; returns how many ran. */
  drain(): Promise<number>;
  depth(): Promise<{ name: string; waiting: number; active: number; failed: number }[]>;
  stop(): Promise<void>;
}

const queueName = (name: string) => name.replaceAll(".", "/");
const schema = "pgboss";

function boss(url: string, own: boolean): PgBoss {
  return new PgBoss({ connectionString: url, schema, migrate: own, createSchema: own, supervise: !own, schedule: false, max: own ? 1 : 4 });
}

/** As the owner: the queue's own schema and one queue a job, then the rights of the run-time role. */
export async function prepareQueue(ownerUrl: string, works: readonly Work[]): Promise<void> {
  const b = boss(ownerUrl, true);
  b.on("error", () => undefined);
  await b.start();
  try {
    const known = new Set((await b.getQueues()).map((q) => q.name));
    for (const { job } of works) {
      const o = {
        retryLimit: job.retryLimit,
        retryDelay: job.retryDelay,
        retryBackoff: true,
        expireInSeconds: job.expire,
        deleteAfterSeconds: 86_400,
      };
      const name = queueName(job.name);
      if (known.has(name)) await b.updateQueue(name, o);
      else await b.createQueue(name, o);
    }
    const db = b.getDb();
    await db.executeSql(`grant usage on schema ${schema} to toguna_run`);
    await db.executeSql(`grant select, insert, update, delete on all tables in schema ${schema} to toguna_run`);
    await db.executeSql(`grant execute on all functions in schema ${schema} to toguna_run`);
  } finally {
    await b.stop({ graceful: false });
  }
}

export async function openQueue(
  runUrl: string,
  works: readonly Work[],
  makeContext: (name: string, attempt: number, last: boolean, signal: AbortSignal) => JobContext,
  log: Log,
): Promise<Queue> {
  const b = boss(runUrl, false);
  b.on("error", (error) => log.warn({ error: String(error) }, "queue"));
  await b.start();
  const byQueue = new Map(works.map((w) => [queueName(w.job.name), w]));
  const abort = new AbortController();
  const timers = new Map<string, NodeJS.Timeout>();
  const busy = new Map<string, number>();
  const again = new Set<string>();
  const running = new Set<Promise<void>>();
  let started = false;

  async function one(w: Work, queue: string, taken: { id: string; data: object; retryCount: number }): Promise<void> {
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(w.job.expire * 1000)]);
    const j = makeContext(w.job.name, taken.retryCount + 1, taken.retryCount >= w.job.retryLimit, signal);
    try {
      await w.run(j, taken.data as never);
      await b.complete(queue, taken.id);
    } catch (error) {
      if (abort.signal.aborted) return; // taken again when its lease ends
      log.warn(
        { job: w.job.name, attempt: taken.retryCount + 1, error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        "job failed",
      );
      await giveUp(queue, taken.id, String(error), w.job.expire);
    }
  }

  /** Said until the database hears it: while it is away the job would else stay taken to the end of its lease. */
  async function giveUp(queue: string, id: string, message: string, seconds: number): Promise<void> {
    for (let i = 0; i < seconds && !abort.signal.aborted; i++) {
      try {
        return void (await b.fail(queue, id, { message }));
      } catch {
        await new Promise((r) => setTimeout(r, 1000));
      }
    }
  }

  async function take(queue: string): Promise<number> {
    const w = byQueue.get(queue);
    if (!w) return 0;
    const jobs = await b.fetch<object>(queue, { batchSize: w.concurrency, includeMetadata: true });
    await Promise.all(jobs.map((taken) => one(w, queue, taken)));
    return jobs.length;
  }

  function loop(queue: string): void {
    if (abort.signal.aborted || !started) return;
    if (busy.get(queue)) return void again.add(queue);
    clearTimeout(timers.get(queue));
    busy.set(queue, 1);
    const turn = (async () => {
      let count = 0;
      try {
        do {
          again.delete(queue);
          count = await take(queue);
        } while (!abort.signal.aborted && (count > 0 || again.has(queue)));
      } catch (error) {
        if (!abort.signal.aborted) log.warn({ queue, error: String(error) }, "queue poll");
      } finally {
        busy.delete(queue);
        if (!abort.signal.aborted)
          timers.set(
            queue,
            setTimeout(() => loop(queue), 1000 + Math.random() * 200),
          );
      }
    })();
    running.add(turn);
    void turn.finally(() => running.delete(turn));
  }

  return {
    async put(tx, jobs) {
      const db = { executeSql: (text: string, values?: unknown[]) => tx.query(text, values) };
      const names = [...new Set(jobs.map((j) => j.name))];
      for (const name of names) {
        const rows = jobs
          .filter((j) => j.name === name)
          .map((j) => ({ data: j.data, ...(j.afterSeconds ? { startAfter: j.afterSeconds } : {}) }));
        await b.insert(queueName(name), rows, { db });
      }
    },
    nudge(names) {
      for (const name of names) if (byQueue.has(queueName(name))) setImmediate(() => loop(queueName(name)));
    },
    run(o = {}) {
      const free = o.alone
        ? b
            .getDb()
            .executeSql(`update ${schema}.job set state = 'retry', start_after = now() where state = 'active'`)
            .catch((error: unknown) => log.warn({ error: String(error) }, "jobs of a killed program wait for the end of their lease"))
        : Promise.resolve();
      void free.then(() => {
        started = true;
        for (const queue of byQueue.keys()) loop(queue);
      });
    },
    async drain() {
      let total = 0;
      for (let count = 1; count > 0;) {
        count = 0;
        for (const queue of byQueue.keys()) count += await take(queue);
        total += count;
      }
      return total;
    },
    async depth() {
      const all = await b.getQueues();
      return all.map((q) => ({ name: q.name.replaceAll("/", "."), waiting: q.queuedCount, active: q.activeCount, failed: 0 }));
    },
    async stop() {
      abort.abort();
      for (const t of timers.values()) clearTimeout(t);
      await Promise.race([Promise.allSettled([...running]), new Promise((r) => setTimeout(r, 3000).unref())]);
      await b.stop({ graceful: false });
    },
  };
}

/** fact type -> the jobs that listen to it. */
export function listenersByFact(listeners: readonly Listener[]): Map<string, Listener["job"][]> {
  const map = new Map<string, Listener["job"][]>();
  for (const l of listeners) map.set(l.fact.type, [...(map.get(l.fact.type) ?? []), l.job]);
  return map;
}
