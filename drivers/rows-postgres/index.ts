/** An institution's PostgreSQL as a source of rows: read-only transactions, a statement timeout of the server's own, a few pooled connections. */
import pg from "pg";
import { provide } from "#kernel";
import { postgresRows, type Row, type Rows, type RowsDriver, type RowsQuestion, type Tables, type TableSeen } from "#exchange/ports";
import { addressOf } from "./address.ts";
import { statement } from "./quote.ts";
import { troubleOf } from "./trouble.ts";

/** A register's own users come first: the exchange takes few of its connections. */
const most = 4;
type Trouble = Extract<Rows, { trouble: unknown }>;
type Ask = Pick<RowsQuestion, "url" | "deadlineMs" | "needsTls">;

/** Whoever wrote the view, its functions cannot write, wait or look elsewhere by their names. */
const opening = (ms: number): string =>
  `begin read only; set local statement_timeout = ${ms}; set local idle_in_transaction_session_timeout = ${ms}; ` +
  "set local search_path = pg_catalog; set local datestyle = ISO; set local timezone = 'UTC'; set local extra_float_digits = 1";

export function rowsFromPostgres(): RowsDriver & { close(): Promise<void> } {
  const pools = new Map<string, pg.Pool>();
  const poolFor = (url: string, config: pg.PoolConfig): pg.Pool => {
    let pool = pools.get(url);
    if (!pool) {
      pool = new pg.Pool({ ...config, max: most, idleTimeoutMillis: 30_000, application_name: "toguna exchange", allowExitOnIdle: true });
      // A pooled connection that dies alone is nobody's error: the next question opens another.
      pool.on("error", () => undefined);
      pools.set(url, pool);
    }
    return pool;
  };

  /** One connection for one question; `work` may be cut off at any moment, and the connection is then thrown away. */
  async function within<T>(
    q: Ask,
    signal: AbortSignal,
    work: (client: pg.PoolClient, stop: (t: Trouble) => void) => Promise<T>,
  ): Promise<T | Trouble> {
    const at = addressOf(q.url);
    if (!at) return { trouble: "unreachable", detail: "not an address of PostgreSQL" };
    if (q.needsTls && !at.safe) return { trouble: "insecure", detail: "sslmode=verify-full is needed" };
    const ends = performance.now() + q.deadlineMs;
    const cut = Promise.withResolvers<Trouble>();
    const timer = setTimeout(() => cut.resolve({ trouble: "timeout", detail: "deadline" }), q.deadlineMs);
    const aborted = () => cut.resolve({ trouble: "cut", detail: "aborted" });
    signal.addEventListener("abort", aborted, { once: true });
    if (signal.aborted) aborted();
    let client: pg.PoolClient | undefined;
    let over = false;
    const run = async (): Promise<T | Trouble> => {
      try {
        client = await poolFor(q.url, { ...at.config, connectionTimeoutMillis: Math.min(q.deadlineMs, 5000) }).connect();
        if (over) return client.release(true) as never;
        // while it is ours nobody else listens: a connection that dies then is told by its question
        if (!client.listeners("error").includes(ignore)) client.on("error", ignore);
        await client.query(opening(Math.max(1, Math.floor(ends - performance.now()))));
        const result = await work(client, cut.resolve);
        await client.query("commit");
        return result;
      } catch (error) {
        return troubleOf(error, client !== undefined);
      }
    };
    const result = await Promise.race([run(), cut.promise]);
    over = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", aborted);
    const failed = typeof result === "object" && result !== null && "trouble" in result;
    // Cut off in the middle, a connection still has half an answer in it.
    client?.release(failed);
    return result;
  }

  return {
    find: (q, signal) =>
      within<Rows>(q, signal, (client, stop) => {
        const { text, values } = statement(q);
        return new Promise<Rows>((resolve, reject) => {
          const rows: Row[] = [];
          let bytes = 0;
          const query = client.query(new pg.Query({ text, values, rowMode: "array" } as pg.QueryConfig));
          query.on("row", (row: unknown) => {
            const cells = row as Row;
            for (const cell of cells) bytes += cell === null ? 4 : Buffer.byteLength(cell);
            const tooLarge = bytes > q.byteLimit || cells.some((cell) => cell !== null && [...cell].length > q.cellLimit);
            if (tooLarge) stop({ trouble: "too-large", detail: bytes > q.byteLimit ? "answer" : "cell" });
            else if (rows.length < q.limit) rows.push(cells);
          });
          query.once("error", reject);
          query.once("end", () => resolve({ rows }));
        });
      }),
    tables: (q, signal) =>
      within<Tables>(q, signal, async (client) => {
        const { rows } = await client.query<TableSeen>(catalogue);
        return { tables: rows };
      }),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
      pools.clear();
    },
  };
}
const ignore = (): void => undefined;

const catalogue = `select n.nspname as schema, c.relname as name,
    (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum), '[]')
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
    and has_schema_privilege(n.oid, 'usage') and (has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select'))
  order by 1, 2 limit 500`;

export const rowsPostgres = provide(postgresRows, (host) => {
  const driver = rowsFromPostgres();
  host.onStop(() => driver.close());
  return driver;
});
