/** What the counters and the handset share. */
import type { Clock, Ids } from "#kernel";
import type { OperatorFile } from "../pack.ts";
import type { MoneyDesk } from "./desk.ts";

export interface MoneyWorld {
  operators: readonly OperatorFile[];
  desks: ReadonlyMap<string, MoneyDesk>;
  clock: Clock;
  ids: Ids;
  merchantKey: string;
  phonePrefix: string;
  /** Time zone whose days the statements follow. */
  zone: string;
}

/** A number as people type it, in E.164; undefined when it cannot be one. */
export function international(typed: string, prefix: string): string | undefined {
  const bare = typed.replace(/[\s.\-()]/g, "");
  const full = bare.startsWith("+") ? bare : bare.startsWith("00") ? `+${bare.slice(2)}` : `${prefix}${bare}`;
  return /^\+\d{10,15}$/.test(full) ? full : undefined;
}
