import type { Context } from "#kernel";
import { noNetwork } from "../problems.ts";
import { model, type Model } from "../resilience/model.ts";
import { lastRevision, plantAt, type Revision } from "./store.ts";

/** A revision never changes, and its id is unique: what was thought about it stays true. */
const kept = new Map<string, Model>();
const mostKept = 3;

export async function current(ctx: Context): Promise<{ revision: Revision; model: Model }> {
  const revision = await lastRevision(ctx);
  if (!revision) throw noNetwork();
  let known = kept.get(revision.id);
  if (!known) {
    known = model(await plantAt(ctx, revision.number));
    kept.set(revision.id, known);
    for (const id of [...kept.keys()].slice(0, -mostKept)) kept.delete(id);
  }
  return { revision, model: known };
}
