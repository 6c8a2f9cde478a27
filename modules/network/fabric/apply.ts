import type { Context, JobContext } from "#kernel";
import { current } from "../plant/current.ts";
import { intentOf } from "../intent/intent.ts";
import type { NodeIntent } from "../intent/shapes.ts";
import type { Rendered } from "../ports.ts";
import { render } from "../render/render.ts";
import { driverOf, nodes } from "./nodes.ts";
import * as store from "./store.ts";

/** Intents of the current plant; a revision never changes. */
let kept: { revision: string; intents: NodeIntent[] } | undefined;
export async function currentIntents(ctx: Context): Promise<{ revision: number; intents: NodeIntent[] }> {
  const { revision, model } = await current(ctx);
  if (kept?.revision !== revision.id) kept = { revision: revision.id, intents: intentOf(model.plant) };
  return { revision: revision.number, intents: kept.intents };
}

/** What this process last saw to be desired: unchanged nodes are not asked about. */
const asked = new Map<string, string>();
const digest = (r: Rendered) => Object.values(r).map((p) => p.hash).join(); // prettier-ignore

/** Operations for every node that must be something else than was last asked; `ref` is what they belong to. */
export async function requestAll(ctx: Context, o: { ref: string; label: string }): Promise<string[]> {
  const state = await store.fabric(ctx);
  if (!state.inService) return [];
  const keys = await store.overlayKeys(ctx);
  const { intents } = await currentIntents(ctx);
  const overlay = { slots: state.slots, sends: state.sends, key: (node: string, slot: number) => keys.get(`${node}\n${slot}`) };
  const out: string[] = [];
  const there = new Set<string>();
  for (const n of intents) {
    there.add(n.id);
    const want = render(n, overlay);
    if (asked.get(n.id) === digest(want)) continue;
    const id = await nodes.request(ctx, n.id, want, o);
    if (id) out.push(id);
    asked.set(n.id, digest(want));
  }
  for (const s of await nodes.standings(ctx)) {
    if (there.has(s.key)) continue;
    asked.delete(s.key);
    const id = await nodes.request(ctx, s.key, null, o);
    if (id) out.push(id);
  }
  return out;
}

/** Asked by people, an undo or another process: what was remembered here may be old. */
export function forgetAsked(): void {
  asked.clear();
}

/** The keys of nodes that were never seen, before anything is rendered with them; who is away is learned later. */
export async function meet(j: JobContext): Promise<void> {
  const missing = await j.transaction(
    async (ctx) => {
      const keys = await store.overlayKeys(ctx);
      return (await currentIntents(ctx)).intents.filter((n) => !keys.has(`${n.id}\n0`)).map((n) => n.id);
    },
    { readOnly: true },
  );
  const found: { node: string; keys: [string, string] }[] = [];
  for (const node of missing) {
    const observed = await driverOf(j, node).then((d) => d.observe(node, AbortSignal.timeout(5000))).catch(() => undefined); // prettier-ignore
    if (observed) found.push({ node, keys: observed.keys });
  }
  if (found.length) await j.transaction((ctx) => store.learnKeys(ctx, found));
}

export async function runApply(j: JobContext, _data: { fact: string; subject: string }): Promise<void> {
  const { inService } = await j.transaction((ctx) => store.fabric(ctx), { readOnly: true });
  if (!inService) return;
  await meet(j);
  await request(j, async (ctx) => {
    const { revision } = await currentIntents(ctx);
    return requestAll(ctx, { ref: `revision:${revision}`, label: `revision ${revision}` });
  });
}

/** In a transaction of its own; one that fails leaves nothing remembered. */
export async function request(j: JobContext, fn: (ctx: Context) => Promise<string[]>): Promise<string[]> {
  try {
    return await j.transaction(fn);
  } catch (error) {
    forgetAsked();
    throw error;
  }
}
