import { malformed } from "../der/read.ts";
import { type Dict, readArray, readDict, refOf, skipBlanks } from "./syntax.ts";

// A PDF as its revisions: each incremental update appended its objects, a cross-reference table and a
// trailer which points back. Only classic tables are read: our documents have no other, and a file with
// compressed objects is refused rather than half understood.

export interface Revision {
  /** offset of every object this revision wrote */
  objects: ReadonlyMap<number, number>;
  trailer: Dict;
  startxref: number;
  /** where the revision's bytes end, its end-of-file mark included */
  end: number;
}

export interface PdfFile {
  text: string;
  /** oldest first */
  revisions: Revision[];
}

/** A file with more updates or objects than any act has is made to keep a verifier busy. */
const most = { revisions: 16, objects: 200_000 };

const number = (raw: string | undefined): number => {
  if (!raw || !/^\d{1,10}$/.test(raw)) throw malformed("PDF number");
  return Number(raw);
};

const readTable = (text: string, at: number): { objects: Map<number, number>; trailer: Dict } => {
  if (text.slice(at, at + 4) !== "xref") throw malformed("PDF cross-reference table");
  const objects = new Map<number, number>();
  at = skipBlanks(text, at + 4);
  for (;;) {
    const head = /^(\d{1,10}) (\d{1,10})[ \r\n]+/.exec(text.slice(at, at + 30));
    if (!head) break;
    at += head[0].length;
    const first = Number(head[1]);
    const count = Number(head[2]);
    if (count > most.objects) throw malformed("PDF cross-reference table");
    for (let i = 0; i < count; i++, at += 20) {
      const entry = /^(\d{10}) (\d{5}) ([nf])[ \r\n]{2}$/.exec(text.slice(at, at + 20));
      if (!entry) throw malformed("PDF cross-reference entry");
      if (entry[3] === "n") {
        if (entry[2] !== "00000") throw malformed("PDF generation");
        objects.set(first + i, Number(entry[1]));
      } else if (first + i !== 0) objects.set(first + i, -1);
    }
    at = skipBlanks(text, at);
  }
  if (text.slice(at, at + 7) !== "trailer") throw malformed("PDF trailer");
  return { objects, trailer: readDict(text, skipBlanks(text, at + 7)) };
};

export const readPdf = (bytes: Uint8Array): PdfFile => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  if (!text.startsWith("%PDF-")) throw malformed("not a PDF");
  const tail = text.lastIndexOf("startxref");
  const last = tail < 0 ? null : /^startxref\s+(\d{1,10})\s+%%EOF/.exec(text.slice(tail, tail + 64));
  if (!last) throw malformed("PDF end");
  const revisions: Revision[] = [];
  let end = tail + last[0].length;
  let written = 0;
  for (let at: number | undefined = Number(last[1]); at !== undefined;) {
    const { objects, trailer } = readTable(text, at);
    if (trailer.entries.has("XRefStm")) throw malformed("PDF hybrid file");
    const mark = /^\s*startxref\s+(\d{1,10})\s+%%EOF/.exec(text.slice(trailer.end, trailer.end + 80));
    if (!mark || Number(mark[1]) !== at) throw malformed("PDF end of revision");
    end = trailer.end + mark[0].length;
    written += objects.size;
    if (written > most.objects) throw malformed("PDF objects");
    revisions.unshift({ objects, trailer, startxref: at, end });
    const previous = trailer.entries.get("Prev");
    const before: number | undefined = previous === undefined ? undefined : number(previous);
    // Each update lies after what it updates; anything else is a loop or a trick.
    if ((before !== undefined && before >= at) || revisions.length > most.revisions) throw malformed("PDF revisions");
    at = before;
  }
  return { text, revisions };
};

/** One revision's view of the file: what a reader saw before later updates. */
export const viewOf = (file: PdfFile, upTo: number) => {
  const offsets = new Map<number, number>();
  for (const revision of file.revisions.slice(0, upTo + 1)) for (const [n, at] of revision.objects) offsets.set(n, at);
  const trailer = file.revisions[upTo]!.trailer.entries;
  const start = (n: number): number => {
    const at = offsets.get(n);
    const head = at === undefined || at < 0 ? null : new RegExp(`^${n} 0 obj`).exec(file.text.slice(at, at + 24));
    if (!head) throw malformed(`PDF object ${n}`);
    return skipBlanks(file.text, at! + head[0].length);
  };
  const dict = (n: number): Dict => readDict(file.text, start(n));
  /** The entries of a value that is a dictionary, in place or by reference. */
  const entriesOf = (raw: string): Map<string, string> => {
    const ref = refOf(raw);
    return ref === undefined ? readDict(raw, 0).entries : dict(ref).entries;
  };
  const arrayOf = (raw: string | undefined): string[] => {
    if (raw === undefined) return [];
    const ref = refOf(raw);
    if (ref === undefined) return readArray(raw);
    // Far more than an array of annotations or fields needs; the reader stops at its closing bracket.
    const at = start(ref);
    return readArray(file.text.slice(at, at + 100_000));
  };
  const root = refOf(trailer.get("Root"));
  if (root === undefined) throw malformed("PDF root");
  const firstPage = (): number => {
    let at = refOf(dict(root).entries.get("Pages"));
    for (let depth = 0; at !== undefined && depth < 20; depth++) {
      const node = dict(at).entries;
      if (node.get("Type") === "/Page") return at;
      at = refOf(arrayOf(node.get("Kids"))[0]);
    }
    throw malformed("PDF pages");
  };
  return { offsets, trailer, size: number(trailer.get("Size")), root, dict, entriesOf, arrayOf, firstPage };
};

export type View = ReturnType<typeof viewOf>;
