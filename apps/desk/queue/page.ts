import { handleCases, readQueue, type QueueItem } from "#services/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { attributes, banner, button, buttonLink, date, empty, input, number, tag, type Place } from "#ui";
import { clockCell } from "../clock.ts";
import { deskPage } from "../screen.ts";

import { colleagueNames, colleagueReads } from "../standing.ts";
import { tones } from "../tones.ts";
import { words } from "./words.ts";

const views = ["to-take", "mine", "in-hand", "correction", "late", "to-sign", "done", "all"] as const;
type ViewName = (typeof views)[number];
type Queue = OutputOf<typeof readQueue>;

export const queuePage = deskPage({
  id: "desk.queue",
  path: "/bureau/dossiers",
  who: official(handleCases),
  input: T.Object({
    vue: T.Optional(T.Enum([...views])),
    q: T.Optional(T.String({ maxLength: 100 })),
    page: T.Optional(T.Integer({ minimum: 1, maximum: 1000 })),
  }),
  screen: {
    reads: [readQueue, ...colleagueReads],
    async view(p, { vue, q, page }) {
      const w = words(p.lang);
      const asked = q?.trim() ?? "";
      const queue = await p.call(readQueue, { view: asked ? "all" : (vue ?? "to-take"), page: page ?? 1, ...(asked ? { q: asked } : {}) });
      const names = await colleagueNames(p);
      return {
        title: w.title,
        current: "cases",
        keys: [
          { keys: "1", text: html`<kbd>8</kbd> ${w.filter}` },
          { keys: "/", text: w.search },
        ],
        main: html`<div class="d-head">
            <div>
              <h1>${w.title}</h1>
              <p class="t-soft">${w.lead}</p>
            </div>
            ${findForm(p, asked)}
          </div>
          ${tabsOf(p, queue, asked ? undefined : queue.view)} ${list(p, queue, asked, names)}`,
      };
    },
  },
});

function findForm(p: PageContext, asked: string): Html {
  const w = words(p.lang);
  return html`<form method="get" action="/bureau/dossiers" class="d-find" role="search">
    ${input({ lang: p.lang, name: "q", label: html`${w.find} <kbd>/</kbd>`, value: asked, width: 20, maxlength: 100, id: "find", spellcheck: false, autocomplete: "off", key: "/" })}
    ${button(w.findButton, { kind: "second" })}
  </form>`;
}

function tabsOf(p: PageContext, queue: Queue, current: ViewName | undefined): Html {
  const w = words(p.lang);
  const counts: Partial<Record<ViewName, number>> = queue.counts;
  return html`<nav aria-label="${w.views}">
    <ul class="t-tabs d-tabs">
      ${views.map((name, i) => {
        const count = counts[name];
        return html`<li>
          <a
            href="/bureau/dossiers?vue=${name}"
            ${attributes({ "aria-current": name === current ? "page" : null, "data-key": String(i + 1), accesskey: String(i + 1) })}
            >${w[name]}${count === undefined ? "" : html` <span class="${name === "late" && count > 0 ? "d-count d-late" : "d-count"}">${number(p, count)}</span>`}</a
          >
        </li>`;
      })}
    </ul>
  </nav>`;
}

function list(p: PageContext, queue: Queue, asked: string, names: ReadonlyMap<string, string>): Html {
  if (queue.items.length === 0) return nothing(p, queue.view, asked);
  const w = words(p.lang);
  const place = p;
  return html`<table class="t-stack t-dense d-lines">
      <caption class="govuk-visually-hidden">
        ${w.caption(asked || w[queue.view])}
      </caption>
      <thead>
        <tr>
          <th scope="col">${w.number}</th>
          <th scope="col">${w.applicant}</th>
          <th scope="col">${w.procedure}</th>
          <th scope="col">${w.submitted}</th>
          <th scope="col">${w.clock}</th>
          <th scope="col">${w.state}</th>
          <th scope="col">${w.who}</th>
        </tr>
      </thead>
      <tbody>
        ${queue.items.map((item) => line(place, w, item, names))}
      </tbody>
    </table>
    ${pages(p, queue, asked)}`;
}

function line(place: Place, w: ReturnType<typeof words>, item: QueueItem, names: ReadonlyMap<string, string>): Html {
  const holder = item.mine ? w.me : item.assignee ? (names.get(item.assignee) ?? item.assignee.slice(0, 8)) : w.nobody;
  return html`<tr data-line>
    <th scope="row"><a class="t-mono" href="/bureau/dossiers/${item.number}">${item.number}</a></th>
    <td data-label="${w.applicant}">${item.applicant}</td>
    <td data-label="${w.procedure}">${item.procedure}</td>
    <td data-label="${w.submitted}"><time datetime="${item.submittedAt}">${date(place, item.submittedAt)}</time></td>
    <td data-label="${w.clock}">${clockCell(place, item.clock)}</td>
    <td data-label="${w.state}">${tag(item.stateLabel, tones[item.state])}</td>
    <td data-label="${w.who}"><span class="${item.assignee ? "" : "t-soft"}">${holder}</span></td>
  </tr>`;
}

function pages(p: PageContext, queue: Queue, asked: string): Html | "" {
  if (queue.page === 1 && !queue.more) return "";
  const w = words(p.lang);
  const href = (n: number) =>
    `/bureau/dossiers?${new URLSearchParams({ ...(asked ? { q: asked } : { vue: queue.view }), page: String(n) })}`;
  return html`<nav class="t-pages" aria-label="${w.pages}">
    ${queue.page > 1 ? html`<a rel="prev" href="${href(queue.page - 1)}">← ${w.previous}</a>` : html`<span></span>`}<span>${w.page(queue.page)}</span>${queue.more ? html`<a rel="next" href="${href(queue.page + 1)}">${w.next} →</a>` : html`<span></span>`}
  </nav>`;
}

function nothing(p: PageContext, view: ViewName, asked: string): Html {
  const w = words(p.lang);
  if (asked) return banner(p.lang, "information", html`<p>${w.notFound(asked)} ${w.notFoundHint}</p>`);
  const toTake = buttonLink("/bureau/dossiers", w.toTake, "second");
  if (view === "to-take") return empty(w.emptyTake, html`<p>${w.emptyTakeText}</p>`);
  if (view === "mine")
    return empty(
      w.emptyMine,
      html`<p>${w.emptyMineText}</p>
        ${toTake}`,
    );
  if (view === "late") return empty(w.emptyLate, html`<p>${w.emptyLateText}</p>`);
  return empty(
    w.emptyOther,
    html`<p>${w.emptyOtherText}</p>
      ${toTake}`,
  );
}
