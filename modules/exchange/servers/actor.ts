import type { Context } from "#kernel";

/** Who acts, as an invitation remembers it: the account, or the part of the program. */
export const actor = (ctx: Pick<Context, "caller">): string =>
  ctx.caller.kind === "system"
    ? `system:${ctx.caller.module}`
    : ctx.caller.kind === "stranger"
      ? "stranger"
      : `account:${ctx.caller.account}`;
