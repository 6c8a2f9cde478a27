/** What stands in the tables of an agent, by their numbers. IF-MIB (RFC 2863), IP-MIB (RFC 4293), ENTITY-MIB (RFC 6933), ENTITY-SENSOR-MIB (RFC 3433), LLDP-MIB (IEEE 802.1AB). */
import { dBmOfWatts, directionOf, type InterfaceSeen, type NeighbourSeen, type OpticSeen, type SystemSeen } from "#network/ports";
import type { Cell, Table } from "./walk.ts";

export const system = {
  description: "1.3.6.1.2.1.1.1.0",
  objectId: "1.3.6.1.2.1.1.2.0",
  uptime: "1.3.6.1.2.1.1.3.0",
  name: "1.3.6.1.2.1.1.5.0",
};
export const tables = {
  interfaces: { entry: "1.3.6.1.2.1.2.2.1", columns: [2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 16, 19, 20] },
  interfacesMore: { entry: "1.3.6.1.2.1.31.1.1.1", columns: [1, 6, 10, 15, 18] },
  addresses: { entry: "1.3.6.1.2.1.4.34.1", columns: [3, 5] },
  oldAddresses: { entry: "1.3.6.1.2.1.4.20.1", columns: [2, 3] },
  entities: { entry: "1.3.6.1.2.1.47.1.1.1.1", columns: [2, 4, 5, 7, 11, 13] },
  aliases: { entry: "1.3.6.1.2.1.47.1.3.2.1", columns: [2] },
  sensors: { entry: "1.3.6.1.2.1.99.1.1.1", columns: [1, 2, 3, 4, 5] },
  neighbours: { entry: "1.0.8802.1.1.2.1.4.1.1", columns: [4, 5, 6, 7, 8, 9, 10] },
  neighbourAddresses: { entry: "1.0.8802.1.1.2.1.4.2.1", columns: [3] },
  localPorts: { entry: "1.0.8802.1.1.2.1.3.7.1", columns: [2, 3, 4] },
} as const;

type Row = Map<number, Cell>;
const text = (c: Cell | undefined): string | undefined => {
  const s = Buffer.isBuffer(c) ? c.toString("utf8") : c === undefined ? undefined : String(c);
  return s?.replaceAll("\0", "").trim() || undefined;
};
const number = (c: Cell | undefined): number | undefined => (typeof c === "number" ? c : typeof c === "bigint" ? Number(c) : undefined);
const bytes = (c: Cell | undefined): Buffer => (Buffer.isBuffer(c) ? c : Buffer.from(c === undefined ? "" : String(c), "latin1"));
const hex = (b: Buffer) => [...b].map((x) => x.toString(16).padStart(2, "0")).join(":");
const macOf = (c: Cell | undefined) => (bytes(c).length === 6 && !bytes(c).every((x) => x === 0) ? hex(bytes(c)) : undefined);
const rows = (t: Table | undefined): [string, Row][] => [...(t ?? [])];
const some = <K extends string, V>(key: K, value: V | undefined) =>
  (value === undefined ? {} : { [key]: value }) as Record<never, never> & { [P in K]?: V };

export function systemOf(found: ReadonlyMap<string, Cell>, entities: Table | undefined): SystemSeen | undefined {
  if (found.size === 0) return undefined;
  // entPhysicalClass: stack (11), chassis (3)
  const chassis = [11, 3].flatMap((k) => rows(entities).filter(([, r]) => r.get(5) === k)).map(([, r]) => r);
  const with_ = (column: number) => chassis.map((r) => text(r.get(column))).find((x) => x !== undefined);
  const ticks = number(found.get(system.uptime));
  return {
    description: text(found.get(system.description)) ?? "",
    ...some("objectId", text(found.get(system.objectId))),
    ...some("name", text(found.get(system.name))),
    ...(ticks === undefined ? {} : { uptime: Math.floor(ticks / 100) }),
    ...some("serial", with_(11)),
    ...some("model", with_(13)),
  };
}

const states = ["unknown", "up", "down"] as const;
const stateOf = (c: Cell | undefined) => states[number(c) ?? 0] ?? (number(c) === 7 ? "down" : "unknown");
/** IANAifType: ethernetCsmacd and its older names, gigabitEthernet, fastEther. */
const ethernet = new Set([6, 7, 26, 62, 69, 117]);

