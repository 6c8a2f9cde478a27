import { closeMonth, closeMonths, followService, listServiceLevels, readPlant, readServiceLevel, readStatementPaper } from "#network/api";
import { anyOf, download, html, official, seeOther, T, type Form, type Html, type OutputOf, type PageContext } from "#kernel";
import { amount, banner, button, dateTime, disclosure, empty, facts, form, inset, may, number, partialDate, select, table, tag } from "#ui";
import { consoleAction, consolePage, sent, withQuery, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { networkTabs, path } from "./parts.ts";
import { frame, length } from "./watch-parts.ts";
import { words as causes } from "./words-watch.ts";
import { words } from "./words-service.ts";
import { words as all } from "./words.ts";

const here = `${path}/engagements`;
const Month = T.String({ pattern: "^20[0-9]{2}-(0[1-9]|1[0-2])$" });
const Institution = T.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$" });
type Levels = OutputOf<typeof listServiceLevels>;
type One = OutputOf<typeof readServiceLevel>;
const shown = 40;

export const percent = (p: PageContext, value: number | undefined): string =>
  value === undefined
    ? "–"
    : `${new Intl.NumberFormat(p.lang === "en" ? "en-GB" : "fr-FR", { maximumFractionDigits: 3 }).format(value)}\u00a0%`;
const metTag = (p: PageContext, met: boolean | undefined): Html => {
  const w = words(p.lang);
  return met === undefined ? tag(w.unmeasured, "neutral") : met ? tag(w.met, "good") : tag(w.missed, "bad");
};

/** The last twelve months, this one first, as `YYYY-MM`. */
function lastMonths(p: PageContext): string[] {
  const [year, month] = p.clock.today().split("-").map(Number) as [number, number];
  return Array.from({ length: 12 }, (_, i) => {
    const at = year * 12 + month - 1 - i;
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`;
  });
}

export function monthForm(p: PageContext, action: string, month: string): Html {
  const w = words(p.lang);
  const months = [...new Set([month, ...lastMonths(p)])].toSorted().toReversed();
  return html`<form method="get" action="${action}" class="d-find">
    ${select({ lang: p.lang, name: "mois", label: w.month, value: month, empty: false, items: months.map((m) => ({ value: m, text: partialDate(p, m) })) })}
    ${button(w.show, { kind: "second" })}
  </form>`;
}

const screen: Screen<{ mois?: string }> = {
  reads: [listServiceLevels],
  async view(p, { mois }, again) {
    const w = words(p.lang);
    const l = await p.call(listServiceLevels, mois ? { month: mois } : {});
    const rest = l.lines.slice(shown);
    return {
      title: `${all(p.lang).levels}, ${partialDate(p, l.month)}`,
      current: "network",
      failed: Boolean(again),
      crumbs: [{ href: path, text: all(p.lang).title }],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${all(p.lang).levels}, ${partialDate(p, l.month)} ${l.closed ? tag(w.closed, "good") : tag(w.provisional, "neutral")}</h1>
        ${networkTabs(p, "levels")}
        <p>${w.levelsLead}</p>
        ${l.notice ? inset(html`<p>${l.notice}</p>`) : ""} ${monthForm(p, here, l.month)}
        ${
          l.lines.length
            ? html`${figures(p, l)} ${lines(p, l, l.lines.slice(0, shown), w.levels(number(p, l.lines.length)), false)}
              ${rest.length ? disclosure(w.others(number(p, rest.length)), lines(p, l, rest, w.others(number(p, rest.length)), true)) : ""}`
            : empty(w.nothing)
        }
        ${
          l.over && !l.closed && l.lines.length && may(p.caller, closeMonths.id)
            ? form(
                { action: here, hidden: html`${p.csrf}<input type="hidden" name="month" value="${l.month}" />` },
                html`<p>${w.closeText}</p>`,
                button(w.close),
              )
            : ""
        }`,
    };
  },
};

function figures(p: PageContext, l: Levels): Html {
  const w = words(p.lang);
  const t = l.totals;
  const figure = (name: string, value: string, note: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
      <dd class="t-source">${note}</dd>
    </div>`;
  return html`<dl class="t-figures">
    ${figure(w.availability, percent(p, t.availability), `${w.lost} : ${length(t.down)}`)}
    ${figure(w.kept, number(p, t.met), w.of(number(p, t.met + t.missed)))}
    ${figure(w.credits, amount(p, t.credit), `${w.fee} : ${amount(p, t.fee)}`)}
    ${figure(w.unknown, t.service ? percent(p, Math.floor((t.unknown / t.service) * 1000) / 10) : "–", length(t.unknown))}
  </dl>`;
}

function lines(p: PageContext, l: Levels, list: Levels["lines"], caption: string, hideCaption: boolean): Html {
  const w = words(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption,
      hideCaption,
      columns: [
        { head: w.institution },
        { head: w.availability, numeric: true },
        { head: w.target, numeric: true },
        { head: w.lost, numeric: true },
        { head: w.unknown, numeric: true },
        { head: w.credit, numeric: true },
      ],
      rows: list.map((x) => [
        html`<a href="${withQuery(`${here}/${x.institution}`, { mois: l.month })}">${x.name}</a>
          <div class="t-source">${x.class}${x.number !== undefined && x.number > 1 ? ` · ${w.correction(number(p, x.number))}` : ""}</div>`,
        html`${x.availability === undefined ? "" : percent(p, x.availability)} ${metTag(p, x.met)}`,
        percent(p, x.target),
        length(x.down),
        length(x.unknown),
        x.credit ? amount(p, x.credit) : "–",
      ]),
    })}
  </div>`;
}

export const levelsPage = consolePage({
  id: "console.network-levels",
  path: here,
  who: official(readPlant),
  input: T.Object({ mois: T.Optional(Month) }),
  screen,
});

export const closeMonthAction = consoleAction({
  id: "console.network-close-month",
  path: here,
  who: official(closeMonths),
  form: T.Object({ month: Month }),
  calls: [closeMonth],
  async handle(a, { month }) {
    await a.call(closeMonth, { month });
    return seeOther(`${here}?mois=${month}`);
  },
  back: screen,
  backInput: (f: Form) => ({ mois: sent(f, "month") ?? "" }),
});

const either = anyOf(official(readPlant), official(followService));
const oneScreen: Screen<{ institution: string; mois?: string; numero?: number }> = {
  reads: [readServiceLevel],
  async view(p, { institution, mois, numero }, again) {
    const w = words(p.lang);
    const s = await p.call(readServiceLevel, { institution, ...(mois ? { month: mois } : {}), ...(numero ? { number: numero } : {}) });
    const f = frame(p, "levels", { href: withQuery(here, { mois: s.month }), text: all(p.lang).levels });
    const to = `${here}/${s.institution}`;
    return {
      ...f,
      title: w.levelTitle(s.name),
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${w.levelTitle(s.name)}</h1>
        ${f.tabs} ${monthForm(p, to, s.month)}
        <h2>
          ${partialDate(p, s.month)}
          ${s.number === undefined ? tag(w.provisional, "neutral") : tag(s.number > 1 ? w.correction(number(p, s.number)) : w.closed, "good")}
        </h2>
        ${s.simulated ? inset(html`<p>${w.simulated}</p>`) : ""}
        ${
          s.numbers > 1
            ? html`<p>
                ${Array.from({ length: s.numbers }, (_, i) => i + 1).map(
                  (n) => html`<a class="d-pair" href="${to}?mois=${s.month}&numero=${n}">n° ${n}</a> `,
                )}
              </p>`
            : ""
        }
        ${summary(p, s)} ${paper(p, s)} ${sites(p, s)} ${outages(p, s)}`,
    };
  },
};

function summary(p: PageContext, s: One): Html {
  const w = words(p.lang);
  const t = s.totals;
  return facts(p.lang, [
    {
      key: w.availability,
      value: html`${t.availability === undefined ? "" : percent(p, t.availability)} ${metTag(p, s.met)}
      ${t.availability === undefined && t.atBest !== undefined ? html`<div class="t-source">${w.atBest(percent(p, t.atBest))}</div>` : ""}`,
    },
    {
      key: w.agreement,
      value: html`${s.terms.name}, ${percent(p, s.terms.target)}
        <div class="t-source">${w.terms(number(p, s.terms.responseHours), number(p, s.terms.repairHours))}</div>`,
    },
    { key: w.lost, value: length(t.down) },
    (t.excludedWorks > 0 || t.excludedPower > 0) && {
      key: w.excluded,
      value: `${w.worksOut} : ${length(t.excludedWorks)} · ${w.powerOut} : ${length(t.excludedPower)}`,
    },
    { key: w.unknown, value: length(t.unknown) },
    { key: w.late, value: number(p, t.late) },
    { key: w.fee, value: amount(p, t.fee) },
    { key: w.credit, value: html`<b>${amount(p, t.credit)}</b>` },
    {
      key: w.steps,
      value: s.terms.credits.map((c) => html`<div>${w.step(percent(p, c.below), percent(p, c.percent))}</div>`),
    },
    s.tickets.opened > 0 && { key: w.ticketsOf, value: w.tickets(number(p, s.tickets.opened), number(p, s.tickets.answeredLate)) },
  ]);
}

function paper(p: PageContext, s: One): Html | "" {
  const w = words(p.lang);
  if (s.number === undefined) return "";
  if (!s.sealed) return banner(p.lang, "information", html`<p>${w.pdfWait}</p>`);
  const hidden = html`${p.csrf}<input type="hidden" name="month" value="${s.month}" /><input
      type="hidden"
      name="number"
      value="${s.number}"
    />`;
  return form({ action: `${here}/${s.institution}/pdf`, hidden }, button(w.pdf));
}

function sites(p: PageContext, s: One): Html {
  const w = words(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.sites,
      columns: [
        { head: w.place },
        { head: w.availability, numeric: true },
        { head: w.up, numeric: true },
        { head: w.lost, numeric: true },
        { head: w.unknown, numeric: true },
        { head: w.credit, numeric: true },
      ],
      rows: s.sites.map((x) => [
        may(p.caller, readPlant.id) ? html`<a href="${path}/sites/${x.node}/mesures">${x.name}</a>` : x.name,
        x.availability === undefined ? w.unmeasured : percent(p, x.availability),
        length(x.up),
        length(x.down),
        length(x.unknown),
        x.credit ? amount(p, x.credit) : "–",
      ]),
    })}
  </div>`;
}

function outages(p: PageContext, s: One): Html {
  const w = words(p.lang);
  const list = s.sites.flatMap((x) => x.outages.map((o) => ({ ...o, name: x.name }))).toSorted((x, y) => (x.from < y.from ? 1 : -1));
  if (list.length === 0) return html`<p class="t-soft">${w.noOutages}</p>`;
  return html`<div class="t-dense">
    ${table({
      caption: w.outages,
      columns: [{ head: w.place }, { head: w.from }, { head: w.to }, { head: w.cause }],
      rows: list
        .slice(0, 100)
        .map((o) => [
          o.name,
          dateTime(p, o.from),
          o.to ? dateTime(p, o.to) : w.lasting,
          html`<a href="${path}/alarmes/${o.alarm}">${causes(p.lang)[`kind-${o.kind}`]}</a>`,
        ]),
    })}
  </div>`;
}

export const levelPage = consolePage({
  id: "console.network-level",
  path: `${here}/{institution}`,
  who: either,
  input: T.Object({
    institution: Institution,
    mois: T.Optional(Month),
    numero: T.Optional(T.Integer({ minimum: 1, maximum: 10_000 })),
  }),
  screen: oneScreen,
});

export const paperAction = consoleAction({
  id: "console.network-statement-paper",
  path: `${here}/{institution}/pdf`,
  who: either,
  form: T.Object({ institution: Institution, month: Month, number: T.Integer({ minimum: 1, maximum: 10_000 }) }),
  calls: [readStatementPaper],
  async handle(a, f) {
    const made = await a.call(readStatementPaper, f);
    return download(Buffer.from(made.content, "base64"), made.mediaType, made.fileName);
  },
  back: oneScreen,
  backInput: (f: Form) => ({ institution: sent(f, "institution") ?? "", mois: sent(f, "month") ?? "" }),
});
