/**
 * YANG models to what we read: ietf-system (RFC 7317), ietf-interfaces (RFC 8343 and its older -state tree, RFC 7223), ietf-ip (RFC 8344),
 * ietf-hardware (RFC 8348), ieee802-dot1ab-lldp, openconfig-interfaces, openconfig-lldp, openconfig-platform with -transceiver.
 */
import {
  dBmOfWatts,
  directionOf,
  type InterfaceSeen,
  type NeighbourSeen,
  type OpticSeen,
  type Reading,
  type SystemSeen,
} from "#network/ports";
import { all, numberOf, textOf, type Element } from "./xml.ts";

export const namespaces = {
  system: "urn:ietf:params:xml:ns:yang:ietf-system",
  interfaces: "urn:ietf:params:xml:ns:yang:ietf-interfaces",
  hardware: "urn:ietf:params:xml:ns:yang:ietf-hardware",
  lldp: "urn:ieee:std:802.1AB:yang:ieee802-dot1ab-lldp",
  openInterfaces: "http://openconfig.net/yang/interfaces",
  openLldp: "http://openconfig.net/yang/lldp",
  openPlatform: "http://openconfig.net/yang/platform",
} as const;
export type Model = keyof typeof namespaces;

/** What is asked of each model, in the order of their tops. */
export const tops: Record<Model, readonly string[]> = {
  system: ["system-state", "system"],
  interfaces: ["interfaces-state", "interfaces"],
  hardware: ["hardware"],
  lldp: ["lldp"],
  openInterfaces: ["interfaces"],
  openLldp: ["lldp"],
  openPlatform: ["components"],
};
export type Trees = Partial<Record<Model, Element[]>>;

const some = <K extends string, V>(key: K, value: V | undefined) =>
  (value === undefined ? {} : { [key]: value }) as Record<never, never> & { [P in K]?: V };
const top = (t: Trees, model: Model, name: string) => t[model]?.find((e) => e.name === name);
/** `idref` values bear a prefix of the device's choice. */
const bare = (text: string | undefined) => text?.replace(/^.*:/, "");

export function readingOf(t: Trees): Reading {
  const parts = { system: systemOf(t), interfaces: interfacesOf(t), neighbours: neighboursOf(t), optics: opticsOf(t) };
  return Object.fromEntries(Object.entries(parts).filter(([, v]) => v !== undefined));
}

export function systemOf(t: Trees): SystemSeen | undefined {
  const state = top(t, "system", "system-state");
  const chassis =
    all(top(t, "hardware", "hardware"), "component").find((c) => /chassis|stack/.test(bare(textOf(c, "class")) ?? "")) ??
    all(top(t, "openPlatform", "components"), "component").find((c) => bare(textOf(c, "state", "type")) === "CHASSIS");
  const name = textOf(top(t, "system", "system"), "hostname") ?? textOf(top(t, "openLldp", "lldp"), "state", "system-name");
  if (!state && !chassis && name === undefined) return undefined;
  const platform = ["os-name", "os-release", "os-version", "machine"].map((x) => textOf(state, "platform", x));
  const [now, boot] = ["current-datetime", "boot-datetime"].map((x) => Date.parse(textOf(state, "clock", x) ?? ""));
  const uptime = (now! - boot!) / 1000;
  return {
    description:
      [...new Set(platform.filter(Boolean))].join(" ") || (textOf(top(t, "openLldp", "lldp"), "state", "system-description") ?? ""),
    ...some("name", name),
    ...(uptime >= 0 ? { uptime } : {}),
    ...some("serial", textOf(chassis, "serial-num") ?? textOf(chassis, "state", "serial-no")),
    ...some("model", textOf(chassis, "model-name") ?? textOf(chassis, "state", "part-no")),
  };
}

const stateOf = (text: string | undefined) => {
  const t = text?.toLowerCase();
  if (t === "up") return "up" as const;
  return t === "down" || t === "lower-layer-down" || t === "dormant" || t === "not-present" ? ("down" as const) : ("unknown" as const);
};
const kindOf = (type: string | undefined): InterfaceSeen["kind"] =>
  /^(ethernetCsmacd|gigabitEthernet|fastEther)$/.test(bare(type) ?? "")
    ? "ethernet"
    : bare(type) === "softwareLoopback"
      ? "loopback"
      : "other";
