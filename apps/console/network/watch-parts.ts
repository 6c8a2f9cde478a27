import { readPlant } from "#network/api";
import { html, type Html, type PageContext } from "#kernel";
import { may, tag, type Tone } from "#ui";
import type { View } from "../site.ts";
import { networkTabs, path, type Tab } from "./parts.ts";
import { words } from "./words-watch.ts";
import { words as all } from "./words.ts";
import { words as shared } from "../words.ts";

export const own = "/console/raccordement";

/** The same page for who runs the network and for an institution that follows its own connection: what stands around it. */
export function frame(
  p: PageContext,
  tab: Tab,
  crumb?: { href: string; text: string },
): Pick<View, "current" | "crumbs"> & { tabs: Html | "" } {
  if (!may(p.caller, readPlant.id)) return { current: "connection", crumbs: [{ href: own, text: shared(p.lang).connection }], tabs: "" };
  return {
    current: "network",
    crumbs: [{ href: path, text: all(p.lang).title }, ...(crumb ? [crumb] : [])],
    tabs: networkTabs(p, tab),
  };
}

const severityTones = { critical: "bad", major: "bad", minor: "act", warning: "neutral" } as const;
export const severityTag = (p: PageContext, s: keyof typeof severityTones): Html => tag(words(p.lang)[s], severityTones[s]);

const ticketTones: Record<"open" | "in-progress" | "resolved" | "closed", Tone> = {
  open: "act",
  "in-progress": "neutral",
  resolved: "good",
  closed: "neutral",
};
export const ticketTag = (p: PageContext, s: keyof typeof ticketTones): Html => tag(words(p.lang)[s], ticketTones[s]);

/** Links of which one is where the reader stands. */
export function choice(label: string, links: readonly { href: string; text: string; here: boolean }[]): Html {
  return html`<nav aria-label="${label}">
    <ul class="d-cities">
      ${links.map((l) => html`<li>${l.here ? html`<b aria-current="page">${l.text}</b>` : html`<a href="${l.href}">${l.text}</a>`}</li> `)}
    </ul>
  </nav>`;
}

/** Hours and minutes, as one reads them on a bill. */
export function length(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes === 0) return seconds > 0 ? `${Math.round(seconds)}\u00a0s` : "0";
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return `${m}\u00a0min`;
  return m === 0 ? `${h}\u00a0h` : `${h}\u00a0h\u00a0${String(m).padStart(2, "0")}`;
}
