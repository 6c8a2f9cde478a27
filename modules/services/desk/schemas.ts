/** A case as the office sees it: everything with its provenance. */
import { T, type Static } from "#kernel";
import { FeesView } from "../catalogue/schemas.ts";
import { ActView, caseStates, ClockView, DecisionView, EvidenceView, Row } from "../cases/schemas.ts";
import { SummarySection } from "../forms/schemas.ts";
import { ReceiptView } from "../payments/schemas.ts";

export const deskViews = ["to-take", "mine", "in-hand", "correction", "late", "to-sign", "done", "all"] as const;

export const QueueItem = T.Object({
  number: T.String(),
  version: T.Integer(),
  procedure: T.String(),
  state: T.Enum([...caseStates]),
  stateLabel: T.String(),
  applicant: T.String({ description: "Initials: a list names nobody" }),
  submittedAt: T.String(),
  clock: T.Optional(ClockView),
  assignee: T.Optional(T.String({ description: "Account" })),
  mine: T.Boolean(),
});

export const QueueCounts = T.Object({
  "to-take": T.Integer(),
  mine: T.Integer(),
  "in-hand": T.Integer(),
  correction: T.Integer(),
  late: T.Integer(),
  "to-sign": T.Integer(),
  done: T.Integer({ description: "Ended in the last thirty days" }),
});

export const Conviction = T.Object({
  id: T.String(),
  rows: T.Array(Row),
  /** Whether the law lets this conviction stand on this kind of extract, and why not. */
  disclosable: T.Boolean(),
  reason: T.Optional(T.String()),
});

export const Candidate = T.Object({
  id: T.String(),
  reference: T.String({ description: "The register’s own reference" }),
  score: T.Integer({ description: "0 to 100: how alike" }),
  matches: T.Array(
    T.Object({
      label: T.String(),
      asked: T.String(),
      found: T.String(),
      alike: T.Enum(["same", "near", "different", "unknown"]),
    }),
  ),
  convictions: T.Array(Conviction),
  verdict: T.Optional(T.Enum(["same-person", "other-person"])),
  reason: T.Optional(T.String()),
  reviewedAt: T.Optional(T.String()),
});

export const RegisterSearch = T.Object({
  state: T.Enum(["not-needed", "to-do", "asked", "done", "failed"]),
  holder: T.String(),
  purpose: T.String(),
  legalBasis: T.String(),
  criteria: T.Array(Row),
  askedAt: T.Optional(T.String()),
  answeredAt: T.Optional(T.String()),
  /** A person is searching the paper sheets. */
  expectedBy: T.Optional(T.String()),
  exchange: T.Optional(T.String()),
  candidates: T.Array(Candidate),
  /** Candidates still to be reviewed. */
  left: T.Integer(),
});

export const DeskCase = T.Object({
  number: T.String(),
  version: T.Integer(),
  state: T.Enum([...caseStates]),
  stateLabel: T.String(),
  institution: T.Object({ id: T.String(), name: T.String() }),
  procedure: T.Object({ slug: T.String(), title: T.String(), version: T.Integer() }),
  applicant: T.Object({ person: T.String(), name: T.String() }),
  submittedAt: T.String(),
  clock: T.Optional(ClockView),
  assignee: T.Optional(T.String()),
  mine: T.Boolean(),
  /** What this official may do now; the desk shows exactly these. */
  actions: T.Array(T.Enum(["claim", "release", "assign", "search", "review", "conclude", "correct", "refuse", "sign", "message"])),
  answers: T.Array(SummarySection),
  /** Fields that may be sent back for correction. */
  correctable: T.Array(T.Object({ path: T.String(), label: T.String() })),
  evidence: T.Array(EvidenceView),
  search: RegisterSearch,
  fees: FeesView,
  receipt: T.Optional(ReceiptView),
  /** What a conclusion may be; `mentions` lists what would stand on the act. */
  proposal: T.Optional(
    T.Object({
      outcome: T.Enum(["none", "mentions"]),
      mentions: T.Array(Conviction),
      text: T.String(),
    }),
  ),
  grounds: T.Array(T.Object({ code: T.String(), text: T.String(), legalBasis: T.Optional(T.String()) }), {
    description: "The grounds of refusal this procedure knows",
  }),
  decision: T.Optional(DecisionView),
  act: T.Optional(ActView),
  signingProblem: T.Optional(T.String({ description: "Why the last attempt to issue failed; it is tried again" })),
  history: T.Array(T.Object({ at: T.String(), label: T.String(), by: T.Optional(T.String()) })),
});

export type DeskCase = Static<typeof DeskCase>;
export type QueueItem = Static<typeof QueueItem>;
export type RegisterSearch = Static<typeof RegisterSearch>;
export type Candidate = Static<typeof Candidate>;
export type Conviction = Static<typeof Conviction>;
