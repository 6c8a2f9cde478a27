import type { Plant, Prefix } from "../plant/shapes.ts";
import { graph } from "../resilience/graph.ts";
import { distances } from "../resilience/paths.ts";
import type { OverlayIntent, OverlayPeer } from "./shapes.ts";

export const overlayPort = 51_820;
type Mesh = Omit<OverlayIntent, "interface">;

/**
 * WireGuard between sites and gateways: a site speaks to its two nearest gateways (cores and hubs) along the plant, the
 * gateways with each other. A prefix stands with one peer only (cryptokey routing), so the second gateway waits; when the
 * first one is gone, the site turns to the second, the second to the site, and every other gateway to the second: each sees it
 * for itself, nobody asks the centre.
 */
export function overlayOf(
  p: Plant,
  prefixes: readonly Prefix[],
  loopback: (node: string) => { v4?: string; v6?: string },
): Map<string, Mesh> {
  const at = new Map(p.node.map((n, i) => [n.id, i]));
  const spans = [...p.cable, ...p.circuit].filter((s) => at.has(s.a) && at.has(s.b) && s.a !== s.b);
  const g = graph(p.node.length, spans.map((s) => [at.get(s.a)!, at.get(s.b)!] as const)); // prettier-ignore
  const length = Float64Array.from(spans, (s) => s.length);
  const gateways = p.node.filter((n) => n.kind === "core" || n.kind === "hub").toSorted((x, y) => (x.id < y.id ? -1 : 1));
  const far = new Map(gateways.map((n) => [n.id, distances(g, length, at.get(n.id)!)]));
  const own = Map.groupBy(prefixes.filter((x) => x.role === "overlay" && x.node), (x) => x.node!); // prettier-ignore
  const held = Map.groupBy(prefixes.filter((x) => x.role === "segment" && x.node), (x) => x.node!); // prettier-ignore
  const self = (id: string) => (own.get(id) ?? []).map((x) => x.prefix).toSorted();
  const behind = (id: string) => (held.get(id) ?? []).map((x) => x.prefix).toSorted();
  const everything = prefixes.filter((x) => x.role === "pool" && (x.serves === "segment" || x.serves === "overlay")).map((x) => x.prefix).toSorted(); // prettier-ignore

  const nearest = new Map<string, string[]>();
  const served = new Map<string, string[]>();
  for (const n of p.node) {
    if (n.kind !== "site") continue;
    const two = gateways
      .map((h) => ({ id: h.id, d: far.get(h.id)![at.get(n.id)!]! }))
      .filter((h) => h.d < Infinity)
      .toSorted((x, y) => x.d - y.d || (x.id < y.id ? -1 : 1))
      .slice(0, 2)
      .map((h) => h.id);
    nearest.set(n.id, two);
    const first = two[0];
    if (first === undefined) continue;
    const list = served.get(first) ?? [];
    served.set(first, list);
    list.push(n.id);
  }
  const peer = (node: string, allowed: string[], takes: OverlayPeer["takes"] = []): OverlayPeer => {
    const { v4, v6 } = loopback(node);
    return {
      node,
      ...(v4 ? { endpoint4: v4 } : {}),
      ...(v6 ? { endpoint6: v6 } : {}),
      port: overlayPort,
      allowed,
      takes,
    };
  };
  const out = new Map<string, Mesh>();
  const put = (id: string, peers: OverlayPeer[]) => {
    if (peers.length === 0) return;
    const [v4, v6] = [self(id).find((x) => !x.includes(":")), self(id).find((x) => x.includes(":"))];
    out.set(id, { port: overlayPort, ...(v4 ? { v4 } : {}), ...(v6 ? { v6 } : {}), peers });
  };
  for (const [id, [first, second]] of nearest) {
    if (!first) continue;
    put(id, [peer(first, everything), ...(second ? [peer(second, [], [{ from: first, prefixes: everything }])] : [])]);
  }
  // what stands behind a gateway is the same list for all the others
  const all = new Map(
    gateways.map((h) => [h.id, [...self(h.id), ...behind(h.id), ...(served.get(h.id) ?? []).flatMap((s) => [...self(s), ...behind(s)])]]),
  );
  const under = new Map<string, OverlayPeer[]>();
  /** By second gateway, then by first: what the second one takes over. */
  const inherited = new Map<string, Map<string, string[]>>();
  for (const [id, [first, second]] of nearest) {
    const whole = [...self(id), ...behind(id)];
    if (!first) continue;
    kept(under, first, () => []).push(peer(id, whole));
    if (!second) continue;
    kept(under, second, () => []).push(peer(id, [], [{ from: first, prefixes: whole }]));
    kept(
      kept(inherited, second, () => new Map<string, string[]>()),
      first,
      () => [],
    ).push(...whole);
  }
  for (const h of gateways) {
    const takes = (o: string) => [...(inherited.get(o) ?? [])].filter(([from]) => from !== h.id).map(([from, prefixes]) => ({ from, prefixes })); // prettier-ignore
    const others = gateways.filter((o) => o !== h).map((o) => peer(o.id, all.get(o.id)!, takes(o.id)));
    put(h.id, [...others, ...(under.get(h.id) ?? []).toSorted((x, y) => (x.node < y.node ? -1 : 1))]);
  }
  return out;
}

function kept<V>(map: Map<string, V>, key: string, empty: () => V): V {
  const there = map.get(key) ?? empty();
  map.set(key, there);
  return there;
}
