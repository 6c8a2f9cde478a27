import { answerByHand, listHandRequests, type HandRequestLine } from "#exchange/api";
import { html, official, T, type Html, type PageContext } from "#kernel";
import { attributes, dateTime, empty, tag, type Tone } from "#ui";
import { deskPage } from "../screen.ts";
import { words } from "./words.ts";

const views = ["waiting", "answered", "declined", "expired"] as const;
export const handTones: Record<HandRequestLine["state"], Tone> = {
  waiting: "act",
  answered: "good",
  delivered: "good",
  declined: "neutral",
  expired: "bad",
};

export const handListPage = deskPage({
  id: "desk.hand-requests",
  path: "/bureau/demandes",
  who: official(answerByHand),
  input: T.Object({ vue: T.Optional(T.Enum([...views])), apres: T.Optional(T.String({ maxLength: 64 })) }),
  screen: {
    reads: [listHandRequests],
    async view(p, { vue, apres }) {
      const w = words(p.lang);
      const state = vue ?? "waiting";
      const page = await p.call(listHandRequests, { state, limit: 50, ...(apres ? { after: apres } : {}) });
      return {
        title: w.title,
        current: "requests",
        main: html`<h1>${w.title}</h1>
          <p class="t-soft">${w.lead}</p>
          <nav aria-label="${w.views}">
            <ul class="t-tabs d-tabs">
              ${views.map(
                (name, i) =>
                  html`<li>
                    <a
                      href="/bureau/demandes?vue=${name}"
                      ${attributes({ "aria-current": name === state ? "page" : null, "data-key": i + 1, accesskey: i + 1 })}
                      >${w[name]}${name === "waiting" ? html` <span class="d-count">${page.waiting}</span>` : ""}</a
                    >
                  </li>`,
              )}
            </ul>
          </nav>
          ${list(p, page.requests, state)}
          ${
            page.next
              ? html`<nav class="t-pages" aria-label="${w.more}">
                  <span></span
                  ><a rel="next" href="/bureau/demandes?${new URLSearchParams({ vue: state, apres: page.next }).toString()}">${w.more} →</a>
                </nav>`
              : ""
          }`,
      };
    },
  },
});

function list(p: PageContext, requests: readonly HandRequestLine[], state: (typeof views)[number]): Html {
  const w = words(p.lang);
  if (requests.length === 0) return state === "waiting" ? empty(w.empty, html`<p>${w.emptyText}</p>`) : empty(w.emptyOther);
  return html`<table class="t-stack t-dense d-lines">
    <caption class="govuk-visually-hidden">
      ${w.caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">${w.what}</th>
        <th scope="col">${w.who}</th>
        <th scope="col">${w.purpose}</th>
        <th scope="col">${w.asked}</th>
        <th scope="col">${w.before}</th>
        <th scope="col">${w.state}</th>
      </tr>
    </thead>
    <tbody>
      ${requests.map(
        (one) =>
          html`<tr data-line>
            <th scope="row">
              <a href="/bureau/demandes/${one.id}">${one.service.title}</a
              >${one.issue ? html`<div class="t-source t-mono">${one.issue}</div>` : ""}
            </th>
            <td data-label="${w.who}">${one.client.name}</td>
            <td data-label="${w.purpose}">${one.purpose}</td>
            <td data-label="${w.asked}"><time datetime="${one.askedAt}">${dateTime(p, one.askedAt)}</time></td>
            <td data-label="${w.before}">
              <time datetime="${one.expectedBy}">${dateTime(p, one.expectedBy)}</time>${one.overdue ? html` ${tag(w.overdue, "bad")}` : ""}
            </td>
            <td data-label="${w.state}">${tag(w[one.state], handTones[one.state])}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}
