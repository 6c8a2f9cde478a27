import { screens, type Screen as Shown } from "#ui";
import { shell, type View } from "./site.ts";
import { readStanding, standingReads } from "./standing.ts";

export { sent, sentAll, type Again } from "#ui";
export type Screen<I> = Shown<I, View>;

/** Pages and forms of the desk: its header needs the account and its roles. */
const made = screens<View>({ reads: standingReads, draw: async (p, view) => shell(p, await readStanding(p), view) });
export const deskPage = made.page;
export const deskAction = made.action;
