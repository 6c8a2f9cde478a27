/** Services that a database view or a nightly file answers: do they, since when not, how old is what they say, which lines were refused. */
import { listConnectors, listDrops, manageServices, tryConnector } from "#exchange/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, dateTime, empty, facts, number, table, tag } from "#ui";
import { consolePage, withQuery } from "../screen.ts";
import { span } from "../site.ts";
import { sourcesWords } from "./sources-words.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

const path = "/console/echanges/sources";
type Source = OutputOf<typeof listConnectors>["connectors"][number];
type Drop = OutputOf<typeof listDrops>["drops"][number];

/** A cause as people say it; one we have no words for is shown as it is. */
const said = (p: PageContext, cause: string): string => {
  const w = sourcesWords(p.lang) as unknown as Record<string, string | ((...all: never[]) => string)>;
  const text = Object.hasOwn(w, cause) ? w[cause] : undefined;
  return typeof text === "string" ? text : cause;
};
const time = (p: PageContext, at: string): Html => html`<time datetime="${at}">${dateTime(p, at)}</time>`;

function state(p: PageContext, s: Source): Html {
  const w = sourcesWords(p.lang);
  if (!s.connected) return tag(w.unconnected, "bad");
  if (s.trouble) {
    const seconds = Math.max(0, (p.clock.now().getTime() - Date.parse(s.trouble.since)) / 1000);
    return html`${tag(said(p, s.trouble.cause), "bad")} <span class="t-source">${w.sinceWhen(span(p, seconds))}</span>`;
  }
  if (s.kind === "file" && !s.data) return tag(w.none2, "act");
  return s.data?.late ? tag(w.late, "act") : tag(w.works, "good");
}

function one(p: PageContext, s: Source): Html {
  const w = sourcesWords(p.lang);
  const d = s.definition;
  return html`<article class="d-piece">
    <header>
      <h2>${s.title}</h2>
      ${tag(s.enabled ? w.open : w.closed, s.enabled ? "good" : "neutral")}
    </header>
    <p class="t-source t-mono d-wrap">${s.service}</p>
    ${facts(p.lang, [
      { key: w.source, value: html`${s.kind === "view" ? w.view : w.file} <code class="d-wrap">${"file" in d ? d.file : d.table}</code>` },
      { key: w.connection, value: html`<code>${d.connection}</code>` },
      { key: w.state, value: state(p, s) },
      ...(s.data
        ? [
            { key: w.data, value: html`${time(p, s.data.asOf)} <span class="t-source">${span(p, s.data.ageSeconds)}</span>` },
            { key: w.rows, value: number(p, s.data.rows) },
          ]
        : []),
      ...(s.refused
        ? [
            {
              key: w.refused,
              value: html`<code class="d-wrap">${s.refused.file}</code>${w.colon}
                ${said(p, s.refused.cause)}${
                  s.refused.faults ? html` <span class="t-source">${w.faults(number(p, s.refused.faults))}</span>` : ""
                }`,
            },
          ]
        : []),
    ])}
    <p>
      <a href="${withQuery(path, { essai: s.service })}">${w.try}</a>
      ${s.kind === "file" ? html` · <a href="${withQuery(`${path}/fichiers`, { service: s.service })}">${w.see}</a>` : ""}
    </p>
  </article>`;
}

export const sourcesPage = consolePage({
  id: "console.exchange-sources",
  path,
  who: official(manageServices),
  input: T.Object({ essai: T.Optional(T.String({ minLength: 3, maxLength: 255 })) }),
  screen: {
    reads: [listConnectors, tryConnector],
    async view(p, { essai }) {
      const w = sourcesWords(p.lang);
      const trial = essai === undefined ? undefined : await p.call(tryConnector, { service: essai });
      const { connectors } = await p.call(listConnectors, {});
      return {
        title: w.title,
        current: "exchange",
        main: html`${trial ? tried(p, trial) : ""}
          <h1>${words(p.lang).title}</h1>
          ${exchangeTabs(p, "sources")}
          <p class="t-soft">${w.lead}</p>
          ${connectors.length ? connectors.map((s) => one(p, s)) : empty(w.none, html`<p>${w.noneText}</p>`)}`,
      };
    },
  },
});

function tried(p: PageContext, trial: OutputOf<typeof tryConnector>): Html {
  const w = sourcesWords(p.lang);
  if (trial.works) return banner(p.lang, "success", html`<p>${w.tried}</p>`);
  const faults = trial.faults.map((f) => html`<li>${said(p, f.fault)}${f.name ? html` <code class="d-wrap">${f.name}</code>` : ""}</li>`);
  return banner(
    p.lang,
    "information",
    html`<p>${w.triedBad}</p>
      <ul>
        ${faults}
      </ul>`,
  );
}

// ---- the files of one service

export const dropsPage = consolePage({
  id: "console.exchange-drops",
  path: `${path}/fichiers`,
  who: official(manageServices),
  input: T.Object({ service: T.String({ minLength: 3, maxLength: 255 }) }),
  screen: {
    reads: [listDrops],
    async view(p, { service }) {
      const w = sourcesWords(p.lang);
      const { drops } = await p.call(listDrops, { service });
      return {
        title: w.history,
        current: "exchange",
        main: html`<h1>${words(p.lang).title}</h1>
          ${exchangeTabs(p, "sources")}
          <p><a href="${path}">← ${w.back}</a></p>
          <h2>${w.history}</h2>
          <p class="t-source t-mono d-wrap">${service}</p>
          ${drops.length ? files(p, drops) : empty(w.none2, "")} ${drops.map((d) => report(p, d))}`,
      };
    },
  },
});

const outcome = (p: PageContext, d: Drop): Html => {
  const w = sourcesWords(p.lang);
  if (d.state === "refused") return html`${tag(w["state-refused"], "bad")} <span class="t-source">${said(p, d.cause ?? "other")}</span>`;
  return tag(w[d.state], d.state === "whole" ? "good" : "neutral");
};

const files = (p: PageContext, drops: readonly Drop[]): Html => {
  const w = sourcesWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.history,
      hideCaption: true,
      columns: [{ head: w.name }, { head: w.data }, { head: w.ended }, { head: w.rows, numeric: true }, { head: w.outcome }],
      rows: drops.map((d) => [
        html`<code class="d-wrap">${d.file}</code>`,
        time(p, d.asOf),
        time(p, d.endedAt ?? d.beganAt),
        d.rows === undefined ? "–" : number(p, d.rows),
        outcome(p, d),
      ]),
    })}
  </div>`;
};

/** Which lines, and why: never what stands in them. */
function report(p: PageContext, d: Drop): Html | "" {
  if (d.faults.length === 0) return "";
  const w = sourcesWords(p.lang);
  return html`<h3 class="d-wrap">${d.file}${w.colon} ${w.faults(number(p, d.faultCount))}</h3>
    ${d.faultCount > d.faults.length || d.faults.length > 100 ? html`<p class="t-source">${w.firstOnly}</p>` : ""}
    <div class="t-dense">
      ${table({
        caption: w.faults(number(p, d.faultCount)),
        hideCaption: true,
        columns: [{ head: w.line, numeric: true }, { head: w.column }, { head: w.cause }],
        rows: d.faults
          .slice(0, 100)
          .map((f) => [number(p, f.line), f.column === undefined ? "–" : html`<code>${f.column}</code>`, said(p, f.fault)]),
      })}
    </div>`;
}
