import { assignAddresses, planChanges, readAddressPlan } from "#network/api";
import { html, official, seeOther, T } from "#kernel";
import { banner, button, empty, form, input, may, number, table } from "#ui";
import { consoleAction, consolePage, withQuery, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { networkTabs, path } from "./parts.ts";
import { words } from "./words-plan.ts";
import { words as all } from "./words.ts";

const here = `${path}/adresses`;

const screen: Screen<{ q?: string; apres?: number }> = {
  reads: [readAddressPlan],
  async view(p, { q, apres }, again) {
    const w = words(p.lang);
    const a = await p.call(readAddressPlan, { limit: 40, ...(q ? { q } : {}), ...(apres ? { from: apres } : {}) });
    const uses = w as unknown as Record<string, string>;
    // a v6 pool has more addresses than people can read
    const total = (n: number) => (n > 1e9 ? "∞" : number(p, n));
    return {
      title: all(p.lang).addresses,
      current: "network",
      failed: Boolean(again),
      crumbs: [{ href: path, text: all(p.lang).title }],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${all(p.lang).addresses}</h1>
        ${networkTabs(p, "addresses")}
        <p>${w.addressesLead}</p>
        ${
          a.missing
            ? banner(
                p.lang,
                "information",
                html`<p>${w.missing(number(p, a.missing))}</p>
                  ${may(p.caller, planChanges.id) ? form({ action: here, hidden: p.csrf }, button(w.assign, { kind: "second" })) : ""}`,
              )
            : ""
        }
        <div class="t-dense">
          ${table({
            caption: w.pool,
            hideCaption: true,
            columns: [
              { head: w.pool },
              { head: all(p.lang).addresses },
              { head: w.used, numeric: true },
              { head: w.capacityOf, numeric: true },
            ],
            rows: a.pools.map((x) => [
              html`${uses[`use-${x.use}`]} <span class="t-source">IPv${x.family}</span>`,
              html`<span class="t-mono d-wrap">${x.prefixes.join(", ") || "–"}</span>`,
              number(p, x.used),
              total(x.total),
            ]),
          })}
        </div>
        <form method="get" action="${here}" class="d-find" role="search">
          ${input({ lang: p.lang, name: "q", label: w.find, value: q ?? "", width: 20, maxlength: 100, autocomplete: "off", type: "search" })}
          ${button(w.search, { kind: "second" })}
        </form>
        ${
          a.total
            ? html`<div class="t-dense">
                ${table({
                  caption: w.nodesWith(number(p, a.total)),
                  columns: [{ head: w.node }, { head: w.as, numeric: true }, { head: w.loopbacks }, { head: w.segments }],
                  rows: a.rows.map((r) => [
                    html`<a href="${path}/sites/${r.node}">${r.name}</a>`,
                    r.as === undefined ? "–" : String(r.as),
                    html`${r.loopbacks.map((x) => html`<div class="t-mono d-wrap">${x}</div>`)}`,
                    html`${r.segments.map(
                      (s) =>
                        html`<div>
                          ${s.vlan} · ${s.name}
                          <div class="t-source t-mono d-wrap">${s.prefixes.join(" · ")}</div>
                        </div>`,
                    )}`,
                  ]),
                })}
              </div>`
            : empty(all(p.lang).none, html`<p>${all(p.lang).noneText}</p>`)
        }
        ${
          a.next
            ? html`<nav class="t-pages" aria-label="${w.pages}">
                <span></span><a rel="next" href="${withQuery(here, { q, apres: String(a.next) })}">${w.more} →</a>
              </nav>`
            : ""
        }`,
    };
  },
};

export const addressesPage = consolePage({
  id: "console.network-addresses",
  path: here,
  who: official(),
  input: T.Object({ q: T.Optional(T.String({ maxLength: 100 })), apres: T.Optional(T.Integer({ minimum: 0, maximum: 1_000_000 })) }),
  screen: screen as Screen<never>,
});

export const assignAction = consoleAction({
  id: "console.network-assign",
  path: here,
  who: official(planChanges),
  form: T.Object({}),
  calls: [assignAddresses],
  async handle(a) {
    await a.call(assignAddresses, {});
    return seeOther(here);
  },
  back: screen,
  backInput: () => ({}),
});
