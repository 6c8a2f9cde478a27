/** What is said of servers in maintenance to who asks for them. */
import type { JobContext } from "#kernel";
import type { Away } from "../gateway/flow.ts";
import { awayOf } from "./book.ts";

/** Maintenance may end early: nobody is told to wait longer than this, in seconds. */
const longest = 300;

export const backAt = (j: Pick<JobContext, "clock">, a: Pick<Away, "until">): number =>
  Math.max(1, Math.min(longest, Math.ceil((a.until.getTime() - j.clock.now().getTime()) / 1000)));

/** Of servers that all are away, the one that is back first. */
export function firstBack(j: Pick<JobContext, "clock" | "config">, servers: readonly string[]): Away | undefined {
  const away = servers.flatMap((server) => {
    const m = awayOf(j, server);
    return m ? [{ server, until: m.until, notice: m.notice }] : [];
  });
  return away.sort((a, b) => a.until.getTime() - b.until.getTime())[0];
}

/** For who reads a program's log: what, until when, why, and who can act. */
export const awaySentence = (a: Away): string =>
  `The exchange server ${a.server} is in maintenance until ${a.until.toISOString()}${a.notice ? ` (${a.notice})` : ""}. Ask again then; its operator can end it earlier.`;
