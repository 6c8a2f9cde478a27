import { uses, type Plant } from "../plant/shapes.ts";
import type { RawRow, Read } from "./records.ts";

type Any = Record<string, unknown>;
const object = (v: unknown): Any => (typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Any) : {});
const list = (v: unknown): Any[] => (Array.isArray(v) ? v.map(object) : []);
const roles = new Set<string>(["pool", "other", ...uses]);
/** The panel every node's cables end on: NetBox ends a cable on a port of a device, never on a place. */
const panel = (node: string) => `odf:${node}`;

/** The shape of NetBox's API: sites, devices, rear ports, cables, circuits; what NetBox lacks stands in `custom_fields`. */
export function toNetBox(plant: Plant): Any {
  const end = (node: string, cable: string) => [
    { object_type: "dcim.rearport", object: { name: cable, device: { name: panel(node), site: { slug: node } } } },
  ];
  const touched = new Set(plant.cable.flatMap((c) => [c.a, c.b]));
  return {
    sites: plant.node.map(({ id, name, site, lon, lat, ...custom_fields }) => ({
      slug: id,
      name,
      facility: site ?? "",
      latitude: lat,
      longitude: lon,
      custom_fields,
    })),
    devices: [
      ...[...touched].map((node) => ({ name: panel(node), site: { slug: node }, role: { slug: "patch-panel" } })),
      ...plant.device.map(({ id, node, role, serial, rack, unit, ...custom_fields }) => ({
        name: id,
        site: { slug: node },
        role: { slug: role ?? "" },
        serial: serial ?? "",
        rack: rack === undefined ? null : { name: rack },
        position: unit ?? null,
        custom_fields,
      })),
    ],
    locations: plant.room.map(({ id, node, ...custom_fields }) => ({ slug: id, site: { slug: node }, custom_fields })),
    racks: plant.rack.map(({ id, room, units, ...custom_fields }) => ({
      name: id,
      location: { slug: room },
      u_height: units,
      custom_fields,
    })),
    rear_ports: plant.cable.flatMap((c) =>
      [c.a, c.b].map((node) => ({ device: { name: panel(node) }, name: c.id, type: "splice", positions: c.strands })),
    ),
    cables: plant.cable.map(({ id, a, b, length, ...custom_fields }) => ({
      label: id,
      type: "smf",
      length,
      length_unit: "m",
      a_terminations: end(a, id),
      b_terminations: end(b, id),
      custom_fields,
    })),
    circuits: plant.circuit.map(({ id, a, b, provider, capacity, ...custom_fields }) => ({
      cid: id,
      provider: { name: provider ?? "" },
      commit_rate: capacity === undefined ? null : capacity * 1000,
      termination_a: { site: { slug: a } },
      termination_z: { site: { slug: b } },
      custom_fields,
    })),
    interfaces: plant.port.map(({ device, name, capacity, ...custom_fields }) => ({
      device: { name: device },
      name,
      speed: capacity === undefined ? null : capacity * 1000,
      custom_fields,
    })),
    vlans: plant.vlan.map(({ id, node, vid, ...custom_fields }) => ({ name: id, vid, site: { slug: node }, custom_fields })),
    prefixes: plant.prefix.map(({ id, prefix, role, node, ...custom_fields }) => ({
      prefix,
      status: role === "pool" ? "container" : "active",
      role: { slug: role },
      scope_type: node === undefined ? null : "dcim.site",
      scope: node === undefined ? null : { slug: node },
      custom_fields: { id, ...custom_fields },
    })),
    asns: plant.asn.map(({ number, node, ...custom_fields }) => ({
      asn: number,
      sites: node === undefined ? [] : [{ slug: node }],
      custom_fields,
    })),
    plugins: { toguna: { ducts: plant.duct, splices: plant.splice, peerings: plant.peering } },
  };
}

const inMetres: Record<string, number> = { m: 1, km: 1000, cm: 0.01, ft: 0.3048, mi: 1609.344 };

