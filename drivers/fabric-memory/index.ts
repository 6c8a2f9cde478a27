/**
 * Sites that exist in memory only: they take every order, keep it, and can be told to answer late, twice, out of order or
 * never. Simulated, and said so wherever it is shown; nothing here moves a packet.
 */
import { createHash } from "node:crypto";
import { provide, type Provided } from "#kernel";
import {
  capabilities,
  FabricAway,
  FabricRefused,
  simulatedFabricPort,
  type FabricDriver,
  type FabricStep,
  type Observed,
  type PartName,
  type Rendered,
} from "#network/ports";
import { simulateSites } from "./simulate.ts";

/** What happens to the next orders of a node, one each. */
export type MemoryFault = "late" | "twice" | "out-of-order" | "never" | "lost-answer";

interface Site {
  parts: Partial<Record<PartName, { text: string; hash: string; bent: boolean }>>;
  keys: [string, string];
  fence: bigint;
  receipts: Map<string, object>;
  faults: MemoryFault[];
  /** An order that another one overtook. */
  overtaken?: () => void;
  away: boolean;
  renewed: number;
}

export interface MemoryFabric extends FabricDriver {
  fault(node: string, ...faults: MemoryFault[]): void;
  bend(node: string, part: PartName): void;
  away(node: string, away: boolean): void;
  /** Orders that had an effect, in order. */
  readonly effects: { node: string; step: string }[];
  text(node: string, part: PartName): string | undefined;
}

/** Looks like a public key and is one of nobody. */
const keyOf = (node: string, slot: number, turn: number) =>
  createHash("sha256").update(`simulated ${node} ${slot} ${turn}`).digest("base64");
const up = (text: string | undefined, slot: number) => text?.includes(`"slot": ${slot},`) ?? false;
const balanced = (text: string) => text.split("{").length === text.split("}").length;

export function createMemoryFabric(known?: () => readonly string[], late = 50): MemoryFabric {
  const sites = new Map<string, Site>();
  const effects: { node: string; step: string }[] = [];
  const site = (node: string): Site => {
    let s = sites.get(node);
    if (!s) {
      s = { parts: {}, keys: [keyOf(node, 0, 0), keyOf(node, 1, 0)], fence: 0n, receipts: new Map(), faults: [], away: false, renewed: 0 };
      sites.set(node, s);
    }
    return s;
  };

  function carryOut(node: string, step: FabricStep): object {
    const s = site(node);
    if (step.verb === "clear") s.parts = {};
    else {
      if (step.part === "filter" && !balanced(step.text)) throw new FabricRefused("the filter was not understood");
      for (const slot of [0, 1] as const)
        if (step.part === "overlay" && up(s.parts.overlay?.text, slot) && !up(step.text, slot))
          s.keys[slot] = keyOf(node, slot, ++s.renewed);
      s.parts[step.part] = { text: step.text, hash: step.hash, bent: false };
    }
    effects.push({ node, step: step.verb === "put" ? step.part : step.verb });
    return { done: step.verb, simulated: true };
  }

  return {
    name: "memory",
    simulated: true,
    effects,
    async observe(node) {
      const s = site(node);
      if (s.away) throw new FabricAway(`${node} does not answer`);
      const parts: Observed["parts"] = {};
      for (const [name, p] of Object.entries(s.parts) as [PartName, Rendered[PartName] & { bent: boolean }][])
        parts[name] = p.bent ? "drifted" : p.hash;
      return { parts, keys: [...s.keys], capabilities: [...capabilities] };
    },
    async apply(node, step, order) {
      const s = site(node);
      const fault = s.faults.shift();
      if (s.away || fault === "never") {
        await new Promise((_, no) =>
          order.signal.addEventListener("abort", () => no(new FabricAway(`${node} does not answer`)), { once: true }),
        );
      }
      if (fault === "late") await new Promise((r) => setTimeout(r, late));
      // held back until the next order has gone by: its fence or its key decides what is left of it
      if (fault === "out-of-order") await new Promise<void>((r) => (s.overtaken = r));
      else s.overtaken?.();
      const deliver = (): object => {
        const before = s.receipts.get(order.idempotencyKey);
        if (before) return before;
        if (order.fence < s.fence) throw new FabricRefused(`fence ${order.fence} is older than ${s.fence}`);
        s.fence = order.fence;
        const receipt = carryOut(node, step);
        s.receipts.set(order.idempotencyKey, receipt);
        if (s.receipts.size > 100) s.receipts.delete(s.receipts.keys().next().value!);
        return receipt;
      };
      const receipt = deliver();
      if (fault === "twice") return deliver();
      if (fault === "lost-answer") throw new FabricAway("the answer was lost");
      return receipt;
    },
    async nodes() {
      return [...(known?.() ?? sites.keys())];
    },
    simulate: simulateSites,
    fault: (node, ...faults) => void site(node).faults.push(...faults),
    bend(node, part) {
      const p = site(node).parts[part];
      if (p) p.bent = true;
    },
    away: (node, away) => void (site(node).away = away),
    text: (node, part) => site(node).parts[part]?.text,
  };
}

export const fabricMemory: Provided = provide(simulatedFabricPort, () => createMemoryFabric());
