/** A seal of another instance that is newer than what we hold of it: asked for at once, at most once a second, whoever brings what. */
import type { JobContext } from "#kernel";
import { pullNow } from "../configuration/pull.ts";
import { perProgram } from "../memory/program.ts";
import { bookOf } from "../servers/book.ts";
import { hear } from "./pull.ts";

const asked = perProgram(() => new Map<string, number>());
const apart = 1000;
/** Milliseconds a message waits for it. */
const patience = 5000;

export async function meet(j: JobContext, certificate: string, instance: string): Promise<void> {
  const partner = bookOf(j)?.partners.get(instance);
  if (!partner || partner.sealOf(certificate, j.clock.now())) return;
  const last = asked(j).get(instance);
  if (last !== undefined && performance.now() - last < apart) return;
  asked(j).set(instance, performance.now());
  // a gateway knows partners by its centre alone
  if (j.config.role === "gateway") return void (await pullNow(j));
  const impatient = { ...j, signal: AbortSignal.any([j.signal, AbortSignal.timeout(patience)]) };
  await hear(impatient, instance, { fresh: true });
}
