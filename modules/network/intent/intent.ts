import type { Node, Peering, Plant, Prefix } from "../plant/shapes.ts";
import { addressIn, parseCidr } from "../addressing/prefix.ts";
import { linkInterface, overlayInterface, peeringInterface, vlanInterface } from "./names.ts";
import { overlayOf } from "./overlay.ts";
import type { AccessGroup, AccessRule, BfdProfile, LinkIntent, NodeIntent, PeeringIntent, QosClass, SegmentIntent } from "./shapes.ts";

/** What the plant cannot say by itself. */
export interface Policy {
  /** Traffic class of an institution's segments; `standard` where it says nothing. */
  classOf?(institution: string): QosClass["name"] | undefined;
  /** Rules between groups beyond the usual ones; a group is `inst:<id>`, `services`, `operator` or `all`. */
  rules?: readonly AccessRule[];
}

export const qosClasses: readonly QosClass[] = [
  { name: "voice", dscp: 46, share: 20 },
  { name: "critical", dscp: 26, share: 30 },
  { name: "standard", dscp: 0, share: 40 },
  { name: "bulk", dscp: 8, share: 10 },
];
export const bfdProfiles: Record<BfdProfile["name"], BfdProfile> = {
  near: { name: "near", interval: 50, multiplier: 3 },
  far: { name: "far", interval: 80, multiplier: 3 },
};
/** Mbit/s where no port and no contract says otherwise. */
export const usualRate = 10_000;
/** A round trip over this many metres of glass is 3 ms: beyond it the patient profile. */
const farFrom = 300_000;

/** 100 Gbit/s counts 1, and each 20 km one more: of two equal ways the shorter one wins. */
export function ospfCost(rate: number, metres: number): number {
  return Math.min(65_535, Math.max(1, Math.round(100_000 / rate)) + Math.floor(metres / 20_000));
}

/** What every node must be. Pure and deterministic; a node without addresses yet has what does not need them. */
export function intentOf(p: Plant, policy: Policy = {}): NodeIntent[] {
  const spans = [...p.cable.map((c) => ({ ...c, kind: "cable" as const })), ...p.circuit.map((c) => ({ ...c, kind: "circuit" as const }))];
  const rates = ratesOf(p);
  const prefixes = sorted(p.prefix);
  const of = (role: Prefix["role"], key: "node" | "span") => Map.groupBy(prefixes.filter((x) => x.role === role && x[key]), (x) => x[key]!); // prettier-ignore
  const [loopbacks, links, segments] = [of("loopback", "node"), of("link", "span"), of("segment", "node")];
  const asOf = new Map(sorted(p.asn).map((a) => [a.node, a.number]));
  const groups = new Map(groupsOf(p, prefixes).map((g) => [g.id, g]));
  const touching = new Map<string, LinkIntent[]>();
  for (const s of sorted(spans)) {
    const name = linkInterface(s.kind, s.id);
    const rate = ("capacity" in s && s.capacity) || rates.get(s.id) || usualRate;
    const given = links.get(s.id) ?? [];
    for (const [end, peer, side] of [
      [s.a, s.b, 0],
      [s.b, s.a, 1],
    ] as const) {
      const list = touching.get(end) ?? [];
      touching.set(end, list);
      list.push({
        span: s.id,
        kind: s.kind,
        peer,
        interface: name,
        peerInterface: name,
        ...families(given, (c) => ({ address: `${addressIn(c, side)}/${c.length}`, peer: addressIn(c, 1 - side) })),
        cost: ospfCost(rate, s.length),
        bfd: s.length > farFrom ? bfdProfiles.far : bfdProfiles.near,
        rate,
        length: s.length,
      });
    }
  }
  const peeringsOf = Map.groupBy(sorted(p.peering), (x) => x.node);
  const vlans = new Map(p.vlan.map((v) => [v.id, v]));
  const loopback = (n: Node) => families(loopbacks.get(n.id) ?? [], (c) => addressIn(c, 0));
  const overlay = overlayOf(p, prefixes, (id) => families(loopbacks.get(id) ?? [], (c) => addressIn(c, 0)));
  return sorted(p.node).map((n, i): NodeIntent => {
    const own: SegmentIntent[] = [];
    for (const [id, list] of Map.groupBy(segments.get(n.id) ?? [], (x) => x.vlan ?? "")) {
      const vlan = vlans.get(id);
      if (!vlan) continue;
      own.push({
        ...(vlan.institution ? { institution: vlan.institution } : {}),
        name: vlan.name,
        vlan: vlan.vid,
        interface: vlanInterface(vlan.vid),
        ...families(list, (c) => ({ prefix: `${addressIn(c, 0)}/${c.length}`, gateway: addressIn(c, 1) })),
        qos: (vlan.institution && policy.classOf?.(vlan.institution)) || "standard",
      });
    }
    const lo = loopback(n);
    const number = asOf.get(n.id);
    const mesh = overlay.get(n.id);
    const outside = (peeringsOf.get(n.id) ?? []).map(peeringOf);
    const rules = rulesAt(own, [...(outside.length ? abroad : []), ...(policy.rules ?? [])]);
    const named = new Set(rules.flatMap((r) => [r.from, r.to]));
    return {
      id: n.id,
      name: n.name,
      role: n.kind,
      point: [n.lon, n.lat],
      ...(lo.v4 ? { loopback4: lo.v4 } : {}),
      ...(lo.v6 ? { loopback6: lo.v6 } : {}),
      // 0.0.0.0/8 addresses nobody: free for numbers of our own
      routerId: lo.v4 ?? `0.${((i + 1) >> 16) & 255}.${((i + 1) >> 8) & 255}.${(i + 1) & 255}`,
      ...(number === undefined ? {} : { as: number }),
      links: touching.get(n.id) ?? [],
      segments: own.toSorted((x, y) => x.vlan - y.vlan),
      ...(outside.length ? { peerings: outside } : {}),
      ...(mesh ? { overlay: { interface: overlayInterface, ...mesh } } : {}),
      groups: [...named].flatMap((id) => groups.get(id) ?? []),
      rules,
      qos: [...qosClasses],
    };
  });
}

