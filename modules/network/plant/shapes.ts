/** The plant as rows, the same words in the tables, in files and in contracts. */
import { T, type Static } from "#kernel";

export const Id = T.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$" });
export const Point = T.Tuple([T.Number({ minimum: -180, maximum: 180 }), T.Number({ minimum: -90, maximum: 90 })]);
export type Point = Static<typeof Point>;
const Name = T.String({ minLength: 1, maxLength: 200 });
const Metres = T.Integer({ minimum: 1, maximum: 20_000_000, description: "metres" });
const Rate = T.Optional(T.Number({ minimum: 0, maximum: 1e6, description: "cuts a year on 1000 km" }));
const Repair = T.Optional(T.Number({ minimum: 0, maximum: 8766, description: "hours" }));
const Strand = T.Integer({ minimum: 1, maximum: 1728 });
const row = { id: Id, illustrative: T.Boolean({ description: "Made up: nobody surveyed it" }) };

export const Node = T.Object({
  ...row,
  kind: T.Enum(["core", "hub", "site", "joint"]),
  name: Name,
  site: T.Optional(T.String({ maxLength: 120, description: "The registry's site" })),
  lon: T.Number({ minimum: -180, maximum: 180 }),
  lat: T.Number({ minimum: -90, maximum: 90 }),
  buildings: T.Optional(T.Integer({ minimum: 0, maximum: 10_000 })),
  establishments: T.Optional(T.Integer({ minimum: 0, maximum: 10_000 })),
  power: T.Optional(T.Number({ minimum: 0, maximum: 8766, description: "hours a year without power" })),
});
export type Node = Static<typeof Node>;

export const Duct = T.Object({
  ...row,
  kind: T.Enum(["duct", "bridge", "poles"]),
  name: Name,
  length: Metres,
  rate: Rate,
  repair: Repair,
});
export type Duct = Static<typeof Duct>;

const span = {
  ...row,
  name: T.Optional(Name),
  a: Id,
  b: Id,
  length: Metres,
  ducts: T.Array(Id, { maxItems: 200 }),
  path: T.Optional(T.Array(Point, { maxItems: 5000, description: "From a to b, both ends left out" })),
  rate: Rate,
  repair: Repair,
};
export const Cable = T.Object({ ...span, strands: Strand });
export type Cable = Static<typeof Cable>;

export const Circuit = T.Object({
  ...span,
  provider: T.Optional(Name),
  capacity: T.Optional(T.Integer({ minimum: 1, maximum: 100_000_000, description: "Mbit/s" })),
});
export type Circuit = Static<typeof Circuit>;

export const Splice = T.Object({
  ...row,
  node: Id,
  cable: Id,
  strand: Strand,
  into_cable: Id,
  into_strand: Strand,
  count: Strand,
});
export type Splice = Static<typeof Splice>;

/** Where equipment stands inside a place. */
export const Room = T.Object({ ...row, node: Id, name: Name });
export type Room = Static<typeof Room>;

export const Rack = T.Object({
  ...row,
  room: Id,
  name: Name,
  units: T.Integer({ minimum: 1, maximum: 100, description: "rack units of 44.45 mm (IEC 60297-3)" }),
});
export type Rack = Static<typeof Rack>;

const Unit = T.Optional(T.Integer({ minimum: 1, maximum: 100, description: "lowest rack unit taken, counted from the floor" }));
export const Device = T.Object({
  ...row,
  node: Id,
  name: Name,
  role: T.Optional(T.String({ maxLength: 80 })),
  serial: T.Optional(T.String({ minLength: 1, maxLength: 120, description: "As its maker engraved it" })),
  rack: T.Optional(Id),
  unit: Unit,
  height: T.Optional(T.Integer({ minimum: 1, maximum: 100, description: "rack units, 1 unless said" })),
});
export type Device = Static<typeof Device>;

export const Port = T.Object({
  ...row,
  device: Id,
  name: Name,
  cable: T.Optional(Id),
  strand: T.Optional(Strand),
  capacity: T.Optional(T.Integer({ minimum: 1, maximum: 100_000_000, description: "Mbit/s" })),
});
export type Port = Static<typeof Port>;

/** A segment of a place's own switches (IEEE 802.1Q); numbers are the place's own. */
export const Vlan = T.Object({
  ...row,
  node: Id,
  vid: T.Integer({ minimum: 1, maximum: 4094 }),
  name: Name,
  institution: T.Optional(T.String({ maxLength: 120, description: "The registry's institution" })),
});
export type Vlan = Static<typeof Vlan>;

export const uses = ["loopback", "link", "segment", "overlay"] as const;
/** Addresses: a pool from which the rule takes, or what it (or somebody) gave away. */
export const Prefix = T.Object({
  ...row,
  prefix: T.String({ minLength: 3, maxLength: 49, description: "RFC 4632 or RFC 4291, no bit beyond the length" }),
  role: T.Enum(["pool", ...uses, "other"]),
  serves: T.Optional(T.Enum([...uses], { description: "A pool's use" })),
  node: T.Optional(Id),
  span: T.Optional(Id),
  vlan: T.Optional(Id),
  institution: T.Optional(T.String({ maxLength: 120, description: "The registry's institution" })),
});
export type Prefix = Static<typeof Prefix>;

export const Asn = T.Object({
  ...row,
  number: T.Integer({ minimum: 1, maximum: 4_294_967_294, description: "RFC 6793; private from 4200000000 (RFC 6996)" }),
  node: T.Optional(Id),
  name: T.Optional(Name),
});
export type Asn = Static<typeof Asn>;

const Cidr = T.String({ minLength: 3, maxLength: 49, description: "RFC 4632 or RFC 4291" });
const As = T.Integer({ minimum: 1, maximum: 4_294_967_294, description: "RFC 6793" });
/** A session with another network at a core (BGP-4, RFC 4271): what is told there and what is believed, prefix by prefix. */
export const Peering = T.Object({
  ...row,
  node: Id,
  name: Name,
  local_as: As,
  remote_as: As,
  own4: T.Optional(Cidr),
  peer4: T.Optional(T.String({ maxLength: 45 })),
  own6: T.Optional(Cidr),
  peer6: T.Optional(T.String({ maxLength: 45 })),
  announces: T.Optional(T.Array(Cidr, { maxItems: 200 })),
  accepts: T.Optional(T.Array(Cidr, { maxItems: 1000 })),
});
export type Peering = Static<typeof Peering>;

export interface Plant {
  node: Node[];
  room: Room[];
  rack: Rack[];
  duct: Duct[];
  cable: Cable[];
  circuit: Circuit[];
  splice: Splice[];
  device: Device[];
  port: Port[];
  vlan: Vlan[];
  prefix: Prefix[];
  asn: Asn[];
  peering: Peering[];
}
export type Kind = keyof Plant;
export const schemas = {
  node: Node,
  room: Room,
  rack: Rack,
  duct: Duct,
  cable: Cable,
  circuit: Circuit,
  splice: Splice,
  device: Device,
  port: Port,
  vlan: Vlan,
  prefix: Prefix,
  asn: Asn,
  peering: Peering,
};
/** In the order in which they may refer to each other. */
export const kinds = Object.keys(schemas) as Kind[];

export function noPlant(): Plant {
  return Object.fromEntries(kinds.map((k) => [k, []])) as unknown as Plant;
}
