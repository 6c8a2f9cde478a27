/** CSV as RFC 4180 has it; comma or semicolon, told by the first line. */
export interface CsvRow {
  /** Line of the file where the row begins, from 1. */
  line: number;
  cells: string[];
}

/** The rows, or the line of a quote that never closes. */
export function parseCsv(source: string): { rows: CsvRow[]; unclosed?: number } {
  const text = source.replace(/^\uFEFF/, "");
  const head = text.slice(0, text.search(/[\r\n]|$/));
  const separator = head.split(";").length > head.split(",").length ? ";" : ",";
  const rows: CsvRow[] = [];
  let [cells, cell, line, begun, quoted]: [string[], string, number, number, number] = [[], "", 1, 1, 0];
  const end = () => {
    cells.push(cell);
    if (cells.length > 1 || cell !== "") rows.push({ line: begun, cells });
    [cells, cell] = [[], ""];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "\n") line++;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i]!;
      else quoted = 0;
    } else if (c === '"' && cell === "") quoted = line;
    else if (c === separator) {
      cells.push(cell);
      cell = "";
    } else if (c === "\n") {
      end();
      begun = line;
    } else if (c !== "\r") cell += c;
  }
  if (quoted) return { rows, unclosed: quoted };
  if (cell !== "" || cells.length) end();
  return { rows };
}

/** One line; what a spreadsheet would take for a formula keeps its text by the quotes alone. */
export function csvLine(cells: readonly string[]): string {
  return cells.map((c) => (/[",;\r\n]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c)).join(",");
}
