import pg from "pg";
import type { Clock, JobContext, Log } from "./context.ts";
import type { Sweep } from "./define.ts";
import type { Pulse } from "./operate.ts";

/** Seconds without a word after which the server ends a leader's session, and its locks with it: its machine hangs or is cut off. */
const silence = 30;

/**
 * Who leads which sweep, told by advisory locks of one session of its own: a killed leader leaves them free at once, one that hangs
 * within half a minute. What a turn writes is guarded by its own transactions: a leader that wakes up late finds its work done.
 */
export interface Leadership {
  /** Runs `turn` if nobody else, here or in another process, is at this name. */
  lead(name: string, turn: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/**
 * One connection for all leaders, never one of the pool's: sweeps that each held one while their transactions waited
 * for another would drain the pool and stop together.
 */
export function leadership(url: string): Leadership {
  const running = new Set<string>();
  let session: Promise<pg.Client> | undefined;
  let beat: NodeJS.Timeout | undefined;
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 10_000,
      application_name: "toguna sweeps",
      pipeline: true,
    });
    client.on("error", () => (session = undefined)); // its locks went with it; the next turn opens another
    try {
      await client.connect();
      await client.query(`set idle_session_timeout = '${silence}s'`);
      clearInterval(beat);
      // a long turn asks nothing of this session: its leader says that it lives
      beat = setInterval(() => void client.query("select 1").catch(() => undefined), (silence / 4) * 1000);
      beat.unref();
    } catch (error) {
      session = undefined;
      throw error;
    }
    return client;
  };
  return {
    async lead(name, turn) {
      if (running.has(name)) return;
      running.add(name);
      try {
        const client = await (session ??= open());
        const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock(7460803, hashtext($1)) as held", [name]);
        if (!rows[0]?.held) return;
        try {
          await turn();
        } finally {
          await client.query("select pg_advisory_unlock(7460803, hashtext($1))", [name]).catch(() => undefined);
        }
      } finally {
        running.delete(name);
      }
    },
    async close() {
      clearInterval(beat);
      await (await session?.catch(() => undefined))?.end().catch(() => undefined);
      session = undefined;
    },
  };
}

/** One turn, noted for the console. */
export function turnOf(s: Sweep, clock: Clock, pulse: Pulse, context: () => JobContext): () => Promise<void> {
  return async () => {
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
    }
  };
}

/** Runs (first after `first` ms), waits, runs again; never twice at once in this process. Returns how to stop it. */
export function every(s: Sweep, first: number, run: (s: Sweep) => Promise<void>, log: Log): () => Promise<void> {
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
  timer = setTimeout(next, Math.min(s.seconds * 1000, first));
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await Promise.race([turn, new Promise((r) => setTimeout(r, 3000).unref())]);
  };
}
