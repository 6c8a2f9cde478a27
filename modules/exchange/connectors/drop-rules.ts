/** Thinking for dropped files: of which day a file is, which column is where, what is wrong with a line. No I/O. */
import type { FileSeen, Line } from "../ports.ts";
import type { FileDefinition } from "./definition.ts";
import { comparedValue, dayOf, type Plan, rowOf } from "./rules.ts";
import type { DropRow, LineFault } from "./store-drop.ts";

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** What the file's data is of; undefined when its name is not the one expected. */
export function asOfName(pattern: string, f: Pick<FileSeen, "name" | "modified">): Date | undefined {
  const [before = "", after] = pattern.split("{date}");
  if (after === undefined) return f.name === pattern ? f.modified : undefined;
  const date = new RegExp(`^${literal(before)}(\\d{4}-\\d\\d-\\d\\d|\\d{8})${literal(after)}$`).exec(f.name)?.[1];
  const day = date && dayOf(date, "YYYYMMDD");
  return day ? new Date(`${day}T00:00:00Z`) : undefined;
}

/** Where each name of the plan stands in a line. */
export type Header = { at: number[]; width: number } | { faults: LineFault[] };

export function headerOf(plan: Plan, line: Line): Header {
  const names = line.cells.map((cell) => cell.normalize("NFC").trim());
  while (names.length > 0 && names.at(-1) === "") names.pop();
  const faults = plan.names.flatMap((column): LineFault[] => {
    const found = names.filter((name) => name === column.normalize("NFC")).length;
    return found === 1 ? [] : [{ line: line.line, column, fault: found === 0 ? "column-missing" : "column-twice" }];
  });
  return faults.length > 0 ? { faults } : { at: plan.names.map((column) => names.indexOf(column.normalize("NFC"))), width: names.length };
}

export function lineOf(
  d: FileDefinition,
  plan: Plan,
  header: Extract<Header, { at: number[] }>,
  { line, cells }: Line,
): { row: DropRow } | { faults: LineFault[] } {
  if (cells.slice(header.width).some((cell) => cell !== "")) return { faults: [{ line, fault: "too-many-cells" }] };
  // a sheet leaves out empty cells at the end of a line; a CSV never does, unless it was cut
  if (d.format === "csv" && cells.length < header.width) return { faults: [{ line, fault: "too-few-cells" }] };
  const own = header.at.map((at) => cells[at] ?? "");
  const read = rowOf(plan, own);
  const asked: Record<string, string> = {};
  const faults: LineFault[] = "faults" in read ? read.faults.map(({ column, fault }) => ({ line, column, fault })) : [];
  for (const { parameter, at } of plan.parameters) {
    const cell = (own[at] ?? "").normalize("NFC").trim();
    const value = comparedValue(parameter, cell);
    if (value !== undefined) asked[parameter.name] = value;
    // the same cell may hold a field too: one fault is enough
    else if (faults.some((f) => f.column === parameter.column)) continue;
    else if (cell !== "") faults.push({ line, column: parameter.column, fault: "type" });
    else if (parameter.required) faults.push({ line, column: parameter.column, fault: "missing" });
  }
  if (faults.length > 0 || "faults" in read) return { faults };
  const first = d.parameters.find((p) => p.required)!;
  return { row: { key: asked[first.name]!, asked, data: read.row } };
}
