import type { Model } from "../resilience/model.ts";
import { intentOf } from "./intent.ts";
import type { NodeIntent } from "./shapes.ts";

const kept = new WeakMap<Model, NodeIntent[]>();

/** The usual intent of a plant that is kept anyway: worked out once. */
export function intents(m: Model): NodeIntent[] {
  let known = kept.get(m);
  if (!known) kept.set(m, (known = intentOf(m.plant)));
  return known;
}
