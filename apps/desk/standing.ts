import { readMyAccount } from "#identity/api";
import { listColleagues, myRoles } from "#registry/api";
import type { PageContext } from "#kernel";
import { standingOf, type Standing } from "#ui";

export const standingReads = [readMyAccount, myRoles];
export const colleagueReads = [listColleagues];

export async function readStanding(p: PageContext): Promise<Standing> {
  const me = await p.call(readMyAccount, {});
  const { roles } = await p.call(myRoles, {});
  return standingOf(p.caller, me.name ?? me.username, roles);
}

/** Working names of the institution's people, by account. */
export async function colleagueNames(p: PageContext): Promise<ReadonlyMap<string, string>> {
  const { colleagues } = await p.call(listColleagues, {});
  return new Map(colleagues.map((one) => [one.account, one.holder]));
}
