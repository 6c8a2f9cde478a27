import { countInstitutions, listDivisions, mapInstitutions, readOutline, searchInstitutions } from "#registry/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, empty, input, map, number, select, tag } from "#ui";
import { consolePage, withQuery } from "../screen.ts";
import { kindName } from "./kinds.ts";
import { drawMap, type Spot } from "./map.ts";
import { words } from "./words.ts";

type Lines = OutputOf<typeof searchInstitutions>["institutions"];
type Counts = OutputOf<typeof countInstitutions>;
type Points = OutputOf<typeof mapInstitutions>["institutions"];
const path = "/console/institutions";
const tones = { sourced: "good", derived: "neutral", illustrative: "act" } as const;

/** Positions somebody published or measured; the rest are laid out around their town. */
const known = (point: Points[number]) => point.located === "published" || point.located === "surveyed" || point.located === "district";

export const institutionsPage = consolePage({
  id: "console.institutions",
  path,
  who: official(),
  input: T.Object({
    q: T.Optional(T.String({ maxLength: 200 })),
    type: T.Optional(T.String({ pattern: "^([a-z0-9][a-z0-9-]{1,99})?$" })),
    apres: T.Optional(T.String({ pattern: "^[a-z0-9][a-z0-9-]{1,99}$" })),
  }),
  screen: {
    reads: [searchInstitutions, countInstitutions, mapInstitutions, readOutline, listDivisions],
    async view(p, { q, type, apres }) {
      const w = words(p.lang);
      const kind = type || undefined;
      const asked = q?.trim() ?? "";
      const counts = await p.call(countInstitutions, {});
      const found = await p.call(searchInstitutions, {
        limit: 25,
        ...(asked ? { q: asked } : {}),
        ...(kind ? { kind } : {}),
        ...(apres ? { after: apres } : {}),
      });
      const { topology } = await p.call(readOutline, {});
      const { institutions: points } = await p.call(mapInstitutions, kind ? { kind } : {});
      return {
        title: w.title,
        current: "institutions",
        main: html`<div class="d-head">
            <div>
              <h1>${w.title}</h1>
              <p class="t-soft">
                <b>${w.counts(number(p, counts.total))}</b> · ${number(p, counts.sourced)} ${w.sourced} · ${number(p, counts.derived)}
                ${w.derived} · ${number(p, counts.illustrative)} ${w.illustrative}
              </p>
            </div>
            ${filters(p, asked, kind, counts)}
          </div>
          <div class="d-atlas">
            ${map({
              label: w.map,
              svg: drawMap(
                topology,
                [
                  { tone: "town", points: points.filter((one) => !known(one)).map((one) => one.point) },
                  { tone: "sure", points: points.filter(known).map((one) => one.point) },
                ],
                await towns(p),
              ),
              legend: html`${w.onMap(number(p, points.length))} · <span class="d-key d-sure">●</span> ${w.legendSure} ·
                <span class="d-key d-town">●</span> ${w.legendTown}`,
            })}
            <div>${list(p, found.institutions, found.total)} ${more(p, asked, kind, found.next)}</div>
          </div>`,
      };
    },
  },
});

/** The capitals of today's regions give the map its names. */
async function towns(p: PageContext): Promise<Spot[]> {
  const { divisions: regions } = await p.call(listDivisions, { level: "region" });
  const { divisions: communes } = await p.call(listDivisions, { level: "commune" });
  const byId = new Map(communes.map((one) => [one.id, one]));
  return regions.flatMap((region) => {
    const capital = region.capital ? byId.get(region.capital) : undefined;
    return capital?.point ? [{ name: capital.name, point: capital.point }] : [];
  });
}

function filters(p: PageContext, asked: string, kind: string | undefined, counts: Counts): Html {
  const w = words(p.lang);
  const items = counts.kinds
    .map((one) => ({ value: one.kind, text: `${kindName(one.kind, p.lang)} (${number(p, one.count)})` }))
    .sort((a, b) => a.text.localeCompare(b.text, p.lang));
  return html`<form method="get" action="${path}" class="d-find" role="search">
    ${input({ lang: p.lang, name: "q", label: w.find, value: asked, width: 20, maxlength: 200, autocomplete: "off", type: "search" })}
    ${select({ lang: p.lang, name: "type", label: w.kind, value: kind, items, empty: w.allKinds })} ${button(w.search, { kind: "second" })}
  </form>`;
}

function list(p: PageContext, lines: Lines, total: number): Html {
  const w = words(p.lang);
  if (lines.length === 0) return empty(w.none, html`<p>${w.noneText}</p>`);
  return html`<table class="t-stack t-dense">
    <caption>
      ${w.caption(number(p, total))}
    </caption>
    <thead>
      <tr>
        <th scope="col">${w.name}</th>
        <th scope="col">${w.kind}</th>
        <th scope="col">${w.ground}</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(
        (one) =>
          html`<tr>
            <th scope="row">
              <a href="${path}/${one.id}">${one.name}</a>
              <div class="t-source t-mono">${one.code}</div>
            </th>
            <td data-label="${w.kind}">${kindName(one.kind, p.lang)}</td>
            <td data-label="${w.ground}">${tag(w[`basis-${one.basis}`], tones[one.basis])}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}

function more(p: PageContext, asked: string, kind: string | undefined, next: string | undefined): Html | "" {
  if (!next) return "";
  const w = words(p.lang);
  return html`<nav class="t-pages" aria-label="${w.next}">
    <span></span><a rel="next" href="${withQuery(path, { q: asked, type: kind, apres: next })}">${w.next} →</a>
  </nav>`;
}
