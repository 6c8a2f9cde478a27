import { approveWork, approveWorks, cancelWork, changeWork, planWorks, proposeWork, refuseWork } from "#network/api";
import { anyOf, official, seeOther, T, type Form, type Reply } from "#kernel";
import { consoleAction, sent } from "../screen.ts";
import { workScreen } from "./work.ts";
import { here, workForm, written } from "./works.ts";

const Id = T.String({ pattern: "^[0-9a-f-]{36}$" });
const Version = T.Integer({ minimum: 1 });
const back = { back: workScreen, backInput: (f: Form) => ({ id: sent(f, "id") }) };
const shown = (id: string): Reply => seeOther(`${here}/${id}`);
const Reason = T.String({ minLength: 3, maxLength: 2000 });
export const workActions = [
  consoleAction({
    id: "console.network-change-work",
    path: `${here}/{id}`,
    who: official(planWorks),
    form: T.Object({ id: Id, version: Version, ...workForm }),
    calls: [changeWork],
    async handle(a, { id, version, ...f }) {
      await a.call(changeWork, { id, version, ...written(f) });
      return shown(id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-propose-work",
    path: `${here}/{id}/proposition`,
    who: official(planWorks),
    form: T.Object({ id: Id, version: Version, force: T.Optional(T.String({ maxLength: 2000 })) }),
    calls: [proposeWork],
    async handle(a, { force, ...f }) {
      await a.call(proposeWork, { ...f, ...(force?.trim() ? { force: force.trim() } : {}) });
      return shown(f.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-approve-work",
    path: `${here}/{id}/approbation`,
    who: official(approveWorks),
    form: T.Object({ id: Id, version: Version }),
    calls: [approveWork],
    async handle(a, f) {
      await a.call(approveWork, f);
      return shown(f.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-refuse-work",
    path: `${here}/{id}/refus`,
    who: official(approveWorks),
    form: T.Object({ id: Id, version: Version, reason: Reason }),
    calls: [refuseWork],
    async handle(a, f) {
      await a.call(refuseWork, f);
      return shown(f.id);
    },
    ...back,
  }),
  consoleAction({
    id: "console.network-cancel-work",
    path: `${here}/{id}/annulation`,
    who: anyOf(official(planWorks), official(approveWorks)),
    form: T.Object({ id: Id, version: Version, reason: Reason }),
    calls: [cancelWork],
    async handle(a, f) {
      await a.call(cancelWork, f);
      return shown(f.id);
    },
    ...back,
  }),
];
