import { html, type Form, type Html, type PageContext } from "#kernel";
import type { FieldView, LeafView } from "#services/api";
import {
  attributes,
  checkbox,
  checkboxes,
  dateInput,
  errorFor,
  facts,
  idOf,
  input,
  radios,
  select,
  textarea,
  type Field,
  type FieldError,
  type InputField,
} from "#ui";
import { words } from "./words.ts";

export type Leaf = LeafView;

/** What people sent last time, when the page is shown again; else the stored value. */
function typed(sent: Form | undefined, path: string, stored: unknown): string {
  const again = sent?.[path];
  if (typeof again === "string") return again;
  return stored === undefined || stored === null || typeof stored === "object" ? "" : String(stored);
}

function boxes(sent: Form | undefined, path: string, stored: unknown): { day: string; month: string; year: string } {
  const again = (part: string) => (typeof sent?.[`${path}.${part}`] === "string" ? (sent[`${path}.${part}`] as string) : undefined);
  const [year = "", month = "", day = ""] = typeof stored === "string" ? stored.split("-") : [];
  return { day: again("day") ?? plain(day), month: again("month") ?? plain(month), year: again("year") ?? year };
}
const plain = (two: string) => two.replace(/^0/, "");

function many(sent: Form | undefined, path: string, stored: unknown): string[] {
  const again = sent?.[path];
  if (Array.isArray(again)) return again;
  if (typeof again === "string") return [again];
  return Array.isArray(stored) ? stored.map(String) : [];
}

const longTypes = new Set(["multiline", "address"]);
const dateTypes = new Set(["date", "partial-date"]);
const tickTypes = new Set(["checkbox", "declaration", "oath"]);
const shortTypes = new Set(["year", "month", "time", "integer", "number", "decimal", "percentage", "amount", "quantity", "postal-box"]);

/** One question, drawn for its type; the same types as every other channel, nothing of the procedure is known here. */
export function question(p: PageContext, leaf: Leaf, errors: readonly FieldError[], sent: Form | undefined, heading = false): Html {
  const { lang } = p;
  const common: Field = {
    lang,
    name: leaf.path,
    label: leaf.unit ? html`${leaf.label} <span class="t-soft">(${leaf.unit})</span>` : leaf.label,
    hint: leaf.hint,
    error: errorFor(errors, leaf.path),
    optional: !leaf.required,
    heading,
  };
  if (leaf.type === "title") return html`<h2>${leaf.label}</h2>`;
  if (leaf.type === "explanation")
    return html`<p>${leaf.label}</p>
      ${leaf.hint ? html`<p class="t-soft">${leaf.hint}</p>` : ""}`;
  if (leaf.locked || leaf.type === "computed") return known(p, [leaf]);
  const value = typed(sent, leaf.path, leaf.value);
  if (longTypes.has(leaf.type)) return textarea({ ...common, value, ...(leaf.maxLength ? { maxlength: leaf.maxLength } : {}) });
  if (dateTypes.has(leaf.type))
    return dateInput({ ...common, value: boxes(sent, leaf.path, leaf.value), birthday: leaf.autocomplete === "bday" });
  if (tickTypes.has(leaf.type)) return tick(common, leaf, sent);
  const options = (leaf.options ?? []).map((one) => ({ value: one.value, text: one.label, hint: one.hint }));
  if (leaf.type === "yes-no") {
    const w = words(lang);
    const stored = typeof leaf.value === "boolean" ? (leaf.value ? "yes" : "no") : "";
    return radios({
      ...common,
      value: typed(sent, leaf.path, stored),
      items: [
        { value: "yes", text: w.yes },
        { value: "no", text: w.no },
      ],
    });
  }
  if (leaf.type === "choices")
    return html`<input
        type="hidden"
        name="_lists"
        value="${leaf.path}"
      />${checkboxes({ ...common, values: many(sent, leaf.path, leaf.value), items: options })}`;
  if (leaf.options && (leaf.type === "choice" || leaf.type === "sex" || (leaf.type === "select" && options.length <= 6)))
    return radios({ ...common, value, items: options });
  if (leaf.options) return select({ ...common, value, items: options.map((one) => ({ value: one.value, text: String(one.text) })) });
  return input({
    ...common,
    value,
    type: leaf.type === "phone" ? "tel" : leaf.type === "email" ? "email" : "text",
    ...(leaf.inputMode ? { inputmode: leaf.inputMode as NonNullable<InputField["inputmode"]> } : {}),
    ...(leaf.autocomplete ? { autocomplete: leaf.autocomplete } : {}),
    ...(shortTypes.has(leaf.type) ? { width: 10 as const } : {}),
    ...(leaf.maxLength ? { maxlength: leaf.maxLength } : {}),
  });
}

