/** When something was measured, in the house's time, by a machine whose clock may say 1970. Pure. */
import type { Stored } from "./spool.ts";

export interface Now {
  /** Our clock, and what it is ahead of the house's, as just told. */
  own: number;
  skew: number;
  up: number;
  boot: string;
}
/** Of this start of the machine: by the seconds since, which no clock bends. Of an earlier one: by what was known then; else unsure. */
export function when(s: Pick<Stored, "own" | "skew" | "up" | "boot">, now: Now): { at: string; unsure: boolean } {
  const text = (ms: number) => new Date(Math.max(0, Math.min(ms, 8.64e15))).toISOString().replace(/^\+\d{6}/, "9999");
  if (s.boot === now.boot && s.up <= now.up) return { at: text(now.own - now.skew - (now.up - s.up) * 1000), unsure: false };
  if (s.skew !== undefined) return { at: text(s.own - s.skew), unsure: false };
  return { at: text(s.own - now.skew), unsure: true };
}
