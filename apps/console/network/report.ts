import { makeReport, readPlant, readReach } from "#network/api";
import { download, html, official, T, type OutputOf, type PageContext } from "#kernel";
import { button, form, number, table } from "#ui";
import { consoleAction, consolePage, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { percent } from "./branch-parts.ts";
import { networkTabs, path, short } from "./parts.ts";
import { words } from "./words-plan.ts";
import { words as all } from "./words.ts";

const here = `${path}/rapport`;
type Reach = OutputOf<typeof readReach>;

const screen: Screen<Record<string, never>> = {
  reads: [readReach],
  async view(p, _q, again) {
    const w = words(p.lang);
    const r = await p.call(readReach, { limit: 30 });
    return {
      title: all(p.lang).report,
      current: "network",
      failed: Boolean(again),
      crumbs: [{ href: path, text: all(p.lang).title }],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${all(p.lang).report}</h1>
        ${networkTabs(p, "report")}
        <p>${w.reportLead}</p>
        ${form({ action: here, hidden: p.csrf }, html`<p>${w.pdfText}</p>`, button(w.pdf))}
        ${list(p, w.institutions(number(p, r.total.institutions)), r.institutions, (i) => html`<a href="/console/institutions/${i.id}">${i.name}</a>`)}
        ${
          r.services.length
            ? list(
                p,
                w.services(number(p, r.total.services)),
                r.services,
                (s) =>
                  html`<a href="/console/echanges/service?id=${encodeURIComponent(s.id)}">${s.name}</a>
                    <div class="t-source">${s.institutionName}</div>`,
              )
            : ""
        }
        <p class="t-source">${w.method}</p>`,
    };
  },
};

function list<R extends Reach["institutions"][number] | Reach["services"][number]>(
  p: PageContext,
  caption: string,
  rows: readonly R[],
  name: (r: R) => unknown,
) {
  const w = words(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption,
      columns: [{ head: w.who }, { head: w.inService, numeric: true }, { head: w.interval, numeric: true }, { head: w.off, numeric: true }],
      rows: rows.map((r) => [
        name(r) as never,
        percent(p, r.value),
        `${percent(p, r.low)} – ${percent(p, r.high)}`,
        w.hours(short(p, r.hours)),
      ]),
    })}
  </div>`;
}

export const reportPage = consolePage({
  id: "console.network-report",
  path: here,
  who: official(),
  input: T.Object({}),
  screen: screen as Screen<never>,
});

export const reportAction = consoleAction({
  id: "console.network-report",
  path: here,
  who: official(readPlant),
  form: T.Object({}),
  calls: [makeReport],
  async handle(a) {
    const made = await a.call(makeReport, {});
    return download(Buffer.from(made.content, "base64"), made.mediaType, made.fileName);
  },
  back: screen,
  backInput: () => ({}),
});
