import type { NodeIntent, OverlayPeer } from "../intent/shapes.ts";

/**
 * Two slots, so that keys can be changed without a gap: while both are up, packets are taken from either, and each end sends
 * by the one it is told. Between two changes only one of them is up.
 */
export interface OverlayState {
  slots: readonly (0 | 1)[];
  /** The slot by which this node sends. */
  sends: 0 | 1;
  /** Public keys by node and slot; a peer without one is left out until it has one. */
  key(node: string, slot: 0 | 1): string | undefined;
}
export const slotInterface = (slot: 0 | 1) => `wg${slot}`;
export const slotPort = (port: number, slot: 0 | 1) => port + slot;

/** While the route to `gone` is missing and the one to `stands` is there, `to` has these prefixes of `from`. Peers by public key. */
export interface Takeover {
  gone: string;
  stands: string;
  from: string;
  to: string;
  prefixes: string[];
}
export interface OverlayPart {
  interfaces: { name: string; slot: 0 | 1; mtu: number; conf: string; takeovers: Takeover[] }[];
  routes: { interface: string; source4?: string; source6?: string; prefixes: string[] } | null;
}

/** A host route: what the routing protocol has for a node that it can reach. */
const hostRoute = (p: OverlayPeer) => (p.endpoint4 ? `${p.endpoint4}/32` : p.endpoint6 ? `${p.endpoint6}/128` : undefined);

function takeovers(peers: readonly OverlayPeer[], key: (node: string) => string | undefined): Takeover[] {
  const byNode = new Map(peers.map((p) => [p.node, p]));
  return peers.flatMap((p) =>
    p.takes.flatMap(({ from: node, prefixes }) => {
      const first = byNode.get(node);
      const [gone, stands, from, to] = [first && hostRoute(first), hostRoute(p), key(node), key(p.node)];
      return gone && stands && from && to ? [{ gone, stands, from, to, prefixes }] : [];
    }),
  );
}

/** What `wg syncconf` takes, without the private key: that one never leaves its site. */
export function overlayPart(n: NodeIntent, state: OverlayState): OverlayPart {
  const o = n.overlay;
  if (!o) return { interfaces: [], routes: null };
  const interfaces = state.slots.map((slot) => {
    const lines = ["[Interface]", `ListenPort = ${slotPort(o.port, slot)}`];
    for (const p of o.peers) {
      const key = state.key(p.node, slot);
      const host = p.endpoint4 ?? (p.endpoint6 ? `[${p.endpoint6}]` : undefined);
      if (!key || !host) continue;
      lines.push("", `# ${p.node}`, "[Peer]", `PublicKey = ${key}`);
      if (p.allowed.length) lines.push(`AllowedIPs = ${p.allowed.join(", ")}`);
      lines.push(`Endpoint = ${host}:${slotPort(p.port, slot)}`, "PersistentKeepalive = 5");
    }
    return {
      name: slotInterface(slot),
      slot,
      mtu: 1420,
      conf: `${lines.join("\n")}\n`,
      takeovers: takeovers(o.peers, (p) => state.key(p, slot)),
    };
  });
  return {
    interfaces,
    routes: {
      interface: slotInterface(state.sends),
      ...(o.v4 ? { source4: o.v4.split("/")[0]! } : {}),
      ...(o.v6 ? { source6: o.v6.split("/")[0]! } : {}),
      prefixes: [...new Set(o.peers.flatMap((p) => (state.key(p.node, state.sends) ? p.allowed : [])))].toSorted(),
    },
  };
}
