/** What this side knows of the world when it judges a message: which directory, how old; and who answers for whom. */
import type { JobContext } from "#kernel";
import { bookOf, configurationOf, mayCarry, refreshBook, serverFor } from "../servers/book.ts";

/** This house's own side. */
export const here = "here";

/** On the house itself both are its own. Elsewhere revocations arrive with the configuration: they are as old as it is. */
export function knownOf(j: JobContext): { configuration?: { version: number; age: number }; statusAge?: number } {
  const known = configurationOf(j);
  return known ? { configuration: known, statusAge: known.age } : {};
}

/** The other server that answers for that institution; `here` when this one does. */
export const placeOf = (j: Pick<JobContext, "config" | "clock">, institution: string, kind?: string): string =>
  serverFor(j, institution, kind) ?? here;

/** May what came that way speak for a client of this institution? */
export async function carries(j: JobContext, via: string, institution: string): Promise<boolean> {
  if (via === here) return true;
  const peer = (bookOf(j) ?? (await refreshBook(j))).servers.get(via);
  return peer !== undefined && mayCarry(peer, institution);
}