/** A declaration is one box and its sentence. A box left empty is not sent by browsers: `_boxes` names it. */
function tick(common: Field, leaf: Leaf, sent: Form | undefined): Html {
  const on = sent ? sent[leaf.path] === "yes" : leaf.value === true;
  const id = idOf(leaf.path);
  return html`<input type="hidden" name="_boxes" value="${leaf.path}" />
    <div class="${common.error ? "t-field t-wrong" : "t-field"}" ${attributes({ id: `${id}-group` })}>
      ${common.error ? html`<span class="t-error" id="${id}-error">${common.error}</span>` : ""}
      ${checkbox(leaf.path, id, { value: "yes", text: leaf.label, hint: leaf.hint }, on)}
    </div>`;
}

/** What registers already said: shown with its source, never asked. */
export function known(p: PageContext, leaves: readonly Leaf[]): Html {
  const w = words(p.lang);
  return facts(
    p.lang,
    leaves.map((leaf) => ({
      key: leaf.label,
      value: html`${leaf.display ?? ""}${leaf.source ? html`<div class="t-source">${w.from(leaf.source)}</div>` : ""}`,
    })),
  );
}

/** A group that repeats: one block for each item there is, and one to fill in while more are allowed. */
export function group(p: PageContext, field: FieldView, errors: readonly FieldError[], sent: Form | undefined): Html {
  const w = words(p.lang);
  const items = field.items ?? [];
  const blank = (field as { blank?: Leaf[] }).blank;
  const block = (title: string, leaves: readonly Leaf[]) =>
    html`<div class="t-box">
      <fieldset class="govuk-fieldset">
        <legend class="govuk-fieldset__legend">${title}</legend>
        ${leaves.map((leaf) => question(p, leaf, errors, sent))}
      </fieldset>
    </div>`;
  return html`<h2>${field.label}</h2>
    ${field.hint ? html`<p class="t-soft">${field.hint}</p>` : ""} ${items.map((item) => block(item.title, item.fields))}
    ${blank?.length ? block(items.length ? (field.addLabel ?? w.another) : field.label, blank) : ""}`;
}

export function ask(p: PageContext, field: FieldView, errors: readonly FieldError[], sent: Form | undefined): Html {
  return field.type === "group" && !field.locked ? group(p, field, errors, sent) : question(p, field, errors, sent);
}

const control = new Set(["_boxes", "_lists", "_later", "_another", "version", "number", "section"]);

/** From flat form fields to answers: three boxes become one date, boxes left empty say no. */
export function answersFrom(form: Form): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  const listed = (name: string): string[] => {
    const value = form[name];
    return typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
  };
  for (const [name, value] of Object.entries(form)) {
    if (control.has(name) || (typeof value !== "string" && !Array.isArray(value))) continue;
    const part = /^(.+)\.(day|month|year)$/.exec(name);
    if (part && dated(form, part[1] as string)) {
      const date = (answers[part[1] as string] ??= {}) as Record<string, unknown>;
      date[part[2] as string] = value;
    } else answers[name] = value;
  }
  for (const [name, value] of Object.entries(answers))
    if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every((one) => one === ""))
      answers[name] = "";
  for (const name of listed("_boxes")) answers[name] = answers[name] === "yes" ? "yes" : "no";
  for (const name of listed("_lists")) {
    const value = answers[name];
    answers[name] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  }
  return answers;
}

/** Only where all three boxes were sent is it a date; a field may well be called "birth.year". */
function dated(form: Form, name: string): boolean {
  return ["day", "month", "year"].every((part) => typeof form[`${name}.${part}`] === "string");
}
