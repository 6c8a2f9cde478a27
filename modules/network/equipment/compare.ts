/** What a device says against what the inventory says. Pure. */
import type { Text } from "#kernel";
import { cidrText as cidrOf, contains, parseAddress, parseCidr, type Cidr } from "../addressing/prefix.ts";
import type { Change } from "../branches/shapes.ts";
import { tracer, type Start, type Traced } from "../plant/trace.ts";
import type { Device, Plant, Port, Prefix } from "../plant/shapes.ts";
import type { InterfaceSeen, NeighbourSeen, Reading } from "./driver.ts";
import { margin, type Way } from "./light.ts";
import type { DifferenceKind, Severity } from "./shapes.ts";
import * as words from "./words.ts";

export interface Difference {
  key: string;
  kind: DifferenceKind;
  severity: Severity;
  subject: string;
  words: Text;
  changes: Change[];
  /** dB, of light. */
  margin?: number;
  /** The inventory's port it is about. */
  port?: string;
}

/** Another registered device, as it was last read. */
export interface Other {
  device?: string | undefined;
  address: string;
  reading?: Reading | undefined;
}
export interface Compared {
  plant: Plant;
  device: Device | undefined;
  /** What people call it, for the inventory to take over. */
  name: string;
  reading: Reading;
  others: readonly Other[];
}

