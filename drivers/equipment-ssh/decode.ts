/** What the commands of the profiles say, line by line and as JSON: iproute2's `-j`, lldpd's `json0`, FRR's `json`. */
import { EquipmentFault, type InterfaceSeen, type Reading } from "#network/ports";

type Json = Record<string, unknown>;
const record = (v: unknown): Json => (typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Json) : {});
const list = (v: unknown): Json[] => (Array.isArray(v) ? v.map(record) : []);
const text = (v: unknown): string | undefined => (typeof v === "string" && v.trim() ? v.trim() : undefined);
const whole = (v: unknown): number | undefined => (typeof v === "number" && Number.isFinite(v) && v >= 0 ? Math.trunc(v) : undefined);
const some = <K extends string, V>(key: K, value: V | undefined) =>
  (value === undefined ? {} : { [key]: value }) as Record<never, never> & { [P in K]?: V };

function json(source: string, what: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw new EquipmentFault("malformed", `${what}: no JSON`);
  }
}

/** `uname -srm; hostname; cat /proc/uptime` */
export function linuxSystem(source: string, into: Reading): void {
  const [kernel, name, uptime] = source.split(/\r?\n/);
  const seconds = Number(uptime?.split(" ")[0]);
  if (!kernel || !name || !Number.isFinite(seconds)) throw new EquipmentFault("malformed", "no Linux answers");
  into.system = { description: kernel, name, uptime: Math.floor(seconds) };
}

const state = (v: unknown): InterfaceSeen["oper"] => {
  const s = text(v)?.toLowerCase();
  return s === "up" ? "up" : s === "down" || s === "lowerlayerdown" || s === "dormant" ? "down" : "unknown";
};
const mac = (v: unknown) => {
  const m = text(v)?.toLowerCase();
  return m && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(m) && m !== "00:00:00:00:00:00" ? m : undefined;
};
const count = (v: unknown) => (whole(v) === undefined ? undefined : String(whole(v)));
const kinds: Record<string, InterfaceSeen["kind"]> = { ether: "ethernet", loopback: "loopback" };
/** Ethernet by its frames, but no port one could plug a cable into. */
const made = /^(bridge|bond|dummy|vlan|vxlan|vrf|tun|ifb|macvlan|ipvlan|gre|wireguard)/;

/** `ip -j -s -d address show` */
export function ipJson(source: string, into: Reading): void {
  const found = json(source, "ip");
  if (!Array.isArray(found)) throw new EquipmentFault("malformed", "ip: no list");
  into.interfaces = list(found)
    .filter((i) => text(i.ifname))
    .map((i) => {
      const flags = Array.isArray(i.flags) ? i.flags : [];
      const loop = i.link_type === "loopback";
      const virtual = made.test(text(record(i.linkinfo).info_kind) ?? "");
      const [rx, tx] = [record(record(i.stats64).rx), record(record(i.stats64).tx)];
      return {
        name: text(i.ifname)!,
        ...some("alias", text(i.ifalias)),
        kind: virtual ? "other" : (kinds[text(i.link_type) ?? ""] ?? "other"),
        admin: flags.includes("UP") ? "up" : "down",
        // the loopback has no carrier to speak of
        oper: loop ? (flags.includes("UP") ? "up" : "down") : state(i.operstate),
        ...some("mac", mac(i.address)),
        ...some("mtu", whole(i.mtu)),
        addresses: list(i.addr_info).flatMap((a) => (text(a.local) ? [`${text(a.local)}/${whole(a.prefixlen) ?? 128}`] : [])),
        counters: {
          ...some("inOctets", count(rx.bytes)),
          ...some("outOctets", count(tx.bytes)),
          ...some("inErrors", count(rx.errors)),
          ...some("outErrors", count(tx.errors)),
          ...some("inDiscards", count(rx.dropped)),
          ...some("outDiscards", count(tx.dropped)),
        },
      };
    });
}

/** `grep -H . /sys/class/net/*\/speed`: Mbit/s, -1 where there is none. */
export function linuxSpeeds(source: string, into: Reading): void {
  for (const [, name, speed] of source.matchAll(/^\/sys\/class\/net\/([^/\n]{1,15})\/speed:(\d{1,7})\r?$/gm)) {
    const found = into.interfaces?.find((i) => i.name === name);
    if (found && Number(speed) > 0) found.speed = Number(speed);
  }
}

const value = (v: unknown) => text(list(v)[0]?.value);

/** `lldpcli -f json0 show neighbors`: every level a list, so that one neighbour and many look the same. */
export function lldpJson(source: string, into: Reading): void {
  const found = record(json(source, "lldpcli"));
  into.neighbours = list(found.lldp)
    .flatMap((l) => list(l.interface))
    .filter((i) => i.via === undefined || i.via === "LLDP")
    .map((i) => {
      const [chassis, port] = [list(i.chassis)[0] ?? {}, list(i.port)[0] ?? {}];
      return {
        interface: text(i.name) ?? "",
        chassis: value(chassis.id) ?? "",
        port: value(port.id) ?? "",
        ...some("portDescription", value(port.descr)),
        ...some("name", value(chassis.name)),
        ...some("description", value(chassis.descr)),
        addresses: list(chassis["mgmt-ip"]).flatMap((a) => text(a.value) ?? []),
      };
    });
}

/** `show version` of FRR */
export function frrVersion(source: string, into: Reading): void {
  const line = /^(FRRouting \S+) \((.{1,64}?)\)(?: on (.{1,100}?))?\.\s*$/m.exec(source);
  if (!line) throw new EquipmentFault("malformed", "no FRR answers");
  into.system = { description: `${line[1]}${line[3] ? ` ${line[3]}` : ""}`, name: line[2]! };
}

/** `show interface json` of FRR */
export function frrInterfaces(source: string, into: Reading): void {
  const from = source.indexOf("{");
  const found = record(json(source.slice(Math.max(0, from), source.lastIndexOf("}") + 1), "show interface"));
  into.interfaces = Object.entries(found).map(([name, v]) => {
    const i = record(v);
    const speed = whole(i.speed);
    return {
      name,
      ...some("alias", text(i.description)),
      kind:
        i.type === "Ethernet" && !/^(BRIDGE|VLAN|BOND|VXLAN|VRF)/.test(text(i.interfaceType) ?? "")
          ? "ethernet"
          : i.type === "Loopback"
            ? "loopback"
            : "other",
      // FRR says 4294967295 where it does not know
      ...(speed && speed < 4_294_967_295 ? { speed } : {}),
      admin: state(i.administrativeStatus),
      oper: state(i.operationalStatus),
      ...some("mac", mac(i.hardwareAddress)),
      ...some("mtu", whole(i.mtu)),
      addresses: list(i.ipAddresses).flatMap((a) => text(a.address) ?? []),
    };
  });
}
