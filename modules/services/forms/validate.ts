/**
 * The one validator. Page, counter, API, SMS and USSD all end here: what it lets through is what is stored.
 * Draft: what is valid is kept, nothing is demanded. Submit: everything that applies must be answered.
 */
import type { Text } from "#kernel";
import type { Field, LeafField, Section } from "../catalogue/procedure.ts";
import { compute, holds, isPresent, valueAt } from "./expression.ts";
import { readers, type FormWorld } from "./readers.ts";
import { told, tooFew, tooMany } from "./texts.ts";

export type Answers = Record<string, unknown>;
export interface Wrong {
  path: string;
  message: Text;
}
export interface Checked {
  values: Answers;
  problems: Wrong[];
}
export interface Form {
  sections: readonly Section[];
  /** Answered by registers: field id to value. These fields are never read from the caller. */
  known: Readonly<Answers>;
  /** Only these paths may change (a correction); everything else keeps its value. */
  only?: ReadonlySet<string>;
}

const silent = new Set(["title", "explanation", "computed"]);
const isEmpty = (raw: unknown): boolean =>
  raw === undefined ||
  raw === null ||
  raw === "" ||
  (typeof raw === "string" && raw.trim() === "") ||
  (Array.isArray(raw) && raw.every((r) => r === ""));

export function check(form: Form, raw: Answers, before: Readonly<Answers>, world: FormWorld, mode: "draft" | "submit"): Checked {
  const sent = nested(raw);
  const problems: Wrong[] = sent.problems;
  const values: Answers = Object.assign(Object.create(null) as Answers, form.known);
  const fields = new Set<string>();
  for (const section of form.sections) {
    const shown = holds(section.when, values);
    for (const field of section.fields) {
      fields.add(field.id);
      const locked = isLocked(field, form.known) || (form.only !== undefined && !form.only.has(field.id));
      if (Object.hasOwn(sent.values, field.id) && (locked || silent.has(field.type)))
        problems.push({ path: field.id, message: told.lockedField });
      if (!shown || !holds(field.when, values)) continue;
      if (isLocked(field, form.known)) continue;
      const touched = !locked && !silent.has(field.type) && Object.hasOwn(sent.values, field.id);
      const value = touched
        ? readField(field, sent.values[field.id], values, world, mode, problems)
        : keep(field, before, values, world, mode, problems);
      if (isPresent(value)) values[field.id] = value;
      else if (mode === "submit" && field.required !== false && !silent.has(field.type) && !problems.some((p) => p.path === field.id))
        problems.push({ path: field.id, message: field.message ?? told.required });
    }
  }
  for (const key of Object.keys(sent.values)) if (!fields.has(key)) problems.push({ path: key.slice(0, 80), message: told.unknownField });
  return { values: { ...values }, problems };
}

/** A field that a register answered. When the register has no such value, the field is asked like any other. */
export function isLocked(field: LeafField, known: Readonly<Answers>): boolean {
  return field.evidence !== undefined && isPresent(known[field.id]);
}

/** What was answered before is read again: an option may have gone, a date may have passed. */
function keep(
  field: Field,
  before: Readonly<Answers>,
  values: Answers,
  world: FormWorld,
  mode: "draft" | "submit",
  problems: Wrong[],
): unknown {
  if (field.type === "computed") return field.compute ? compute(field.compute, values, world.today) : undefined;
  const old = before[field.id];
  return isPresent(old) ? readField(field, old, values, world, mode, problems) : undefined;
}

function readField(field: Field, raw: unknown, values: Answers, world: FormWorld, mode: "draft" | "submit", problems: Wrong[]): unknown {
  if (field.type === "group") return readGroup(field, raw, values, world, mode, problems);
  if (isEmpty(raw)) return undefined;
  return readLeaf(field, raw, field.id, values, world, problems);
}

function readLeaf(field: LeafField, raw: unknown, path: string, values: Answers, world: FormWorld, problems: Wrong[]): unknown {
  if (field.type === "group" || field.type === "title" || field.type === "explanation" || field.type === "computed") return undefined;
  const read = readers[field.type](raw, field, world, values);
  if ("value" in read) return read.value;
  problems.push({ path, message: field.message ?? read.problem });
  return undefined;
}

