import type { Context } from "#kernel";
import type { Alarm, Severity } from "../monitoring/shapes.ts";
import { serviceFile } from "../service-levels/pack.ts";

/** Which alarms make a ticket, and after how long: shorter ones mend themselves. */
export interface TicketPolicy {
  severities: readonly Severity[];
  afterSeconds: number;
}
export const usualTickets: TicketPolicy = { severities: ["critical", "major"], afterSeconds: 120 };

export function ticketPolicy(ctx: Pick<Context, "country">): TicketPolicy {
  const file = ctx.country.get(serviceFile);
  return Array.isArray(file) ? usualTickets : { ...usualTickets, ...file.tickets };
}

export type TicketState = "open" | "in-progress" | "resolved" | "closed";
export type Move = "open" | "resolve" | "reopen" | undefined;

/**
 * What an alarm asks of its ticket, from their present states alone: missed or repeated news change nothing. An announced
 * work makes no ticket; one that outlasts its window does.
 */
export function moveFor(
  alarm: Pick<Alarm, "severity" | "began" | "ended" | "work" | "mergedInto" | "occurrences">,
  ticket: { state: TicketState; occurrences: number } | undefined,
  policy: TicketPolicy,
  now: Date,
): Move {
  const over = alarm.ended !== null || alarm.mergedInto !== null;
  if (ticket) {
    // each coming of the alarm is dealt with once: what somebody resolved or reopened by hand stays so until it comes again
    if (alarm.occurrences <= ticket.occurrences) return undefined;
    const pending = ticket.state === "open" || ticket.state === "in-progress";
    return over === pending ? (over ? "resolve" : "reopen") : undefined;
  }
  if (over || alarm.work !== null || !policy.severities.includes(alarm.severity)) return undefined;
  return now.getTime() - alarm.began.getTime() >= policy.afterSeconds * 1000 ? "open" : undefined;
}

type Act = "take" | "assign" | "resolve" | "close" | "reopen" | "note";
const transitions: Record<TicketState, Partial<Record<Act, TicketState>>> = {
  open: { take: "in-progress", assign: "in-progress", resolve: "resolved", note: "open" },
  "in-progress": { take: "in-progress", assign: "in-progress", resolve: "resolved", note: "in-progress" },
  resolved: { close: "closed", reopen: "open", note: "resolved" },
  closed: { reopen: "open" },
};
export const after = (state: TicketState, act: Act): TicketState | undefined => transitions[state][act];
