import { readMyAccount } from "#identity/api";
import { listColleagues, myRoles } from "#registry/api";
import type { PageContext } from "#kernel";
import { officialOf, type Standing } from "./site.ts";

export const standingReads = [readMyAccount, myRoles];
export const colleagueReads = [listColleagues];

export async function readStanding(p: PageContext): Promise<Standing> {
  const caller = officialOf(p.caller);
  const me = await p.call(readMyAccount, {});
  const { roles } = await p.call(myRoles, {});
  const now = roles.find((one) => one.institution === caller.institution && one.role === caller.role);
  return {
    name: me.name ?? me.username,
    role: now?.roleName ?? caller.role,
    institution: now?.institutionName ?? caller.institution,
    several: roles.length > 1,
  };
}

/** Working names of the institution's people, by account. */
export async function colleagueNames(p: PageContext): Promise<ReadonlyMap<string, string>> {
  const { colleagues } = await p.call(listColleagues, {});
  return new Map(colleagues.map((one) => [one.account, one.holder]));
}
