import type { Kernel } from "#kernel/kernel";
import { setBase } from "#exchange";
import { createOfficial } from "#identity";
import { appoint, demoPeople } from "#registry";
import type { Sandbox } from "../sandbox/index.ts";
import { demoPassword, demoTotpSecret } from "./demo-secrets.ts";

export { demoPassword, demoTotpSecret };

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
