import { sweep, type Context, type JobContext } from "#kernel";
import { request, requestAll } from "./apply.ts";
import { keysRotated } from "./facts.ts";
import { nodes } from "./nodes.ts";
import { rotationUnderWay } from "./problems.ts";
import * as store from "./store.ts";

/** Seconds after the last site has both tunnels before anybody sends by the new one: hellos are repeated each five. */
const acquaintance = 6;
const refOf = (rotation: number, phase: string) => `keys:${rotation}:${phase}`;
const other = (slot: 0 | 1): 0 | 1 => (slot === 0 ? 1 : 0);

/**
 * New keys for every tunnel, without a gap: both slots up everywhere, then everybody sends by the new one, then the old one
 * goes and its keys with it. Each phase is an operation a node; the next begins when all of the last are through.
 */
export async function beginRotation(ctx: Context): Promise<number> {
  const f = await store.fabric(ctx, true);
  if (f.phase) throw rotationUnderWay();
  const rotation = f.rotation + 1;
  await enter(ctx, { slots: [0, 1], sends: f.sends, phase: "prepare", rotation });
  return rotation;
}

async function enter(ctx: Context, o: { slots: (0 | 1)[]; sends: 0 | 1; phase: "prepare" | "switch" | "retire" | null; rotation: number }) {
  await store.setOverlay(ctx, o);
  await ctx.record(keysRotated, "network:fabric", { rotation: o.rotation, phase: o.phase ?? "done" });
  if (o.phase) await requestAll(ctx, { ref: refOf(o.rotation, o.phase), label: `keys: ${o.phase}` });
}

/** The next phase when every operation of this one is through; none goes on while one waits for people. */
export async function advance(j: JobContext): Promise<void> {
  const f = await j.transaction((ctx) => store.fabric(ctx), { readOnly: true });
  if (!f.phase) return;
  await request(j, async (ctx) => {
    const now = await store.fabric(ctx, true);
    if (now.phase !== f.phase || now.rotation !== f.rotation) return [];
    const ops = await nodes.operations(ctx, { ref: refOf(now.rotation, f.phase!), limit: 20_000 });
    if (ops.some((o) => !["COMPLETED", "ROLLED_BACK", "FAILED"].includes(o.state))) return [];
    // a site that did not follow keeps the old tunnel: nobody switches away from it
    if (ops.some((o) => o.state !== "COMPLETED")) return [];
    const last = Math.max(now.phaseAt?.getTime() ?? 0, ...ops.map((o) => o.endedAt?.getTime() ?? 0));
    if (now.phase === "prepare" && ctx.clock.now().getTime() - last < acquaintance * 1000) return [];
    const fresh = other(now.sends);
    if (now.phase === "prepare") await enter(ctx, { slots: [0, 1], sends: fresh, phase: "switch", rotation: now.rotation });
    else if (now.phase === "switch") await enter(ctx, { slots: [now.sends], sends: now.sends, phase: "retire", rotation: now.rotation });
    else await enter(ctx, { slots: now.slots, sends: now.sends, phase: null, rotation: now.rotation });
    return [];
  });
}

export const rotation = sweep("network.rotation", { seconds: 2 }, advance);
