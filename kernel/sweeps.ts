import type { Pool } from "pg";
import type { Clock, JobContext, Log } from "./context.ts";
import type { Sweep } from "./define.ts";
import type { Pulse } from "./operate.ts";

/** One turn of a sweep, if no other process is at it: the lock is the session's, so a killed leader leaves it free. */
export async function leadSweep(s: Sweep, pool: Pool, clock: Clock, pulse: Pulse, context: () => JobContext): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock(7460803, hashtext($1)) as held", [s.name]);
    if (!rows[0]?.held) return;
    const began = clock.now();
    const seen = pulse.sweeps.get(s.name);
    try {
      await s.run(context());
      if (seen) seen.error = null;
    } catch (error) {
      if (seen) seen.error = String(error).slice(0, 300);
      throw error;
    } finally {
      if (seen) Object.assign(seen, { lastRunAt: began.toISOString(), tookMs: clock.now().getTime() - began.getTime() });
      await client.query("select pg_advisory_unlock(7460803, hashtext($1))", [s.name]).catch(() => undefined);
    }
  } finally {
    client.release();
  }
}

/** Runs, waits, runs again; never twice at once in this process. Returns how to stop it. */
export function every(s: Sweep, run: (s: Sweep) => Promise<void>, log: Log): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();
  const next = () => {
    turn = run(s)
      .catch((error) => {
        if (!stopped)
          log.warn({ sweep: s.name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, "sweep failed");
      })
      .then(() => {
        if (!stopped) timer = setTimeout(next, s.seconds * 1000);
      });
  };
  timer = setTimeout(next, Math.min(s.seconds * 1000, 200));
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await Promise.race([turn, new Promise((r) => setTimeout(r, 3000).unref())]);
  };
}
