/** What fails, by cause and with who can act; each can be looked into at once. */
import { followTraffic, listDiagnoses, listServers, listTroubles, readOperations, readServers, startDiagnosis } from "#exchange/api";
import { html, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, disclosure, empty, form, input, may, number, select, table, tag } from "#ui";
import { consoleAction, consolePage, sent, type Again, type Screen } from "../screen.ts";
import { ago, refusalOf } from "../site.ts";
import { causeOf } from "./causes.ts";
import { diagnosesPath as path, examine, findingOf } from "./diagnosis.ts";
import { diagnosisWords } from "./diagnosis-words.ts";
import { Identifier, percent, serviceHref } from "./parts.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

type Trouble = OutputOf<typeof listTroubles>["troubles"][number];
const periods = { heure: 3600, jour: 86_400, semaine: 604_800 } as const;
type Period = keyof typeof periods;

/** Counted by what has to be looked at: the shortest answer to "what is wrong". */
function byCause(p: PageContext, troubles: readonly Trouble[], total: number): Html {
  const w = diagnosisWords(p.lang);
  const failed = troubles.reduce((n, one) => n + one.count, 0);
  const groups = [...Map.groupBy(troubles, (one) => causeOf(p.lang, one.errorType).kind)]
    .map(([kind, same]) => ({
      kind,
      count: same.reduce((n, one) => n + one.count, 0),
      services: new Set(same.map((one) => one.service)).size,
    }))
    .sort((a, b) => b.count - a.count);
  return html`<h2>${w.byCause}</h2>
    <dl class="t-figures">
      <div>
        <dt>${w.passed}</dt>
        <dd>${number(p, total)}</dd>
        <dd class="t-source">${w.succeeded(percent(p, Math.max(0, total - failed) / Math.max(1, total)))}</dd>
      </div>
      ${groups.map(
        (one) =>
          html`<div>
            <dt>${w[`kind-${one.kind}`]}</dt>
            <dd>${number(p, one.count)}</dd>
            <dd class="t-source">${w.services(one.services)}</dd>
          </div>`,
      )}
    </dl>`;
}

function failures(p: PageContext, troubles: readonly Trouble[], everyone: boolean): Html {
  const w = diagnosisWords(p.lang);
  return html`<h2>${w.failures}</h2>
    <div class="t-dense">
      ${table({
        caption: w.failures,
        hideCaption: true,
        columns: [
          { head: w.service },
          ...(everyone ? [] : [{ head: w.side }]),
          { head: w.cause },
          { head: w.actor },
          { head: w.times, numeric: true },
          { head: w.last },
          { head: html`<span class="govuk-visually-hidden">${w.examine}</span>`, label: false },
        ],
        rows: troubles.map((one) => {
          const cause = causeOf(p.lang, one.errorType);
          return [
            html`<a href="${serviceHref(one.service)}">${one.title}</a>
              <div class="t-source t-mono d-wrap">${one.service}</div>`,
            ...(everyone ? [] : [w[`role-${one.role}`]]),
            html`${cause.what}
              <div class="t-source d-wrap">${one.errorType}</div>`,
            cause.who,
            number(p, one.count),
            html`<time datetime="${one.last}">${ago(p, one.last)}</time>`,
            examine(p, { service: one.service }, w.examine, one.title),
          ];
        }),
      })}
    </div>`;
}

function lately(p: PageContext, diagnoses: OutputOf<typeof listDiagnoses>["diagnoses"]): Html {
  const w = diagnosisWords(p.lang);
  if (diagnoses.length === 0) return empty(w.none, html`<p>${w.noneText}</p>`);
  return html`<div class="t-dense">
    ${table({
      caption: w.lately,
      hideCaption: true,
      columns: [{ head: w.what }, { head: w.found }, { head: w.at }],
      rows: diagnoses
        .slice(0, 12)
        .map((one) => [
          html`<a class="d-wrap" href="${path}/${one.id}">${one.service ?? one.server}</a>`,
          !one.ended
            ? tag(w.running, "act")
            : one.found
              ? html`${tag(w[`step-${one.found.step}`], "bad")} ${findingOf(p.lang, one.found)}`
              : tag(w.fine, "good"),
          html`<time datetime="${one.at}">${ago(p, one.at)}</time>`,
        ]),
    })}
  </div>`;
}

