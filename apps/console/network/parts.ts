import type { findDoubleCuts } from "#network/api";
import { html, type Html, type OutputOf, type PageContext } from "#kernel";
import { number, table, tabs } from "#ui";
import { span } from "../site.ts";
import { words } from "./words.ts";

export const path = "/console/reseau";
type Failure = OutputOf<typeof findDoubleCuts>["pairs"][number]["first"];
const hour = 3600;

const groups = {
  overview: [["overview", ""]],
  spans: [["spans", "/liaisons"]],
  nodes: [["nodes", "/sites"]],
  watch: [["alarms", "/alarmes"], ["tickets", "/tickets"], ["works", "/travaux"], ["levels", "/engagements"]],
  resilience: [["report", "/rapport"], ["plan", "/plan"], ["doubles", "/doubles"], ["capacity", "/capacite"]],
  projects: [["branches", "/projets"], ["order", "/commander"], ["coverage", "/couverture"]],
  running: [["fabric", "/service"], ["operations", "/operations"]],
  inventory: [["addresses", "/adresses"], ["equipment", "/equipements"], ["files", "/fichiers"]],
} as const; // prettier-ignore
type Group = keyof typeof groups;
export type Tab = (typeof groups)[Group][number][0];

/** Two rows where a view has several sides: the second names them. */
export function networkTabs(p: PageContext, current: Tab | undefined): Html {
  const w = words(p.lang);
  const all = Object.entries(groups) as [Group, readonly (readonly [Tab, string])[]][];
  const here = all.find(([, sides]) => sides.some(([tab]) => tab === current));
  return html`${tabs(
    w.views,
    all.map(([group, sides]) => ({ href: `${path}${sides[0]![1]}`, text: w[group], current: group === here?.[0] })),
  )}
  ${
    here && here[1].length > 1
      ? html`<nav aria-label="${w[here[0]]}">
          <ul class="d-cities">
            ${here[1].map(([tab, to]) => html`<li>${tab === current ? html`<b aria-current="page">${w[tab]}</b>` : html`<a href="${path}${to}">${w[tab]}</a>`}</li> `)}
          </ul>
        </nav>`
      : ""
  }`;
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