const macOf = (text: string | undefined) =>
  text && /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text) ? text.toLowerCase().replaceAll("-", ":") : undefined;
const counted = (from: Element | undefined, names: Record<string, string>) => {
  const found = Object.entries(names).flatMap(([ours, theirs]) => {
    const text = textOf(from, theirs);
    return text && /^\d{1,20}$/.test(text) ? [[ours, text] as const] : [];
  });
  return found.length ? { counters: Object.fromEntries(found) } : {};
};

export function interfacesOf(t: Trees): InterfaceSeen[] | undefined {
  const [older, newer] = [top(t, "interfaces", "interfaces-state"), top(t, "interfaces", "interfaces")];
  const configured = new Map(all(newer, "interface").map((i) => [textOf(i, "name"), i]));
  const list = all(older, "interface").length ? all(older, "interface") : all(newer, "interface");
  if (older || newer)
    return list.map((i) => {
      const own = configured.get(textOf(i, "name"));
      const bits = numberOf(i, "speed");
      return {
        name: textOf(i, "name") ?? "",
        ...some("description", textOf(i, "description") ?? textOf(own, "description")),
        kind: kindOf(textOf(i, "type") ?? textOf(own, "type")),
        ...(bits ? { speed: Math.round(bits / 1e6) } : {}),
        admin: textOf(i, "admin-status") ? stateOf(textOf(i, "admin-status")) : textOf(own, "enabled") === "false" ? "down" : "unknown",
        oper: stateOf(textOf(i, "oper-status")),
        ...some("mac", macOf(textOf(i, "phys-address"))),
        ...some("mtu", numberOf(i, "ipv4", "mtu") ?? numberOf(i, "ipv6", "mtu")),
        addresses: [i, ...(own && own !== i ? [own] : [])].flatMap((from, k) => (k > 0 && all(i, "ipv4").length ? [] : addressesOf(from))),
        ...counted(all(i, "statistics")[0], {
          inOctets: "in-octets",
          outOctets: "out-octets",
          inErrors: "in-errors",
          outErrors: "out-errors",
          inDiscards: "in-discards",
          outDiscards: "out-discards",
        }),
      };
    });
  const open = top(t, "openInterfaces", "interfaces");
  return open && all(open, "interface").map(openInterface);
}

function addressesOf(i: Element): string[] {
  return (["ipv4", "ipv6"] as const).flatMap((family) =>
    all(i, family, "address").flatMap((a) => {
      const ip = textOf(a, "ip");
      return ip === undefined ? [] : [`${ip}/${textOf(a, "prefix-length") ?? (family === "ipv4" ? 32 : 128)}`];
    }),
  );
}

function openInterface(i: Element): InterfaceSeen {
  const state = all(i, "state")[0];
  const speed = /^SPEED_(\d+)(MB|GB)$/.exec(bare(textOf(i, "ethernet", "state", "port-speed")) ?? "");
  return {
    name: textOf(i, "name") ?? "",
    ...some("description", textOf(state, "description")),
    kind: kindOf(textOf(state, "type")),
    ...(speed ? { speed: Number(speed[1]) * (speed[2] === "GB" ? 1000 : 1) } : {}),
    admin: stateOf(textOf(state, "admin-status")),
    oper: stateOf(textOf(state, "oper-status")),
    ...some("mac", macOf(textOf(i, "ethernet", "state", "mac-address"))),
    ...some("mtu", numberOf(state, "mtu")),
    addresses: all(i, "subinterfaces", "subinterface").flatMap((s) =>
      ["ipv4", "ipv6"].flatMap((family) =>
        all(s, family, "addresses", "address").map(
          (a) => `${textOf(a, "ip")}/${textOf(a, "state", "prefix-length") ?? (family === "ipv4" ? 32 : 128)}`,
        ),
      ),
    ),
    ...counted(all(state, "counters")[0], {
      inOctets: "in-octets",
      outOctets: "out-octets",
      inErrors: "in-errors",
      outErrors: "out-errors",
      inDiscards: "in-discards",
      outDiscards: "out-discards",
    }),
  };
}

