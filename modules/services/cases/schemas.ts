/** A case as its owner sees it. Every text comes in the caller's language; instants are ISO 8601. */
import { T, type Static } from "#kernel";
import { FeesView } from "../catalogue/schemas.ts";
import { FieldProblem, SummarySection } from "../forms/schemas.ts";
import { PaymentView, ReceiptView } from "../payments/schemas.ts";

export const caseStates = [
  "draft",
  "evidence",
  "payment-pending",
  "submitted",
  "in-instruction",
  "correction-requested",
  "decided",
  "signing",
  "issued",
  "refused",
  "abandoned",
] as const;
export type CaseState = (typeof caseStates)[number];

export const evidenceStates = [
  "to-ask",
  "asked",
  "waiting-person",
  "awaiting-consent",
  "received",
  "not-found",
  "refused",
  "failed",
] as const;
export type EvidenceState = (typeof evidenceStates)[number];

export const CaseNumber = T.String({
  minLength: 6,
  maxLength: 32,
  description: "e.g. 2026-4831-0927-5; separators do not matter",
});
export const Version = T.Integer({
  minimum: 1,
  description: "The version last read; a newer one answers 409",
});

export const Row = T.Object({ label: T.String(), value: T.String() });

export const EvidenceView = T.Object({
  id: T.String(),
  title: T.String(),
  holder: T.String({
    description: "The institution asked, or the kind of institution while it is not yet known",
  }),
  purpose: T.String(),
  legalBasis: T.String(),
  fields: T.Array(T.String()),
  byHand: T.Optional(T.String()),
  state: T.Enum([...evidenceStates]),
  stateLabel: T.String(),
  askedAt: T.Optional(T.String()),
  /** The law asks for the applicant's consent first: the question that waits for her answer. */
  consent: T.Optional(T.String()),
  /** For a person answering by hand. */
  expectedBy: T.Optional(T.String()),
  answeredAt: T.Optional(T.String()),
  /** Identifier of the exchange, the same in the logs of both sides. */
  exchange: T.Optional(T.String()),
  answeredBy: T.Optional(T.Enum(["register", "person"])),
  note: T.Optional(T.String({ description: "What the answering institution said when it did not give the data" })),
  data: T.Array(Row),
});

export const ClockView = T.Object({
  text: T.String({ description: "e.g. « 48 heures ouvrables »" }),
  dueAt: T.Optional(T.String({ description: "Absent while the clock is stopped" })),
  remainingMinutes: T.Integer({ description: "Working minutes left; negative when late" }),
  totalMinutes: T.Integer(),
  stopped: T.Boolean(),
  late: T.Boolean(),
});

export const DecisionView = T.Object({
  outcome: T.Enum(["granted", "refused"]),
  label: T.String(),
  at: T.String(),
  grounds: T.Array(T.Object({ text: T.String(), legalBasis: T.Optional(T.String()) })),
  explanation: T.Optional(T.String()),
  appeal: T.Array(T.String()),
});

export const ActView = T.Object({
  number: T.String({ description: "Twelve digits, as printed" }),
  title: T.String(),
  issuedAt: T.String(),
  validUntil: T.Optional(T.String({ description: "YYYY-MM-DD, last day" })),
});

export const documentKinds = ["act", "receipt", "letter"] as const;

export const CaseView = T.Object({
  number: T.String(),
  version: T.Integer(),
  state: T.Enum([...caseStates]),
  stateLabel: T.String(),
  procedure: T.Object({ slug: T.String(), title: T.String(), version: T.Integer() }),
  startedAt: T.String(),
  submittedAt: T.Optional(T.String()),
  /** What the citizen does next. */
  next: T.Enum([
    "authorise-evidence",
    "answer-consent",
    "wait-evidence",
    "fill-form",
    "submit",
    "pay",
    "wait-payment",
    "wait-office",
    "correct",
    "none",
  ]),
  office: T.Optional(T.Object({ id: T.String(), name: T.String() })),
  clock: T.Optional(ClockView),
  fees: FeesView,
  evidence: T.Array(EvidenceView),
  answers: T.Array(SummarySection, { description: "What was answered, to read again" }),
  payment: T.Optional(PaymentView),
  receipt: T.Optional(ReceiptView),
  correction: T.Optional(
    T.Object({
      note: T.Optional(T.String()),
      requestedAt: T.String(),
      fields: T.Array(T.Object({ path: T.String(), label: T.String(), message: T.String() })),
    }),
  ),
  decision: T.Optional(DecisionView),
  act: T.Optional(ActView),
  documents: T.Array(T.Object({ kind: T.Enum([...documentKinds]), title: T.String(), fileName: T.String() })),
  history: T.Array(T.Object({ at: T.String(), label: T.String() })),
  unreadMessages: T.Integer(),
});

export const CaseSummary = T.Object({
  number: T.String(),
  title: T.String(),
  state: T.Enum([...caseStates]),
  stateLabel: T.String(),
  startedAt: T.String(),
  office: T.Optional(T.String()),
  dueAt: T.Optional(T.String()),
  /** The citizen has something to do. */
  yourTurn: T.Boolean(),
});

export const MessageView = T.Object({
  id: T.String(),
  from: T.Enum(["applicant", "office"]),
  author: T.String({
    description: "The institution for an official: officials’ names are not shown here",
  }),
  at: T.String(),
  text: T.String(),
});

export const FileView = T.Object({
  fileName: T.String(),
  mediaType: T.String(),
  size: T.Integer(),
  content: T.String({ description: "Base64" }),
});

export const Moved = T.Object({
  number: T.String(),
  version: T.Integer(),
  state: T.Enum([...caseStates]),
});

export const ReadView = T.Object({
  at: T.String(),
  /** The institution for which the reader acted. */
  institution: T.Optional(T.String()),
  reader: T.String({ description: "Who read; for a question over the exchange, the institution whose register answered" }),
  purpose: T.String(),
  what: T.String(),
  case: T.Optional(T.String()),
  exchange: T.Optional(T.String({ description: "Identifier of the exchange" })),
  consent: T.Optional(T.String({ description: "The consent it leaned on" })),
  fact: T.String({
    description: "Identifier of the entry in the sealed log: trust proves that it is there",
  }),
});

export { FieldProblem };
export type CaseView = Static<typeof CaseView>;
export type CaseSummary = Static<typeof CaseSummary>;
export type EvidenceView = Static<typeof EvidenceView>;
export type ClockView = Static<typeof ClockView>;
export type MessageView = Static<typeof MessageView>;
export type ReadView = Static<typeof ReadView>;
