import { checkInput, invalidInput, type Text } from "#kernel";
import { canonicalRow, difference } from "../plant/rules.ts";
import { kinds, schemas, type Kind, type Plant } from "../plant/shapes.ts";
import type { Change } from "./shapes.ts";

export interface ReplayFault {
  /** Place of the change in the branch, from 1; 0: the whole does not hold together. */
  position: number;
  message: Text;
}
type Row = { id: string };
const rowsOf = (p: Plant, kind: Kind) => p[kind] as Row[];

/** The plant with the changes done, one after the other; what cannot be done is told and left out. */
export function replay(base: Plant, changes: readonly Change[]): { plant: Plant; faults: ReplayFault[] } {
  const faults: ReplayFault[] = [];
  const touched = new Map<Kind, Map<string, Row>>();
  const of = (kind: Kind) => {
    let map = touched.get(kind);
    if (!map) touched.set(kind, (map = new Map(rowsOf(base, kind).map((e) => [e.id, e]))));
    return map;
  };
  changes.forEach((c, i) => {
    const rows = of(c.kind);
    const say = (fr: string, en: string) => faults.push({ position: i + 1, message: { fr: `${c.id} : ${fr}`, en: `${c.id}: ${en}` } });
    const was = rows.get(c.id);
    if (c.op === "add" && was) return say("existe déjà.", "exists already.");
    if (c.op !== "add" && !was) return say("n’existe pas ou plus.", "does not exist, or no longer.");
    if (c.op === "remove") return rows.delete(c.id);
    const illustrative = was ? {} : { illustrative: false };
    const ducts = !was && "ducts" in schemas[c.kind].properties ? { ducts: [] } : {};
    const full = { ...illustrative, ...ducts, ...was, ...c.fields, id: c.id };
    const row = Object.fromEntries(Object.entries(full).filter(([, v]) => v !== null)) as Row;
    try {
      checkInput(schemas[c.kind], row);
      const stray = Object.keys(row).find((k) => !(k in schemas[c.kind].properties));
      if (stray) return say(`le champ « ${stray} » n’existe pas.`, `there is no field “${stray}”.`);
      return rows.set(c.id, row);
    } catch (error) {
      if (!invalidInput.is(error)) throw error;
      for (const f of error.more.fields ?? []) say(`${f.path} : ${f.message.fr}`, `${f.path}: ${f.message.en}`);
      return undefined;
    }
  });
  const plant = { ...base };
  for (const [kind, map] of touched) plant[kind] = [...map.values()] as never;
  return { plant, faults };
}

export interface Conflict {
  kind: Kind;
  id: string;
  /** What somebody else did to it since the branch began. */
  since: "added" | "changed" | "removed";
}

/** What the branch touches and somebody else touched since: they talk first, the machine does not choose between them. */
export function conflicts(base: Plant, head: Plant, changes: readonly Change[]): Conflict[] {
  const found = new Map<string, Conflict>();
  for (const kind of new Set(changes.map((c) => c.kind))) {
    const [old, now] = [base, head].map((p) => new Map(rowsOf(p, kind).map((e) => [e.id, e])));
    for (const { id } of changes.filter((c) => c.kind === kind)) {
      const [x, y] = [old!.get(id), now!.get(id)];
      if (x === y || (x && y && canonicalRow(x) === canonicalRow(y))) continue;
      found.set(`${kind}\n${id}`, { kind, id, since: !x ? "added" : !y ? "removed" : "changed" });
    }
  }
  return [...found.values()];
}

export interface Line {
  op: Change["op"];
  kind: Kind;
  id: string;
  name?: string;
  fields: { field: string; was?: unknown; becomes?: unknown }[];
}

/** What is different, element by element and field by field. */
export function lines(before: Plant, after: Plant): Line[] {
  const d = difference(before, after);
  const out: Line[] = [];
  for (const kind of kinds) {
    const old = new Map(rowsOf(before, kind).map((e) => [e.id, e]));
    const line = (op: Change["op"], id: string, x: Row | undefined, y: Row | undefined): Line => {
      const [was, becomes] = [(x ?? {}) as Record<string, unknown>, (y ?? {}) as Record<string, unknown>];
      const names = [...new Set([...Object.keys(was), ...Object.keys(becomes)])].filter((f) => f !== "id");
      const name = (becomes.name ?? was.name) as string | undefined;
      const fields = names.filter((f) => JSON.stringify(was[f]) !== JSON.stringify(becomes[f]));
      return {
        op,
        kind,
        id,
        ...(name ? { name } : {}),
        fields: fields.map((f) => ({
          field: f,
          ...(was[f] === undefined ? {} : { was: was[f] }),
          ...(becomes[f] === undefined ? {} : { becomes: becomes[f] }),
        })),
      };
    };
    for (const id of d.removed[kind]) out.push(line("remove", id, old.get(id), undefined));
    for (const e of d.changed[kind] as Row[]) out.push(line("change", e.id, old.get(e.id), e));
    for (const e of d.added[kind] as Row[]) out.push(line("add", e.id, undefined, e));
  }
  return out;
}

/** The steps that take `after` back to `before`: dependants first, so that each step leaves something that can be said. */
export function inverse(before: Plant, after: Plant): Change[] {
  const back = lines(after, before);
  const place = (kind: Kind) => kinds.indexOf(kind);
  const removed = back.filter((l) => l.op === "remove").toSorted((x, y) => place(y.kind) - place(x.kind));
  const rest = back.filter((l) => l.op !== "remove").toSorted((x, y) => place(x.kind) - place(y.kind));
  return [...removed, ...rest].map(({ op, kind, id, fields }) =>
    op === "remove" ? { op, kind, id } : { op, kind, id, fields: Object.fromEntries(fields.map((f) => [f.field, f.becomes ?? null])) },
  );
}

export type State = "draft" | "proposed" | "approved" | "refused" | "merged" | "withdrawn";
type Act = "edit" | "propose" | "approve" | "refuse" | "merge" | "withdraw" | "rebase" | "undo";

/** What may happen in each state, and where it leads. Editing an approved branch takes the approval away. */
const transitions: Record<State, Partial<Record<Act, State>>> = {
  draft: { edit: "draft", rebase: "draft", propose: "proposed", withdraw: "withdrawn" },
  proposed: { edit: "draft", rebase: "draft", approve: "approved", refuse: "refused", withdraw: "withdrawn" },
  approved: { edit: "draft", rebase: "draft", merge: "merged", refuse: "refused", withdraw: "withdrawn" },
  refused: { edit: "draft", rebase: "draft", withdraw: "withdrawn" },
  merged: { undo: "merged" },
  withdrawn: {},
};
export function after(state: State, act: Act): State | undefined {
  return transitions[state][act];
}
