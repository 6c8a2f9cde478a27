/** What waits for a link or a system: how much, since when, why; what expired or stayed unknown; what can still be withdrawn. */
import {
  cancelMessage,
  cancelMessages,
  listDestinations,
  listOutbox,
  readOutbox,
  type DestinationView,
  type WaitingView,
} from "#exchange/api";
import { html, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, button, dateTime, disclosure, empty, form, may, number, select, table, tag, type Tone } from "#ui";
import { consoleAction, consolePage, withQuery, type Screen } from "../screen.ts";
import { ago, refusalOf, span } from "../site.ts";
import { causeOf } from "./causes.ts";
import { outboxWords } from "./outbox-words.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

const path = "/console/echanges/attente";
const states = ["queued", "sent", "received", "answered", "refused", "unknown", "expired", "cancelled"] as const;
const tones: Record<WaitingView["state"], Tone> = {
  queued: "neutral",
  sent: "neutral",
  received: "neutral",
  answered: "good",
  refused: "bad",
  unknown: "act",
  expired: "bad",
  cancelled: "neutral",
};
type Input = { etat?: (typeof states)[number] | "" | undefined; apres?: string | undefined };

const time = (p: PageContext, at: string | undefined): Html | string => (at ? html`<time datetime="${at}">${dateTime(p, at)}</time>` : "–");
const since = (p: PageContext, at: string): Html => html`<time datetime="${at}">${ago(p, at)}</time>`;

/** Why nothing moves, in words, and how long that has been so. */
function held(p: PageContext, one: { why?: string | undefined; since?: string | undefined; server?: string | undefined }): Html | string {
  const w = outboxWords(p.lang);
  if (!one.why) return w.flows;
  const linkDown = one.server !== undefined && one.why.endsWith(".network_error");
  return html`${linkDown ? w.linkDown : causeOf(p.lang, one.why).what}${one.since ? html`<div class="t-source">${since(p, one.since)}</div>` : ""}`;
}

function next(p: PageContext, at: string | undefined): string {
  const w = outboxWords(p.lang);
  if (!at) return "–";
  const seconds = (Date.parse(at) - p.clock.now().getTime()) / 1000;
  return seconds <= 1 ? w.now : w.inSeconds(span(p, Math.ceil(seconds)));
}

function destinations(p: PageContext, list: readonly DestinationView[]): Html {
  const w = outboxWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.destinations,
      columns: [{ head: w.destination }, { head: w.depth, numeric: true }, { head: w.oldest }, { head: w.next }, { head: w.cause }],
      rows: list.map((one) => [
        html`${one.provider.name}
          <div class="t-source d-wrap">${one.server ?? w.here}</div>`,
        html`${number(p, one.depth)}${one.urgent ? html`<div class="t-source">${w.urgent(number(p, one.urgent))}</div>` : ""}`,
        since(p, one.oldest),
        next(p, one.nextTry),
        held(p, one),
      ]),
    })}
  </div>`;
}

function systems(p: PageContext, list: OutputOf<typeof listDestinations>["systems"]): Html | "" {
  if (list.length === 0) return "";
  const w = outboxWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.systems,
      columns: [{ head: w.service }, { head: w.waiting, numeric: true }, { head: w.oldest }, { head: w.next }, { head: w.cause }],
      rows: list.map((one) => [
        html`<code class="d-wrap">${one.service}</code>`,
        number(p, one.waiting),
        since(p, one.oldest),
        next(p, one.nextTry),
        held(p, one),
      ]),
    })}
  </div>`;
}

function messages(p: PageContext, list: readonly WaitingView[]): Html {
  const w = outboxWords(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.list,
      hideCaption: true,
      columns: [{ head: w.message }, { head: w.destination }, { head: w.state }, { head: w.accepted }, { head: w.end }],
      rows: list.map((one) => [
        html`<code class="d-wrap">${one.messageId}</code>
          <div class="t-source">
            <a href="/console/echanges/journal?echange=${one.exchange}">${w.proof}</a
            >${one.priority === "normal" ? "" : ` · ${w[`priority-${one.priority}`]}`}
          </div>`,
        html`${one.provider.name}
          <div class="t-source t-mono d-wrap">${one.service}</div>`,
        html`${tag(w[`state-${one.state}`], tones[one.state])}${one.type && one.state !== "cancelled" && one.state !== "expired" ? html`<div class="t-source">${causeOf(p.lang, one.type).what}</div>` : ""}`,
        time(p, one.acceptedAt),
        html`${one.endedAt ? time(p, one.endedAt) : html`<span class="t-source">${w.expires}</span> ${time(p, one.expiresAt)}`}${withdraw(p, one)}`,
      ]),
    })}
  </div>`;
}

function withdraw(p: PageContext, one: WaitingView): Html | "" {
  if (one.state !== "queued" || !may(p.caller, cancelMessages.id)) return "";
  const w = outboxWords(p.lang);
  return disclosure(
    html`${w.cancel}<span class="t-hidden"> ${one.messageId}</span>`,
    form(
      { action: path, hidden: html`${p.csrf}<input type="hidden" name="exchange" value="${one.exchange}" />` },
      html`<p>${w.cancelLead}</p>
        <div class="t-actions">${button(w.cancel, { kind: "warn" })}</div>`,
    ),
  );
}

const screen: Screen<Input> = {
  reads: [listDestinations, listOutbox],
  async view(p, { etat, apres }, again) {
    const w = outboxWords(p.lang);
    const { destinations: waiting, systems: own } = await p.call(listDestinations, {});
    const { messages: shown, next: older } = await p.call(listOutbox, {
      limit: 50,
      ...(etat ? { state: etat } : {}),
      ...(apres ? { after: apres } : {}),
    });
    return {
      title: w.title,
      current: "exchange",
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${words(p.lang).title}</h1>
        ${exchangeTabs(p, "outbox")}
        <p class="t-soft">${w.lead}</p>
        ${shown.some((one) => one.state === "unknown") ? banner(p.lang, "information", html`<p>${w.unknownLead}</p>`) : ""}
        ${waiting.length ? destinations(p, waiting) : html`<p>${w.nothingText}</p>`} ${systems(p, own)}
        <h2>${w.list}</h2>
        <form method="get" action="${path}" class="d-find" role="search">
          ${select({ lang: p.lang, name: "etat", label: w.state, value: etat, empty: w.anyState, items: states.map((s) => ({ value: s, text: w[`state-${s}`] })) })}
          ${button(w.show, { kind: "second" })}
        </form>
        ${shown.length ? messages(p, shown) : empty(w.none, html`<p>${w.noneText}</p>`)}
        ${
          older
            ? html`<nav class="t-pages" aria-label="${w.more}">
                <span></span><a rel="next" href="${withQuery(path, { etat, apres: older })}">${w.more} →</a>
              </nav>`
            : ""
        }`,
    };
  },
};

export const outboxPage = consolePage({
  id: "console.exchange-outbox",
  path,
  who: official(readOutbox),
  input: T.Object({
    etat: T.Optional(T.Union([T.Literal(""), ...states.map((s) => T.Literal(s))])),
    apres: T.Optional(T.String({ maxLength: 64 })),
  }),
  screen,
});

export const cancelAction = consoleAction({
  id: "console.cancel-message",
  path,
  who: official(cancelMessages),
  form: T.Object({ exchange: T.String({ maxLength: 40 }) }),
  calls: [cancelMessage],
  async handle(a, { exchange }) {
    await a.call(cancelMessage, { exchange });
    return seeOther(path);
  },
  back: screen,
  backInput: () => ({}),
});
