/** What carries an intent out at a site: an agent there, or a simulation that says so. */
import { port } from "#kernel";
import { partNames, type PartName, type Rendered } from "./render/parts.ts";

export type { InterfacesPart } from "./render/render.ts";
export type { OverlayPart } from "./render/overlay.ts";
export { partNames, type Part, type PartName, type Rendered } from "./render/parts.ts";

/** Found by trying at the agent's start, never assumed. */
export const capabilities = [
  "routing",
  "routing-v6",
  "bfd",
  "filter",
  "overlay",
  "classes",
  "bridge",
  "vlan",
  "kernel-wireguard",
  "netem",
] as const;
export type Capability = (typeof capabilities)[number];

/** What really is at a node, read from the running system. */
export interface Observed {
  /** The hash that was asked for and still stands; `drifted` when somebody bent it since; absent when it never was. */
  parts: Partial<Record<PartName, string>>;
  /** Public WireGuard keys by slot, made at the node; a slot taken down gets another one, so that an old key opens nothing. */
  keys: [string, string];
  capabilities: Capability[];
}

export interface Put {
  verb: "put";
  part: PartName;
  hash: string;
  text: string;
}
/** Everything of ours goes; what the site is told apart from is left alone. */
export interface Clear {
  verb: "clear";
}
export type FabricStep = Put | Clear;

export interface FabricOrder {
  idempotencyKey: string;
  fence: bigint;
  signal: AbortSignal;
  /** Milliseconds since 1970. */
  deadline: number;
}

/** A site as its agent tells it, each few seconds. */
export interface SiteReport {
  node: string;
  /** The agent's own, one more each time; never taken twice. */
  sequence: number;
  /** The house's time when the report was made, as the agent reckons it from its own clock and the difference it was told. */
  at: string;
  /** Agent's clock minus ours, seconds. */
  clockSkew: number;
  power: Power;
  interfaces: { name: string; up: boolean; rxBytes: number; txBytes: number; rxDropped: number; txDropped: number }[];
  neighbours: { interface: string; state: "full" | "other"; bfd: "up" | "down" | "none" }[];
  tunnels: { interface: string; peer: string; lastHandshake: number; rxBytes: number; txBytes: number }[];
  parts: Partial<Record<PartName, string>>;
  keys: [string, string];
  capabilities: Capability[];
  /** Parts put right by the agent itself since its last report. */
  repaired: PartName[];
  /** Its links as it sees them now; an agent of before tells them by `interfaces` and `neighbours` only. */
  links?: LinkState[];
  /** What it measured, oldest first; told again until it was heard. */
  samples?: Sample[];
}
/** One end of a link. */
export interface LinkState {
  /** Interface name. */
  name: string;
  /** The neighbour is there: BFD up, or OSPF full where there is no BFD. */
  up: boolean;
  carrier: boolean;
  /** Since when, in the house's time as the agent reckons it. */
  since: string;
}
/** What a site measured in a minute, or in a longer stretch once its disk grew short. */
export interface Sample {
  /** The agent's own, one more each time, over restarts too; never taken twice. */
  serial: number;
  /** Its end, in the house's time as the agent reckons it. */
  at: string;
  seconds: number;
  /** The agent could not tell its own time then. */
  unsure: boolean;
  probes: Probe[];
  traffic: Traffic[];
  power: Power;
  events: LinkEvent[];
}
/** Echo requests (RFC 792, RFC 4443) and what came back. */
export interface Probe {
  /** Interface name of a link, or `node:<id>` of the place at the other end of a way. */
  to: string;
  sent: number;
  lost: number;
  /** Milliseconds; absent when nothing came back. */
  min?: number;
  max?: number;
  sum?: number;
  /** How many by bucket of delay: bucket i stands for 0.05 ms times 2^(i/8). */
  delays?: [number, number][];
}
/** What passed an interface in the stretch: differences, so that a counter that began anew is not taken for traffic. */
export interface Traffic {
  name: string;
  rxBytes: number;
  txBytes: number;
  /** Bytes a second at the busiest moment. */
  rxPeak: number;
  txPeak: number;
  dropped: number;
  downSeconds: number;
}
export interface LinkEvent {
  name: string;
  at: string;
  what: "carrier" | "bfd" | "adjacency";
  up: boolean;
}
export interface Power {
  source: "mains" | "battery" | "unknown";
  /** 0 to 100. */
  charge?: number;
  /** No sensor there: the figures are made up. */
  simulated: boolean;
}

