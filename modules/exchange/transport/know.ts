/** A seal made a moment ago may be newer than the directory a gateway has: then it asks the centre at once instead of refusing. */
import type { JobContext } from "#kernel";
import { vouch } from "#trust";
import { pullNow } from "../configuration/pull.ts";
import { meet } from "../federation/meet.ts";
import { perProgram } from "../memory/program.ts";

const known = perProgram(() => new Set<string>());

/** `instance`: another one, whose servers brought it. */
export async function learn(j: JobContext, certificate: string, instance?: string): Promise<void> {
  if (instance !== undefined) return meet(j, certificate, instance);
  if (j.config.role !== "gateway") return;
  const seen = known(j);
  if (seen.has(certificate)) return;
  const at = j.clock.now();
  const judged = await j.transaction((ctx) => vouch(ctx, { certificate, at }), { readOnly: true });
  if (!judged.ok) {
    await pullNow(j);
    return;
  }
  if (seen.size >= 2000) seen.clear();
  seen.add(certificate);
}
