import { createHash } from "node:crypto";
import type { Kernel } from "#kernel/kernel";
import { setBase } from "#exchange";
import { createOfficial } from "#identity";
import { appoint, demoPeople } from "#registry";
import type { Sandbox } from "../sandbox/index.ts";

/** What everybody may know in a demonstration, printed on the start page; production has no such accounts. */
export const demoPassword = "la parole sous le toguna";

/** A second factor anyone can compute: fixed for a log-in, so that the start page can show the code of the moment. */
export function demoTotpSecret(login: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return [...createHash("sha256").update(`toguna demonstration ${login}`).digest().subarray(0, 32)].map((b) => alphabet[b % 32]).join("");
}

/** Accounts and roles of the pack's demonstration officials, and where the outside world listens today. Idempotent. */
export async function prepareDemonstration(kernel: Kernel, sandbox: Sandbox): Promise<void> {
  await kernel.transaction((ctx) => setBase(ctx, "sandbox", sandbox.url), { caller: { kind: "system", module: "exchange" } });
  for (const p of kernel.country.get(demoPeople)) {
    if (p.kind !== "official" || !p.login || !p.role || !p.institution) continue;
    const { login, role, institution, office } = p;
    const holder = `${p.name.given} ${p.name.family}`;
    await kernel.transaction(
      async (ctx) => {
        const { account } = await createOfficial(ctx, {
          username: login,
          name: holder,
          password: demoPassword,
          totpSecret: demoTotpSecret(login),
          lang: "fr",
          demo: true,
        });
        await appoint(ctx, { account, holder, institution, role, ...(office ? { office } : {}) });
      },
      { caller: { kind: "system", module: "demonstration" } },
    );
  }
}
