import type { readBranch } from "#network/api";
import { html, type Html, type OutputOf, type PageContext } from "#kernel";
import { amount, number, table, tag } from "#ui";
import { short } from "./parts.ts";
import { words } from "./words-plan.ts";

export type Branch = OutputOf<typeof readBranch>;
export type Bill = NonNullable<Branch["effect"]>["bill"];
const tones = { draft: "neutral", proposed: "act", approved: "good", refused: "bad", merged: "good", withdrawn: "neutral" } as const;

export function stateTag(p: PageContext, b: { state: Branch["state"]; study: boolean }): Html {
  const w = words(p.lang);
  if (b.study) return tag(w.study, "neutral");
  return tag(w[`is-${b.state}`], tones[b.state]);
}

export function percent(p: PageContext, n: number): string {
  return `${new Intl.NumberFormat(p.lang === "en" ? "en-GB" : "fr-FR", { maximumFractionDigits: 3 }).format(n * 100)}\u00a0%`;
}

/** What has to be bought and dug, line by line. */
export function billTable(p: PageContext, bill: Bill, caption: string, illustrative: boolean): Html {
  const w = words(p.lang);
  const money = (n: number | undefined) => (n === undefined ? "–" : amount(p, n));
  return html`<div class="t-dense">
      ${table({
        caption,
        columns: [
          { head: w.item },
          { head: w.quantity, numeric: true },
          { head: w.price, numeric: true },
          { head: w.amount, numeric: true },
        ],
        rows: [
          ...bill.lines.map((l) => [
            w[`item-${l.item}`],
            l.unit === "km" ? w.km(number(p, l.quantity)) : number(p, l.quantity),
            money(l.price),
            money(l.amount),
          ]),
          ...(bill.total === undefined ? [] : [[html`<b>${w.total}</b>`, "", "", html`<b>${money(bill.total)}</b>`]]),
        ],
      })}
    </div>
    ${bill.unpriced ? html`<p>${w.unpriced(number(p, bill.unpriced))}</p>` : ""}
    ${illustrative ? html`<p class="t-source">${w.illustrative}</p>` : ""}`;
}

export function effectTable(p: PageContext, e: NonNullable<Branch["effect"]>): Html {
  const w = words(p.lang);
  const row = (name: string, pick: (f: typeof e.before) => string) => {
    const [a, b] = [pick(e.before), pick(e.after)];
    return [name, a, a === b ? html`<span class="t-soft">${b}</span>` : html`<b>${b}</b>`];
  };
  return html`<div class="t-dense">
    ${table({
      caption: w.effect,
      columns: [{ head: w.figure }, { head: w.before, numeric: true }, { head: w.after, numeric: true }],
      rows: [
        row(w.sites, (f) => number(p, f.sites)),
        row(w.cableKm, (f) => short(p, f.cableKm)),
        row(w.exposed, (f) => number(p, f.exposed)),
        row(w.siteHours, (f) => short(p, f.siteHoursPerYear)),
        row(w.availability, (f) => (f.availability ? percent(p, f.availability) : "–")),
        ...(e.before.unreached || e.after.unreached ? [row(w.unreached, (f) => number(p, f.unreached))] : []),
      ],
    })}
  </div>`;
}

export function phasesTable(p: PageContext, e: NonNullable<Branch["effect"]>): Html | "" {
  if (e.phases.length < 2) return "";
  const w = words(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.phases,
      columns: [
        { head: w.phase, numeric: true },
        { head: w.sites, numeric: true },
        { head: w.cableKm, numeric: true },
        { head: w.amount, numeric: true },
      ],
      rows: e.phases.map((one) => [
        String(one.phase),
        number(p, one.sites),
        short(p, one.km),
        one.bill.total === undefined ? "–" : amount(p, one.bill.total),
      ]),
    })}
  </div>`;
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "–";
  const whole = typeof value === "string" ? value : JSON.stringify(value);
  return whole.length > 80 ? `${whole.slice(0, 78)}…` : whole;
}

export function differenceTable(p: PageContext, lines: Branch["difference"]["decided"], caption: string): Html {
  const w = words(p.lang);
  const kinds = w as unknown as Record<string, string>;
  const one = (l: (typeof lines)[number], f: (typeof l.fields)[number]) =>
    l.op === "change"
      ? html`<div><span class="t-source">${f.field}</span> ${text(f.was)} → <b>${text(f.becomes)}</b></div>`
      : html`<span class="d-pair"><span class="t-source">${f.field}</span> ${text(l.op === "add" ? f.becomes : f.was)}</span> `;
  return html`<div class="t-dense">
    ${table({
      caption,
      columns: [{ head: w.element }, { head: w.field }],
      rows: lines.map((l) => [
        html`<b>${w[`op-${l.op}`]}</b> ${kinds[`kind-${l.kind}`] ?? l.kind} ${l.name ?? ""}
          <div class="t-source t-mono d-wrap">${l.id}</div>`,
        html`${l.fields.filter((f) => f.field !== "illustrative" && f.field !== "name").map((f) => one(l, f))}`,
      ]),
    })}
  </div>`;
}
