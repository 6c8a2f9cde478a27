import type { Change } from "../branches/shapes.ts";
import type { Plant, Point } from "../plant/shapes.ts";
import type { Model } from "../resilience/model.ts";
import type { Connection, Way } from "./connect.ts";

export interface Order {
  name: string;
  point: Point;
  /** The registry's site. */
  site?: string | undefined;
  establishments?: number | undefined;
  laying: "trench" | "poles";
  strands: number;
}

/** The letters ids may have. */
export function slug(text: string): string {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60); // prettier-ignore
  return plain || "site";
}

/** An id that nobody bears yet. */
function free(plant: Plant, wanted: string): string {
  const taken = new Set(plant.node.map((n) => n.id));
  for (let i = 1; ; i++) {
    const id = i === 1 ? wanted : `${wanted}-${i}`;
    if (!taken.has(id)) return id;
  }
}

/** A site ordered: the place, its rack and switch, its cables and their ends. The second way is the roll-out's second phase. */
export function changesFor(m: Model, o: Order, c: Connection): Change[] {
  const id = free(m.plant, o.site ?? slug(o.name));
  const add = (kind: Change["kind"], own: string, fields: Record<string, unknown>, phase = 1): Change => ({
    op: "add",
    kind,
    id: own,
    fields,
    phase,
  });
  const [lon, lat] = o.point;
  const site = { ...(o.site ? { site: o.site } : {}), ...(o.establishments ? { establishments: o.establishments } : {}) };
  const out: Change[] = [
    add("node", id, { kind: "site", name: o.name, lon, lat, ...site }),
    add("room", `${id}:local`, { node: id, name: "Local technique" }),
    add("rack", `${id}:baie`, { room: `${id}:local`, name: "Baie 1", units: 12 }),
    add("device", `${id}:acces`, { node: id, name: "Commutateur d’accès", role: "access-switch", rack: `${id}:baie`, unit: 11, height: 1 }),
  ];
  const lay = (way: Way, n: number) => {
    const far = m.nodes[way.node]!;
    const cable = `${id}:k${n}`;
    const ducts = o.laying === "poles" ? [`${id}:poteaux${n}`] : [];
    for (const d of ducts)
      out.push(add("duct", d, { kind: "poles", name: `Poteaux ${o.name} – ${far.name}`.slice(0, 200), length: way.metres }, n));
    out.push(add("cable", cable, { a: far.id, b: id, length: way.metres, strands: o.strands, ducts }, n));
    out.push(add("port", `${id}:p${n}`, { device: `${id}:acces`, name: `fibre ${n}`, cable, strand: 1, capacity: 10_000 }, n));
    const device = m.plant.device.find((d) => d.node === far.id && /router|switch/.test(d.role ?? ""));
    if (device)
      out.push(add("port", `${cable}:far`, { device: device.id, name: `vers ${id}`.slice(0, 200), cable, strand: 1, capacity: 10_000 }, n));
  };
  lay(c.first, 1);
  if (c.second) lay(c.second, 2);
  return out;
}
