import { listServices } from "#exchange/api";
import { listColleagues, readInstitution, readOutline } from "#registry/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { facts, map, partialDate, table, tag, may, officialOf } from "#ui";
import { consolePage } from "../screen.ts";

import { kindName } from "./kinds.ts";
import { drawMap } from "./map.ts";
import { words } from "./words.ts";

type One = OutputOf<typeof readInstitution>;

export const institutionPage = consolePage({
  id: "console.institution",
  path: "/console/institutions/{id}",
  who: official(),
  input: T.Object({ id: T.String({ pattern: "^[a-z0-9][a-z0-9-]{1,99}$" }) }),
  screen: {
    reads: [readInstitution, readOutline, listColleagues, listServices],
    async view(p, { id }) {
      const w = words(p.lang);
      const one = await p.call(readInstitution, { id });
      const { topology } = await p.call(readOutline, {});
      const points = one.sites.flatMap((site) => (site.point ? [{ name: site.name, point: site.point }] : []));
      return {
        title: one.name,
        current: "institutions",
        crumbs: [{ href: "/console/institutions", text: w.title }],
        main: html`<div class="d-head">
            <div>
              <p class="t-overline">${kindName(one.kind, p.lang)} · <span class="t-mono">${one.code}</span></p>
              <h1>${one.name}${one.acronym ? html` (${one.acronym})` : ""}</h1>
            </div>
          </div>
          <div class="d-atlas">
            ${points.length ? map({ label: w.map, svg: drawMap(topology, [{ tone: "chosen", points: points.map((s) => s.point) }], points.slice(0, 1)) }) : html`<p>${w.noSite}</p>`}
            <div>${about(p, one)} ${sites(p, one)} ${await holders(p, one)} ${await services(p, one)}</div>
          </div>`,
      };
    },
  },
});

function about(p: PageContext, one: One): Html {
  const w = words(p.lang);
  const { ground } = one;
  return facts(p.lang, [
    one.parent && { key: w.parent, value: html`<a href="/console/institutions/${one.parent.id}">${one.parent.name}</a>` },
    { key: w.within, value: one.within.map((d) => d.name).join(" › ") || "–" },
    { key: w.state, value: tag(w[one.state], one.state === "active" ? "good" : "bad") },
    {
      key: w.why,
      value: html`${tag(w[`basis-${one.basis}`], one.basis === "sourced" ? "good" : "neutral")}
        <div class="t-source">
          ${ground.source ? html`${w.source} : ${ground.source}${ground.date ? html`, ${partialDate(p, ground.date)}` : ""}` : ""}
          ${ground.rule ? html`<div>${w.rule} : ${ground.rule}</div>` : ""} ${one.basis === "illustrative" ? w.illustrativeText : ""}
        </div>`,
    },
    one.offices.length > 0 && { key: w.offices, value: one.offices.map((o) => html`<div>${o.name}</div>`) },
  ]);
}

function sites(p: PageContext, one: One): Html {
  const w = words(p.lang);
  if (one.sites.length === 0) return html``;
  const located = (how: string | undefined) =>
    how === "surveyed" || how === "published" || how === "district" || how === "town" ? w[`located-${how}`] : "–";
  return html`<h2>${w.sites}</h2>
    ${facts(
      p.lang,
      one.sites.map((site) => ({
        key: site.name,
        value: html`${site.point ? html`<span class="t-mono">${site.point[1].toFixed(4)}, ${site.point[0].toFixed(4)}</span>` : "–"}
          <span class="t-source">${w.located} : ${located(site.located)}</span>`,
      })),
    )}`;
}

/** Who acts here: for one's own institution only, that is as far as the contract goes. */
async function holders(p: PageContext, one: One): Promise<Html | ""> {
  if (officialOf(p.caller).institution !== one.id || !may(p.caller, "registry.read-assignments")) return "";
  const w = words(p.lang);
  const { colleagues } = await p.call(listColleagues, {});
  return html`<h2>${w.holders}</h2>
    ${
      colleagues.length
        ? facts(
            p.lang,
            colleagues.map((c) => ({ key: c.holder, value: c.roleName })),
          )
        : html`<p>${w.noHolder}</p>`
    }
    <p><a href="/console/roles">${w.holders} →</a></p>`;
}

async function services(p: PageContext, one: One): Promise<Html> {
  const w = words(p.lang);
  const { services: list } = await p.call(listServices, { institution: one.id });
  if (list.length === 0) return html`<p class="t-soft">${w.noService}</p>`;
  return table({
    caption: w.services,
    columns: [{ head: w.service }, { head: w.code }],
    rows: list.map((s) => [
      html`<a href="/console/echanges/service?id=${encodeURIComponent(s.id)}">${s.title}</a>`,
      html`<code class="d-wrap">${s.id}</code>`,
    ]),
  });
}
