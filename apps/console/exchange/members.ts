/** Members of the exchange, their subsystems, and how much each publishes; one's own institution adds a subsystem here. */
import { listMembers, listServices, manageServices, proposeSubsystem, readRights } from "#exchange/api";
import { html, official, seeOther, T, type Html, type PageContext } from "#kernel";
import { button, disclosure, empty, form, input, may, number, table } from "#ui";
import { consoleAction, consolePage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { Find, findForm, matches, slice } from "./find.ts";
import { serviceHref } from "./parts.ts";
import { publishWords } from "./publish-words.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

const path = "/console/echanges/membres";

const screen: Screen<{ q?: string; page?: number }> = {
  reads: [listMembers, listServices],
  async view(p, { q, page }, again?: Again) {
    const w = words(p.lang);
    const { members: all } = await p.call(listMembers, {});
    const { services } = await p.call(listServices, {});
    const published = Map.groupBy(services, (one) => one.id.split("/").slice(0, 4).join("/"));
    const found = q ? all.filter((m) => matches(q, m.name, m.id, ...m.subsystems.flatMap((s) => [s.name, s.id]))) : all;
    // those that publish by a system first: hundreds of registries answer by hand and look alike
    const weight = (id: string) => published.get(id)?.filter((s) => s.kind !== "person").length ?? 0;
    const sorted = found.toSorted((a, b) => sum(b, weight) - sum(a, weight));
    const { shown, paging } = slice(p, path, sorted, q, page);
    return {
      title: w.members,
      current: "exchange",
      failed: Boolean(again),
      main: html`${refusalOf(p, again?.problem)}
        <h1>${w.title}</h1>
        ${exchangeTabs(p, "members")}
        <p class="t-soft">${w.membersLead}</p>
        ${findForm(p, path, q)}
        ${
          shown.length
            ? html`<div class="t-dense">
                  ${table({
                    caption: w.memberCount(number(p, found.length)),
                    columns: [{ head: w.member }, { head: w.subsystems }, { head: w.publishes }],
                    rows: shown.map((m) => [
                      html`<a href="/console/institutions/${m.institution}">${m.name}</a>
                        <div class="t-source t-mono d-wrap">${m.id}</div>`,
                      m.subsystems.map(
                        (s) => html`<div>${s.name} <span class="t-source t-mono d-wrap">${s.id.split("/").at(-1)}</span></div>`,
                      ),
                      inLine(m.subsystems.flatMap((s) => published.get(s.id) ?? [])),
                    ]),
                  })}
                </div>
                ${paging}`
            : empty(w.nothing, html`<p>${w.nothingText}</p>`)
        }
        ${may(p.caller, manageServices.id) ? addForm(p, again) : ""}`,
    };
  },
};

/** Links inside a line of text: beside one another, each on as many lines as it needs. */
const inLine = (services: readonly { id: string; title: string }[]): Html =>
  html`<p>${services.map((one, i) => html`${i > 0 ? " · " : ""}<a href="${serviceHref(one.id)}">${one.title}</a>`)}</p>`;

const sum = (m: { subsystems: { id: string }[] }, weight: (id: string) => number): number =>
  m.subsystems.reduce((n, s) => n + weight(s.id), 0);

function addForm(p: PageContext, again: Again | undefined): Html {
  const w = publishWords(p.lang);
  const value = (name: string) => sent(again?.form, name);
  return disclosure(
    w.addSubsystem,
    form(
      { action: path, hidden: p.csrf },
      html`<p class="t-soft">${w.addSubsystemLead}</p>`,
      input({
        lang: p.lang,
        name: "code",
        label: w.code,
        hint: w.codeHint,
        width: 20,
        maxlength: 60,
        spellcheck: false,
        value: value("code"),
      }),
      input({ lang: p.lang, name: "fr", label: w.nameFr, maxlength: 200, value: value("fr") }),
      input({ lang: p.lang, name: "en", label: w.nameEn, optional: true, maxlength: 200, value: value("en") }),
      html`<div class="t-actions">${button(w.propose)}</div>`,
    ),
    Boolean(again),
  );
}

export const membersPage = consolePage({ id: "console.exchange-members", path, who: official(readRights), input: Find, screen });

export const subsystemAction = consoleAction({
  id: "console.propose-subsystem",
  path,
  who: official(manageServices),
  form: T.Object({ code: T.String({ maxLength: 60 }), fr: T.String({ maxLength: 200 }), en: T.Optional(T.String({ maxLength: 200 })) }),
  calls: [proposeSubsystem],
  async handle(a, { code, fr, en }) {
    const { id } = await a.call(proposeSubsystem, { code: code.trim(), name: { fr: fr.trim(), ...(en?.trim() ? { en: en.trim() } : {}) } });
    return seeOther(`/console/echanges/propositions/${id}`);
  },
  back: screen,
  backInput: () => ({}),
});