function other(p: PageContext, servers: readonly string[], again: Again | undefined): Html {
  const w = diagnosisWords(p.lang);
  const value = (name: string) => sent(again?.form, name);
  return disclosure(
    w.other,
    form(
      { action: path, hidden: p.csrf },
      html`<p class="t-soft">${w.otherLead}</p>`,
      input({
        lang: p.lang,
        name: "service",
        label: w.service,
        hint: w.serviceHint,
        optional: servers.length > 0,
        maxlength: 255,
        spellcheck: false,
        autocomplete: "off",
        value: value("service"),
      }),
      servers.length
        ? select({
            lang: p.lang,
            name: "server",
            label: w.server,
            optional: true,
            empty: w.noServer,
            value: value("server"),
            items: servers.map((id) => ({ value: id, text: id })),
          })
        : "",
      input({
        lang: p.lang,
        name: "client",
        label: w.client,
        hint: w.clientHint,
        optional: true,
        maxlength: 255,
        spellcheck: false,
        autocomplete: "off",
        value: value("client"),
      }),
      input({
        lang: p.lang,
        name: "purpose",
        label: w.purpose,
        optional: true,
        maxlength: 200,
        autocomplete: "off",
        value: value("purpose"),
      }),
      html`<div class="t-actions">${button(w.examineNow)}</div>`,
    ),
    Boolean(again),
  );
}

type Asked = { periode?: Period | ""; qui?: "tous" | "" };
const screen: Screen<Asked> = {
  reads: [listTroubles, listDiagnoses, listServers],
  async view(p, { periode, qui }, again) {
    const w = diagnosisWords(p.lang);
    const followsAll = may(p.caller, followTraffic.id);
    const everyone = followsAll && qui === "tous";
    const from = new Date(p.clock.now().getTime() - periods[periode || "jour"] * 1000).toISOString();
    const { troubles, total } = await p.call(listTroubles, { from, ...(everyone ? { everyone } : {}) });
    const { diagnoses } = await p.call(listDiagnoses, {});
    const servers = may(p.caller, readServers.id)
      ? (await p.call(listServers, {})).servers.filter((one) => !one.centre && one.state !== "retired").map((one) => one.id)
      : [];
    return {
      title: w.tab,
      current: "exchange",
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${words(p.lang).title}</h1>
        ${exchangeTabs(p, "diagnoses")}
        <p class="t-soft">${w.lead}</p>
        <form method="get" action="${path}" class="d-find" role="search">
          ${select({ lang: p.lang, name: "periode", label: w.period, value: periode || "jour", empty: false, items: (["heure", "jour", "semaine"] as const).map((one) => ({ value: one, text: w[one] })) })}
          ${followsAll ? select({ lang: p.lang, name: "qui", label: w.whose, value: everyone ? "tous" : "", empty: w.own, items: [{ value: "tous", text: w.all }] }) : ""}
          ${button(words(p.lang).findButton, { kind: "second" })}
        </form>
        ${
          troubles.length
            ? html`${byCause(p, troubles, total)} ${failures(p, troubles, everyone)}`
            : total === 0
              ? empty(w.quiet, html`<p>${w.quietText}</p>`)
              : empty(w.well, html`<p>${w.wellText(number(p, total))}</p>`)
        }
        <h2>${w.lately}</h2>
        ${lately(p, diagnoses)} ${other(p, servers, again)}`,
    };
  },
};

export const diagnosesPage = consolePage({
  id: "console.exchange-diagnoses",
  path,
  who: official(readOperations),
  input: T.Object({
    periode: T.Optional(T.Union([T.Literal(""), T.Literal("heure"), T.Literal("jour"), T.Literal("semaine")])),
    qui: T.Optional(T.Union([T.Literal(""), T.Literal("tous")])),
  }),
  screen,
});

const said = (value: string | undefined): string | undefined => value?.trim() || undefined;

export const diagnosisAction = consoleAction({
  id: "console.start-diagnosis",
  path,
  who: official(readOperations),
  form: T.Object({
    service: T.Optional(T.Union([Identifier, T.Literal("")])),
    server: T.Optional(T.Union([Identifier, T.Literal("")])),
    client: T.Optional(T.Union([Identifier, T.Literal("")])),
    purpose: T.Optional(T.String({ maxLength: 200 })),
  }),
  calls: [startDiagnosis],
  async handle(a, sentForm) {
    const [service, server, client, purpose] = [sentForm.service, sentForm.server, sentForm.client, sentForm.purpose].map(said);
    const asked = {
      ...(service ? { service } : {}),
      ...(server ? { server } : {}),
      ...(client ? { client } : {}),
      ...(purpose ? { purpose } : {}),
    };
    const { id } = await a.call(startDiagnosis, asked);
    return seeOther(`${path}/${id}`);
  },
  back: screen,
  backInput: (): Asked => ({}),
});
