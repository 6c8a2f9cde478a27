import { listNodes, listSpans } from "#network/api";
import { html, official, T, type Html, type PageContext } from "#kernel";
import { button, empty, input, number, table, tag } from "#ui";
import { consolePage, withQuery } from "../screen.ts";
import { hours, networkTabs, path } from "./parts.ts";
import { words } from "./words.ts";

const listInput = T.Object({
  q: T.Optional(T.String({ maxLength: 100 })),
  apres: T.Optional(T.Integer({ minimum: 0, maximum: 1_000_000 })),
});
const limit = 40;

export const spansPage = consolePage({
  id: "console.network-spans",
  path: `${path}/liaisons`,
  who: official(),
  input: listInput,
  screen: {
    reads: [listSpans],
    async view(p, { q, apres }) {
      const w = words(p.lang);
      const found = await p.call(listSpans, { limit, ...(q ? { q } : {}), ...(apres ? { from: apres } : {}) });
      const list = table({
        caption: w.caption(number(p, found.total)),
        columns: [
          { head: w.name },
          { head: w.kind },
          { head: w.length, numeric: true },
          { head: w.fall, numeric: true },
          { head: w.total, numeric: true },
        ],
        rows: found.spans.map((s) => [
          html`<a href="${path}/liaisons/${s.id}">${s.name}</a> ${s.illustrative ? tag(w.illustrative, "act") : ""}`,
          w[s.kind],
          w.km(number(p, s.km)),
          number(p, s.sites),
          hours(p, s.hoursPerYear),
        ]),
      });
      return {
        title: w.spans,
        current: "network",
        crumbs: [{ href: path, text: w.title }],
        main: listed(p, "spans", w.spans, { q, total: found.total, next: found.next, list }),
      };
    },
  },
});

export const nodesPage = consolePage({
  id: "console.network-nodes",
  path: `${path}/sites`,
  who: official(),
  input: listInput,
  screen: {
    reads: [listNodes],
    async view(p, { q, apres }) {
      const w = words(p.lang);
      const found = await p.call(listNodes, { limit, ...(q ? { q } : {}), ...(apres ? { from: apres } : {}) });
      const list = table({
        caption: w.nodesCaption(number(p, found.total)),
        columns: [{ head: w.site }, { head: w.byCuts, numeric: true }, { head: w.off, numeric: true }],
        rows: found.nodes.map((n) => [
          html`<a href="${path}/sites/${n.id}">${n.name}</a> ${n.illustrative ? tag(w.illustrative, "act") : ""}`,
          number(p, n.cuts),
          hours(p, n.hoursPerYear),
        ]),
      });
      return {
        title: w.nodes,
        current: "network",
        crumbs: [{ href: path, text: w.title }],
        main: listed(p, "nodes", w.nodes, { q, total: found.total, next: found.next, list }),
      };
    },
  },
});

function listed(
  p: PageContext,
  which: "spans" | "nodes",
  title: string,
  o: { q: string | undefined; total: number; next: number | undefined; list: Html },
): Html {
  const w = words(p.lang);
  const here = which === "spans" ? `${path}/liaisons` : `${path}/sites`;
  return html`<h1>${title}</h1>
    ${networkTabs(p, which)}
    <form method="get" action="${here}" class="d-find" role="search">
      ${input({ lang: p.lang, name: "q", label: w.find, value: o.q ?? "", width: 20, maxlength: 100, autocomplete: "off", type: "search" })}
      ${button(w.cost, { kind: "second" })}
    </form>
    ${o.total ? html`<div class="t-dense">${o.list}</div>` : empty(w.none, html`<p>${w.noneText}</p>`)}
    ${
      o.next
        ? html`<nav class="t-pages" aria-label="${w.pages}">
            <span></span><a rel="next" href="${withQuery(here, { q: o.q, apres: String(o.next) })}">${w.more} →</a>
          </nav>`
        : ""
    }`;
}
