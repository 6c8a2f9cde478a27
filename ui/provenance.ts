import { html, type Html } from "#kernel";
import { classes, type Content } from "./attributes.ts";
import { partialDate, type Place } from "./format.ts";
import { words } from "./words.ts";

/** How far a fact may be trusted, from the page of the authority itself down to an example. */
export type Reliability = "official" | "press" | "third-party" | "illustrative";

export interface Source {
  text: Content;
  href?: string;
  /** YYYY, YYYY-MM or YYYY-MM-DD. */
  date?: string;
  reliability: Reliability;
  /** No institution has signed this entry yet. */
  toConfirm?: boolean;
}

const marks: Record<Reliability, string | null> = {
  official: null,
  press: "t-mark-b",
  "third-party": "t-mark-c",
  illustrative: "t-mark-c",
};

export function reliability(place: Place, mark: Reliability): Html {
  const w = words(place.lang);
  const texts: Record<Reliability, string> = {
    official: w.official,
    press: w.press,
    "third-party": w.thirdParty,
    illustrative: w.illustrative,
  };
  return html`<span class="${classes("t-mark", marks[mark])}">${texts[mark]}</span>`;
}

/** Where a fact comes from, its date, and how far to trust it: under every fee and every delay. */
export function provenance(place: Place, source: Source): Html {
  const text = source.href ? html`<a href="${source.href}" rel="noreferrer">${source.text}</a>` : source.text;
  return html`<div class="t-source">
    ${reliability(place, source.reliability)} ·
    ${text}${source.date ? html`, ${partialDate(place, source.date)}` : ""}${source.toConfirm ? html` <i>(${words(place.lang).toConfirm})</i>` : ""}
  </div>`;
}
