import { html, type Html, type Lang } from "#kernel";
import { attributes, classes, idOf, type Content } from "./attributes.ts";
import { signAgain } from "./sign.ts";
import { words } from "./words.ts";

/** One wrong field: `path` is the form's flat name, the message a whole sentence. */
export interface FieldError {
  path: string;
  message: string;
}

/** At the top of a failed form: what to correct, each a link to its field. Takes the focus by itself, without script. */
export function errorSummary(lang: Lang, errors: readonly FieldError[], title?: string): Html | "" {
  if (errors.length === 0) return "";
  return html`<div class="govuk-error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="error-title">
    <h2 class="govuk-error-summary__title" id="error-title">${title ?? words(lang).errorTitle}</h2>
    <ul class="govuk-error-summary__list t-plainlist">
      ${errors.map((error) => html`<li>${error.path ? html`<a href="#${idOf(error.path)}">${error.message}</a>` : error.message}</li>`)}
    </ul>
  </div>`;
}

/** The sentence for one field, ready for its `error`. */
export function errorFor(errors: readonly FieldError[], name: string): string | undefined {
  return errors.find((error) => error.path === name)?.message;
}

type Tone = "information" | "success" | "problem";

/** Something that just happened or must be known before going on. Success is announced; information is not. */
export function banner(lang: Lang, tone: Tone, content: Content, title?: string): Html {
  const id = `banner-${tone}`;
  const tones = { information: "", success: "t-good", problem: "t-bad" } as const;
  return html`<div
    class="${classes("t-banner", tones[tone])}"
    ${attributes({ role: tone === "information" ? "region" : "alert", "aria-labelledby": id })}
  >
    <h2 class="t-overline" id="${id}">${title ?? words(lang)[tone]}</h2>
    ${content}
  </div>`;
}

/** A quiet aside within the text. */
export function inset(content: Content): Html {
  return html`<div class="t-note">${content}</div>`;
}

/** A consequence one must not miss. */
export function warning(lang: Lang, content: Content): Html {
  return html`<div class="t-note t-caution">
    <p><span class="govuk-visually-hidden">${words(lang).warning} </span>${content}</p>
  </div>`;
}

/** The end of a journey: what was done, and the one number to keep. */
export function panel(title: Content, content?: Content, level: 1 | 2 = 1): Html {
  return html`<div class="t-panel">
    ${level === 1 ? html`<h1>${title}</h1>` : html`<h2>${title}</h2>`}${content ? html`<p>${content}</p>` : ""}
  </div>`;
}

/** Nothing here yet: says why, and what to do next. */
export function empty(title: Content, content?: Content): Html {
  return html`<div class="t-empty">
    ${signAgain()}
    <h2>${title}</h2>
    ${content}
  </div>`;
}

export function box(title: Content, content: Content, level: 2 | 3 = 2): Html {
  return html`<section class="t-box">${level === 2 ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`}${content}</section>`;
}

export function disclosure(summary: Content, content: Content, open = false): Html {
  return html`<details${attributes({ open })}><summary>${summary}</summary><div>${content}</div></details>`;
}

/**
 * The foot of a waiting page: how often it looks again, a link to look now, and a way to make it stop (WCAG 2.2.1).
 * With script the main part is fetched and replaced without losing one's place; without, the page reloads.
 */
export function refreshNote(
  lang: Lang,
  options: {
    path: string;
    seconds: number;
    stopped: boolean;
    stopPath: string;
    resumePath: string;
  },
): Html {
  const w = words(lang);
  return html`<p class="t-soft" role="status" ${attributes({ "data-refresh": options.stopped ? null : options.seconds })}>
    ${options.stopped ? "" : w.refreshed(options.seconds)}
    <a href="${options.path}">${w.refreshNow}</a> ·
    <a href="${options.stopped ? options.resumePath : options.stopPath}">${options.stopped ? w.resumeRefresh : w.stopRefresh}</a>
  </p>`;
}

/** A part of a waiting page that changes while one waits; `waiting.js` renews it in place. */
export function live(id: string, content: Content): Html {
  return html`<div id="${id}" data-live aria-live="polite">${content}</div>`;
}
