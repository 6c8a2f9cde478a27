/** The form as a channel shows it: what applies now, in words, with the answers and their problems. */
import { say, type Lang, type Text } from "#kernel";
import type { Field, LeafField, Section } from "../catalogue/procedure.ts";
import { countryOptions } from "./countries.ts";
import { compute, holds, isPresent } from "./expression.ts";
import type { FieldView, LeafView, SectionView, SummarySection } from "./schemas.ts";
import { isLocked, type Answers } from "./validate.ts";

export interface ViewWorld {
  lang: Lang;
  today: string;
  currency: string;
  /** Title of an evidence requirement: where a locked value came from. */
  sourceOf: (evidence: string) => string | undefined;
  /** Options of divisions and institutions, looked up by the handler. */
  options: (field: LeafField) => { value: string; label: string }[] | undefined;
}

const words = {
  yes: { fr: "Oui", en: "Yes" },
  no: { fr: "Non", en: "No" },
  female: { fr: "Féminin", en: "Female" },
  male: { fr: "Masculin", en: "Male" },
  none: { fr: "Non renseigné", en: "Not given" },
  noItem: { fr: "Aucun", en: "None" },
  declared: { fr: "Déclaré", en: "Declared" },
} satisfies Record<string, Text>;

export function showForm(
  sections: readonly Section[],
  values: Readonly<Answers>,
  known: Readonly<Answers>,
  world: ViewWorld,
  only?: ReadonlySet<string>,
): SectionView[] {
  const all = { ...values, ...known };
  return sections
    .filter((section) => holds(section.when, all))
    .map((section) => ({
      id: section.id,
      title: say(section.title, world.lang),
      ...(section.intro ? { intro: say(section.intro, world.lang) } : {}),
      fields: section.fields.filter((f) => holds(f.when, all)).map((f) => showField(f, all, known, world, only)),
    }))
    .filter((section) => section.fields.length > 0);
}

function showField(field: Field, all: Answers, known: Readonly<Answers>, world: ViewWorld, only?: ReadonlySet<string>): FieldView {
  const view: FieldView = showLeaf(
    field,
    field.id,
    all[field.id],
    all,
    world,
    isLocked(field, known) || (only !== undefined && !only.has(field.id)),
  );
  if (field.type !== "group") return view;
  const items = Array.isArray(all[field.id]) ? (all[field.id] as Answers[]) : [];
  return {
    ...view,
    minItems: field.minItems ?? 0,
    maxItems: field.maxItems ?? 20,
    ...(field.addLabel ? { addLabel: say(field.addLabel, world.lang) } : {}),
    items: items.map((item, index) => ({
      index,
      title: `${say(field.itemTitle ?? field.label, world.lang)} ${index + 1}`,
      fields: leavesOf(field, item, index, all, world),
    })),
    ...(!view.locked && items.length < (field.maxItems ?? 20) ? { blank: leavesOf(field, {}, items.length, all, world) } : {}),
  };
}

function leavesOf(field: Field, item: Answers, index: number, all: Answers, world: ViewWorld): LeafView[] {
  const scope = { ...all, ...item };
  return (field.fields ?? [])
    .filter((part) => holds(part.when, scope))
    .map((part) => showLeaf(part, `${field.id}[${index}].${part.id}`, item[part.id], scope, world, false));
}

function showLeaf(field: LeafField, path: string, value: unknown, scope: Answers, world: ViewWorld, locked: boolean): LeafView {
  const shown = field.type === "computed" && field.compute ? compute(field.compute, scope, world.today) : value;
  const options = optionsOf(field, scope, world);
  const source = locked && field.evidence ? world.sourceOf(field.evidence) : undefined;
  return {
    path,
    type: field.type,
    label: say(field.label, world.lang),
    ...(field.hint ? { hint: say(field.hint, world.lang) } : {}),
    required: field.required !== false,
    locked,
    ...(source ? { source } : {}),
    ...(isPresent(shown) ? { value: shown, display: displayed(field, shown, world, options) } : {}),
    ...(options ? { options } : {}),
    ...(field.maxLength ? { maxLength: field.maxLength } : {}),
    ...(typeof field.min === "number" ? { min: field.min } : {}),
    ...(typeof field.max === "number" ? { max: field.max } : {}),
    ...(field.unit ? { unit: say(field.unit, world.lang) } : {}),
    ...(field.autocomplete ? { autocomplete: field.autocomplete } : {}),
    ...(inputMode[field.type] ? { inputMode: inputMode[field.type] } : {}),
  };
}

