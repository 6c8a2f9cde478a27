/** The year of an institution's exchanges: figures, months, partners; as a page, a paper and a file. */
import { followTraffic, makeYearReport, readNationalYear, readOperations, readYear } from "#exchange/api";
import { download, type Form, html, official, page, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, buttonLink, empty, form, may, number, officialOf, select, table, tag, text } from "#ui";
import { consoleAction, consolePage, sent, withQuery, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { tones } from "./outcomes.ts";
import { percent, serviceHref } from "./parts.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";
import { bars, swatch } from "./year-draw.ts";
import { yearWords } from "./year-words.ts";

type Year = OutputOf<typeof readYear>;
const path = "/console/echanges/bilan";
const shown = 40;
const Asked = T.Object({
  annee: T.Optional(T.Integer({ minimum: 2000, maximum: 2200 })),
  institution: T.Optional(T.String({ maxLength: 120 })),
});
type Asked = { annee?: number; institution?: string };

const question = (p: PageContext, { annee, institution }: Asked) => ({
  year: annee ?? Number(p.clock.today().slice(0, 4)),
  ...(institution ? { institution } : {}),
});

const sum = (lines: Year["asked"], pick: (one: Year["asked"][number]) => number): number => lines.reduce((n, one) => n + pick(one), 0);

const share = (p: PageContext, lines: Year["asked"]): string =>
  percent(p, sum(lines, (one) => one.answered) / sum(lines, (one) => one.total));

function figures(p: PageContext, y: Year): Html {
  const w = yearWords(p.lang);
  const partners = new Set([...y.asked, ...y.answered].map((one) => one.other.institution)).size;
  const services = new Set([...y.asked, ...y.answered].map((one) => one.service)).size;
  const figure = (name: string, value: number, note: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${number(p, value)}</dd>
      ${note ? html`<dd class="t-source">${note}</dd>` : ""}
    </div>`;
  return html`<dl class="t-figures">
    ${figure(
      w.answered,
      sum(y.answered, (one) => one.total),
      y.answered.length ? w.answeredShare(share(p, y.answered)) : "",
    )}
    ${figure(
      w.asked,
      sum(y.asked, (one) => one.total),
      y.asked.length ? w.askedShare(share(p, y.asked)) : "",
    )}
    ${figure(w.partners, partners, services === 1 ? w.oneService : w.services(number(p, services)))}
  </dl>`;
}

function months(p: PageContext, y: Year): Html {
  const w = yearWords(p.lang);
  const name = (style: "narrow" | "long") => (month: number) =>
    new Intl.DateTimeFormat(p.lang === "en" ? "en-GB" : "fr-FR", { month: style, timeZone: "UTC" }).format(Date.UTC(2000, month - 1, 15));
  const seen = y.months.filter((one) => one.asked + one.answered > 0);
  return html`<h2>${w.months}</h2>
    ${text(bars(y.months, name("narrow")), html`<p class="t-source">${swatch("link")} ${w.received} · ${swatch("glow")} ${w.put}</p>`)}
    <div class="t-dense">
      ${table({
        caption: w.months,
        hideCaption: true,
        stack: false,
        columns: [{ head: w.month }, { head: w.received, numeric: true, label: false }, { head: w.put, numeric: true, label: false }],
        rows: seen.map((one) => [name("long")(one.month), number(p, one.answered), number(p, one.asked)]),
      })}
    </div>`;
}

function outcomes(p: PageContext, y: Year): Html {
  const w = yearWords(p.lang);
  const of = (outcome: string, role: string) => y.outcomes.find((one) => one.outcome === outcome && one.role === role)?.count ?? 0;
  return html`<h2>${w.outcomes}</h2>
    <div class="t-dense">
      ${table({
        caption: w.outcomes,
        hideCaption: true,
        stack: false,
        columns: [
          { head: words(p.lang).outcome },
          { head: w.received, numeric: true, label: false },
          { head: w.put, numeric: true, label: false },
        ],
        rows: [...new Set(y.outcomes.map((one) => one.outcome))].map((outcome) => [
          tag(words(p.lang)[`outcome-${outcome}`], tones[outcome]),
          number(p, of(outcome, "answered")),
          number(p, of(outcome, "asked")),
        ]),
      })}
    </div>`;
}

function lines(p: PageContext, heading: string, all: Year["asked"]): Html {
  if (all.length === 0) return html``;
  const w = yearWords(p.lang);
  return html`<h2>${heading}</h2>
    ${all.length > shown ? html`<p class="t-soft">${w.first(number(p, shown), number(p, all.length))}</p>` : ""}
    <div class="t-dense">
      ${table({
        caption: heading,
        hideCaption: true,
        columns: [
          { head: w.service },
          { head: w.partner },
          { head: w.total, numeric: true },
          { head: w.done, numeric: true },
          { head: w.median, numeric: true },
        ],
        rows: all
          .slice(0, shown)
          .map((one) => [
            html`<a href="${serviceHref(one.service)}">${one.title}</a>`,
            html`<a href="/console/institutions/${one.other.institution}">${one.other.name}</a>`,
            number(p, one.total),
            number(p, one.answered),
            `${number(p, one.median)}\u202fms`,
          ]),
      })}
    </div>`;
}

function country(p: PageContext, year: number, all: OutputOf<typeof readNationalYear>["institutions"]): Html {
  if (all.length === 0) return html``;
  const w = yearWords(p.lang);
  return html`<h2>${w.country}</h2>
    <p class="t-soft">${w.countryLead(number(p, all.length))}</p>
    <div class="t-dense">
      ${table({
        caption: w.country,
        hideCaption: true,
        columns: [{ head: w.institution }, { head: w.received, numeric: true }, { head: w.put, numeric: true }],
        rows: all
          .slice(0, shown)
          .map((one) => [
            html`<a href="${withQuery(path, { annee: String(year), institution: one.institution })}">${one.name}</a>`,
            number(p, one.answered),
            number(p, one.asked),
          ]),
      })}
    </div>`;
}

function choice(p: PageContext, y: Year, all: OutputOf<typeof readNationalYear>["institutions"]): Html {
  const w = yearWords(p.lang);
  const last = Number(p.clock.today().slice(0, 4));
  const years = Array.from({ length: last - Math.min(y.since, y.year) + 1 }, (_, i) => String(last - i));
  const own = officialOf(p.caller).institution;
  const items = [...new Map([[y.institution, y.name], ...all.map((one) => [one.institution, one.name] as const)])].map(([value, text]) => ({
    value,
    text,
  }));
  return html`<form method="get" action="${path}" class="d-find">
    ${select({ lang: p.lang, name: "annee", label: w.year, value: String(y.year), empty: false, items: years.map((value) => ({ value, text: value })) })}
    ${items.length > 1 ? select({ lang: p.lang, name: "institution", label: w.institution, value: y.institution, empty: false, items: items.toSorted((a, b) => Number(b.value === own) - Number(a.value === own)) }) : ""}
    ${button(w.show, { kind: "second" })}
  </form>`;
}

const screen: Screen<Asked> = {
  reads: [readYear, readNationalYear],
  async view(p, asked, again) {
    const w = yearWords(p.lang);
    const q = question(p, asked);
    const y = await p.call(readYear, q);
    const all = may(p.caller, followTraffic.id) ? (await p.call(readNationalYear, { year: q.year })).institutions : [];
    const some = y.asked.length + y.answered.length > 0;
    return {
      title: `${w.tab} ${y.year}`,
      current: "exchange",
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${words(p.lang).title}</h1>
        ${exchangeTabs(p, "year")}
        <p class="t-soft">${w.lead}</p>
        ${choice(p, y, all)}
        <h2>${y.name}, ${y.year}</h2>
        ${y.over ? "" : html`<p class="t-soft">${w.soFar}</p>`}
        ${
          some
            ? html`${figures(p, y)}
                <div class="t-actions">
                  ${form({ action: path, hidden: html`${p.csrf}<input type="hidden" name="annee" value="${y.year}" /><input type="hidden" name="institution" value="${y.institution}" />` }, button(w.pdf))}
                  ${buttonLink(withQuery(`${path}.csv`, { annee: String(y.year), institution: y.institution }), w.csv, "second")}
                </div>
                ${months(p, y)} ${outcomes(p, y)} ${lines(p, w.provided, y.answered)} ${lines(p, w.requested, y.asked)}`
            : empty(w.none, html`<p>${w.noneText}</p>`)
        }
        ${country(p, y.year, all)}
        <p class="t-source">${w.method}</p>`,
    };
  },
};

