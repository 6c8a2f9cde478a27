/** Rows in memory for tests, and a source that misbehaves as sources do. */
import { decimalOf } from "./rules.ts";
import type { Condition, Row, Rows, RowsDriver, RowsQuestion, RowsTrouble, Tables } from "../ports.ts";

/** late: after `ms`; never; half: the connection dies in the middle; types: cells that are not what they should be. */
export type MemoryFault = { kind: "late"; ms: number } | { kind: "never" | "half" | "types" } | { kind: "trouble"; trouble: RowsTrouble };

export interface Memory {
  tables: Record<string, Record<string, string | null>[]>;
  fault?: MemoryFault;
  /** What was asked, in order. */
  asked: RowsQuestion[];
}

const same = (cell: string | null | undefined, c: Condition): boolean => {
  if (cell === null || cell === undefined) return false;
  if (c.type === "number") return decimalOf(cell) === decimalOf(c.value);
  if (c.type === "boolean") return (cell === "1" || cell === "true") === (c.value === "true");
  return cell === c.value;
};

export function memoryRows(memory: Memory): RowsDriver {
  const wait = (ms: number | undefined, q: Pick<RowsQuestion, "deadlineMs">, signal: AbortSignal): Promise<Rows | undefined> =>
    new Promise((resolve) => {
      const late = ms === undefined || ms > q.deadlineMs;
      const timer = setTimeout(() => resolve(late ? { trouble: "timeout", detail: "deadline" } : undefined), late ? q.deadlineMs : ms);
      const stop = () => {
        clearTimeout(timer);
        resolve({ trouble: "cut", detail: "aborted" });
      };
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
  return {
    async find(q, signal): Promise<Rows> {
      memory.asked.push(q);
      if (q.where.length === 0) throw new RangeError("a question without a condition asks for everything");
      if (!q.url.startsWith("memory:") && !q.url.startsWith("postgres:")) return { trouble: "unreachable", detail: "not here" };
      const { fault } = memory;
      if (fault?.kind === "trouble") return { trouble: fault.trouble, detail: "as told" };
      if (signal.aborted || fault?.kind === "never" || fault?.kind === "late" || q.table === "slow") {
        const ended = await wait(fault?.kind === "late" ? fault.ms : undefined, q, signal);
        if (ended) return ended;
      }
      const table = Object.hasOwn(memory.tables, q.table) ? memory.tables[q.table]! : undefined;
      if (!table) return { trouble: "no-table", detail: q.table };
      const has = (name: string) => Object.hasOwn(table[0] ?? {}, name);
      if (![...q.columns, ...q.where.map((c) => c.column)].every(has)) return { trouble: "no-column", detail: "" };
      const found = table.filter((row) => q.where.every((c) => same(row[c.column], c))).slice(0, q.limit);
      if (fault?.kind === "half") return { trouble: "cut", detail: `after ${Math.floor(found.length / 2)} rows` };
      const rows = found.map((row): Row => q.columns.map((name) => (fault?.kind === "types" ? "\u0007?" : row[name]!)));
      const cells = rows.flat().filter((cell) => cell !== null);
      const tooLarge =
        cells.some((cell) => [...cell].length > q.cellLimit) || cells.reduce((n, cell) => n + Buffer.byteLength(cell), 0) > q.byteLimit;
      return tooLarge ? { trouble: "too-large", detail: "" } : { rows };
    },
    async tables(q): Promise<Tables> {
      if (!q.url.startsWith("memory:") && !q.url.startsWith("postgres:")) return { trouble: "unreachable", detail: "not here" };
      return {
        tables: Object.entries(memory.tables).map(([name, rows]) => ({
          schema: "memory",
          name,
          columns: Object.keys(rows[0] ?? {}).map((column) => ({ name: column, type: "text" })),
        })),
      };
    },
  };
}
