import { html, type Caller, type Html, type PageContext, type Problem } from "#kernel";
import { accountLine, layout, may, number, refusedForm, type Content, type Link, type Site, type Standing } from "#ui";
import { words } from "./words.ts";

const sections = [
  { name: "health", path: "/console/etat", permission: "kernel.operate" },
  { name: "institutions", path: "/console/institutions", permission: undefined },
  { name: "network", path: "/console/reseau", permission: "network.read-plant" },
  { name: "connection", path: "/console/raccordement", permission: "network.follow-service" },
  { name: "roles", path: "/console/roles", permission: "registry.read-assignments" },
  { name: "messages", path: "/console/messages", permission: "messages.read-statistics" },
  { name: "payments", path: "/console/paiements", permission: "services.reconcile-payments" },
  { name: "exchange", path: "/console/echanges", permission: "exchange.read-rights" },
  { name: "certificates", path: "/console/certificats", permission: "trust.read-certificates" },
  { name: "ledger", path: "/console/journal", permission: undefined },
  { name: "facts", path: "/console/faits", permission: "kernel.search-facts" },
] as const;
export type Section = (typeof sections)[number]["name"];

/** Only what this role opens: no link leads to a refusal. */
export function openTo(caller: Caller): (typeof sections)[number][] {
  return sections.filter((one) => one.permission === undefined || may(caller, one.permission));
}

export interface View {
  title: string;
  main: Content;
  current?: Section;
  crumbs?: readonly Link[];
  failed?: boolean;
  refresh?: number;
}

/** A whole page of the console. */
export function shell(p: PageContext, standing: Standing | undefined, view: View): Html {
  const w = words(p.lang);
  const site: Site = {
    name: { fr: words("fr").name, en: words("en").name },
    country: p.country,
    home: "/console",
    styles: ["toguna.css", "desk.css"],
    footer: html`<p>${w.footer}</p>`,
  };
  return layout({
    site,
    lang: p.lang,
    path: p.url,
    title: view.title,
    failed: view.failed ?? false,
    nav: standing ? openTo(p.caller).map((one) => ({ href: one.path, text: w[one.name], current: one.name === view.current })) : [],
    account: standing ? accountLine(p, standing, w, [{ href: "/bureau", text: w.desk }]) : "",
    ...(p.config.demo ? { notice: w.demo } : {}),
    ...(view.crumbs ? { breadcrumbs: view.crumbs } : {}),
    ...(view.refresh ? { refresh: view.refresh, scripts: ["waiting.js"] } : {}),
    wide: true,
    main: view.main,
  });
}

export const refusalOf = (p: PageContext, problem: Problem | undefined): Html | "" => refusedForm(p, problem, words(p.lang).notDone);

/** `12 s`, `4 min`, `3 h`, `2 j`: a length of time in its largest whole unit. */
export function span(p: PageContext, seconds: number): string {
  const w = words(p.lang);
  const of = (n: number) => number(p, Math.floor(n));
  if (seconds < 90) return w.seconds(number(p, Math.round(seconds * 10) / 10));
  if (seconds < 5400) return w.minutes(of(seconds / 60));
  if (seconds < 172_800) return w.hours(of(seconds / 3600));
  return w.days(of(seconds / 86_400));
}

export function ago(p: PageContext, at: string): string {
  return words(p.lang).ago(span(p, Math.max(0, (p.clock.now().getTime() - Date.parse(at)) / 1000)));
}

/** Long lines scroll inside their box; the box takes the focus so that arrows scroll it. */
export function pre(label: string, text: string): Html {
  return html`<pre class="d-pre" tabindex="0" role="region" aria-label="${label}">${text}</pre>`;
}
