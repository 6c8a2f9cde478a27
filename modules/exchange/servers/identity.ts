/** Which of its TLS certificates a server shows now: a new one only once its peers have had time to hear of it. */
import type { JobContext } from "#kernel";
import { tlsIdentities, type TlsIdentity } from "#trust";

/** Peers look for a new directory every half minute. */
const overlap = 2 * 60_000;

export async function currentIdentity(j: JobContext, server: string): Promise<TlsIdentity | undefined> {
  const now = j.clock.now().getTime();
  const all = (await tlsIdentities(j, server)).filter((one) => one.notBefore.getTime() <= now);
  return all.find((one) => now - one.since.getTime() >= overlap) ?? all.at(-1);
}

/** Less than a third of its life is left. */
export const isWorn = (c: { notBefore: Date; notAfter: Date }, now: Date): boolean =>
  c.notAfter.getTime() - now.getTime() < (c.notAfter.getTime() - c.notBefore.getTime()) / 3;
