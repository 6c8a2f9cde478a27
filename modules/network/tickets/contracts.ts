/** Contracts of tickets: data only. */
import { anyOf, contract, official, T } from "#kernel";
import { followService, handleTickets } from "../permissions.ts";
import { Id as NodeId } from "../plant/shapes.ts";
import { Severity } from "../monitoring/shapes.ts";

const Id = T.String({ pattern: "^[0-9a-f]{8}-[0-9a-f-]{27}$" });
const Version = T.Integer({ minimum: 1, maximum: 1_000_000 });
const Text = T.String({ minLength: 2, maxLength: 2000 });
const State = T.Enum(["open", "in-progress", "resolved", "closed"]);
const handler = official(handleTickets);
const either = anyOf(official(handleTickets), official(followService));
const Done = T.Object({ id: T.String(), number: T.Integer(), version: T.Integer(), state: State });
const line = {
  id: T.String(),
  number: T.Integer(),
  version: T.Integer(),
  state: State,
  severity: Severity,
  origin: T.Enum(["alarm", "institution", "operator"]),
  title: T.String(),
  institution: T.Optional(T.Object({ id: T.String(), name: T.String() })),
  place: T.Optional(T.Object({ id: T.String(), name: T.String() })),
  openedAt: T.String(),
  assignee: T.Optional(T.String()),
  reopened: T.Integer(),
};

export const listTickets = contract({
  id: "network.list-tickets",
  method: "GET",
  path: "/api/network/tickets",
  summary: "Tickets, newest first: all of them for who handles them, else those of one’s own institution",
  who: either,
  input: T.Object({
    state: T.Optional(T.Enum(["open", "in-progress", "resolved", "closed", "pending"])),
    alarm: T.Optional(Id),
    before: T.Optional(T.Integer({ minimum: 1, maximum: 2_000_000_000 })),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })),
  }),
  output: T.Object({ tickets: T.Array(T.Object(line)), next: T.Optional(T.Integer()) }),
});

export const readTicket = contract({
  id: "network.read-ticket",
  method: "GET",
  path: "/api/network/tickets/{id}",
  summary: "One ticket with its notes; internal ones only for who handles tickets",
  who: either,
  input: T.Object({ id: Id }),
  output: T.Object({
    ...line,
    mine: T.Boolean({ description: "Assigned to the caller" }),
    answeredAt: T.Optional(T.String()),
    resolvedAt: T.Optional(T.String()),
    closedAt: T.Optional(T.String()),
    alarm: T.Optional(T.Object({ id: T.String(), kind: T.String(), severity: Severity, began: T.String(), ended: T.Optional(T.String()) })),
    respondBy: T.Optional(T.String({ description: "By the institution’s agreement" })),
    repairBy: T.Optional(T.String()),
    engineers: T.Array(T.Object({ account: T.String(), name: T.String() }), { description: "To whom the caller may give it" }),
    notes: T.Array(
      T.Object({
        at: T.String(),
        what: T.Enum(["opened", "note", "taken", "assigned", "resolved", "closed", "reopened", "linked"]),
        by: T.Optional(T.String({ description: "A name, within one’s own institution; the operator’s side has none for others" })),
        side: T.Enum(["operator", "institution", "system"]),
        internal: T.Boolean(),
        text: T.Optional(T.String()),
      }),
    ),
  }),
});

export const listOwnPlaces = contract({
  id: "network.list-own-places",
  method: "GET",
  path: "/api/network/own/places",
  summary: "The connected places of one’s institution, and whether they have the network now",
  who: official(followService),
  input: T.Object({}),
  output: T.Object({
    institution: T.String(),
    places: T.Array(
      T.Object({
        id: T.String(),
        name: T.String(),
        since: T.Optional(T.String({ description: "Without network since" })),
        planned: T.Boolean(),
        ticket: T.Optional(T.Object({ id: T.String(), number: T.Integer() })),
      }),
    ),
  }),
});

export const reportFault = contract({
  id: "network.report-fault",
  method: "POST",
  path: "/api/network/own/tickets",
  summary: "“Our site has no network”: a ticket for one of the institution’s places, linked to the alarm that explains it",
  who: official(followService),
  input: T.Object({ place: NodeId, text: Text, severity: T.Optional(T.Enum(["major", "minor"])) }),
  output: Done,
  status: 201,
});

export const openTicket = contract({
  id: "network.open-ticket",
  method: "POST",
  path: "/api/network/tickets",
  summary: "A ticket of the operator’s own, for a place or an alarm",
  who: handler,
  input: T.Object({
    title: T.String({ minLength: 3, maxLength: 200 }),
    severity: Severity,
    place: T.Optional(NodeId),
    alarm: T.Optional(Id),
    text: T.Optional(Text),
  }),
  output: Done,
  status: 201,
});

export const addNote = contract({
  id: "network.add-ticket-note",
  method: "POST",
  path: "/api/network/tickets/{id}/notes",
  summary: "A note; `internal` keeps it on the operator’s side",
  who: either,
  input: T.Object({ id: Id, text: Text, internal: T.Optional(T.Boolean()) }),
  output: Done,
});
export const takeTicket = contract({
  id: "network.take-ticket",
  method: "POST",
  path: "/api/network/tickets/{id}/taking",
  summary: "Take it up oneself, or give it to a colleague who handles tickets",
  who: handler,
  input: T.Object({ id: Id, version: Version, to: T.Optional(Id) }),
  output: Done,
});
export const resolveTicket = contract({
  id: "network.resolve-ticket",
  method: "POST",
  path: "/api/network/tickets/{id}/resolution",
  summary: "Say what was done",
  who: handler,
  input: T.Object({ id: Id, version: Version, text: Text }),
  output: Done,
});
export const closeTicket = contract({
  id: "network.close-ticket",
  method: "POST",
  path: "/api/network/tickets/{id}/closing",
  summary: "Close what is resolved: its institution, or the operator",
  who: either,
  input: T.Object({ id: Id, version: Version }),
  output: Done,
});
export const reopenTicket = contract({
  id: "network.reopen-ticket",
  method: "POST",
  path: "/api/network/tickets/{id}/reopening",
  summary: "It is not mended after all",
  who: either,
  input: T.Object({ id: Id, version: Version, text: Text }),
  output: Done,
});
