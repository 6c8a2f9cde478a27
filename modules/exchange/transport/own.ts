/** The TLS certificate and key this program shows to other servers, kept for seconds: a renewal tells within them. */
import type { JobContext } from "#kernel";
import type { TlsIdentity } from "#trust";
import { perProgram } from "../memory/program.ts";
import { bookOf } from "../servers/book.ts";
import { currentIdentity } from "../servers/identity.ts";

const kept = 5000;
const memory = perProgram(() => ({ identity: undefined as Promise<TlsIdentity | undefined> | undefined, since: 0 }));

/** Undefined: this program is no server (yet). */
export function ownIdentity(j: JobContext): Promise<TlsIdentity | undefined> {
  const held = memory(j);
  if (held.identity && performance.now() - held.since < kept) return held.identity;
  const self = bookOf(j)?.self;
  held.since = performance.now();
  held.identity = self === undefined ? Promise.resolve(undefined) : currentIdentity(j, self);
  held.identity.catch(() => (held.identity = undefined));
  return held.identity;
}

export function forgetOwn(j: Pick<JobContext, "config">): void {
  memory(j).identity = undefined;
}
