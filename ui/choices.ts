import { html, type Html } from "#kernel";
import { attributes, classes, idOf, keyAttributes, type Content } from "./attributes.ts";
import { describedBy, errorMessage, hint, type Choice, type Field } from "./fields.ts";
import { words } from "./words.ts";

/** A group of controls under one question. */
export function fieldset(field: Field, body: Content): Html {
  const id = field.id ?? idOf(field.name);
  const legend = html`${field.label}${field.optional ? html` <span class="t-soft">${words(field.lang).optional}</span>` : ""}`;
  return html`<div class="${classes("t-field", field.error && "t-wrong")}">
    <fieldset class="govuk-fieldset" ${attributes({ "aria-describedby": describedBy(field, id) })}>
      <legend class="govuk-fieldset__legend">${field.heading ? html`<h1>${legend}</h1>` : legend}</legend>
      ${hint(id, field.hint)}${errorMessage(field.lang, id, field.error)}${body}
    </fieldset>
  </div>`;
}

export interface ChoiceField extends Field {
  items: readonly Choice[];
}

/** The first control carries the field's own id, so that the error summary's link lands on it. */
const itemId = (id: string, index: number) => (index === 0 ? id : `${id}-${index + 1}`);

export function radios(field: ChoiceField & { value?: string | null | undefined }): Html {
  const id = field.id ?? idOf(field.name);
  return fieldset(
    field,
    field.items.map((item, index) => {
      const own = itemId(id, index);
      return html`<div class="govuk-radios__item"><input${attributes({ class: "govuk-radios__input", type: "radio", id: own, name: field.name, value: item.value, checked: item.value === field.value, "aria-describedby": item.hint ? `${own}-item-hint` : null, ...keyAttributes(item.key) })}><label class="govuk-radios__label" for="${own}">${item.text}</label>${item.hint ? html`<span class="t-hint govuk-radios__hint" id="${own}-item-hint">${item.hint}</span>` : ""}</div>
`;
    }),
  );
}

export function checkboxes(field: ChoiceField & { values?: readonly string[] }): Html {
  const id = field.id ?? idOf(field.name);
  return fieldset(
    field,
    field.items.map((item, index) => checkbox(field.name, itemId(id, index), item, field.values?.includes(item.value) ?? false)),
  );
}

/** One box on its own, e.g. a declaration on honour. */
export function checkbox(name: string, id: string, item: Choice, checked = false): Html {
  return html`<div class="govuk-checkboxes__item"><input${attributes({ class: "govuk-checkboxes__input", type: "checkbox", id, name, value: item.value, checked, "aria-describedby": item.hint ? `${id}-item-hint` : null, ...keyAttributes(item.key) })}><label class="govuk-checkboxes__label" for="${id}">${item.text}</label>${item.hint ? html`<span class="t-hint govuk-checkboxes__hint" id="${id}-item-hint">${item.hint}</span>` : ""}</div>
`;
}

/**
 * Day, month, year as three boxes: `birth` gives `birth.day`, `birth.month`, `birth.year`. Faster and less error
 * prone than a calendar for dates people know by heart.
 */
export function dateInput(field: Field & { value?: { day?: string; month?: string; year?: string }; birthday?: boolean }): Html {
  const id = field.id ?? idOf(field.name);
  const w = words(field.lang);
  const box = (part: "day" | "month" | "year", label: string, width: 2 | 4, own: string) =>
    html`<div class="govuk-date-input__item"><label class="t-label t-part" for="${own}">${label}</label><input${attributes({ class: classes("govuk-input", width === 2 ? "govuk-input--width-2" : "govuk-input--width-4"), id: own, name: `${field.name}.${part}`, type: "text", inputmode: "numeric", maxlength: width, value: field.value?.[part], autocomplete: field.birthday ? `bday-${part}` : null })}></div>`;
  return fieldset(
    field,
    html`<div class="govuk-date-input">
      ${box("day", w.day, 2, id)}${box("month", w.month, 2, `${id}-month`)}${box("year", w.year, 4, `${id}-year`)}
    </div>`,
  );
}

/** `2026-03-01` from the three boxes, "" when all are empty, undefined when they name no day of the calendar. */
export function dateFrom(form: Record<string, unknown>, name: string): string | undefined {
  const [day, month, year] = ["day", "month", "year"].map((part) => String(form[`${name}.${part}`] ?? "").trim());
  if (!day && !month && !year) return "";
  if (!/^\d{1,2}$/.test(day ?? "") || !/^\d{1,2}$/.test(month ?? "") || !/^\d{4}$/.test(year ?? "")) return undefined;
  const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  const parsed = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== text ? undefined : text;
}
