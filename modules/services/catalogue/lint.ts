/** What a schema cannot say of a procedure: names that point nowhere, conditions that look forward, promises without source. */
import { fieldsOf } from "../forms/expression.ts";
import type { Field, Procedure } from "./procedure.ts";

export interface Finding {
  where: string;
  what: string;
}

export function lint(p: Procedure, events: ReadonlySet<string>): Finding[] {
  const found: Finding[] = [];
  const say = (where: string, what: string): void => void found.push({ where: `${p.slug}@${p.version} ${where}`, what });
  const texts = new Set(p.legalBasis.map((l) => l.id));
  const basis = (where: string, id: string | undefined): void => {
    if (id !== undefined && !texts.has(id)) say(where, `no legal basis “${id}”`);
  };
  const evidence = new Map(p.evidence.map((e) => [e.id, e]));
  const fields = new Map<string, Field>();

  for (const id of p.lifeEvents) if (!events.has(id)) say("lifeEvents", `no life event “${id}”`);
  duplicates(p.legalBasis.map((l) => l.id)).forEach((id) => say("legalBasis", `“${id}” twice`));
  duplicates(p.fees.map((f) => f.id)).forEach((id) => say("fees", `“${id}” twice`));
  duplicates(p.evidence.map((e) => e.id)).forEach((id) => say("evidence", `“${id}” twice`));
  duplicates(p.grounds.map((g) => g.code)).forEach((id) => say("grounds", `“${id}” twice`));

  // evidence answers before the form is read, so conditions may look at any field it fills
  const filled = new Set(p.evidence.flatMap((e) => e.fields.map((f) => f.to)));
  const known = new Set<string>(filled);
  for (const section of p.sections) {
    for (const name of fieldsOf(section.when))
      if (!known.has(name)) say(`section ${section.id}`, `its condition looks at “${name}”, which is not before it`);
    for (const field of section.fields) {
      if (fields.has(field.id)) say(`field ${field.id}`, "the same id twice");
      lintField(field, known, say);
      fields.set(field.id, field);
      known.add(field.id);
      if (field.evidence !== undefined) {
        const from = evidence.get(field.evidence);
        if (!from) say(`field ${field.id}`, `no evidence “${field.evidence}”`);
        else if (!from.fields.some((f) => f.to === field.id)) say(`field ${field.id}`, `evidence “${field.evidence}” does not fill it`);
      }
    }
  }
  const needField = (where: string, id: string): void => {
    if (!fields.has(id)) say(where, `no field “${id}”`);
  };
  for (const e of p.evidence) {
    basis(`evidence ${e.id}`, e.legalBasis);
    for (const f of e.fields) if (fields.get(f.to)?.evidence !== e.id) say(`evidence ${e.id}`, `fills “${f.to}”, which does not say so`);
    const before = new Set([...(e.after ?? [])].flatMap((id) => evidence.get(id)?.fields.map((f) => f.to) ?? []));
    for (const id of e.after ?? [])
      if (!evidence.has(id) || id === e.id) say(`evidence ${e.id}`, `waits for “${id}”, which does not exist`);
    for (const q of [...e.query, ...(e.queryByHand ?? [])])
      if (q.from !== "person" && !before.has(q.from.field))
        say(`evidence ${e.id}`, `asks with “${q.from.field}”, which nothing before it fills`);
    if ("division" in e.provider && !before.has(e.provider.division))
      say(`evidence ${e.id}`, `its provider depends on “${e.provider.division}”, which nothing before it fills`);
    for (const name of fieldsOf(e.when))
      if (!before.has(name)) say(`evidence ${e.id}`, `its condition looks at “${name}”, which nothing before it fills`);
  }
  if (hasCircle(p)) say("evidence", "the requirements wait for each other in a circle");
  for (const f of p.fees) for (const name of fieldsOf(f.when)) needField(`fee ${f.id}`, name);
  if (p.authority.institution === undefined && (p.authority.kind === undefined || p.authority.division === undefined))
    say("authority", "neither an institution nor a kind with a division");
  if (p.authority.division !== undefined) needField("authority", p.authority.division);
  for (const name of fieldsOf(p.authority.abroad?.when)) needField("authority.abroad", name);
  basis("authority", p.authority.legalBasis);
  basis("authority.abroad", p.authority.abroad?.legalBasis);
  basis("delay", p.delay.legalBasis);
  for (const g of p.grounds) basis(`ground ${g.code}`, g.legalBasis);
  for (const id of [p.applicant.family, p.applicant.given, ...p.output.fields]) needField("output", id);
  if (p.output.birth) needField("output", p.output.birth);
  for (const id of p.output.legal) basis("output", id);
  if (p.search) {
    basis("search", p.search.legalBasis);
    for (const c of p.search.compare) needField("search", c.field);
    for (const q of [...p.search.queries.flat(), ...p.search.queryByHand]) if (q.from !== "person") needField("search", q.from.field);
  }
  return found;
}

function lintField(field: Field, known: ReadonlySet<string>, say: (where: string, what: string) => void): void {
  const where = `field ${field.id}`;
  for (const name of fieldsOf(field.when)) if (!known.has(name)) say(where, `its condition looks at “${name}”, which is not before it`);
  if ((field.type === "choice" || field.type === "choices" || field.type === "select") && !field.options)
    say(where, "a choice without options");
  if (field.type === "linked-select" && (!field.linkedTo || !known.has(field.linkedTo) || !field.linkedOptions))
    say(where, "a linked list needs a field before it and options");
  if (field.type === "computed" && !field.compute) say(where, "a computed field without a computation");
  if (field.type === "regular-expression" && !field.pattern) say(where, "a pattern is missing");
  if (field.type === "group" && !field.fields) say(where, "a repeated group without fields");
  if (field.type !== "group" && field.fields) say(where, "only a group has fields");
  if (field.options) duplicates(field.options.map((o) => o.value)).forEach((v) => say(where, `option “${v}” twice`));
  if (field.pattern !== undefined && !compiles(field.pattern)) say(where, "its pattern is not a regular expression");
  if (field.minItems !== undefined && field.minItems > (field.maxItems ?? 20)) say(where, "more items wanted than allowed");
  const inner = new Set(known);
  for (const part of field.fields ?? []) {
    lintField(part, inner, say);
    if (part.evidence !== undefined) say(`field ${field.id}.${part.id}`, "evidence cannot fill a field of a group");
    inner.add(part.id);
  }
}

function duplicates(list: readonly string[]): string[] {
  return [...new Set(list.filter((one, i) => list.indexOf(one) !== i))];
}

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

function hasCircle(p: Procedure): boolean {
  const after = new Map(p.evidence.map((e) => [e.id, e.after ?? []]));
  const visit = (id: string, path: readonly string[]): boolean =>
    path.includes(id) || (after.get(id) ?? []).some((next) => visit(next, [...path, id]));
  return p.evidence.some((e) => visit(e.id, []));
}
