import { signInFirst, type Context } from "#kernel";
import { accountById, type Account } from "./store.ts";

/** The account of whoever is signed in. */
export async function ownAccount(ctx: Context): Promise<Account> {
  const c = ctx.caller;
  if (c.kind !== "person" && c.kind !== "official") throw signInFirst();
  const account = await accountById(ctx, c.account);
  if (!account) throw signInFirst();
  return account;
}

export function ownSession(ctx: Context): string {
  const c = ctx.caller;
  if (c.kind !== "person" && c.kind !== "official") throw signInFirst();
  return c.session;
}
