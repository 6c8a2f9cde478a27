import { html, messages, page, person } from "#kernel";
import { readsOf } from "#services/api";
import { dateTime, disclosure, empty, table } from "#ui";
import { show } from "../shell.ts";

const words = messages({
  fr: {
    title: "Qui a consulté mes données",
    lead: "Chaque regard posé sur vos données par l’administration est écrit ici, au moment où il a lieu. Personne ne peut l’effacer.",
    when: "Quand",
    who: "Qui",
    why: "Pourquoi",
    what: "Quoi",
    proof: "Preuve",
    check: "Vérifier dans le journal scellé",
    forCase: "Dossier",
    exchange: "Échange n°",
    consents: "Les accords que vous avez donnés",
    consent: "Avec votre accord",
    none: "Personne n’a encore consulté vos données",
    noneText: "Dès qu’un agent ou un système lira quelque chose sur vous, vous le verrez ici.",
    how: "Comment puis-je m’y fier\u202f?",
    howText:
      "Ces lignes sont les feuilles d’un journal scellé\u202f: chaque ligne entre dans une empreinte signée et horodatée. Retirer ou changer une ligne casserait toutes les empreintes suivantes, et cela se verrait. Le lien «\u202fVérifier\u202f» montre la preuve de chaque ligne\u202f; elle se contrôle aussi sans nous.",
    wrong: "Une consultation vous paraît anormale\u202f?",
    wrongText: "Écrivez à l’institution nommée, ou saisissez l’autorité de protection des données. Donnez le numéro de l’inscription.",
  },
  en: {
    title: "Who looked at my data",
    lead: "Every look the administration takes at your data is written here, as it happens. Nobody can erase it.",
    when: "When",
    who: "Who",
    why: "Why",
    what: "What",
    proof: "Proof",
    check: "Check in the sealed log",
    forCase: "Case",
    exchange: "Exchange no.",
    consents: "The consents you have given",
    consent: "With your consent",
    none: "Nobody has looked at your data yet",
    noneText: "As soon as an official or a system reads something about you, you will see it here.",
    how: "How can I trust this?",
    howText:
      "These lines are leaves of a sealed log: each enters a fingerprint that is signed and time-stamped. Removing or changing one would break every later fingerprint, and it would be seen. The “Check” link shows the proof of each line; it can also be checked without us.",
    wrong: "Does a look seem wrong to you?",
    wrongText: "Write to the institution named, or to the data protection authority. Give the number of the entry.",
  },
});

export const readsPage = page({
  id: "portal.reads",
  path: "/mes-donnees",
  who: person({ level: "substantial" }),
  reads: [readsOf],
  render: async (p) => {
    const w = words(p.lang);
    const { reads } = await p.call(readsOf, {});
    return show(p, {
      title: w.title,
      main: html`<h1>${w.title}</h1>
        <p class="t-lead t-text">${w.lead} <a href="/compte/accords">${w.consents}</a></p>
        ${
          reads.length
            ? table({
                caption: w.title,
                hideCaption: true,
                columns: [{ head: w.when }, { head: w.who }, { head: w.why }, { head: w.what }, { head: w.proof, label: false }],
                rows: reads.map((one) => [
                  dateTime(p, one.at),
                  html`${one.institution ? html`<b>${one.institution}</b><br />` : ""}${one.reader}`,
                  html`${one.purpose}${one.case ? html`<div class="t-source">${w.forCase} <a href="/dossiers/${one.case}">${one.case}</a></div>` : ""}`,
                  html`${one.what}${one.exchange ? html`<div class="t-source">${w.exchange} <code>${one.exchange}</code></div>` : ""}${
                    one.consent ? html`<div class="t-source"><a href="/compte/accords/${one.consent}">${w.consent}</a></div>` : ""
                  }`,
                  html`<a href="/mes-donnees/preuve/${one.fact}"
                    >${w.check}<span class="govuk-visually-hidden"> ${dateTime(p, one.at)}</span></a
                  >`,
                ]),
              })
            : empty(w.none, html`<p>${w.noneText}</p>`)
        }
        <div class="t-text">${disclosure(w.how, html`<p>${w.howText}</p>`)} ${disclosure(w.wrong, html`<p>${w.wrongText}</p>`)}</div>`,
    });
  },
});
