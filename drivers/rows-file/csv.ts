/** RFC 4180 with another separator, quote or encoding: line by line, in bounded memory. */
import { type Line, type SheetFormat, unreadable } from "#exchange/ports";
import { bounds } from "./bounds.ts";

const encodings = { "utf-8": "utf-8", "latin-1": "windows-1252" } as const;

export async function* csvLines(pieces: AsyncIterable<Uint8Array>, format: SheetFormat): AsyncGenerator<Line[], void> {
  const { separator = ";", quote = '"', encoding = "utf-8" } = format;
  let at = 1;
  /** Physical lines of a record whose quotes are still open, and how long they are together. */
  let open: string[] = [];
  let length = 0;
  const record = (text: string): Line | undefined => {
    const first = at - open.length;
    length += text.length + 1;
    if (length > bounds.line) throw unreadable("line-too-long", first);
    const balanced = countOf(text, quote) % 2 === 0;
    // an odd number of quotes opens or closes
    if (open.length > 0 ? balanced : !balanced) {
      open.push(text);
      return undefined;
    }
    const whole = open.length > 0 ? [...open, text].join("\n") : text;
    const cells = whole.includes(quote) ? quotedCells(whole, separator, quote) : whole.split(separator);
    if (!cells) throw unreadable("quotes", first);
    if (cells.length > bounds.columns) throw unreadable("too-many-columns", first);
    open = [];
    length = 0;
    return { line: first, cells };
  };
  for await (const texts of physicalLines(decoded(pieces, encodings[encoding]))) {
    const ready: Line[] = [];
    for (const text of texts) {
      const line = record(text);
      at += 1;
      if (line && !(line.cells.length === 1 && line.cells[0] === "")) ready.push(line);
    }
    yield ready;
  }
  if (open.length > 0) throw unreadable("quotes", at - open.length);
}

function countOf(text: string, mark: string): number {
  let n = 0;
  for (let i = text.indexOf(mark); i >= 0; i = text.indexOf(mark, i + 1)) n += 1;
  return n;
}

/** Undefined: a quote stands inside an open cell, or something after a closing one; it could be read in two ways. */
function quotedCells(text: string, separator: string, quote: string): string[] | undefined {
  const cells: string[] = [];
  let i = 0;
  for (;;) {
    if (text[i] === quote) {
      let cell = "";
      for (i += 1; ;) {
        const end = text.indexOf(quote, i);
        if (end < 0) return undefined;
        cell += text.slice(i, end);
        i = end + 1;
        if (text[i] !== quote) break;
        cell += quote;
        i += 1;
      }
      if (i < text.length && text[i] !== separator) return undefined;
      cells.push(cell);
    } else {
      const next = text.indexOf(separator, i);
      const end = next < 0 ? text.length : next;
      const cell = text.slice(i, end);
      if (cell.includes(quote)) return undefined;
      cells.push(cell);
      i = end;
    }
    if (i >= text.length) return cells;
    i += 1;
  }
}

async function* decoded(pieces: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (piece?: Uint8Array): string => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      throw unreadable("encoding");
    }
  };
  for await (const piece of pieces) yield decode(piece);
  yield decode();
}

async function* physicalLines(texts: AsyncIterable<string>): AsyncGenerator<string[], void> {
  let rest = "";
  let line = 1;
  const bare = (text: string) => (text.endsWith("\r") ? text.slice(0, -1) : text);
  for await (const text of texts) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    line += parts.length;
    if (rest.length > bounds.line) throw unreadable("line-too-long", line);
    yield parts.map(bare);
  }
  if (rest !== "") yield [bare(rest)];
}
