import { editBranch, elementKinds, elementSchemas, findElements, openBranch, planChanges, readBranch } from "#network/api";
import { checkInput, invalidInput, official, seeOther, T, type ActionContext, type Form, type Text } from "#kernel";
import { consoleAction, sent } from "../screen.ts";
import { branchScreen } from "./branch.ts";
import { branchesScreen } from "./branches.ts";
import { changed, formNames, typed, type Kind } from "./change-fields.ts";
import { asked, changeScreen, Element, ops, type Asked, type Op } from "./change.ts";
import { path } from "./parts.ts";
import { change as words } from "./words-change.ts";

const Version = T.Integer({ minimum: 1 });
const both = (key: "same" | "gone" | "number"): Text => ({ fr: words("fr")[key], en: words("en")[key] });
const refuse = (box: string, message: Text) => invalidInput({ fields: [{ path: box, message }] });

interface Sent {
  id: string;
  op: Op;
  kind: Kind;
  element: string;
  rang?: number;
  phase?: string;
}

/** One change out of its form; whatever the element's own schema refuses is said at its box, before anything is written. */
async function changeOf(a: ActionContext, f: Sent, whole: Form) {
  const head = { op: f.op, kind: f.kind, id: f.element, ...(f.phase ? { phase: phaseOf(f.phase) } : {}) };
  if (f.op === "remove") return head;
  const now = typed(f.kind, whole);
  if (f.op === "add") {
    judge(f, { ...now, id: f.element });
    return { ...head, fields: now };
  }
  const found = await a.call(findElements, { kind: f.kind, id: f.element, ...(f.rang ? {} : { branch: f.id }) });
  const before = found.elements[0]?.fields ?? {};
  if (!found.total && !f.rang) throw refuse("element", both("gone"));
  const fields = changed(f.kind, before, now);
  if (Object.keys(fields).length === 0) throw refuse("element", both("same"));
  const then = Object.fromEntries(Object.entries({ ...before, ...fields, id: f.element }).filter(([, v]) => v !== null));
  // an element that this very branch adds may be whole only with the changes before
  if (found.total) judge(f, then);
  return { ...head, fields };
}

function judge(f: Sent, row: Record<string, unknown>): void {
  try {
    checkInput(elementSchemas[f.kind], row);
  } catch (error) {
    if (!invalidInput.is(error)) throw error;
    const fields = (error.more.fields ?? []).map((x) => ({ ...x, path: x.path === "id" ? "element" : `f-${x.path.split(".")[0]}` }));
    throw invalidInput({ fields });
  }
}

function phaseOf(text: string): number {
  if (!/^[1-9]\d?$/u.test(text.trim())) throw refuse("phase", both("number"));
  return Number(text.trim());
}

const putForm = T.Object({
  id: asked.id,
  version: Version,
  op: T.Enum([...ops]),
  kind: T.Enum([...elementKinds]),
  element: Element,
  rang: asked.rang,
  phase: T.Optional(T.String({ maxLength: 8 })),
  ...Object.fromEntries(formNames.map((name) => [name, T.Optional(T.String({ maxLength: 10_000 }))])),
});

export const changeActions = [
  consoleAction({
    id: "console.network-put-change",
    path: `${path}/projets/{id}/changement`,
    who: official(planChanges),
    form: putForm,
    calls: [readBranch, findElements, editBranch],
    async handle(a, form) {
      const f = form as unknown as Sent & { version: number };
      const change = await changeOf(a, { ...f, element: f.element.trim() }, form as unknown as Form);
      const { changes } = await a.call(readBranch, { id: f.id });
      const next = f.rang && f.rang <= changes.length ? changes.with(f.rang - 1, change as never) : [...changes, change];
      await a.call(editBranch, { id: f.id, version: f.version, changes: next as never });
      return seeOther(`${path}/projets/${f.id}#changements`);
    },
    back: changeScreen,
    backInput: (form: Form): Asked => ({
      id: sent(form, "id"),
      op: sent(form, "op") as Op,
      kind: sent(form, "kind") as Kind,
      ...(sent(form, "element") ? { element: sent(form, "element") } : {}),
      ...(Number(sent(form, "rang")) ? { rang: Number(sent(form, "rang")) } : {}),
    }),
  }),
  consoleAction({
    id: "console.network-drop-change",
    path: `${path}/projets/{id}/changement/retrait`,
    who: official(planChanges),
    form: T.Object({ id: asked.id, version: Version, rang: T.Integer({ minimum: 1, maximum: 5000 }) }),
    calls: [readBranch, editBranch],
    async handle(a, { id, version, rang }) {
      const { changes } = await a.call(readBranch, { id });
      await a.call(editBranch, { id, version, changes: changes.toSpliced(rang - 1, 1) as never });
      return seeOther(`${path}/projets/${id}#changements`);
    },
    back: branchScreen,
    backInput: (form: Form) => ({ id: sent(form, "id") }),
  }),
  consoleAction({
    id: "console.network-begin-branch",
    path: `${path}/nouveau-projet`,
    who: official(planChanges),
    form: T.Object({ title: T.String({ minLength: 3, maxLength: 200 }) }),
    calls: [openBranch],
    async handle(a, { title }) {
      return seeOther(`${path}/projets/${(await a.call(openBranch, { title })).id}`);
    },
    back: branchesScreen,
    backInput: () => ({}),
  }),
];
