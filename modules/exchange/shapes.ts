/** What the contracts show: members, services, rights, questions answered by hand, log entries and proofs. */
import { T, type Static } from "#kernel";
import { TreeProof } from "./evidence/shapes.ts";

export const Identifier = T.String({ minLength: 3, maxLength: 255 });
export const Kind = T.Union([T.Literal("http"), T.Literal("person"), T.Literal("view"), T.Literal("file"), T.Literal("room")]);
export const At = T.String({ format: "date-time" });
/** Keyset paging: `next` of an answer is `after` of the following question. */
export const Page = {
  after: T.Optional(T.String({ maxLength: 64 })),
  limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })),
};

export const MemberView = T.Object({
  id: Identifier,
  name: T.String(),
  memberClass: T.String(),
  institution: T.String(),
  subsystems: T.Array(T.Object({ id: Identifier, name: T.String(), groups: T.Optional(T.Array(T.String())) })),
});
export type MemberView = Static<typeof MemberView>;

/** One field of a service's answer: what the desk types, what a right keeps, what the citizen's page names. */
export const FieldView = T.Object({
  name: T.String(),
  label: T.String(),
  type: T.Union([T.Literal("text"), T.Literal("date"), T.Literal("number"), T.Literal("boolean"), T.Literal("choice")]),
  required: T.Boolean(),
  options: T.Optional(T.Array(T.Object({ value: T.String(), label: T.String() }))),
});
export type FieldView = Static<typeof FieldView>;

export const ServiceView = T.Object({
  id: Identifier,
  title: T.String(),
  kind: Kind,
  provider: T.Object({ institution: T.String(), name: T.String() }),
  enabled: T.Boolean(),
  notice: T.Optional(T.String()),
  /** Working days a person takes to answer; absent when a system does. */
  answersInDays: T.Optional(T.Integer()),
  endpoints: T.Array(T.Object({ method: T.String(), path: T.String() })),
  query: T.Array(T.String()),
  fields: T.Array(FieldView),
  source: T.Optional(T.String()),
});
export type ServiceView = Static<typeof ServiceView>;

export const RightView = T.Object({
  id: T.String(),
  service: Identifier,
  /** A subsystem's identifier, or `group:<code>`. */
  subject: T.String(),
  methods: T.Array(T.String()),
  path: T.String(),
  purposes: T.Array(T.Object({ code: T.String(), label: T.String() })),
  /** JSON pointers kept; absent = the whole answer. */
  fields: T.Optional(T.Array(T.String())),
  basis: T.String(),
  from: T.String(),
  until: T.Optional(T.String()),
  /** The person concerned has to agree first: days her consent lasts. */
  consentDays: T.Optional(T.Integer()),
});
export type RightView = Static<typeof RightView>;

export const HandRequestState = T.Union([
  T.Literal("waiting"),
  T.Literal("answered"),
  T.Literal("declined"),
  T.Literal("delivered"),
  T.Literal("expired"),
]);
export type HandRequestState = Static<typeof HandRequestState>;

const handSummary = {
  id: T.String(),
  state: HandRequestState,
  service: T.Object({ id: Identifier, title: T.String() }),
  client: T.Object({ id: Identifier, name: T.String() }),
  purpose: T.String(),
  issue: T.Optional(T.String()),
  askedAt: At,
  expectedBy: At,
  overdue: T.Boolean(),
};
export const HandRequestLine = T.Object(handSummary);
export type HandRequestLine = Static<typeof HandRequestLine>;

export const HandRequestView = T.Object({
  ...handSummary,
  /** What the asking institution knows: the query as names and values, in order. */
  asked: T.Array(T.Object({ name: T.String(), value: T.String() })),
  /** Fields to type, already limited to what the asking institution may receive. */
  fields: T.Array(FieldView),
  basis: T.String(),
  answeredAt: T.Optional(At),
  declineReason: T.Optional(T.String()),
});
export type HandRequestView = Static<typeof HandRequestView>;

