/** What this side knows of the world when it judges a message: which directory, how old; and who answers for whom. */
import type { JobContext } from "#kernel";
import { perProgram } from "../memory/program.ts";
import { awayOf, bookOf, configurationOf, kinOf, mayCarry, refreshBook, serversFor } from "../servers/book.ts";

/** This house's own side. */
export const here = "here";

/** On the house itself both are its own. Elsewhere revocations arrive with the configuration: they are as old as it is. */
export function knownOf(j: JobContext): { configuration?: { version: number; age: number }; statusAge?: number } {
  const known = configurationOf(j);
  return known ? { configuration: known, statusAge: known.age } : {};
}

/** Links that failed a moment ago, by server: the moment until which others of the same log are tried first. */
const failing = perProgram(() => new Map<string, number>());
const shunned = 20_000;
export const linkFailed = (j: Pick<JobContext, "config">, server: string): void => void failing(j).set(server, performance.now() + shunned);
export const linkHeard = (j: Pick<JobContext, "config">, server: string): void => void failing(j).delete(server);

/**
 * The other server to which that institution's stored messages go; `here` when this one answers. Only among servers of one log:
 * what may have arrived at one of them is known to all, so nothing is taken twice.
 */
export function placeOf(j: Pick<JobContext, "config" | "clock">, institution: string, kind?: string): string {
  const all = serversFor(j, institution, kind);
  const [first] = all;
  if (first === undefined) return here;
  const kin = kinOf(j, first).filter((one) => all.includes(one) && !awayOf(j, one));
  const now = performance.now();
  return kin.find((one) => (failing(j).get(one) ?? 0) < now) ?? kin[0] ?? first;
}

/** May what came that way speak for a client of this institution? */
export async function carries(j: JobContext, via: string, institution: string): Promise<boolean> {
  if (via === here) return true;
  const peer = (bookOf(j) ?? (await refreshBook(j))).servers.get(via);
  return peer !== undefined && mayCarry(peer, institution);
}
