import { contract, official, T } from "#kernel";
import { followTraffic } from "../permissions.ts";
import { At, Identifier, Page } from "../shapes.ts";

const State = T.Union([T.Literal("waiting"), T.Literal("acknowledged"), T.Literal("expired"), T.Literal("withdrawn")]);

export const listRooms = contract({
  id: "exchange.list-rooms",
  method: "GET",
  path: "/api/exchange/rooms",
  summary: "Rooms, their event types, who has subscribed and what waits; no event",
  who: official(followTraffic),
  input: T.Object({}),
  output: T.Object({
    rooms: T.Array(
      T.Object({
        room: Identifier,
        name: T.String(),
        institution: T.String(),
        types: T.Array(T.Object({ code: T.String(), version: T.String(), title: T.String(), published: T.Integer() })),
        subscriptions: T.Array(
          T.Object({
            type: T.String(),
            subscriber: Identifier,
            delivery: T.Union([T.Literal("PUSH"), T.Literal("PULL")]),
            fifo: T.Boolean(),
            /** Seconds. */
            ttl: T.Integer(),
            waiting: T.Integer(),
            /** Over the last thirty days. */
            expired: T.Integer(),
            oldest: T.Optional(At),
            why: T.Optional(T.String()),
          }),
        ),
      }),
    ),
  }),
});

export const listDeliveries = contract({
  id: "exchange.list-deliveries",
  method: "GET",
  path: "/api/exchange/rooms/deliveries",
  summary: "Deliveries of a room's events, the latest first: to whom, with what outcome; no event",
  who: official(followTraffic),
  input: T.Object({
    room: Identifier,
    state: T.Optional(State),
    event: T.Optional(T.String({ maxLength: 40 })),
    ...Page,
    after: T.Optional(T.String({ maxLength: 320 })),
  }),
  output: T.Object({
    deliveries: T.Array(
      T.Object({
        event: T.String(),
        type: T.String(),
        sequence: T.Integer(),
        subscriber: Identifier,
        state: State,
        attempts: T.Integer(),
        expires: At,
        endedAt: T.Optional(At),
        why: T.Optional(T.String()),
        /** The signed exchange that delivered it. */
        exchange: T.Optional(T.String()),
      }),
    ),
    next: T.Optional(T.String()),
  }),
});
