/** What waits for a link or a system, as officials of an institution see it: metadata only, never a message. */
import { contract, official, permission, T, type Static } from "#kernel";
import { At, Identifier, Page } from "../shapes.ts";

export const readOutbox = permission("exchange.read-outbox", {
  fr: "Suivre les messages en attente de son institution",
  en: "Follow the waiting messages of one’s institution",
});
export const cancelMessages = permission(
  "exchange.cancel-message",
  { fr: "Retirer un message qui n’est pas encore parti", en: "Withdraw a message that has not left yet" },
  { sensitive: true },
);

const Party = T.Object({ institution: T.String(), name: T.String() });
/** Why nothing moves: X-Road's error type of the last attempt. */
const Held = { nextTry: T.Optional(At), why: T.Optional(T.String()), since: T.Optional(At) };

export const WaitingState = T.Union([
  T.Literal("queued"),
  T.Literal("sent"),
  T.Literal("received"),
  T.Literal("answered"),
  T.Literal("refused"),
  T.Literal("unknown"),
  T.Literal("expired"),
  T.Literal("cancelled"),
]);
export type WaitingState = Static<typeof WaitingState>;

export const DestinationView = T.Object({
  provider: Party,
  /** The other server that answers for it; absent when it is this house. */
  server: T.Optional(T.String()),
  depth: T.Integer(),
  urgent: T.Integer(),
  oldest: At,
  ...Held,
});
export type DestinationView = Static<typeof DestinationView>;

export const WaitingView = T.Object({
  exchange: T.String(),
  messageId: T.String(),
  client: Identifier,
  service: Identifier,
  provider: Party,
  priority: T.Union([T.Literal("urgent"), T.Literal("normal"), T.Literal("bulk")]),
  state: WaitingState,
  acceptedAt: At,
  expiresAt: At,
  sentAt: T.Optional(At),
  receivedAt: T.Optional(At),
  endedAt: T.Optional(At),
  /** X-Road's error type of an end without an answer. */
  type: T.Optional(T.String()),
});
export type WaitingView = Static<typeof WaitingView>;

export const listDestinations = contract({
  id: "exchange.list-destinations",
  method: "GET",
  path: "/api/exchange/outbox/destinations",
  summary: "How much waits for each institution and why, and what waits for one’s own systems",
  who: official(readOutbox),
  input: T.Object({}),
  output: T.Object({
    destinations: T.Array(DestinationView),
    /** Messages of others that one's own systems have not been given yet. */
    systems: T.Array(T.Object({ service: Identifier, waiting: T.Integer(), oldest: At, ...Held })),
  }),
});

export const listOutbox = contract({
  id: "exchange.list-outbox",
  method: "GET",
  path: "/api/exchange/outbox",
  summary: "Messages of one’s institution to be answered later, the newest first: metadata only",
  who: official(readOutbox),
  input: T.Object({
    state: T.Optional(WaitingState),
    provider: T.Optional(T.String({ maxLength: 120 })),
    /** Only those that have not ended, or only those that have. */
    open: T.Optional(T.Boolean()),
    ...Page,
  }),
  output: T.Object({ messages: T.Array(WaitingView), next: T.Optional(T.String()) }),
});

export const cancelMessage = contract({
  id: "exchange.cancel-message",
  method: "POST",
  path: "/api/exchange/outbox/{exchange}/cancel",
  summary: "Withdraw a message that has not left yet",
  who: official(cancelMessages),
  input: T.Object({ exchange: T.String({ maxLength: 40 }) }),
  output: WaitingView,
});
