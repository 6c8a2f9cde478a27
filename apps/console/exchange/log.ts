import { proveMessage, readContainer, readProof, searchLog, searchTraffic, type LogEntry } from "#exchange/api";
import { download, html, official, page, T, type Html, type PageContext } from "#kernel";
import { button, buttonLink, dateTime, disclosure, empty, facts, input, number, select, table, tag, may } from "#ui";
import { consolePage, withQuery } from "../screen.ts";
import { pre } from "../site.ts";
import { causeOf } from "./causes.ts";
import { tones } from "./outcomes.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

const path = "/console/echanges/journal";
const outcomes = ["pending", "answered", "refused", "failed", "unknown"] as const;

const spans = ["jour", "semaine", "mois"] as const;
const days = { jour: 1, semaine: 7, mois: 30 };
/** Identifiers have at least three letters; less is no question. */
const identifier = (text: string | undefined) => (text && text.trim().length >= 3 ? text.trim() : undefined);

export const logPage = consolePage({
  id: "console.exchange-log",
  path,
  who: official(searchTraffic),
  input: T.Object({
    echange: T.Optional(T.String({ maxLength: 80 })),
    dossier: T.Optional(T.String({ maxLength: 120 })),
    service: T.Optional(T.String({ maxLength: 255 })),
    demandeur: T.Optional(T.String({ maxLength: 255 })),
    periode: T.Optional(T.Union([T.Literal(""), ...spans.map((s) => T.Literal(s))])),
    issue: T.Optional(T.Union([T.Literal(""), ...outcomes.map((o) => T.Literal(o))])),
    apres: T.Optional(T.String({ maxLength: 64 })),
  }),
  screen: {
    reads: [searchLog],
    async view(p, { echange, dossier, service, demandeur, issue, periode, apres }) {
      const w = words(p.lang);
      const [provided, client] = [identifier(service), identifier(demandeur)];
      const { entries, next } = await p.call(searchLog, {
        limit: 50,
        ...(echange?.trim() ? { exchange: echange.trim() } : {}),
        ...(dossier?.trim() ? { issue: dossier.trim() } : {}),
        ...(provided ? { service: provided } : {}),
        ...(client ? { client } : {}),
        ...(periode ? { from: new Date(p.clock.now().getTime() - days[periode] * 86_400_000).toISOString() } : {}),
        ...(issue ? { outcome: issue } : {}),
        ...(apres ? { after: apres } : {}),
      });
      return {
        title: w.log,
        current: "exchange",
        main: html`<h1>${w.title}</h1>
          ${exchangeTabs(p, "log")}
          <p class="t-soft">${w.logLead}</p>
          <form method="get" action="${path}" class="d-find" role="search">
            ${input({ lang: p.lang, name: "echange", label: w.exchange, value: echange, width: 20, maxlength: 80, autocomplete: "off", spellcheck: false })}
            ${input({ lang: p.lang, name: "dossier", label: w.issue, value: dossier, width: 20, maxlength: 120, autocomplete: "off" })}
            ${input({ lang: p.lang, name: "service", label: w.service, value: service, width: 20, maxlength: 255, autocomplete: "off", spellcheck: false })}
            ${input({ lang: p.lang, name: "demandeur", label: w.client, value: demandeur, width: 20, maxlength: 255, autocomplete: "off", spellcheck: false })}
            ${select({ lang: p.lang, name: "periode", label: w.period, value: periode, empty: w.anyTime, items: spans.map((s) => ({ value: s, text: w[`last-${s}`] })) })}
            ${select({ lang: p.lang, name: "issue", label: w.outcome, value: issue, empty: w.anyOutcome, items: outcomes.map((o) => ({ value: o, text: w[`outcome-${o}`] })) })}
            ${button(w.search, { kind: "second" })}
          </form>
          ${entries.length ? list(p, entries) : empty(w.none, html`<p>${w.noneText}</p>`)}
          ${
            next
              ? html`<nav class="t-pages" aria-label="${w.next}">
                  <span></span
                  ><a rel="next" href="${withQuery(path, { echange, dossier, service, demandeur, periode, issue, apres: next })}"
                    >${w.next} →</a
                  >
                </nav>`
              : ""
          }`,
      };
    },
  },
});

