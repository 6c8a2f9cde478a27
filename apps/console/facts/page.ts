import { searchFacts, searchFactsPermission } from "#kernel/api";
import { html, messages, official, T } from "#kernel";
import { button, dateTime, empty, input, number, select, table } from "#ui";
import { consolePage, withQuery } from "../screen.ts";

const path = "/console/faits";
const words = messages({
  fr: {
    title: "Faits enregistrés",
    lead: "Qui a fait quoi, sur quoi, quand. Jamais le contenu\u202f: les personnes n’y sont que des pseudonymes.",
    type: "Type de fait",
    all: "Tous les types",
    subject: "Objet",
    subjectHint: "Par exemple person:…, case:…",
    institution: "Institution",
    search: "Chercher",
    at: "Quand",
    what: "Fait",
    actor: "Auteur",
    leaf: "Feuille",
    notSealed: "pas encore scellé",
    none: "Aucun fait ne correspond",
    noneText: "Élargissez la recherche.",
    next: "Faits plus anciens",
  },
  en: {
    title: "Recorded facts",
    lead: "Who did what, to what, when. Never the content: persons are pseudonyms only.",
    type: "Type of fact",
    all: "All types",
    subject: "Subject",
    subjectHint: "For instance person:…, case:…",
    institution: "Institution",
    search: "Search",
    at: "When",
    what: "Fact",
    actor: "Author",
    leaf: "Leaf",
    notSealed: "not sealed yet",
    none: "No fact matches",
    noneText: "Widen the search.",
    next: "Older facts",
  },
});

export const factsPage = consolePage({
  id: "console.facts",
  path,
  who: official(searchFactsPermission),
  input: T.Object({
    type: T.Optional(T.String({ maxLength: 100 })),
    objet: T.Optional(T.String({ maxLength: 200 })),
    institution: T.Optional(T.String({ maxLength: 100 })),
    avant: T.Optional(T.String({ pattern: "^\\d{1,18}$" })),
  }),
  screen: {
    reads: [searchFacts],
    async view(p, { type, objet, institution, avant }) {
      const w = words(p.lang);
      const found = await p.call(searchFacts, {
        ...(type ? { type } : {}),
        ...(objet?.trim() ? { subject: objet.trim() } : {}),
        ...(institution?.trim() ? { institution: institution.trim() } : {}),
        ...(avant ? { before: avant } : {}),
      });
      const last = found.facts.at(-1);
      return {
        title: w.title,
        current: "facts",
        main: html`<h1>${w.title}</h1>
          <p class="t-soft">${w.lead}</p>
          <form method="get" action="${path}" class="d-find" role="search">
            ${select({ lang: p.lang, name: "type", label: w.type, value: type, empty: w.all, items: found.types.map((one) => ({ value: one.type, text: one.title })) })}
            ${input({ lang: p.lang, name: "objet", label: w.subject, value: objet, width: 20, maxlength: 200, autocomplete: "off", spellcheck: false })}
            ${input({ lang: p.lang, name: "institution", label: w.institution, value: institution, width: 20, maxlength: 100, autocomplete: "off", spellcheck: false })}
            ${button(w.search, { kind: "second" })}
          </form>
          ${
            found.facts.length
              ? html`<div class="t-dense">
                  ${table({
                    caption: w.title,
                    hideCaption: true,
                    columns: [
                      { head: w.at },
                      { head: w.what },
                      { head: w.subject },
                      { head: w.actor },
                      { head: w.institution },
                      { head: w.leaf, numeric: true },
                    ],
                    rows: found.facts.map((one) => [
                      html`<time datetime="${one.at}">${dateTime(p, one.at)}</time>`,
                      html`${one.title}
                        <div class="t-source t-mono">${one.type}</div>`,
                      html`<a class="t-mono d-wrap" href="${withQuery(path, { objet: one.subject })}">${one.subject}</a>`,
                      html`<code class="d-wrap">${one.actor}</code>`,
                      one.institution ? html`<a href="/console/institutions/${one.institution}">${one.institution}</a>` : "–",
                      one.index === null
                        ? html`<span class="t-soft">${w.notSealed}</span>`
                        : html`<a href="/console/journal?fait=${one.id}">${number(p, one.index)}</a>`,
                    ]),
                  })}
                </div>`
              : empty(w.none, html`<p>${w.noneText}</p>`)
          }
          ${
            last && found.facts.length >= 50
              ? html`<nav class="t-pages" aria-label="${w.next}">
                  <span></span><a rel="next" href="${withQuery(path, { type, objet, institution, avant: last.seq })}">${w.next} →</a>
                </nav>`
              : ""
          }`,
      };
    },
  },
});
