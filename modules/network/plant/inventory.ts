import type { Context, InputOf, OutputOf } from "#kernel";
import { nodeUnknown } from "../problems.ts";
import type { readInventory as contract } from "./contracts.ts";
import { current } from "./current.ts";
import type { Device } from "./shapes.ts";

export async function readInventory(ctx: Context, q: InputOf<typeof contract>): Promise<OutputOf<typeof contract>> {
  const { model: m } = await current(ctx);
  const { plant } = m;
  if (!m.at.has(q.id)) throw nodeUnknown();
  const ports = Map.groupBy(plant.port, (p) => p.device);
  const devices = plant.device.filter((d) => d.node === q.id);
  const stands = ({ id, name, role, unit, height }: Device) => ({
    id,
    name,
    ...(role === undefined ? {} : { role }),
    ...(unit === undefined ? {} : { unit }),
    height: height ?? 1,
    ports: (ports.get(id) ?? []).map((p) => ({
      name: p.name,
      ...(p.cable === undefined ? {} : { cable: p.cable, strand: p.strand! }),
      ...(p.capacity === undefined ? {} : { capacity: p.capacity }),
    })),
  });
  const rooms = plant.room
    .filter((r) => r.node === q.id)
    .map((room) => ({
      id: room.id,
      name: room.name,
      racks: plant.rack
        .filter((r) => r.room === room.id)
        .map((rack) => {
          // as one looks at it: the top first
          const held = devices.filter((d) => d.rack === rack.id).toSorted((x, y) => (y.unit ?? 0) - (x.unit ?? 0));
          const taken = held.reduce((n, d) => n + (d.unit === undefined ? 0 : (d.height ?? 1)), 0);
          return { id: rack.id, name: rack.name, units: rack.units, free: rack.units - taken, devices: held.map(stands) };
        }),
    }));
  const as = plant.asn.find((a) => a.node === q.id)?.number;
  const vids = new Map(plant.vlan.map((v) => [v.id, v.vid]));
  return {
    rooms,
    loose: devices.filter((d) => d.rack === undefined).map(stands),
    ...(as === undefined ? {} : { as }),
    vlans: plant.vlan
      .filter((v) => v.node === q.id)
      .map(({ vid, name, institution }) => ({ vid, name, ...(institution === undefined ? {} : { institution }) })),
    prefixes: plant.prefix
      .filter((p) => p.node === q.id)
      .map(({ prefix, role, vlan }) => ({ prefix, role, ...(vlan === undefined ? {} : { vlan: vids.get(vlan)! }) })),
  };
}