export function interfacesOf(t: {
  interfaces: Table | undefined;
  more: Table | undefined;
  addresses: Map<string, string[]>;
}): InterfaceSeen[] | undefined {
  if (!t.interfaces) return undefined;
  return rows(t.interfaces).map(([index, r]) => {
    const x: Row = t.more?.get(index) ?? new Map();
    const kind = number(r.get(3)) ?? 0;
    const high = number(x.get(15));
    // ifSpeed says 4294967295 where 32 bits are too few
    const speed = high || Math.round((number(r.get(5)) ?? 0) / 1e6);
    const counter = (own: number, wide?: number) => {
      const c = (wide === undefined ? undefined : x.get(wide)) ?? r.get(own);
      return typeof c === "number" || typeof c === "bigint" ? String(c) : undefined;
    };
    const description = text(r.get(2));
    return {
      name: text(x.get(1)) ?? description ?? index,
      ...some("description", description),
      ...some("alias", text(x.get(18))),
      kind: ethernet.has(kind) ? "ethernet" : kind === 24 ? "loopback" : "other",
      ...(speed ? { speed } : {}),
      admin: stateOf(r.get(7)),
      oper: stateOf(r.get(8)),
      ...some("mac", macOf(r.get(6))),
      ...some("mtu", number(r.get(4))),
      addresses: t.addresses.get(index) ?? [],
      counters: {
        ...some("inOctets", counter(10, 6)),
        ...some("outOctets", counter(16, 10)),
        ...some("inErrors", counter(14)),
        ...some("outErrors", counter(20)),
        ...some("inDiscards", counter(13)),
        ...some("outDiscards", counter(19)),
      },
    };
  });
}

function v6Text(b: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((b[2 * i]! << 8) | b[2 * i + 1]!).toString(16)).join(":");
  // the platform writes it as RFC 5952 has it
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}
/** An InetAddress in an index: its length, its octets; undefined for zones and names. */
function addressText(octets: readonly number[]): string | undefined {
  if (octets.length === 4) return octets.join(".");
  return octets.length === 16 ? v6Text(octets) : undefined;
}

/** ifIndex to addresses with their length: ipAddressTable, where an agent lacks it ipAddrTable. */
export function addressesOf(t: Table | undefined, old: Table | undefined): Map<string, string[]> {
  const out = new Map<string, string[]>();
  const add = (index: number | undefined, address: string | undefined, length: number | undefined) => {
    if (index === undefined || address === undefined) return;
    const full = length === undefined ? (address.includes(":") ? 128 : 32) : length;
    out.set(String(index), [...(out.get(String(index)) ?? []), `${address}/${full}`]);
  };
  for (const [index, r] of rows(t)) {
    const [, size, ...octets] = index.split(".").map(Number);
    const prefix = /\.(\d+)$/.exec(text(r.get(5)) ?? "")?.[1];
    if (octets.length === size)
      add(number(r.get(3)), addressText(octets), prefix === undefined || text(r.get(5)) === "0.0" ? undefined : Number(prefix));
  }
  if (t === undefined)
    for (const [index, r] of rows(old)) {
      const mask = text(r.get(3))?.split(".").map(Number) ?? [];
      const length = mask.reduce((n, x) => n + x.toString(2).replaceAll("0", "").length, 0);
      add(number(r.get(2)), addressText(index.split(".").map(Number)), length);
    }
  return out;
}

/** LldpChassisIdSubtype 4 and LldpPortIdSubtype 3 are MAC addresses, 5 and 4 network addresses, the rest text. */
function idOf(subtype: Cell | undefined, value: Cell | undefined, mac: number, network: number): string {
  const b = bytes(value);
  if (number(subtype) === mac && b.length === 6) return hex(b);
  if (number(subtype) === network && b.length > 4) return addressText([...b.subarray(1)]) ?? b.toString("hex");
  return text(value) ?? "";
}