function peeringOf(x: Peering): PeeringIntent {
  return {
    id: x.id,
    name: x.name,
    interface: peeringInterface(x.id),
    localAs: x.local_as,
    remoteAs: x.remote_as,
    ...(x.own4 && x.peer4 ? { v4: { address: x.own4, peer: x.peer4 } } : {}),
    ...(x.own6 && x.peer6 ? { v6: { address: x.own6, peer: x.peer6 } } : {}),
    announces: (x.announces ?? []).toSorted(),
    accepts: (x.accepts ?? []).toSorted(),
  };
}

/** Another network meets the shared services and nothing else, either way: TLS, and the exchange's own port. */
const abroad: readonly AccessRule[] = [
  { id: "services-abroad", from: "services", to: "outside", protocol: "tcp", ports: [443, 5500] },
  { id: "abroad-services", from: "outside", to: "services", protocol: "tcp", ports: [443, 5500] },
];

/** Each institution reaches itself everywhere and the shared services; the operator may ping; the rest is the policy's. */
function rulesAt(own: readonly SegmentIntent[], more: readonly AccessRule[]): AccessRule[] {
  const here = new Set(own.flatMap((s) => (s.institution ? [`inst:${s.institution}`] : [])));
  const rules: AccessRule[] = [...here].toSorted().map((g) => ({ id: `own:${g}`, from: g, to: g, protocol: "any", ports: [] }));
  rules.push({ id: "services-tcp", from: "all", to: "services", protocol: "tcp", ports: [53, 443] });
  rules.push({ id: "services-udp", from: "all", to: "services", protocol: "udp", ports: [53, 123] });
  rules.push({ id: "operator-ping", from: "operator", to: "all", protocol: "icmp", ports: [] });
  return [...rules, ...more.filter((r) => [r.from, r.to].some((g) => g === "all" || g === "services" || here.has(g)))];
}

/** `services`: what stands at the cores; `operator`: the cores' loopbacks; `all`: every pool of segments. */
function groupsOf(p: Plant, prefixes: readonly Prefix[]): AccessGroup[] {
  const cores = new Set(p.node.filter((n) => n.kind === "core").map((n) => n.id));
  const byFamily = (list: readonly string[]) => ({ v4: list.filter((x) => !x.includes(":")), v6: list.filter((x) => x.includes(":")) });
  const group = (id: string, list: readonly Prefix[]): AccessGroup => ({ id, ...byFamily(list.map((x) => x.prefix)) });
  const segments = prefixes.filter((x) => x.role === "segment");
  const own = Map.groupBy(segments.filter((x) => x.institution), (x) => x.institution!); // prettier-ignore
  return [
    group("all", prefixes.filter((x) => x.role === "pool" && x.serves === "segment")), // prettier-ignore
    group("services", segments.filter((x) => x.node && cores.has(x.node))), // prettier-ignore
    { id: "outside", ...byFamily([...new Set(p.peering.flatMap((x) => x.accepts ?? []))].toSorted()) },
    group("operator", prefixes.filter((x) => x.role === "loopback" && x.node && cores.has(x.node))), // prettier-ignore
    ...[...own].map(([id, list]) => group(`inst:${id}`, list)).toSorted((x, y) => (x.id < y.id ? -1 : 1)),
  ];
}

/** Mbit/s of a cable: what the slower of its two lit ends can do. */
export function ratesOf(p: Plant): Map<string, number> {
  const rates = new Map<string, number>();
  for (const x of p.port) if (x.cable && x.capacity) rates.set(x.cable, Math.min(rates.get(x.cable) ?? Infinity, x.capacity));
  return rates;
}

type Cidr = NonNullable<ReturnType<typeof parseCidr>>;
function families<T>(list: readonly Prefix[], of: (c: Cidr) => T): { v4?: T; v6?: T } {
  const out: { v4?: T; v6?: T } = {};
  for (const x of list) {
    const c = parseCidr(x.prefix);
    if (c) out[c.family === 4 ? "v4" : "v6"] ??= of(c);
  }
  return out;
}

const sorted = <E extends { id: string }>(list: readonly E[]): E[] => list.toSorted((x, y) => (x.id < y.id ? -1 : 1));
