/** The gateway's tree of exchanged messages, for whoever watches it: hashes only, nothing of any message. */
import { anyone, contract, T } from "#kernel";
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
