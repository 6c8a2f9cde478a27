import type { findDoubleCuts } from "#network/api";
import { html, type Html, type OutputOf, type PageContext } from "#kernel";
import { number, table, tabs } from "#ui";
import { span } from "../site.ts";
import { words } from "./words.ts";

export const path = "/console/reseau";
type Failure = OutputOf<typeof findDoubleCuts>["pairs"][number]["first"];
const hour = 3600;

export function networkTabs(p: PageContext, current: "overview" | "spans" | "nodes" | "plan" | undefined): Html {
  const w = words(p.lang);
  return tabs(w.views, [
    { href: path, text: w.overview, current: current === "overview" },
    { href: `${path}/liaisons`, text: w.spans, current: current === "spans" },
    { href: `${path}/sites`, text: w.nodes, current: current === "nodes" },
    { href: `${path}/plan`, text: w.plan, current: current === "plan" },
  ]);
}

/** A rate as people say it: 0,3 fois par an is « tous les 3 ans ». */
export function often(p: PageContext, perYear: number): string {
  const w = words(p.lang);
  if (perYear >= 0.95) return w.aYear(short(p, perYear));
  return perYear > 0 ? w.onceIn(number(p, Math.round(1 / perYear))) : "–";
}

export function hours(p: PageContext, value: number): string {
  return value > 0 ? span(p, value * hour) : "–";
}

export function short(p: PageContext, value: number): string {
  return number(p, value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}

/** What fails, who falls, how often and how long. */
export function failures(p: PageContext, caption: string, list: readonly Failure[]): Html {
  const w = words(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption,
      columns: [{ head: w.cut }, { head: w.fall, numeric: true }, { head: w.when }, { head: w.total, numeric: true }],
      rows: list.map((f) => [
        html`${f.through ? html`<a href="${path}/liaisons/${f.through}">${f.name}</a>` : f.name}
          <div class="t-source">${w[`kind-${f.kind}`]}</div>`,
        number(p, f.sites),
        html`${often(p, f.perYear)}, ${hours(p, f.hours)}`,
        hours(p, f.hoursPerYear),
      ]),
    })}
  </div>`;
}
