/** Alarms, what was measured, and what a demonstration may break. */
import { contract, official, T } from "#kernel";
import { operateFabric, readPlant } from "../permissions.ts";
import { Id } from "../plant/shapes.ts";
import { AlarmLine, CauseKind, Severity, Suspect } from "./shapes.ts";

const instant = T.String({ format: "date-time", maxLength: 40 });
const Named = T.Object({ id: T.String(), name: T.String() });

export const listAlarms = contract({
  id: "network.list-alarms",
  method: "GET",
  path: "/api/network/alarms",
  summary: "Alarms, newest first: all of them with the right to see the plant; else those that cut off one’s own institution",
  who: official(),
  input: T.Object({
    open: T.Optional(T.Boolean({ description: "Only those that last, or only those that are over" })),
    before: T.Optional(instant),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })),
  }),
  output: T.Object({
    watched: T.Boolean({ description: "The network is in service; else nothing is measured, and no alarm means nothing" }),
    alarms: T.Array(AlarmLine),
    more: T.Boolean(),
  }),
});

export const readAlarm = contract({
  id: "network.read-alarm",
  method: "GET",
  path: "/api/network/alarms/{id}",
  summary: "One alarm: its most likely cause and what else it may be, who is without network, what became of it",
  who: official(),
  input: T.Object({ id: T.String({ format: "uuid" }) }),
  output: T.Object({
    ...AlarmLine.properties,
    explanation: T.Optional(T.String({ description: "In words; only for who may see the plant" })),
    others: T.Array(T.Object({ ...Suspect.properties, name: T.String() }), { description: "Causes that would look the same" }),
    spans: T.Array(Named, { description: "Seen down" }),
    silent: T.Array(Named, { description: "Not heard" }),
    work: T.Optional(T.String({ description: "The announced work it falls under" })),
    mergedInto: T.Optional(T.String({ description: "The alarm that turned out to have the same cause" })),
    places: T.Array(T.Object({ ...Named.properties, site: T.Optional(T.String()), from: T.String(), to: T.Optional(T.String()) }), {
      description: "Without network by it, from when to when",
    }),
    institutions: T.Array(Named),
    services: T.Array(T.Object({ ...Named.properties, institution: T.String() })),
    changes: T.Array(
      T.Object({
        at: T.String(),
        what: T.Enum(["raised", "cause", "severity", "sites", "again", "planned", "merged", "cleared"]),
        kind: CauseKind,
        element: T.Optional(T.String()),
        severity: Severity,
        sites: T.Integer(),
      }),
      { description: "RFC 8632 status-change, oldest first" },
    ),
  }),
});

const Figures = T.Object({
  at: T.String({ description: "Beginning of the stretch" }),
  seconds: T.Integer({ description: "Seconds of it that were measured" }),
  sent: T.Integer(),
  lost: T.Integer(),
  loss: T.Optional(T.Number({ description: "0 to 1; absent when nothing was sent" })),
  min: T.Optional(T.Number({ description: "ms, there and back" })),
  mean: T.Optional(T.Number()),
  median: T.Optional(T.Number({ description: "ms, within 5 %" })),
  p95: T.Optional(T.Number({ description: "ms, within 5 %" })),
  max: T.Optional(T.Number()),
  rx: T.Optional(T.Number({ description: "bit/s, mean" })),
  tx: T.Optional(T.Number({ description: "bit/s, mean" })),
  rxPeak: T.Optional(T.Number({ description: "bit/s" })),
  txPeak: T.Optional(T.Number({ description: "bit/s" })),
  dropped: T.Integer({ description: "Packets" }),
  downSeconds: T.Integer(),
  unsure: T.Integer({ description: "Samples whose time is that of arrival: the site’s clock could not be trusted" }),
});

export const readHistory = contract({
  id: "network.read-history",
  method: "GET",
  path: "/api/network/nodes/{node}/history",
  summary: "What a place measured: its links and its ways to the hubs, as sums over five minutes, an hour or a day (UTC)",
  who: official(readPlant),
  input: T.Object({
    node: Id,
    step: T.Enum(["minutes5", "hours", "days"]),
    from: T.Optional(instant),
    to: T.Optional(instant),
  }),
  output: T.Object({
    node: Named,
    step: T.Enum(["minutes5", "hours", "days"]),
    series: T.Array(
      T.Object({
        kind: T.Enum(["link", "path"]),
        target: T.String({ description: "A span, or the node at the other end" }),
        name: T.String(),
        rate: T.Optional(T.Number({ description: "bit/s the line carries" })),
        simulated: T.Boolean(),
        figures: T.Array(Figures),
      }),
    ),
    more: T.Boolean({ description: "Only the newest 2,000 stretches a series are told" }),
  }),
});

export const listRoutingEvents = contract({
  id: "network.list-routing-events",
  method: "GET",
  path: "/api/network/routing-events",
  summary: "Light, BFD and neighbours, come and gone, as sites measured it; newest first, kept 30 days",
  who: official(readPlant),
  input: T.Object({
    node: T.Optional(Id),
    span: T.Optional(Id),
    from: T.Optional(instant),
    to: T.Optional(instant),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 500 })),
  }),
  output: T.Object({
    events: T.Array(
      T.Object({
        at: T.String(),
        node: T.String(),
        span: T.Optional(T.String()),
        what: T.Enum(["carrier", "bfd", "adjacency"]),
        up: T.Boolean(),
        unsure: T.Boolean(),
      }),
    ),
  }),
});

export const simulateFault = contract({
  id: "network.simulate-fault",
  method: "POST",
  path: "/api/network/simulated-faults",
  summary: "Breaks something among the simulated sites of a demonstration, or mends it; nothing real is touched",
  who: official(operateFabric),
  input: T.Object({
    element: Id,
    kind: T.Enum(["span", "node", "power", "agent"], {
      description: "A span cut, a place without power, a place on its battery, an agent that stopped",
    }),
    on: T.Boolean(),
  }),
  output: T.Object({ element: T.String() }),
});
