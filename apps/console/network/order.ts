import { listUnconnected, orderSite, planChanges, proposeSite } from "#network/api";
import { html, official, seeOther, T, type Html, type InputOf, type OutputOf, type PageContext } from "#kernel";
import { button, disclosure, empty, facts, form, input, inset, may, number, select, table } from "#ui";
import { consoleAction, consolePage, withQuery, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { billTable } from "./branch-parts.ts";
import { networkTabs, path, short } from "./parts.ts";
import { words } from "./words-plan.ts";
import { words as all } from "./words.ts";

const here = `${path}/commander`;
const limit = 25;
const fields = {
  site: T.Optional(T.String({ maxLength: 120 })),
  nom: T.Optional(T.String({ maxLength: 200 })),
  lon: T.Optional(T.Number({ minimum: -180, maximum: 180 })),
  lat: T.Optional(T.Number({ minimum: -90, maximum: 90 })),
  chemins: T.Optional(T.Integer({ minimum: 1, maximum: 2 })),
  pose: T.Optional(T.Enum(["trench", "poles"])),
};
const Asked = T.Object({
  ...fields,
  q: T.Optional(T.String({ maxLength: 100 })),
  apres: T.Optional(T.Integer({ minimum: 0, maximum: 1_000_000 })),
});
type Asked = {
  site?: string;
  nom?: string;
  lon?: number;
  lat?: number;
  chemins?: number;
  pose?: "trench" | "poles";
  q?: string;
  apres?: number;
};

function orderOf(f: Asked): InputOf<typeof proposeSite> | undefined {
  const more = { ...(f.chemins ? { ways: f.chemins } : {}), ...(f.pose ? { laying: f.pose } : {}) };
  if (f.site) return { site: f.site, ...more };
  return f.nom && f.lon !== undefined && f.lat !== undefined ? { name: f.nom, lon: f.lon, lat: f.lat, ...more } : undefined;
}

const screen: Screen<Asked> = {
  reads: [listUnconnected, proposeSite],
  async view(p, asked, again) {
    const w = words(p.lang);
    const order = orderOf(asked);
    const proposal = order && !again ? await p.call(proposeSite, order) : undefined;
    return {
      title: proposal?.place.name ?? all(p.lang).order,
      current: "network",
      failed: Boolean(again),
      crumbs: [{ href: path, text: all(p.lang).title }, ...(proposal ? [{ href: here, text: all(p.lang).order }] : [])],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${proposal?.place.name ?? all(p.lang).order}</h1>
        ${networkTabs(p, "order")}
        ${
          proposal
            ? proposed(p, asked, proposal)
            : html`<p>${w.orderLead}</p>
                ${await choose(p, asked)}`
        }`,
    };
  },
};

export const orderPage = consolePage({
  id: "console.network-order",
  path: here,
  who: official(),
  input: Asked,
  screen: screen as Screen<never>,
});

async function choose(p: PageContext, { q, apres }: Asked): Promise<Html> {
  const w = words(p.lang);
  const found = await p.call(listUnconnected, { limit, ...(q ? { q } : {}), ...(apres ? { from: apres } : {}) });
  return html`<form method="get" action="${here}" class="d-find" role="search">
      ${input({ lang: p.lang, name: "q", label: w.find, value: q ?? "", width: 20, maxlength: 100, autocomplete: "off", type: "search" })}
      ${button(w.search, { kind: "second" })}
    </form>
    ${
      found.total
        ? html`<div class="t-dense">
            ${table({
              caption: w.unconnected(number(p, found.total)),
              columns: [
                { head: w.place },
                { head: w.institutionsHere, numeric: true },
                { head: w.away, numeric: true },
                { head: w.nearest },
              ],
              rows: found.sites.map((s) => [
                html`<a href="${withQuery(here, { site: s.id })}">${s.name}</a>`,
                number(p, s.institutions),
                all(p.lang).km(short(p, s.km)),
                s.nearest,
              ]),
            })}
          </div>`
        : empty(all(p.lang).none, html`<p>${all(p.lang).noneText}</p>`)
    }
    ${
      found.next
        ? html`<nav class="t-pages" aria-label="${w.pages}">
            <span></span><a rel="next" href="${withQuery(here, { q, apres: String(found.next) })}">${all(p.lang).more} →</a>
          </nav>`
        : ""
    }
    ${disclosure(
      w.byPoint,
      html`<form method="get" action="${here}" class="d-find">
        ${input({ lang: p.lang, name: "nom", label: w.name, value: "", width: 20, maxlength: 200 })}
        ${input({ lang: p.lang, name: "lon", label: w.lon, value: "", width: 10, inputmode: "decimal" })}
        ${input({ lang: p.lang, name: "lat", label: w.lat, value: "", width: 10, inputmode: "decimal" })}
        ${button(w.work, { kind: "second" })}
      </form>`,
    )}`;
}

const hidden = (name: string, value: string | number | undefined): Html | "" =>
  value === undefined ? "" : html`<input type="hidden" name="${name}" value="${value}" />`;

function proposed(p: PageContext, asked: Asked, o: OutputOf<typeof proposeSite>): Html {
  const w = words(p.lang);
  const place = html`${hidden("site", asked.site)} ${hidden("nom", asked.nom)} ${hidden("lon", asked.lon)} ${hidden("lat", asked.lat)}`;
  const [ways, laying] = [String(asked.chemins ?? 2), asked.pose ?? "trench"];
  return html`<form method="get" action="${here}" class="d-find">
      ${place}
      ${select({
        lang: p.lang,
        name: "chemins",
        label: w.ways,
        value: ways,
        empty: false,
        items: [
          { value: "2", text: w.two },
          { value: "1", text: w.one },
        ],
      })}
      ${select({
        lang: p.lang,
        name: "pose",
        label: w.laying,
        value: laying,
        empty: false,
        items: [
          { value: "trench", text: w.trench },
          { value: "poles", text: w.poles },
        ],
      })}
      ${button(w.work, { kind: "second" })}
    </form>
    ${inset(html`<p>${o.ways.length === 1 ? w.single : o.disjoint ? w.disjoint : html`${w.notDisjoint} : ${o.shared.join(", ")}.`}</p>`)}
    <div class="t-panes">
      ${o.ways.map(
        (way, i) =>
          html`<section>
            <h2>${w.wayTo(i + 1)}</h2>
            ${facts(p.lang, [
              { key: w.towards, value: html`<a href="${path}/sites/${way.node.id}">${way.node.name}</a>` },
              { key: all(p.lang).length, value: all(p.lang).km(short(p, way.km)) },
              { key: w.spare, value: w.mbps(number(p, Math.round(way.spare))) },
              { key: w.full, value: way.years === undefined ? w.never : w.years(number(p, way.years)) },
            ])}
          </section>`,
      )}
    </div>
    ${billTable(p, o.bill, w.bill, o.illustrativePrices)}
    <p class="t-source">${w.demandNote(number(p, o.demand), number(p, o.growth))} ${o.prices ?? ""}</p>
    ${
      may(p.caller, planChanges.id)
        ? form({ action: here, hidden: html`${p.csrf}${place}${hidden("chemins", ways)}${hidden("pose", laying)}` }, button(w.makeProject))
        : ""
    }`;
}

export const orderAction = consoleAction({
  id: "console.network-order",
  path: here,
  who: official(planChanges),
  form: T.Object(fields),
  calls: [orderSite],
  async handle(a, f) {
    const { id } = await a.call(orderSite, orderOf(f as Asked) ?? {});
    return seeOther(`${path}/projets/${id}`);
  },
  back: screen,
  backInput: () => ({}),
});
