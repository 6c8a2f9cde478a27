/** Contracts of extension: ordering a site, capacity, coverage. Data only. */
import { contract, official, T } from "#kernel";
import { Bill } from "../branches/contracts.ts";
import { planChanges, readPlant } from "../permissions.ts";
import { Point } from "../plant/shapes.ts";

const who = official(readPlant);
const Place = T.Object({ id: T.String(), name: T.String(), point: Point });
const From = {
  from: T.Optional(T.Integer({ minimum: 0, maximum: 1_000_000 })),
  limit: T.Optional(T.Integer({ minimum: 1, maximum: 500 })),
};

export const listUnconnected = contract({
  id: "network.list-unconnected",
  method: "GET",
  path: "/api/network/unconnected",
  summary: "Public buildings of the registry without a node, nearest to the network first",
  who,
  input: T.Object({ q: T.Optional(T.String({ maxLength: 100 })), ...From }),
  output: T.Object({
    sites: T.Array(
      T.Object({
        ...Place.properties,
        institutions: T.Integer(),
        km: T.Number({ description: "Straight line to the nearest connected place" }),
        nearest: T.String(),
      }),
    ),
    total: T.Integer(),
    next: T.Optional(T.Integer()),
  }),
});

const where = {
  site: T.Optional(T.String({ maxLength: 120, description: "The registry's site; else a name and a point" })),
  name: T.Optional(T.String({ minLength: 3, maxLength: 200 })),
  lon: T.Optional(T.Number({ minimum: -180, maximum: 180 })),
  lat: T.Optional(T.Number({ minimum: -90, maximum: 90 })),
  ways: T.Optional(T.Integer({ minimum: 1, maximum: 2 })),
  laying: T.Optional(T.Enum(["trench", "poles"])),
  establishments: T.Optional(T.Integer({ minimum: 1, maximum: 1000 })),
};
const Way = T.Object({
  node: Place,
  km: T.Number(),
  spare: T.Number({ description: "Mbit/s left on the way to the core in the worst single failure, without the new place" }),
  years: T.Optional(T.Integer({ description: "Years until that way is full, at the usual growth" })),
});
export const proposeSite = contract({
  id: "network.propose-site",
  method: "GET",
  path: "/api/network/proposals",
  summary: "How to join a place cheapest: the nearest node, or two ways that no single failure takes down, with quantities and cost",
  who,
  input: T.Object(where),
  output: T.Object({
    place: Place,
    ways: T.Array(Way),
    disjoint: T.Boolean(),
    shared: T.Array(T.String({ description: "What would take both ways down" })),
    demand: T.Number({ description: "Mbit/s in the busy hour" }),
    growth: T.Number(),
    bill: Bill,
    currency: T.String(),
    illustrativePrices: T.Boolean(),
    prices: T.Optional(T.String({ description: "What is known of the prices" })),
  }),
});

export const orderSite = contract({
  id: "network.order-site",
  method: "POST",
  path: "/api/network/orders",
  summary: "Order a site: the proposal becomes a branch, to be reviewed like any other",
  who: official(planChanges),
  input: T.Object(where),
  output: T.Object({ id: T.String(), number: T.Integer() }),
  status: 201,
});

export const readCapacity = contract({
  id: "network.read-capacity",
  method: "GET",
  path: "/api/network/capacity",
  summary: "What each span carries in the busy hour, at worst under any single failure, by class, and when it will be full",
  who,
  input: T.Object({
    perEstablishment: T.Optional(T.Number({ minimum: 0.1, maximum: 100_000, description: "Mbit/s" })),
    growth: T.Optional(T.Number({ minimum: 0, maximum: 200, description: "Percent a year" })),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 500 })),
  }),
  output: T.Object({
    perEstablishment: T.Number(),
    growth: T.Number(),
    complete: T.Boolean({ description: "Whether every single failure was tried" }),
    total: T.Number({ description: "Mbit/s all places send together" }),
    spans: T.Array(
      T.Object({
        id: T.String(),
        name: T.String(),
        kind: T.Enum(["cable", "circuit"]),
        rate: T.Number(),
        usual: T.Number(),
        worst: T.Number(),
        by: T.Optional(T.String({ description: "The failure that fills it most" })),
        years: T.Optional(T.Integer()),
        classes: T.Array(T.Object({ name: T.Enum(["voice", "critical", "standard", "bulk"]), load: T.Number(), sure: T.Number() })),
      }),
    ),
  }),
});

export const readCoverage = contract({
  id: "network.read-coverage",
  method: "GET",
  path: "/api/network/coverage",
  summary: "How far each commune is from the nearest connected public building, the gaps, and where public access points would serve most",
  who,
  input: T.Object({
    km: T.Optional(T.Number({ minimum: 0.5, maximum: 500, description: "Beyond this a commune is a gap" })),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 1000 })),
  }),
  output: T.Object({
    km: T.Number(),
    level: T.String(),
    places: T.Integer({ description: "Whose position is known" }),
    unlocated: T.Integer({ description: "Whose position nobody recorded: nothing is said of them" }),
    gaps: T.Integer(),
    bands: T.Array(T.Object({ upTo: T.Optional(T.Number()), places: T.Integer() })),
    farthest: T.Array(T.Object({ ...Place.properties, km: T.Number(), nearest: T.String() })),
    access: T.Array(T.Object({ ...Place.properties, covers: T.Integer(), routeKm: T.Number() })),
    points: T.Array(T.Object({ point: Point, gap: T.Boolean() })),
  }),
});

export const readAddressPlan = contract({
  id: "network.read-address-plan",
  method: "GET",
  path: "/api/network/addresses",
  summary: "Pools, how full they are, and who has which prefix, VLAN and AS number",
  who,
  input: T.Object({ q: T.Optional(T.String({ maxLength: 100 })), ...From }),
  output: T.Object({
    revision: T.Integer(),
    missing: T.Integer({ description: "Elements the rule would give an address now" }),
    pools: T.Array(T.Object({ use: T.String(), family: T.Integer(), prefixes: T.Array(T.String()), used: T.Number(), total: T.Number() })),
    rows: T.Array(
      T.Object({
        node: T.String(),
        name: T.String(),
        as: T.Optional(T.Integer()),
        loopbacks: T.Array(T.String()),
        segments: T.Array(T.Object({ vlan: T.Integer(), name: T.String(), prefixes: T.Array(T.String()) })),
      }),
    ),
    total: T.Integer(),
    next: T.Optional(T.Integer()),
  }),
});

export const assignAddresses = contract({
  id: "network.assign-addresses",
  method: "POST",
  path: "/api/network/addresses",
  summary: "Give every place and span without one its addresses by rule; what is assigned does not move",
  who: official(planChanges),
  input: T.Object({}),
  output: T.Object({ revision: T.Integer(), added: T.Integer(), removed: T.Integer() }),
});