function readGroup(field: Field, raw: unknown, outer: Answers, world: FormWorld, mode: "draft" | "submit", problems: Wrong[]): unknown {
  const list = isEmpty(raw) ? [] : raw;
  const most = field.maxItems ?? 20;
  if (!Array.isArray(list)) {
    problems.push({ path: field.id, message: told.shape });
    return undefined;
  }
  if (list.length > most) {
    problems.push({ path: field.id, message: tooMany(most) });
    return undefined;
  }
  const items: Answers[] = [];
  for (const one of list) {
    if (typeof one !== "object" || one === null || Array.isArray(one)) {
      if (isEmpty(one)) continue;
      problems.push({ path: `${field.id}[${items.length}]`, message: told.shape });
      continue;
    }
    const row = one as Answers;
    // an item left wholly empty was not meant: pages offer one to fill in
    if (Object.values(row).every(isEmpty)) continue;
    const item = readItem(field, row, items.length, outer, world, mode, problems);
    if (Object.keys(item).length > 0) items.push(item);
  }
  if (mode === "submit" && items.length < (field.minItems ?? 0)) problems.push({ path: field.id, message: tooFew(field.minItems ?? 0) });
  return items;
}

function readItem(
  field: Field,
  row: Answers,
  index: number,
  outer: Answers,
  world: FormWorld,
  mode: "draft" | "submit",
  problems: Wrong[],
): Answers {
  const item: Answers = {};
  const path = (id: string): string => `${field.id}[${index}].${id}`;
  const parts = field.fields ?? [];
  for (const part of parts) {
    const scope = { ...outer, ...item };
    if (!holds(part.when, scope)) continue;
    if (part.type === "computed") {
      const value = part.compute ? compute(part.compute, scope, world.today) : undefined;
      if (value !== undefined) item[part.id] = value;
      continue;
    }
    const given = Object.hasOwn(row, part.id) ? row[part.id] : undefined;
    const value = isEmpty(given) ? undefined : readLeaf(part, given, path(part.id), scope, world, problems);
    if (isPresent(value)) item[part.id] = value;
    else if (mode === "submit" && part.required !== false && !silent.has(part.type) && !problems.some((p) => p.path === path(part.id)))
      problems.push({ path: path(part.id), message: part.message ?? told.required });
  }
  for (const key of Object.keys(row))
    if (!parts.some((p) => p.id === key)) problems.push({ path: path(key).slice(0, 120), message: told.unknownField });
  return item;
}

const isRecord = (value: unknown): value is Answers => typeof value === "object" && value !== null && !Array.isArray(value);

/** Forms arrive flat (`otherNames[0].familyName`): brought back to arrays of objects. Own keys only, small indexes only. */
export function nested(raw: Answers): Checked {
  const values = Object.create(null) as Answers;
  const problems: Wrong[] = [];
  for (const [key, value] of Object.entries(raw)) {
    const m = /^([a-zA-Z][a-zA-Z0-9-]*)\[(\d{1,3})\]\.([a-zA-Z][a-zA-Z0-9-]*)$/.exec(key);
    if (!m) {
      values[key] = value;
      continue;
    }
    const [, group, index, part] = m as unknown as [string, string, string, string];
    const list = (values[group] = Array.isArray(values[group]) ? [...(values[group] as unknown[])] : []) as unknown[];
    const at = Number(index);
    if (at > 199) problems.push({ path: key, message: tooMany(200) });
    else if (list[at] === undefined || isRecord(list[at]))
      list[at] = Object.assign(Object.create(null) as Answers, list[at], { [part]: value });
    else problems.push({ path: key, message: told.shape });
  }
  for (const [key, list] of Object.entries(values)) if (Array.isArray(list)) values[key] = [...list].filter((one) => one !== undefined);
  return { values, problems };
}

/** Values of fields that depend on a register's answer, as the form knows them. */
export function knownFrom(
  rows: readonly { from: Readonly<Record<string, unknown>>; fields: readonly { from: string; to: string }[] }[],
): Answers {
  const known: Answers = {};
  for (const { from, fields } of rows)
    for (const f of fields) {
      const value = valueAt(from, f.from);
      if (isPresent(value)) known[f.to] = value;
    }
  return known;
}
