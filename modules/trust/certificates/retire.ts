import type { Context } from "#kernel";
import { certificateRevoked } from "../facts.ts";
import { factSubject } from "./issue.ts";
import { revoke } from "./store.ts";
import { keysElsewhere } from "./store-tls.ts";

/**
 * A server that is given up: its TLS certificates, and the seals of its institution whose keys live there; with `last`, the
 * institution's last server, those too of which nobody knows where they live. Seals made in this house stay. Returns how many were revoked.
 */
export async function retireServerCertificates(ctx: Context, o: { server: string; institution?: string; last: boolean }): Promise<number> {
  const seals = o.institution === undefined ? [] : await keysElsewhere(ctx, "seal", o.institution, o.last ? undefined : o.server);
  const rows = [...(await keysElsewhere(ctx, "tls", o.server)), ...seals];
  const reason = "cessationOfOperation";
  let count = 0;
  for (const row of rows) {
    if (!(await revoke(ctx, row.id, reason))) continue;
    count += 1;
    await ctx.record(certificateRevoked, factSubject(row), { serial: row.serial, kind: row.kind as "tls" | "seal", reason });
  }
  return count;
}
