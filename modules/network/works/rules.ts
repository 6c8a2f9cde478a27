import type { WorkState } from "./shapes.ts";

export type Act = "change" | "propose" | "approve" | "refuse" | "cancel";

/** What may happen in each state, and where it leads. A change takes the approval away. */
const transitions: Record<WorkState, Partial<Record<Act, WorkState>>> = {
  draft: { change: "draft", propose: "proposed", cancel: "cancelled" },
  proposed: { change: "draft", approve: "approved", refuse: "refused", cancel: "cancelled" },
  approved: { change: "draft", cancel: "cancelled" },
  refused: { change: "draft", cancel: "cancelled" },
  cancelled: {},
};
export const after = (state: WorkState, act: Act): WorkState | undefined => transitions[state][act];

export const longestDays = 30;

/** A window people can keep: the end after the beginning, nothing that has begun already, not a whole season. */
export function windowFits(starts: Date, ends: Date, now: Date): boolean {
  const [a, b] = [starts.getTime(), ends.getTime()];
  return a >= now.getTime() && b > a && b - a <= longestDays * 86_400_000;
}

export function phaseOf(w: { starts: Date; ends: Date; ended_at?: Date | null }, now: Date): "ahead" | "under-way" | "over" {
  if (now >= w.ends || (w.ended_at && now >= w.ended_at && w.ended_at >= w.starts)) return "over";
  return now < w.starts ? "ahead" : "under-way";
}
