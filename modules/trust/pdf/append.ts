import { createHash } from "node:crypto";
import { readPdf, viewOf } from "./file.ts";
import { textString, writeDict } from "./syntax.ts";

// A signature goes in as an incremental update: nothing of the file before it changes by one byte, so
// earlier signatures stay whole. PDF/A-2 permits it: the widget is invisible, printed, and has no appearance.

export interface FieldParts {
  /** field name, unique in the file */
  field: string;
  signer: string;
  reason: string;
  location?: string;
  at: Date;
  /** bytes kept for the CMS signature */
  reserve: number;
}

const placeholder = "0000000000 0000000000 0000000000";

const objectOf = (n: number, body: string): string => `${n} 0 obj\n${body}\nendobj\n`;

const table = (offsets: readonly [number, number][]): string =>
  `xref\n${[...offsets]
    .sort(([a], [b]) => a - b)
    .map(([n, at]) => `${n} 1\n${String(at).padStart(10, "0")} 00000 n \n`)
    .join("")}`;

export const pdfDate = (at: Date): string => `(D:${at.toISOString().replace(/[-:T]|\.\d+/g, "")})`;

export interface Prepared {
  pdf: Buffer;
  /** SHA-256 of all that the signature covers */
  digest: Uint8Array;
  /** puts the signature in its place and hands back the finished file */
  finish: (cms: Uint8Array) => Uint8Array;
}

/** Appends a signature field; the file is complete but for the signature's own bytes. */
export const prepareSignature = (bytes: Uint8Array, parts: FieldParts): Prepared => {
  const file = readPdf(bytes);
  const last = file.revisions[file.revisions.length - 1]!;
  const view = viewOf(file, file.revisions.length - 1);
  const signature = view.size;
  const widget = view.size + 1;
  const page = view.firstPage();
  const catalog = new Map(view.dict(view.root).entries);
  const form = new Map(catalog.has("AcroForm") ? view.entriesOf(catalog.get("AcroForm")!) : []);
  form.set("SigFlags", "3");
  form.set("Fields", `[${[...view.arrayOf(form.get("Fields")), `${widget} 0 R`].join(" ")}]`);
  catalog.set("AcroForm", writeDict(form));
  const pageEntries = new Map(view.dict(page).entries);
  pageEntries.set("Annots", `[${[...view.arrayOf(pageEntries.get("Annots")), `${widget} 0 R`].join(" ")}]`);
  const value = new Map([
    ["Type", "/Sig"],
    ["Filter", "/Adobe.PPKLite"],
    ["SubFilter", "/ETSI.CAdES.detached"],
    ["ByteRange", `[0 ${placeholder}]`],
    ["Contents", `<${"0".repeat(parts.reserve * 2)}>`],
    ["M", pdfDate(parts.at)],
    ["Name", textString(parts.signer)],
    ["Reason", textString(parts.reason)],
    ...(parts.location ? [["Location", textString(parts.location)] as const] : []),
  ]);
  const field = new Map([
    ["Type", "/Annot"],
    ["Subtype", "/Widget"],
    ["FT", "/Sig"],
    ["T", textString(parts.field)],
    ["F", "132"],
    ["Rect", "[0 0 0 0]"],
    ["P", `${page} 0 R`],
    ["V", `${signature} 0 R`],
  ]);
  let update = bytes[bytes.length - 1] === 0x0a ? "" : "\n";
  const offsets: [number, number][] = [];
  for (const [n, body] of [
    [view.root, catalog],
    [page, pageEntries],
    [signature, value],
    [widget, field],
  ] as const) {
    offsets.push([n, bytes.length + update.length]);
    update += objectOf(n, writeDict(body));
  }
  const startxref = bytes.length + update.length;
  const trailer = new Map([
    ["Size", String(widget + 1)],
    ["Root", `${view.root} 0 R`],
    ["Prev", String(last.startxref)],
  ]);
  for (const kept of ["Info", "ID"]) {
    const raw = view.trailer.get(kept);
    if (raw) trailer.set(kept, raw);
  }
  update += `${table(offsets)}trailer\n${writeDict(trailer)}\nstartxref\n${startxref}\n%%EOF\n`;
  const pdf = Buffer.concat([bytes, Buffer.from(update, "latin1")]);
  const inSignature = offsets[2]![1];
  const from = pdf.indexOf("/Contents <", inSignature, "latin1") + "/Contents ".length;
  const to = from + parts.reserve * 2 + 2;
  const range = [from, to, pdf.length - to].map((n) => String(n).padEnd(10)).join(" ");
  pdf.write(`[0 ${range}]`, pdf.indexOf("/ByteRange [", inSignature, "latin1") + "/ByteRange ".length, "latin1");
  return {
    pdf,
    digest: createHash("sha256").update(pdf.subarray(0, from)).update(pdf.subarray(to)).digest(),
    finish: (cms) => {
      if (cms.length > parts.reserve) throw new RangeError(`the signature takes ${cms.length} bytes, ${parts.reserve} were kept for it`);
      pdf.write(Buffer.from(cms).toString("hex"), from + 1, "latin1");
      return pdf;
    },
  };
};
