import { readMyAccount } from "#identity/api";
import { myRoles } from "#registry/api";
import type { Html, PageContext } from "#kernel";
import { screens, standingOf, type Screen as Shown } from "#ui";
import { shell, type View } from "./site.ts";

export { sent, sentAll, type Again } from "#ui";
export type Screen<I> = Shown<I, View>;

/** A whole page around its part; an action that shows what is shown once only draws it itself. */
export async function draw(p: PageContext, view: View): Promise<Html> {
  const me = await p.call(readMyAccount, {});
  const { roles } = await p.call(myRoles, {});
  return shell(p, standingOf(p.caller, me.name ?? me.username, roles), view);
}
const made = screens<View>({ reads: [readMyAccount, myRoles], draw });
export const consolePage = made.page;
export const consoleAction = made.action;

/** A link to the same page with some of its filters changed; empty ones fall away. */
export function withQuery(path: string, values: Record<string, string | undefined>): string {
  const kept = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return kept.length ? `${path}?${new URLSearchParams(kept).toString()}` : path;
}
