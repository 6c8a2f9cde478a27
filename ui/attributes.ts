import { escapeHtml, html, raw, type Html, type HtmlValue } from "#kernel";

/** What components accept as content: text (escaped), ready markup, or lists of both. */
export type Content = HtmlValue;

export type AttributeValue = string | number | boolean | null | undefined;

/** Attributes from an object: null, undefined and false print nothing, true prints the bare name. */
export function attributes(values: Record<string, AttributeValue>): Html {
  let out = "";
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === false) continue;
    out += value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`;
  }
  return raw(out);
}

/** A form name such as `children[0].name` made fit for an id and for a link in the error summary. */
export function idOf(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/-$/, "") || "field";
}

/** Class names joined; what is absent prints nothing. */
export function classes(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}

/** Words for screen readers only. */
export function hiddenText(text: Content): Html {
  return html`<span class="govuk-visually-hidden">${text}</span>`;
}

/** One key for a control: the browser's access key, and the single key the desk's island listens to. */
export function keyAttributes(key: string | undefined): Record<string, AttributeValue> {
  return key ? { accesskey: key, "data-key": key, "aria-keyshortcuts": key } : {};
}
