import { html, type Html, type Lang } from "#kernel";
import { attributes, classes, hiddenText, type Content } from "./attributes.ts";
import { isoTime } from "./format.ts";
import { words } from "./words.ts";

/** neutral: nothing to do; act: someone must act; good and bad: how it ended. The dot and the words say it too. */
export type Tone = "neutral" | "act" | "good" | "bad";

const tones = { neutral: null, act: "t-act", good: "t-good", bad: "t-bad" } as const;

export function tag(text: Content, tone: Tone = "neutral"): Html {
  return html`<span class="${classes("t-tag", tones[tone])}">${text}</span>`;
}

/** "Étape 2 sur 4" with its bar: how far the form has come. */
export function steps(lang: Lang, now: number, all: number): Html {
  const w = words(lang);
  const bars = Array.from(
    { length: all },
    (_, i) => html`<li class="${i + 1 < now ? "t-done" : i + 1 === now ? "t-now" : "t-todo"}"></li>`,
  );
  return html`<p class="t-overline">${w.step(now, all)}</p>
    <ol class="t-steps" aria-hidden="true">
      ${bars}
    </ol>`;
}

export interface Task {
  title: Content;
  href?: string;
  status: Html;
  hint?: Content;
}

/** What remains to be done, each with its state. */
export function taskList(tasks: readonly Task[]): Html {
  return html`<ul class="t-tasks">
    ${tasks.map(
      (task) =>
        html`<li>
          <span
            >${task.href ? html`<a href="${task.href}">${task.title}</a>` : task.title}${task.hint ? html`<div class="t-source">${task.hint}</div>` : ""}</span
          >${task.status}
        </li> `,
    )}
  </ul>`;
}

export interface Event {
  title: Content;
  /** Shown as given; `at` feeds the machine-readable attribute. */
  when?: string;
  at?: Date | string;
  state: "done" | "now" | "next" | "bad";
  text?: Content;
}

/** What happened, what is happening, what is expected: in that order, oldest first. */
export function timeline(lang: Lang, events: readonly Event[]): Html {
  const w = words(lang);
  const states = { done: w.stepDone, now: w.stepNow, next: w.stepNext, bad: w.stepDone } as const;
  const marks = { done: null, now: "t-now", next: "t-next", bad: "t-bad" } as const;
  return html`<ol class="t-line">
    ${events.map(
      (event) =>
        html`<li${attributes({ class: marks[event.state], "aria-current": event.state === "now" ? "step" : null })}><b>${event.title}</b>${hiddenText(` (${states[event.state]})`)}
${event.when ? html`<div class="t-source">${event.at ? html`<time datetime="${isoTime(event.at)}">${event.when}</time>` : event.when}</div>` : ""}${event.text}</li>
`,
    )}
  </ol>`;
}

/** A bar that says what it knows: `done` of `all`, or nothing at all when the end is unknown. */
export function progressBar(label: string, done?: number, all?: number): Html {
  return html`<progress${attributes({ "aria-label": label, value: done, max: all })}></progress>`;
}

/** The address of one page of results. */
export interface Paging {
  lang: Lang;
  page: number;
  pages: number;
  href: (page: number) => string;
}

export function pagination(paging: Paging): Html | "" {
  const w = words(paging.lang);
  if (paging.pages <= 1) return "";
  const link = (page: number, rel: "prev" | "next", text: string) =>
    page < 1 || page > paging.pages
      ? html`<span></span>`
      : html`<a rel="${rel}" href="${paging.href(page)}">${rel === "prev" ? "← " : ""}${text}${rel === "next" ? " →" : ""}</a>`;
  return html`<nav class="t-pages" aria-label="${w.pages}">
    ${link(paging.page - 1, "prev", w.previous)}<span>${w.pageOf(paging.page, paging.pages)}</span>${link(paging.page + 1, "next", w.next)}
  </nav>`;
}

/** Views of one thing, each with its own address: tabs that are links. */
export function tabs(label: string, links: readonly { href: string; text: Content; current?: boolean }[]): Html {
  return html`<nav aria-label="${label}">
    <ul class="t-tabs">
      ${links.map(
        (link) =>
          html`<li>
            <a href="${link.href}" ${attributes({ "aria-current": link.current ? "page" : null })}>${link.text}</a>
          </li>`,
      )}
    </ul>
  </nav>`;
}
