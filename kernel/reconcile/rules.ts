import type { Operation, OperationState } from "./types.ts";

/** What people may do to an operation, and in which states. */
export const commands = {
  retry: ["FAILED_TEMP"],
  rollBack: ["FAILED_TEMP"],
  giveUp: ["FAILED_TEMP"],
  cancel: ["STARTING", "PROCESSING", "ROLLING_BACK"],
  undo: ["COMPLETED"],
} as const satisfies Record<string, readonly OperationState[]>;
export type Command = keyof typeof commands;

export function allowed(o: Pick<Operation, "state" | "cause">): Command[] {
  return (Object.keys(commands) as Command[]).filter(
    (c) => (commands[c] as readonly string[]).includes(o.state) && !(c === "undo" && o.cause === "drift"),
  );
}

/** Seconds until the next try: doubled each time from 0.5 to 60, between half and the whole of it so that a crowd does not come back at once. */
export function backOff(attempts: number, chance: number): number {
  return Math.min(60, 0.5 * 2 ** (attempts - 1)) * (0.5 + chance / 2);
}

/** What becomes of an operation whose step failed. */
export function afterFailure(
  o: Pick<Operation, "cause" | "back">,
  f: { attempts: number; most: number; refused: boolean; onFailure: "wait" | "roll-back" },
): "again" | "FAILED_TEMP" | "ROLLING_BACK" {
  // a drifted key is repaired for as long as it takes: nobody asked for anything that could be given back
  if (o.cause === "drift") return "again";
  if (!f.refused && f.attempts < f.most) return "again";
  return f.onFailure === "roll-back" && !o.back ? "ROLLING_BACK" : "FAILED_TEMP";
}
