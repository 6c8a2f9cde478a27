import type { Writable } from "node:stream";
import pg from "pg";
import type { Db } from "./context.ts";
import { conflict, unavailable } from "./problem.ts";
import { compile, type Sql } from "./sql.ts";

// dates stay 'YYYY-MM-DD' (a birth date has no time zone); bigint stays text except counts cast to int
pg.types.setTypeParser(1082, (text: string) => text);

export interface Settings {
  person: string | null;
  account: string | null;
  institution: string | null;
  unscoped: boolean;
}

export interface Tx extends Db {
  query(q: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult>;
  /** A statement nobody reads the answer of: sent now, COMMIT goes behind it without waiting, its failure is the transaction's. */
  send(q: pg.QueryConfig | Sql): void;
  /** Undo marks: called with whether a savepoint failed, so that buffered facts and jobs fall with it. */
  onSavepoint(mark: () => () => void): void;
}

export interface Database {
  /** One transaction; `fn`'s work is undone unless the server itself answers COMMIT to our COMMIT. */
  transaction<T>(
    o: { readOnly?: boolean; settings: Settings },
    fn: (tx: Tx) => Promise<T>,
    beforeCommit?: (tx: Tx) => Promise<void>,
  ): Promise<T>;
  pool: pg.Pool;
  close(): Promise<void>;
}

export function openDatabase(url: string, max = 16): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    application_name: "toguna",
    pipeline: true, // statements travel without waiting for the answers of those before them
  });
  pool.on("error", () => undefined); // a broken idle connection is replaced at the next use
  pool.on("connect", (client) => client.on("error", () => undefined)); // a broken one in use: its next statement says so
  return {
    pool,
    close: () => pool.end(),
    async transaction(o, fn, beforeCommit) {
      let broken: Error | undefined;
      let started: Promise<unknown> | undefined;
      // Begun by the first statement: an answer made from memory (the catalogue) costs the database nothing. Begin, settings
      // and that statement travel together: pg queues them, the server answers in order.
      const open = async (): Promise<pg.PoolClient> => {
        const s = o.settings;
        const c = await connect(pool);
        together(c);
        started = Promise.all([
          c.query(o.readOnly ? "begin read only" : "begin"),
          c.query({
            name: "toguna-settings",
            text: "select set_config('toguna.person',$1,true), set_config('toguna.institution',$2,true), set_config('toguna.unscoped',$3,true), set_config('toguna.account',$4,true)",
            values: [s.person ?? "", s.institution ?? "", s.unscoped ? "on" : "", s.account ?? ""],
          }),
        ]);
        started.catch(() => undefined); // told at the commit, or by the statement that comes after it
        return c;
      };
      let opening: Promise<pg.PoolClient> | undefined;
      try {
        const behind: Promise<unknown>[] = [];
        const tx = transactionOn(() => (opening ??= open()), behind);
        const result = await fn(tx);
        if (beforeCommit) await beforeCommit(tx);
        if (!opening) return result;
        const held = await opening;
        together(held);
        const [end] = await Promise.all([held.query("commit"), started, ...behind]);
        if (end.command !== "COMMIT")
          throw new Error(`the transaction ended with ${end.command}: an SQL error was swallowed without a savepoint`);
        return result;
      } catch (error) {
        broken = isConnectionError(error) ? (error as Error) : undefined;
        const client = await opening?.catch(() => undefined);
        if (client && !broken) await client.query("rollback").catch((e: Error) => (broken = e));
        throw translate(error);
      } finally {
        (await opening?.catch(() => undefined))?.release(broken);
      }
    },
  };
}

/** What is asked in this turn of the event loop leaves in one write. */
function together(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw unavailable({ cause, retryAfter: 2 });
  }
}

function transactionOn(open: () => Promise<pg.PoolClient>, behind: Promise<unknown>[]): Tx {
  const marks: (() => () => void)[] = [];
  let depth = 0;
  const exec = async (q: Sql) => (await open()).query(compile(q));
  return {
    query: async (q, values) => (await open()).query(q as string, values as unknown[]),
    send(q) {
      const sent = open().then((client) => {
        together(client);
        return client.query("kind" in q ? compile(q) : q);
      });
      sent.catch(() => undefined); // told when the transaction ends
      behind.push(sent);
    },
    onSavepoint: (mark) => void marks.push(mark),
    rows: async <R>(q: Sql) => (await exec(q)).rows as R[],
    async one<R>(q: Sql) {
      const { rows } = await exec(q);
      if (rows.length !== 1) throw new Error(`one row expected, ${rows.length} found`);
      return rows[0] as R;
    },
    async maybe<R>(q: Sql) {
      const { rows } = await exec(q);
      if (rows.length > 1) throw new Error(`at most one row expected, ${rows.length} found`);
      return rows[0] as R | undefined;
    },
    run: async (q) => (await exec(q)).rowCount ?? 0,
    async savepoint(fn) {
      const name = `s${++depth}`;
      const undo = marks.map((mark) => mark());
      const client = await open();
      await client.query(`savepoint ${name}`);
      try {
        const result = await fn();
        await client.query(`release savepoint ${name}`);
        return result;
      } catch (error) {
        await client.query(`rollback to savepoint ${name}`);
        for (const one of undo) one();
        throw error;
      } finally {
        depth--;
      }
    },
  };
}

const connectionCodes = new Set(["57P01", "57P02", "57P03", "08000", "08003", "08006", "ECONNREFUSED", "ECONNRESET", "EPIPE"]);

export function isConnectionError(error: unknown): boolean {
  const e = error as { code?: string; message?: string };
  return connectionCodes.has(e?.code ?? "") || /Connection terminated|Client has encountered a connection error/.test(e?.message ?? "");
}

/** Faults of the database that a caller can understand: gone, full, or two writers at once. */
function translate(error: unknown): unknown {
  const code = (error as { code?: string })?.code;
  if (isConnectionError(error)) return unavailable({ cause: error, retryAfter: 2 });
  if (code === "53100" || code === "53200") return unavailable({ cause: error, retryAfter: 60 });
  if (code === "40001" || code === "40P01") return conflict({ cause: error });
  return error;
}
