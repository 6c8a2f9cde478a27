import { anyone, html, messages, page, T } from "#kernel";
import { searchCatalogue } from "#services/api";
import { buttonLink, empty, inset, results, searchBox } from "#ui";
import { show } from "../shell.ts";
import { procedureMeta } from "./summary.ts";

const words = messages({
  fr: {
    title: "Démarches",
    titleFor: (q: string) => `Démarches pour «\u202f${q}\u202f»`,
    label: "Chercher une démarche",
    found: (n: number) => (n === 1 ? "1 démarche" : `${n} démarches`),
    corrected: (q: string) => `Rien ne s’écrit exactement «\u202f${q}\u202f». Voici ce qui s’en approche.`,
    none: "Aucune démarche trouvée",
    noneText:
      "Essayez un seul mot, par exemple «\u202fcasier\u202f» ou «\u202fnaissance\u202f». Les accents et les majuscules ne comptent pas.",
    all: "Voir toutes les démarches",
    within: (event: string) => `Démarches liées à «\u202f${event}\u202f».`,
  },
  en: {
    title: "Services",
    titleFor: (q: string) => `Services for “${q}”`,
    label: "Find a service",
    found: (n: number) => (n === 1 ? "1 service" : `${n} services`),
    corrected: (q: string) => `Nothing is written exactly “${q}”. Here is what comes close.`,
    none: "No service found",
    noneText: "Try a single word, for example “casier” or “naissance”. Accents and capitals do not matter.",
    all: "See all services",
    within: (event: string) => `Services around “${event}”.`,
  },
});

export const cataloguePage = page({
  id: "portal.catalogue",
  path: "/demarches",
  who: anyone(),
  reads: [searchCatalogue],
  input: T.Object({ q: T.Optional(T.String({ maxLength: 200 })), evenement: T.Optional(T.String({ pattern: "^[a-z0-9-]{1,80}$" })) }),
  render: async (p, { q, evenement }) => {
    const w = words(p.lang);
    const answer = await p.call(searchCatalogue, { ...(q?.trim() ? { q } : {}), ...(evenement ? { lifeEvent: evenement } : {}) });
    const event = answer.lifeEvents.find((one) => one.id === evenement);
    const asked = answer.q.trim();
    const title = asked ? w.titleFor(asked) : (event?.title ?? w.title);
    return show(p, {
      title,
      crumbs: asked || event ? [{ href: "/demarches", text: w.title }] : [],
      main: html`<div class="t-text">
        <h1>${title}</h1>
        ${searchBox({ lang: p.lang, action: "/demarches", label: w.label, value: asked })}
        ${event && !asked ? html`<p>${event.summary}</p>` : ""} ${answer.corrected ? inset(html`<p>${w.corrected(asked)}</p>`) : ""}
        ${
          answer.results.length
            ? html`<p class="t-soft" role="status">${w.found(answer.results.length)}</p>
                ${results(
                  answer.results.map((one) => ({
                    href: `/demarches/${one.slug}`,
                    title: one.title,
                    text: one.summary,
                    meta: procedureMeta(p, one),
                  })),
                )}`
            : empty(
                w.none,
                html`<p>${w.noneText}</p>
                  ${buttonLink("/demarches", w.all, "second")}`,
              )
        }
      </div>`,
    });
  },
});
