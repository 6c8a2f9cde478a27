import { readCapacity } from "#network/api";
import { html, official, T } from "#kernel";
import { banner, button, input, number, table } from "#ui";
import { consolePage } from "../screen.ts";
import { percent } from "./branch-parts.ts";
import { networkTabs, path, short } from "./parts.ts";
import { words } from "./words-plan.ts";
import { words as all } from "./words.ts";

export const capacityPage = consolePage({
  id: "console.network-capacity",
  path: `${path}/capacite`,
  who: official(),
  input: T.Object({
    debit: T.Optional(T.Number({ minimum: 0.1, maximum: 100_000 })),
    croissance: T.Optional(T.Number({ minimum: 0, maximum: 200 })),
  }),
  screen: {
    reads: [readCapacity],
    async view(p, { debit, croissance }) {
      const w = words(p.lang);
      const c = await p.call(readCapacity, {
        limit: 40,
        ...(debit === undefined ? {} : { perEstablishment: debit }),
        ...(croissance === undefined ? {} : { growth: croissance }),
      });
      return {
        title: all(p.lang).capacity,
        current: "network",
        crumbs: [{ href: path, text: all(p.lang).title }],
        main: html`<h1>${all(p.lang).capacity}</h1>
          ${networkTabs(p, "capacity")}
          <p>${w.capacityLead}</p>
          <form method="get" action="${path}/capacite" class="d-find">
            ${input({ lang: p.lang, name: "debit", label: w.per, value: String(c.perEstablishment), width: 4, inputmode: "decimal" })}
            ${input({ lang: p.lang, name: "croissance", label: w.growth, value: String(c.growth), width: 4, inputmode: "decimal" })}
            ${button(w.work, { kind: "second" })}
          </form>
          ${c.complete ? "" : banner(p.lang, "information", html`<p>${w.incomplete}</p>`)}
          <div class="t-dense">
            ${table({
              caption: all(p.lang).capacity,
              hideCaption: true,
              columns: [
                { head: w.span },
                { head: w.rate, numeric: true },
                { head: w.usual, numeric: true },
                { head: w.worst, numeric: true },
                { head: w.full, numeric: true },
                { head: w.classes },
              ],
              rows: c.spans.map((s) => [
                html`<a href="${path}/liaisons/${s.id}">${s.name}</a>${s.by ? html`<div class="t-source">${w.by} : ${s.by}</div>` : ""}`,
                w.mbps(number(p, s.rate)),
                number(p, Math.round(s.usual)),
                html`${number(p, Math.round(s.worst))}
                  <span class="t-source">${percent(p, Math.round((1000 * s.worst) / s.rate) / 1000)}</span>`,
                s.years === undefined ? w.never : w.years(number(p, s.years)),
                html`${s.classes.map((k) => html`<div class="t-source">${w[`class-${k.name}`]} ${short(p, k.load)} / ${number(p, Math.round(k.sure))}</div>`)}`,
              ]),
            })}
          </div>`,
      };
    },
  },
});
