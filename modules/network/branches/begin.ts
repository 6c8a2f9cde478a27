import type { Context } from "#kernel";
import { lastRevision, lockPlant } from "../plant/store.ts";
import { noNetwork } from "../problems.ts";
import * as facts from "./facts.ts";
import type { Change } from "./shapes.ts";
import * as store from "./store.ts";

export const subject = (id: string) => `network:branch:${id}`;
export const actorOf = (ctx: Context) =>
  ctx.caller.kind === "official" || ctx.caller.kind === "person" ? ctx.caller.account : "system:network";

/** A new draft on today's network (a study on nothing), for contracts and for whatever plans by itself. */
export async function begin(
  ctx: Context,
  o: { title: string; reason?: string | undefined; study?: boolean; base?: number; undoes?: string; changes: readonly Change[] },
): Promise<store.Branch> {
  await lockPlant(ctx);
  const last = await lastRevision(ctx);
  if (!last && !o.study) throw noNetwork();
  const by = actorOf(ctx);
  const fresh: Omit<store.Branch, "number"> = {
    id: ctx.ids.uuid(),
    title: o.title,
    reason: o.reason || null,
    base: o.study ? 0 : (o.base ?? last!.number),
    study: o.study ?? false,
    state: "draft",
    version: 1,
    author: by,
    editors: [by],
    opened_at: ctx.clock.now(),
    forced: null,
    decided_by: null,
    decided_at: null,
    decision: null,
    merged: null,
    merged_by: null,
    merged_at: null,
    undoes: o.undoes ?? null,
  };
  const branch = { ...fresh, number: await store.insertBranch(ctx, fresh) };
  await store.writeChanges(ctx, branch.id, o.changes);
  const { number, version, title, base } = branch;
  await ctx.record(facts.branchOpened, subject(branch.id), { number, version, title, base, ...(o.undoes ? { undoes: o.undoes } : {}) });
  return branch;
}
