import type { Caller } from "#kernel";
import type { Guard } from "#kernel/kernel";
import { sessionCaller } from "#identity";
import { actingRole } from "#registry";

/** Who is behind a session (identity), and for an official in which institution and role (registry): neither module needs the other. */
export const guard: Guard = {
  async identify(ctx, session): Promise<Caller> {
    const base = await sessionCaller(ctx, session);
    if (!base) return { kind: "stranger" };
    const { account, person, level } = base;
    if (base.kind === "person") return { kind: "person", account, person, level, session: base.session };
    const right = await actingRole(ctx, { account, session: base.session });
    if (!right) return { kind: "stranger" };
    const { institution, office, role, permissions } = right;
    return {
      kind: "official",
      account,
      person,
      level,
      session: base.session,
      institution,
      role,
      permissions: new Set(permissions),
      ...(office ? { office } : {}),
    };
  },
};
