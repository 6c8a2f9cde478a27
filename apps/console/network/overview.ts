import { readMap, readOverview } from "#network/api";
import { readOutline } from "#registry/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, disclosure, inset, map, number, table } from "#ui";
import { consolePage } from "../screen.ts";
import { citiesOf, drawNetwork, key, type City } from "./draw.ts";
import { failures, hours, networkTabs, path, short } from "./parts.ts";
import { words } from "./words.ts";

type Plan = OutputOf<typeof readMap>;

export const overviewPage = consolePage({
  id: "console.network",
  path,
  who: official(),
  input: T.Object({ ville: T.Optional(T.String({ maxLength: 120 })) }),
  screen: {
    reads: [readOverview, readMap, readOutline],
    async view(p, { ville }) {
      const w = words(p.lang);
      const o = await p.call(readOverview, {});
      const plan = await p.call(readMap, {});
      const { topology } = await p.call(readOutline, {});
      const cities = citiesOf(plan);
      const city = cities.length === 1 ? cities[0] : cities.find((c) => c.id === ville);
      const near = city && plan.nodes.filter((n) => city.nodes.has(key(n.point)));
      const drawing = drawNetwork(topology, plan, {
        ...(near ? { around: near.map((n) => n.point) } : {}),
        names: near ? near.toSorted((x, y) => rank(x.kind) - rank(y.kind)).slice(0, 14) : cities,
        many: o.totals.sites / 10,
        lang: p.lang,
      });
      return {
        title: city && cities.length > 1 ? city.name : w.title,
        current: "network",
        ...(city && cities.length > 1 ? { crumbs: [{ href: path, text: w.title }] } : {}),
        main: html`<h1>${city && cities.length > 1 ? city.name : w.title}</h1>
          ${networkTabs(p, "overview")} ${o.notice ? inset(html`<p>${o.notice}</p>`) : ""} ${figures(p, o.totals)}
          ${ville && !city ? banner(p.lang, "problem", html`<p>${w.noCity}</p>`) : ""}
          <div class="d-atlas">
            ${map({ label: w.map, svg: drawing, legend: legend(p) })}
            <div>
              ${cityLinks(p, cities, city)} ${city && cities.length > 1 ? spansOf(p, plan, city) : failures(p, w.worst, o.worst)}
              <p class="t-source">${w.method}</p>
            </div>
          </div>`,
      };
    },
  },
});

const shown = 20;
const rank = (kind: string) => (kind === "core" ? 0 : kind === "hub" ? 1 : kind === "joint" ? 2 : 3);

function figures(p: PageContext, t: OutputOf<typeof readOverview>["totals"]): Html {
  const w = words(p.lang);
  const figure = (name: string, value: string, note: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
      <dd class="t-source">${note}</dd>
    </div>`;
  return html`<dl class="t-figures">
    ${figure(w.fibre, w.km(number(p, Math.round(t.cableKm))), t.circuitKm ? w.leased(number(p, Math.round(t.circuitKm))) : "")}
    ${figure(w.sites, number(p, t.sites), w.hubs(number(p, t.hubs)))}
    ${figure(w.exposed, number(p, t.exposed), w.ofSites(number(p, t.sites)))}
    ${figure(w.cuts, w.aYear(short(p, t.cutsPerYear)), w.lost(short(p, t.siteHoursPerYear)))}
  </dl>`;
}

export function legend(p: PageContext): Html {
  const w = words(p.lang);
  return html`<span class="d-key d-safe">━</span> ${w.legendSafe} · <span class="d-key d-weak">━</span> ${w.legendWeak} ·
    <span class="d-key d-worst">━</span> ${w.legendWorst} · ${w.legendLeased}. ${w.legendClick}`;
}

function cityLinks(p: PageContext, cities: readonly City[], current: City | undefined): Html | "" {
  if (cities.length < 2) return "";
  const w = words(p.lang);
  return html`<nav aria-label="${w.cities}">
    <ul class="d-cities">
      <li>${current ? html`<a href="${path}">${w.whole}</a>` : html`<b>${w.whole}</b>`}</li>
      ${cities.map(
        (c) =>
          html`<li>
            ${c === current ? html`<b>${c.name}</b>` : html`<a href="${path}?ville=${c.id}">${c.name}</a>`}
            <span class="t-source">${number(p, c.sites)}</span>
          </li> `,
      )}
    </ul>
  </nav>`;
}

function spansOf(p: PageContext, plan: Plan, city: City): Html {
  const w = words(p.lang);
  const spans = plan.spans
    .filter((s) => city.nodes.has(key(s.line[0]!)) || city.nodes.has(key(s.line.at(-1)!)))
    .toSorted((x, y) => y.sites * y.hoursPerYear - x.sites * x.hoursPerYear);
  const list = (some: Plan["spans"], caption: string, hideCaption: boolean) =>
    html`<div class="t-dense">
      ${table({
        caption,
        hideCaption,
        columns: [{ head: w.name }, { head: w.fall, numeric: true }, { head: w.total, numeric: true }],
        rows: some.map((s) => [html`<a href="${path}/liaisons/${s.id}">${s.name}</a>`, number(p, s.sites), hours(p, s.hoursPerYear)]),
      })}
    </div>`;
  const rest = spans.slice(shown);
  return html`${list(spans.slice(0, shown), w.caption(number(p, spans.length)), false)}
  ${rest.length ? disclosure(w.others(number(p, rest.length)), list(rest, w.others(number(p, rest.length)), true)) : ""}`;
}
