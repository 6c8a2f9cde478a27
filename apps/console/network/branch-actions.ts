import {
  approveBranch,
  approveChanges,
  editBranch,
  mergeBranch,
  planChanges,
  proposeBranch,
  readBranch,
  rebaseBranch,
  refuseBranch,
  undoBranch,
  withdrawBranch,
} from "#network/api";
import { anyOf, invalidInput, official, seeOther, T, type Form, type Reply, type Who } from "#kernel";
import { consoleAction, sent } from "../screen.ts";
import { branchScreen } from "./branch.ts";
import { path } from "./parts.ts";
import { words } from "./words-plan.ts";

const Id = T.String({ pattern: "^[0-9a-f-]{36}$" });
const Version = T.Integer({ minimum: 1 });
const back = { back: branchScreen, backInput: (form: Form) => ({ id: sent(form, "id") }) };
const shown = (id: string): Reply => seeOther(`${path}/projets/${id}`);

/** A step that takes nothing but the version seen. */
function step(id: string, to: string, who: Who, contract: typeof approveBranch) {
  return consoleAction({
    id: `console.network-${id}-branch`,
    path: `${path}/projets/{id}/${to}`,
    who,
    form: T.Object({ id: Id, version: Version }),
    calls: [contract],
    async handle(a, form) {
      await a.call(contract, form);
      return shown(form.id);
    },
    ...back,
  });
}

const unreadable = () =>
  invalidInput({ fields: [{ path: "changes", message: { fr: words("fr").notChanges, en: words("en").notChanges } }] });

export const branchActions = [
  consoleAction({
    id: "console.network-edit-branch",
    path: `${path}/projets/{id}`,
    who: official(planChanges),
    form: T.Object({
      id: Id,
      version: Version,
      title: T.String({ minLength: 3, maxLength: 200 }),
      changes: T.String({ maxLength: 200_000 }),
    }),
    limit: 512 * 1024,
    calls: [editBranch],
    async handle(a, { changes, ...form }) {
      let list: unknown;
      try {
        list = JSON.parse(changes);
      } catch {
        throw unreadable();
      }
      if (!Array.isArray(list)) throw unreadable();
      await a.call(editBranch, { ...form, changes: list as never });
      return shown(form.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-propose-branch",
    path: `${path}/projets/{id}/proposition`,
    who: official(planChanges),
    form: T.Object({ id: Id, version: Version, force: T.Optional(T.String({ maxLength: 2000 })) }),
    calls: [proposeBranch, readBranch],
    async handle(a, { force, ...form }) {
      await a.call(proposeBranch, { ...form, ...(force?.trim() ? { force: force.trim() } : {}) });
      return shown(form.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-refuse-branch",
    path: `${path}/projets/{id}/refus`,
    who: official(approveChanges),
    form: T.Object({ id: Id, version: Version, reason: T.String({ minLength: 3, maxLength: 2000 }) }),
    calls: [refuseBranch],
    async handle(a, form) {
      await a.call(refuseBranch, form);
      return shown(form.id);
    },
    ...back,
  }),
  step("approve", "approbation", official(approveChanges), approveBranch),
  step("withdraw", "retrait", official(planChanges), withdrawBranch),
  step("rebase", "mise-a-jour", official(planChanges), rebaseBranch),
  consoleAction({
    id: "console.network-merge-branch",
    path: `${path}/projets/{id}/application`,
    who: anyOf(official(planChanges), official(approveChanges)),
    form: T.Object({ id: Id, version: Version }),
    calls: [mergeBranch],
    async handle(a, form) {
      await a.call(mergeBranch, form);
      return shown(form.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-undo-branch",
    path: `${path}/projets/{id}/annulation`,
    who: official(planChanges),
    form: T.Object({ id: Id, version: Version }),
    calls: [undoBranch],
    async handle(a, form) {
      return shown((await a.call(undoBranch, { id: form.id })).id);
    },
    ...back,
  }),
];
