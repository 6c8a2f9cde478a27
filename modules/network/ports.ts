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
}

/** Who an agent is, for a driver that listens to agents. */
export interface KnownAgent {
  node: string;
  /** Ed25519, DER (SPKI), base64url. */
  publicKey: string;
  /** The last report's number that was kept. */
  sequence: number;
}
/** What a driver that listens to agents asks of the module. */
export interface AgentHouse {
  agent(node: string): Promise<KnownAgent | undefined>;
  reports(list: readonly SiteReport[]): Promise<void>;
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