export function fromNetBox(value: unknown): Read {
  const whole = object(value);
  if (!Array.isArray(whole.sites))
    return {
      rows: [],
      faults: [{ line: 1, column: "sites", message: { fr: "Une liste « sites » est attendue.", en: "A list “sites” is expected." } }],
    };
  const rows: RawRow[] = [];
  let line = 0;
  const add = (kind: string, values: Any) => rows.push({ line: ++line, kind, values });
  for (const s of list(whole.sites))
    add("node", {
      kind: "site",
      ...object(s.custom_fields),
      id: s.slug,
      name: s.name,
      site: s.facility,
      lon: s.longitude,
      lat: s.latitude,
    });
  for (const r of list(whole.locations))
    add("room", { name: r.name ?? r.slug, ...object(r.custom_fields), id: r.slug, node: object(r.site).slug });
  for (const r of list(whole.racks))
    add("rack", { name: r.name, ...object(r.custom_fields), id: r.name, room: object(r.location).slug, units: r.u_height });
  const siteOf = new Map<unknown, unknown>();
  for (const d of list(whole.devices)) {
    siteOf.set(d.name, object(d.site).slug);
    if (object(d.role).slug === "patch-panel") continue;
    add("device", {
      name: d.name,
      ...object(d.custom_fields),
      id: d.name,
      node: object(d.site).slug,
      role: object(d.role).slug,
      serial: d.serial,
      rack: object(d.rack).name,
      unit: d.position,
    });
  }
  const positions = new Map(list(whole.rear_ports).map((r) => [`${String(object(r.device).name)}\n${String(r.name)}`, r.positions]));
  for (const c of list(whole.cables)) {
    const ends = [c.a_terminations, c.b_terminations].map((t) => object(list(t)[0]?.object));
    const [a, b] = ends.map((e) => object(object(e.device).site).slug ?? siteOf.get(object(e.device).name));
    // a patch cord inside one place is no span of the country
    if (a !== undefined && a === b) continue;
    const first = ends[0]!;
    const unit = inMetres[String(object(c.length_unit).value ?? c.length_unit ?? "m")];
    add("cable", {
      strands: positions.get(`${String(object(first.device).name)}\n${String(first.name)}`),
      ...object(c.custom_fields),
      id: c.label,
      a,
      b,
      length: typeof c.length === "number" && unit ? Math.round(c.length * unit) : undefined,
    });
  }
  for (const c of list(whole.circuits))
    add("circuit", {
      ...object(c.custom_fields),
      id: c.cid,
      a: object(object(c.termination_a).site).slug,
      b: object(object(c.termination_z).site).slug,
      provider: object(c.provider).name,
      capacity: typeof c.commit_rate === "number" ? Math.round(c.commit_rate / 1000) : undefined,
    });
  for (const p of list(whole.interfaces)) {
    const own = object(p.custom_fields);
    add("port", {
      ...own,
      id: own.id ?? `${String(object(p.device).name)}:${String(p.name)}`,
      device: object(p.device).name,
      name: p.name,
      capacity: typeof p.speed === "number" ? Math.round(p.speed / 1000) : undefined,
    });
  }
  for (const v of list(whole.vlans))
    add("vlan", { name: v.name, ...object(v.custom_fields), id: v.name, vid: v.vid, node: object(v.site).slug });
  for (const x of list(whole.prefixes)) {
    const own = object(x.custom_fields);
    const role = object(x.role).slug;
    add("prefix", {
      ...own,
      id: own.id ?? `prefix:${String(x.prefix).replace("/", "-")}`,
      prefix: x.prefix,
      // a role of somebody else's NetBox is kept as a prefix that is in use
      role: roles.has(String(role)) ? role : "other",
      node: object(x.scope).slug ?? object(x.site).slug,
    });
  }
  for (const a of list(whole.asns)) {
    const own = object(a.custom_fields);
    add("asn", { ...own, id: own.id ?? `as:${String(a.asn)}`, number: a.asn, node: list(a.sites)[0]?.slug });
  }
  const ours = object(object(whole.plugins).toguna);
  for (const d of list(ours.ducts)) add("duct", d);
  for (const s of list(ours.splices)) add("splice", s);
  for (const x of list(ours.peerings)) add("peering", x);
  return { rows, faults: [] };
}
