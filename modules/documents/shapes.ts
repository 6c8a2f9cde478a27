// What each template needs. Words, names and numbers come from the caller; templates hold layout only.

export interface Letterhead {
  /** Name of the State, then its motto. */
  state: string;
  motto?: string;
  /** Arms or seal as SVG text, from the country pack. */
  arms?: string;
  /** Chain of authority, top down; the last line is the institution that speaks. */
  hierarchy: string[];
}

export interface Row {
  label: string;
  value: string;
}

export interface Table {
  columns: string[];
  /** Relative widths, one per column. */
  widths?: number[];
  rows: string[][];
}

export interface Signature {
  placeDate: string;
  role: string;
  name: string;
  caption?: string;
}

export interface Verification {
  heading: string;
  /** The short number typed at the verification page. */
  number?: string;
  address?: string;
  /** Text of the 2D code (see code2d.ts); drawn at 25 mm. */
  code?: string;
  steps: string[];
}

interface Paper {
  /** ISO 639 code of the text. */
  lang: string;
  /** Institution, for the file's metadata. */
  author: string;
  title: string;
  subtitle?: string;
  /** Number and date, under the title. */
  reference: string;
  /** Repeated at the foot of each page. */
  footer: string;
  /** A notice above everything: a demonstration says so here. */
  mark?: string;
  /** Drawn across every page of what is not yet, or no longer, an act: « Aperçu », « Annulé ». */
  draft?: string;
  letterhead: Letterhead;
  verification: Verification;
  /** Which law, which certificates, which time-stamp authority. */
  legal: string[];
}

export interface ActData extends Paper {
  opening: string[];
  identity?: Row[];
  conclusion: { opening?: string[]; headline?: string; table?: Table; text?: string[] };
  /** Validity, conditions of use. */
  notes?: string[];
  signature: Signature;
}

export interface CertificateData extends Paper {
  identity?: Row[];
  statement: string[];
  table?: Table;
  notes?: string[];
  signature: Signature;
}

export interface ReceiptData extends Paper {
  payer: Row[];
  columns: { label: string; payee: string; amount: string };
  /** One line per fee and payee; amounts come formatted. */
  lines: { label: string; payee: string; amount: string }[];
  total: { label: string; amount: string; words?: string };
  /** What each payee receives, when a fee is split. */
  split?: { heading: string; rows: Row[] };
  payment: Row[];
  notes?: string[];
}

export interface RefusalData extends Paper {
  recipient: string[];
  subject: Row;
  opening: string[];
  grounds: { heading: string; items: { title: string; text: string }[] };
  appeal: { heading: string; text: string[] };
  closing?: string[];
  signature: Signature;
}

export interface CorrectionData extends Paper {
  recipient: string[];
  subject: Row;
  opening: string[];
  columns: { field: string; given: string; expected: string };
  items: { field: string; given: string; expected: string }[];
  deadline: { label: string; text: string };
  closing?: string[];
  signature: Signature;
}

/** Figures, what they mean, tables: nobody signs it. `verification` says how it was worked out. */
export interface ReportData extends Paper {
  /** Three or four, side by side. */
  figures: Row[];
  lead: string[];
  /** `numeric`: columns set to the right, from 0. */
  sections: { heading: string; text?: string[]; table?: Table; numeric?: number[] }[];
}

export interface Templates {
  act: ActData;
  certificate: CertificateData;
  receipt: ReceiptData;
  refusal: RefusalData;
  correction: CorrectionData;
  report: ReportData;
}
export type TemplateName = keyof Templates;
export const TEMPLATES = ["act", "certificate", "receipt", "refusal", "correction", "report"] as const satisfies readonly TemplateName[];
