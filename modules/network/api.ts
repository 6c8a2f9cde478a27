/** The street door of network: plant, files, what a cut takes down. Data only. */
import { contract, official, T } from "#kernel";
import { editPlant, readPlant } from "./permissions.ts";
import { Id, Node, Point } from "./plant/shapes.ts";
import { FailureView, InstitutionLine, Kind, NodeLine, SpanLine, Stretch } from "./resilience/shapes.ts";

const who = official(readPlant);
const Revision = T.Integer({ minimum: 1, maximum: 2_000_000_000 });
const Format = T.Enum(["csv", "geojson", "netbox"]);

const Origin = T.Enum(["pack", "import", "branch", "plan"]);
export const readPlantFile = contract({
  id: "network.read-plant",
  method: "GET",
  path: "/api/network/plant",
  summary: "The plant as a GeoJSON FeatureCollection, today or as it stood at a revision",
  who,
  input: T.Object({ revision: T.Optional(Revision) }),
  output: T.Object({ type: T.Literal("FeatureCollection"), revision: T.Integer(), features: T.Array(T.Unknown()) }),
});

export const exportPlant = contract({
  id: "network.export-plant",
  method: "POST",
  path: "/api/network/exports",
  summary: "The whole plant as CSV, GeoJSON or NetBox-shaped JSON; the same file imports again; recorded",
  who,
  input: T.Object({ format: Format }),
  output: T.Object({ revision: T.Integer(), text: T.String() }),
  // a file of megabytes is not kept to answer a repeat; asking twice harms nobody
  once: false,
});

export const importPlant = contract({
  id: "network.import-plant",
  method: "POST",
  path: "/api/network/imports",
  summary: "Replace or complete the plant from a file: all lines or none, each fault named by its line; `check` only tries",
  who: official(editPlant),
  input: T.Object({
    format: Format,
    text: T.String({ minLength: 1, maxLength: 64 * 1024 * 1024 }),
    mode: T.Optional(T.Enum(["replace", "merge"])),
    check: T.Optional(T.Boolean()),
    note: T.Optional(T.String({ maxLength: 300 })),
  }),
  output: T.Object({ revision: T.Integer(), added: T.Integer(), changed: T.Integer(), removed: T.Integer(), illustrative: T.Integer() }),
  limit: 96 * 1024 * 1024,
});

export const listRevisions = contract({
  id: "network.list-revisions",
  method: "GET",
  path: "/api/network/revisions",
  summary: "Who changed the plant, when, by how much; newest first",
  who,
  input: T.Object({ before: T.Optional(Revision), limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })) }),
  output: T.Object({
    revisions: T.Array(
      T.Object({
        number: T.Integer(),
        at: T.String(),
        actor: T.String(),
        origin: Origin,
        note: T.Optional(T.String()),
        added: T.Integer(),
        changed: T.Integer(),
        removed: T.Integer(),
      }),
    ),
  }),
});

export const readOverview = contract({
  id: "network.read-overview",
  method: "GET",
  path: "/api/network/overview",
  summary: "The network in figures, and the cuts that would hurt most",
  who,
  input: T.Object({}),
  output: T.Object({
    revision: T.Integer(),
    at: T.String(),
    origin: Origin,
    notice: T.Optional(T.String({ description: "What is known and what is made up, while the pack's network stands" })),
    totals: T.Object({
      hubs: T.Integer(),
      sites: T.Integer(),
      buildings: T.Integer(),
      establishments: T.Integer(),
      cables: T.Integer(),
      cableKm: T.Number(),
      circuits: T.Integer(),
      circuitKm: T.Number(),
      illustrative: T.Integer(),
      elements: T.Integer(),
      unreached: T.Integer({ description: "Places without any way to a core" }),
      exposed: T.Integer({ description: "Places that some single cut takes down" }),
      cutsPerYear: T.Number(),
      siteHoursPerYear: T.Number(),
    }),
    worst: T.Array(FailureView),
    crossings: T.Array(NodeLine),
  }),
});

export const readMap = contract({
  id: "network.read-map",
  method: "GET",
  path: "/api/network/map",
  summary: "Nodes and spans to draw, with how many places fall by a cut of each span",
  who,
  input: T.Object({}),
  output: T.Object({
    revision: T.Integer(),
    nodes: T.Array(NodeLine),
    spans: T.Array(
      T.Object({ id: T.String(), kind: Kind, name: T.String(), line: T.Array(Point), sites: T.Integer(), hoursPerYear: T.Number() }),
    ),
  }),
});

export const listSpans = contract({
  id: "network.list-spans",
  method: "GET",
  path: "/api/network/spans",
  summary: "Cables and leased circuits, those that would hurt most first",
  who,
  input: T.Object({
    kind: T.Optional(Kind),
    q: T.Optional(T.String({ maxLength: 100 })),
    from: T.Optional(T.Integer({ minimum: 0, maximum: 1_000_000 })),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 500 })),
  }),
  output: T.Object({ spans: T.Array(SpanLine), total: T.Integer(), next: T.Optional(T.Integer()) }),
});

