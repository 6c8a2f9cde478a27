import { html, type Html } from "#kernel";
import { attributes, classes, keyAttributes, type Content } from "./attributes.ts";

type Kind = "main" | "second" | "warn" | "plain";
const kinds = { main: null, second: "t-second", warn: "t-warn", plain: "t-plain" } as const;

export interface ButtonOptions {
  kind?: Kind;
  name?: string;
  value?: string;
  /** Send the form elsewhere (save and return later). */
  action?: string;
  /** Send even what is not complete. */
  novalidate?: boolean;
  disabled?: boolean;
  /** Takes the focus at once: Enter is the next keystroke. */
  focus?: boolean;
  key?: string;
}

/** The key, shown; not read out: `aria-keyshortcuts` says it. */
function keyHint(key: string | undefined): Html | "" {
  return key ? html` <kbd aria-hidden="true">${key.toUpperCase()}</kbd>` : "";
}

/** A submit button. Main buttons first in the source: the Enter key takes the first one. */
export function button(text: Content, options: ButtonOptions = {}): Html {
  return html`<button${attributes({
    class: kinds[options.kind ?? "main"],
    name: options.name,
    value: options.value,
    formaction: options.action,
    formnovalidate: options.novalidate,
    disabled: options.disabled,
    autofocus: options.focus,
    ...keyAttributes(options.key),
  })}>${text}${keyHint(options.key)}</button>`;
}

/** A link that is the next step of a journey. */
export function buttonLink(href: string, text: Content, kind: Kind = "main", key?: string): Html {
  return html`<a href="${href}" class="${classes("t-button", kinds[kind])}" draggable="false" ${attributes(keyAttributes(key))}
    >${text}${keyHint(key)}</a
  >`;
}

export function actions(...content: Content[]): Html {
  return html`<div class="t-actions">${content}</div>`;
}

/**
 * A form that changes something. `hidden` is the page's csrf and idempotency fields. Browser validation is off:
 * the server's sentences are better, translated, and read out.
 */
export function form(options: { action: string; hidden: Html; multipart?: boolean; id?: string }, ...content: Content[]): Html {
  return html`<form${attributes({ method: "post", action: options.action, enctype: options.multipart ? "multipart/form-data" : null, id: options.id, novalidate: true })}>${options.hidden}
${content}</form>`;
}

/** Key hints for those who work with the keyboard all day. */
export function keys(label: Content, list: readonly { keys: string; text: Content }[]): Html {
  return html`<dl class="t-keys">
    <dt class="govuk-visually-hidden">${label}</dt>
    ${list.map((item) => html`<dd><kbd>${item.keys}</kbd> ${item.text}</dd>`)}
  </dl>`;
}
