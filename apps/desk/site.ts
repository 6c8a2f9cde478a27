import { html, type Html, type PageContext, type Problem } from "#kernel";
import { accountLine, keys, layout, may, refusedForm, type Content, type Link, type Site, type Standing } from "#ui";
import { words } from "./words.ts";

export interface View {
  title: string;
  main: Content;
  current?: "cases" | "requests" | "counter" | "consents" | "account";
  crumbs?: readonly Link[];
  /** The keys this page adds to the common ones. */
  keys?: readonly { keys: string; text: Content }[];
  failed?: boolean;
  refresh?: number;
  /** Scripts of ui/static this page needs besides the desk's own. */
  scripts?: readonly string[];
}

export function siteOf(p: PageContext): Site {
  return {
    name: { fr: "Bureau", en: "Desk" },
    country: p.country,
    home: "/bureau",
    styles: ["toguna.css", "desk.css"],
    footer: html`<p>${words(p.lang).footer}</p>`,
  };
}

const consolePermissions = ["kernel.", "registry.", "services.reconcile", "exchange.read-rights", "exchange.search-log", "trust."];

function navigationOf(p: PageContext, current: View["current"]): Link[] {
  const w = words(p.lang);
  const link = (on: boolean, href: string, text: string, name: View["current"]): Link[] =>
    on ? [{ href, text, current: current === name }] : [];
  const { caller } = p;
  const operates =
    caller.kind === "official" && [...caller.permissions].some((id) => consolePermissions.some((start) => id.startsWith(start)));
  return [
    ...link(may(caller, "services.handle-cases"), "/bureau/dossiers", w.cases, "cases"),
    ...link(may(caller, "exchange.answer-by-hand"), "/bureau/demandes", w.requests, "requests"),
    ...link(may(caller, "identity.prove-person"), "/bureau/guichet", w.counter, "counter"),
    ...link(may(caller, "exchange.ask-consent"), "/bureau/accords", w.consents, "consents"),
    ...(operates ? [{ href: "/console", text: w.operations }] : []),
  ];
}

/** Help on keys, closed until asked for; the toggle appears when the script runs. */
function keyHelp(p: PageContext, own: View["keys"] = []): Html {
  const w = words(p.lang);
  return html`<details id="keys" class="d-help t-no-print">
    <summary>${w.keysTitle} <kbd>?</kbd></summary>
    ${keys(w.keysTitle, [
      ...own,
      { keys: "J", text: html`<kbd>K</kbd> ${w.keysMove}` },
      { keys: "↵", text: w.keysOpen },
      { keys: "Esc", text: w.keysLeave },
      { keys: "Ctrl + ↵", text: w.keysSend },
      { keys: "?", text: w.keysHelp },
    ])}
    <p class="t-source">${w.keysNote}</p>
    <button type="button" class="t-plain" data-keys-toggle data-off="${w.keysOff}" data-on="${w.keysOn}" hidden></button>
  </details>`;
}

/** A whole page of the desk. */
export function shell(p: PageContext, standing: Standing | undefined, view: View): Html {
  const w = words(p.lang);
  return layout({
    site: siteOf(p),
    lang: p.lang,
    path: p.url,
    title: view.title,
    failed: view.failed ?? false,
    nav: standing ? navigationOf(p, view.current) : [],
    account: standing ? accountLine(p, standing, w) : "",
    ...(p.config.demo ? { notice: w.demo } : {}),
    ...(view.crumbs ? { breadcrumbs: view.crumbs } : {}),
    wide: Boolean(standing),
    ...(view.refresh ? { refresh: view.refresh } : {}),
    scripts: [...(view.refresh ? ["waiting.js"] : []), ...(view.scripts ?? [])],
    main: html`${view.main}${standing ? keyHelp(p, view.keys) : ""}
      <script src="${p.asset("/assets/desk/desk.js")}" defer></script>`,
  });
}

export const refusalOf = (p: PageContext, problem: Problem | undefined): Html | "" => refusedForm(p, problem, words(p.lang).notDone);
