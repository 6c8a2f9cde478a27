import { approveRole, approveRoles, assignRoles, decideDelegation, endRole, listColleagues, refuseRole, requestRole } from "#registry/api";
import { findOfficial } from "#identity/api";
import { invalidInput, official, Problem, seeOther, T, type ActionContext, type Text } from "#kernel";
import { dateFrom } from "#ui";
import { consoleAction } from "../screen.ts";
import { rolesScreen } from "./page.ts";
import { words } from "./words.ts";

const Id = T.String({ pattern: "^[0-9a-f-]{36}$" });
const Version = T.Integer({ minimum: 1 });
const Reason = T.String({ minLength: 1, maxLength: 500 });
const Part = T.Optional(T.String({ maxLength: 4 }));
const here = { back: rolesScreen, backInput: () => ({}) };
const done = (what?: string) => seeOther(what ? `/console/roles?fait=${what}` : "/console/roles");
const says = (key: "dayWrong" | "choosePerson" | "chooseRole" | "unknownPerson"): Text => ({ fr: words("fr")[key], en: words("en")[key] });

/** A colleague of the list, or somebody found by an exact user name; nobody is guessed. */
async function whom(
  a: ActionContext,
  account: string | undefined,
  username: string | undefined,
): Promise<{ account: string; name: string } | undefined> {
  if (!username) {
    const one = (await a.call(listColleagues, {})).colleagues.find((c) => c.account === account);
    return one && { account: one.account, name: one.holder };
  }
  try {
    return await a.call(findOfficial, { username });
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined;
    throw error;
  }
}

export const roleActions = [
  consoleAction({
    id: "console.request-role",
    path: "/console/roles",
    who: official(assignRoles),
    form: T.Object({
      account: T.Optional(T.String({ maxLength: 100 })),
      username: T.Optional(T.String({ maxLength: 64 })),
      role: T.Optional(T.String({ maxLength: 100 })),
      "from.day": Part,
      "from.month": Part,
      "from.year": Part,
      "until.day": Part,
      "until.month": Part,
      "until.year": Part,
    }),
    calls: [requestRole, listColleagues, findOfficial],
    async handle(a, form) {
      const [from, until] = [dateFrom(form, "from"), dateFrom(form, "until")];
      const who = await whom(a, form.account, form.username?.trim());
      const wrong = [
        ...(who
          ? []
          : [
              form.username?.trim()
                ? { path: "username", message: says("unknownPerson") }
                : { path: "account", message: says("choosePerson") },
            ]),
        ...(form.role ? [] : [{ path: "role", message: says("chooseRole") }]),
        ...(from === undefined ? [{ path: "from", message: says("dayWrong") }] : []),
        ...(until === undefined ? [{ path: "until", message: says("dayWrong") }] : []),
      ];
      if (wrong.length || !who || !form.role) throw invalidInput({ fields: wrong });
      await a.call(requestRole, {
        account: who.account,
        holder: who.name,
        role: form.role,
        from: from || a.clock.today(),
        ...(until ? { until } : {}),
      });
      return done("demande");
    },
    ...here,
  }),
  consoleAction({
    id: "console.approve-role",
    path: "/console/roles/{id}/approbation",
    who: official(approveRoles),
    form: T.Object({ id: Id, version: Version }),
    calls: [approveRole],
    async handle(a, form) {
      await a.call(approveRole, form);
      return done();
    },
    ...here,
  }),
  consoleAction({
    id: "console.refuse-role",
    path: "/console/roles/{id}/refus",
    who: official(approveRoles),
    form: T.Object({ id: Id, version: Version, reason: Reason }),
    calls: [refuseRole],
    async handle(a, form) {
      await a.call(refuseRole, form);
      return done();
    },
    ...here,
  }),
  consoleAction({
    id: "console.end-role",
    path: "/console/roles/{id}/fin",
    who: official(assignRoles),
    form: T.Object({ id: Id, version: Version, reason: Reason }),
    calls: [endRole],
    async handle(a, form) {
      await a.call(endRole, form);
      return done();
    },
    ...here,
  }),
  consoleAction({
    id: "console.decide-delegation",
    path: "/console/roles/prets/{id}",
    who: official(approveRoles),
    form: T.Object({ id: Id, version: Version, outcome: T.Enum(["approved", "refused"]) }),
    calls: [decideDelegation],
    async handle(a, form) {
      await a.call(decideDelegation, form);
      return done();
    },
    ...here,
  }),
];