export const readSpan = contract({
  id: "network.read-span",
  method: "GET",
  path: "/api/network/spans/{id}",
  summary: "One span: who falls if it is cut, alone or with the ground it shares; how long a year; what one more kilometre best buys",
  who,
  input: T.Object({ id: Id, km: T.Optional(T.Number({ minimum: 0.1, maximum: 1000 })) }),
  output: T.Object({
    ...SpanLine.properties,
    a: NodeLine,
    b: NodeLine,
    line: T.Array(Point),
    strands: T.Optional(T.Integer()),
    provider: T.Optional(T.String()),
    capacity: T.Optional(T.Integer()),
    ground: T.Array(T.Object({ id: T.String(), kind: T.String(), name: T.String(), metres: T.Integer(), spans: T.Integer() })),
    failures: T.Array(FailureView),
    fallen: T.Array(NodeLine),
    buildings: T.Integer(),
    establishments: T.Integer({ description: "Counted there and not named by the registry" }),
    institutions: T.Array(InstitutionLine),
    budgetKm: T.Number(),
    next: T.Optional(Stretch),
  }),
});

export const listNodes = contract({
  id: "network.list-nodes",
  method: "GET",
  path: "/api/network/nodes",
  summary: "Hubs and sites by words, those most often cut off first",
  who,
  input: T.Object({
    q: T.Optional(T.String({ maxLength: 100 })),
    from: T.Optional(T.Integer({ minimum: 0, maximum: 1_000_000 })),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 500 })),
  }),
  output: T.Object({
    nodes: T.Array(T.Object({ ...NodeLine.properties, hoursPerYear: T.Number(), cuts: T.Integer(), illustrative: T.Boolean() })),
    total: T.Integer(),
    next: T.Optional(T.Integer()),
  }),
});

const Way = T.Object({ km: T.Number(), spans: T.Array(T.Object({ id: T.String(), name: T.String(), km: T.Number() })) });
export const readNode = contract({
  id: "network.read-node",
  method: "GET",
  path: "/api/network/nodes/{id}",
  summary: "One node: who works there, its two most distant ways to the core, what takes it down, its availability",
  who,
  input: T.Object({ id: Id }),
  output: T.Object({
    ...Node.properties,
    spans: T.Array(T.Object({ id: T.String(), name: T.String(), km: T.Number() })),
    institutions: T.Array(InstitutionLine),
    ways: T.Array(Way),
    /** Ground that both ways share: two ways on paper, one digger in truth. */
    shared: T.Array(T.String()),
    failures: T.Array(FailureView),
    availability: T.Object({ value: T.Number(), low: T.Number(), high: T.Number(), samples: T.Integer(), seed: T.Integer() }),
  }),
});

export const readAvailability = contract({
  id: "network.read-availability",
  method: "GET",
  path: "/api/network/availability",
  summary: "Availability of every place by simulation, with 95 % confidence intervals; the same seed gives the same figures",
  who,
  input: T.Object({
    samples: T.Optional(T.Integer({ minimum: 1000, maximum: 1_000_000 })),
    seed: T.Optional(T.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  }),
  output: T.Object({
    samples: T.Integer(),
    seed: T.Integer(),
    sites: T.Array(T.Object({ id: T.String(), name: T.String(), value: T.Number(), low: T.Number(), high: T.Number() })),
  }),
});

export const findDoubleCuts = contract({
  id: "network.find-double-cuts",
  method: "GET",
  path: "/api/network/double-cuts",
  summary: "Pairs of failures that together take down more than apart, heaviest first; `complete` says whether all pairs were tried",
  who,
  input: T.Object({ limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })) }),
  output: T.Object({
    pairs: T.Array(T.Object({ first: FailureView, second: FailureView, sites: T.Integer(), extra: T.Integer() })),
    examined: T.Integer(),
    complete: T.Boolean(),
  }),
});

export const planNext = contract({
  id: "network.plan-next",
  method: "GET",
  path: "/api/network/next",
  summary: "The best next stretches of fibre under a budget of kilometres, with a reason for each",
  who,
  input: T.Object({
    km: T.Number({ minimum: 0.1, maximum: 1000 }),
    most: T.Optional(T.Integer({ minimum: 1, maximum: 20 })),
  }),
  output: T.Object({
    km: T.Number(),
    used: T.Number(),
    before: T.Number({ description: "Site-hours a year lost to single cuts today" }),
    after: T.Number(),
    stretches: T.Array(Stretch),
    summary: T.String(),
  }),
});

const Hop = T.Object({
  cable: T.String(),
  strand: T.Integer(),
  node: NodeLine,
  end: T.Enum(["splice", "port", "open", "loop"]),
  port: T.Optional(T.String()),
  device: T.Optional(T.String()),
});
export const traceStrand = contract({
  id: "network.trace-strand",
  method: "GET",
  path: "/api/network/traces",
  summary: "Where a strand leads in both directions, from any cable, splice by splice, to a port or an open end",
  who,
  input: T.Object({ cable: Id, strand: T.Integer({ minimum: 1, maximum: 1728 }) }),
  output: T.Object({ cable: T.String(), strand: T.Integer(), towardsA: T.Array(Hop), towardsB: T.Array(Hop) }),
});
export * from "./branches/contracts.ts";
export * from "./equipment/contracts.ts";
export * from "./extension/contracts.ts";
export * from "./monitoring/contracts.ts";
export * from "./operations/contracts.ts";
export * from "./resilience/contracts.ts";
export type {
  Capability,
  FabricStep,
  InterfacesPart,
  LinkEvent,
  LinkState,
  Observed,
  OverlayPart,
  PartName,
  Power,
  Probe,
  Sample,
  SiteReport,
  Traffic,
} from "./ports.ts";
export * from "./permissions.ts";
export * from "./service-levels/contracts.ts";
export * from "./tickets/contracts.ts";
export * from "./works/contracts.ts";
export * from "./plant/contracts.ts";
export { kinds as elementKinds, schemas as elementSchemas } from "./plant/shapes.ts";