const low = (s: string | undefined) => s?.trim().toLowerCase();
/** A host's name without its domain; an address is none. */
const host = (s: string | undefined) => (s && !parseAddress(s) ? low(s)!.split(".")[0]! : undefined);
const named = (i: InterfaceSeen, name: string) => [i.name, i.description, i.alias].some((x) => low(x) === low(name));
/** What the inventory takes as an id. */
const idOf = (text: string) =>
  text
    .replaceAll(/[^A-Za-z0-9._:-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 100) || "x";

export function differences(c: Compared): Difference[] {
  const out: Difference[] = [];
  const add = (d: Omit<Difference, "changes"> & { changes?: Change[] }) => void out.push({ changes: [], ...d });
  if (!c.device) add({ key: "unknown-device", kind: "unknown-device", severity: "warning", subject: c.name, words: words.unknownDevice() });
  else identity(c, c.device, add);
  const ports = c.device ? c.plant.port.filter((p) => p.device === c.device!.id) : [];
  if (c.device && c.reading.interfaces) portsOf(c, c.device, ports, add);
  if (c.device && c.reading.neighbours) neighboursOf(c, c.device, ports, add);
  if (c.reading.interfaces) addressesOf(c, add);
  if (c.device && c.reading.optics) lightOf(c, ports, add);
  const rank = { serious: 0, warning: 1, note: 2 };
  return out.toSorted((x, y) => rank[x.severity] - rank[y.severity] || (x.key < y.key ? -1 : 1));
}
type Add = (d: Omit<Difference, "changes"> & { changes?: Change[] }) => void;

function identity(c: Compared, device: Device, add: Add): void {
  const s = c.reading.system;
  if (s?.serial && s.serial !== device.serial)
    add({
      key: `serial:${s.serial}`,
      kind: "serial",
      severity: device.serial === undefined ? "note" : "serious",
      subject: device.name,
      words: words.serial(s.serial, device.serial),
      changes: [{ op: "change", kind: "device", id: device.id, fields: { serial: s.serial } }],
    });
  if (s?.name && ![device.id, device.name].some((n) => host(n) === host(s.name)))
    add({ key: `name:${s.name}`, kind: "name", severity: "note", subject: s.name, words: words.name(s.name, device.name) });
}

function portsOf(c: Compared, device: Device, ports: readonly Port[], add: Add): void {
  const seen = c.reading.interfaces!;
  for (const p of ports) {
    const i = seen.find((x) => named(x, p.name));
    const port = p.id;
    if (!i) {
      // what ends a strand in the inventory is not taken out of it because a device is silent about it
      const changes: Change[] = p.cable === undefined ? [{ op: "remove", kind: "port", id: p.id }] : [];
      add({ key: `missing-port:${p.id}`, kind: "missing-port", severity: p.cable ? "serious" : "warning", subject: p.name, port, words: words.missingPort(p.name), changes }); // prettier-ignore
      continue;
    }
    if (p.cable !== undefined && i.oper === "down")
      add({
        key: `port-down:${p.id}:${i.admin}`,
        kind: "port-down",
        severity: i.admin === "down" ? "warning" : "serious",
        subject: p.name,
        port,
        words: words.portDown(p.name, p.cable, i.admin === "down"),
      });
    if (p.capacity !== undefined && i.oper === "up" && i.speed !== undefined && i.speed !== p.capacity)
      add({
        key: `speed:${p.id}:${i.speed}`,
        kind: "speed",
        severity: i.speed < p.capacity ? "warning" : "note",
        subject: p.name,
        port,
        words: words.speed(p.name, i.speed, p.capacity),
        changes: [{ op: "change", kind: "port", id: p.id, fields: { capacity: i.speed } }],
      });
  }
  const with_ = new Set(c.reading.neighbours?.map((n) => n.interface));
  for (const i of seen) {
    if (i.kind !== "ethernet" || ports.some((p) => named(i, p.name)) || (i.oper !== "up" && !with_.has(i.name))) continue;
    const capacity = i.speed && i.speed >= 1 ? { capacity: Math.round(i.speed) } : {};
    add({
      key: `unexpected-port:${i.name}`,
      kind: "unexpected-port",
      severity: "note",
      subject: i.name,
      words: words.unexpectedPort(i.name),
      changes: [
        {
          op: "add",
          kind: "port",
          id: idOf(`${device.id}:${i.name}`),
          fields: { device: device.id, name: i.name, ...capacity, illustrative: false },
        },
      ],
    });
  }
}

const tracers = new WeakMap<Plant, (start: Start) => Traced>();
function traced(plant: Plant, start: Start): Traced {
  let trace = tracers.get(plant);
  if (!trace) tracers.set(plant, (trace = tracer(plant)));
  return trace(start);
}

/** The port at the other end of this one's strand, and what lies between. */
export function farEnd(plant: Plant, p: Port): { port: Port; way: Way } | undefined {
  if (p.cable === undefined) return undefined;
  const length = new Map(plant.cable.map((x) => [x.id, x.length]));
  const t = traced(plant, { cable: p.cable, strand: p.strand! });
  const away = [t.towardsA, t.towardsB].find((hops) => hops.at(-1)?.end === "port" && hops.at(-1)?.port !== p.id);
  const port = away && plant.port.find((x) => x.id === away.at(-1)!.port);
  if (!port) return undefined;
  return {
    port,
    way: {
      metres: away.reduce((sum, h) => sum + (length.get(h.cable) ?? 0), 0),
      splices: away.filter((h) => h.end === "splice").length,
    },
  };
}

/** The inventory's device a neighbour is: by a MAC or an address of one that was read, else by its name. */
export function whoIs(c: Compared, n: NeighbourSeen): Device | undefined {
  const read = c.others.find(
    (o) =>
      o.device !== undefined &&
      (n.addresses.includes(o.address) ||
        o.reading?.interfaces?.some((i) => i.mac !== undefined && (i.mac === n.chassis || i.mac === n.port))),
  );
  const names = [host(n.name), host(n.chassis)].filter((x) => x !== undefined);
  return c.plant.device.find((d) => (read ? d.id === read.device : [d.id, d.name].some((x) => names.includes(host(x) ?? ""))));
}

function neighboursOf(c: Compared, device: Device, ports: readonly Port[], add: Add): void {
  const devices = new Map(c.plant.device.map((d) => [d.id, d]));
  const seen = c.reading.interfaces ?? [];
  const portOf = (name: string) => ports.find((p) => low(p.name) === low(name) || seen.some((i) => i.name === name && named(i, p.name)));
  const heard = new Set<string>();
  for (const n of c.reading.neighbours!) {
    const p = portOf(n.interface);
    const far = p && farEnd(c.plant, p);
    const who = whoIs(c, n);
    const called = n.name ?? n.chassis;
    if (p) heard.add(p.id);
    const at = { subject: n.interface, ...(p ? { port: p.id } : {}) };
    const there = who && c.plant.port.find((x) => x.device === who.id && [n.port, n.portDescription].some((y) => low(y) === low(x.name)));
    if (far && who && (far.port.device !== who.id || (there && there.id !== far.port.id))) {
      const expected = `${devices.get(far.port.device)?.name ?? far.port.device} ${far.port.name}`;
      add({ ...at, key: `other-neighbour:${n.interface}:${who.id}:${n.port}`, kind: "other-neighbour", severity: "serious", words: words.otherNeighbour(n.interface, `${who.name} ${there?.name ?? n.portDescription ?? n.port}`, expected) }); // prettier-ignore
    } else if (!who)
      add({
        ...at,
        key: `unknown-neighbour:${n.interface}:${n.chassis}:${n.port}`,
        kind: "unknown-neighbour",
        severity: far ? "serious" : "warning",
        words: words.unknownNeighbour(n.interface, called, n.addresses[0]),
      });
    else if (!far)
      add({
        ...at,
        key: `unplanned-neighbour:${n.interface}:${who.id}`,
        kind: "unplanned-neighbour",
        severity: "warning",
        words: words.unplannedNeighbour(n.interface, who.name),
      });
  }
  // silence says something only of one that is known to speak
  for (const p of ports) {
    const far = heard.has(p.id) ? undefined : farEnd(c.plant, p);
    const speaks = far && c.others.some((o) => o.device === far.port.device && o.reading?.neighbours !== undefined);
    if (speaks && device.id !== far.port.device)
      add({
        key: `neighbour-lost:${p.id}`,
        kind: "neighbour-lost",
        severity: "warning",
        subject: p.name,
        port: p.id,
        words: words.neighbourLost(p.name, devices.get(far.port.device)?.name ?? far.port.device),
      });
  }
}

/** Addresses of one machine or of one link: nobody's plan holds them. */
const local = ["127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10"].map((p) => parseCidr(p)!);

function addressesOf(c: Compared, add: Add): void {
  const known = c.plant.prefix.flatMap((x) => {
    const p = parseCidr(x.prefix);
    return p ? [{ x, p }] : [];
  });
  for (const i of c.reading.interfaces!)
    for (const text of i.addresses) {
      const a = parseAddress(text.split("/")[0]!);
      if (!a) continue;
      const at: Cidr = { ...a, length: a.family === 4 ? 32 : 128 };
      if (local.some((l) => contains(l, at))) continue;
      const holding = known.filter((k) => contains(k.p, at));
      const owner = holding.find((k) => k.x.node !== undefined && k.x.role !== "pool");
      if (holding.length === 0)
        add({ key: `address:${text}`, kind: "address", severity: "warning", subject: i.name, words: words.addressNowhere(text, i.name), changes: adopted(text, c.device) }); // prettier-ignore
      else if (owner && c.device && owner.x.node !== c.device.node)
        add({ key: `address:${text}:${owner.x.node}`, kind: "address", severity: "serious", subject: i.name, words: words.addressElsewhere(text, i.name, nodeName(c.plant, owner.x)) }); // prettier-ignore
    }
}
const nodeName = (plant: Plant, x: Prefix) => plant.node.find((n) => n.id === x.node)?.name ?? x.node ?? x.id;

function adopted(text: string, device: Device | undefined): Change[] {
  const a = parseAddress(text.split("/")[0]!);
  const length = Number(text.split("/")[1]);
  if (!device || !a || !Number.isInteger(length)) return [];
  const all = a.family === 4 ? 32 : 128;
  const base = (a.base >> BigInt(all - length)) << BigInt(all - length);
  const prefix = cidrOf({ family: a.family, base, length });
  return [
    { op: "add", kind: "prefix", id: idOf(`seen-${prefix}`), fields: { prefix, role: "other", node: device.node, illustrative: false } },
  ];
}

function lightOf(c: Compared, ports: readonly Port[], add: Add): void {
  const seen = c.reading.interfaces ?? [];
  const of = (r: Reading | undefined, name: string, direction: "receive" | "transmit") =>
    r?.optics?.find((o) => o.direction === direction && o.interface !== undefined && (low(o.interface) === low(name) || r.interfaces?.some((i) => i.name === o.interface && named(i, name)))); // prettier-ignore
  for (const p of ports) {
    const received = of(c.reading, p.name, "receive");
    const far = received && farEnd(c.plant, p);
    if (!far || !(seen.length === 0 || seen.some((i) => named(i, p.name)))) continue;
    const theirs = of(c.others.find((o) => o.device === far.port.device)?.reading, far.port.name, "transmit");
    const launched = theirs ?? of(c.reading, p.name, "transmit");
    if (!launched) continue;
    const m = margin({ received: received.dBm, launched: launched.dBm, way: far.way });
    if (m.margin >= 0) continue;
    add({
      // one decibel is one difference: a level that wavers is not news each minute
      key: `light:${p.id}:${Math.round(m.margin)}`,
      kind: "light",
      severity: m.margin < -3 ? "serious" : "warning",
      subject: p.name,
      port: p.id,
      margin: m.margin,
      words: words.light(p.name, received.dBm, m, theirs !== undefined),
    });
  }
}