/** The far side will go on refusing: an older order, a part it cannot carry, a text its tools do not take. */
export class FabricRefused extends Error {}
/** Nobody is there now; later perhaps. */
export class FabricAway extends Error {}

export interface FabricDriver {
  readonly name: string;
  /** Drawn and said as such wherever it is shown. */
  readonly simulated: boolean;
  /** By the owner's mark on the running system, never from memory. Null when there is nothing of ours. Throws FabricAway. */
  observe(node: string, signal: AbortSignal): Promise<Observed | null>;
  /** Once per idempotency key; refuses a fence smaller than one it saw (FabricRefused). */
  apply(node: string, step: FabricStep, order: FabricOrder): Promise<object>;
  /** Nodes that are there. */
  nodes(): Promise<string[]>;
  /** A simulation's sites as they would report with these faults; those that nothing reaches say nothing. */
  simulate?(o: SimulatedWorld): SimulatedSite[];
}
export interface SimulatedWorld {
  /** Milliseconds since 1970. */
  at: number;
  nodes: readonly { id: string; core: boolean; simulated: boolean }[];
  links: readonly { span: string; a: string; b: string; metres: number }[];
  faults: readonly { element: string; kind: "span" | "node" | "power" | "agent"; since: number }[];
}
export interface SimulatedSite {
  node: string;
  /** False: it is not heard; its last words were at `at`. */
  heard: boolean;
  at: number;
  power: Power;
  batterySince?: number;
  links: { span: string; up: boolean; carrier: boolean; since: number }[];
}

/** Who an agent is, for a driver that listens to agents. */
export interface KnownAgent {
  node: string;
  /** Ed25519, DER (SPKI), base64url. */
  publicKey: string;
  /** The last report's number that was kept. */
  sequence: number;
  /** The highest number heard on any path before this house began to listen. */
  heard: number;
}
/** What a driver that listens to agents asks of the module. */
export interface AgentHouse {
  agent(node: string): Promise<KnownAgent | undefined>;
  /** Kept for good when this returns. `heard`: the highest number of each agent that said anything since the last call. */
  reports(list: readonly SiteReport[], heard: ReadonlyMap<string, number>): Promise<void>;
}
export interface AgentDriver extends FabricDriver {
  /** Listens until stopped; 0 takes any free port. */
  listen(
    house: AgentHouse,
    o: { port: number; host: string; key: Uint8Array },
  ): Promise<{ port: number; publicKey: string; stop(): Promise<void> }>;
}

/** Sites with an agent. */
export const agentFabricPort = port<AgentDriver>("network.fabric-agents");
/** Sites without: only where a demonstration may make things up. */
export const simulatedFabricPort = port<FabricDriver>("network.fabric-simulated");

/** What a part needs of the machine it is put on. */
const needs: Record<PartName, Capability> = {
  interfaces: "bridge",
  filter: "filter",
  overlay: "overlay",
  routing: "routing",
  classes: "classes",
};
/** Parts that this machine cannot carry: said wherever the node is shown, and not asked of it. */
export function lacking(observed: Pick<Observed, "capabilities">): PartName[] {
  return partNames.filter((p) => !observed.capabilities.includes(needs[p]));
}

/** What is left to do at a node, first things first. Pure. */
export function planFabric(desired: Rendered | null, observed: Observed | null): FabricStep[] {
  if (desired === null) return observed && Object.keys(observed.parts).length ? [{ verb: "clear" }] : [];
  const without = observed ? lacking(observed) : [];
  return partNames
    .filter((p) => !without.includes(p) && observed?.parts[p] !== desired[p].hash)
    .map((p): Put => ({ verb: "put", part: p, hash: desired[p].hash, text: desired[p].text }));
}
export * from "./equipment/driver.ts";
