/**
 * What each node must be, worked out from the plant and its address plan: data for whoever renders it to a device. The same
 * plant and policy give the same intents, byte for byte; lists are in a stable order.
 */

/** `10.252.0.0` and `10.252.0.0/31`: an address alone is written without a length, one on an interface with it. */
export interface LinkIntent {
  /** The span's id in the plant. */
  span: string;
  kind: "cable" | "circuit";
  /** The node at the other end. */
  peer: string;
  /** At most 15 characters, unique at this node, the same as long as the span lives. */
  interface: string;
  peerInterface: string;
  /** Absent when the plan could not give any: the link then runs with the other family. */
  v4?: { address: string; peer: string };
  v6?: { address: string; peer: string };
  /** OSPF, RFC 2328: 1 to 65535; rate and length in it, the same at both ends. */
  cost: number;
  bfd: BfdProfile;
  /** Mbit/s. */
  rate: number;
  /** Metres. */
  length: number;
}

/** RFC 5880: silence is noticed after `interval` times `multiplier` milliseconds. */
export interface BfdProfile {
  name: "near" | "far";
  interval: number;
  multiplier: number;
}

export interface SegmentIntent {
  /** The registry's institution; absent where it cannot name who works there. */
  institution?: string;
  name: string;
  /** IEEE 802.1Q, 1 to 4094, the node's own numbering. */
  vlan: number;
  interface: string;
  v4?: { prefix: string; gateway: string };
  v6?: { prefix: string; gateway: string };
  qos: QosClass["name"];
}

/** RFC 4594 in four steps: what a class is marked with and what share of each link it is sure of. */
export interface QosClass {
  name: "voice" | "critical" | "standard" | "bulk";
  dscp: number;
  /** Percent of the link when everybody sends. */
  share: number;
}

/** A session with another network (RFC 4271): only what is written is told, only what is written is believed. */
export interface PeeringIntent {
  id: string;
  name: string;
  interface: string;
  localAs: number;
  remoteAs: number;
  v4?: { address: string; peer: string };
  v6?: { address: string; peer: string };
  announces: string[];
  accepts: string[];
}

/** One WireGuard peer. Keys are the nodes' own: never in an intent. */
export interface OverlayPeer {
  node: string;
  endpoint4?: string;
  endpoint6?: string;
  port: number;
  /** Prefixes sent to and taken from this peer. No two peers of a node have the same. */
  allowed: string[];
  /** Carries nothing until another peer's node is gone from the network below: then these prefixes of that peer are its own. */
  takes: { from: string; prefixes: string[] }[];
}
export interface OverlayIntent {
  interface: string;
  port: number;
  v4?: string;
  v6?: string;
  peers: OverlayPeer[];
}

/** Addresses that rules speak of: an institution's segments everywhere, the shared services, the operator. */
export interface AccessGroup {
  id: string;
  v4: string[];
  v6: string[];
}
/** Whatever no rule lets through is dropped; answers to what was let through are let through. */
export interface AccessRule {
  id: string;
  from: string;
  to: string;
  protocol: "any" | "tcp" | "udp" | "icmp";
  /** Empty: every port. */
  ports: number[];
}

export interface NodeIntent {
  id: string;
  name: string;
  role: "core" | "hub" | "joint" | "site";
  point: [number, number];
  loopback4?: string;
  loopback6?: string;
  /** RFC 2328: the v4 loopback, or a number of the node's own when there is none. */
  routerId: string;
  as?: number;
  links: LinkIntent[];
  segments: SegmentIntent[];
  /** Absent where there is none. */
  peerings?: PeeringIntent[];
  overlay?: OverlayIntent;
  groups: AccessGroup[];
  rules: AccessRule[];
  qos: QosClass[];
}
