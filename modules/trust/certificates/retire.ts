import type { Context } from "#kernel";
import { certificateRevoked } from "../facts.ts";
import { factSubject } from "./issue.ts";
import { revoke } from "./store.ts";
import { keysElsewhere } from "./store-tls.ts";

/**
 * A server that is given up: its TLS certificates, and, where `seal` names the institution whose last server it was, the seals whose
 * keys live there. Seals made in this house stay. Returns how many were revoked.
 */
export async function retireServerCertificates(ctx: Context, o: { server: string; seal?: string }): Promise<number> {
  const rows = [...(await keysElsewhere(ctx, "tls", o.server)), ...(o.seal === undefined ? [] : await keysElsewhere(ctx, "seal", o.seal))];
  const reason = "cessationOfOperation";
  let count = 0;
  for (const row of rows) {
    if (!(await revoke(ctx, row.id, reason))) continue;
    count += 1;
    await ctx.record(certificateRevoked, factSubject(row), { serial: row.serial, kind: row.kind as "tls" | "seal", reason });
  }
  return count;
}
