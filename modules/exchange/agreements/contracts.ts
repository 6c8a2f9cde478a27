import { contract, official, T } from "#kernel";
import { readRights } from "../permissions.ts";
import { Identifier } from "../shapes.ts";

export const readPolicies = contract({
  id: "exchange.read-policies",
  method: "GET",
  path: "/api/exchange/policies",
  summary: "The rights as Cedar policies, of one service or of all: what an auditor reads, and what Cedar itself can judge",
  who: official(readRights),
  input: T.Object({ service: T.Optional(Identifier) }),
  output: T.Object({
    /** Cedar policy text (version 4). */
    text: T.String(),
    policies: T.Integer(),
  }),
});
