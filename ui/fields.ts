import { html, type Html, type Lang } from "#kernel";
import { attributes, classes, idOf, keyAttributes, type AttributeValue, type Content } from "./attributes.ts";
import { words } from "./words.ts";

/** What every form field shares. `name` is the form's own flat name; `error` is a whole sentence. */
export interface Field {
  lang: Lang;
  name: string;
  label: Content;
  id?: string;
  hint?: Content;
  error?: string | null | undefined;
  optional?: boolean;
  /** The label is the page's h1 (one question per page). */
  heading?: boolean;
  /** The desk's key that goes here. */
  key?: string;
}

export function describedBy(field: Field, id: string): string | null {
  return classes(field.hint ? `${id}-hint` : null, field.error ? `${id}-error` : null) || null;
}

export function hint(id: string, text: Content): Html | "" {
  return text ? html`<span class="t-hint" id="${id}-hint">${text}</span>` : "";
}

export function errorMessage(lang: Lang, id: string, error: string | null | undefined): Html | "" {
  if (!error) return "";
  return html`<span class="t-error" id="${id}-error"><span class="govuk-visually-hidden">${words(lang).errorPrefix}</span>${error}</span>`;
}

function labelled(field: Field, control: (id: string, common: Record<string, AttributeValue>) => Html): Html {
  const id = field.id ?? idOf(field.name);
  const common = {
    id,
    name: field.name,
    "aria-describedby": describedBy(field, id),
    "aria-invalid": field.error ? "true" : null,
    ...keyAttributes(field.key),
  };
  const label = html`<label class="t-label" for="${id}"
    >${field.label}${field.optional ? html` <span class="t-soft">${words(field.lang).optional}</span>` : ""}</label
  >`;
  return html`<div class="${classes("t-field", field.error && "t-wrong")}">
    ${field.heading ? html`<h1>${label}</h1>` : label}
    ${hint(id, field.hint)}${errorMessage(field.lang, id, field.error)}${control(id, common)}
  </div>`;
}

export interface InputField extends Field {
  value?: string | number | null | undefined;
  type?: "text" | "tel" | "email" | "number" | "search" | "password" | "date";
  inputmode?: "numeric" | "tel" | "email" | "text" | "decimal";
  autocomplete?: string;
  spellcheck?: boolean;
  /** Expected number of characters; the box is drawn about that wide. */
  width?: 4 | 10 | 20;
  maxlength?: number;
  readonly?: boolean;
  /** What may be meant: offered while one types, and anything else may be typed. */
  offers?: readonly { value: string; text: string }[];
}

/** No `type=number` anywhere it can be helped: `inputmode` gives the keypad without spinners and without lost zeros. */
export function input(field: InputField): Html {
  return labelled(
    field,
    (id, common) =>
      html`<input${attributes({
        ...common,
        list: field.offers ? `${id}-offers` : null,
        class: classes(
          "govuk-input",
          field.width === 4 && "govuk-input--width-4",
          field.width === 10 && "govuk-input--width-10",
          field.width === 20 && "govuk-input--width-20",
        ),
        type: field.type ?? "text",
        value: field.value ?? null,
        inputmode: field.inputmode,
        autocomplete: field.autocomplete,
        spellcheck: field.spellcheck === undefined ? null : String(field.spellcheck),
        maxlength: field.maxlength,
        readonly: field.readonly,
      })}>${field.offers ? html`<datalist id="${id}-offers">${field.offers.map((o) => html`<option value="${o.value}">${o.text}</option>`)}</datalist>` : ""}`,
  );
}

/** A code received by SMS: large, spaced digits, offered by the phone's keyboard when it can read the message. */
export function codeInput(field: InputField): Html {
  return labelled(
    field,
    (_id, common) =>
      html`<input${attributes({
        ...common,
        class: "govuk-input t-code",
        type: "text",
        inputmode: "numeric",
        autocomplete: field.autocomplete ?? "one-time-code",
        maxlength: field.maxlength ?? 12,
        spellcheck: "false",
      })}>`,
  );
}

export interface TextareaField extends Field {
  value?: string | null | undefined;
  rows?: number;
  maxlength?: number;
}

export function textarea(field: TextareaField): Html {
  return labelled(
    field,
    (_id, common) =>
      html`<textarea class="govuk-textarea" ${attributes({ ...common, rows: field.rows ?? 5, maxlength: field.maxlength })}>
${field.value}</textarea>`,
  );
}

export interface Choice {
  value: string;
  text: Content;
  hint?: Content;
  key?: string;
}

export interface SelectField extends Field {
  value?: string | null | undefined;
  items: readonly { value: string; text: string }[];
  /** Text of the empty first line; false leaves it out. */
  empty?: string | false;
}

export function select(field: SelectField): Html {
  const empty = field.empty === false ? "" : html`<option value="">${field.empty ?? words(field.lang).choose}</option>`;
  return labelled(
    field,
    (_id, common) =>
      html`<select class="govuk-select" ${attributes(common)}>
        ${empty}${field.items.map(
          (item) => html`<option${attributes({ value: item.value, selected: item.value === (field.value ?? "") })}>${item.text}</option>`,
        )}
      </select>`,
  );
}

export interface FileField extends Field {
  /** e.g. `image/*,application/pdf` */
  accept?: string;
  capture?: "environment" | "user";
  maxMegabytes?: number;
}

export function fileUpload(field: FileField): Html {
  const limit = field.maxMegabytes ? words(field.lang).fileLimit(field.maxMegabytes) : "";
  const described: FileField = {
    ...field,
    hint: field.hint || limit ? html`${field.hint}${field.hint && limit ? " " : ""}${limit}` : undefined,
  };
  return labelled(
    described,
    (_id, common) =>
      html`<input class="t-file" ${attributes({ ...common, type: "file", accept: field.accept, capture: field.capture })} />`,
  );
}

/** One box and its button. On dark ground (hero) or light. */
export function searchBox(options: {
  lang: Lang;
  action: string;
  name?: string;
  value?: string;
  label: Content;
  placeholder?: string;
  hideLabel?: boolean;
}): Html {
  const w = words(options.lang);
  return html`<form role="search" method="get" action="${options.action}">
<label class="${options.hideLabel ? "govuk-visually-hidden" : "t-label"}" for="search">${options.label}</label>
<div class="t-search"><input${attributes({ class: "govuk-input", id: "search", type: "search", name: options.name ?? "q", value: options.value, placeholder: options.placeholder, maxlength: 200, autocomplete: "off", enterkeyhint: "search" })}><button>${w.search}</button></div></form>`;
}
