import { allPermissions, type Context } from "#kernel";
import { isSensitive } from "./assignments/rules.ts";
import { roles, type Role } from "./pack.ts";

export function roleById(ctx: Context, id: string): Role | undefined {
  return ctx.country.get(roles).find((r) => r.id === id);
}

export function permissionsOf(ctx: Context): (role: string) => readonly string[] {
  const all = new Map(ctx.country.get(roles).map((r) => [r.id, r.permissions]));
  return (role) => all.get(role) ?? [];
}

/** The roles that exist in a kind of institution. */
export function rolesFor(ctx: Context, kind: string | undefined): Role[] {
  return ctx.country.get(roles).filter((r) => kind === undefined || r.kinds.includes("*") || r.kinds.includes(kind));
}

export function needsTwo(role: Role): boolean {
  return isSensitive(
    role,
    new Set(
      allPermissions()
        .filter((p) => p.sensitive)
        .map((p) => p.id),
    ),
  );
}
