/** The street door of services: every contract, data only. Schemas and contracts sit beside their resource. */
export * from "./catalogue/contracts.ts";
export * from "./cases/contracts.ts";
export * from "./payments/contracts.ts";
export * from "./desk/contracts.ts";
export * from "./acts/contracts.ts";

export type {
  EntryView,
  EvidencePreview,
  FeesView,
  LifeEventView,
  ProcedureSummary,
  ProcedureView,
  SourceView,
} from "./catalogue/schemas.ts";
export type { CaseState, CaseSummary, CaseView, ClockView, EvidenceState, EvidenceView, MessageView, ReadView } from "./cases/schemas.ts";
export type { FieldProblem, FieldView, FormView, LeafView, SectionView, SummarySection } from "./forms/schemas.ts";
export type { PaymentState, PaymentView, ReceiptView, ReconciliationLine } from "./payments/schemas.ts";
export type { Candidate, Conviction, DeskCase, QueueItem, RegisterSearch } from "./desk/schemas.ts";
