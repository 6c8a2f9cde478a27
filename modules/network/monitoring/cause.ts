import type { Candidate } from "./candidates.ts";
import type { Sightings } from "./sightings.ts";

/** One cause with what it explains so far, in indices. */
export interface Cause {
  candidate: Candidate;
  /** Links seen down that it explains. */
  seen: number[];
  silent: number[];
  began: number;
  others: Candidate[];
}

/** Two things that one digger does happen within this time of each other, clocks included. */
export const togetherMs = 120_000;

/** A place that still speaks is not down; one without an agent may be. */
export function mayBeDown(s: Sightings, v: number): boolean {
  return s.nodes.get(v)?.state !== "heard";
}