export function neighboursOf(t: Trees): NeighbourSeen[] | undefined {
  const open = top(t, "openLldp", "lldp");
  if (open)
    return all(open, "interfaces", "interface").flatMap((i) =>
      all(i, "neighbors", "neighbor").map((n) => {
        const s = all(n, "state")[0];
        const address = textOf(s, "management-address");
        return neighbour(textOf(i, "name"), s, address === undefined ? [] : [address]);
      }),
    );
  const ieee = top(t, "lldp", "lldp");
  return (
    ieee &&
    all(ieee, "port").flatMap((port) =>
      all(port, "remote-systems-data").map((s) =>
        neighbour(
          textOf(port, "name"),
          s,
          all(s, "management-address").flatMap((a) => textOf(a, "address") ?? []),
        ),
      ),
    )
  );
}
const id = (text: string | undefined) => macOf(text) ?? text ?? "";
const neighbour = (at: string | undefined, s: Element | undefined, addresses: string[]): NeighbourSeen => ({
  interface: at ?? "",
  chassis: id(textOf(s, "chassis-id")),
  port: id(textOf(s, "port-id")),
  ...some("portDescription", textOf(s, "port-description") ?? textOf(s, "port-desc")),
  ...some("name", textOf(s, "system-name")),
  ...some("description", textOf(s, "system-description")),
  addresses,
});

const scales = { yocto: -24, zepto: -21, atto: -18, femto: -15, pico: -12, nano: -9, micro: -6, milli: -3, units: 0, kilo: 3 } as const;

export function opticsOf(t: Trees): OpticSeen[] | undefined {
  const [open, hardware] = [top(t, "openPlatform", "components"), top(t, "hardware", "hardware")];
  if (!open && !hardware) return undefined;
  /** openconfig-platform-transceiver hangs the name of its transceiver on the interface. */
  const held = new Map(
    all(top(t, "openInterfaces", "interfaces"), "interface").map((i) => [textOf(i, "state", "transceiver"), textOf(i, "name")]),
  );
  const out: OpticSeen[] = [];
  const add = (sensor: string, at: string | undefined, direction: OpticSeen["direction"], dBm: number | undefined) => {
    if (dBm !== undefined && Number.isFinite(dBm) && dBm >= -100 && dBm <= 60)
      out.push({ ...some("interface", at), sensor, direction, dBm });
  };
  for (const c of all(open, "component"))
    for (const channel of all(c, "transceiver", "physical-channels", "channel")) {
      const name = textOf(c, "name") ?? "";
      const lane = textOf(channel, "index") ?? "0";
      const at = held.get(name) ?? textOf(c, "state", "parent") ?? name;
      add(`${name} ${lane} rx`, at, "receive", numberOf(channel, "state", "input-power", "instant"));
      add(`${name} ${lane} tx`, at, "transmit", numberOf(channel, "state", "output-power", "instant"));
    }
  for (const c of all(hardware, "component")) {
    const [data] = all(c, "sensor-data");
    const type = textOf(data, "value-type");
    const units = textOf(data, "units-display");
    const value = numberOf(data, "value");
    const name = textOf(c, "name") ?? "";
    // ietf-hardware has watts only; light in dBm comes as `other` with its unit in words
    const light = type === "other" ? /dbm/i.test(units ?? "") : type === "watts" && /optic|laser|transceiver|sfp|[rt]x/i.test(name);
    if (value === undefined || !light || textOf(data, "oper-status") !== "ok") continue;
    const scale = scales[(textOf(data, "value-scale") ?? "units") as keyof typeof scales] ?? 0;
    const measured = value * 10 ** (scale - (numberOf(data, "value-precision") ?? 0));
    add(name, textOf(c, "parent"), directionOf(name), type === "watts" ? dBmOfWatts(measured) : Math.round(measured * 100) / 100);
  }
  return out;
}