export function neighboursOf(t: {
  neighbours: Table | undefined;
  addresses: Table | undefined;
  ports: Table | undefined;
  interfaces: Table | undefined;
  more: Table | undefined;
}): NeighbourSeen[] | undefined {
  // an agent with ports that speak LLDP and nobody beyond offers it all the same
  if (!t.neighbours) return t.ports ? [] : undefined;
  const reached = new Map<string, string[]>();
  for (const [index] of rows(t.addresses)) {
    const [mark, port, remote, , size, ...octets] = index.split(".").map(Number);
    const address = octets.length === size ? addressText(octets) : undefined;
    const key = `${mark}.${port}.${remote}`;
    if (address) reached.set(key, [...(reached.get(key) ?? []), address]);
  }
  const named = (port: string): string => {
    const own = t.ports?.get(port);
    const id = own ? idOf(own.get(2), own.get(3), 3, 4) : undefined;
    // interfaceName (5): the name itself; else by its description, its MAC, or the number being an ifIndex (as 802.1AB lets it be)
    const names = rows(t.interfaces).map(([i, r]) => ({ i, name: text(t.more?.get(i)?.get(1)) ?? text(r.get(2)) ?? i, r }));
    const same = names.find((x) => x.name === id || text(x.r.get(2)) === id || macOf(x.r.get(6)) === id);
    const told = text(own?.get(4));
    return (
      same?.name ??
      names.find((x) => x.name === told || text(x.r.get(2)) === told)?.name ??
      names.find((x) => x.i === port)?.name ??
      id ??
      port
    );
  };
  return rows(t.neighbours).map(([index, r]) => ({
    interface: named(index.split(".")[1] ?? ""),
    chassis: idOf(r.get(4), r.get(5), 4, 5),
    port: idOf(r.get(6), r.get(7), 3, 4),
    ...some("portDescription", text(r.get(8))),
    ...some("name", text(r.get(9))),
    ...some("description", text(r.get(10))),
    addresses: reached.get(index) ?? [],
  }));
}

/** EntitySensorDataScale: units is 9, each step a thousand. */
const scaled = (value: number, scale: number, precision: number) => value * 10 ** (3 * (scale - 9)) * 10 ** -precision;

export function opticsOf(t: {
  sensors: Table | undefined;
  entities: Table | undefined;
  aliases: Table | undefined;
  interfaces: Table | undefined;
  more: Table | undefined;
}): OpticSeen[] | undefined {
  if (!t.sensors) return undefined;
  const port = (entity: string): string | undefined => {
    for (let at: string | undefined = entity, hops = 0; at !== undefined && at !== "0" && hops < 10; hops++) {
      const found = rows(t.aliases)
        .find(([index]) => index.split(".")[0] === at)?.[1]
        .get(2);
      const index = /^1\.3\.6\.1\.2\.1\.2\.2\.1\.1\.(\d+)$/.exec(text(found) ?? "")?.[1];
      if (index) return text(t.more?.get(index)?.get(1)) ?? text(t.interfaces?.get(index)?.get(2));
      const up = number(t.entities?.get(at)?.get(4));
      at = up === undefined ? undefined : String(up);
    }
    return undefined;
  };
  const light = /optic|laser|transceiver|sfp|xfp|(^|[^a-z])[rt]x([^a-z]|$)/i;
  return rows(t.sensors).flatMap(([index, r]) => {
    const e = t.entities?.get(index);
    const sensor = text(e?.get(7)) ?? text(e?.get(2)) ?? index;
    const told = `${sensor} ${text(e?.get(2)) ?? ""}`;
    const kind = number(r.get(1));
    const [scale, precision, value, state] = [2, 3, 4, 5].map((c) => number(r.get(c)));
    // entPhySensorOperStatus ok (1); watts (6) may also be a power supply's, dBm (14) are light's
    if (state !== 1 || value === undefined || (kind !== 14 && !(kind === 6 && light.test(told)))) return [];
    const measured = scaled(value, scale ?? 9, precision ?? 0);
    const dBm = kind === 14 ? Math.round(measured * 100) / 100 : dBmOfWatts(measured);
    // no light at all has no level
    if (!Number.isFinite(dBm) || dBm < -100 || dBm > 60) return [];
    return [{ ...some("interface", port(index)), sensor, direction: directionOf(told), dBm }];
  });
}
