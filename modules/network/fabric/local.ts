/** For the local commands: what an operator of the machine itself may do, beside the running house. */
import type { Host, OutputOf } from "#kernel";
import type * as api from "../operations/contracts.ts";
import { putInService, readFabric } from "../operations/handlers.ts";
import { simulateFault } from "../monitoring/handlers.ts";
import { currentIntents } from "./apply.ts";
import { dismiss, enrol } from "./agents.ts";
import * as store from "./store.ts";

export interface Chosen {
  nodes: string[];
  spans: { id: string; a: string; b: string; atA: string; atB: string }[];
}

/** The cores, the hubs, the ends of the backbone, and some sites of different hubs: what a miniature shows. */
export async function nodesFor(host: Host, o: { sites: number; most: number }): Promise<Chosen> {
  return host.transaction(
    async (ctx) => {
      const { intents } = await currentIntents(ctx);
      const by = new Map(intents.map((n) => [n.id, n]));
      const backbone = intents.filter((n) => n.role !== "site" && n.links.some((l) => l.kind === "circuit" || n.role !== "joint"));
      const chosen = new Set(backbone.slice(0, o.most - 2).map((n) => n.id));
      const near = [...chosen].map((id) => by.get(id)!.links.filter((l) => l.kind === "cable" && by.get(l.peer)?.role === "site" && by.get(l.peer)!.segments.length > 0).map((l) => l.peer)); // prettier-ignore
      // one of each place in turn, so that they are not all in the capital
      const most = Math.min(o.most, chosen.size + o.sites);
      for (let turn = 0; chosen.size < most && near.some((l) => l.length > turn); turn++)
        for (const list of near) if (list[turn] && chosen.size < most) chosen.add(list[turn]!);
      const spans = new Map<string, Chosen["spans"][number]>();
      for (const id of chosen)
        for (const l of by.get(id)!.links)
          if (chosen.has(l.peer)) spans.set(l.span, { id: l.span, a: id, b: l.peer, atA: l.interface, atB: l.peerInterface });
      return { nodes: [...chosen], spans: [...spans.values()] };
    },
    { readOnly: true },
  );
}

export type WhoIsThere = (node: string) => { publicKey: string; keys: [string, string] };
/** Without `who` they are dismissed. */
export async function enrolLocally(host: Host, nodes: readonly string[], who: WhoIsThere | undefined): Promise<void> {
  const found = nodes.map((node) => (who ? { node, ...who(node) } : undefined));
  await host.transaction(async (ctx) => {
    for (const [i, node] of nodes.entries()) {
      const a = found[i];
      if (a) await enrol(ctx, a);
      else if (await store.agent(ctx, node)) await dismiss(ctx, node);
    }
  });
}

/** Cuts or mends a span between simulated sites of a demonstration. */
export async function simulateLocally(host: Host, span: string, cut: boolean): Promise<void> {
  await host.transaction((ctx) => simulateFault(ctx, { element: span, kind: "span", on: cut }));
}

export async function serviceLocally(host: Host): Promise<void> {
  await host.transaction(putInService);
}

export async function fabricStatus(host: Host): Promise<OutputOf<typeof api.readFabric> & { house?: { port: number; key: string } }> {
  return host.transaction(async (ctx) => {
    const f = await store.fabric(ctx);
    return { ...(await readFabric(ctx, {})), ...(f.port && f.houseKey ? { house: { port: f.port, key: f.houseKey } } : {}) };
  });
}
