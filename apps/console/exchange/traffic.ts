/** What passes between all institutions, live: totals by service, failures with their cause and who can act; never a person. */
import { followTraffic, listPurposes, listServices, readTraffic, type TrafficEntry } from "#exchange/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, dateTime, empty, live, number, refreshNote, select, table, tag } from "#ui";
import { consolePage, withQuery } from "../screen.ts";
import { ago } from "../site.ts";
import { causeOf } from "./causes.ts";
import { tones } from "./outcomes.ts";
import { exchangeTabs } from "./tabs.ts";
import { trafficWords } from "./traffic-words.ts";
import { words } from "./words.ts";

const path = "/console/echanges/trafic";
const outcomes = ["answered", "refused", "failed", "unknown"] as const;
const refresh = 15;
const periods = { heure: 3600, jour: 86_400, semaine: 604_800 } as const;

export const trafficPage = consolePage({
  id: "console.exchange-traffic",
  path,
  who: official(followTraffic),
  input: T.Object({
    issue: T.Optional(T.Union([T.Literal(""), ...outcomes.map((o) => T.Literal(o))])),
    periode: T.Optional(T.Union([T.Literal(""), T.Literal("heure"), T.Literal("jour"), T.Literal("semaine")])),
    apres: T.Optional(T.String({ maxLength: 64 })),
    fixe: T.Optional(T.Literal("1")),
  }),
  screen: {
    reads: [readTraffic, listServices, listPurposes],
    async view(p, { issue, periode, apres, fixe }) {
      const w = trafficWords(p.lang);
      const shared = words(p.lang);
      const from = new Date(p.clock.now().getTime() - periods[periode || "jour"] * 1000).toISOString();
      const {
        entries,
        totals,
        failures: failed,
        next,
      } = await p.call(readTraffic, {
        from,
        limit: 50,
        ...(issue ? { outcome: issue } : {}),
        ...(apres ? { after: apres } : {}),
      });
      const { services } = await p.call(listServices, {});
      const { purposes } = await p.call(listPurposes, {});
      const title = new Map(services.map((s) => [s.id, s.title]));
      const purpose = new Map(purposes.map((one) => [one.code, one.label]));
      const all = totals.reduce((n, one) => n + one.count, 0);
      const here = withQuery(path, { issue, periode });
      const stopPath = withQuery(path, { issue, periode, fixe: "1" });
      return {
        title: w.title,
        current: "exchange",
        // live: the first page draws itself again until one stops it
        ...(apres || fixe ? {} : { refresh }),
        main: html`<h1>${shared.title}</h1>
          ${exchangeTabs(p, "traffic")}
          <p class="t-soft">${w.lead}</p>
          <form method="get" action="${path}" class="d-find" role="search">
            ${select({ lang: p.lang, name: "periode", label: w.period, value: periode || "jour", empty: false, items: (["heure", "jour", "semaine"] as const).map((one) => ({ value: one, text: w[one] })) })}
            ${select({ lang: p.lang, name: "issue", label: shared.outcome, value: issue, empty: shared.anyOutcome, items: outcomes.map((o) => ({ value: o, text: shared[`outcome-${o}`] })) })}
            ${button(shared.findButton, { kind: "second" })}
          </form>
          ${live(
            "traffic",
            html`<p><strong>${w.count(number(p, all))}</strong></p>
              ${all === 0 ? empty(w.none, html`<p>${w.noneText}</p>`) : ""}
              ${
                failed.length
                  ? html`<h2>${w.failures}</h2>
                      ${failures(p, failed, title)}`
                  : ""
              }
              ${
                totals.length
                  ? html`<h2>${w.services}</h2>
                      ${totalsTable(p, totals, title)}`
                  : ""
              }
              ${
                entries.length
                  ? html`<h2>${w.latest}</h2>
                      ${latest(p, entries, title, purpose)}`
                  : ""
              }`,
          )}
          ${apres ? "" : refreshNote(p.lang, { path: here, seconds: refresh, stopped: Boolean(fixe), stopPath, resumePath: here })}
          ${
            next
              ? html`<nav class="t-pages" aria-label="${shared.next}">
                  <span></span><a rel="next" href="${withQuery(path, { issue, periode, apres: next })}">${shared.next} →</a>
                </nav>`
              : ""
          }`,
      };
    },
  },
});

type Titles = ReadonlyMap<string, string>;
const named = (service: string, title: Titles): Html =>
  html`<a href="/console/echanges/service?id=${encodeURIComponent(service)}">${title.get(service) ?? service}</a>
    <div class="t-source t-mono d-wrap">${service}</div>`;

/** One line a service and cause, the most frequent first. */
function failures(p: PageContext, failed: OutputOf<typeof readTraffic>["failures"], title: Titles): Html {
  const w = trafficWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.failures,
      hideCaption: true,
      columns: [{ head: words(p.lang).service }, { head: w.cause }, { head: w.actor }, { head: w.times, numeric: true }, { head: w.last }],
      rows: failed.map((one) => {
        const cause = causeOf(p.lang, one.errorType);
        return [
          named(one.service, title),
          html`${cause.what}
            <div class="t-source d-wrap">${one.errorType}</div>`,
          cause.who,
          number(p, one.count),
          html`<time datetime="${one.last}">${ago(p, one.last)}</time>`,
        ];
      }),
    })}
  </div>`;
}

function totalsTable(
  p: PageContext,
  totals: readonly { service: string; outcome: TrafficEntry["outcome"]; count: number; median: number }[],
  title: Titles,
): Html {
  const w = trafficWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.services,
      hideCaption: true,
      columns: [
        { head: words(p.lang).service },
        { head: words(p.lang).outcome },
        { head: w.times, numeric: true },
        { head: w.median, numeric: true },
      ],
      rows: totals.map((one) => [
        named(one.service, title),
        tag(words(p.lang)[`outcome-${one.outcome}`], tones[one.outcome]),
        number(p, one.count),
        `${number(p, one.median)}\u202fms`,
      ]),
    })}
  </div>`;
}

function latest(p: PageContext, entries: readonly TrafficEntry[], title: Titles, purpose: Titles): Html {
  const w = trafficWords(p.lang);
  const shared = words(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.latest,
      hideCaption: true,
      columns: [
        { head: shared.at },
        { head: shared.client },
        { head: shared.service },
        { head: shared.purpose },
        { head: shared.outcome },
        { head: shared.time, numeric: true },
      ],
      rows: entries.map((one) => [
        html`<time datetime="${one.at}">${dateTime(p, one.at)}</time>`,
        html`<code class="d-wrap">${one.client}</code>`,
        named(one.service, title),
        purpose.get(one.purpose) ?? one.purpose,
        tag(shared[`outcome-${one.outcome}`], tones[one.outcome]),
        `${number(p, one.milliseconds)}\u202fms`,
      ]),
    })}
  </div>`;
}
