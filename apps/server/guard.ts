import type { Caller } from "#kernel";
import type { Guard } from "#kernel/kernel";
import { sessionCaller } from "#identity";
import { actingRole } from "#registry";

/** Who is behind a session (identity), and for an official in which institution and role (registry): neither module needs the other. */
export const guard: Guard = {
  async identify(ctx, session): Promise<Caller> {
    const base = await sessionCaller(ctx, session);
    if (!base) return { kind: "stranger" };
    if (base.kind === "person") return base as Caller;
    const role = await actingRole(ctx, { account: base.account, session: base.session });
    return role ? ({ ...base, kind: "official", ...role } as Caller) : { kind: "stranger" };
  },
};
