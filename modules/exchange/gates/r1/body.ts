/** What is said to a caller whose body could not be taken in. */
import { refusals, type Refusal } from "../../errors.ts";
import type { Spoilt } from "../../gateway/spool.ts";

export function bodyProblem(why: Spoilt["spoilt"]): [Refusal, string] {
  if (why === "no-room") return [refusals.crowded, "The exchange has no room for this body now: ask again later."];
  if (why === "slow") return [refusals.badRequest, "The body comes too slowly."];
  return [refusals.badRequest, "The body cannot be taken."];
}
