/** The exchange's street door: who publishes what, who may read what, what waits for a person's hand, what was exchanged. */
export * from "./connectors/contracts.ts";
export * from "./agreements/contracts.ts";
export * from "./consent/contracts.ts";
export * from "./federation/contracts.ts";
export * from "./classes/contracts.ts";
export * from "./monitoring/contracts.ts";
export * from "./publish/contracts.ts";
export * from "./servers/contracts.ts";
import { T, anyone, contract, official, permission, person } from "#kernel";
import { followTraffic, manageServices, readRights } from "./permissions.ts";
import {
  At,
  DeclineReason,
  EntryProof,
  HandRequestLine,
  HandRequestState,
  HandRequestView,
  Identifier,
  LogEntry,
  MemberView,
  Outcome,
  Page,
  ReadOfMe,
  RightView,
  ServiceView,
  TrafficEntry,
} from "./shapes.ts";

export { DeclineReason, declineReasons } from "./shapes.ts";
export type {
  EntryProof,
  FieldView,
  HandRequestLine,
  HandRequestState,
  HandRequestView,
  LogEntry,
  MemberView,
  MessageProof,
  Outcome,
  ReadOfMe,
  RightView,
  ServiceView,
  TrafficEntry,
} from "./shapes.ts";

export * from "./evidence/contracts.ts";
export * from "./outbox/contracts.ts";

// ---- permissions

export { followTraffic, manageServices, readRights } from "./permissions.ts";

export const answerByHand = permission(
  "exchange.answer-by-hand",
  {
    fr: "Répondre à la main aux demandes des autres institutions",
    en: "Answer other institutions’ requests by hand",
  },
  { sensitive: true },
);
export const searchTraffic = permission("exchange.search-log", {
  fr: "Rechercher dans le journal des échanges de son institution",
  en: "Search the exchange log of one’s institution",
});
export const proveMessage = permission(
  "exchange.prove-message",
  { fr: "Produire la preuve d’un échange", en: "Produce the proof of an exchange" },
  { sensitive: true },
);

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

export const readContainer = contract({
  id: "exchange.read-container",
  method: "GET",
  path: "/api/exchange/log/{exchange}/container",
  summary: "The signed messages of one exchange as ASiC-E containers, in one zip",
  who: official(proveMessage),
  input: T.Object({ exchange: T.String({ maxLength: 80 }) }),
  output: T.Object({
    name: T.String(),
    type: T.String(),
    /** Base64. */
    content: T.String(),
    /** Every message is under its time stamp; false for about a minute. */
    stamped: T.Boolean(),
    messages: T.Array(
      T.Object({
        direction: T.Union([T.Literal("request"), T.Literal("response")]),
        stamped: T.Boolean(),
        body: T.Union([T.Literal("included"), T.Literal("hash-only"), T.Literal("none")]),
      }),
    ),
  }),
  // Names are in it: the read itself is recorded.
  writes: true,
});

export const readTraffic = contract({
  id: "exchange.read-traffic",
  method: "GET",
  path: "/api/exchange/traffic",
  summary: "What passed between all institutions, and how it ended: the last day unless said; no person, no case",
  who: official(followTraffic),
  input: T.Object({
    from: T.Optional(At),
    to: T.Optional(At),
    institution: T.Optional(T.String({ maxLength: 120 })),
    service: T.Optional(Identifier),
    outcome: T.Optional(Outcome),
    ...Page,
  }),
  output: T.Object({
    entries: T.Array(TrafficEntry),
    /** Over the whole period, the most frequent first; `median` in milliseconds. */
    totals: T.Array(T.Object({ service: Identifier, outcome: Outcome, count: T.Integer(), median: T.Integer() })),
    /** Over the whole period too: what did not succeed, by service and cause. */
    failures: T.Array(T.Object({ service: Identifier, errorType: T.String(), count: T.Integer(), last: At })),
    next: T.Optional(T.String()),
  }),
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
export * from "./rooms/contracts.ts";
