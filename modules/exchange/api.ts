/** The exchange's street door: who publishes what, who may read what, what waits for a person's hand, what was exchanged. */
import { T, type Static, anyone, contract, official, permission, person } from "#kernel";

// ---- permissions

export const answerByHand = permission(
  "exchange.answer-by-hand",
  {
    fr: "Répondre à la main aux demandes des autres institutions",
    en: "Answer other institutions’ requests by hand",
  },
  { sensitive: true },
);
export const manageServices = permission(
  "exchange.manage-services",
  {
    fr: "Ouvrir et fermer les services d’échange de son institution",
    en: "Open and close the exchange services of one’s institution",
  },
  { sensitive: true },
);
export const readRights = permission("exchange.read-rights", {
  fr: "Consulter les droits d’accès entre institutions",
  en: "Read the access rights between institutions",
});
export const searchTraffic = permission("exchange.search-log", {
  fr: "Rechercher dans le journal des échanges de son institution",
  en: "Search the exchange log of one’s institution",
});
export const proveMessage = permission(
  "exchange.prove-message",
  { fr: "Produire la preuve d’un échange", en: "Produce the proof of an exchange" },
  { sensitive: true },
);

// ---- shapes

const Identifier = T.String({ minLength: 3, maxLength: 255 });
const Kind = T.Union([T.Literal("http"), T.Literal("person")]);
const At = T.String({ format: "date-time" });
const Page = {
  after: T.Optional(T.String({ maxLength: 64 })),
  limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })),
};

export const MemberView = T.Object({
  id: Identifier,
  name: T.String(),
  memberClass: T.String(),
  institution: T.String(),
  subsystems: T.Array(T.Object({ id: Identifier, name: T.String() })),
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

/** All a stranger needs to check one signed message without our database. */
export const MessageProof = T.Object({
  direction: T.Union([T.Literal("request"), T.Literal("response")]),
  headerPart: T.String(),
  bodyHash: T.Optional(T.String()),
  bodyKept: T.Boolean(),
  signature: T.String(),
  certificate: T.String(),
  certificateSerial: T.String(),
  signedAt: At,
});
export type MessageProof = Static<typeof MessageProof>;
export const EntryProof = T.Object({
  ...entry,
  messages: T.Array(MessageProof),
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
  /** The fact to check against the sealed log. */
  fact: T.Optional(T.String()),
});
export type ReadOfMe = Static<typeof ReadOfMe>;

// ---- directory (public)

export const listMembers = contract({
  id: "exchange.list-members",
  method: "GET",
  path: "/api/exchange/members",
  summary: "Members of the exchange and their subsystems",
  who: anyone(),
  input: T.Object({}),
  output: T.Object({ instance: T.String(), members: T.Array(MemberView) }),
});

export const listServices = contract({
  id: "exchange.list-services",
  method: "GET",
  path: "/api/exchange/services",
  summary: "Services published on the exchange, all or of one institution",
  who: anyone(),
  input: T.Object({ institution: T.Optional(T.String({ maxLength: 120 })) }),
  output: T.Object({ services: T.Array(ServiceView) }),
});

export const readService = contract({
  id: "exchange.read-service",
  method: "GET",
  path: "/api/exchange/service",
  summary: "One published service, by its identifier",
  who: anyone(),
  input: T.Object({ id: Identifier }),
  output: ServiceView,
});

export const setServiceState = contract({
  id: "exchange.set-service-state",
  method: "POST",
  path: "/api/exchange/service/state",
  summary: "Open or close a service of one’s own institution, with a notice for its clients",
  who: official(manageServices),
  input: T.Object({
    id: Identifier,
    enabled: T.Boolean(),
    notice: T.Optional(T.String({ maxLength: 300 })),
  }),
  output: ServiceView,
});

export const listRights = contract({
  id: "exchange.list-rights",
  method: "GET",
  path: "/api/exchange/rights",
  summary: "Who may ask what, for which purposes, receiving which fields",
  who: official(readRights),
  input: T.Object({
    service: T.Optional(Identifier),
    institution: T.Optional(T.String({ maxLength: 120 })),
  }),
  output: T.Object({ rights: T.Array(RightView) }),
});

// ---- requests answered by a person

export const listHandRequests = contract({
  id: "exchange.list-hand-requests",
  method: "GET",
  path: "/api/exchange/hand-requests",
  summary: "Requests other institutions await from this one, the most urgent first",
  who: official(answerByHand),
  input: T.Object({ state: T.Optional(HandRequestState), ...Page }),
  output: T.Object({
    requests: T.Array(HandRequestLine),
    waiting: T.Integer(),
    next: T.Optional(T.String()),
  }),
});

export const readHandRequest = contract({
  id: "exchange.read-hand-request",
  method: "GET",
  path: "/api/exchange/hand-requests/{id}",
  summary: "One request to answer by hand: who asks, why, about whom, which fields",
  who: official(answerByHand),
  input: T.Object({ id: T.String({ maxLength: 40 }) }),
  output: HandRequestView,
  // Names are shown: the read itself is recorded.
  writes: true,
});

export const answerHandRequest = contract({
  id: "exchange.answer-hand-request",
  method: "POST",
  path: "/api/exchange/hand-requests/{id}/answer",
  summary: "Answer with the fields read in the register",
  who: official(answerByHand),
  input: T.Object({
    id: T.String({ maxLength: 40 }),
    /** Field name -> value typed; checked against the service's fields. */
    values: T.Record(T.String({ maxLength: 80 }), T.String({ maxLength: 1000 })),
  }),
  output: HandRequestView,
});

export const declineHandRequest = contract({
  id: "exchange.decline-hand-request",
  method: "POST",
  path: "/api/exchange/hand-requests/{id}/decline",
  summary: "Say that no answer can be given, and why",
  who: official(answerByHand),
  input: T.Object({
    id: T.String({ maxLength: 40 }),
    reason: DeclineReason,
    note: T.Optional(T.String({ maxLength: 500 })),
  }),
  output: HandRequestView,
});

// ---- log and proof

export const searchLog = contract({
  id: "exchange.search-log",
  method: "GET",
  path: "/api/exchange/log",
  summary: "Exchanges of one’s institution, metadata only",
  who: official(searchTraffic),
  input: T.Object({
    from: T.Optional(At),
    to: T.Optional(At),
    service: T.Optional(Identifier),
    client: T.Optional(Identifier),
    outcome: T.Optional(Outcome),
    issue: T.Optional(T.String({ maxLength: 120 })),
    exchange: T.Optional(T.String({ maxLength: 80 })),
    ...Page,
  }),
  output: T.Object({ entries: T.Array(LogEntry), next: T.Optional(T.String()) }),
});

export const readProof = contract({
  id: "exchange.read-proof",
  method: "GET",
  path: "/api/exchange/log/{exchange}",
  summary: "One exchange with its signed messages, to be checked by a stranger",
  who: official(proveMessage),
  input: T.Object({ exchange: T.String({ maxLength: 80 }) }),
  output: EntryProof,
  // Names are shown: the read itself is recorded.
  writes: true,
});

// ---- the person concerned

export const readsOfMe = contract({
  id: "exchange.reads-of-me",
  method: "GET",
  path: "/api/exchange/reads-of-me",
  summary: "Which institution asked which register about me, why, and what it received",
  who: person(),
  input: T.Object({ ...Page }),
  output: T.Object({ reads: T.Array(ReadOfMe), next: T.Optional(T.String()) }),
});
