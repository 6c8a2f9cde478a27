/** The rows of one sheet (ECMA-376, 18.3.1.73): values as people see them, formulas as the value they had when saved. */
import { type Line, type SheetFormat, unreadable } from "#exchange/ports";
import { bounds } from "./bounds.ts";
import { readWorkbook, type Workbook } from "./workbook.ts";
import { elements } from "./xml.ts";
import { openZip } from "./zip.ts";

/** What stands where the sheet shows an error (#N/A, #REF!): no value passes for it. */
const noValue = "\u001a";

export async function* sheetLines(fd: number, format: SheetFormat): AsyncGenerator<Line[], void> {
  const zip = await openZip(fd);
  const book = await readWorkbook(zip, format.sheet);
  let ready: Line[] = [];
  let [row, line] = [[] as string[], 0];
  let cell: { at: number; type: string; style: number; text: string } | undefined;
  let [collecting, hints] = [false, 0];
  const pieces = elements(zip.part(book.part), {
    open(name, a) {
      if (name === "row") {
        const next = a.r === undefined ? line + 1 : Number(a.r);
        // two rows with one number, or in the wrong order, could be read in two ways
        if (!Number.isInteger(next) || next <= line || next > 1_048_576) throw unreadable("not-a-workbook", line);
        line = next;
        row = [];
      }
      if (name === "c") {
        const at = a.r === undefined ? row.length : columnOf(a.r);
        if (at < row.length) throw unreadable("not-a-workbook", line);
        if (at >= bounds.columns) throw unreadable("too-many-columns", line);
        cell = { at, type: a.t ?? "n", style: Number(a.s ?? 0), text: "" };
      }
      if (name === "rPh") hints += 1;
      collecting = cell !== undefined && (name === "v" || (name === "t" && hints === 0));
    },
    text(text) {
      if (!collecting || !cell) return;
      cell.text += text;
      if (cell.text.length > bounds.line) throw unreadable("line-too-long", line);
    },
    close(name) {
      collecting = false;
      if (name === "rPh") hints -= 1;
      if (name === "c" && cell) {
        while (row.length < cell.at) row.push("");
        row.push(shown(cell, book));
        cell = undefined;
      }
      if (name === "row" && row.some((text) => text !== "")) ready.push({ line, cells: row });
    },
  });
  for await (const _ of pieces) {
    yield ready;
    ready = [];
  }
}

/** `AB12` -> 27. */
function columnOf(reference: string): number {
  const letters = /^([A-Z]{1,3})\d+$/.exec(reference)?.[1];
  if (letters === undefined) throw unreadable("not-a-workbook");
  return [...letters].reduce((n, letter) => n * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function shown(cell: { type: string; style: number; text: string }, book: Workbook): string {
  const { type, text } = cell;
  if (text === "") return "";
  switch (type) {
    case "s": {
      const shared = /^\d+$/.test(text) ? book.texts[Number(text)] : undefined;
      if (shared === undefined) throw unreadable("not-a-workbook");
      return shared;
    }
    case "b":
      return text === "1" ? "true" : "false";
    case "e":
      return noValue;
    case "n": {
      const number = Number(text);
      if (!Number.isFinite(number)) return noValue;
      return book.dates[cell.style] ? dateOf(number, book.from1904) : plainNumber(number);
    }
    default:
      return text;
  }
}

/** 3.2500000000000001 -> 3.25; without an exponent where digits can be written out. */
function plainNumber(n: number): string {
  const text = String(n);
  return /e/i.test(text)
    ? Number.isInteger(n) && Math.abs(n) < 1e21
      ? BigInt(n).toString()
      : Math.abs(n) < 1
        ? n.toFixed(10)
        : text
    : text;
}

/** Serial day to YYYY-MM-DD[ HH:MM:SS]; the system of 1900 has a 29 February 1900 that never was (18.17.4.1). */
function dateOf(serial: number, from1904: boolean): string {
  if (serial < 0 || serial > 2_958_466) return noValue;
  const days = Math.floor(serial);
  const seconds = Math.round((serial - days) * 86_400);
  if (!from1904 && days === 60) return noValue;
  const first = from1904 ? Date.UTC(1904, 0, 1) : days < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30);
  const iso = new Date(first + days * 86_400_000 + seconds * 1000).toISOString();
  return seconds === 0 ? iso.slice(0, 10) : iso.slice(0, 19).replace("T", " ");
}
