/** CSV as RFC 4180 has it: quoted fields, doubled quotes, line breaks inside quotes; comma or semicolon, told by the first line. */
export interface CsvRow {
  /** Line of the file where the row begins, from 1. */
  line: number;
  cells: string[];
}

export class CsvFault extends Error {
  readonly line: number;
  constructor(line: number) {
    super(`unclosed quote in line ${line}`);
    this.line = line;
  }
}

export function parseCsv(source: string): CsvRow[] {
  const text = source.replace(/^\uFEFF/, "");
  const head = text.slice(0, text.search(/[\r\n]|$/));
  const separator = count(head, ";") > count(head, ",") ? ";" : ",";
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = "";
  let line = 1;
  let begun = 1;
  const close = () => {
    cells.push(cell);
    cell = "";
  };
  const end = () => {
    close();
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: begun, cells });
    cells = [];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '"' && cell === "") {
      const opened = line;
      for (i++; ; i++) {
        if (i >= text.length) throw new CsvFault(opened);
        const q = text[i] as string;
        if (q === '"' && text[i + 1] === '"') i++;
        else if (q === '"') break;
        if (q === "\n") line++;
        cell += q;
      }
    } else if (c === separator) close();
    else if (c === "\n") {
      end();
      begun = ++line;
    } else if (c !== "\r") cell += c;
  }
  if (cell !== "" || cells.length) end();
  return rows;
}

function count(text: string, what: string): number {
  return text.split(what).length - 1;
}
