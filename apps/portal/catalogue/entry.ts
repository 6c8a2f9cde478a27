import { html, messages, type Html, type OutputOf, type PageContext } from "#kernel";
import type { readEntry } from "#services/api";
import { amount, box, columns, facts, inset, provenance } from "#ui";
import { show } from "../shell.ts";

const words = messages({
  fr: {
    services: "Démarches",
    offline: "Cette démarche ne se fait pas encore en ligne. Voici ce que les sources en disent\u202f; demandez confirmation au guichet.",
    inShort: "En bref",
    office: "Où s’adresser",
    cost: "Coût",
    free: "Gratuit",
    unknown: "Les sources ne le disent pas",
    delay: "Délai",
    valid: "Validité",
    papers: "Papiers demandés",
    papersUnknown: "Les sources ne disent pas quels papiers sont demandés. Cela ne veut pas dire qu’il n’en faut aucun.",
    detail: "Ce que cela coûte",
    optional: "(si vous le demandez)",
    sources: "D’où viennent ces informations",
  },
  en: {
    services: "Services",
    offline: "This service is not online yet. Here is what the sources say of it; ask the counter to confirm.",
    inShort: "In short",
    office: "Where to go",
    cost: "Cost",
    free: "Free",
    unknown: "The sources do not say",
    delay: "Time",
    valid: "Valid",
    papers: "Papers asked for",
    papersUnknown: "The sources do not say which papers are asked for. This does not mean that none is.",
    detail: "What it costs",
    optional: "(if you ask for it)",
    sources: "Where this comes from",
  },
});

/** A procedure that is known but not served here: said as it is known, with its sources, and nothing to press. */
export function entryView(p: PageContext, one: OutputOf<typeof readEntry>): Html {
  const w = words(p.lang);
  const due = one.fees.filter((fee) => !fee.optional);
  // A sum is said only when every part of it is known.
  const known = due.length > 0 && due.every((fee) => fee.amount !== undefined);
  const sum = known
    ? amount(
        p,
        due.reduce((all, fee) => all + (fee.amount ?? 0), 0),
      )
    : w.unknown;
  const cost = one.free ? w.free : (one.feeText ?? sum);
  return show(p, {
    title: one.title,
    crumbs: [{ href: "/demarches", text: w.services }],
    main: columns(
      html`<h1>${one.title}</h1>
        ${inset(html`<p>${w.offline}</p>`)}`,
      box(
        w.inShort,
        facts(p.lang, [
          { key: w.office, value: one.office },
          { key: w.cost, value: cost },
          { key: w.delay, value: one.delay ?? w.unknown },
          one.validity ? { key: w.valid, value: one.validity } : null,
        ]),
      ),
      html`<h2>${w.papers}</h2>
        ${
          one.documents.length
            ? html`<ul>
                ${one.documents.map((paper) => html`<li>${paper}</li>`)}
              </ul>`
            : ""
        }
        ${one.documentsUnknown ? html`<p>${w.papersUnknown}</p>` : ""}
        ${
          one.fees.some((fee) => fee.amount !== undefined)
            ? html`<h2>${w.detail}</h2>
                ${facts(
                  p.lang,
                  one.fees.map((fee) => ({
                    key: html`${fee.label} ${fee.optional ? html`<span class="t-soft">${w.optional}</span>` : ""}`,
                    value: fee.amount === undefined ? w.unknown : amount(p, fee.amount),
                  })),
                )}`
            : ""
        }
        <h2>${w.sources}</h2>
        ${one.sources.map((source) => provenance(p, source))}`,
    ),
  });
}
