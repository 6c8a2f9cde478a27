import type { Say } from "./rules.ts";
import type { Plant } from "./shapes.ts";

/** Rooms, racks, what stands where in them: nothing hangs in the air, nothing stands in the same unit twice. */
export function placeFaults(p: Plant, say: Say): void {
  const nodes = new Set(p.node.map((n) => n.id));
  const rooms = new Map(p.room.map((r) => [r.id, r]));
  const racks = new Map(p.rack.map((r) => [r.id, r]));
  for (const r of p.room)
    if (!nodes.has(r.node)) say("room", r.id, "node", `le nœud « ${r.node} » n’existe pas.`, `there is no node “${r.node}”.`);
  for (const r of p.rack)
    if (!rooms.has(r.room)) say("rack", r.id, "room", `le local « ${r.room} » n’existe pas.`, `there is no room “${r.room}”.`);
  const stands = new Map<string, string>();
  for (const d of p.device) {
    if (d.rack === undefined) {
      if (d.unit !== undefined) say("device", d.id, "unit", "une unité sans baie.", "a rack unit without a rack.");
      continue;
    }
    const rack = racks.get(d.rack);
    if (!rack) {
      say("device", d.id, "rack", `la baie « ${d.rack} » n’existe pas.`, `there is no rack “${d.rack}”.`);
      continue;
    }
    const node = rooms.get(rack.room)?.node;
    if (node !== undefined && node !== d.node)
      say(
        "device",
        d.id,
        "rack",
        `la baie ${d.rack} est à ${node}, l’équipement à ${d.node}.`,
        `rack ${d.rack} is at ${node}, the device at ${d.node}.`,
      );
    if (d.unit === undefined) continue;
    const top = d.unit + (d.height ?? 1) - 1;
    if (top > rack.units)
      say("device", d.id, "unit", `la baie ${d.rack} n’a que ${rack.units} unités.`, `rack ${d.rack} has ${rack.units} units only.`);
    for (let u = d.unit; u <= top; u++) {
      const by = stands.get(`${d.rack}\n${u}`);
      if (by) {
        say(
          "device",
          d.id,
          "unit",
          `l’unité ${u} de la baie ${d.rack} est déjà prise par ${by}.`,
          `unit ${u} of rack ${d.rack} is taken by ${by}.`,
        );
        break;
      }
      stands.set(`${d.rack}\n${u}`, d.id);
    }
  }
}
