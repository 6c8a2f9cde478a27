import { type PdfFile, type View, viewOf } from "./file.ts";
import { readArray, refOf } from "./syntax.ts";

// What an update may add to a document someone already signed: one more invisible signature and nothing
// else. An update can replace any page while the older signature stays arithmetically right (the "shadow"
// attacks), so every object it wrote is looked at.

const widgetKeys = new Set(["Type", "Subtype", "FT", "T", "F", "Rect", "P", "V"]);

const longer = (view: View, before: string | undefined, old: View, after: string | undefined): boolean => {
  const was = old.arrayOf(before);
  const is = view.arrayOf(after);
  return is.length >= was.length && was.every((item, i) => item === is[i]);
};

const sameBut = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>, ...but: string[]): boolean =>
  [...new Set([...a.keys(), ...b.keys()])].every((key) => but.includes(key) || a.get(key) === b.get(key));

/** Whether revision `n` does nothing to the document before it but add signatures. */
export const onlySigns = (file: PdfFile, n: number): boolean => {
  const old = viewOf(file, n - 1);
  const view = viewOf(file, n);
  const revision = file.revisions[n]!;
  const start = file.revisions[n - 1]!.end;
  if (view.root !== old.root || view.trailer.has("Encrypt")) return false;
  const page = old.firstPage();
  for (const [number, offset] of revision.objects) {
    if (offset < start || offset > revision.end) return false;
    const entries = view.dict(number).entries;
    if (!old.offsets.has(number)) {
      const signature = entries.get("Type") === "/Sig";
      const widget =
        entries.get("FT") === "/Sig" &&
        entries.get("Subtype") === "/Widget" &&
        [...entries.keys()].every((key) => widgetKeys.has(key)) &&
        readArray(entries.get("Rect") ?? "[]").join(" ") === "0 0 0 0";
      if (!signature && !widget) return false;
    } else if (number === old.root) {
      const was = old.dict(number).entries;
      if (!sameBut(was, entries, "AcroForm")) return false;
      const form = view.entriesOf(entries.get("AcroForm") ?? "<<>>");
      const formWas = was.has("AcroForm") ? old.entriesOf(was.get("AcroForm")!) : new Map<string, string>();
      if (!sameBut(formWas, form, "Fields", "SigFlags") || !longer(view, formWas.get("Fields"), old, form.get("Fields"))) return false;
      if (!view.arrayOf(form.get("Fields")).every((item) => refOf(item) !== undefined)) return false;
    } else if (number === page) {
      const was = old.dict(number).entries;
      if (!sameBut(was, entries, "Annots") || !longer(view, was.get("Annots"), old, entries.get("Annots"))) return false;
    } else return false;
  }
  return true;
};