function list(p: PageContext, entries: readonly LogEntry[]): Html {
  const w = words(p.lang);
  const proves = may(p.caller, proveMessage.id);
  return html`<div class="t-dense">
    ${table({
      caption: w.log,
      hideCaption: true,
      columns: [
        { head: w.at },
        { head: w.side },
        { head: w.client },
        { head: w.service },
        { head: w.issue },
        { head: w.outcome },
        { head: w.time, numeric: true },
        { head: w.exchange },
      ],
      rows: entries.map((one) => [
        html`<time datetime="${one.at}">${dateTime(p, one.at)}</time>`,
        w[`side-${one.side}`],
        html`<code class="d-wrap">${one.client}</code>`,
        html`<code class="d-wrap">${one.service}</code>
          <div class="t-source">${one.method} ${one.path}</div>`,
        html`<span class="t-mono">${one.issue ?? "–"}</span>`,
        html`${tag(w[`outcome-${one.outcome}`], tones[one.outcome])}${one.errorType ? causeLine(p, one.errorType) : ""}`,
        one.milliseconds === undefined ? "–" : `${number(p, one.milliseconds)}\u202fms`,
        proves
          ? html`<a class="t-mono" href="${path}/${encodeURIComponent(one.exchange)}">${one.exchange.slice(0, 13)}…</a>`
          : html`<span class="t-mono">${one.exchange.slice(0, 13)}…</span>`,
      ]),
    })}
  </div>`;
}

/** What happened and who can act, with X-Road's own word below. */
function causeLine(p: PageContext, type: string): Html {
  const cause = causeOf(p.lang, type);
  return html`<div>${cause.what}</div>
    <div class="t-source d-wrap">${words(p.lang).act} : ${cause.who} · ${type}</div>`;
}

/** The containers themselves: a file, so the page's own answer. */
export const containerPage = page({
  id: "console.exchange-container",
  path: `${path}/{exchange}/preuve.zip`,
  who: official(proveMessage),
  reads: [readContainer],
  input: T.Object({ exchange: T.String({ maxLength: 80 }) }),
  async render(p, { exchange }) {
    const { name, type, content } = await p.call(readContainer, { exchange });
    return download(Buffer.from(content, "base64"), type, name);
  },
});

export const proofPage = consolePage({
  id: "console.exchange-proof",
  path: `${path}/{exchange}`,
  who: official(proveMessage),
  input: T.Object({ exchange: T.String({ maxLength: 80 }) }),
  screen: {
    reads: [readProof],
    async view(p, { exchange }) {
      const w = words(p.lang);
      const one = await p.call(readProof, { exchange });
      return {
        title: w.proofTitle,
        current: "exchange",
        crumbs: [
          { href: "/console/echanges", text: w.title },
          { href: path, text: w.log },
        ],
        main: html`<p class="t-source t-mono">${one.exchange}</p>
          <h1>${w.proofTitle}</h1>
          <p class="t-soft">${w.proofLead}</p>
          ${facts(p.lang, [
            { key: w.at, value: dateTime(p, one.at) },
            { key: w.client, value: html`<code class="d-wrap">${one.client}</code>` },
            { key: w.service, value: html`<code class="d-wrap">${one.service}</code>` },
            { key: w.path, value: html`<code class="d-wrap">${one.method} ${one.path}</code>` },
            { key: w.purpose, value: one.purpose },
            Boolean(one.issue) && { key: w.issue, value: html`<span class="t-mono">${one.issue}</span>` },
            Boolean(one.userId) && { key: w.user, value: html`<span class="t-mono">${one.userId}</span>` },
            {
              key: w.outcome,
              value: html`${tag(w[`outcome-${one.outcome}`], tones[one.outcome])}${one.errorType ? causeLine(p, one.errorType) : ""}`,
            },
            one.facts.length > 0 && {
              key: w.facts,
              value: one.facts.map((f) => html`<div><a class="t-mono" href="/console/journal?fait=${f}">${f}</a></div>`),
            },
          ])}
          <p class="t-soft">${w.containerLead}</p>
          <div class="t-actions">${buttonLink(`${path}/${encodeURIComponent(exchange)}/preuve.zip`, w.container)}</div>
          ${one.messages.map(
            (m) =>
              html`<article class="d-piece">
                <header>
                  <h2>${w[`direction-${m.direction}`]}</h2>
                  ${tag(!m.bodyHash ? w.noBody : m.bodyKept ? w.bodyKept : w.bodyGone)}
                </header>
                ${facts(p.lang, [
                  { key: w.signedAt, value: dateTime(p, m.signedAt) },
                  { key: w.serial, value: html`<code class="d-wrap">${m.certificateSerial}</code>` },
                  Boolean(m.bodyHash) && { key: w.bodyHash, value: html`<code class="d-wrap">${m.bodyHash}</code>` },
                ])}
                ${disclosure(w.header, pre(w.header, m.headerPart))} ${disclosure(w.signature, pre(w.signature, m.signature))}
                ${disclosure(w.certificate, pre(w.certificate, m.certificate))}
              </article>`,
          )}`,
      };
    },
  },
});
