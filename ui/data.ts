import { html, type Html, type Lang } from "#kernel";
import { attributes, classes, type Content } from "./attributes.ts";
import { amount, type Place } from "./format.ts";
import { words } from "./words.ts";

export interface Fact {
  key: Content;
  value: Content;
  /** A link at the end of the line; `hidden` completes its words for screen readers. */
  action?: { href: string; text?: Content; hidden: Content };
}

/** Names and values: a summary of answers, the facts of a case. */
export function facts(lang: Lang, rows: readonly (Fact | null | undefined | false)[]): Html {
  return html`<dl class="t-facts">
    ${rows.map(
      (row) =>
        row &&
        html`<div>
          <dt>${row.key}</dt>
          <dd>${row.value}</dd>
          ${
            row.action
              ? html`<dd>
                  <a href="${row.action.href}"
                    >${row.action.text ?? words(lang).change}<span class="govuk-visually-hidden"> ${row.action.hidden}</span></a
                  >
                </dd>`
              : ""
          }
        </div> `,
    )}
  </dl>`;
}

export interface Column {
  head: Content;
  numeric?: boolean;
  /** Shown before the value on narrow screens, where the head row disappears; false for a column that speaks for itself. */
  label?: string | false;
}

/** A table that becomes a list of cards on a telephone. The first cell of each row is its header. */
export function table(options: {
  caption: Content;
  hideCaption?: boolean;
  columns: readonly Column[];
  rows: readonly (readonly Content[])[];
  foot?: readonly Content[];
  stack?: boolean;
}): Html {
  const { columns } = options;
  const cell = (value: Content, index: number) => {
    const column = columns[index];
    const label = column?.label === false ? null : (column?.label ?? (typeof column?.head === "string" ? column.head : null));
    const own = attributes({
      class: column?.numeric ? "t-num" : null,
      "data-label": index === 0 ? null : label,
    });
    return index === 0 ? html`<th scope="row" ${own}>${value}</th>` : html`<td${own}>${value}</td>`;
  };
  return html`<table${attributes({ class: options.stack === false ? null : "t-stack" })}><caption${attributes({ class: options.hideCaption ? "govuk-visually-hidden" : null })}>${options.caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col" ${attributes({ class: column.numeric ? "t-num" : null })}>${column.head}</th>`)}</tr></thead>
<tbody>${options.rows.map(
    (row) =>
      html`<tr>
        ${row.map(cell)}
      </tr> `,
  )}</tbody>${
    options.foot
      ? html`<tfoot>
          <tr>
            ${options.foot.map(cell)}
          </tr>
        </tfoot>`
      : ""
  }</table>`;
}

export interface FeeLine {
  label: Content;
  payee?: Content;
  amount: number;
  /** Provenance of this very line. */
  source?: Content;
}

/** What it costs, line by line, who gets each franc, and the total. */
export function feeTable(place: Place, lines: readonly FeeLine[], caption: Content): Html {
  const w = words(place.lang);
  const total = lines.reduce((sum, line) => sum + line.amount, 0);
  return html`<table class="t-fees">
    <caption class="govuk-visually-hidden">
      ${caption}
    </caption>
    <tbody>
      ${lines.map(
        (line) =>
          html`<tr>
            <th scope="row">
              ${line.label}${line.payee ? html`<div class="t-source">${w.payee} : ${line.payee}</div>` : ""}${line.source}
            </th>
            <td class="t-num">${line.amount === 0 ? w.free : amount(place, line.amount)}</td>
          </tr> `,
      )}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">${w.total}</th>
        <td class="t-num">${total === 0 ? w.free : amount(place, total)}</td>
      </tr>
    </tfoot>
  </table>`;
}

/** A receipt: made to be printed at a counter and kept. */
export function receipt(
  place: Place,
  options: {
    number: string;
    issuer: Content;
    lines: readonly FeeLine[];
    details: readonly Fact[];
    code?: Content;
    foot?: Content;
  },
): Html {
  const w = words(place.lang);
  return html`<article class="t-box t-receipt" aria-labelledby="receipt-number">
    <p class="t-overline">${options.issuer}</p>
    <h1 id="receipt-number">${w.receipt} <span class="t-mono">${options.number}</span></h1>
    ${facts(place.lang, options.details)} ${feeTable(place, options.lines, w.amount)}
    ${options.code ? html`<div class="t-code2d">${options.code}</div>` : ""}${options.foot}
  </article>`;
}

export interface Evidence {
  key: Content;
  value: Content;
  /** Where this very value comes from. */
  from: Content;
}

/** Values fetched from registers, each with the register it came from. */
export function evidence(rows: readonly Evidence[]): Html {
  return html`<dl class="t-facts">
    ${rows.map(
      (row) =>
        html`<div>
          <dt>${row.key}</dt>
          <dd>
            ${row.value}
            <div class="t-source">${row.from}</div>
          </dd>
        </div> `,
    )}
  </dl>`;
}

/** A map drawn by the server, with its text equivalent beside it. */
export function map(options: { label: string; svg: Html; legend?: Content }): Html {
  return html`<figure class="t-map" aria-label="${options.label}">
    ${options.svg}${options.legend ? html`<figcaption>${options.legend}</figcaption>` : ""}
  </figure>`;
}

/** Links in cards; the whole list is one list for screen readers. */
export function cards(items: readonly { href: string; title: Content; text?: Content }[]): Html {
  return html`<ul class="t-cards">
    ${items.map((item) => html`<li><a href="${item.href}">${item.title}</a>${item.text}</li> `)}
  </ul>`;
}

/** Search results and other lists of things to open. */
export function results(items: readonly { href: string; title: Content; text?: Content; meta?: Content }[]): Html {
  return html`<ul class="${classes("t-plainlist", "t-results")}">
    ${items.map(
      (item) =>
        html`<li>
          <a href="${item.href}">${item.title}</a
          >${item.text ? html`<div>${item.text}</div>` : ""}${item.meta ? html`<div class="t-source">${item.meta}</div>` : ""}
        </li> `,
    )}
  </ul>`;
}
