/** The gateway's tree of exchanged messages, for whoever watches it: hashes only, nothing of any message. */
import { anyone, contract, official, T } from "#kernel";
import { followTraffic } from "../permissions.ts";
import { TreeHead } from "./shapes.ts";

const Size = T.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

export const readTreeHead = contract({
  id: "exchange.read-tree-head",
  method: "GET",
  path: "/api/exchange/tree/head",
  summary: "The newest signed head of the tree of exchanged messages, or the one of a size noted earlier",
  who: anyone(),
  input: T.Object({ size: T.Optional(Size) }),
  output: TreeHead,
});

export const readTreeConsistency = contract({
  id: "exchange.read-tree-consistency",
  method: "GET",
  path: "/api/exchange/tree/consistency",
  summary: "Proof that a later tree of exchanged messages only adds to an earlier one",
  who: anyone(),
  input: T.Object({ from: Size, to: Size }),
  output: T.Object({ from: T.Integer(), to: T.Integer(), proof: T.Array(T.String()) }),
});

export const readTreeState = contract({
  id: "exchange.read-tree-state",
  method: "GET",
  path: "/api/exchange/tree/state",
  summary: "How far the message log is sealed and time-stamped, and what waits",
  who: official(followTraffic),
  input: T.Object({}),
  output: T.Object({
    leaves: T.Integer(),
    /** Rows without a leaf yet, counted up to ten thousand. */
    waiting: T.Integer(),
    sealedAt: T.Optional(T.String()),
    stampedAt: T.Optional(T.String()),
    /** The oldest batch without time stamp: more than some minutes ago, the authority does not answer. */
    unstampedSince: T.Optional(T.String()),
  }),
});
