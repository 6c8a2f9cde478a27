import type { Context } from "#kernel";
import { noNetwork } from "../problems.ts";
import { model, type Model } from "../resilience/model.ts";
import { noPlant } from "./shapes.ts";
import { lastRevision, plantAt, revisionAt, type Revision } from "./store.ts";

/** A revision never changes, and its id is unique: what was thought about it stays true. */
const kept = new Map<string, Model>();
const mostKept = 3;

/** The plant as it stood at a revision, thought through; 0 is the empty one. */
export async function modelAt(ctx: Context, number: number): Promise<Model> {
  if (number === 0) return (nothing ??= model(noPlant()));
  const revision = await revisionAt(ctx, number);
  if (!revision) throw noNetwork();
  return kept.get(revision.id) ?? keep(revision.id, model(await plantAt(ctx, number)));
}
let nothing: Model | undefined;

function keep(id: string, m: Model): Model {
  kept.set(id, m);
  for (const old of [...kept.keys()].slice(0, -mostKept)) kept.delete(old);
  return m;
}

export async function current(ctx: Context): Promise<{ revision: Revision; model: Model }> {
  const revision = await lastRevision(ctx);
  if (!revision) throw noNetwork();
  return { revision, model: kept.get(revision.id) ?? keep(revision.id, model(await plantAt(ctx, revision.number))) };
}

/** For those who look by themselves: before anything is loaded there is nothing to see. */
export async function modelIfAny(ctx: Context): Promise<Model | undefined> {
  return (await lastRevision(ctx)) ? (await current(ctx)).model : undefined;
}
