import { anyone, html, messages, page } from "#kernel";
import { listLifeEvents, searchCatalogue } from "#services/api";
import { cards, results, searchBox, signAgain } from "#ui";
import { procedureMeta } from "../catalogue/summary.ts";
import { show } from "../shell.ts";

const words = messages({
  fr: {
    title: "Vos démarches, sans le voyage",
    lead: "Demandez vos actes depuis votre téléphone. Ce que l’administration sait déjà, elle ne vous le redemande pas.",
    label: "Que cherchez-vous\u202f?",
    example: "casier, naissance, permis…",
    moments: "Les moments de la vie",
    popular: "Démarches en ligne",
    all: "Toutes les démarches",
    promises: "Ce que vous pouvez attendre",
    p1: "Un prix, ligne par ligne",
    p1t: "Qui reçoit chaque franc, et sur quel texte. Rien d’autre n’est dû.",
    p2: "Un délai qui se voit",
    p2t: "L’horloge légale de votre dossier est sur votre page, jour après jour.",
    p3: "Chaque regard est écrit",
    p3t: "Vous lisez qui a consulté vos données, quand et pourquoi, et vous pouvez le vérifier.",
  },
  en: {
    title: "Public services, without the journey",
    lead: "Ask for your acts from your telephone. What the administration already knows, it does not ask you again.",
    label: "What are you looking for?",
    example: "criminal record, birth, licence…",
    moments: "Moments of life",
    popular: "Services online",
    all: "All services",
    promises: "What you can expect",
    p1: "A price, line by line",
    p1t: "Who receives each franc, and under which text. Nothing else is owed.",
    p2: "A delay one can see",
    p2t: "Your case’s legal clock is on your page, day after day.",
    p3: "Every look is written down",
    p3t: "You read who looked at your data, when and why, and you can check it.",
  },
});

export const homePage = page({
  id: "portal.home",
  path: "/",
  who: anyone(),
  reads: [listLifeEvents, searchCatalogue],
  render: async (p) => {
    const w = words(p.lang);
    const { lifeEvents } = await p.call(listLifeEvents, {});
    const { results: all } = await p.call(searchCatalogue, {});
    return show(p, {
      title: w.title,
      description: w.lead,
      hero: html`${signAgain()}
        <h1>${w.title}</h1>
        ${searchBox({ lang: p.lang, action: "/demarches", label: w.label, placeholder: w.example })}`,
      main: html`<p class="t-lead t-text">${w.lead}</p>
        ${
          lifeEvents.length
            ? html`<h2>${w.moments}</h2>
                ${cards(
                  lifeEvents.map((event) => ({
                    href: `/demarches?evenement=${encodeURIComponent(event.id)}`,
                    title: event.title,
                    text: event.summary,
                  })),
                )}`
            : ""
        }
        <h2>${w.popular}</h2>
        ${results(
          all
            .filter((one) => one.online)
            .slice(0, 5)
            .map((one) => ({
              href: `/demarches/${one.slug}`,
              title: one.title,
              text: one.summary,
              meta: procedureMeta(p, one),
            })),
        )}
        <p><a href="/demarches">${w.all}</a></p>
        <h2>${w.promises}</h2>
        <ul class="t-cards">
          ${[
            [w.p1, w.p1t],
            [w.p2, w.p2t],
            [w.p3, w.p3t],
          ].map(([title, text]) => html`<li><b>${title}</b><br />${text}</li>`)}
        </ul>`,
    });
  },
});
