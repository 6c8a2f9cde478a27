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

export const Device = T.Object({ ...row, node: Id, name: Name, role: T.Optional(T.String({ maxLength: 80 })) });
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

export interface Plant {
  node: Node[];
  duct: Duct[];
  cable: Cable[];
  circuit: Circuit[];
  splice: Splice[];
  device: Device[];
  port: Port[];
}
export type Kind = keyof Plant;
export const schemas = { node: Node, duct: Duct, cable: Cable, circuit: Circuit, splice: Splice, device: Device, port: Port };
/** In the order in which they may refer to each other. */
export const kinds = Object.keys(schemas) as Kind[];

export function noPlant(): Plant {
  return { node: [], duct: [], cable: [], circuit: [], splice: [], device: [], port: [] };
}
