import { listServices } from "#exchange/api";
import { readMap, readSpan, traceStrand } from "#network/api";
import { readOutline } from "#registry/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, disclosure, empty, facts, input, inset, map, number, tag } from "#ui";
import { consolePage } from "../screen.ts";
import { citiesOf, drawNetwork, key } from "./draw.ts";
import { legend } from "./overview.ts";
import { failures, networkTabs, path, short } from "./parts.ts";
import { words } from "./words.ts";

type One = OutputOf<typeof readSpan>;
const shown = 15;

export const spanPage = consolePage({
  id: "console.network-span",
  path: `${path}/liaisons/{id}`,
  who: official(),
  input: T.Object({
    id: T.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$" }),
    km: T.Optional(T.Number({ minimum: 0.1, maximum: 1000 })),
    brin: T.Optional(T.Integer({ minimum: 1, maximum: 1728 })),
  }),
  screen: {
    reads: [readSpan, readMap, readOutline, listServices, traceStrand],
    async view(p, { id, km, brin }) {
      const w = words(p.lang);
      const one = await p.call(readSpan, { id, ...(km ? { km } : {}) });
      const plan = await p.call(readMap, {});
      const { topology } = await p.call(readOutline, {});
      const city = citiesOf(plan).find((c) => c.nodes.has(key(one.a.point)));
      const many = plan.nodes.filter((n) => n.kind === "site").length / 10;
      const around = one.kind === "circuit" ? undefined : plan.nodes.filter((n) => city?.nodes.has(key(n.point))).map((n) => n.point);
      const drawing = drawNetwork(topology, plan, {
        ...(around ? { around } : {}),
        chosen: one.id,
        lost: one.fallen.map((n) => n.point),
        names: [one.a, one.b],
        many,
        lang: p.lang,
      });
      return {
        title: one.name,
        current: "network",
        crumbs: [
          { href: path, text: w.title },
          ...(city && one.kind === "cable" ? [{ href: `${path}?ville=${city.id}`, text: city.name }] : []),
        ],
        main: html`<h1>${one.name}</h1>
          ${networkTabs(p, undefined)}
          <div class="d-atlas">
            ${map({ label: w.map, svg: drawing, legend: legend(p) })}
            <div>${about(p, one)} ${hurt(p, one)} ${next(p, one)} ${await who(p, one)} ${await strand(p, one, brin)}</div>
          </div>`,
      };
    },
  },
});

function about(p: PageContext, one: One): Html {
  const w = words(p.lang);
  const node = (n: One["a"]) => html`<a href="${path}/sites/${n.id}">${n.name}</a>`;
  return facts(p.lang, [
    { key: w.ends, value: html`${node(one.a)} – ${node(one.b)}` },
    {
      key: w.kind,
      value: html`${w[one.kind]}${one.strands ? html`, ${w.strands(number(p, one.strands))}` : ""}
      ${one.illustrative ? tag(w.illustrative, "act") : ""}`,
    },
    { key: w.length, value: w.km(number(p, one.km)) },
    one.provider !== undefined && { key: w.provider, value: one.provider },
    one.capacity !== undefined && { key: w.rate, value: w.mbps(number(p, one.capacity)) },
    one.ground.length > 0 && {
      key: w.ground,
      value: one.ground.map(
        (g) => html`<div>${g.name} <span class="t-source">${w.km(short(p, g.metres / 1000))}, ${w.shared(number(p, g.spans))}</span></div>`,
      ),
    },
  ]);
}

function hurt(p: PageContext, one: One): Html {
  const w = words(p.lang);
  return html`${one.fallen.length === 0 ? empty(w.nobody, html`<p>${w.nobodyText}</p>`) : ""} ${failures(p, w.ifCut, one.failures)}`;
}

function next(p: PageContext, one: One): Html | "" {
  if (one.fallen.length === 0) return "";
  const w = words(p.lang);
  return html`<h2>${w.next}</h2>
    ${inset(html`<p>${one.next?.why ?? w.noNext(number(p, one.budgetKm))}</p>`)}
    <form method="get" action="${path}/liaisons/${one.id}" class="d-find">
      ${input({ lang: p.lang, name: "km", label: w.budget, value: String(one.budgetKm), width: 4, inputmode: "decimal" })}
      ${button(w.work, { kind: "second" })}
    </form>`;
}

/** The first ones at once, the rest on demand: a cut of the core takes hundreds down. */
function folding(p: PageContext, items: readonly Html[]): Html {
  const w = words(p.lang);
  const list = (some: readonly Html[]) =>
    html`<ul>
      ${some.map((one) => html`<li>${one}</li> `)}
    </ul>`;
  const rest = items.slice(shown);
  return html`${list(items.slice(0, shown))} ${rest.length ? disclosure(w.others(number(p, rest.length)), list(rest)) : ""}`;
}

async function who(p: PageContext, one: One): Promise<Html | ""> {
  if (one.fallen.length === 0) return "";
  const w = words(p.lang);
  const institutions = new Set(one.institutions.map((i) => i.id));
  const { services } = await p.call(listServices, {});
  const silent = services.filter((s) => institutions.has(s.provider.institution));
  const sites = one.fallen.filter((n) => n.kind !== "joint");
  return html`<h2>${w.fallenSites(number(p, sites.length))}</h2>
    ${folding(
      p,
      sites.map((n) => html`<a href="${path}/sites/${n.id}">${n.name}</a>`),
    )}
    <h2>${w.institutions(number(p, one.institutions.length))}</h2>
    ${folding(
      p,
      one.institutions.map((i) => html`<a href="/console/institutions/${i.id}">${i.name}</a>`),
    )}
    ${one.establishments ? html`<p>${w.unnamed(number(p, one.establishments))}</p>` : ""}
    <h2>${w.services(number(p, silent.length))}</h2>
    ${
      silent.length
        ? folding(
            p,
            silent.map((s) => html`<a href="/console/echanges/service?id=${encodeURIComponent(s.id)}">${s.title}</a> – ${s.provider.name}`),
          )
        : html`<p class="t-soft">${w.noServices}</p>`
    }`;
}

/** Where one strand leads, both ways, splice by splice. */
async function strand(p: PageContext, one: One, asked: number | undefined): Promise<Html | ""> {
  if (!one.strands) return "";
  const w = words(p.lang);
  const fits = asked !== undefined && asked <= one.strands;
  const found = fits ? await p.call(traceStrand, { cable: one.id, strand: asked }) : undefined;
  const list = (towards: string, hops: NonNullable<typeof found>["towardsA"]) =>
    html`<h3>${w.towards(towards)}</h3>
      <ol>
        ${hops.map(
          (h) =>
            html`<li>
              <a href="${path}/sites/${h.node.id}">${h.node.name}</a>
              <span class="t-source"
                >${w[`end-${h.end}`]}${h.port ? ` ${h.port}` : ""} · <span class="t-mono">${h.cable}/${h.strand}</span></span
              >
            </li> `,
        )}
      </ol>`;
  return html`<h2 id="brin">${w.strand}</h2>
    <form method="get" action="${path}/liaisons/${one.id}#brin" class="d-find">
      ${input({
        lang: p.lang,
        name: "brin",
        label: w.strandNumber,
        value: String(asked ?? 1),
        width: 4,
        inputmode: "numeric",
        ...(asked !== undefined && !fits ? { error: w.noStrand(number(p, one.strands)) } : {}),
      })}
      ${button(w.follow, { kind: "second" })}
    </form>
    ${found ? html`${list(one.a.name, found.towardsA)} ${list(one.b.name, found.towardsB)}` : ""}`;
}
