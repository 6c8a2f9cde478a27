import { readCoverage, readMap } from "#network/api";
import { readOutline } from "#registry/api";
import { html, official, T } from "#kernel";
import { button, input, map, number, table } from "#ui";
import { consolePage, withQuery } from "../screen.ts";
import { drawNetwork } from "./draw.ts";
import { networkTabs, path, short } from "./parts.ts";
import { words } from "./words-plan.ts";
import { words as all } from "./words.ts";

export const coveragePage = consolePage({
  id: "console.network-coverage",
  path: `${path}/couverture`,
  who: official(),
  input: T.Object({ km: T.Optional(T.Number({ minimum: 0.5, maximum: 500 })) }),
  screen: {
    reads: [readCoverage, readMap, readOutline],
    async view(p, { km }) {
      const w = words(p.lang);
      const c = await p.call(readCoverage, { limit: 20, ...(km ? { km } : {}) });
      const plan = await p.call(readMap, {});
      const { topology } = await p.call(readOutline, {});
      const of = (gap: boolean) => c.points.filter((x) => x.gap === gap).map((x) => x.point);
      const drawing = drawNetwork(topology, plan, {
        over: [
          { tone: "near", points: of(false) },
          { tone: "gap", points: of(true) },
          { tone: "new", points: c.access.map((a) => a.point) },
        ],
        names: c.access.slice(0, 8),
        many: plan.nodes.length,
        lang: p.lang,
      });
      const far = (n: number) => all(p.lang).km(short(p, n));
      const order = (x: { name: string; point: readonly [number, number] }) =>
        withQuery(`${path}/commander`, { nom: x.name, lon: String(x.point[0]), lat: String(x.point[1]) });
      return {
        title: all(p.lang).coverage,
        current: "network",
        crumbs: [{ href: path, text: all(p.lang).title }],
        main: html`<h1>${all(p.lang).coverage}</h1>
          ${networkTabs(p, "coverage")}
          <p>${w.coverageLead}</p>
          <form method="get" action="${path}/couverture" class="d-find">
            ${input({ lang: p.lang, name: "km", label: w.reach, value: String(c.km), width: 4, inputmode: "decimal" })}
            ${button(w.work, { kind: "second" })}
          </form>
          <p>
            <b>${w.gaps(number(p, c.gaps), number(p, c.km))}</b> ${w.ofPlaces(number(p, c.places))}.
            ${c.unlocated ? html`<span class="t-soft">${w.unlocated(number(p, c.unlocated))}.</span>` : ""}
          </p>
          <div class="d-atlas">
            ${map({
              label: all(p.lang).map,
              svg: drawing,
              legend: html`<span class="d-key d-near">●</span> ${w.legendNear} · <span class="d-key d-gap">●</span> ${w.legendGap} ·
                <span class="d-key d-new">●</span> ${w.access}`,
            })}
            <div>
              <div class="t-dense">
                ${table({
                  caption: w.band,
                  hideCaption: true,
                  columns: [{ head: w.band }, { head: w.places, numeric: true }],
                  rows: c.bands.map((b) => [b.upTo === undefined ? w.beyond : w.upTo(number(p, b.upTo)), number(p, b.places)]),
                })}
                ${
                  c.access.length
                    ? table({
                        caption: w.access,
                        columns: [{ head: w.commune }, { head: w.covers, numeric: true }, { head: w.route, numeric: true }],
                        rows: c.access.map((a) => [html`<a href="${order(a)}">${a.name}</a>`, number(p, a.covers), far(a.routeKm)]),
                      })
                    : ""
                }
              </div>
              ${c.access.length ? html`<p class="t-source">${w.accessText}</p>` : ""}
            </div>
          </div>
          <div class="t-dense">
            ${table({
              caption: w.farthest,
              columns: [{ head: w.commune }, { head: w.distance, numeric: true }, { head: w.nearest }],
              rows: c.farthest.map((f) => [html`<a href="${order(f)}">${f.name}</a>`, far(f.km), f.nearest]),
            })}
          </div>`,
      };
    },
  },
});
