/** What the catalogue shows. Every text comes in the caller's language. */
import { T, type Static } from "#kernel";

export const Source = T.Object({
  text: T.String({ description: "Where the figure was read" }),
  date: T.Optional(T.String({ description: "YYYY, YYYY-MM or YYYY-MM-DD" })),
  reliability: T.Enum(["official", "press", "third-party", "illustrative"]),
  toConfirm: T.Boolean({ description: "No institution has signed this entry yet" }),
});

export const LegalBasisView = T.Object({
  id: T.String(),
  text: T.String(),
  reference: T.Optional(T.String()),
  source: Source,
});

export const FeeLineView = T.Object({
  id: T.String(),
  label: T.String(),
  payee: T.String({ description: "Name of who receives the money" }),
  amount: T.Integer({ description: "Whole francs" }),
  source: Source,
});

export const FeesView = T.Object({
  currency: T.String(),
  total: T.Integer(),
  lines: T.Array(FeeLineView),
});

export const DelayView = T.Object({
  amount: T.Integer(),
  unit: T.Enum(["working-hours", "opening-hours", "working-days", "calendar-days"]),
  text: T.String({ description: "e.g. « 48 heures ouvrables »" }),
  source: Source,
});

export const EvidencePreview = T.Object({
  id: T.String(),
  title: T.String(),
  holder: T.String({ description: "Who will be asked" }),
  purpose: T.String(),
  legalBasis: T.String(),
  fields: T.Array(T.String(), { description: "The information asked for, by name" }),
  byHand: T.Optional(T.String({ description: "What happens when the records are on paper" })),
});

export const ProcedureSummary = T.Object({
  slug: T.String(),
  title: T.String(),
  summary: T.String(),
  authority: T.String({ description: "Who decides" }),
  total: T.Integer(),
  currency: T.String(),
  delay: T.String(),
  lifeEvents: T.Array(T.String()),
  /** False: known, not yet run here; read it with read-entry. */
  online: T.Boolean(),
});

export const LifeEventView = T.Object({
  id: T.String(),
  title: T.String(),
  summary: T.String(),
  procedures: T.Array(T.String(), { description: "Slugs" }),
});

export const ProcedureView = T.Object({
  slug: T.String(),
  version: T.Integer(),
  title: T.String(),
  summary: T.String(),
  description: T.Array(T.String(), { description: "Paragraphs" }),
  whoMay: T.Array(T.String()),
  authority: T.Object({
    text: T.String({ description: "Who decides, and by which rule of territory" }),
    abroad: T.Optional(T.String({ description: "Who decides for persons born abroad" })),
    legalBasis: T.Optional(T.String()),
  }),
  fees: FeesView,
  delay: DelayView,
  validity: T.Optional(T.String()),
  legalBasis: T.Array(LegalBasisView),
  evidence: T.Array(EvidencePreview),
  asked: T.Array(T.String(), { description: "What the form itself will ask" }),
  steps: T.Array(T.String()),
  output: T.String({ description: "What one receives" }),
  appeal: T.Array(T.String()),
  lifeEvents: T.Array(T.Object({ id: T.String(), title: T.String() })),
});

/** A procedure offered elsewhere: what is known of it, with its sources. */
export const EntryView = T.Object({
  slug: T.String(),
  title: T.String(),
  office: T.String(),
  documents: T.Array(T.String()),
  documentsUnknown: T.Boolean({ description: "The sources say nothing of papers" }),
  free: T.Boolean(),
  feeText: T.Optional(T.String()),
  fees: T.Array(T.Object({ label: T.String(), amount: T.Optional(T.Integer()), optional: T.Boolean() })),
  currency: T.String(),
  delay: T.Optional(T.String()),
  validity: T.Optional(T.String()),
  sources: T.Array(Source),
  lifeEvents: T.Array(T.Object({ id: T.String(), title: T.String() })),
});
export type EntryView = Static<typeof EntryView>;

export type ProcedureSummary = Static<typeof ProcedureSummary>;
export type ProcedureView = Static<typeof ProcedureView>;
export type LifeEventView = Static<typeof LifeEventView>;
export type FeesView = Static<typeof FeesView>;
export type SourceView = Static<typeof Source>;
export type EvidencePreview = Static<typeof EvidencePreview>;
