/** What stands at one place. Data only. */
import { contract, official, T } from "#kernel";
import { readPlant } from "../permissions.ts";
import { Id } from "./shapes.ts";

const Stands = T.Object({
  id: T.String(),
  name: T.String(),
  role: T.Optional(T.String()),
  unit: T.Optional(T.Integer({ description: "Lowest rack unit it takes" })),
  height: T.Integer(),
  ports: T.Array(
    T.Object({ name: T.String(), cable: T.Optional(T.String()), strand: T.Optional(T.Integer()), capacity: T.Optional(T.Integer()) }),
  ),
});

export const readInventory = contract({
  id: "network.read-inventory",
  method: "GET",
  path: "/api/network/nodes/{id}/inventory",
  summary: "Rooms, racks and devices of one node by rack units, their ports, its VLANs, prefixes and AS number",
  who: official(readPlant),
  input: T.Object({ id: Id }),
  output: T.Object({
    rooms: T.Array(
      T.Object({
        id: T.String(),
        name: T.String(),
        racks: T.Array(T.Object({ id: T.String(), name: T.String(), units: T.Integer(), free: T.Integer(), devices: T.Array(Stands) })),
      }),
    ),
    /** Devices that no rack holds. */
    loose: T.Array(Stands),
    as: T.Optional(T.Integer()),
    vlans: T.Array(T.Object({ vid: T.Integer(), name: T.String(), institution: T.Optional(T.String()) })),
    prefixes: T.Array(T.Object({ prefix: T.String(), role: T.String(), vlan: T.Optional(T.Integer()) })),
  }),
});