export const DeclineReason = T.Union([T.Literal("not-found"), T.Literal("unreadable"), T.Literal("not-competent"), T.Literal("ambiguous")]);
export type DeclineReason = Static<typeof DeclineReason>;
export const declineReasons: readonly DeclineReason[] = ["not-found", "unreadable", "not-competent", "ambiguous"];

export const Outcome = T.Union([
  T.Literal("pending"),
  T.Literal("answered"),
  T.Literal("refused"),
  T.Literal("failed"),
  T.Literal("unknown"),
]);
export type Outcome = Static<typeof Outcome>;

const entry = {
  exchange: T.String(),
  side: T.Union([T.Literal("client"), T.Literal("provider")]),
  at: At,
  client: Identifier,
  service: Identifier,
  method: T.String(),
  path: T.String(),
  purpose: T.String(),
  issue: T.Optional(T.String()),
  userId: T.Optional(T.String()),
  outcome: Outcome,
  errorType: T.Optional(T.String()),
  status: T.Optional(T.Integer()),
  milliseconds: T.Optional(T.Integer()),
};
export const LogEntry = T.Object(entry);
export type LogEntry = Static<typeof LogEntry>;

/** One exchange as an auditor of all institutions sees it. */
export const TrafficEntry = T.Object({
  exchange: T.String(),
  at: At,
  client: Identifier,
  service: Identifier,
  method: T.String(),
  purpose: T.String(),
  outcome: Outcome,
  errorType: T.Optional(T.String()),
  status: T.Optional(T.Integer()),
  by: T.Optional(T.Union([T.Literal("system"), T.Literal("person")])),
  milliseconds: T.Integer(),
});
export type TrafficEntry = Static<typeof TrafficEntry>;

/** All a stranger needs to check one signed message without our database. */
export const MessageProof = T.Object({
  direction: T.Union([T.Literal("request"), T.Literal("response")]),
  headerPart: T.String(),
  bodyHash: T.Optional(T.String()),
  bodyKept: T.Boolean(),
  signature: T.String(),
  certificate: T.String(),
  certificateSerial: T.String(),
  /** When the signer says it signed; for old rows, when the row was written. */
  signedAt: At,
  /** What the signature covers: both hashes (old rows), or the canonical SignedInfo of the signature file. */
  format: T.Union([T.Literal("hashes"), T.Literal("xades")]),
  /** XAdES: the file as the message's container holds it. */
  signatureFile: T.Optional(T.String()),
});
export type MessageProof = Static<typeof MessageProof>;
export const EntryProof = T.Object({
  ...entry,
  messages: T.Array(MessageProof),
  /** What the institution asked said of a message that waited: that it arrived, or why it was not answered. */
  statements: T.Array(
    T.Object({
      kind: T.Union([T.Literal("received"), T.Literal("refused"), T.Literal("unknown"), T.Literal("expired")]),
      institution: T.String(),
      at: At,
      /** The signed text; names the message by its x-road-request-hash. */
      text: T.String(),
      signature: T.String(),
      certificate: T.String(),
      tree: T.Optional(TreeProof),
    }),
  ),
  /** This side's rows in the gateway's tree; a row not there yet is sealed within a second. */
  tree: T.Array(TreeProof),
  facts: T.Array(T.String()),
});
export type EntryProof = Static<typeof EntryProof>;

export const ReadOfMe = T.Object({
  exchange: T.String(),
  at: At,
  /** Who asked. */
  client: T.Object({ id: Identifier, name: T.String() }),
  /** Whose register answered, by a system or by a person's hand. */
  provider: T.Object({ institution: T.String(), name: T.String(), kind: Kind }),
  service: T.String(),
  purpose: T.String(),
  basis: T.Optional(T.String()),
  issue: T.Optional(T.String()),
  /** Labels of the fields handed over; empty when nothing was. */
  fields: T.Array(T.String()),
  outcome: Outcome,
  /** The consent of hers it leaned on. */
  consent: T.Optional(T.String()),
  /** The fact to check against the sealed log. */
  fact: T.Optional(T.String()),
});
export type ReadOfMe = Static<typeof ReadOfMe>;