const inputMode: Partial<Record<Field["type"], string>> = {
  integer: "numeric",
  year: "numeric",
  amount: "numeric",
  quantity: "numeric",
  decimal: "decimal",
  number: "decimal",
  percentage: "decimal",
  phone: "tel",
  email: "email",
  "web-address": "url",
  "act-number": "numeric",
  "case-number": "numeric",
};

function optionsOf(field: LeafField, scope: Answers, world: ViewWorld): { value: string; label: string; hint?: string }[] | undefined {
  if (field.type === "country" || field.type === "nationality") return countryOptions(world.lang);
  if (field.type === "sex")
    return [
      { value: "F", label: say(words.female, world.lang) },
      { value: "M", label: say(words.male, world.lang) },
    ];
  const list = field.type === "linked-select" ? field.linkedOptions?.[String(scope[field.linkedTo ?? ""])] : field.options;
  if (list)
    return list.map((o) => ({ value: o.value, label: say(o.label, world.lang), ...(o.hint ? { hint: say(o.hint, world.lang) } : {}) }));
  return world.options(field);
}

function displayed(
  field: LeafField,
  value: unknown,
  world: ViewWorld,
  options: readonly { value: string; label: string }[] | undefined,
): string {
  const { lang } = world;
  if (typeof value === "boolean")
    return say(field.type === "declaration" || field.type === "oath" ? words.declared : value ? words.yes : words.no, lang);
  if (field.type === "amount" && typeof value === "number") return money(value, world.currency, lang);
  if (typeof value === "number")
    return field.type === "year"
      ? String(value)
      : `${new Intl.NumberFormat(lang).format(value)}${field.unit ? ` ${say(field.unit, lang)}` : ""}`;
  if (Array.isArray(value)) return value.map((v) => labelOf(String(v), options)).join(", ");
  if (typeof value === "object" && value !== null) return Object.values(value).map(String).join(", ");
  const text = String(value);
  if (field.type === "date" || field.type === "partial-date" || field.type === "month") return dayInWords(text, lang);
  return labelOf(text, options);
}

const labelOf = (value: string, options: readonly { value: string; label: string }[] | undefined): string =>
  options?.find((o) => o.value === value)?.label ?? value;

/** 750 F CFA: figures as the language writes them, the currency as people say it. */
export function money(amount: number, currency: string, lang: Lang): string {
  return new Intl.NumberFormat(lang, { style: "currency", currency, maximumFractionDigits: 0 }).format(amount);
}

/** 1990-12-31 to « 31 décembre 1990 »; a month or a year alone stays one. */
export function dayInWords(text: string, lang: Lang): string {
  const [y, m, d] = text.split("-").map(Number) as [number, number?, number?];
  if (m === undefined || Number.isNaN(m)) return text;
  const style: Intl.DateTimeFormatOptions = {
    timeZone: "UTC",
    year: "numeric",
    month: "long",
    ...(d === undefined ? {} : { day: "numeric" }),
  };
  const words = new Intl.DateTimeFormat(lang, style).format(new Date(Date.UTC(y, m - 1, d ?? 1)));
  // French says « 1er » for the first of a month, and CLDR's pattern does not
  return lang === "fr" && d === 1 ? words.replace(/^1 /, "1er ") : words;
}

/** The answers to read again: only what applies, only what has a value. */
export function summarise(
  sections: readonly Section[],
  values: Readonly<Answers>,
  known: Readonly<Answers>,
  world: ViewWorld,
): SummarySection[] {
  return showForm(sections, values, known, world)
    .map((section) => ({
      id: section.id,
      title: section.title,
      rows: section.fields.flatMap((f) => {
        if (f.type === "title" || f.type === "explanation") return [];
        if (f.type === "group")
          return f.items?.length
            ? f.items.map((i) => ({
                path: `${f.path}[${i.index}]`,
                label: i.title,
                value: i.fields
                  .map((p) => p.display)
                  .filter(Boolean)
                  .join(", "),
              }))
            : [{ path: f.path, label: f.label, value: say(words.noItem, world.lang) }];
        return [
          { path: f.path, label: f.label, value: f.display ?? say(words.none, world.lang), ...(f.source ? { source: f.source } : {}) },
        ];
      }),
    }))
    .filter((section) => section.rows.length > 0);
}
