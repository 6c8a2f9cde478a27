import { T, type Static } from "#kernel";
import { Id, kinds, type Kind } from "../plant/shapes.ts";

/** One step of a branch. `fields` is the whole element for `add`, what changes for `change` (null takes a field away). */
export const Change = T.Object({
  op: T.Enum(["add", "change", "remove"]),
  kind: T.Enum([...kinds]),
  id: Id,
  fields: T.Optional(T.Record(T.String({ maxLength: 40 }), T.Unknown())),
  phase: T.Optional(T.Integer({ minimum: 1, maximum: 99, description: "Step of the roll-out" })),
});
export type Change = Omit<Static<typeof Change>, "kind"> & { kind: Kind };
export const mostChanges = 5000;

/** A branch as a file: what somebody else's tool, or another country, hands over. */
export const BranchFile = T.Object({
  title: T.String({ minLength: 3, maxLength: 200 }),
  reason: T.Optional(T.String({ maxLength: 2000 })),
  study: T.Optional(T.Boolean({ description: "Stands on nothing: a network of its own, to be looked at" })),
  changes: T.Array(Change, { maxItems: mostChanges }),
});
export type BranchFile = Static<typeof BranchFile>;
