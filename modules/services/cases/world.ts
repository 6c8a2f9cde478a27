/** What reading and showing a form needs of the world, looked up before so that both stay pure. */
import { say, type Context } from "#kernel";
import type { LeafField, Procedure } from "../catalogue/procedure.ts";
import type { FormWorld } from "../forms/readers.ts";
import type { Answers } from "../forms/validate.ts";
import type { ViewWorld } from "../forms/view.ts";
import { allDivisions, officeKind } from "../offices.ts";

const divided = new Set(["division", "region", "province", "commune"]);

function fieldsOf(procedure: Procedure): LeafField[] {
  return procedure.sections.flatMap((s) => s.fields).flatMap((f) => [f, ...(f.fields ?? [])]);
}

/** Every string in what was sent that may be an institution's id; few, so each is looked up. */
function texts(value: unknown, found: Set<string>): Set<string> {
  if (typeof value === "string" && value.length < 100) found.add(value);
  else if (Array.isArray(value)) for (const one of value.slice(0, 100)) texts(one, found);
  else if (typeof value === "object" && value !== null) for (const one of Object.values(value).slice(0, 100)) texts(one, found);
  return found;
}

export async function formWorld(ctx: Context, procedure: Procedure, ...answers: Answers[]): Promise<FormWorld> {
  const fields = fieldsOf(procedure);
  const divisions = fields.some((f) => divided.has(f.type)) ? await allDivisions(ctx) : new Map<string, { level: string }>();
  const kinds = new Map<string, string | undefined>();
  if (fields.some((f) => f.type === "institution"))
    for (const id of texts(answers, new Set())) if (/^[a-z0-9-]+$/.test(id)) kinds.set(id, await officeKind(ctx, id));
  return {
    today: ctx.clock.today(),
    phone: { prefix: ctx.country.phone.prefix, pattern: ctx.country.phone.pattern },
    division: (id) => divisions.get(id)?.level,
    institution: (id) => kinds.get(id),
  };
}

export async function viewWorld(ctx: Context, procedure: Procedure): Promise<ViewWorld> {
  const fields = fieldsOf(procedure);
  const divisions = fields.some((f) => divided.has(f.type))
    ? await allDivisions(ctx)
    : new Map<string, { name: { fr: string; en: string }; level: string }>();
  const lists = new Map<string, { value: string; label: string }[]>();
  const listOf = (level: string): { value: string; label: string }[] => {
    let list = lists.get(level);
    if (!list) {
      const order = new Intl.Collator([ctx.lang, "fr"]);
      list = [...divisions]
        .filter(([, d]) => level === "division" || d.level === level)
        .map(([value, d]) => ({ value, label: say(d.name, ctx.lang) }))
        .sort((a, b) => order.compare(a.label, b.label));
      lists.set(level, list);
    }
    return list;
  };
  return {
    lang: ctx.lang,
    today: ctx.clock.today(),
    currency: ctx.country.currency.code,
    sourceOf: (id) => {
      const e = procedure.evidence.find((one) => one.id === id);
      return e ? ctx.say(e.title) : undefined;
    },
    options: (field) => (divided.has(field.type) ? listOf(field.type) : undefined),
  };
}
