import type { Context, InputOf, OutputOf } from "#kernel";
import { rightsList } from "../directory/store.ts";
import { policiesOf } from "./cedar.ts";
import type { readPolicies } from "./contracts.ts";

export async function policiesShown(ctx: Context, { service }: InputOf<typeof readPolicies>): Promise<OutputOf<typeof readPolicies>> {
  const rights = await rightsList(ctx.db, service === undefined ? {} : { service });
  const text = policiesOf(rights.map((r) => ({ ...r, basis: ctx.say(r.basis) })));
  return { text, policies: rights.length };
}
