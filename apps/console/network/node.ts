import { readInventory, readNode } from "#network/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, facts, number, tag } from "#ui";
import { consolePage } from "../screen.ts";
import { failures, networkTabs, path } from "./parts.ts";
import { inventory } from "./stock.ts";
import { words as watch } from "./words-watch.ts";
import { words } from "./words.ts";

type One = OutputOf<typeof readNode>;

export const nodePage = consolePage({
  id: "console.network-node",
  path: `${path}/sites/{id}`,
  who: official(),
  input: T.Object({ id: T.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$" }) }),
  screen: {
    reads: [readNode, readInventory],
    async view(p, { id }) {
      const w = words(p.lang);
      const one = await p.call(readNode, { id });
      const stock = await p.call(readInventory, { id });
      const percent = (n: number) => `${new Intl.NumberFormat(p.lang, { maximumFractionDigits: 3 }).format(n * 100)}\u00a0%`;
      const { value, low, high } = one.availability;
      return {
        title: one.name,
        current: "network",
        crumbs: [
          { href: path, text: w.title },
          { href: `${path}/sites`, text: w.nodes },
        ],
        main: html`<h1>${one.name}</h1>
          ${networkTabs(p, undefined)}
          ${facts(p.lang, [
            one.illustrative && { key: w.kind, value: tag(w.illustrative, "act") },
            {
              key: w.available,
              value: html`${percent(value)}
                <div class="t-source">${w.interval(percent(low), percent(high))}</div>`,
            },
            one.power !== undefined && { key: w.power, value: w.powerHours(number(p, one.power)) },
            one.institutions.length > 0 && {
              key: w.institutions(number(p, one.institutions.length)),
              value: one.institutions.map((i) => html`<div><a href="/console/institutions/${i.id}">${i.name}</a></div>`),
            },
          ])}
          <p><a href="${path}/sites/${one.id}/mesures">${watch(p.lang).history}</a></p>
          ${one.kind === "core" ? "" : ways(p, one)} ${one.failures.length ? failures(p, w.stops, one.failures) : ""} ${inventory(p, stock)}`,
      };
    },
  },
});

function ways(p: PageContext, one: One): Html {
  const w = words(p.lang);
  return html`<h2>${w.ways}</h2>
    ${one.ways.length === 0 ? banner(p.lang, "problem", html`<p>${w.noWay}</p>`) : ""}
    ${one.ways.length === 1 ? html`<p>${w.oneWay}</p>` : ""}
    ${one.shared.length ? html`<p><b>${w.sharedGround}</b> : ${one.shared.join(", ")}.</p>` : ""}
    ${one.ways.map(
      (way, i) =>
        html`<h3>${w.way(i + 1, number(p, way.km))}</h3>
          <ol>
            ${way.spans.map((s) => html`<li><a href="${path}/liaisons/${s.id}">${s.name}</a> <span class="t-source">${w.km(number(p, s.km))}</span></li> `)}
          </ol>`,
    )}`;
}
