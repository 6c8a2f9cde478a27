import { readStatistics, seeStatistics } from "#messages/api";
import { html, messages, official, T } from "#kernel";
import { dateTime, empty, number, table, tabs, tag } from "#ui";
import { consolePage } from "../screen.ts";
import { span } from "../site.ts";

const words = messages({
  fr: {
    title: "Messages envoyés",
    lead: "Nombres et durées seulement\u202f: ni textes, ni numéros.",
    period: "Période",
    days: (n: number) => (n === 1 ? "Aujourd’hui" : `${n} jours`),
    channel: "Canal",
    driver: "Passerelle",
    queued: "En file",
    sending: "En route",
    delivered: "Remis",
    failed: "Échecs",
    parts: "SMS facturés",
    median: "Durée médiane",
    quick: "Partis en moins de dix secondes",
    failures: "Derniers échecs",
    at: "Quand",
    state: "État",
    why: "Raison",
    none: "Aucun message sur cette période",
    noneText: "Les SMS et courriels envoyés apparaîtront ici, comptés par passerelle.",
    noFailure: "Aucun échec sur cette période.",
  },
  en: {
    title: "Messages sent",
    lead: "Counts and times only: no texts, no numbers.",
    period: "Period",
    days: (n: number) => (n === 1 ? "Today" : `${n} days`),
    channel: "Channel",
    driver: "Gateway",
    queued: "Queued",
    sending: "Under way",
    delivered: "Delivered",
    failed: "Failed",
    parts: "SMS parts",
    median: "Median time",
    quick: "Left within ten seconds",
    failures: "Last failures",
    at: "When",
    state: "State",
    why: "Reason",
    none: "No message in this period",
    noneText: "SMS and e-mails sent will appear here, counted by gateway.",
    noFailure: "No failure in this period.",
  },
});

export const messagesPage = consolePage({
  id: "console.messages",
  path: "/console/messages",
  who: official(seeStatistics),
  input: T.Object({ jours: T.Optional(T.Integer({ minimum: 1, maximum: 31 })) }),
  screen: {
    reads: [readStatistics],
    async view(p, { jours }) {
      const w = words(p.lang);
      const days = jours ?? 7;
      const { channels, failures } = await p.call(readStatistics, { days });
      return {
        title: w.title,
        current: "messages",
        main: html`<h1>${w.title}</h1>
          <p class="t-soft">${w.lead}</p>
          ${tabs(
            w.period,
            [1, 7, 31].map((n) => ({ href: `/console/messages?jours=${n}`, text: w.days(n), current: n === days })),
          )}
          ${
            channels.length === 0
              ? empty(w.none, html`<p>${w.noneText}</p>`)
              : html`<div class="t-dense">
                    ${table({
                      caption: w.title,
                      hideCaption: true,
                      columns: [
                        { head: w.channel },
                        { head: w.driver },
                        { head: w.queued, numeric: true },
                        { head: w.sending, numeric: true },
                        { head: w.delivered, numeric: true },
                        { head: w.failed, numeric: true },
                        { head: w.parts, numeric: true },
                        { head: w.median, numeric: true },
                        { head: w.quick, numeric: true },
                      ],
                      rows: channels.map((one) => [
                        one.channel.toUpperCase(),
                        one.driver || "–",
                        number(p, one.queued),
                        number(p, one.sending),
                        number(p, one.delivered),
                        one.failed ? tag(number(p, one.failed), "bad") : "0",
                        number(p, one.parts),
                        one.medianSeconds === undefined ? "–" : span(p, one.medianSeconds),
                        one.withinTenSeconds === undefined ? "–" : `${number(p, Math.round(one.withinTenSeconds * 100))}\u202f%`,
                      ]),
                    })}
                  </div>
                  <h2>${w.failures}</h2>
                  ${
                    failures.length
                      ? html`<div class="t-dense">
                          ${table({
                            caption: w.failures,
                            hideCaption: true,
                            columns: [{ head: w.at }, { head: w.channel }, { head: w.driver }, { head: w.state }, { head: w.why }],
                            rows: failures.map((one) => [
                              dateTime(p, one.at),
                              one.channel.toUpperCase(),
                              one.driver || "–",
                              html`<code>${one.state}</code>`,
                              html`<span class="d-wrap">${one.why}</span>`,
                            ]),
                          })}
                        </div>`
                      : html`<p>${w.noFailure}</p>`
                  }`
          }`,
      };
    },
  },
});
