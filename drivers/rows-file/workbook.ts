/** The parts of a workbook (ECMA-376, part 1) that say what its cells mean: sheets, shared texts, which styles are dates. */
import { unreadable } from "#exchange/ports";
import { bounds } from "./bounds.ts";
import { readAll } from "./xml.ts";
import type { Zip } from "./zip.ts";

export interface Workbook {
  /** Name of the part that holds the sheet. */
  part: string;
  texts: string[];
  /** Whether a cell of this style is a date (18.8.10). */
  dates: boolean[];
  /** Days count from 1904 (18.2.28). */
  from1904: boolean;
}

export async function readWorkbook(zip: Zip, wanted: string | undefined): Promise<Workbook> {
  const sheets: { name: string; id: string }[] = [];
  let from1904 = false;
  if (!zip.has("xl/workbook.xml")) throw unreadable("not-a-workbook");
  await readAll(zip.part("xl/workbook.xml"), {
    open(name, a) {
      if (name === "workbookPr") from1904 = a.date1904 === "1" || a.date1904 === "true";
      if (name === "sheet")
        sheets.push({ name: a.name ?? "", id: a["r:id"] ?? Object.entries(a).find(([key]) => key.endsWith(":id"))?.[1] ?? "" });
    },
    text: () => undefined,
    close: () => undefined,
  });
  const sheet = wanted === undefined ? sheets[0] : sheets.find((one) => one.name === wanted);
  if (!sheet) throw unreadable("no-sheet");
  const targets = new Map<string, string>();
  if (!zip.has("xl/_rels/workbook.xml.rels")) throw unreadable("not-a-workbook");
  await readAll(zip.part("xl/_rels/workbook.xml.rels"), {
    open: (name, a) => void (name === "Relationship" && a.TargetMode !== "External" && targets.set(a.Id ?? "", a.Target ?? "")),
    text: () => undefined,
    close: () => undefined,
  });
  const target = targets.get(sheet.id) ?? "";
  const part = target.startsWith("/") ? target.slice(1) : `xl/${target}`;
  if (!zip.has(part)) throw unreadable("no-sheet");
  return { part, texts: await textsOf(zip), dates: await datesOf(zip), from1904 };
}

/** `si` elements in their order (18.4.9): runs joined, phonetic hints left out. */
async function textsOf(zip: Zip): Promise<string[]> {
  const texts: string[] = [];
  if (!zip.has("xl/sharedStrings.xml")) return texts;
  let [text, size, hints, inside] = ["", 0, 0, false];
  await readAll(zip.part("xl/sharedStrings.xml"), {
    open(name) {
      if (name === "si") text = "";
      if (name === "rPh") hints += 1;
      inside = name === "t" && hints === 0;
    },
    text: (more) => void (inside && (text += more)),
    close(name) {
      inside = false;
      if (name === "rPh") hints -= 1;
      if (name !== "si") return;
      // an empty text costs memory too
      size += text.length + 16;
      if (size > bounds.texts) throw unreadable("unpacks-too-large");
      texts.push(text);
    },
  });
  return texts;
}

/** Formats with a number of their own that are dates or times (18.8.30). */
const builtIn = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
/** A format with a day, month, year, hour or second in it, quoted words and colours aside. */
const isDate = (code: string): boolean => /[dmyhs]/i.test(code.replace(/"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|General/gi, ""));

async function datesOf(zip: Zip): Promise<boolean[]> {
  const dates: boolean[] = [];
  const codes = new Map<number, string>();
  let inside = false;
  if (!zip.has("xl/styles.xml")) return dates;
  await readAll(zip.part("xl/styles.xml"), {
    open(name, a) {
      if (name === "numFmt") codes.set(Number(a.numFmtId), a.formatCode ?? "");
      if (name === "cellXfs") inside = true;
      if (name !== "xf" || !inside) return;
      if (dates.length > 65_536) throw unreadable("not-a-workbook");
      const id = Number(a.numFmtId ?? 0);
      dates.push(codes.has(id) ? isDate(codes.get(id)!) : builtIn(id));
    },
    text: () => undefined,
    close: (name) => void (name === "cellXfs" && (inside = false)),
  });
  return dates;
}
