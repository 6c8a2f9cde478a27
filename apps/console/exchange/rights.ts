import { listMembers, listRights, readPolicies, readRights, type RightView } from "#exchange/api";
import { download, html, official, page, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { date, empty, number, table } from "#ui";
import { consolePage } from "../screen.ts";
import { Find, findForm, matches, slice } from "./find.ts";
import { serviceHref } from "./parts.ts";
import { publishWords } from "./publish-words.ts";
import { exchangeTabs } from "./tabs.ts";
import { words } from "./words.ts";

/** Clients as people know them: institution and subsystem, by identifier. */
export type Names = ReadonlyMap<string, string>;
export const namesOf = (members: OutputOf<typeof listMembers>["members"]): Names =>
  new Map(members.flatMap((m) => m.subsystems.map((s) => [s.id, `${m.name}, ${s.name}`] as const)));

export const subjectName = (p: PageContext, subject: string, names: Names): string =>
  subject.startsWith("group:") ? publishWords(p.lang).group(subject.slice(6)) : (names.get(subject) ?? subject);

export function rightsTable(p: PageContext, rights: readonly RightView[], withService: boolean, names: Names): Html {
  const w = words(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.rights,
      hideCaption: true,
      columns: [
        { head: w.who },
        ...(withService ? [{ head: w.what }] : []),
        { head: w.purposes },
        { head: w.kept },
        { head: w.basis },
        { head: w.valid },
      ],
      rows: rights.map((one) => [
        html`${subjectName(p, one.subject, names)}
          <div class="t-source t-mono d-wrap">${one.subject}</div>`,
        ...(withService ? [html`<a class="d-wrap" href="${serviceHref(one.service)}">${one.service}</a>`] : []),
        one.purposes.map((purpose) => html`<div>${purpose.label}</div>`),
        one.fields
          ? html`<code class="d-wrap">${one.fields.map((f) => f.replace(/^\/(rows\/\*\/)?/, "").replaceAll("/", ".")).join(", ")}</code>`
          : w.allFields,
        one.basis,
        html`${w.since(date(p, one.from))}${one.until ? html`<br />${w.until(date(p, one.until))}` : ""}`,
      ]),
    })}
  </div>`;
}

const policiesHref = "/console/echanges/droits/politiques.cedar";

/** The rights as a file an auditor takes away. */
export const policiesPage = page({
  id: "console.exchange-policies",
  path: policiesHref,
  who: official(readRights),
  reads: [readPolicies],
  input: T.Object({ service: T.Optional(T.String({ minLength: 3, maxLength: 255 })) }),
  async render(p, input) {
    const { text } = await p.call(readPolicies, input);
    return download(Buffer.from(text), "text/plain; charset=utf-8", "politiques.cedar");
  },
});

export const rightsPage = consolePage({
  id: "console.exchange-rights",
  path: "/console/echanges/droits",
  who: official(readRights),
  input: Find,
  screen: {
    reads: [listRights, listMembers],
    async view(p, { q, page }) {
      const w = words(p.lang);
      const { rights: all } = await p.call(listRights, {});
      const names = namesOf((await p.call(listMembers, {})).members);
      const found = q
        ? all.filter((one) =>
            matches(q, one.subject, names.get(one.subject) ?? "", one.service, one.basis, ...one.purposes.map((x) => x.label)),
          )
        : all;
      const { shown: rights, paging } = slice(p, "/console/echanges/droits", found, q, page);
      return {
        title: w.rights,
        current: "exchange",
        main: html`<h1>${w.title}</h1>
          ${exchangeTabs(p, "rights")}
          <p class="t-soft">${publishWords(p.lang).policiesLead} <a href="${policiesHref}">${publishWords(p.lang).policies}</a></p>
          ${findForm(p, "/console/echanges/droits", q)}
          ${
            rights.length
              ? html`<p class="t-soft">${w.rightsFound(number(p, found.length))}</p>
                  ${rightsTable(p, rights, true, names)}${paging}`
              : empty(q ? w.nothing : w.noRights, q ? html`<p>${w.nothingText}</p>` : "")
          }`,
      };
    },
  },
});