export const yearPage = consolePage({ id: "console.exchange-year", path, who: official(readOperations), input: Asked, screen });

/** RFC 4180; a cell that a spreadsheet would take for a formula is marked as text. */
const cell = (value: string | number): string => {
  const plain = typeof value === "number" ? String(value) : value.replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};

export const yearFilePage = page({
  id: "console.exchange-year-file",
  path: `${path}.csv`,
  who: official(readOperations),
  reads: [readYear],
  input: Asked,
  async render(p, asked) {
    const w = yearWords(p.lang);
    const y = await p.call(readYear, question(p, asked));
    const of = (role: "asked" | "answered") =>
      y[role].map((one) => [
        w[`direction-${role}`],
        one.service,
        one.title,
        one.other.institution,
        one.other.name,
        one.total,
        one.answered,
        one.median,
      ]);
    const rows = [[w.direction, w.identifier, w.service, w.other, w.partner, w.total, w.done, w.ms], ...of("answered"), ...of("asked")];
    // the mark at the front tells spreadsheets that it is UTF-8
    const file = `\uFEFF${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
    return download(Buffer.from(file), "text/csv; charset=utf-8", `echanges-${y.institution}-${y.year}.csv`);
  },
});

export const yearReportAction = consoleAction({
  id: "console.exchange-year-report",
  path,
  who: official(readOperations),
  form: Asked,
  calls: [makeYearReport],
  async handle(a, asked) {
    const made = await a.call(makeYearReport, question(a, asked));
    return download(Buffer.from(made.content, "base64"), made.mediaType, made.fileName);
  },
  back: screen,
  backInput: (f: Form) => {
    const [annee, institution] = [Number(sent(f, "annee")), sent(f, "institution")];
    return { ...(Number.isInteger(annee) && annee >= 2000 && annee <= 2200 ? { annee } : {}), ...(institution ? { institution } : {}) };
  },
});
