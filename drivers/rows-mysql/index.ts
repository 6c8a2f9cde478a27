/** An institution's MySQL or MariaDB as a source of rows: read-only transactions, a statement timeout of the server's own, a few pooled connections. */
import mysql from "mysql2";
import { provide } from "#kernel";
import { mysqlRows, type Row, type Rows, type RowsDriver, type RowsQuestion, type Tables, type TableSeen } from "#exchange/ports";
import { addressOf } from "./address.ts";
import { statement } from "./quote.ts";
import { troubleOf } from "./trouble.ts";

/** A register's own users come first: the exchange takes few of its connections. */
const most = 4;
type Trouble = Extract<Rows, { trouble: unknown }>;
type Ask = Pick<RowsQuestion, "url" | "deadlineMs" | "needsTls">;

export function rowsFromMysql(): RowsDriver & { close(): Promise<void> } {
  const pools = new Map<string, mysql.Pool>();
  /** MariaDB and MySQL bound a statement by different names. */
  const bounded = new WeakMap<object, (ms: number) => string>();
  const poolFor = (url: string, config: mysql.PoolOptions): mysql.Pool => {
    let pool = pools.get(url);
    if (!pool) {
      pool = mysql.createPool({
        ...config,
        connectionLimit: most,
        maxIdle: most,
        idleTimeout: 30_000,
        charset: "utf8mb4",
        // Statements are prepared by the server; nothing is ever made into code or into a statement of ours.
        disableEval: true,
        maxPreparedStatements: 20,
        flags: ["-LOCAL_FILES"],
        rowsAsArray: true,
      });
      pools.set(url, pool);
    }
    return pool;
  };

  async function within<T>(
    q: Ask,
    signal: AbortSignal,
    work: (c: mysql.PoolConnection, stop: (t: Trouble) => void) => Promise<T>,
  ): Promise<T | Trouble> {
    const at = addressOf(q.url);
    if (!at) return { trouble: "unreachable", detail: "not an address of MySQL" };
    if (q.needsTls && !at.safe) return { trouble: "insecure", detail: "ssl-mode=VERIFY_IDENTITY is needed" };
    const ends = performance.now() + q.deadlineMs;
    const cut = Promise.withResolvers<Trouble>();
    const timer = setTimeout(() => cut.resolve({ trouble: "timeout", detail: "deadline" }), q.deadlineMs);
    const aborted = () => cut.resolve({ trouble: "cut", detail: "aborted" });
    signal.addEventListener("abort", aborted, { once: true });
    if (signal.aborted) aborted();
    let connection: Held | undefined;
    let over = false;
    const lost = () => cut.resolve({ trouble: connection === undefined ? "unreachable" : "cut", detail: "connection" });
    const run = async (): Promise<T | Trouble> => {
      try {
        const c = (connection = await connectionOf(poolFor(q.url, { ...at.config, connectTimeout: Math.min(q.deadlineMs, 5000) })));
        if (over) return c.destroy() as never;
        // mysql2 tells the loss of a connection to the connection, not always to the question under way
        if (!c.listeners("error").includes(ignore)) c.on("error", ignore);
        c.on("error", lost);
        c.stream?.once("close", lost);
        let limit = bounded.get(c);
        if (!limit) {
          const [[version]] = (await plain(c, "select version()")) as [[string]];
          limit = version.includes("MariaDB")
            ? (ms) => `set session max_statement_time = ${ms / 1000}`
            : (ms) => `set session max_execution_time = ${ms}`;
          bounded.set(c, limit);
          await plain(c, "set session time_zone = '+00:00'");
        }
        await plain(c, limit(Math.max(1, Math.floor(ends - performance.now()))));
        await plain(c, "start transaction read only");
        const result = await work(c, cut.resolve);
        await plain(c, "commit");
        return result;
      } catch (error) {
        return troubleOf(error, connection !== undefined);
      }
    };
    const result = await Promise.race([run(), cut.promise]);
    over = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", aborted);
    connection?.off("error", lost);
    connection?.stream?.off("close", lost);
    // Cut off in the middle, a connection still has half an answer in it.
    if (typeof result === "object" && result !== null && "trouble" in result) connection?.destroy();
    else connection?.release();
    return result;
  }

  return {
    find: (q, signal) =>
      within<Rows>(q, signal, (c, stop) => {
        const { text, values } = statement(q);
        return new Promise<Rows>((resolve, reject) => {
          const rows: Row[] = [];
          let bytes = 0;
          const query = c.execute({ sql: text, values, rowsAsArray: true });
          query.on("result", (row: unknown) => {
            const cells = (row as Row).map(plainly);
            for (const cell of cells) bytes += cell === null ? 4 : Buffer.byteLength(cell);
            const tooLarge = bytes > q.byteLimit || cells.some((cell) => cell !== null && [...cell].length > q.cellLimit);
            if (tooLarge) stop({ trouble: "too-large", detail: bytes > q.byteLimit ? "answer" : "cell" });
            else if (rows.length < q.limit) rows.push(cells);
          });
          query.once("error", (error: { code?: string }) =>
            // a column of a narrower character set cannot hold what is asked: no row is about it
            error.code === "ER_CANT_AGGREGATE_2COLLATIONS" ? resolve({ rows: [] }) : reject(error),
          );
          query.once("end", () => resolve({ rows }));
        });
      }),
    tables: (q, signal) =>
      within<Tables>(q, signal, async (c) => {
        const rows = (await plain(c, catalogue)) as [string, string, string, string][];
        const seen = new Map<string, TableSeen>();
        for (const [schema, name, column, type] of rows) {
          const key = `${schema}\0${name}`;
          if (!seen.has(key)) seen.set(key, { schema, name, columns: [] });
          seen.get(key)!.columns.push({ name: column, type });
        }
        return { tables: [...seen.values()].slice(0, 500) };
      }),
    async close() {
      await Promise.all([...pools.values()].map((pool) => new Promise<void>((done) => pool.end(() => done()))));
      pools.clear();
    },
  };
}
const ignore = (): void => undefined;

/** With its socket, which the types leave out. */
type Held = mysql.PoolConnection & { stream?: NodeJS.EventEmitter };
const connectionOf = (pool: mysql.Pool): Promise<Held> =>
  new Promise((resolve, reject) => pool.getConnection((error, c) => (error ? reject(error) : resolve(c as Held))));
const plain = (c: mysql.PoolConnection, text: string): Promise<unknown[]> =>
  new Promise((resolve, reject) =>
    c.query({ sql: text, rowsAsArray: true }, (error, rows) => (error ? reject(error) : resolve(rows as unknown[]))),
  );

/** MySQL's own ways of saying "no date" and of writing a bit. */
function plainly(cell: string | null): string | null {
  if (cell === "0000-00-00" || cell === "0000-00-00 00:00:00") return null;
  return cell === "\u0001" ? "1" : cell === "\0" ? "0" : cell;
}

const catalogue = `select c.table_schema, c.table_name, c.column_name, c.column_type from information_schema.columns c
  where c.table_schema not in ('information_schema', 'performance_schema', 'mysql', 'sys')
  order by c.table_schema, c.table_name, c.ordinal_position limit 20000`;

export const rowsMysql = provide(mysqlRows, (host) => {
  const driver = rowsFromMysql();
  host.onStop(() => driver.close());
  return driver;
});
